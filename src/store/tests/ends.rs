//! Publishing that comes to an end before its time: the old twin or the new one, never a part of both.

use std::process::{Child, Command, Stdio};

use super::*;
use crate::store::progress::{Amount, BuildProgress};

/// Files of a large twin beside its others: their names alone take more than [`SMALL_FILES`] in the manifest.
const MANY: usize = 200;
/// In the shell's blocks: some kilobytes, enough for every file of the test's twin but the manifest.
#[cfg(unix)]
const SMALL_FILES: u32 = 8;

/// Stops for ever at a step, if there is one to stop at, and leaves a sign that it is there.
struct Stop {
    step: Option<u64>,
    sign: PathBuf,
}

impl BuildProgress for Stop {
    fn stage(&self, _name: &'static str, _total: Amount) {}

    fn advanced(&self, done: u64) {
        if Some(done) == self.step {
            fs::write(&self.sign, "").unwrap();
            loop {
                std::thread::park();
            }
        }
    }
}

/// The process that the tests below stop: publishes what its environment names, and stops for ever at a step.
#[test]
fn child_that_publishes() {
    let Ok(root) = std::env::var("PUBLISH_ROOT").map(PathBuf::from) else { return };
    let step = std::env::var("PUBLISH_STOP").ok().and_then(|step| step.parse().ok());
    let draft = Draft::begin(&root.join("twins/twin")).unwrap();
    write(draft.folder(), "two");
    for index in 0..MANY {
        fs::write(draft.folder().join(format!("public/tiles/{index}.bin")), "two").unwrap();
    }
    let stop = Stop { step, sign: root.join("sign") };
    let published = draft.publish_telling(head(), &stop, &mut Report::default());
    println!("published: {:?}", published.map(|manifest| manifest.files.len()).map_err(|error| error.to_string()));
}

const CHILD: [&str; 3] = ["--exact", "store::tests::ends::child_that_publishes", "--nocapture"];

/// A child that stops at a step of publishing, when it has come there.
fn stopped_at(root: &Path, step: u64) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(CHILD)
        .env("PUBLISH_ROOT", root)
        .env("PUBLISH_STOP", step.to_string())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while !root.join("sign").exists() {
        assert!(child.try_wait().unwrap().is_none(), "the child ended by itself");
        std::thread::yield_now();
    }
    fs::remove_file(root.join("sign")).unwrap();
    child
}

#[test]
fn a_publication_that_is_killed_leaves_the_old_twin() {
    let root = tempfile::tempdir().unwrap();
    let target = root.path().join("twins/twin");
    publish(&target, "one");
    // Three files and two folders stand beside the many.
    let files = MANY as u64 + 3;
    let last = 2 * files + 2;
    for step in [0, 1, files, files + 1, last] {
        let mut child = stopped_at(root.path(), step);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(names(root.path().join("twins").as_path()).len(), 3, "the draft and the lock of the dead are there");
        assert_eq!(mark(&target), "one", "at step {step}");
        let mut report = Report::default();
        check(&target, &mut report).unwrap();
        assert_eq!(report.warnings(), [], "at step {step}");
    }
    publish(&target, "three");
    assert_eq!((mark(&target).as_str(), names(&root.path().join("twins"))), ("three", vec!["twin".to_owned()]));
}

/// Runs this program with a limit on the size of the files that it writes, which to it is as a full disk. Gives what it
/// says.
#[cfg(unix)]
pub(in crate::store) fn with_small_files(blocks: u32, arguments: &[&str], name: &str, value: &Path) -> String {
    // Else the system would end a process that writes too much.
    let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let run = Command::new("sh")
        .args(["-c", &limited])
        .arg(std::env::current_exe().unwrap())
        .args(arguments)
        .env(name, value)
        .output()
        .unwrap();
    let said = String::from_utf8(run.stdout).unwrap();
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    said
}

#[cfg(unix)]
#[test]
fn a_manifest_that_does_not_fit_on_the_disk_leaves_the_old_twin() {
    let root = tempfile::tempdir().unwrap();
    let target = root.path().join("twins/twin");
    publish(&target, "one");
    let said = with_small_files(SMALL_FILES, &CHILD, "PUBLISH_ROOT", root.path());
    assert!(said.contains("published: Err(") && said.contains("manifest.json: File too large"), "{said}");
    assert_eq!((mark(&target).as_str(), names(&root.path().join("twins"))), ("one", vec!["twin".to_owned()]));
    check(&target, &mut Report::default()).unwrap();
}
