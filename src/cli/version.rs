//! The answer to `--version`.

use std::fmt::Write;

/// Version of the program, of the twins it reads and writes, and of PROJ.
pub(super) fn text() -> String {
    let mut text = format!("stadtzwilling {}\n", env!("CARGO_PKG_VERSION"));
    let proj = proj::ProjBuilder::new().lib_info().map_or_else(|error| error.to_string(), |info| info.version);
    let lines = [("twin format", crate::twin::FORMAT), ("3D Tiles", "1.1"), ("PROJ", &proj)];
    for (name, version) in lines {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "{name} {version}");
    }
    text
}
