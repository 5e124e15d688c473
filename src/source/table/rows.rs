//! Text of a table → its rows, and of each whether it is as its format asks.
//!
//! A slip in a row puts its values under the names of their neighbours: what nobody may know would then stand where
//! everyone may read. A row is taken as its header says or not at all; nothing is guessed at and nothing is mended.

use csv::{ReaderBuilder, StringRecord};

/// Why a table cannot be read any further.
pub(super) enum Broken {
    /// What the parser says.
    Parser(csv::Error),
    /// The first line is not as the format asks.
    Header(&'static str),
    /// A quotation mark is opened in this line and never closed.
    OpenQuote(u64),
}

/// The rows after the first line.
pub(super) struct Rows<'t> {
    text: &'t str,
    separator: u8,
    reader: csv::Reader<&'t [u8]>,
    record: StringRecord,
}

impl<'t> Rows<'t> {
    /// Stands before the first row, with the names of the columns.
    pub(super) fn of(text: &'t str, separator: u8) -> Result<(StringRecord, Self), Broken> {
        let mut options = ReaderBuilder::new();
        let reader = options.delimiter(separator).flexible(true).has_headers(false).from_reader(text.as_bytes());
        let mut rows = Self { text, separator, reader, record: StringRecord::new() };
        match rows.next_row()?.map(|row| (row.record.clone(), row.fault)) {
            Some((_, Some(fault))) => Err(Broken::Header(fault)),
            Some((header, None)) => Ok((header, rows)),
            None => Ok((StringRecord::new(), rows)),
        }
    }

    /// The next row; `None` at the end.
    pub(super) fn next_row(&mut self) -> Result<Option<Row<'_>>, Broken> {
        if !self.reader.read_record(&mut self.record).map_err(Broken::Parser)? {
            return Ok(None);
        }
        let (start, line) = self.record.position().map_or((0, 0), |position| (position.byte(), position.line()));
        let written = self.text.as_bytes().get(start as usize..self.reader.position().byte() as usize);
        let written = written.unwrap_or_default();
        // Of a line's two ends, CR and LF, the parser leaves the second one to the row behind it.
        let ends = written.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let line = line + ends.filter(|byte| **byte == b'\n').count() as u64;
        let fault = match quoting(written, self.separator) {
            Quoting::Open => return Err(Broken::OpenQuote(line)),
            Quoting::Stray => Some("a quotation mark stands inside of a cell"),
            Quoting::Fine => None,
        };
        Ok(Some(Row { record: &self.record, line, fault }))
    }
}

/// A row with the line that it begins in, and what is wrong with its quotation marks.
pub(super) struct Row<'r> {
    pub(super) record: &'r StringRecord,
    pub(super) line: u64,
    pub(super) fault: Option<&'static str>,
}

/// How the quotation marks of a row stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quoting {
    /// Around whole cells, doubled inside of them (RFC 4180, section 2).
    Fine,
    /// Somewhere else: where the cell ends that they are meant for is anybody's guess.
    Stray,
    /// One is opened and not closed.
    Open,
}

/// Looks at a row as it is written. Rows end outside of quotation marks, so that only the last one can be open.
fn quoting(written: &[u8], separator: u8) -> Quoting {
    let is_end = |byte: u8| byte == separator || byte == b'\n' || byte == b'\r';
    let mut rest = written;
    let mut is_stray = false;
    while let Some((&first, after)) = rest.split_first() {
        if first != b'"' {
            let end = rest.iter().position(|&byte| is_end(byte)).unwrap_or(rest.len());
            is_stray |= rest[..end].contains(&b'"');
            rest = &rest[(end + 1).min(rest.len())..];
            continue;
        }
        let Some(after) = behind_quotes(after) else { return Quoting::Open };
        let end = after.iter().position(|&byte| is_end(byte)).unwrap_or(after.len());
        is_stray |= end > 0;
        rest = &after[(end + 1).min(after.len())..];
    }
    if is_stray { Quoting::Stray } else { Quoting::Fine }
}

/// What follows a quoted cell's closing mark; `None` where there is none.
fn behind_quotes(mut inside: &[u8]) -> Option<&[u8]> {
    loop {
        let mark = inside.iter().position(|&byte| byte == b'"')?;
        inside = &inside[mark + 1..];
        match inside.split_first() {
            Some((b'"', after)) => inside = after,
            _ => return Some(inside),
        }
    }
}
