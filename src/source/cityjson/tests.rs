//! Real files against goldens that were checked with an independent script, the conformance corpus, small inline
//! cases, and mutated bytes.

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::read;
use crate::model::{Building, Summary, SurfaceKind, Value};
use crate::report::Report;
use crate::source::{FileHeader, ReadError, ReadOptions};
use crate::test_data::shared;

type Outcome = (Result<FileHeader, ReadError>, Vec<Building>, Report);

fn read_bytes(bytes: &[u8], options: &ReadOptions) -> Outcome {
    let mut report = Report::default();
    let mut buildings = Vec::new();
    let header = read(bytes, options, &mut report, &mut |building, _| buildings.push(building));
    (header, buildings, report)
}

fn summary((header, buildings, report): &Outcome) -> String {
    let mut text = String::new();
    let _ = match header {
        Ok(header) => writeln!(text, "{}, {} buildings, {} skipped", header.format, header.buildings, header.skipped),
        Err(error) => writeln!(text, "error: {error}"),
    };
    for (name, count) in header.iter().flat_map(|header| &header.other_objects) {
        let _ = writeln!(text, "other {name} {count}");
    }
    let mut counts = Summary::default();
    buildings.iter().for_each(|building| counts.add(building));
    let (attributes, rest): (Vec<_>, Vec<_>) =
        counts.to_string().lines().map(str::to_owned).partition(|line| line.starts_with("attribute"));
    let _ = writeln!(text, "{}\nattribute names {}", rest.join("\n"), attributes.len());
    for (kind, count) in report.counts() {
        let _ = writeln!(text, "{kind:?} {count}");
    }
    text
}

/// Reads a shared file and compares what it amounts to. Gives the buildings.
fn check_file(path: &str, expected: Expect) -> Vec<Building> {
    let Some(full) = shared(path) else { return Vec::new() };
    let outcome = read_bytes(&std::fs::read(full).unwrap(), &ReadOptions::of("f"));
    expected.assert_eq(&summary(&outcome));
    outcome.1
}

/// A building, its parts and their surfaces in a few words a line, and then the warnings.
fn outline((header, buildings, report): &Outcome) -> String {
    let mut text = String::new();
    if let Err(error) = header {
        let _ = writeln!(text, "error: {error}");
    }
    for building in buildings {
        outline_one(building, "", &mut text);
        building.parts.iter().for_each(|part| outline_one(part, "  ", &mut text));
    }
    for warning in report.warnings() {
        let _ = writeln!(text, "{warning}");
    }
    text
}

fn outline_one(building: &Building, indent: &str, text: &mut String) {
    let _ = write!(text, "{indent}{}:{}", building.id.0, building.place.line);
    if let Some(geometry) = &building.geometry {
        let _ = write!(text, " lod{}{}", geometry.lod.0, if geometry.is_solid { " solid" } else { "" });
        for surface in &geometry.surfaces {
            let _ = write!(text, " {:?}×{}", surface.kind, surface.polygons.len());
        }
    }
    for (name, value) in building.attributes.iter() {
        let _ = write!(text, " {name}={}", shown(value));
    }
    if !building.addresses.is_empty() {
        let _ = write!(text, " addresses×{}", building.addresses.len());
    }
    let _ = writeln!(text);
}

/// A value in words; tests alone may print it, and their data is invented.
fn shown(value: &crate::model::RawValue) -> String {
    match value.expose() {
        Value::Text(text) => format!("{text:?}"),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => format!("{number:?}"),
        Value::Bool(truth) => truth.to_string(),
    }
}

fn check(json: &str, expected: Expect) {
    expected.assert_eq(&outline(&read_bytes(json.as_bytes(), &ReadOptions::of("f"))));
}

#[test]
fn delft_has_160_buildings() {
    check_file(
        "cityjson/cjio_delft.json",
        expect![[r#"
        CityJSON 2.0, 160 buildings, 0 skipped
        buildings 160, parts 0, addresses 0
        surfaces Unclassified 160
        polygons 5563
        volume 22040 m³, roof area 0 m²
        attribute names 18
    "#]],
    );
}

#[test]
fn parts_hang_under_their_buildings() {
    check_file(
        "cityjson/cjio_DH_01_subs.city.json",
        expect![[r#"
        CityJSON 1.1, 4 buildings, 0 skipped
        buildings 4, parts 8, addresses 0
        surfaces Roof 13
        surfaces Wall 48
        surfaces Ground 9
        polygons 70
        volume 1826 m³, roof area 291 m²
        attribute names 6
        CrsMissing 1
    "#]],
    );
}

#[test]
fn rotterdam_has_surfaces_without_solids() {
    check_file(
        "cityjson/cjio_rotterdam_subset.json",
        expect![[r#"
        CityJSON 2.0, 16 buildings, 0 skipped
        buildings 16, parts 0, addresses 0
        surfaces Roof 16
        surfaces Wall 16
        surfaces Ground 16
        polygons 236
        volume 0 m³, roof area 2205 m²
        attribute names 6
        PolygonSkipped 12
        PolygonMended 9
        CrsMissing 1
    "#]],
    );
}

#[test]
fn the_highest_level_of_detail_is_taken() {
    let buildings = check_file(
        "cityjson/cjio_multi_lod.json",
        expect![[r#"
        CityJSON 2.0, 10 buildings, 0 skipped
        buildings 10, parts 0, addresses 0
        surfaces Roof 10
        surfaces Wall 15
        surfaces Ground 10
        polygons 348
        volume 2787 m³, roof area 655 m²
        attribute names 22
        CrsMissing 1
    "#]],
    );
    assert!(buildings.iter().flat_map(Building::geometries).all(|geometry| geometry.lod.0 == 22));
}

#[test]
fn levels_above_the_limit_are_not_taken() {
    let Some(full) = shared("cityjson/cjio_multi_lod.json") else { return };
    let options = ReadOptions { max_lod: 1, ..ReadOptions::of("f") };
    let (_, buildings, _) = read_bytes(&std::fs::read(full).unwrap(), &options);
    assert!(buildings.iter().flat_map(Building::geometries).all(|geometry| geometry.lod.0 == 13));
    assert_eq!(buildings.len(), 10);
}

#[test]
fn templates_and_trees_leave_a_cube() {
    check_file(
        "cityjson/cjio_dummy.json",
        expect![[r#"
        CityJSON 2.0, 1 buildings, 0 skipped
        buildings 1, parts 0, addresses 0
        surfaces Unclassified 1
        polygons 6
        volume 0 m³, roof area 0 m²
        attribute names 4
        PolygonSkipped 4
        PolygonMended 3
    "#]],
    );
}

#[test]
fn a_hundred_invented_houses() {
    check_file(
        "cityjson/citygml4j_lod2_buildings_v2.city.json",
        expect![[r#"
        CityJSON 2.0, 100 buildings, 0 skipped
        buildings 100, parts 0, addresses 0
        surfaces Roof 200
        surfaces Wall 400
        surfaces Ground 100
        polygons 700
        volume 35184 m³, roof area 9582 m²
        attribute names 11
    "#]],
    );
}

#[test]
fn a_sequence_gives_what_the_whole_file_gives() {
    let mut whole = check_file(
        "cityjson/cjseq_3dbag_b2.city.json",
        expect![[r#"
        CityJSON 2.0, 2 buildings, 0 skipped
        buildings 2, parts 2, addresses 0
        surfaces Roof 2
        surfaces Wall 4
        surfaces Ground 2
        polygons 77
        volume 2349 m³, roof area 421 m²
        attribute names 38
    "#]],
    );
    let mut lines = check_file(
        "cityjson/cjseq_3dbag_b2.city.jsonl",
        expect![[r#"
        CityJSONSeq 2.0, 2 buildings, 0 skipped
        buildings 2, parts 2, addresses 0
        surfaces Roof 2
        surfaces Wall 4
        surfaces Ground 2
        polygons 77
        volume 2349 m³, roof area 421 m²
        attribute names 38
    "#]],
    );
    whole.sort_by(|a, b| a.id.cmp(&b.id));
    lines.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(whole.len(), lines.len());
    for (one, other) in whole.iter().zip(&lines) {
        assert_eq!((&one.id, &one.attributes), (&other.id, &other.attributes));
        assert!((one.bounds().min - other.bounds().min).length() < 1e-6);
        assert!((one.bounds().max - other.bounds().max).length() < 1e-6);
    }
}

#[test]
fn footprints_give_way_to_the_parts() {
    let buildings = check_file(
        "cityjson/fcb_small.city.jsonl",
        expect![[r#"
        CityJSONSeq 2.0, 3 buildings, 0 skipped
        buildings 3, parts 3, addresses 0
        surfaces Roof 3
        surfaces Wall 4
        surfaces Ground 3
        polygons 33
        volume 684 m³, roof area 124 m²
        attribute names 45
    "#]],
    );
    assert!(buildings.iter().all(|building| building.geometry.is_none()));
}

#[test]
fn the_conformance_corpus_is_read_as_its_invariants_say() {
    let Some(folder) = shared("cityjson/corpus/conformance/v2_0") else { return };
    let mut cases: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    let mut text = String::new();
    for case in cases {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let invariants = std::fs::read_to_string(case.join("invariants.json")).unwrap();
        assert!(invariants.contains("\"positive\""), "{name} is a file that must be read");
        let file = ["city.json", "city.jsonl"].map(|end| case.join(format!("{name}.{end}")));
        let bytes = file.iter().find_map(|path| std::fs::read(path).ok()).unwrap();
        let outcome = read_bytes(&bytes, &ReadOptions::of("f"));
        let header = outcome.0.as_ref().unwrap();
        let _ = writeln!(text, "{name}: {}, {} skipped", header.format, header.skipped);
        for line in outline(&outcome).lines().filter(|line| !line.contains("referenceSystem is missing")) {
            let _ = writeln!(text, "    {line}");
        }
    }
    expect![[r#"
        appearance_complete: CityJSON 2.0, 0 skipped
            building-0:36 lod2 Unclassified×1
            building-1:60 lod2 Unclassified×1
        cityjson_extended: CityJSON 2.0, 0 skipped
        cityjson_fake_complete: CityJSON 2.0, 1 skipped
            id-1:95 lod21 solid Roof×2 Unclassified×2 Unclassified×1 measuredHeight=22.3 nr_doors=3 residential=true roofType="gable" addresses×1
            f:103 (id-3): the type of the city object is not known
            f:95 (id-1): the part's building is missing; the part is taken as a building
        cityjson_minimal: CityJSON 2.0, 0 skipped
        cityjsonfeature_minimal: CityJSONSeq, 0 skipped
            myid:7
            f:1: the sequence has no first line with its transform and CRS
            f: the transform is missing, so no vertex can be placed
            f:7 (myid): the building has no usable geometry
        cityobject_all_types: CityJSON 2.0, 0 skipped
            Building:14
              BuildingPart:83
            f:14 (Building): the building has no usable geometry
        cityobject_building_address: CityJSON 2.0, 0 skipped
            fixture:33 addresses×2
            f:33 (fixture): the building has no usable geometry
        cityobject_complete: CityJSON 2.0, 0 skipped
        cityobject_extended: CityJSON 2.0, 2 skipped
            f:11 (fixture): the type of the city object is not known
            f:18 (fixture-2): the type of the city object is not known
        coordinates_precision_ecef: CityJSON 2.0, 0 skipped
        coordinates_precision_local: CityJSON 2.0, 0 skipped
        coordinates_precision_stateplane: CityJSON 2.0, 0 skipped
        coordinates_precision_utm: CityJSON 2.0, 0 skipped
        coordinates_precision_wgs84: CityJSON 2.0, 0 skipped
        coordinates_precision_worst: CityJSON 2.0, 0 skipped
        extension: CityJSON 2.0, 0 skipped
        geometry_instance: CityJSON 2.0, 0 skipped
        geometry_material_multisolid: CityJSON 2.0, 0 skipped
        geometry_material_multisurface: CityJSON 2.0, 0 skipped
        geometry_material_solid: CityJSON 2.0, 0 skipped
        geometry_semantics_multilinestring: CityJSON 2.0, 0 skipped
        geometry_semantics_multipoint: CityJSON 2.0, 0 skipped
        geometry_semantics_multisolid: CityJSON 2.0, 0 skipped
        geometry_semantics_multisurface: CityJSON 2.0, 0 skipped
        geometry_semantics_solid: CityJSON 2.0, 0 skipped
        geometry_texture_multisolid: CityJSON 2.0, 0 skipped
        geometry_texture_multisurface: CityJSON 2.0, 0 skipped
        geometry_texture_solid: CityJSON 2.0, 0 skipped
        metadata_complete: CityJSON 2.0, 0 skipped
        metadata_extra_properties: CityJSON 2.0, 0 skipped
        semantic_all_types: CityJSON 2.0, 0 skipped
        semantic_complete: CityJSON 2.0, 0 skipped
            fixture:34
            f:34 (fixture): a polygon's ring has no area
            f:34 (fixture): a polygon's ring has no area
            f:34 (fixture): the building has no usable geometry
        semantic_extended: CityJSON 2.0, 0 skipped
            fixture:35
            f:35 (fixture): a polygon's ring has no area
            f:35 (fixture): a polygon's ring has no area
            f:35 (fixture): a polygon's ring has no area
            f:35 (fixture): the building has no usable geometry
        vertices: CityJSON 2.0, 0 skipped
    "#]].assert_eq(&text);
}

/// A cube of 2 m with its lowest corner at 10 10 10, and the rest of a CityJSON 2.0 file around some objects.
fn around(objects: &str) -> String {
    format!(
        r#"{{"type":"CityJSON","version":"2.0","transform":{{"scale":[0.001,0.001,0.001],"translate":[10,10,10]}},
"metadata":{{"referenceSystem":"https://www.opengis.net/def/crs/EPSG/0/25832"}},
"CityObjects":{{{objects}}},
"vertices":[[0,0,0],[2000,0,0],[2000,2000,0],[0,2000,0],[0,0,2000],[2000,0,2000],[2000,2000,2000],[0,2000,2000],"x",[1,2]]}}"#
    )
}

const CUBE: &str = "[[[0,3,2,1]],[[4,5,6,7]],[[0,1,5,4]],[[1,2,6,5]],[[2,3,7,6]],[[3,0,4,7]]]";

fn solid(semantics: &str) -> String {
    format!(r#"{{"type":"Solid","lod":"2","boundaries":[{CUBE}]{semantics}}}"#)
}

#[test]
fn a_cube_encloses_eight_cubic_metres() {
    let semantics = r#","semantics":{"surfaces":[{"type":"GroundSurface"},{"type":"RoofSurface"},{"type":"WallSurface"}],
        "values":[[0,1,2,2,null,9]]}"#;
    let json = around(&format!(r#""a":{{"type":"Building","geometry":[{}]}}"#, solid(semantics)));
    let outcome = read_bytes(json.as_bytes(), &ReadOptions::of("f"));
    expect![[r#"
        a:4 lod2 solid Ground×1 Roof×1 Wall×2 Unclassified×2 measuredHeight=2.0
        f:4 (a): a polygon's semantics lead to no semantic surface
    "#]]
    .assert_eq(&outline(&outcome));
    let geometry = outcome.1[0].geometry.as_ref().unwrap();
    assert!((geometry.signed_volume_m3() - 8.0).abs() < 1e-9);
    assert_eq!(geometry.bounds().min, glam::DVec3::splat(10.0));
    assert_eq!(outcome.0.unwrap().crs, Some(crate::geo::Crs::horizontal(25832)));
}

#[test]
fn solids_of_solids_and_null_values_at_any_level() {
    let multi = |values: &str| {
        let semantics = format!(r#""semantics":{{"surfaces":[{{"type":"Window"}}],"values":{values}}}"#);
        around(&format!(
            r#""a":{{"type":"Building","geometry":[{{"type":"MultiSolid","lod":2.2,"boundaries":[[{CUBE}],[{CUBE}]],{semantics}}}]}}"#
        ))
    };
    check(
        &multi("[[[0,0,0,0,0,null]],null]"),
        expect![[r#"
        a:3 lod22 solid Window×5 Unclassified×7 measuredHeight=2.0
    "#]],
    );
    check(
        &multi("null"),
        expect![[r#"
        a:3 lod22 solid Unclassified×12 measuredHeight=2.0
    "#]],
    );
    check(
        &multi("[[null],[[0]]]"),
        expect![[r#"
        a:3 lod22 solid Unclassified×11 Window×1 measuredHeight=2.0
    "#]],
    );
}

#[test]
fn broken_polygons_are_left_out_and_the_rest_stays() {
    let surfaces = "[[[0,1,2]],[[0,1,99]],[[0,1,8]],[[0,1,9]],[[0,1]],[[0,1,1,0]],[[0,1,2,3,0]],[[0,1,2,-1]],[7],[],[[0,1,2,3],[0,0,0]]]";
    let json = around(&format!(
        r#""a":{{"type":"Building","geometry":[{{"type":"MultiSurface","lod":"2","boundaries":{surfaces}}}]}}"#
    ));
    check(
        &json,
        expect![[r#"
        a:3 lod2 Unclassified×3
        f:3 (a): a ring is not an array of vertex indices
        f:3 (a): a ring is not an array of vertex indices
        f:3 (a): a polygon's index leads to no vertex
        f:3 (a): a polygon's vertex is not made of three finite numbers
        f:3 (a): a polygon's vertex is not made of three finite numbers
        f:3 (a): a polygon's ring has fewer than three different points
        f:3 (a): a polygon's ring has fewer than three different points
        f:3 (a): a ring repeated a point, or a broken hole was left out
        f:3 (a): a polygon has no ring
        f:3 (a): a ring repeated a point, or a broken hole was left out
    "#]],
    );
}

#[test]
fn members_of_a_wrong_type_are_reported_with_their_object() {
    check(
        &around(
            r#""a":{"type":"Building","geometry":{"type":"Solid"},"attributes":[1],"address":7},
            "b":{"type":"Building","geometry":[5,{"type":"Pyramid"},{"type":"Solid","lod":"2","boundaries":8}]},
            "c":{"type":7},"d":9,"e":{"type":"+Noise"},"f":{"type":"Road"},
            "g":{"type":"Building","attributes":{"n":null,"o":{"v":1},"l":["x"],"m":["x","y"],"i":3,"r":2.0,"t":true,"e":" "}}"#,
        ),
        expect![[r#"
            a:3
            b:4
            g:6 i=3 l="x" r=2.0 t=true
            f:3 (a): member geometry is not an array
            f:3 (a): member attributes is not an object
            f:3 (a): member address is not an object
            f:4 (b): the type of a geometry is not known
            f:4 (b): the type of a geometry is not known
            f:4 (b): boundaries are not nested as their geometry type asks for
            f:5 (c): the city object has no type
            f:5 (d): the city object has no type
            f:5 (e): the type of the city object is not known
            f:6 (g): attribute o is nested and was left out
            f:6 (g): attribute m is nested and was left out
            f:3 (a): the building has no usable geometry
            f:4 (b): the building has no usable geometry
            f:6 (g): the building has no usable geometry
        "#]],
    );
}

#[test]
fn families_are_put_together() {
    let geometry = solid("");
    let json = around(&format!(
        r#""part of part":{{"type":"BuildingPart","parents":["part"],"geometry":[{geometry}]}},
        "house":{{"type":"Building","parents":["group"],"children":["part","child without parents"],
            "geometry":[{{"type":"MultiSurface","lod":"0.1","boundaries":[[[0,3,2,1]]]}}]}},
        "group":{{"type":"CityObjectGroup"}},
        "part":{{"type":"BuildingPart","parents":["house"]}},
        "child without parents":{{"type":"BuildingPart","geometry":[{geometry}]}},
        "orphan":{{"type":"BuildingPart","parents":["gone"],"geometry":[{geometry}]}},
        "chimney":{{"type":"BuildingInstallation","parents":["part"],"geometry":[{geometry}]}},
        "stair":{{"type":"BuildingInstallation","parents":["house"],"geometry":[{geometry}]}},
        "radiator":{{"type":"BuildingInstallation","parents":["room"],"geometry":[{geometry}]}},
        "room":{{"type":"BuildingRoom","parents":["house"]}},
        "lost":{{"type":"BuildingInstallation","parents":["gone"]}},
        "ring a":{{"type":"BuildingPart","parents":["ring b"],"geometry":[{geometry}]}},
        "ring b":{{"type":"BuildingPart","parents":["ring a"],"geometry":[{geometry}]}},
        "orphan":{{"type":"Building"}}"#
    ));
    check(
        &json,
        expect![[r#"
        house:5 lod2 Installation×6 measuredHeight=2.0
          part of part:3 lod2 solid Unclassified×6 measuredHeight=2.0
          part:7 lod2 Installation×6 measuredHeight=2.0
          child without parents:8 lod2 solid Unclassified×6 measuredHeight=2.0
        orphan:9 lod2 solid Unclassified×6 measuredHeight=2.0
        ring a:15 lod2 solid Unclassified×6 measuredHeight=2.0
        ring b:16 lod2 solid Unclassified×6 measuredHeight=2.0
        f:17 (orphan): the id stands more than once; the first object is kept
        f:9 (orphan): the part's building is missing; the part is taken as a building
        f:14 (lost): the installation's building is missing
        f:15 (ring a): the part's building is missing; the part is taken as a building
        f:16 (ring b): the part's building is missing; the part is taken as a building
    "#]],
    );
}

#[test]
fn templates_are_moved_turned_and_mirrored() {
    let instance = |template: u8, matrix: &str| {
        format!(
            r#"{{"type":"GeometryInstance","template":{template},"boundaries":[6],"transformationMatrix":{matrix}}}"#
        )
    };
    let twice = "[2,0,0,0, 0,2,0,0, 0,0,2,1, 0,0,0,1]";
    let mirrored = "[-2,0,0,0, 0,2,0,0, 0,0,2,1, 0,0,0,1]";
    let objects = format!(
        r#""a":{{"type":"Building","geometry":[{}]}},"b":{{"type":"Building","geometry":[{}]}},"c":{{"type":"Building","geometry":[{}]}},"d":{{"type":"Building","geometry":[{}]}}"#,
        instance(0, twice),
        instance(0, mirrored),
        instance(7, twice),
        instance(0, "[1]"),
    );
    let templates = format!(
        r#"{{"geometry-templates":{{"templates":[{}],"vertices-templates":[[0,0,0],[1,0,0],[1,1,0],[0,1,0],[0,0,1],[1,0,1],[1,1,1],[0,1,1]]}},"#,
        solid("")
    );
    let json = around(&objects).replacen('{', &templates, 1);
    let outcome = read_bytes(json.as_bytes(), &ReadOptions::of("f"));
    expect![[r#"
        a:3 lod2 solid Unclassified×6 measuredHeight=2.0
        b:3 lod2 solid Unclassified×6 measuredHeight=2.0
        c:3
        d:3
        f:3 (d): a geometry instance lacks its template, reference point or matrix
        f:3 (c): a geometry instance leads to no template or vertex
        f:3 (c): the building has no usable geometry
        f:3 (d): the building has no usable geometry
    "#]]
    .assert_eq(&outline(&outcome));
    let bounds = outcome.1[0].bounds();
    assert_eq!((bounds.min, bounds.max), (glam::DVec3::new(12.0, 12.0, 13.0), glam::DVec3::new(14.0, 14.0, 15.0)));
    for building in &outcome.1[..2] {
        assert!((building.geometry.as_ref().unwrap().signed_volume_m3() - 8.0).abs() < 1e-9);
    }
}

#[test]
fn addresses_of_all_versions_are_understood() {
    let objects = r#""a":{"type":"Building","address":{"CountryName":"D","LocalityName":"X","ThoroughfareNumber":"1","ThoroughfareName":"Y","PostalCode":"1"}},
        "b":{"type":"Building","address":[{"locality":"X","thoroughfareNumber":1,"thoroughfareName":"Y","postcode":"1","location":{}},{"country":"D"}]}"#;
    let (_, buildings, _) = read_bytes(around(objects).as_bytes(), &ReadOptions::of("f"));
    assert_eq!(buildings[0].addresses.len(), 1);
    assert_eq!(buildings[0].addresses, buildings[1].addresses);
    assert!(buildings[0].addresses[0].street.is_some() && buildings[0].addresses[0].postal_code.is_some());
}

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
        a:1 lod1 Unclassified×1 measuredHeight=4.0
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
        a:2 lod1 Unclassified×1 measuredHeight=2.0
        b:9 lod1 Unclassified×1 measuredHeight=2.0
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
        a:3 lod2 solid Unclassified×6 measuredHeight=2.0
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

#[test]
fn installations_keep_their_kind() {
    let json = around(&format!(
        r#""a":{{"type":"Building"}},"i":{{"type":"BuildingInstallation","parents":["a"],"geometry":[{}]}}"#,
        solid("")
    ));
    let (_, buildings, _) = read_bytes(json.as_bytes(), &ReadOptions::of("f"));
    let geometry = buildings[0].geometry.as_ref().unwrap();
    assert_eq!(geometry.surfaces[0].kind, SurfaceKind::Installation);
    assert_eq!(geometry.surfaces[0].id.as_deref(), Some("i"));
}
