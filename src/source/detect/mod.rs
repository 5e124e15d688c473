//! What a file is, by its content, and the way to the reader for it.
//!
//! Names and endings of files are not trusted: `.json` is CityJSON, GeoJSON or neither. Files that gzip packed are
//! unpacked on the way.

mod content;
mod unpack;

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};
use std::path::Path;

pub use self::content::{Format, detect};
use self::unpack::{is_gzip, unpacked};
use super::{BuildingSink, FileHeader, ReadError, ReadOptions, citygml, cityjson};
use crate::model::{Building, classify, mend};
use crate::report::Report;

/// How much of a file is looked at.
const HEAD_BYTES: u64 = 64 << 10;

/// A file that was opened and looked at.
pub struct Source<'a> {
    /// What it is; `None` where it is nothing that is known here.
    pub format: Option<Format>,
    /// Its content from the first byte, unpacked.
    pub input: Chain<Cursor<Vec<u8>>, Box<dyn BufRead + 'a>>,
}

/// Opens a file and looks at its first 64 KiB.
///
/// Reading from a packed file fails where it unpacks to so much more than its size that it can only be meant to fill
/// the memory.
pub fn open(path: &Path) -> io::Result<Source<'static>> {
    open_telling(path, &|_| ())
}

/// As [`open`]; `taken` hears of so many more bytes of the file whenever some are read, as it lies on disk.
fn open_telling<'a>(path: &Path, taken: &'a dyn Fn(u64)) -> io::Result<Source<'a>> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    source(BufReader::with_capacity(1 << 16, Telling { inner: file, taken }), length)
}

/// Tells of the bytes that are read.
struct Telling<'a, R> {
    inner: R,
    taken: &'a dyn Fn(u64),
}

impl<R: Read> Read for Telling<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        (self.taken)(count as u64);
        Ok(count)
    }
}

fn source<'a>(mut file: impl BufRead + 'a, length: u64) -> io::Result<Source<'a>> {
    let mut input: Box<dyn BufRead + 'a> =
        if is_gzip(file.fill_buf()?) { Box::new(unpacked(file, length)) } else { Box::new(file) };
    let mut head = Vec::new();
    input.by_ref().take(HEAD_BYTES).read_to_end(&mut head)?;
    Ok(Source { format: detect(&head), input: Cursor::new(head).chain(input) })
}

/// Reads the buildings of a CityGML, CityJSON or CityJSONSeq file, packed or not, and mends them: polygons are whole
/// and turned outward, and none is left without a kind.
pub fn read_buildings(
    path: &Path,
    options: &ReadOptions,
    report: &mut Report,
    sink: BuildingSink<'_>,
) -> Result<FileHeader, ReadError> {
    let mut mended = |mut building, report: &mut Report| {
        mend_building(&mut building, report);
        sink(building, report);
    };
    read_telling(path, options, report, &mut mended, &|_| ())
}

/// As [`read_buildings`], with buildings as the file has them, for a caller that mends them on other threads by
/// [`mend_building`]; `taken` hears of so many more bytes of the file whenever some are read.
pub fn read_telling(
    path: &Path,
    options: &ReadOptions,
    report: &mut Report,
    sink: BuildingSink<'_>,
    taken: &dyn Fn(u64),
) -> Result<FileHeader, ReadError> {
    let opened = open_telling(path, taken);
    let Source { format, input } = opened.map_err(|source| ReadError::Io { file: options.file.clone(), source })?;
    match format {
        Some(Format::CityGml) => citygml::read(input, options, report, sink),
        Some(Format::CityJson | Format::CityJsonSeq) => cityjson::read(input, options, report, sink),
        other => {
            let found = other.map_or("nothing that is known here", Format::name);
            let message = format!("the file is {found}; buildings come as CityGML, CityJSON or CityJSONSeq");
            Err(ReadError::UnknownFormat { file: options.file.clone(), message })
        }
    }
}

/// Makes a building as a reader gives it whole: its polygons are mended and turned outward, and each has a kind.
pub fn mend_building(building: &mut Building, report: &mut Report) {
    building.geometry.iter_mut().for_each(classify);
    building.parts.iter_mut().filter_map(|part| part.geometry.as_mut()).for_each(classify);
    mend(building, report);
}
