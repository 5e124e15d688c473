//! JSON from a stream: counts lines for warnings and bounds what one object may take.
//!
//! Used by the readers of CityJSON and GeoJSON. Knows neither.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::sync::Arc;

use super::ReadError;

/// Where a stream stands and how many bytes the object that is being read may still take.
pub(super) struct Meter {
    line: Cell<u64>,
    left: Cell<usize>,
    limit: usize,
}

impl Meter {
    /// Starts at `line` with `limit` bytes for every object.
    pub(super) fn new(line: u64, limit: usize) -> Self {
        Self { line: Cell::new(line), left: Cell::new(limit), limit }
    }

    /// The line of the last byte that was read, counted from 1.
    pub(super) fn line(&self) -> u64 {
        self.line.get()
    }

    /// Another object begins: it has the whole limit for itself.
    pub(super) fn restart(&self) {
        self.left.set(self.limit);
    }

    /// What follows is passed over and held nowhere, so it may be of any size.
    pub(super) fn unlimited(&self) {
        self.left.set(usize::MAX);
    }

    fn pass(&self, bytes: &[u8]) -> io::Result<()> {
        let Some(left) = self.left.get().checked_sub(bytes.len()) else {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "an object is larger than the limit"));
        };
        self.left.set(left);
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
        self.line.set(self.line.get() + lines as u64);
        Ok(())
    }
}

/// A reader that runs a [`Meter`].
pub(super) struct Metered<'m, R> {
    inner: R,
    meter: &'m Meter,
}

impl<'m, R: BufRead> Metered<'m, R> {
    /// Reads from `inner` and keeps `meter` up to date.
    pub(super) fn new(inner: R, meter: &'m Meter) -> Self {
        Self { inner, meter }
    }
}

impl<R: BufRead> Read for Metered<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let available = self.inner.fill_buf()?;
        let count = available.len().min(out.len());
        let (Some(given), Some(room)) = (available.get(..count), out.get_mut(..count)) else { return Ok(0) };
        self.meter.pass(given)?;
        room.copy_from_slice(given);
        self.inner.consume(count);
        Ok(count)
    }
}

/// Steps over a byte order mark.
pub(super) fn skip_bom(input: &mut impl BufRead) -> io::Result<()> {
    if input.fill_buf()?.starts_with(b"\xEF\xBB\xBF") {
        input.consume(3);
    }
    Ok(())
}

/// What is wrong with some JSON, without quoting it: a quoted value could be an attribute's.
pub(super) fn json_message(error: &serde_json::Error, expected: &str) -> String {
    use serde_json::error::Category;
    match error.classify() {
        Category::Eof => "the JSON ends before it is complete".to_owned(),
        Category::Syntax => {
            let text = error.to_string();
            let reason = text.split(" at line ").next().unwrap_or_default();
            format!("the JSON is broken: {reason} in column {}", error.column())
        }
        Category::Data => format!("the JSON is not {expected}"),
        Category::Io => error.to_string(),
    }
}

/// The reader's error for broken JSON in `file` at `line`.
pub(super) fn json_error(error: serde_json::Error, file: &Arc<str>, line: u64, expected: &str) -> ReadError {
    match error.io_error_kind() {
        Some(io::ErrorKind::FileTooLarge) => ReadError::Malformed {
            file: file.clone(),
            line,
            message: "an object is larger than the limit for one object".to_owned(),
        },
        Some(_) => ReadError::Io { file: file.clone(), source: error.into() },
        None => ReadError::Malformed { file: file.clone(), line, message: json_message(&error, expected) },
    }
}
