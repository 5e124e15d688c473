//! Attribute tables: delimited text → attributes by key, to be joined to buildings.
//!
//! Understands what German offices export: comma or semicolon, UTF-8 with or without byte order mark or ISO-8859-1,
//! decimal commas and thousands points where the semicolon separates. Values come out as
//! [`RawValue`](crate::model::RawValue) only; which buildings a key means is for the city's configuration to say.

mod cell;
mod encoding;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::{BufRead, Read};
use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord};

use self::cell::{ColumnType, DecimalMark};
use self::encoding::decode;
use super::{ReadError, ReadOptions};
use crate::model::Attributes;
use crate::report::{Place, Report, WarningKind};

/// Rows of attributes by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    rows: BTreeMap<Arc<str>, Attributes>,
    columns: Vec<Arc<str>>,
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

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// Reads a table whose first line names the columns; `key` is the column that the rows are found by.
///
/// A column is of one type: whole numbers, numbers, true/false, or else text, so that postal codes and house numbers
/// with a letter in one row stay text in all; numbers with leading zeros are text. Of several rows with one key the
/// first is kept. The file may be as large as [`ReadOptions::max_object_bytes`].
pub fn read(input: impl BufRead, key: &str, options: &ReadOptions, report: &mut Report) -> Result<Table, ReadError> {
    let bytes = whole(input, options)?;
    let text = decode(&bytes);
    let first_line = text.lines().next().unwrap_or_default();
    let separator = separator(first_line);
    let mut reader = ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().cloned().map_err(|error| malformed(options, 1, csv_message(&error)))?;
    let key_index = header
        .iter()
        .position(|column| column.trim() == key)
        .ok_or_else(|| malformed(options, 1, format!("there is no column {key}")))?;
    let mut job = Job { options, report, columns: columns(&header, key_index, options)?, key_index };
    let rows = job.rows(reader)?;
    Ok(job.table(&rows, DecimalMark::of(separator)))
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

/// What the parser says, without quoting a cell.
fn csv_message(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Io(source) => source.to_string(),
        _ => "the row cannot be taken apart".to_owned(),
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

/// A column that becomes an attribute.
struct Column {
    index: usize,
    name: Arc<str>,
}

fn columns(header: &StringRecord, key_index: usize, options: &ReadOptions) -> Result<Vec<Column>, ReadError> {
    let mut columns: Vec<Column> = Vec::new();
    for (index, name) in header.iter().map(str::trim).enumerate() {
        if index == key_index || name.is_empty() {
            continue;
        }
        if columns.iter().any(|column| &*column.name == name) {
            return Err(malformed(options, 1, format!("column {name} stands more than once")));
        }
        columns.push(Column { index, name: name.into() });
    }
    Ok(columns)
}

/// A row with its line.
struct Row {
    line: u64,
    key: Arc<str>,
    record: StringRecord,
}

struct Job<'a> {
    options: &'a ReadOptions,
    report: &'a mut Report,
    columns: Vec<Column>,
    key_index: usize,
}

impl Job<'_> {
    fn warn(&mut self, kind: WarningKind, line: u64, object: Option<Arc<str>>, message: &str) {
        let place = Place { file: self.options.file.clone(), line, object };
        self.report.warn(kind, place, message);
    }

    /// The rows that have a key, in the order of the file.
    fn rows(&mut self, mut reader: csv::Reader<&[u8]>) -> Result<Vec<Row>, ReadError> {
        let width = reader.headers().map_or(0, StringRecord::len);
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| {
                let line = error.position().map_or(0, csv::Position::line);
                malformed(self.options, line, csv_message(&error))
            })?;
            let line = record.position().map_or(0, csv::Position::line);
            let key = record.get(self.key_index).unwrap_or_default().trim();
            if key.is_empty() {
                self.warn(WarningKind::ObjectSkipped, line, None, "the row has no key");
            } else if record.len() > width {
                self.warn(WarningKind::ObjectSkipped, line, Some(key.into()), "the row has more cells than columns");
            } else {
                rows.push(Row { line, key: key.into(), record });
            }
        }
        Ok(rows)
    }

    fn table(mut self, rows: &[Row], mark: DecimalMark) -> Table {
        let columns = std::mem::take(&mut self.columns);
        let types: Vec<ColumnType> = columns
            .iter()
            .map(|column| ColumnType::of(rows.iter().filter_map(|row| row.record.get(column.index)), mark))
            .collect();
        // In the order of the names, as attributes are kept.
        let mut by_name: Vec<(&Column, &ColumnType)> = columns.iter().zip(&types).collect();
        by_name.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        let mut table =
            Table { columns: columns.iter().map(|column| column.name.clone()).collect(), ..Table::default() };
        for row in rows {
            if table.rows.contains_key(&row.key) {
                let message = "the key stands more than once; the first row is kept";
                self.warn(WarningKind::DuplicateId, row.line, Some(row.key.clone()), message);
                continue;
            }
            let mut attributes = Attributes::with_capacity(by_name.len());
            for (column, kind) in &by_name {
                if let Some(value) = row.record.get(column.index).and_then(|cell| kind.value(cell, mark)) {
                    attributes.set_shared(column.name.clone(), value);
                }
            }
            table.rows.insert(row.key.clone(), attributes);
        }
        table
    }
}
