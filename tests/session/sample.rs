//! The twin that the session opens: the invented sample city, made and built with the program's own commands.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use stadtzwilling::twin::TwinDescription;

/// The folder of this run, empty at its start.
pub static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("session");
    // There may be none from an earlier run.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder for the session");
    folder
});

/// The sample city of 3000 houses, as a twin.
pub static TWIN: LazyLock<PathBuf> = LazyLock::new(|| {
    let (sources, twin) = (FOLDER.join("sample"), FOLDER.join("twin"));
    stadtzwilling(&["sample", "--buildings", "3000", "--out", &path(&sources)]);
    let day = "2026-07-01";
    stadtzwilling(&["build", &path(&sources.join("city.toml")), "--out", &path(&twin), "--date", day]);
    twin
});

/// What the twin says of itself.
pub static DESCRIPTION: LazyLock<TwinDescription> = LazyLock::new(|| {
    let bytes = std::fs::read(TWIN.join("public/twin.json")).expect("the twin describes itself");
    serde_json::from_slice(&bytes).expect("it is a description")
});

fn path(path: &Path) -> String {
    path.to_str().expect("the path is Unicode").to_owned()
}

fn stadtzwilling(arguments: &[&str]) {
    let done = Command::new(env!("CARGO_BIN_EXE_stadtzwilling")).args(arguments).output().expect("the program starts");
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}
