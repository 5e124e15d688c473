//! Attribute tables: delimited text → attributes by key, to be joined to buildings.
//!
//! Understands what German offices export: comma or semicolon, UTF-8 with or without byte order mark or ISO-8859-1,
//! decimal commas and thousands points where the semicolon separates. Values come out as
//! [`RawValue`](crate::model::RawValue) only; which buildings a key means is for the city's configuration to say.

mod cell;
mod encoding;
mod rows;

#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, Read};
use std::sync::Arc;

use csv::StringRecord;

use self::cell::{ColumnType, DecimalMark, Guess};
use self::encoding::decode;
use self::rows::{Broken, Row, Rows};
use super::{ReadError, ReadOptions};
use crate::model::Attributes;
use crate::report::{Place, Report, WarningKind};

/// Rows of attributes by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    rows: BTreeMap<Arc<str>, Attributes>,
    columns: Vec<Arc<str>>,
    left_out: u64,
}

impl Table {
    /// The attributes of the row with that key. Empty cells are absent.
    pub fn get(&self, key: &str) -> Option<&Attributes> {
        self.rows.get(key)
    }

    /// All rows, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Attributes)> {
        self.rows.iter().map(|(key, attributes)| (&**key, attributes))
    }

    /// The columns besides the key, in the order of the file.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| &**column)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// How many rows were left out, each with a warning: they are not as the first line says, or their key is taken.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// Reads a table whose first line names the columns; `key` is the column that the rows are found by.
///
/// A column is of one type: whole numbers, numbers, true/false, or else text, so that postal codes and house numbers
/// with a letter in one row stay text in all; numbers with leading zeros are text. Of several rows with one key the
/// first is kept.
///
/// A row with more or fewer cells than the first line, with a stray quotation mark, or with a line break or control
/// character in a cell is left out: nobody can say which column its values belong to. A quotation mark that is never
/// closed is an error. The file may be as large as [`ReadOptions::max_object_bytes`].
pub fn read(input: impl BufRead, key: &str, options: &ReadOptions, report: &mut Report) -> Result<Table, ReadError> {
    open(input, key, options)?.read(report)
}

/// Takes a table in and reads its first line alone, for whoever must know the columns before the rows are needed.
pub fn open(input: impl BufRead, key: &str, options: &ReadOptions) -> Result<UnreadTable, ReadError> {
    UnreadTable::open(input, Some(key), options)
}

/// Reads a table whose rows are found by its first column, as most are; for when nobody has said by which.
pub fn read_by_first_column(
    input: impl BufRead,
    options: &ReadOptions,
    report: &mut Report,
) -> Result<Table, ReadError> {
    UnreadTable::open(input, None, options)?.read(report)
}

/// A table of which the first line has been read and no row. It has no `Debug`: its text is values that nobody has released.
pub struct UnreadTable {
    options: ReadOptions,
    text: String,
    separator: u8,
    layout: Layout,
}

impl UnreadTable {
    fn open(input: impl BufRead, key: Option<&str>, options: &ReadOptions) -> Result<Self, ReadError> {
        let text = decode(whole(input, options)?);
        let separator = separator(text.lines().next().unwrap_or_default());
        let (header, _) = Rows::of(&text, separator).map_err(|broken| malformed_by(&broken, options))?;
        let layout = Layout::of(&header, key, options)?;
        Ok(Self { options: options.clone(), text, separator, layout })
    }

    /// The columns besides the key, in the order of the file.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.layout.names.iter().map(|column| &**column)
    }

    /// Reads the rows.
    pub fn read(self, report: &mut Report) -> Result<Table, ReadError> {
        let Self { options, text, separator, layout } = self;
        let mark = DecimalMark::of(separator);
        let rows =
            || Rows::of(&text, separator).map(|(_, rows)| rows).map_err(|broken| malformed_by(&broken, &options));
        let mut job = Job { options: &options, report, layout, left_out: 0 };
        let types = job.types(rows()?, mark)?;
        job.table(rows()?, &types, mark)
    }
}

fn whole(input: impl BufRead, options: &ReadOptions) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    let limit = options.max_object_bytes as u64;
    let read = input.take(limit.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|source| ReadError::Io { file: options.file.clone(), source })?;
    if bytes.len() as u64 > limit {
        return Err(malformed(options, 0, format!("the table is larger than {limit} bytes")));
    }
    Ok(bytes)
}

fn malformed(options: &ReadOptions, line: u64, message: impl Into<String>) -> ReadError {
    ReadError::Malformed { file: options.file.clone(), line, message: message.into() }
}

/// Why nothing more can be read, without quoting a cell.
fn malformed_by(broken: &Broken, options: &ReadOptions) -> ReadError {
    match broken {
        Broken::Header(fault) => malformed(options, 1, *fault),
        Broken::OpenQuote(line) => malformed(options, *line, "a quotation mark is opened here and never closed"),
        Broken::Parser(error) => {
            let line = error.position().map_or(0, csv::Position::line);
            let message = match error.kind() {
                csv::ErrorKind::Io(source) => source.to_string(),
                _ => "the row cannot be taken apart".to_owned(),
            };
            malformed(options, line, message)
        }
    }
}

/// Whichever of semicolon, tab and comma stands most often outside quotes in the first line.
fn separator(first_line: &str) -> u8 {
    let mut is_quoted = false;
    let mut counts = [(b';', 0_usize), (b'\t', 0), (b',', 0)];
    for byte in first_line.bytes() {
        is_quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(mark, _)| !is_quoted && *mark == byte) {
            *count += 1;
        }
    }
    // The last of equals wins: a comma where there is none of them.
    counts.iter().max_by_key(|(_, count)| *count).map_or(b',', |(mark, _)| *mark)
}

/// What the first line says.
struct Layout {
    /// Cells of a full row.
    width: usize,
    key_index: usize,
    /// The columns that become attributes, in the order of the file.
    names: Vec<Arc<str>>,
    /// For each cell of a row the column among `names`; `None` for the key and for columns without a name.
    column_of: Vec<Option<usize>>,
}

impl Layout {
    fn of(header: &StringRecord, key: Option<&str>, options: &ReadOptions) -> Result<Self, ReadError> {
        let key_index = match key {
            Some(key) => header
                .iter()
                .position(|column| column.trim() == key)
                .ok_or_else(|| malformed(options, 1, format!("there is no column {key}")))?,
            None => 0,
        };
        let mut layout = Self { width: header.len(), key_index, names: Vec::new(), column_of: Vec::new() };
        let mut known = BTreeSet::new();
        for (index, name) in header.iter().map(str::trim).enumerate() {
            let is_attribute = index != key_index && !name.is_empty();
            if is_attribute && !known.insert(name) {
                return Err(malformed(options, 1, format!("column {name} stands more than once")));
            }
            layout.column_of.push(is_attribute.then_some(layout.names.len()));
            layout.names.extend(is_attribute.then(|| name.into()));
        }
        Ok(layout)
    }

    /// The row's key, or why the row cannot be taken.
    fn key<'r>(&self, row: &Row<'r>) -> Result<&'r str, &'static str> {
        let (record, fault) = (row.record, row.fault);
        let is_break = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        match (fault, record.len().cmp(&self.width)) {
            (Some(fault), _) => Err(fault),
            (None, Ordering::Greater) => Err("the row has more cells than columns"),
            (None, Ordering::Less) => Err("the row has fewer cells than columns"),
            (None, Ordering::Equal) if record.iter().any(|cell| cell.contains(is_break)) => {
                Err("a cell of the row has a line break or a control character")
            }
            (None, Ordering::Equal) => match record.get(self.key_index).unwrap_or_default().trim() {
                "" => Err("the row has no key"),
                key => Ok(key),
            },
        }
    }

    /// The row's cells with their columns.
    fn cells<'r>(&self, record: &'r StringRecord) -> impl Iterator<Item = (usize, &'r str)> {
        record.iter().zip(&self.column_of).filter_map(|(cell, column)| Some(((*column)?, cell)))
    }
}

/// Goes over the rows twice, once for the types and once for the values, so that none has to be kept whole.
struct Job<'a> {
    options: &'a ReadOptions,
    report: &'a mut Report,
    layout: Layout,
    left_out: u64,
}

impl Job<'_> {
    fn warn(&mut self, kind: WarningKind, line: u64, key: Option<&str>, message: &str) {
        let place = Place { file: self.options.file.clone(), line, object: key.map(Arc::from) };
        self.report.warn(kind, place, message);
    }

    /// The type of each column. Reports the rows that cannot be taken.
    fn types(&mut self, mut rows: Rows<'_>, mark: DecimalMark) -> Result<Vec<ColumnType>, ReadError> {
        let mut guesses = vec![Guess::OPEN; self.layout.names.len()];
        while let Some(row) = rows.next_row().map_err(|broken| malformed_by(&broken, self.options))? {
            if let Err(message) = self.layout.key(&row) {
                self.left_out += 1;
                // What stands where the key should may be anything.
                self.warn(WarningKind::ObjectSkipped, row.line, None, message);
                continue;
            }
            for (column, cell) in self.layout.cells(row.record) {
                if let Some(guess) = guesses.get_mut(column) {
                    guess.see(cell, mark);
                }
            }
        }
        Ok(guesses.into_iter().map(Guess::column_type).collect())
    }

    fn table(mut self, mut lines: Rows<'_>, types: &[ColumnType], mark: DecimalMark) -> Result<Table, ReadError> {
        let mut rows = BTreeMap::new();
        while let Some(row) = lines.next_row().map_err(|broken| malformed_by(&broken, self.options))? {
            let Ok(key) = self.layout.key(&row) else { continue };
            if rows.contains_key(key) {
                let message = "the key stands more than once; the first row is kept";
                self.left_out += 1;
                self.warn(WarningKind::DuplicateId, row.line, Some(key), message);
                continue;
            }
            let mut attributes = Attributes::with_capacity(self.layout.names.len());
            for (column, cell) in self.layout.cells(row.record) {
                let (Some(name), Some(kind)) = (self.layout.names.get(column), types.get(column)) else { continue };
                if let Some(value) = kind.value(cell, mark) {
                    attributes.set_shared(name.clone(), value);
                }
            }
            rows.insert(Arc::from(key), attributes);
        }
        Ok(Table { rows, columns: self.layout.names, left_out: self.left_out })
    }
}
