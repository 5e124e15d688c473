//! Where tests find the shared real files; they skip with a message where the folder is absent.

use std::path::PathBuf;

/// The path of a file under `../shared/data`, or `None` with a message on stderr where it is absent.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let full = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(path);
    if full.exists() {
        return Some(full);
    }
    eprintln!("skipped: the shared test file {path} is not here");
    None
}
