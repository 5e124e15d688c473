//! Each rule of the tileset check is broken once.

mod metadata;

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::*;

fn sound() -> Value {
    json!({
        "asset": { "version": "1.1" },
        "geometricError": 100,
        "root": {
            "refine": "REPLACE",
            "boundingVolume": { "box": [0, 0, 0, 10, 0, 0, 0, 10, 0, 0, 0, 10] },
            "geometricError": 50,
            "transform": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 4e6, 1e6, 4e6, 1],
            "children": [{
                "boundingVolume": { "sphere": [0, 0, 0, 9] },
                "geometricError": 0,
                "content": { "uri": "a%20b.glb" },
            }],
        },
    })
}

fn glb() -> Vec<u8> {
    [b"glTF".as_slice(), &2_u32.to_le_bytes(), &12_u32.to_le_bytes()].concat()
}

fn check(change: impl FnOnce(&mut Value), expected: Expect) {
    let mut tileset = sound();
    change(&mut tileset);
    let text = tileset.to_string();
    let findings = validate_tileset(text.as_bytes(), &|path| match path {
        "a%20b.glb" => Some(glb()),
        "short.glb" => Some(b"glTF".to_vec()),
        "self.json" => Some(text.clone().into_bytes()),
        _ => None,
    });
    let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
    expected.assert_eq(&lines.join("\n"));
}

#[test]
fn a_sound_tileset_has_no_findings() {
    check(|_| {}, expect![[""]]);
}

#[test]
fn each_broken_rule_is_found() {
    let child = |tileset: &mut Value, name: &str, value: Value| tileset["root"]["children"][0][name] = value;
    check(|t| t["asset"] = json!({}), expect!["tileset.json#/asset: has no version"]);
    check(|t| t["root"]["refine"] = "both".into(), expect!["tileset.json#/root: refine is neither ADD nor REPLACE"]);
    check(|t| t["geometricError"] = 1.into(), expect!["tileset.json#/root: geometricError 50 is above its parent's 1"]);
    check(
        |t| child(t, "geometricError", 3.into()),
        expect!["tileset.json#/root/children/0: is a leaf and has the geometricError 3"],
    );
    check(
        |t| child(t, "boundingVolume", json!({ "sphere": [0, 0, 2, 9] })),
        expect!["tileset.json#/root/children/0: reaches out of its parent's boundingVolume"],
    );
    check(
        |t| child(t, "boundingVolume", json!({ "box": [0, 0, 0] })),
        expect!["tileset.json#/root/children/0: boundingVolume.box is not 12 numbers"],
    );
    check(
        |t| child(t, "content", json!({ "uri": "gone.glb" })),
        expect!["tileset.json#/root/children/0: gone.glb is not there"],
    );
    check(
        |t| child(t, "content", json!({ "uri": "short.glb" })),
        expect!["short.glb: is not binary glTF of version 2"],
    );
    check(
        |t| child(t, "colour", 1.into()),
        expect!["tileset.json#/root/children/0: colour is no member of the standard"],
    );
    check(
        |t| child(t, "children", json!([])),
        expect!["tileset.json#/root/children/0: children is no list, or an empty one"],
    );
}

fn remove(tile: &mut Value, name: &str) {
    if let Some(members) = tile.as_object_mut() {
        members.remove(name);
    }
}

/// A change to the tile with content.
fn child(name: &str, value: Value) -> impl FnOnce(&mut Value) {
    move |tileset| tileset["root"]["children"][0][name] = value
}

#[test]
fn a_tileset_that_is_none_is_found() {
    let lines = |text: &str| {
        let findings = validate_tileset(text.as_bytes(), &|_| None);
        findings.iter().map(Finding::to_string).collect::<Vec<_>>().join("\n")
    };
    for text in ["", "{", "{} {}", "\u{feff}{}"] {
        assert_eq!(lines(text), "tileset.json: is not JSON");
    }
    expect![[r#"
        tileset.json#: is no object
        tileset.json#/asset: has no version
        tileset.json#: geometricError is missing or no number from 0 on
        tileset.json#/root: is missing"#]]
    .assert_eq(&lines("[]"));
    let long = format!("{{\"asset\":\"{}\"}}", " ".repeat(MAX_BYTES));
    assert_eq!(lines(&long), "tileset.json: has more than 33554432 bytes and was not checked");
}

#[test]
fn what_a_tileset_needs_is_missed() {
    check(|t| t["asset"]["version"] = "2.0".into(), expect!["tileset.json#/asset: version 2.0 is not known here"]);
    check(|t| t["asset"]["version"] = 1.1.into(), expect!["tileset.json#/asset: has no version"]);
    check(|t| t["root"] = Value::Null, expect!["tileset.json#/root: is missing"]);
    check(|t| t["root"] = json!([]), expect!["tileset.json#/root: is missing"]);
    let broken = "geometricError is missing or no number from 0 on";
    for value in [Value::Null, "5".into(), (-1).into()] {
        let top = format!("tileset.json#: {broken}");
        assert_finding(|t| t["geometricError"] = value.clone(), &top);
        let below = format!("tileset.json#/root/children/0: {broken}");
        assert_finding(child("geometricError", value), &below);
    }
    check(|t| t["root"]["refine"] = Value::Null, expect!["tileset.json#/root: refine is neither ADD nor REPLACE"]);
    check(|t| remove(&mut t["root"], "refine"), expect!["tileset.json#/root: has no refine, which a root tile needs"]);
}

/// A finding among others that follow from it.
fn assert_finding(change: impl FnOnce(&mut Value), expected: &str) {
    let mut tileset = sound();
    change(&mut tileset);
    let findings = validate_tileset(tileset.to_string().as_bytes(), &|_| Some(glb()));
    assert!(findings.iter().any(|finding| finding.to_string() == expected), "{expected}: {findings:?}");
}

#[test]
fn transforms_and_volumes_are_read() {
    let numbers = "tileset.json#/root/children/0: transform is not 16 numbers";
    for value in [json!([1, 2, 3]), json!([[]]), "identity".into(), vec![0.0; 17].into(), Value::Null] {
        assert_finding(child("transform", value), numbers);
    }
    let mut projection = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
    projection[3] = 1;
    check(child("transform", json!(projection)), expect!["tileset.json#/root/children/0: transform is not affine"]);
    // Taken out of the parent's box.
    projection[3] = 0;
    projection[12] = 2;
    check(
        child("transform", json!(projection)),
        expect!["tileset.json#/root/children/0: reaches out of its parent's boundingVolume"],
    );
    let region = |numbers: [f64; 6]| child("boundingVolume", json!({ "region": numbers }));
    check(region([0.2, 0.84, 0.21, 0.85, 500.0, 600.0]), expect![[""]]);
    check(
        region([0.2, 0.85, 0.21, 0.84, 500.0, 600.0]),
        expect!["tileset.json#/root/children/0: boundingVolume.region is upside down"],
    );
    check(
        region([0.2, 0.84, 0.21, 0.85, 600.0, 500.0]),
        expect!["tileset.json#/root/children/0: boundingVolume.region is upside down"],
    );
    // Degrees.
    check(
        region([11.5, 48.1, 11.6, 48.2, 500.0, 600.0]),
        expect!["tileset.json#/root/children/0: boundingVolume.region is nowhere on earth, of which it tells radians"],
    );
    check(
        child("boundingVolume", json!({ "region": [0, 0, 0] })),
        expect!["tileset.json#/root/children/0: boundingVolume.region is not 6 numbers"],
    );
    check(
        child("boundingVolume", json!({ "sphere": [0, 0, 0, -1] })),
        expect!["tileset.json#/root/children/0: boundingVolume.sphere has a negative radius"],
    );
    check(
        child("boundingVolume", json!({ "sphere": [0, 0, 0, 1], "cube": [] })),
        expect!["tileset.json#/root/children/0: cube is no member of the standard"],
    );
    check(
        child("viewerRequestVolume", json!({})),
        expect!["tileset.json#/root/children/0/viewerRequestVolume: has no boundingVolume of box, region or sphere"],
    );
}

/// Regions lie in regions.
#[test]
fn regions_are_held_against_their_parents() {
    let with = |inner: [f64; 6]| {
        move |tileset: &mut Value| {
            tileset["root"]["boundingVolume"] = json!({ "region": [0.2, 0.84, 0.21, 0.85, 500, 600] });
            tileset["root"]["children"][0]["boundingVolume"] = json!({ "region": inner });
        }
    };
    check(with([0.2, 0.84, 0.21, 0.85, 500.0, 600.0]), expect![[""]]);
    let out = || expect!["tileset.json#/root/children/0: reaches out of its parent's boundingVolume"];
    check(with([0.19, 0.84, 0.21, 0.85, 500.0, 600.0]), out());
    check(with([0.2, 0.84, 0.21, 0.85, 500.0, 601.0]), out());
}

#[test]
fn contents_are_looked_at() {
    let nameless = || expect!["tileset.json#/root/children/0: has a content without uri"];
    check(child("content", json!({})), nameless());
    check(child("content", json!({ "uri": "" })), nameless());
    check(child("content", json!({ "uri": 1 })), nameless());
    check(
        child("contents", json!([{ "uri": "a%20b.glb" }])),
        expect!["tileset.json#/root/children/0: has content and contents"],
    );
    check(
        child("content", json!(["a%20b.glb"])),
        expect![[r#"
        tileset.json#/root/children/0: content is no object
        tileset.json#/root/children/0: has a content without uri"#]],
    );
    check(
        child("content", json!({ "uri": "a%20b.glb", "boundingVolume": { "sphere": [0, 0, 2, 9] } })),
        expect!["tileset.json#/root/children/0: has a content that reaches out of its boundingVolume"],
    );
    check(
        child("content", json!({ "uri": "a%20b.glb", "group": 0 })),
        expect!["tileset.json#/root/children/0: has a content of a group that is not there"],
    );
    check(|t| t["root"]["children"] = json!([]), expect!["tileset.json#/root: children is no list, or an empty one"]);
    check(
        |t| {
            remove(&mut t["root"], "children");
            t["root"]["contents"] = json!([]);
        },
        expect![[r#"
            tileset.json#/root: contents is no list, or an empty one
            tileset.json#/root: is a leaf and has the geometricError 50"#]],
    );
}

#[test]
fn implicit_tiles_have_templates_and_no_children() {
    let tiling = json!({
        "subdivisionScheme": "QUADTREE", "subtreeLevels": 2, "availableLevels": 3, "subtrees": { "uri": "{level}.subtree" },
    });
    let implicit = |t: &mut Value| {
        t["root"]["implicitTiling"] = tiling.clone();
        t["root"]["content"] = json!({ "uri": "{level}/{x}/{y}.glb" });
    };
    check(
        |t| {
            implicit(t);
            remove(&mut t["root"], "children");
        },
        expect![[""]],
    );
    check(implicit, expect!["tileset.json#/root: has children and implicitTiling"]);
    check(
        child("implicitTiling", json!({ "subdivisionScheme": "HEXTREE", "subtreeLevels": 0 })),
        expect![[r#"
        tileset.json#/root/children/0/implicitTiling: subdivisionScheme is none of QUADTREE, OCTREE
        tileset.json#/root/children/0/implicitTiling: subtreeLevels is no whole number from 1 on
        tileset.json#/root/children/0/implicitTiling: has no availableLevels
        tileset.json#/root/children/0/implicitTiling: has no subtrees"#]],
    );
}

#[test]
fn extensions_that_are_used_are_said_to_be() {
    let used = |names: Value| {
        move |t: &mut Value| {
            t["root"]["children"][0]["content"]["extensions"] = json!({ "VENDOR_x": {} });
            t["extensionsUsed"] = names;
        }
    };
    check(used(json!(["VENDOR_x", "VENDOR_y"])), expect![[""]]);
    check(used(json!(["VENDOR_y"])), expect!["tileset.json#: extension VENDOR_x is not in extensionsUsed"]);
    check(
        used(json!(["VENDOR_x", "VENDOR_x"])),
        expect!["tileset.json#: extensionsUsed is no list of different names, or an empty one"],
    );
    check(
        |t| t["extensionsUsed"] = json!([]),
        expect!["tileset.json#: extensionsUsed is no list of different names, or an empty one"],
    );
    check(
        |t| t["extensionsRequired"] = json!(["VENDOR_z"]),
        expect!["tileset.json#: extension VENDOR_z is not in extensionsUsed"],
    );
    check(|t| t["extensions"] = json!({ "VENDOR_x": 1 }), expect!["tileset.json#: extensions is no object of objects"]);
}

#[test]
fn findings_without_end_are_cut_off() {
    let mut tileset = sound();
    tileset["root"]["contents"] = vec![json!({}); 2 * MAX_FINDINGS].into();
    let findings = validate_tileset(tileset.to_string().as_bytes(), &|_| Some(glb()));
    assert_eq!(findings.len(), MAX_FINDINGS + 1);
    assert_eq!(findings.last().map(|last| &*last.message), Some("is not all that is wrong"));
}

#[test]
fn a_tileset_that_refers_to_itself_ends() {
    let mut tileset = sound();
    tileset["root"]["children"][0]["content"]["uri"] = "self.json".into();
    let text = tileset.to_string().into_bytes();
    let findings = validate_tileset(&text, &|_| Some(text.clone()));
    assert!(findings.iter().any(|finding| finding.message.contains("refers to itself")), "{findings:?}");
}

/// Without a limit, ten tilesets that all refer to all would be gone through in more orders than there are seconds.
#[test]
fn tilesets_that_refer_to_each_other_come_to_an_end() {
    let mut tileset = sound();
    tileset["root"]["contents"] = (0..10).map(|n| json!({ "uri": format!("{n}.json") })).collect();
    let text = tileset.to_string();
    let findings = validate_tileset(text.as_bytes(), &|path| {
        Some(if path.ends_with("json") { text.clone().into_bytes() } else { glb() })
    });
    assert!(findings.iter().any(|finding| finding.message.contains("refers to itself")));
}
