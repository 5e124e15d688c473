//! City objects, families, geometries and addresses in small files.

use expect_test::expect;

use super::{CUBE, around, check, outline, read_bytes, solid};
use crate::model::SurfaceKind;
use crate::source::ReadOptions;

#[test]
fn a_cube_encloses_eight_cubic_metres() {
    let semantics = r#","semantics":{"surfaces":[{"type":"GroundSurface"},{"type":"RoofSurface"},{"type":"WallSurface"}],
        "values":[[0,1,2,2,null,9]]}"#;
    let json = around(&format!(r#""a":{{"type":"Building","geometry":[{}]}}"#, solid(semantics)));
    let outcome = read_bytes(json.as_bytes(), &ReadOptions::of("f"));
    expect![[r#"
        a:4 lod2 solid Ground×1 Roof×1 Wall×2 Wall×2 measuredHeight=2.0
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
            a:3 lod22 solid Window×5 Roof×1 Wall×5 Ground×1 measuredHeight=2.0
        "#]],
    );
    check(
        &multi("null"),
        expect![[r#"
            a:3 lod22 solid Roof×2 Wall×8 Ground×2 measuredHeight=2.0
        "#]],
    );
    check(
        &multi("[[null],[[0]]]"),
        expect![[r#"
            a:3 lod22 solid Roof×2 Wall×8 Ground×1 Window×1 measuredHeight=2.0
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
            a:3 lod2 Ground×3
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
              part of part:3 lod2 solid Roof×1 Wall×4 Ground×1 measuredHeight=2.0
              part:7 lod2 Installation×6 measuredHeight=2.0
              child without parents:8 lod2 solid Roof×1 Wall×4 Ground×1 measuredHeight=2.0
            orphan:9 lod2 solid Roof×1 Wall×4 Ground×1 measuredHeight=2.0
            ring a:15 lod2 solid Roof×1 Wall×4 Ground×1 measuredHeight=2.0
            ring b:16 lod2 solid Roof×1 Wall×4 Ground×1 measuredHeight=2.0
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
        a:3 lod2 solid Roof×1 Wall×4 Ground×1 measuredHeight=2.0
        b:3 lod2 solid Roof×1 Wall×4 Ground×1 measuredHeight=2.0
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
fn every_code_of_an_array_is_kept() {
    let json = around(r#""a":{"type":"Building","attributes":{"function":["31001_1110","31001_3066"],"usage":["1"]}}"#);
    let (_, buildings, _) = read_bytes(json.as_bytes(), &ReadOptions::of("f"));
    let codes: Vec<String> = buildings[0].attributes.all("function").map(super::shown).collect();
    assert_eq!(codes, [r#""31001_1110""#, r#""31001_3066""#]);
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
