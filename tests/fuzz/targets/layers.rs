//! What lies beside the buildings: GeoJSON, planning layers of cities and of twins, places of everyday life, tables.

use stadtzwilling::plan::PlanLayer;
use stadtzwilling::points::{PointLayer, is_name, is_on_earth};
use stadtzwilling::report::Report;
use stadtzwilling::source::geojson::FeatureCollection;
use stadtzwilling::source::plans::{PlanMapping, read_plans};
use stadtzwilling::source::{geojson as reader, table as tables};

use super::{FILE, Lines, check_error, check_report, options};

/// GeoJSON of any layer.
pub fn geojson(bytes: &[u8]) {
    features(bytes);
}

fn features(bytes: &[u8]) -> Option<FeatureCollection> {
    let mut report = Report::default();
    let outcome = reader::read(bytes, &options(), &mut report);
    check_report(&report);
    match outcome {
        Err(error) => {
            check_error(&error, Lines::Counted);
            None
        }
        Ok(collection) => {
            for feature in &collection.features {
                assert_eq!(&*feature.place.file, FILE);
                assert!(feature.place.line > 0 && feature.place.object.is_some());
            }
            assert!(collection.skipped <= report.total(), "a feature was left out without a word");
            Some(collection)
        }
    }
}

/// A city's file of plans as it comes: everything that becomes a plan can be published and read back.
pub fn plans(bytes: &[u8]) {
    let Some(collection) = features(bytes) else { return };
    let mut report = Report::default();
    let layer = read_plans(&collection.features, &PlanMapping::default(), &|position| Some(position), &mut report);
    check_report(&report);
    assert!(layer.plans().len() <= collection.features.len());
    check_published(&layer);
}

/// A twin's planning layer, as a viewer reads it.
pub fn plan_layer(bytes: &[u8]) {
    match PlanLayer::from_geojson(bytes) {
        Err(error) => assert!(!error.to_string().is_empty()),
        Ok(layer) => {
            layer.plans_at(11.0, 48.0).for_each(drop);
            check_published(&layer);
        }
    }
}

/// What is written can be read, and is written the same again.
fn check_published(layer: &PlanLayer) {
    let written = layer.to_geojson().expect("any layer can be written");
    let read = PlanLayer::from_geojson(written.as_bytes()).expect("what was written can be read");
    assert_eq!(read.plans().len(), layer.plans().len());
    assert_eq!(read.to_geojson().expect("any layer can be written"), written);
}

/// A twin's layer of places, as a viewer reads it: all of them can be shown, and what is written is read as the same.
pub fn points(bytes: &[u8]) {
    match PointLayer::from_json(bytes) {
        Err(error) => assert!(!error.to_string().is_empty()),
        Ok(layer) => {
            for point in layer.points() {
                assert!(is_name(&point.name) && point.note.iter().all(|note| is_name(note)));
                assert!(is_on_earth(point.place), "{:?}", point.place);
            }
            assert!(layer.points().windows(2).all(|pair| pair[0] != pair[1]), "a place stands there twice");
            let written = layer.to_json().expect("any layer can be written");
            let read = PointLayer::from_json(written.as_bytes()).expect("what was written can be read");
            assert_eq!(read, layer);
            assert_eq!(read.to_json().expect("any layer can be written"), written);
        }
    }
}

/// A table of attributes with a column `id`.
pub fn table(bytes: &[u8]) {
    let mut report = Report::default();
    match tables::read(bytes, "id", &options(), &mut report) {
        Err(error) => check_error(&error, Lines::Counted),
        Ok(table) => {
            let columns: Vec<&str> = table.columns().collect();
            assert_eq!(table.iter().count(), table.len());
            for (key, attributes) in table.iter() {
                assert!(!key.is_empty());
                assert!(attributes.names().all(|name| columns.contains(&name)));
            }
        }
    }
    check_report(&report);
}
