//! JSON from a stream: counts lines for warnings and bounds what one object may take.
//!
//! Used by the readers of CityJSON and GeoJSON. Knows neither.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::sync::Arc;

use super::ReadError;

/// Largest object in bytes of text, whatever the options say: as values it may take forty times as much.
pub(super) const MOST_OBJECT_BYTES: usize = 32 << 20;

/// Where a stream stands and how many bytes the object that is being read may still take.
pub(super) struct Meter {
    line: Cell<u64>,
    left: Cell<usize>,
    limit: usize,
    /// Bytes that may still be held of the file, and whether what is being read is.
    left_of_file: Cell<usize>,
    is_held: Cell<bool>,
}

impl Meter {
    /// Starts at `line` with `limit` bytes for every object, but no more than [`MOST_OBJECT_BYTES`].
    pub(super) fn new(line: u64, limit: usize) -> Self {
        let limit = limit.min(MOST_OBJECT_BYTES);
        let left_of_file = Cell::new(usize::MAX);
        Self { line: Cell::new(line), left: Cell::new(limit), limit, left_of_file, is_held: Cell::new(true) }
    }

    /// With a limit for all objects together, where a file is held whole.
    pub(super) fn of_file(self, limit: usize) -> Self {
        self.left_of_file.set(limit);
        self
    }

    /// The line of the last byte that was read, counted from 1.
    pub(super) fn line(&self) -> u64 {
        self.line.get()
    }

    /// Another object begins: it has the whole limit for itself.
    pub(super) fn restart(&self) {
        self.left.set(self.limit);
        self.is_held.set(true);
    }

    /// What follows is passed over and held nowhere, so it may be of any size.
    pub(super) fn unlimited(&self) {
        self.left.set(usize::MAX);
        self.is_held.set(false);
    }

    fn pass(&self, bytes: &[u8]) -> io::Result<()> {
        let Some(left) = self.left.get().checked_sub(bytes.len()) else {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "an object is larger than the limit"));
        };
        self.left.set(left);
        if self.is_held.get() {
            let Some(left) = self.left_of_file.get().checked_sub(bytes.len()) else {
                return Err(io::Error::new(io::ErrorKind::QuotaExceeded, "a file is larger than the limit"));
            };
            self.left_of_file.set(left);
        }
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
    let malformed = |message: String| ReadError::Malformed { file: file.clone(), line, message };
    match error.io_error_kind() {
        Some(io::ErrorKind::FileTooLarge) => malformed("an object is larger than the limit for one object".to_owned()),
        Some(io::ErrorKind::QuotaExceeded) => {
            malformed("the file is larger than the limit for a format that is held whole".to_owned())
        }
        Some(_) => ReadError::Io { file: file.clone(), source: error.into() },
        None => malformed(json_message(&error, expected)),
    }
}

/// What can be seen of the first object in the first bytes of some JSON.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct TopLevel {
    /// Member `type`.
    pub(super) kind: Option<String>,
    /// Names of its members.
    pub(super) members: Vec<String>,
    /// Whether another object begins behind it.
    pub(super) is_followed: bool,
}

/// Looks at the members of the first object without parsing what they hold; the text may end anywhere.
pub(super) fn top_level(text: &[u8]) -> TopLevel {
    let mut found = TopLevel::default();
    let mut depth = 0_u64;
    // The last string on the top level, and whether a colon followed it.
    let (mut last, mut name): (Option<String>, Option<String>) = (None, None);
    let mut rest = text;
    while let [byte, after @ ..] = rest {
        rest = after;
        match byte {
            b'"' => {
                let Some((string, after)) = string(rest) else { break };
                rest = after;
                if depth == 1 {
                    last = Some(string);
                }
            }
            b':' if depth == 1 => {
                name = last.take();
                found.members.extend(name.clone());
            }
            b',' | b'}' if depth == 1 => {
                if name.take().as_deref() == Some("type") {
                    found.kind = found.kind.or(last.take());
                }
                depth -= u64::from(*byte == b'}');
                if depth == 0 {
                    found.is_followed = rest.trim_ascii_start().starts_with(b"{");
                    break;
                }
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    found
}

/// A string whose opening quote is behind us, and what follows its closing one. Escapes stay as they are.
fn string(text: &[u8]) -> Option<(String, &[u8])> {
    let mut is_escaped = false;
    let end = text.iter().position(|byte| {
        let is_end = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        is_end
    })?;
    Some((String::from_utf8_lossy(text.get(..end)?).into_owned(), text.get(end + 1..)?))
}
