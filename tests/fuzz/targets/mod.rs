//! One function a reader: any bytes in, and what the reader promises for all of them is asserted.
//!
//! The same functions are run by the fuzzers (`bins`) and, over everything that these have found worth keeping, by the
//! test `the_fuzz_corpus_is_survived`. They reach the readers by the paths that the program itself takes. A fuzzer stops
//! at a panic, after ten seconds and at two gigabytes; [`run`] asks for far less memory than that.

mod buildings;
mod grids;
mod layers;
mod search;
mod settings;
mod tiles;

use std::path::Path;

use stadtzwilling::report::{Report, Warning};
use stadtzwilling::source::{ReadError, ReadOptions};
use tempfile::TempDir;

use crate::memory::peak_bytes;

/// What a fuzzer calls.
pub type Target = fn(&[u8]);

/// Every target by its name, which is also that of its fuzzer, its seeds and its corpus.
pub const ALL: [(&str, Target); 18] = [
    ("city", settings::city),
    ("citygml", buildings::citygml),
    ("cityjson", buildings::cityjson),
    ("content", tiles::content),
    ("detect", buildings::detect),
    ("geoid", grids::geoid),
    ("geojson", layers::geojson),
    ("geotiff", grids::geotiff),
    ("manifest", settings::manifest),
    ("metalink", settings::metalink),
    ("plan_layer", layers::plan_layer),
    ("plans", layers::plans),
    ("points", layers::points),
    ("policy", settings::policy),
    ("search", search::search),
    ("table", layers::table),
    ("tileset", tiles::tileset),
    ("twin", tiles::twin),
];

/// What any target may take, whatever the bytes: PROJ's database, 26 MB, is unpacked where it is first asked for.
const BASE_BYTES: u64 = 32 << 20;
/// What it may take for each byte of the file besides: deflate packs a thousandfold, and values are larger than text.
const BYTES_PER_BYTE: u64 = 16 << 10;
/// What none may take beyond, however large the file.
const MOST_BYTES: u64 = 2 << 30;

/// Runs a target and asserts that it takes no more memory than bytes of that number can be worth.
pub fn run(name: &str, bytes: &[u8]) {
    let target = ALL.iter().find(|(known, _)| *known == name).expect("a target of that name").1;
    let taken = peak_bytes(|| target(bytes));
    let allowed = (BASE_BYTES + BYTES_PER_BYTE * bytes.len() as u64).min(MOST_BYTES);
    assert!(taken <= allowed, "{name}: {taken} bytes of memory for a file of {}", bytes.len());
}

/// The name of every file that is read here.
const FILE: &str = "fuzz.dat";

fn options() -> ReadOptions {
    ReadOptions::of(FILE)
}

/// A folder with one file in it.
fn folder_with(name: &str, bytes: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder for tests");
    write(&folder.path().join(name), bytes);
    folder
}

fn write(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).expect("room for a small file");
}

/// Whether a file is text in lines, so that what is wrong in it has one.
#[derive(Clone, Copy, PartialEq)]
enum Lines {
    Counted,
    None,
}

/// An error names its file, and its line where there are lines.
fn check_error(error: &ReadError, lines: Lines) {
    let message = error.to_string();
    assert!(message.starts_with(FILE), "{message}");
    if let ReadError::Malformed { line, .. } = error {
        assert_eq!(*line > 0, lines == Lines::Counted, "{message}");
    }
}

/// Every warning names its file, says something, and no kind is kept beyond its limit.
fn check_report(report: &Report) {
    for Warning { place, message, .. } in report.warnings() {
        assert_eq!(&*place.file, FILE);
        assert!(!message.is_empty());
    }
    for (kind, count) in report.counts() {
        let kept = report.warnings().iter().filter(|warning| warning.kind == *kind).count() as u64;
        assert_eq!(kept, (*count).min(Report::KEPT_PER_KIND), "{kind:?}");
    }
}
