//! Which reader a file of buildings is for, by its first bytes and never by its name.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use super::{BuildingSink, FileHeader, ReadError, ReadOptions, citygml, cityjson};
use crate::report::Report;

/// Bytes that are read from the disk at once; files have hundreds of megabytes.
const PIECE: usize = 1 << 18;

/// Reads a file of buildings, CityGML or CityJSON or a sequence of it, and gives each building to `sink`.
pub fn read_buildings(
    path: &Path,
    options: &ReadOptions,
    report: &mut Report,
    sink: BuildingSink<'_>,
) -> Result<FileHeader, ReadError> {
    let io = |source| ReadError::Io { file: options.file.clone(), source };
    let mut input = BufReader::with_capacity(PIECE, File::open(path).map_err(io)?);
    let first = input.fill_buf().map_err(io)?;
    match first_sign(first) {
        Some(b'<') => citygml::read(input, options, report, sink),
        Some(b'{') => cityjson::read(input, options, report, sink),
        // UTF-16 is written by nobody but XML tools.
        _ if first.starts_with(&[0xff, 0xfe]) || first.starts_with(&[0xfe, 0xff]) => {
            citygml::read(input, options, report, sink)
        }
        _ => {
            let message = "this is neither XML (CityGML) nor JSON (CityJSON)".to_owned();
            Err(ReadError::UnknownFormat { file: options.file.clone(), message })
        }
    }
}

/// The first byte that is neither white space nor part of UTF-8's byte order mark.
fn first_sign(bytes: &[u8]) -> Option<u8> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    text.iter().copied().find(|byte| !byte.is_ascii_whitespace())
}
