//! Requests, failures and retries, frame by frame.

use std::sync::Arc;

use expect_test::expect;
use glam::DVec3;
use serde_json::json;

use super::fixtures::{Quad, World, after, frame, look, square_glb, unavailable, url};
use crate::fetch::FetchError;
use crate::fetch::memory::MemoryFetch;
use crate::stream::{StreamSettings, TileId, TileState, View};

fn two_levels() -> Quad {
    Quad::grow("r", [0.0, 0.0, 512.0], 0, &mut |_, depth| depth < 1)
}

fn close_up() -> View {
    look(DVec3::new(0.0, -600.0, 300.0), DVec3::ZERO)
}

fn tile(tile: u32) -> TileId {
    TileId { tileset: 0, tile }
}

fn names(world: &World) -> String {
    let started = world.fetch.started();
    let names: Vec<&str> =
        started.iter().filter_map(|url| url.path().rsplit('/').next()?.strip_suffix(".glb")).collect();
    names.join(" ")
}

#[test]
fn requests_are_ordered_and_cancelled() {
    let quad = Quad::grow("r", [0.0, 0.0, 1024.0], 0, &mut |_, depth| depth < 3);
    let mut world = World::of(&quad, StreamSettings { max_in_flight: 3, ..StreamSettings::default() });
    for tile in quad.all() {
        let address = url(&format!("{}.glb", tile.name));
        world.fetch.script(&address, [after(50, Ok(square_glb(tile.half as f32, 1)))]);
    }
    // Straight down, so that each sees one quarter alone.
    let south_west = look(DVec3::new(-700.0, -700.0, 300.0), DVec3::new(-700.0, -699.0, 0.0));
    let north_east = look(DVec3::new(700.0, 700.0, 300.0), DVec3::new(700.0, 701.0, 0.0));
    for _ in 0..5 {
        let (_, status) = world.frame(&south_west);
        assert!(status.requested <= 3);
    }
    expect!["r r0 r00"].assert_eq(&names(&world));
    assert_eq!((world.fetch.in_flight(), world.fetch.cancelled()), (3, 0));
    // The root is wanted here too; the two south-western tiles are not.
    world.frame(&north_east);
    assert_eq!(world.fetch.cancelled(), 2);
    expect!["r r0 r00 r3 r33"].assert_eq(&names(&world));
    assert_eq!(world.streamer.state(tile(1)), TileState::Unloaded);
}

#[test]
fn what_is_broken_for_a_while_is_tried_again_and_later_each_time() {
    let quad = two_levels();
    let mut world = World::of(&quad, StreamSettings::default());
    let address = url("r0.glb");
    let failures = (0..3).map(|_| after(0, Err(unavailable(&address))));
    world.fetch.script(&address, failures.chain([after(0, Ok(square_glb(256.0, 1)))]));
    let mut tries = Vec::new();
    for _ in 0..200 {
        let before = world.fetch.started().iter().filter(|url| **url == address).count();
        let (_, status) = world.frame(&close_up());
        if world.fetch.started().iter().filter(|url| **url == address).count() > before {
            tries.push((world.now_secs * 10.0).round() as i64);
        }
        assert!(status.failed_count <= 1);
        if let Some(at) = status.next_retry_at_secs {
            assert!(at >= world.now_secs && !status.complete);
        }
    }
    // Tenths of seconds: waits of 1, 2 and 4 seconds and a part of a quarter of them.
    expect!["[1, 14, 39, 87]"].assert_eq(&format!("{tries:?}"));
    let (drawn, status) = world.settle(&close_up());
    assert_eq!((drawn.len(), status.failed_count), (4, 0));
}

#[test]
fn an_endless_failure_is_not_waited_for_and_its_tile_comes_when_it_can() {
    let mut world = World::of(&two_levels(), StreamSettings::default());
    let address = url("r0.glb");
    let failures = (0..7).map(|_| after(0, Err(unavailable(&address))));
    world.fetch.script(&address, failures.chain([after(0, Ok(square_glb(256.0, 1)))]));
    let (mut waited, mut missed) = (0, 0);
    for _ in 0..3000 {
        let (drawn, status) = world.frame(&close_up());
        waited += usize::from(drawn == [tile(0)]);
        if drawn == [2, 3, 4].map(tile) {
            missed += 1;
            assert!(status.complete && status.next_retry_at_secs.is_none_or(|at| at > world.now_secs));
            assert!(status.failed_count + status.requested + status.decoding >= 1, "it is not forgotten");
        }
        if drawn.len() == 4 {
            break;
        }
    }
    // Tenths of seconds: four waits of 1, 2, 4 and 8 seconds, and then without it for those of 16, 32 and 64.
    assert!((150..220).contains(&waited) && missed > 1000, "{waited} {missed}");
    assert_eq!(world.settle(&close_up()).0.len(), 4);
}

#[test]
fn addresses_keep_the_key_that_the_tileset_was_asked_for_with() {
    let fetch = Arc::new(MemoryFetch::new());
    let quad = two_levels();
    let mut tileset = quad.tileset();
    tileset["root"]["children"][0]["content"]["uri"] = json!("r0.glb?own=1");
    tileset["root"]["children"][1]["content"]["uri"] = json!("https://elsewhere.example/r1.glb");
    fetch.put(&url("tileset.json?key=secret"), tileset.to_string());
    for address in ["r.glb?key=secret", "r0.glb?own=1", "r2.glb?key=secret", "r3.glb?key=secret"] {
        fetch.put(&url(address), square_glb(1.0, 1));
    }
    fetch.put(&url("https://elsewhere.example/r1.glb"), square_glb(1.0, 1));
    let mut world = World::empty(fetch, StreamSettings::default());
    world.streamer.close(0, &mut world.sink);
    world.streamer.open(url("tileset.json?key=secret"));
    assert_eq!(world.settle(&close_up()).0.len(), 4, "{:?}", world.fetch.started());
}

#[test]
fn what_was_sent_on_is_followed_from_where_it_came() {
    let fetch = Arc::new(MemoryFetch::new());
    fetch.redirect(&url("tileset.json"), &url("https://store.example/v7/tileset.json"));
    fetch.put(&url("https://store.example/v7/tileset.json"), two_levels().tileset().to_string());
    for name in ["r", "r0", "r1", "r2", "r3"] {
        fetch.put(&url(&format!("https://store.example/v7/{name}.glb")), square_glb(1.0, 1));
    }
    let mut world = World::empty(fetch, StreamSettings::default());
    assert_eq!(world.settle(&close_up()).0.len(), 4, "{:?}", world.fetch.started());
}

#[test]
fn a_bad_tile_leaves_the_rest_alone() {
    let quad = Quad::grow("r", [0.0, 0.0, 512.0], 0, &mut |name, depth| depth < 1 || name == "r0" || name == "r3");
    let mut world = World::of(&quad, StreamSettings::default());
    let missing = url("r00.glb");
    world.fetch.script(&missing, [after(0, Err(FetchError::NotFound { url: missing.clone() }))]);
    world.fetch.put(&url("r31.glb"), &b"glTF\x02\0\0\0 and then nonsense"[..]);
    let whole = square_glb(128.0, 4);
    world.fetch.put(&url("r32.glb"), &whole[..whole.len() - 20]);
    world.fetch.script(&url("r2.glb"), [after(40, Ok(square_glb(256.0, 1)))]);
    let view = look(DVec3::new(0.0, -50.0, 700.0), DVec3::ZERO);
    for _ in 0..20 {
        let (drawn, status) = world.frame(&view);
        assert!(drawn.iter().all(|id| id.tile == 0), "the root stays while one child is slow");
        assert!(!status.complete || status.ready == 0);
    }
    let (drawn, status) = world.settle(&view);
    // Below r0 (1) the first of four is missing, below r3 (8) the second and third are broken; 6 is r1, 7 is r2.
    assert_eq!(drawn, [3, 4, 5, 6, 7, 9, 12].map(tile));
    let mut why: Vec<&str> = status.failed.iter().map(|(_, why)| &*why.detail).collect();
    why.sort_unstable();
    expect![[r#"
        https://twin.example/tiles/r00.glb does not exist
        https://twin.example/tiles/r31.glb: the file ends early or a length in it is wrong: glb
        https://twin.example/tiles/r32.glb: the file ends early or a length in it is wrong: glb"#]]
    .assert_eq(&why.join("\n"));
}

#[test]
fn decoding_takes_no_more_than_its_slice() {
    let mut world = World::of(&two_levels(), StreamSettings::default());
    let (mut frames, mut asked) = (0, 0);
    loop {
        let mut left = 2;
        let (drawn, status) = world.frame_with(&close_up(), &mut || {
            asked += 1;
            left -= 1;
            left > 0
        });
        frames += 1;
        assert!(left >= 0, "it went on after it was told to stop");
        assert!(status.decoding == 0 || status.needs_redraw);
        if status.complete {
            assert_eq!(drawn.len(), 4);
            break;
        }
    }
    assert!(frames > 10 && asked > 10, "{frames} frames");
}

#[test]
fn external_tilesets_become_part_of_the_tree() {
    let fetch = Arc::new(MemoryFetch::new());
    let outer = json!({
        "asset": {"version": "1.0"},
        "geometricError": 500,
        "root": {
            "transform": frame().ecef_from_local.to_cols_array(),
            "boundingVolume": {"box": [0, 0, 0, 512, 0, 0, 0, 512, 0, 0, 0, 5]},
            "geometricError": 500,
            "refine": "ADD",
            // As drafts wrote it, with an address that does not say what it is.
            "content": {"url": "inner"},
        },
    });
    let mut inner = two_levels().tileset();
    inner["root"]["transform"] = json!(null);
    fetch.put(&url("tileset.json"), outer.to_string());
    fetch.put(&url("inner"), inner.to_string());
    for name in ["r", "r0", "r1", "r2", "r3"] {
        fetch.put(&url(&format!("{name}.glb")), square_glb(1.0, 1));
    }
    let mut world = World::empty(fetch, StreamSettings::default());
    let (drawn, status) = world.settle(&close_up());
    assert_eq!(drawn, [2, 3, 4, 5].map(tile));
    assert_eq!(status.attributions, ["test data"]);
}

#[test]
fn a_tileset_of_another_policy_is_refused() {
    let mut tileset = two_levels().tileset();
    tileset["asset"]["extras"] = json!({"policyHash": "aa", "audience": "citizen"});
    let fetch = Arc::new(MemoryFetch::new());
    fetch.put(&url("other.json"), tileset.to_string());
    fetch.put(&url("tileset.json"), two_levels().tileset().to_string());
    for name in ["r", "r0", "r1", "r2", "r3"] {
        fetch.put(&url(&format!("{name}.glb")), square_glb(1.0, 1));
    }
    let mut world = World::empty(fetch, StreamSettings::default());
    world.streamer.open_released(url("other.json"), "bb");
    world.streamer.open_released(url("tileset.json"), "bb");
    let (drawn, status) = world.settle(&close_up());
    assert!(drawn.iter().all(|id| id.tileset == 0));
    let why: Vec<&str> = status.failed.iter().map(|(_, why)| &*why.detail).collect();
    expect![[r#"
        https://twin.example/tiles/other.json: released under policy aa, but the twin under bb
        https://twin.example/tiles/tileset.json: released under policy none, but the twin under bb"#]]
    .assert_eq(&why.join("\n"));
}

#[test]
fn a_tileset_that_does_not_come_is_asked_for_again() {
    let quad = two_levels();
    let mut world = World::of(&quad, StreamSettings::default());
    let address = url("tileset.json");
    let tileset = quad.tileset().to_string().into_bytes();
    world.fetch.script(&address, [after(0, Err(unavailable(&address))), after(0, Ok(tileset))]);
    world.frame(&close_up());
    let (_, status) = world.frame(&close_up());
    assert!(!status.complete && status.failed_count == 1 && status.next_retry_at_secs.is_some());
    let (drawn, _) = world.settle(&close_up());
    assert_eq!(drawn.len(), 4);
}
