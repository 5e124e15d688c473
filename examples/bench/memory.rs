//! Whether the memory that a build takes grows with the number of files.

use crate::child::{self, Cost};
use crate::clock::median;
use crate::corpus;
use crate::table::{Row, Section};

/// How many files of one size are built.
const FILES: [usize; 2] = [10, 40];
/// Rounds of building. The peak moves by some megabytes with what the threads happen to do at the same time.
const ROUNDS: usize = 3;
/// Most that four times the files may take.
const MAX_RATIO: f64 = 1.1;

/// Measures.
pub fn measure() -> anyhow::Result<Section> {
    let mut rows = Vec::new();
    let mut peaks = Vec::new();
    for count in FILES {
        let folder = tempfile::tempdir()?;
        let city_file = corpus::write_copies(folder.path(), count)?;
        let build = |round| child::build(&city_file, &folder.path().join(format!("twin-{round}")));
        let costs = (0..ROUNDS).map(build).collect::<anyhow::Result<Vec<Cost>>>()?;
        let middle = |of: fn(&Cost) -> f64| median(costs.iter().map(of).collect());
        let (peak_mb, wall_secs) = (middle(|cost| cost.peak_bytes as f64 / 1e6), middle(|cost| cost.wall_secs));
        rows.push(Row::new(format!("{count} files"), format!("{peak_mb:.0} MB in {wall_secs:.1} s")));
        peaks.push(peak_mb);
    }
    if let [few, many] = peaks.as_slice() {
        let ratio = many / few;
        let row = Row::new("four times the files", format!("{ratio:.2} times the memory"));
        rows.push(row.aims_at("at most 1.10", ratio <= MAX_RATIO));
    }
    Ok(Section {
        title: "Memory of a build",
        note: format!(
            "Most memory resident at a time in a build of buildings alone, from files of one size side by side, without \
             terrain, so that the ground is laid over the buildings' feet; median of {ROUNDS}."
        ),
        rows,
    })
}
