//! What can be said of a single file, by its format.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;

use super::Found;
use crate::city::{CityConfig, read_text};
use crate::geo::{HeightReference, Projector};
use crate::model::Summary;
use crate::privacy::Policy;
use crate::report::{Place, Report, WarningKind};
use crate::source::detect::{self, Format};
use crate::source::geojson::FeatureCollection;
use crate::source::plans::{PlanMapping, read_plans};
use crate::source::{ReadOptions, geojson, geotiff, table};
use crate::store;
use crate::store::build::examine;
use crate::tiles::validate_tileset;
use crate::twin::{FORMAT, TwinDescription};

/// Checks a file of whatever kind it is.
pub(super) fn single(file: &Path, today: Date, report: &mut Report) -> Found {
    if file.extension().is_some_and(|extension| extension == "toml") {
        return toml(file, today, report);
    }
    if file.file_name().is_some_and(|name| name == store::TWIN) {
        return release(file, report);
    }
    // A check tells all that it finds; where it lies matters to nobody.
    let options = ReadOptions { refuses_unknown_crs: false, ..ReadOptions::of(&file.to_string_lossy()) };
    let source = detect::open(file).map_err(|error| error.to_string())?;
    match source.format {
        Some(Format::CityGml | Format::CityJson | Format::CityJsonSeq) => buildings(file, &options, report),
        Some(Format::GeoJson) => features(source.input, &options, report),
        Some(Format::GeoTiff) => terrain(file, &options, report),
        Some(Format::Csv) => rows(source.input, &options, report),
        Some(Format::Tileset) => tileset(file, source.input, report),
        Some(other) => Err(format!("this is {}; there is nothing to check it with", other.name())),
        None => Err("this is of no format that is known here".to_owned()),
    }
}

fn buildings(file: &Path, options: &ReadOptions, report: &mut Report) -> Found {
    let mut summary = Summary::default();
    let header = detect::read_buildings(file, options, report, &mut |building, _| summary.add(&building));
    let header = header.map_err(|error| error.to_string())?;
    let crs = header.crs.map_or("no system of coordinates".to_owned(), |crs| format!("EPSG:{}", crs.horizontal));
    let mut content = format!("{crs}, {} objects skipped\n{summary}", header.skipped);
    for (name, count) in &header.other_objects {
        content.push_str(&format!("not read {name} {count}\n"));
    }
    Ok((header.format, content))
}

/// Features; where they have the status of a plan they are read as plans in the canonical form. Plans with a city's own
/// columns are checked with the city's file, which says what these mean.
fn features(input: impl BufRead, options: &ReadOptions, report: &mut Report) -> Found {
    let collection = geojson::read(input, options, report).map_err(|error| error.to_string())?;
    let content = format!("{} features, {} skipped", collection.features.len(), collection.skipped);
    let mapping = PlanMapping::default();
    if !collection.features.iter().any(|feature| feature.properties.contains_key(&mapping.status)) {
        return Ok(("GeoJSON".to_owned(), content));
    }
    let plans = plans(&collection, &mapping, report)?;
    Ok(("GeoJSON with plans".to_owned(), format!("{content}, {plans} plans")))
}

fn plans(collection: &FeatureCollection, mapping: &PlanMapping, report: &mut Report) -> Result<usize, String> {
    let projector = collection.crs.map(|crs| Projector::new(crs, HeightReference::Ellipsoidal)).transpose();
    let projector = projector.map_err(|error| error.to_string())?;
    // Without a system there is nothing to move them by; the city's file says which one it is.
    let to_geodetic = |[x, y]: [f64; 2]| match &projector {
        Some(projector) => {
            let place = projector.geodetic(glam::DVec3::new(x, y, 0.0)).ok()?;
            Some([place.lon_deg, place.lat_deg])
        }
        None => Some([0.0, 0.0]),
    };
    Ok(read_plans(&collection.features, mapping, &to_geodetic, report).plans().len())
}

fn terrain(file: &Path, options: &ReadOptions, report: &mut Report) -> Found {
    let input = fs::File::open(file).map_err(|error| error.to_string())?;
    let grid = geotiff::read(BufReader::new(input), options, report).map_err(|error| error.to_string())?;
    let content = format!("{} × {} posts every {} m", grid.columns, grid.rows, grid.spacing_m);
    Ok(("GeoTIFF terrain".to_owned(), content))
}

fn rows(input: impl BufRead, options: &ReadOptions, report: &mut Report) -> Found {
    let table = table::read_by_first_column(input, options, report).map_err(|error| error.to_string())?;
    let columns: Vec<&str> = table.columns().collect();
    let content = format!("{} rows by the first column; columns: {}", table.len(), columns.join(", "));
    Ok(("table".to_owned(), content))
}

fn tileset(file: &Path, mut input: impl Read, report: &mut Report) -> Found {
    let mut json = Vec::new();
    input.read_to_end(&mut json).map_err(|error| error.to_string())?;
    let findings = against_the_standard(file, &json, report);
    Ok(("3D Tiles tileset".to_owned(), format!("{findings} findings against 3D Tiles 1.1")))
}

/// What a release says of itself, with the files that it names. What was published stands in the twin's manifest alone.
pub(super) fn release(file: &Path, report: &mut Report) -> Found {
    let json = fs::read(file).map_err(|error| error.to_string())?;
    let twin: TwinDescription = serde_json::from_slice(&json).map_err(|error| error.to_string())?;
    if twin.format != FORMAT {
        return Err(format!("the format is \"{}\", not \"{FORMAT}\"", twin.format));
    }
    let twin = twin.checked()?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let place = || Place { file: file.to_string_lossy().into(), line: 0, object: None };
    let tilesets: Vec<&String> = twin.buildings.iter().chain(&twin.ground).collect();
    for named in tilesets.iter().copied().chain(twin.layers.iter().map(|layer| &layer.data)) {
        if !store::stays_inside(named) {
            report.warn(WarningKind::BrokenTwin, place(), format!("names {named}, which leads out of its folder"));
        } else if !folder.join(named).is_file() {
            report.warn(WarningKind::BrokenTwin, place(), format!("names {named}, which is not there"));
        }
    }
    for path in tilesets.into_iter().filter(|named| store::stays_inside(named)).map(|named| folder.join(named)) {
        if let Ok(json) = fs::read(&path) {
            against_the_standard(&path, &json, report);
        }
    }
    let (attributes, layers) = (twin.attributes.len(), twin.layers.len());
    let content =
        format!("for {}, {attributes} attributes, {layers} layers\npolicy {}", twin.audience, twin.policy_hash);
    Ok((format!("release of {}", twin.city), content))
}

/// Holds a tileset and all its tiles against the standard. Gives the number of findings.
pub(super) fn against_the_standard(file: &Path, json: &[u8], report: &mut Report) -> usize {
    let folder = file.parent().unwrap_or(Path::new(""));
    let findings = validate_tileset(json, &|path| fs::read(folder.join(path)).ok());
    let name: Arc<str> = file.to_string_lossy().into();
    for finding in &findings {
        let place = Place { file: name.clone(), line: 0, object: None };
        report.warn(WarningKind::BrokenTwin, place, finding.to_string());
    }
    findings.len()
}

/// A city's configuration with the files that it names, or a policy.
fn toml(file: &Path, today: Date, report: &mut Report) -> Found {
    let text = read_text(file).map_err(|error| error.to_string())?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    if table.contains_key("crs") {
        return city(file, &text, today, report);
    }
    let policy = Policy::parse(&text, &file.to_string_lossy()).map_err(|error| error.to_string())?;
    if today > policy.expires_on() {
        let place = Place { file: file.to_string_lossy().into(), line: 0, object: None };
        let message = format!("the policy expired on {}; on {today} it releases nothing", policy.expires_on());
        report.warn(WarningKind::Configuration, place, message);
    }
    let approval = match policy.approved_by() {
        Some(by) => format!("approved by {by}"),
        None => "not approved: synthetic data only".to_owned(),
    };
    let (attributes, until) = (policy.attributes().len(), policy.expires_on());
    let head = format!("{attributes} attributes, until {until}, {approval}\nSHA-256 {}", policy.hash());
    Ok(("policy".to_owned(), format!("{head}\n\n{}", policy.cell_table())))
}

fn city(file: &Path, text: &str, today: Date, report: &mut Report) -> Found {
    let city = CityConfig::parse(file, text).map_err(|error| error.to_string())?;
    let files = examine(&city, &city.default_downloads(), today, report);
    let content = format!("{} sources and {} layers with {files} files", city.sources.len(), city.layers.len());
    Ok((format!("configuration of {}", city.id), content))
}
