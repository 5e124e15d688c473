//! The selection as a pure function: goldens of frames for a small tree.

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use glam::DVec3;
use serde_json::{Value, json};

use super::fixtures::{Quad, look, url};
use crate::stream::{Prospect, SelectionSettings, TileId, TileTree, View, select};

/// Root 0 with children 1, 2, 7, 8 of which 2 has children 3 to 6.
fn small() -> Quad {
    Quad::grow("r", [0.0, 0.0, 512.0], 0, &mut |name, _| matches!(name, "r" | "r1"))
}

fn near() -> View {
    look(DVec3::new(256.0, -500.0, 250.0), DVec3::new(256.0, -100.0, 0.0))
}

fn far() -> View {
    look(DVec3::new(0.0, -20_000.0, 20_000.0), DVec3::ZERO)
}

/// Selects with the given prospects; all other tiles may come.
fn check(tileset: &Value, view: &View, states: &[(u32, Prospect)], expected: Expect) {
    let tree = TileTree::parse(0, &url("tileset.json"), tileset.to_string().as_bytes()).expect("a tileset");
    let states: BTreeMap<u32, Prospect> = states.iter().cloned().collect();
    let prospect = |id: TileId| states.get(&id.tile).copied().unwrap_or(Prospect::Coming);
    let mut selection = select(&tree, view, &SelectionSettings::default(), &prospect);
    selection.load.sort_by(|a, b| b.1.total_cmp(&a.1));
    let numbers = |ids: Vec<TileId>| ids.iter().map(|id| format!(" {}", id.tile)).collect::<String>();
    expected.assert_eq(&format!(
        "draw{}\nload{}\nuse{}\n",
        numbers(selection.draw),
        numbers(selection.load.into_iter().map(|(id, _)| id).collect()),
        numbers(selection.touched),
    ));
}

use Prospect::{Coming, Gone, Lost, Ready};

#[test]
fn a_far_view_asks_for_the_root_alone() {
    check(
        &small().tileset(),
        &far(),
        &[],
        expect![[r#"
        draw
        load 0
        use 0
    "#]],
    );
}

#[test]
fn a_near_view_asks_for_ancestors_first_and_then_for_the_middle_of_the_picture() {
    check(
        &small().tileset(),
        &near(),
        &[],
        expect![[r#"
        draw
        load 0 2 8 7 5 6 1 3 4
        use 0 1 2 3 4 5 6 7 8
    "#]],
    );
}

#[test]
fn a_parent_stays_until_all_its_visible_children_are_ready() {
    let tileset = small().tileset();
    let mut states = vec![(0, Ready), (1, Ready), (7, Coming), (8, Ready), (2, Ready)];
    check(
        &tileset,
        &near(),
        &states,
        expect![[r#"
        draw 0
        load 7 5 6 3 4
        use 0 1 2 3 4 5 6 7 8
    "#]],
    );
    states.push((7, Ready));
    check(
        &tileset,
        &near(),
        &states,
        expect![[r#"
        draw 1 2 7 8
        load 5 6 3 4
        use 0 1 2 3 4 5 6 7 8
    "#]],
    );
    states.extend([(3, Ready), (4, Ready), (5, Ready), (6, Ready)]);
    check(
        &tileset,
        &near(),
        &states,
        expect![[r#"
        draw 1 3 4 5 6 7 8
        load
        use 0 1 2 3 4 5 6 7 8
    "#]],
    );
}

#[test]
fn children_stay_until_their_parent_is_ready() {
    let tileset = small().tileset();
    let children = [(1, Ready), (7, Ready), (8, Ready), (3, Ready), (4, Ready), (5, Ready), (6, Ready)];
    check(
        &tileset,
        &far(),
        &children,
        expect![[r#"
        draw 1 3 4 5 6 7 8
        load 0
        use 0 1 3 4 5 6 7 8
    "#]],
    );
    let with_root = [&children[..], &[(0, Ready)]].concat();
    check(
        &tileset,
        &far(),
        &with_root,
        expect![[r#"
        draw 0
        load
        use 0
    "#]],
    );
}

#[test]
fn a_child_that_is_lost_holds_nobody_back() {
    let tileset = small().tileset();
    let states = [(0, Ready), (1, Ready), (2, Ready), (7, Ready), (8, Ready), (3, Ready), (4, Ready), (6, Ready)];
    let gone = [&states[..], &[(5, Gone)]].concat();
    check(
        &tileset,
        &near(),
        &gone,
        expect![[r#"
        draw 1 3 4 6 7 8
        load
        use 0 1 2 3 4 6 7 8
    "#]],
    );
    // What may still come is asked for, and has its place when it is there.
    let lost = [&states[..], &[(5, Lost)]].concat();
    check(
        &tileset,
        &near(),
        &lost,
        expect![[r#"
        draw 1 3 4 6 7 8
        load 5
        use 0 1 2 3 4 5 6 7 8
    "#]],
    );
}

#[test]
fn a_parent_stays_where_all_its_children_are_lost_seen_or_not() {
    let tileset = small().tileset();
    let states =
        [(0, Ready), (1, Ready), (2, Ready), (7, Ready), (8, Ready), (3, Gone), (4, Gone), (5, Lost), (6, Lost)];
    check(
        &tileset,
        &near(),
        &states,
        expect![[r#"
        draw 1 2 7 8
        load 5 6
        use 0 1 2 5 6 7 8
    "#]],
    );
    // The lost ones alone are in the picture; the parent goes all the same, or it would come and go with the camera.
    let states =
        [(0, Ready), (1, Ready), (2, Ready), (7, Ready), (8, Ready), (3, Gone), (4, Ready), (5, Ready), (6, Ready)];
    let on_the_lost_one = look(DVec3::new(128.0, -384.0, 60.0), DVec3::new(128.0, -383.0, 0.0));
    check(
        &tileset,
        &on_the_lost_one,
        &states,
        expect![[r#"
        draw
        load
        use 0 2
    "#]],
    );
}

#[test]
fn children_stand_in_for_a_parent_that_failed_for_good() {
    let tileset = small().tileset();
    let states = [(0, Ready), (1, Ready), (2, Gone), (7, Ready), (8, Ready)];
    check(
        &tileset,
        &near(),
        &states,
        expect![[r#"
        draw 0
        load 5 6 3 4
        use 0 1 3 4 5 6 7 8
    "#]],
    );
    let all = [&states[..], &[(3, Ready), (4, Ready), (5, Ready), (6, Ready)]].concat();
    check(
        &tileset,
        &near(),
        &all,
        expect![[r#"
        draw 1 3 4 5 6 7 8
        load
        use 0 1 3 4 5 6 7 8
    "#]],
    );
}

#[test]
fn tiles_that_add_are_drawn_with_their_children() {
    let mut tileset = small().tileset();
    tileset["root"]["refine"] = json!("ADD");
    check(
        &tileset,
        &near(),
        &[(0, Ready), (1, Ready), (3, Ready)],
        expect![[r#"
        draw 0 1 3
        load 2 8 7 5 6 4
        use 0 1 2 3 4 5 6 7 8
    "#]],
    );
}

#[test]
fn a_tile_without_content_is_covered_by_its_children() {
    let mut tileset = small().tileset();
    tileset["root"]["content"] = Value::Null;
    let states = [(1, Ready), (2, Ready), (7, Ready)];
    check(
        &tileset,
        &far(),
        &states,
        expect![[r#"
        draw 1 2 7
        load 8
        use 1 2 7 8
    "#]],
    );
}

#[test]
fn a_tile_is_asked_for_only_from_where_it_wants_to_be_seen() {
    let mut tileset = small().tileset();
    // Around the eye of the near view, and around nothing.
    tileset["root"]["children"][0]["viewerRequestVolume"] = json!({"sphere": [256, -500, 250, 50]});
    tileset["root"]["children"][2]["viewerRequestVolume"] = json!({"box": [0, 0, 5000, 1, 0, 0, 0, 1, 0, 0, 0, 1]});
    check(
        &tileset,
        &near(),
        &[(0, Ready), (2, Ready), (8, Ready)],
        expect![[r#"
        draw 0
        load 5 6 1 3 4
        use 0 1 2 3 4 5 6 8
    "#]],
    );
}

#[test]
fn nothing_behind_the_eye_or_beyond_the_far_limit_is_asked_for() {
    let away = look(DVec3::new(0.0, -5_000.0, 100.0), DVec3::new(0.0, -6_000.0, 100.0));
    check(
        &small().tileset(),
        &away,
        &[],
        expect![[r#"
        draw
        load
        use
    "#]],
    );
    let beyond = look(DVec3::new(0.0, -300_000.0, 100.0), DVec3::ZERO);
    check(
        &small().tileset(),
        &beyond,
        &[],
        expect![[r#"
        draw
        load
        use
    "#]],
    );
}
