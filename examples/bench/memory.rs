//! Whether the memory that a build takes grows with the number of files.

use crate::table::{Row, Section};
use crate::{child, corpus};

/// How many files of one size are built.
const FILES: [usize; 2] = [10, 40];
/// Most that four times the files may take.
const MAX_RATIO: f64 = 1.1;

/// Measures.
pub fn measure() -> anyhow::Result<Section> {
    let mut rows = Vec::new();
    let mut peaks = Vec::new();
    for count in FILES {
        let folder = tempfile::tempdir()?;
        let city_file = corpus::write_copies(folder.path(), count)?;
        let cost = child::build(&city_file, &folder.path().join("twin"))?;
        let peak_mb = cost.peak_bytes as f64 / 1e6;
        rows.push(Row::new(format!("{count} files"), format!("{peak_mb:.0} MB in {:.1} s", cost.wall_secs)));
        peaks.push(peak_mb);
    }
    if let [few, many] = peaks.as_slice() {
        let ratio = many / few;
        let row = Row::new("four times the files", format!("{ratio:.2} times the memory"));
        rows.push(row.aims_at("at most 1.10", ratio <= MAX_RATIO));
    }
    Ok(Section {
        title: "Memory of a build",
        note: "Most memory resident at a time in a build of buildings alone, from files of one size side by side, \
               without terrain, so that the ground is laid over the buildings' feet."
            .into(),
        rows,
    })
}
