//! Which sources a release names: those that gave it something.
//!
//! Whoever gets nothing of a table is not told that it exists: its title alone may say what a city keeps about people.

use super::join::OpenTable;
use crate::city::{CityConfig, SourceKind};
use crate::privacy::Releaser;
use crate::twin::SourceInfo;

/// The sources that a release shows something of, in the order of the configuration: all of geometry, and a table if at
/// least one of its columns is released.
pub(super) fn credits(city: &CityConfig, tables: &[OpenTable], releaser: &Releaser) -> Vec<SourceInfo> {
    let is_released = |column: &str| releaser.attributes().iter().any(|attribute| attribute.name == column);
    let gives = |id: &str| tables.iter().any(|table| table.source == id && table.columns().any(is_released));
    let is_named = |kind: &SourceKind, id: &str| !matches!(kind, SourceKind::Table { .. }) || gives(id);
    city.sources.iter().filter(|source| is_named(&source.kind, &source.id)).map(|source| source.info.clone()).collect()
}

/// The sources that any of the releases names, in the order of the configuration.
pub(super) fn of_all(city: &CityConfig, credits: &[Vec<SourceInfo>]) -> Vec<SourceInfo> {
    let sources = city.sources.iter().map(|source| &source.info);
    sources.filter(|info| credits.iter().any(|named| named.contains(info))).cloned().collect()
}

/// The attributions of sources, each once, for the tiles' copyright.
pub(super) fn copyright(sources: &[SourceInfo]) -> String {
    let mut attributions: Vec<&str> = Vec::new();
    for source in sources {
        if !attributions.contains(&source.attribution.as_str()) {
            attributions.push(&source.attribution);
        }
    }
    attributions.join("; ")
}
