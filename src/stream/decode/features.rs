//! Features of several tables (and of several models in one tile) in one [`FeatureTable`], one after the other.

use super::{DecodeError, Unfolding};
use crate::stream::mesh::{FeatureTable, Property};

/// Rows of one table in the tile's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rows {
    /// The first row.
    pub first: u32,
    /// How many there are.
    pub count: u32,
}

impl Rows {
    /// The tile's row of a table's feature; `u32::MAX` for one that the table does not have.
    pub fn row(self, feature: u32) -> u32 {
        if feature < self.count { self.first + feature } else { u32::MAX }
    }
}

/// Adds `count` rows. `evidence_bytes` is the length of the content: no table has more features than that.
pub(super) fn add_rows(out: &mut Unfolding, count: u64, evidence_bytes: usize) -> Result<Rows, DecodeError> {
    let truncated = DecodeError::Truncated { what: "features" };
    let count = u32::try_from(count).ok().filter(|count| *count as usize <= evidence_bytes).ok_or(truncated.clone())?;
    let table = &mut out.decoded.content.features;
    let first = table.count;
    table.count = first.checked_add(count).ok_or(truncated)?;
    Ok(Rows { first, count })
}

/// What a column costs besides its rows: no table has thousands of columns, and each is looked for among all others.
const COLUMN_BYTES: u64 = 64 << 10;

/// Allows for a column over `rows` before it is made.
pub(super) fn allow_column(out: &mut Unfolding, rows: Rows) -> Result<(), DecodeError> {
    let cells = u64::from(rows.first) + u64::from(rows.count);
    out.allow(COLUMN_BYTES + cells * size_of::<Option<Property>>() as u64)
}

/// Puts a column's values into their rows; rows of other tables have no data in it.
pub(super) fn set_column(table: &mut FeatureTable, name: &str, rows: Rows, values: Vec<Option<Property>>) {
    let place = table.columns.iter().position(|(column, _)| column == name).unwrap_or_else(|| {
        table.columns.push((name.to_owned(), Vec::new()));
        table.columns.len() - 1
    });
    if let Some((_, column)) = table.columns.get_mut(place) {
        column.resize(rows.first as usize, None);
        column.extend(values.into_iter().take(rows.count as usize));
    }
}
