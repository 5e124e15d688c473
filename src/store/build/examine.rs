//! What a build would say of a city's policy, tables and plans, without building anything.

use std::path::Path;

use super::join::JoinTable;
use super::layers::read_layer;
use super::projection::CityProjector;
use super::{home, points, policy_of};
use crate::city::{CityConfig, SourceKind};
use crate::privacy::Policy;
use crate::report::{Place, Report, WarningKind};

/// Reads the policy, the tables and the plans of a city as a build does, and reports what it would refuse or leave out.
/// Files of buildings and of the ground are looked for and not read. Gives how many files the city names.
pub fn examine(city: &CityConfig, downloads: &Path, report: &mut Report) -> usize {
    let mut files = 0;
    let policy = noted(policy_of(city), city, report);
    let projector = noted(CityProjector::new(city, home(city)), city, report);
    for source in &city.sources {
        let Some(found) = noted(city.source_files(source, downloads), city, report) else { continue };
        files += found.len();
        if let (SourceKind::Points { mapping, .. }, Some(projector)) = (&source.kind, &projector) {
            noted(points::read_layer(city, mapping, &found, projector, &|_| 0.0, report), city, report);
        }
        let SourceKind::Table { key } = &source.kind else { continue };
        for file in &found {
            let table = JoinTable::read(&source.id, file, key, report);
            if let Some((table, policy)) = noted(table, city, report).zip(policy.as_ref()) {
                unnamed(&table, policy, file, report);
            }
        }
    }
    for layer in &city.layers {
        let Some(found) = noted(city.layer_files(layer), city, report) else { continue };
        files += found.len();
        if let Some(projector) = &projector {
            noted(read_layer(layer, &found, projector, city.crs, report), city, report);
        }
    }
    files
}

/// What went well; what did not becomes a warning, since there may be more to say.
fn noted<T, E: std::fmt::Display>(result: Result<T, E>, city: &CityConfig, report: &mut Report) -> Option<T> {
    let place = || Place { file: city.file.to_string_lossy().into(), line: 0, object: None };
    result.map_err(|error| report.warn(WarningKind::Configuration, place(), error.to_string())).ok()
}

/// Columns that would make the build fail: nobody has decided about them.
fn unnamed(table: &JoinTable, policy: &Policy, file: &Path, report: &mut Report) {
    for column in table.columns().filter(|column| policy.attribute(column).is_none()) {
        let place = Place { file: file.to_string_lossy().into(), line: 1, object: None };
        let message = format!("the policy does not name the attribute \"{column}\"");
        report.warn(WarningKind::Configuration, place, message);
    }
}
