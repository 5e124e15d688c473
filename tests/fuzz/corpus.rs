//! The inputs that are kept, by target.
//!
//! `seeds/<target>/` has small files made by hand or cut from the sample city, and those that once broke a reader, each
//! a file with a telling name.
//! `corpus/<target>.tar.gz` has what fuzzing found: thousands of tiny files that nobody reads one by one, minimised to
//! those that reach code that no other does, none over 16 KiB. `./dev fuzz` unpacks, grows, minimises and packs them.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;

/// A name and what is in the file.
pub type Input = (String, Vec<u8>);

/// Largest input that is kept; `./dev fuzz` tries none that is larger.
pub const MOST_BYTES: usize = 16 << 10;

fn path(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz").join(below)
}

/// A text of the fuzzers' own folder.
pub fn text(below: &str) -> String {
    std::fs::read_to_string(path(below)).expect("a file of the fuzzers")
}

/// The seeds of a target, by name.
pub fn seeds(target: &str) -> Vec<Input> {
    let entries = std::fs::read_dir(path(&format!("seeds/{target}"))).expect("the folder of a target's seeds");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("its entries").path()).collect();
    files.sort();
    let read = |file: PathBuf| (file.display().to_string(), std::fs::read(file).expect("a seed"));
    files.into_iter().map(read).collect()
}

/// Where a target's corpus is kept.
pub fn archive(target: &str) -> PathBuf {
    path(&format!("corpus/{target}.tar.gz"))
}

/// What fuzzing found for a target, by name.
pub fn found(target: &str) -> Vec<Input> {
    let file = File::open(archive(target)).expect("the corpus of a target");
    let mut archive = Vec::new();
    GzDecoder::new(file).read_to_end(&mut archive).expect("a whole archive");
    let mut inputs = Vec::new();
    let mut rest = archive.as_slice();
    while let Some((input, after)) = entry(rest) {
        assert!(input.1.len() <= MOST_BYTES, "{} has {} bytes", input.0, input.1.len());
        inputs.push(input);
        rest = after;
    }
    inputs
}

/// The first file of a tar archive (POSIX.1-1988, ustar) and what follows it: blocks of 512 bytes, a header with the
/// name and the size in octal digits, then the content.
fn entry(archive: &[u8]) -> Option<(Input, &[u8])> {
    const BLOCK: usize = 512;
    let (header, rest) = archive.split_at_checked(BLOCK)?;
    let field = |from: usize, length: usize| {
        String::from_utf8_lossy(&header[from..from + length]).trim_end_matches(['\0', ' ']).to_owned()
    };
    let name = field(0, 100);
    if name.is_empty() {
        return None;
    }
    let size = usize::from_str_radix(&field(124, 12), 8).expect("a size in octal digits");
    let content = rest[..size].to_vec();
    Some(((name, content), &rest[size.next_multiple_of(BLOCK)..]))
}
