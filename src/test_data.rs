//! Where tests find what lies outside of this repository: the shared real files, and validators that others wrote.
//! Without them they skip with a message.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// The path of a file under `../shared/data`, or `None` with a message where it is absent. `STADTZWILLING_SHARED_DATA`
/// asks for every one of them, as `./dev test` does where there is that folder: a wrong path fails.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let full = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(path);
    if full.exists() {
        return Some(full);
    }
    assert!(
        std::env::var_os("STADTZWILLING_SHARED_DATA").is_none(),
        "STADTZWILLING_SHARED_DATA is set, and the shared test file {path} is not there"
    );
    say_skipped(format!("the shared test file {path} is not here"));
    None
}

/// Fails for anything that Khronos' glTF validator has to say against a .glb below `folder`. The validator comes with
/// `npm ci` in tests/validators; without it a message is all, unless `STADTZWILLING_VALIDATORS` asks for it as `./dev
/// test` does.
pub(crate) fn assert_valid_gltf(folder: &Path) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/validators");
    if !script.join("node_modules").exists() {
        assert!(
            std::env::var_os("STADTZWILLING_VALIDATORS").is_none(),
            "STADTZWILLING_VALIDATORS is set, and tests/validators has not been set up with npm ci"
        );
        return say_skipped("tests/validators has not been set up with npm ci".to_owned());
    }
    let run = Command::new("node").arg(script.join("validate.mjs")).arg(folder).output().expect("node runs");
    let (said, failed) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{said}{failed}");
}

/// Says once what is skipped. Past `eprintln!`, which tests that pass keep to themselves.
fn say_skipped(what: String) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    if SAID.lock().is_ok_and(|mut said| said.insert(what.clone())) {
        let _ = writeln!(std::io::stderr().lock(), "skipped: {what}");
    }
}
