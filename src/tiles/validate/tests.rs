//! Each rule of the tileset check is broken once.

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
