//! Versions, broken and mutated files: what is read all the same, and that nothing panics.

use expect_test::expect;
use proptest::prelude::*;

use super::{around, check, outline, read_bytes, solid};
use crate::model::Building;
use crate::source::ReadOptions;

#[test]
fn versions_and_transforms() {
    let object = r#"{"a":{"type":"Building","geometry":[{"type":"MultiSurface","lod":1,"boundaries":[[[0,1,2]]]}]}}"#;
    let file = |head: &str| {
        format!(
            r#"{{{head},"metadata":{{"referenceSystem":"urn:ogc:def:crs:EPSG::25832"}},"CityObjects":{object},"vertices":[[0,0,0],[1,0,0],[1,1,4]]}}"#
        )
    };
    check(
        &file(r#""type":"CityJSON","version":"1.0""#),
        expect![[r#"
            a:1 lod1 Wall×1 measuredHeight=4.0
        "#]],
    );
    check(
        &file(r#""type":"CityJSON","version":"1.1""#),
        expect![[r#"
        a:1
        f: the transform is missing, so no vertex can be placed
        f:1 (a): the building has no usable geometry
    "#]],
    );
    check(
        &file(r#""type":"CityJSON","version":"1.1","transform":{"scale":[1,1]}"#),
        expect![[r#"
        a:1
        f:1: the transform is not made of three scales and three translations
        f: the transform is missing, so no vertex can be placed
        f:1 (a): the building has no usable geometry
    "#]],
    );
    check(
        &file(r#""type":"CityJSON","version":"2.7""#),
        expect![[r#"
        a:1
        f: CityJSON 2.7 is not known; read all the same
        f: the transform is missing, so no vertex can be placed
        f:1 (a): the building has no usable geometry
    "#]],
    );
    check(
        &file(r#""type":"CityJSON","version":"0.9""#),
        expect![[r#"
        error: f: this version of CityJSON is not known; 1.0, 1.1 and 2.0 are
    "#]],
    );
    check(
        &file(r#""type":"CityJSON","version":"3.0""#),
        expect![[r#"
        error: f: this version of CityJSON is not known; 1.0, 1.1 and 2.0 are
    "#]],
    );
    check(
        &file(r#""type":"FeatureCollection""#),
        expect![[r#"
        error: f: the first object is neither CityJSON nor CityJSONFeature
    "#]],
    );
    check(
        &file(r#""type":"CityJSON","version":"2.0","transform":{"scale":[1e300,1,1],"translate":[1e308,0,0]}"#),
        expect![[r#"
        a:1
        f:1 (a): a polygon's ring has no area
        f:1 (a): the building has no usable geometry
    "#]],
    );
}

#[test]
fn a_broken_line_costs_only_itself() {
    let header = r#"{"type":"CityJSON","version":"2.0","transform":{"scale":[1,1,1],"translate":[0,0,0]},"CityObjects":{},"vertices":[]}"#;
    let feature = |id: &str| {
        format!(
            r#"{{"type":"CityJSONFeature","id":"{id}","CityObjects":{{"{id}":{{"type":"Building","geometry":[{{"type":"MultiSurface","lod":"1","boundaries":[[[0,1,2]]]}}]}}}},"vertices":[[0,0,0],[1,0,0],[1,1,2]]}}"#
        )
    };
    let long = format!(r#"{{"x":"{}"}}"#, "x".repeat(2000));
    let lines =
        [header, &feature("a"), "{\"broken", "[]", "", &feature("a"), &long, "{} {}", &feature("b")].join("\r\n");
    let options = ReadOptions { max_object_bytes: 1000, ..ReadOptions::of("f") };
    let outcome = read_bytes(lines.as_bytes(), &options);
    expect![[r#"
        a:2 lod1 Roof×1 measuredHeight=2.0
        b:9 lod1 Roof×1 measuredHeight=2.0
        f: metadata.referenceSystem is missing
        f:3: the JSON is broken: control character (\u0000-\u001F) found while parsing a string in column 9
        f:4: the JSON is not a CityJSON or CityJSONFeature object
        f:6 (a): the id stands more than once; the first building is kept
        f:7: the feature is larger than the limit for one object
        f:8: the JSON is broken: trailing characters in column 4
    "#]]
    .assert_eq(&outline(&outcome));
    let header = outcome.0.unwrap();
    expect!["CityJSONSeq 2.0 2 5"].assert_eq(&format!("{} {} {}", header.format, header.buildings, header.skipped));
}

#[test]
fn a_file_that_breaks_off_gives_nothing_half() {
    let whole = around(&format!(r#""a":{{"type":"Building","geometry":[{}]}}"#, solid("")));
    let after_vertices = whole.replacen("\n\"vertices\"", "\"x\":1,\"vertices\"", 1);
    let cut = &after_vertices[..after_vertices.len() - 1];
    check(
        cut,
        expect![[r#"
            error: f:3: the JSON ends before it is complete
            a:3 lod2 solid Roof×1 Wall×4 Ground×1 measuredHeight=2.0
        "#]],
    );
    check(
        &cut[..cut.len() - 5],
        expect![[r#"
        error: f:3: the JSON ends before it is complete
    "#]],
    );
    check(
        "",
        expect![[r#"
        error: f:1: the JSON ends before it is complete
    "#]],
    );
    check(
        "\u{feff}[]",
        expect![[r#"
        error: f:1: the JSON is not a CityJSON or CityJSONFeature object
    "#]],
    );
    check(
        &format!("{{\"x\":{}", "[".repeat(100_000)),
        expect![[r#"
        error: f:1: the JSON ends before it is complete
    "#]],
    );
}

#[test]
fn one_object_may_not_take_more_than_the_limit() {
    let json = around(&format!(r#""a":{{"type":"Building","geometry":[{}]}}"#, solid("")));
    let options = ReadOptions { max_object_bytes: 100, ..ReadOptions::of("f") };
    expect![[r#"
        error: f:3: an object is larger than the limit for one object
    "#]]
    .assert_eq(&outline(&read_bytes(json.as_bytes(), &options)));
}

/// Each vertex is within the limit of an object; the file is held whole and has one of its own. What is passed over does
/// not count, nor do the features of a sequence.
#[test]
fn a_file_held_whole_has_a_limit() {
    let vertices = vec!["[0,0,0]"; 500].join(",");
    let file =
        |member: &str| format!(r#"{{"type":"CityJSON","version":"2.0","CityObjects":{{}},"{member}":[{vertices}]}}"#);
    let options = ReadOptions { max_file_bytes: 1000, ..ReadOptions::of("f") };
    let read = |json: String| outline(&read_bytes(json.as_bytes(), &options));
    expect![[r#"
        error: f:1: the file is larger than the limit for a format that is held whole
        f: metadata.referenceSystem is missing
    "#]]
    .assert_eq(&read(file("vertices")));
    expect![[r#"
        f: metadata.referenceSystem is missing
    "#]]
    .assert_eq(&read(file("appearance")));
    let feature = format!("{{\"type\":\"CityJSONFeature\",\"CityObjects\":{{}},\"vertices\":[{vertices}]}}\n");
    expect![[r#"
        f: metadata.referenceSystem is missing
    "#]]
    .assert_eq(&read(format!("{}\n{feature}", file("x").replace(&vertices, ""))));
}

#[test]
fn an_unknown_system_is_an_error_unless_it_may_be() {
    let json = around("").replace("EPSG/0/25832", "EPSG/0/99999");
    let options = ReadOptions { refuses_unknown_crs: false, ..ReadOptions::of("f") };
    expect![[r#"
        error: f:2: no way is known from EPSG:99999 to WGS 84: PROJ's database does not have it
    "#]]
    .assert_eq(&outline(&read_bytes(json.as_bytes(), &ReadOptions::of("f"))));
    expect![[r#"
        f:2: metadata.referenceSystem: no way is known from EPSG:99999 to WGS 84: PROJ's database does not have it
    "#]]
    .assert_eq(&outline(&read_bytes(json.as_bytes(), &options)));
}

#[test]
fn values_never_reach_a_message() {
    let secret = "Erika";
    for json in [
        format!(r#"{{"type":"CityJSON","version":"{secret}"}}"#),
        format!(r#"{{"type":"{secret}"}}"#),
        format!(r#""{secret}""#),
        format!(r#"{{"type":"CityJSON","vertices":"{secret}"}}"#),
        around(&format!(r#""a":{{"type":"Building","attributes":{{"owner":{{"name":"{secret}"}}}}}}"#)),
    ] {
        let text = outline(&read_bytes(json.as_bytes(), &ReadOptions::of("f")));
        assert!(!text.contains(secret), "{text}");
    }
}

/// Bytes to mutate: a file with everything in it.
fn everything() -> String {
    around(&format!(
        r#""a":{{"type":"Building","children":["p","i"],"attributes":{{"n":1,"t":"x"}},"address":[{{"street":"x"}}],"geometry":[{},{{"type":"GeometryInstance","template":0,"boundaries":[0],"transformationMatrix":[1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1]}}]}},
        "p":{{"type":"BuildingPart","parents":["a"],"geometry":[{}]}},"i":{{"type":"BuildingInstallation","parents":["p"],"geometry":[{}]}}"#,
        solid(r#","semantics":{"surfaces":[{"type":"RoofSurface"}],"values":[[0,0,0,0,0,null]]}"#),
        solid(""),
        solid(""),
    ))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_bytes_never_panic(edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..12)) {
        let mut bytes = everything().into_bytes();
        for (at, byte, what) in edits {
            let at = at.index(bytes.len());
            match what {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, b"0-.eE\"{}[],:9"[byte as usize % 13]),
                _ => { bytes.remove(at); }
            }
        }
        let (_, buildings, _) = read_bytes(&bytes, &ReadOptions::of("f"));
        for (_, polygon) in buildings.iter().flat_map(Building::geometries).flat_map(|geometry| geometry.polygons()) {
            prop_assert!(polygon.exterior.len() >= 3);
            prop_assert!(polygon.points().all(|point| point.is_finite()));
        }
    }

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_bytes(&bytes, &ReadOptions::of("f"));
    }
}
