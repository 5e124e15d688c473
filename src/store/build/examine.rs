//! What a build would say of a city's policy, tables and plans, without building anything.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use super::districts::read_districts;
use super::join::OpenTable;
use super::layers::read_layer;
use super::projection::CityProjector;
use super::{BuildOptions, home, points, policy_of, releasers};
use crate::city::{CityConfig, SourceKind};
use crate::privacy::{Audience, Policy};
use crate::report::{Place, Report, WarningKind};

/// Reads the policy, the tables and the plans of a city as a build does, and reports what it would refuse or leave out.
/// Files of buildings and of the ground are looked for and not read. `today` is the day on which the policy must be in
/// force. Gives how many files the city names.
pub fn examine(city: &CityConfig, downloads: &Path, today: Date, report: &mut Report) -> usize {
    let mut files = 0;
    let policy = noted(policy_of(city), city, report);
    if let Some(policy) = &policy {
        let options = BuildOptions {
            out: PathBuf::new(),
            audiences: vec![Audience::Citizen, Audience::Planner],
            purpose: None,
            downloads: downloads.to_owned(),
            today,
        };
        noted(releasers(city, policy, &options), city, report);
    }
    let projector = noted(CityProjector::new(city, home(city)), city, report);
    for source in &city.sources {
        let Some(found) = noted(city.source_files(source, downloads), city, report) else { continue };
        files += found.len();
        if let (SourceKind::Districts { name }, Some(projector)) = (&source.kind, &projector) {
            let mut all = BTreeMap::new();
            for file in &found {
                noted(read_districts(file, name, projector, city.crs, &mut all, report), city, report);
            }
        }
        if let (SourceKind::Points { mapping, .. }, Some(projector)) = (&source.kind, &projector) {
            noted(points::read_layer(city, mapping, &found, projector, &|_| 0.0, report), city, report);
        }
        let SourceKind::Table { key } = &source.kind else { continue };
        for file in &found {
            let Some(table) = noted(OpenTable::open(&source.id, file, key), city, report) else { continue };
            let columns: Vec<String> = table.columns().map(str::to_owned).collect();
            let read = noted(table.read(report), city, report);
            if let Some((table, policy)) = read.zip(policy.as_ref()) {
                unnamed(&columns, policy, file, report);
                noted(table.check_whole(policy), city, report);
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
    let file: Arc<str> = city.file.to_string_lossy().into();
    let mut warn = |error: E| {
        let message = error.to_string();
        // The place says which file it is about.
        let message = message.strip_prefix(&format!("{file}: ")).unwrap_or(&message).to_owned();
        report.warn(WarningKind::Configuration, Place { file: file.clone(), line: 0, object: None }, message);
    };
    result.map_err(&mut warn).ok()
}

/// Columns that would make the build fail: nobody has decided about them.
fn unnamed(columns: &[String], policy: &Policy, file: &Path, report: &mut Report) {
    for column in columns.iter().filter(|column| policy.attribute(column).is_none()) {
        let place = Place { file: file.to_string_lossy().into(), line: 1, object: None };
        let message = format!("the policy does not name the attribute \"{column}\"");
        report.warn(WarningKind::Configuration, place, message);
    }
}
