//! Tables of attributes joined to buildings, before the release.
//!
//! What a building's own file says stays; a table adds what is not there, and what it says otherwise is kept beside it,
//! so that a sensitive place which only a table knows is one. Values are not looked at, only keys.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::{BuildError, StoreError};
use crate::model::{Attributes, Building, Value};
use crate::privacy::Policy;
use crate::report::Report;
use crate::source::ReadOptions;
use crate::source::table::{self, Table, UnreadTable};

/// Names that a table's key may have for a building's id.
const ID_NAMES: [&str; 4] = ["gml_id", "gml:id", "id", "building_id"];

/// A table of which the columns are known and no row is: who is told of it is decided by its columns alone, and its rows
/// are read beside the first buildings.
pub(super) struct OpenTable {
    /// Id of the source that it belongs to.
    pub source: String,
    file: Arc<str>,
    key: String,
    table: UnreadTable,
}

/// A table and the attribute of buildings that its key holds.
pub(super) struct JoinTable {
    file: Arc<str>,
    key: String,
    table: Table,
}

impl OpenTable {
    /// Opens a table of a source; its key column has the name of the buildings' attribute.
    pub(super) fn open(source: &str, path: &Path, key: &str) -> Result<Self, BuildError> {
        let options = ReadOptions::of(&path.to_string_lossy());
        let input = File::open(path).map_err(|error| StoreError::io(path, error))?;
        let table = table::open(BufReader::new(input), key, &options)?;
        Ok(Self { source: source.to_owned(), file: options.file, key: key.to_owned(), table })
    }

    /// Names of the attributes that it can give.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        self.table.columns()
    }

    /// Reads the rows.
    pub(super) fn read(self, report: &mut Report) -> Result<JoinTable, BuildError> {
        Ok(JoinTable { file: self.file, key: self.key, table: self.table.read(report)? })
    }

    /// Reads the rows of all tables, on all cores, and [checks](JoinTable::check_whole) them. What there is to say of them
    /// is said in their order.
    pub(super) fn read_all(
        tables: Vec<Self>,
        policy: &Policy,
        report: &mut Report,
    ) -> Result<Vec<JoinTable>, BuildError> {
        let read = |table: Self| {
            let mut said = Report::default();
            (table.read(&mut said), said)
        };
        let done: Vec<_> = tables.into_par_iter().map(read).collect();
        let mut tables = Vec::with_capacity(done.len());
        for (table, said) in done {
            report.absorb(said);
            let table = table?;
            table.check_whole(policy)?;
            tables.push(table);
        }
        Ok(tables)
    }
}

impl JoinTable {
    /// Fails where rows are left out and any of them might have said that a place is sensitive: such a place would be
    /// shown like any other.
    pub(super) fn check_whole(&self, policy: &Policy) -> Result<(), BuildError> {
        let marks_places = |name: &&str| {
            let list = policy.attribute(name).and_then(|attribute| attribute.code_list.as_ref());
            list.is_some_and(|list| list.has_sensitive())
        };
        match self.table.columns().find(marks_places).filter(|_| self.table.left_out() > 0) {
            Some(name) => Err(BuildError::SensitiveTable {
                file: self.file.to_string(),
                rows: self.table.left_out(),
                attribute: name.to_owned(),
            }),
            None => Ok(()),
        }
    }

    /// Adds to a building what the table knows of it. Gives whether it has a row for it.
    pub(super) fn join(&self, building: &mut Building) -> bool {
        let row = match ID_NAMES.contains(&self.key.as_str()) {
            true => self.table.get(&building.id.0),
            false => self.by_attribute(building),
        };
        let Some(row) = row else { return false };
        building.attributes.add_all(row);
        true
    }

    fn by_attribute(&self, building: &Building) -> Option<&Attributes> {
        match building.attributes.get(&self.key)?.expose() {
            Value::Text(key) => self.table.get(key),
            Value::Integer(key) => self.table.get(&key.to_string()),
            Value::Real(_) | Value::Bool(_) => None,
        }
    }
}
