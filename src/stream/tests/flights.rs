//! What must hold in every frame of any flight over any tree with any network: properties over random worlds.

use std::collections::BTreeSet;

use glam::DVec3;
use proptest::prelude::*;

use super::fixtures::{Dice, Quad, World, after, look, square_glb, unavailable, url};
use crate::fetch::FetchError;
use crate::stream::{
    Eye, LOST_AFTER, Prospect, SelectionSettings, StreamSettings, TileId, TileState, TileTree, View, select,
};

/// A random tree of up to five levels.
fn random_tree(dice: &mut Dice) -> Quad {
    Quad::grow("r", [0.0, 0.0, 1024.0], 0, &mut |_, depth| depth < 1 || (depth < 4 && dice.below(10) < 4))
}

/// A world whose files come late, fail for a while, for ever, or are broken, in a part of all tiles.
fn random_world(dice: &mut Dice, quad: &Quad, troubles: bool, settings: StreamSettings) -> World {
    let world = World::of(quad, settings);
    for tile in quad.all() {
        let address = url(&format!("{}.glb", tile.name));
        let good = square_glb(tile.half as f32, 1 + dice.below(30) as usize);
        let latency = dice.below(6) as u32;
        let trouble = if troubles { dice.below(13) } else { 13 };
        let script = match trouble {
            0 => vec![after(latency, Err(FetchError::NotFound { url: address.clone() }))],
            1 => vec![after(latency, Ok(good.get(..good.len() / 2).unwrap_or_default().to_vec()))],
            2 => vec![after(latency, Err(unavailable(&address))), after(latency, Ok(good))],
            3 => vec![after(latency, Err(unavailable(&address)))],
            _ => vec![after(latency, Ok(good))],
        };
        world.fetch.script(&address, script);
    }
    world
}

fn random_view(dice: &mut Dice) -> View {
    let height = 2_f64.powf(dice.between(5.0, 13.0));
    let from = DVec3::new(dice.between(-1500.0, 1500.0), dice.between(-1500.0, 1500.0), height);
    let to = DVec3::new(dice.between(-900.0, 900.0), dice.between(-900.0, 900.0), 0.0);
    look(from, to)
}

/// The chains from the root to each leaf, with all of it in the picture.
fn visible_chains(tree: &TileTree, view: &View) -> Vec<Vec<u32>> {
    let (eye, far_m) = (Eye::new(view), SelectionSettings::default().far_m);
    let mut chains = Vec::new();
    let mut open = vec![vec![0_u32]];
    while let Some(chain) = open.pop() {
        let Some(tile) = chain.last().and_then(|last| tree.tile(*last)) else { continue };
        if !eye.sees(&tile.volume, far_m) {
            continue;
        }
        if tile.children.is_empty() {
            chains.push(chain.clone());
        }
        open.extend(tile.children.iter().map(|child| [&chain[..], &[*child]].concat()));
    }
    chains
}

/// Whether a tile will not come, or has failed too often to be waited for.
fn is_lost(state: &TileState) -> bool {
    match state {
        TileState::Failed { attempts, retry_at_secs, .. } => retry_at_secs.is_none() || *attempts >= LOST_AFTER,
        _ => false,
    }
}

/// Every visible chain is drawn exactly once as soon as the root is ready, and never twice. Only where its leaf is lost,
/// or on its way once more after it was, may nothing be drawn.
fn assert_no_holes_no_doubles(world: &World, drawn: &[TileId], view: &View) {
    let Some(tree) = world.streamer.tree(0) else { return };
    let drawn_tiles: BTreeSet<u32> = drawn.iter().map(|id| id.tile).collect();
    assert_eq!(drawn_tiles.len(), drawn.len(), "a tile is drawn twice: {drawn:?}");
    let root_ready = world.sink.alive.contains_key(&TileId { tileset: 0, tile: 0 });
    for chain in visible_chains(tree, view) {
        let times = chain.iter().filter(|tile| drawn_tiles.contains(tile)).count();
        assert!(times <= 1, "a double: chain {chain:?} in {drawn_tiles:?}");
        let leaf = chain.last().map(|leaf| world.streamer.prospect(TileId { tileset: 0, tile: *leaf }));
        let missed = matches!(leaf, Some(Prospect::Lost | Prospect::Gone));
        assert!(times == 1 || !root_ready || missed, "a hole: chain {chain:?} in {drawn_tiles:?}");
    }
}

/// Flies over a random world. Checks every frame, and at the end that nothing is left.
fn fly(seed: u64, troubles: bool, budget_bytes: u64) {
    let mut dice = Dice(seed);
    let quad = random_tree(&mut dice);
    let settings = StreamSettings { budget_bytes, max_in_flight: 1 + dice.below(8) as usize, ..Default::default() };
    let mut world = random_world(&mut dice, &quad, troubles, settings);
    let mut view = random_view(&mut dice);
    for frame in 0..120 {
        if dice.below(8) == 0 || frame == 60 {
            view = random_view(&mut dice);
        }
        let mut work = dice.below(60);
        let mut slice = || {
            work = work.saturating_sub(1);
            work > 0
        };
        let (drawn, status) = world.frame_with(&view, &mut slice);
        assert_no_holes_no_doubles(&world, &drawn, &view);
        assert!(status.bytes_held <= budget_bytes, "{} of {budget_bytes} bytes", status.bytes_held);
        assert!(world.sink.bytes() <= status.bytes_held, "what the sink holds is counted");
        assert_eq!(world.sink.created - world.sink.freed, world.sink.alive.len());
    }
    world.streamer.close(0, &mut world.sink);
    assert!(world.sink.alive.is_empty(), "left in the sink: {:?}", world.sink.alive);
    assert_eq!(world.fetch.in_flight(), 0, "requests left");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_holes_no_doubles(seed: u64, troubles: bool) {
        fly(seed, troubles, 1 << 30);
    }

    #[test]
    fn ancestors_are_asked_for_before_what_is_below_them(seed: u64) {
        let mut dice = Dice(seed);
        let tileset = random_tree(&mut dice).tileset().to_string();
        let tree = TileTree::parse(0, &url("tileset.json"), tileset.as_bytes()).expect("a tileset");
        let ready: BTreeSet<u32> = (0..tree.len() as u32).filter(|_| dice.below(3) == 0).collect();
        let prospect = |id: TileId| if ready.contains(&id.tile) { Prospect::Ready } else { Prospect::Coming };
        let mut load = select(&tree, &random_view(&mut dice), &SelectionSettings::default(), &prospect).load;
        load.sort_by(|a, b| b.1.total_cmp(&a.1));
        let place = |tile: u32| load.iter().position(|(id, _)| id.tile == tile);
        for (own, (id, _)) in load.iter().enumerate() {
            let mut above = tree.tile(id.tile).and_then(|tile| tile.parent);
            while let Some(index) = above {
                prop_assert!(place(index).is_none_or(|place| place < own), "{index} after {}", id.tile);
                above = tree.tile(index).and_then(|tile| tile.parent);
            }
        }
    }

    #[test]
    fn the_cache_stays_under_its_budget(seed: u64, troubles: bool, budget_kib in 4_u64..200) {
        fly(seed, troubles, budget_kib * 1024);
    }
}

/// Comes to rest over a random tree of which one leaf is lost: all other leaves in the picture are drawn in full, the
/// lost one is missed, and the picture counts as complete.
fn rest_without(seed: u64, for_good: bool) {
    let mut dice = Dice(seed);
    let quad = random_tree(&mut dice);
    let world = World::of(&quad, StreamSettings::default());
    let leaves: Vec<&Quad> = quad.all().into_iter().filter(|tile| tile.children.is_empty()).collect();
    let lost = leaves[dice.below(leaves.len() as u64) as usize];
    let address = url(&format!("{}.glb", lost.name));
    let error = if for_good { FetchError::NotFound { url: address.clone() } } else { unavailable(&address) };
    world.fetch.script(&address, [after(0, Err(error))]);
    let mut world = world;
    // Low over the middle, so that every leaf in the picture is asked for.
    let view = look(DVec3::new(0.0, -200.0, 120.0), DVec3::ZERO);
    let (drawn, status) = world.settle(&view);
    let number = quad.all().iter().position(|tile| tile.name == lost.name).expect("it is a tile") as u32;
    let tree = world.streamer.tree(0).expect("it is open");
    let expected: BTreeSet<u32> =
        visible_chains(tree, &view).iter().filter_map(|chain| chain.last().copied()).collect();
    let is: BTreeSet<u32> = drawn.iter().map(|id| id.tile).collect();
    let fine = |leaf: &u32| *leaf != number && is.contains(leaf);
    let coarse: Vec<&u32> = expected.iter().filter(|leaf| **leaf != number && !fine(leaf)).collect();
    let far = |leaf: &&u32| {
        // Far off a leaf's parent may be fine enough by itself.
        let parent = tree.tile(**leaf).and_then(|tile| tile.parent).and_then(|parent| tree.tile(parent));
        let error_px =
            |tile: &crate::stream::Tile| Eye::new(&view).screen_error_px(&tile.volume, tile.geometric_error_m);
        parent.is_some_and(|parent| error_px(parent) <= SelectionSettings::default().max_sse_px)
    };
    assert!(coarse.iter().all(far), "held at a coarser level: {coarse:?} of {is:?}, lost is {number}");
    assert!(!is.contains(&number));
    assert!(status.complete);
    if expected.contains(&number) && world.fetch.started().contains(&address) {
        assert_eq!(status.failed_count, 1, "it is shown among the failures");
        assert_eq!(status.next_retry_at_secs.is_some(), !for_good, "what may come is tried again");
        assert!(for_good || is_lost(&world.streamer.state(TileId { tileset: 0, tile: number })));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_lost_leaf_holds_nobody_back(seed: u64, for_good: bool) {
        rest_without(seed, for_good);
    }
}

#[test]
fn a_sink_that_is_full_gets_coarser_tiles_and_no_holes() {
    let quad = Quad::grow("r", [0.0, 0.0, 1024.0], 0, &mut |_, depth| depth < 4);
    let view = look(DVec3::new(0.0, -900.0, 400.0), DVec3::ZERO);
    let mut world = World::of(&quad, StreamSettings::default());
    world.sink.room = Some(40);
    for _ in 0..200 {
        let (drawn, _) = world.frame(&view);
        assert_no_holes_no_doubles(&world, &drawn, &view);
    }
    let (drawn, status) = world.settle(&view);
    assert!(world.sink.alive.len() <= 40 && !drawn.is_empty());
    assert!(status.coarsening > 1.0);
    // There is room for a view elsewhere: what is not drawn any more goes.
    let away = look(DVec3::new(900.0, 900.0, 60.0), DVec3::new(900.0, 950.0, 0.0));
    let (drawn, _) = world.settle(&away);
    assert_no_holes_no_doubles(&world, &drawn, &away);
}

#[test]
fn what_others_hold_counts_against_the_budget() {
    let quad = Quad::grow("r", [0.0, 0.0, 1024.0], 0, &mut |_, depth| depth < 4);
    let view = look(DVec3::new(0.0, -900.0, 400.0), DVec3::ZERO);
    let (_, status) = World::of(&quad, StreamSettings::default()).settle(&view);
    let budget_bytes = status.bytes_held * 2;
    let mut world = World::of(&quad, StreamSettings { budget_bytes, ..StreamSettings::default() });
    assert_eq!(world.settle(&view).1.coarsening, 1.0);
    // More than half is not given away: there is always a city below the plans.
    world.streamer.reserve(u64::MAX);
    let (drawn, status) = world.settle(&view);
    assert!(status.coarsening > 1.0 && status.bytes_held <= budget_bytes / 2 && !drawn.is_empty());
    world.streamer.reserve(0);
    assert_eq!(world.settle(&view).1.coarsening, 1.0);
}

#[test]
fn a_view_that_asks_for_more_than_the_budget_gets_coarser_tiles_and_comes_to_rest() {
    let quad = Quad::grow("r", [0.0, 0.0, 1024.0], 0, &mut |_, depth| depth < 4);
    let view = look(DVec3::new(0.0, -900.0, 400.0), DVec3::ZERO);
    let mut roomy = World::of(&quad, StreamSettings::default());
    let (finest, status) = roomy.settle(&view);
    assert_eq!(status.coarsening, 1.0);
    let budget_bytes = status.bytes_held / 3;
    let mut tight = World::of(&quad, StreamSettings { budget_bytes, ..StreamSettings::default() });
    let (coarser, status) = tight.settle(&view);
    assert!(status.coarsening > 1.0 && status.bytes_held <= budget_bytes);
    assert!(!coarser.is_empty() && coarser.len() < finest.len());
    // From far away all of it fits: the factor goes back to 1.
    let (_, status) = tight.settle(&look(DVec3::new(0.0, -20_000.0, 20_000.0), DVec3::ZERO));
    assert_eq!(status.coarsening, 1.0);
}

#[test]
fn fly_away_and_back_frees_everything() {
    let quad = Quad::grow("r", [0.0, 0.0, 1024.0], 0, &mut |_, depth| depth < 4);
    let here = look(DVec3::new(-700.0, -900.0, 200.0), DVec3::new(-700.0, -700.0, 0.0));
    let there = look(DVec3::new(700.0, 900.0, 200.0), DVec3::new(700.0, 700.0, 0.0));
    let mut world = World::of(&quad, StreamSettings::default());
    let (drawn, status) = world.settle(&here);
    let start = (world.sink.alive.clone(), status.bytes_held);
    world.settle(&there);
    assert!(world.sink.alive.len() > start.0.len(), "tiles stay for a way back while there is room");
    let (drawn_again, _) = world.settle(&here);
    assert_eq!(drawn_again, drawn);
    world.streamer.trim(&mut world.sink);
    let (_, status) = world.settle(&here);
    assert_eq!((world.sink.alive.clone(), status.bytes_held), start);
    world.streamer.close(0, &mut world.sink);
    let (_, status) = world.settle(&here);
    assert!(world.sink.alive.is_empty());
    assert_eq!((status.bytes_held, status.ready, status.requested), (0, 0, 0));
    assert_eq!(world.sink.created, world.sink.freed);
}
