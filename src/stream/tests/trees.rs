//! Reading tilesets: what becomes of them, and what is refused with which words.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::fixtures::{Dice, Quad, url};
use crate::stream::{TileTree, Volume};

fn minimal() -> Value {
    json!({
        "asset": {"version": "1.1"}, "geometricError": 10,
        "root": {"boundingVolume": {"sphere": [0, 0, 0, 5]}, "geometricError": 2, "content": {"uri": "a.glb"}},
    })
}

fn parse(tileset: &Value) -> Result<TileTree, String> {
    TileTree::parse(0, &url("tileset.json"), tileset.to_string().as_bytes()).map_err(|error| error.to_string())
}

#[test]
fn transforms_accumulate_and_refinement_is_inherited() {
    let mut tileset = minimal();
    let moved = |x: f64, scale: f64| json!([scale, 0, 0, 0, 0, scale, 0, 0, 0, 0, scale, 0, x, 0, 0, 1]);
    tileset["root"]["transform"] = moved(1000.0, 2.0);
    tileset["root"]["refine"] = json!("ADD");
    let child = json!({
        "transform": moved(10.0, 3.0), "boundingVolume": {"sphere": [1, 0, 0, 5]}, "geometricError": 0.5,
        "contents": [{"uri": "b.glb"}, {"uri": "../c.glb?v=2"}],
    });
    tileset["root"]["children"] = json!([child]);
    let tree = parse(&tileset).expect("a tileset");
    let mut text = String::new();
    for index in 0..tree.len() as u32 {
        let tile = tree.tile(index).expect("a tile");
        let contents: Vec<&str> = tile.contents.iter().map(|url| url.path()).collect();
        text += &format!(
            "{index} parent {:?} {:?} error {} {:?} {contents:?}\n",
            tile.parent, tile.refine, tile.geometric_error_m, tile.volume
        );
    }
    expect![[r#"
        0 parent None Add error 4 Sphere { center: DVec3(1000.0, 0.0, 0.0), radius_m: 10.0 } ["/tiles/a.glb"]
        1 parent Some(0) Add error 3 Sphere { center: DVec3(1026.0, 0.0, 0.0), radius_m: 30.0 } ["/tiles/b.glb", "/c.glb"]
    "#]].assert_eq(&text);
}

#[test]
fn policy_and_audience_are_kept_and_what_is_left_out_is_named() {
    let mut tileset = minimal();
    tileset["asset"]["extras"] = json!({"policyHash": "c0ffee", "audience": "citizen"});
    tileset["root"]["implicitTiling"] = json!({"subdivisionScheme": "QUADTREE"});
    tileset["root"]["extensions"] = json!({"EXT_of_someone": {}});
    let tree = parse(&tileset).expect("a tileset");
    assert_eq!((tree.policy_hash(), tree.audience()), (Some("c0ffee"), Some("citizen")));
    assert!(tree.tile(0).is_some_and(|tile| tile.contents.is_empty()), "a template is no address");
    let names: Vec<&String> = tree.not_understood().iter().collect();
    assert_eq!(names, ["EXT_of_someone", "implicit tiling"]);
}

fn check_refused(change: impl FnOnce(&mut Value), expected: Expect) {
    let mut tileset = minimal();
    change(&mut tileset);
    expected.assert_eq(&parse(&tileset).expect_err("an error"));
}

#[test]
fn what_is_not_understood_is_refused_with_its_address() {
    check_refused(
        |tileset| tileset["asset"]["version"] = json!("2.0"),
        expect![[r#"https://twin.example/tiles/tileset.json: version "2.0" of 3D Tiles is not understood"#]],
    );
    check_refused(
        |tileset| tileset["root"]["boundingVolume"] = json!({}),
        expect!["https://twin.example/tiles/tileset.json: tile 0 has no bounding volume that is understood"],
    );
    check_refused(
        |tileset| tileset["root"]["transform"] = json!([1, 2, 3]),
        expect![
            "https://twin.example/tiles/tileset.json: the transform of tile 0 is not an invertible matrix of 16 numbers"
        ],
    );
    check_refused(
        |tileset| tileset["root"]["transform"] = json!(vec![0; 16]),
        expect![
            "https://twin.example/tiles/tileset.json: the transform of tile 0 is not an invertible matrix of 16 numbers"
        ],
    );
    check_refused(
        |tileset| tileset["root"]["content"]["uri"] = json!("file:///etc/passwd"),
        expect![[
            r#"https://twin.example/tiles/tileset.json: the content address "file:///etc/passwd" cannot be followed"#
        ]],
    );
    check_refused(
        |tileset| tileset["extensionsRequired"] = json!(["3DTILES_new"]),
        expect!["https://twin.example/tiles/tileset.json: required extension 3DTILES_new is not understood"],
    );
    check_refused(
        |tileset| tileset["root"]["geometricError"] = json!("much"),
        expect![[
            r#"https://twin.example/tiles/tileset.json: not a tileset: invalid type: string "much", expected f64 at line 1 column 116"#
        ]],
    );
    let broken = TileTree::parse(0, &url("tileset.json"), b"{\"asset\": ").expect_err("an error");
    expect!["https://twin.example/tiles/tileset.json: not a tileset: EOF while parsing a value at line 1 column 10"]
        .assert_eq(&broken.to_string());
}

#[test]
fn external_tilesets_are_grafted_and_circles_and_other_policies_are_not() {
    let mut outer = minimal();
    outer["asset"]["extras"] = json!({"policyHash": "aa"});
    outer["root"]["content"]["uri"] = json!("inner/tileset.json");
    let mut tree = parse(&outer).expect("a tileset");
    let inner_url = url("inner/tileset.json");
    let refused = tree.graft(0, &inner_url, &inner_url, minimal().to_string().as_bytes()).expect_err("no policy hash");
    expect!["https://twin.example/tiles/inner/tileset.json: released under policy none, but the twin under aa"]
        .assert_eq(&refused.to_string());
    assert_eq!(tree.len(), 1);
    let mut inner = minimal();
    inner["asset"]["extras"] = json!({"policyHash": "aa"});
    inner["root"]["content"]["uri"] = json!("../tileset.json");
    tree.graft(0, &inner_url, &inner_url, inner.to_string().as_bytes()).expect("the same policy");
    let tile = tree.tile(1).expect("the inner root");
    assert_eq!((tile.parent, tile.depth), (Some(0), 1));
    assert!(tree.tile(0).is_some_and(|root| root.contents.is_empty() && root.children == [1]));
    let circle =
        tree.graft(1, &url("tileset.json"), &url("tileset.json"), outer.to_string().as_bytes()).expect_err("a circle");
    expect!["https://twin.example/tiles/tileset.json: the tileset contains itself"].assert_eq(&circle.to_string());
}

#[test]
fn any_bytes_are_survived() {
    let quad = Quad::grow("r", [0.0, 0.0, 512.0], 0, &mut |_, depth| depth < 2);
    let good = quad.tileset().to_string().into_bytes();
    let mut dice = Dice(7);
    for _ in 0..3000 {
        let mut bytes = good.clone();
        for _ in 0..=dice.below(4) {
            let place = dice.below(bytes.len() as u64) as usize;
            bytes[place] = b"0123456789-.e,:{}[]\" abtfn\x80"[dice.below(27) as usize];
        }
        bytes.truncate(bytes.len() - dice.below(20) as usize);
        if let Ok(tree) = TileTree::parse(0, &url("tileset.json"), &bytes) {
            let finite = |index| tree.tile(index).is_some_and(|tile| !tile.volume.center().is_nan());
            assert!((0..tree.len() as u32).all(finite));
        }
    }
    let deep = "[".repeat(100_000);
    assert!(TileTree::parse(0, &url("tileset.json"), deep.as_bytes()).is_err());
}

#[test]
fn volumes_of_the_tree_are_what_the_file_says() {
    let mut tileset = minimal();
    tileset["root"]["boundingVolume"] = json!({"region": [0.2, 0.84, 0.201, 0.841, 500, 600]});
    let tree = parse(&tileset).expect("a tileset");
    assert!(tree.tile(0).is_some_and(|tile| matches!(tile.volume, Volume::Box { .. })));
}
