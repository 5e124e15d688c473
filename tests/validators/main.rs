//! The check of metadata in tiles, which runs beside Khronos' validator, is itself checked: it finds what is broken.
//!
//! Needs Node alone; without it the test says so and passes, unless `STADTZWILLING_VALIDATORS` is set, as `./dev test`
//! does.

use std::path::Path;
use std::process::Command;

#[test]
fn broken_metadata_is_found() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/validators/metadata.test.mjs");
    let Ok(run) = Command::new("node").arg("--test").arg(script).output() else {
        assert!(std::env::var_os("STADTZWILLING_VALIDATORS").is_none(), "node does not run");
        return eprintln!("skipped: there is no node");
    };
    let said = [run.stdout, run.stderr].concat();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&said));
}
