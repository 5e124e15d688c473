//! Munich's districts in two systems, inline cases, properties and mutated bytes.

use std::collections::BTreeSet;

use ::geo::CoordsIter;
use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{FeatureCollection, read};
use crate::geo::Crs;
use crate::report::Report;
use crate::source::{ReadError, ReadOptions};
use crate::test_data::shared;

fn read_bytes(bytes: &[u8]) -> (Result<FeatureCollection, ReadError>, Report) {
    let mut report = Report::default();
    (read(bytes, &ReadOptions::of("f"), &mut report), report)
}

fn check(json: &str, expected: Expect) {
    let (collection, report) = read_bytes(json.as_bytes());
    let mut text = match collection {
        Ok(collection) => {
            let of = |crs: Crs| crs.horizontal.to_string();
            let head = format!("crs {}, {} skipped\n", collection.crs.map_or("none".into(), of), collection.skipped);
            let line = |feature: &super::Feature| {
                format!("{} {}: {:?}\n", feature.place, feature.properties.len(), feature.geometry)
            };
            head + &collection.features.iter().map(line).collect::<String>()
        }
        Err(error) => format!("error: {error}\n"),
    };
    text.extend(report.warnings().iter().map(|warning| format!("{warning}\n")));
    expected.assert_eq(&text);
}

/// System, features, distinct names and vertices. Districts of two pieces are two features in one of the files.
fn districts(path: &str, key: &str) -> Option<(Option<Crs>, usize, BTreeSet<String>, usize)> {
    let (collection, report) = read_bytes(&std::fs::read(shared(path)?).unwrap());
    let collection = collection.unwrap();
    assert_eq!((collection.skipped, report.warnings()), (0, &[][..]));
    let mut names = BTreeSet::new();
    let mut vertices = 0;
    for feature in &collection.features {
        names.insert(feature.properties[key].as_str().unwrap().trim_start_matches('0').to_owned());
        vertices += feature.geometry.coords_count();
    }
    Some((collection.crs, collection.features.len(), names, vertices))
}

#[test]
fn both_files_of_districts_have_25_with_14547_vertices() {
    let degrees = districts("geojson/munich_stadtbezirke_4326.geojson", "ref");
    let metres = districts("geojson/munich_stadtbezirke_25832.json", "sb_nummer");
    let (Some(degrees), Some(metres)) = (degrees, metres) else { return };
    assert_eq!((degrees.0, degrees.1, degrees.3), (Some(Crs::horizontal(4326)), 25, 14_547));
    assert_eq!((metres.0, metres.1, metres.3), (Some(Crs::horizontal(25832)), 27, 14_547));
    assert_eq!(degrees.2.len(), 25);
    assert_eq!(degrees.2, metres.2);
}

#[test]
fn district_parts_are_read() {
    let Some(path) = shared("geojson/munich_bezirksteile_110_4326.geojson") else { return };
    let (collection, report) = read_bytes(&std::fs::read(path).unwrap());
    assert_eq!((collection.unwrap().features.len(), report.total()), (110, 0));
}

fn collection(features: &str) -> String {
    format!("{{\"type\":\"FeatureCollection\",\n\"features\":[{features}]}}")
}

#[test]
fn geometries_of_all_types() {
    let feature = |id: u8, geometry: &str| {
        format!("\n{{\"type\":\"Feature\",\"id\":{id},\"geometry\":{geometry},\"properties\":null}}")
    };
    let all = [
        r#"{"type":"Point","coordinates":[11.5,48.1,520]}"#,
        r#"{"type":"MultiPoint","coordinates":[[1,2]]}"#,
        r#"{"type":"LineString","coordinates":[[1,2],[3,4]]}"#,
        r#"{"type":"MultiLineString","coordinates":[[[1,2],[3,4]]]}"#,
        r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[0,1],[0,0]]]}"#,
        r#"{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[0,1],[0,0]]]]}"#,
        r#"{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}"#,
    ];
    let features: Vec<String> = (1..).zip(all).map(|(id, geometry)| feature(id, geometry)).collect();
    check(
        &collection(&features.join(",")),
        expect![[r#"
        crs 4326, 0 skipped
        f:3 (1) 0: POINT(11.5 48.1)
        f:4 (2) 0: MULTIPOINT(1.0 2.0)
        f:5 (3) 0: LINESTRING(1.0 2.0,3.0 4.0)
        f:6 (4) 0: MULTILINESTRING((1.0 2.0,3.0 4.0))
        f:7 (5) 0: POLYGON((0.0 0.0,1.0 0.0,0.0 1.0,0.0 0.0))
        f:8 (6) 0: MULTIPOLYGON(((0.0 0.0,1.0 0.0,0.0 1.0,0.0 0.0)))
        f:9 (7) 0: GEOMETRYCOLLECTION(POINT(1.0 2.0))
    "#]],
    );
}

#[test]
fn broken_features_are_left_out_with_line_and_place_in_the_list() {
    let polygon = |rings: &str| format!("\n{{\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":{rings}}}}}");
    let features = [
        "\n7".to_owned(),
        "\n{\"geometry\":null}".to_owned(),
        polygon("[]"),
        polygon("[[[0,0],[1,0]]]"),
        polygon("[[[0,0],[1,1],[2,2],[0,0]]]"),
        polygon("[[[0,0],[1,0],[0,1]]]"),
        polygon("[[[0,0],[1,0],[0,1],[0,0]],[[0,0]]]"),
        polygon("[[[0,0],[1,0],[0,\"x\"],[0,0]]]"),
        polygon("[[[0,0],[1e300,0],[0,1],[0,0]]]"),
        "\n{\"properties\":3,\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2]}}".to_owned(),
        "\n{\"geometry\":{\"type\":\"MultiPoint\",\"coordinates\":[[1,2],[3]]}}".to_owned(),
    ];
    check(
        &collection(&features.join(",")),
        expect![[r#"
        crs 4326, 8 skipped
        f:8 (feature 6) 0: POLYGON((0.0 0.0,1.0 0.0,0.0 1.0,0.0 0.0))
        f:9 (feature 7) 0: POLYGON((0.0 0.0,1.0 0.0,0.0 1.0,0.0 0.0))
        f:13 (feature 11) 0: MULTIPOINT(1.0 2.0)
        f:3 (feature 1): the feature is not an object
        f:4 (feature 2): the feature has no geometry
        f:5 (feature 3): the feature's geometry cannot be used
        f:6 (feature 4): an open ring was closed
        f:6 (feature 4): the feature's geometry cannot be used
        f:7 (feature 5): the feature's geometry cannot be used
        f:8 (feature 6): an open ring was closed
        f:9 (feature 7): a hole of a polygon cannot be used and was left out
        f:10 (feature 8): the feature's geometry cannot be used
        f:11 (feature 9): the feature's geometry cannot be used
        f:12 (feature 10): the feature's properties are not an object
        f:13 (feature 11): a part of a multiple geometry cannot be used and was left out
    "#]],
    );
}

#[test]
fn systems_are_named_or_wgs84() {
    let with = |crs: &str, x: f64| {
        format!(r#"{{"type":"Feature",{crs}"geometry":{{"type":"Point","coordinates":[{x},48]}}}}"#)
    };
    check(
        &with("", 11.0),
        expect![[r#"
        crs 4326, 0 skipped
        f:1 (feature 1) 0: POINT(11.0 48.0)
    "#]],
    );
    check(
        &with("", 691_000.0),
        expect![[r#"
        crs none, 0 skipped
        f:1 (feature 1) 0: POINT(691000.0 48.0)
        f: the coordinates are no degrees, although the file names no other system
    "#]],
    );
    check(
        &with(r#""crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"#, 11.0),
        expect![[r#"
        crs 4326, 0 skipped
        f:1 (feature 1) 0: POINT(11.0 48.0)
    "#]],
    );
    check(
        &with(r#""crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::25832"}},"#, 691_000.0),
        expect![[r#"
        crs 25832, 0 skipped
        f:1 (feature 1) 0: POINT(691000.0 48.0)
    "#]],
    );
    let nowhere = with(r#""crs":{"type":"name","properties":{"name":"nowhere"}},"#, 11.0);
    check(
        &nowhere,
        expect![[r#"
        error: f:1: "nowhere" is not the name of a coordinate reference system
    "#]],
    );
    let options = ReadOptions { refuses_unknown_crs: false, ..ReadOptions::of("f") };
    let mut report = Report::default();
    let allowed = read(nowhere.as_bytes(), &options, &mut report).unwrap();
    assert_eq!((allowed.crs, allowed.features.len()), (None, 1));
    expect![[r#"f:1: member crs: "nowhere" is not the name of a coordinate reference system"#]]
        .assert_eq(&report.warnings()[0].to_string());
}

#[test]
fn a_file_held_whole_has_a_limit() {
    let features = vec![r#"{"geometry":{"type":"Point","coordinates":[1,2]}}"#; 50].join(",");
    let options = ReadOptions { max_file_bytes: 1000, ..ReadOptions::of("f") };
    let error = read(collection(&features).as_bytes(), &options, &mut Report::default()).err().unwrap();
    expect!["f:2: the file is larger than the limit for a format that is held whole"].assert_eq(&error.to_string());
}

#[test]
fn broken_json_is_an_error_with_its_line() {
    check(
        "",
        expect![[r#"
        error: f:1: the JSON ends before it is complete
    "#]],
    );
    check(
        "[]",
        expect![[r#"
        error: f:1: the JSON is not a GeoJSON FeatureCollection or Feature
    "#]],
    );
    check(
        r#"{"type":"Topology"}"#,
        expect![[r#"
        error: f: the type is neither FeatureCollection nor Feature
    "#]],
    );
    check(
        &collection("\n{}, \n{"),
        expect![[r#"
        error: f:4: the JSON is broken: key must be a string in column 2
        f:3 (feature 1): the feature has no geometry
    "#]],
    );
    check(
        &(collection("") + "x"),
        expect![[r#"
        error: f:2: the JSON is broken: trailing characters in column 15
    "#]],
    );
    check(
        &collection(&"[".repeat(100_000)),
        expect![[r#"
        error: f:2: the JSON is broken: recursion limit exceeded in column 138
    "#]],
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn polygons_come_back_as_they_were_written(
        corners in prop::collection::vec((-180.0..180.0_f64, -90.0..90.0_f64), 3..20)
    ) {
        let mut ring: Vec<[f64; 2]> = corners.into_iter().map(|(x, y)| [x, y]).collect();
        ring.push(ring[0]);
        let geometry = serde_json::json!({ "type": "Polygon", "coordinates": [ring] });
        let json = collection(&serde_json::json!({ "type": "Feature", "geometry": geometry }).to_string());
        let read = read_bytes(json.as_bytes()).0.unwrap();
        let Some(feature) = read.features.first() else {
            // Without an area only: all corners on a line.
            let [[ax, ay], ..] = ring[..] else { unreachable!() };
            prop_assert!(ring.windows(2).map(|e| (e[0][0] - ax) * (e[1][1] - ay) - (e[1][0] - ax) * (e[0][1] - ay)).sum::<f64>().abs() < 1e-9);
            return Ok(());
        };
        let points: Vec<_> = feature.geometry.coords_iter().collect();
        prop_assert_eq!(points.len(), ring.len());
        prop_assert!(points.iter().zip(&ring).all(|(c, [x, y])| (c.x - x).abs() < 1e-12 && (c.y - y).abs() < 1e-12));
    }

    #[test]
    fn mutated_bytes_never_panic(edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = collection(
            r#"{"id":1,"geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[0,1],[0,0]],[[0,0],[0.1,0],[0,0.1],[0,0]]]]},"properties":{"a":[1,{"b":null}]}},
            {"geometry":{"type":"GeometryCollection","geometries":[{"type":"LineString","coordinates":[[1,2],[3,4]]}]}}"#,
        ).into_bytes();
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            if byte % 3 == 0 { bytes.remove(at); } else { bytes[at] = b"0-.eE\"{}[],:9n"[byte as usize % 14]; }
        }
        if let Ok(collection) = read_bytes(&bytes).0 {
            prop_assert!(collection.features.iter().flat_map(|f| f.geometry.coords_iter()).all(|c| c.x.is_finite() && c.y.is_finite()));
        }
    }
}
