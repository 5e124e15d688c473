//! Building models: CityGML, CityJSON, and any file that is taken for one of them.

use std::collections::BTreeSet;

use stadtzwilling::geo::{TriangulateError, triangulate};
use stadtzwilling::model::{Building, classify, mend};
use stadtzwilling::report::Report;
use stadtzwilling::source::{BuildingSink, FileHeader, ReadError, cityjson, detect as detection};

use super::{FILE, Lines, check_error, check_report, folder_with, options};

/// CityGML of any version.
pub fn citygml(bytes: &[u8]) {
    check(|report, sink| stadtzwilling::source::citygml::read(bytes, &options(), report, sink));
}

/// CityJSON and CityJSONSeq.
pub fn cityjson(bytes: &[u8]) {
    check(|report, sink| cityjson::read(bytes, &options(), report, sink));
}

/// Any file, packed or not: known by its first bytes, unpacked, read and mended on the way.
pub fn detect(bytes: &[u8]) {
    detection::detect(bytes);
    let folder = folder_with(FILE, bytes);
    check(|report, sink| detection::read_buildings(&folder.path().join(FILE), &options(), report, sink));
}

/// Reads, and then does with each building what a build does before it is released and tiled.
fn check(read: impl FnOnce(&mut Report, BuildingSink<'_>) -> Result<FileHeader, ReadError>) {
    let (mut report, mut ids, mut count) = (Report::default(), BTreeSet::new(), 0);
    let outcome = read(&mut report, &mut |mut building, report| {
        assert!(ids.insert(building.id.0.clone()), "an id was given twice");
        check_building(&building);
        building.geometry.iter_mut().for_each(classify);
        building.parts.iter_mut().filter_map(|part| part.geometry.as_mut()).for_each(classify);
        mend(&mut building, report);
        check_building(&building);
        draw(&building);
        count += 1;
    });
    match outcome {
        Ok(header) => assert_eq!(header.buildings, count),
        Err(error) => check_error(&error, Lines::Counted),
    }
    check_report(&report);
}

fn check_building(building: &Building) {
    for whole in building.parts.iter().chain([building]) {
        assert_eq!(&*whole.place.file, FILE);
        assert!(whole.place.line > 0, "a building without a line");
    }
    assert!(building.parts.iter().all(|part| part.parts.is_empty()), "a part has parts");
    for (_, polygon) in building.geometries().flat_map(|geometry| geometry.polygons()) {
        assert!(polygon.rings().all(|ring| ring.len() > 2), "a ring of fewer than three points");
        assert!(polygon.points().all(|point| point.is_finite()), "a coordinate that is not finite");
    }
}

/// What a tile is made of: triangles over the polygons' points, also where rings cross.
fn draw(building: &Building) {
    for (_, polygon) in building.geometries().flat_map(|geometry| geometry.polygons()) {
        let triangles = match triangulate(polygon) {
            Ok(triangles) | Err(TriangulateError::NotSimple { best: triangles, .. }) => triangles,
            Err(TriangulateError::TooFewPoints(_) | TriangulateError::NoArea) => continue,
        };
        let count = polygon.points().count();
        assert!(triangles.iter().flatten().all(|corner| (*corner as usize) < count), "a corner that is no point");
    }
}
