//! What must hold in every frame of any flight over any tree with any network: properties over random worlds.

use std::collections::BTreeSet;

use glam::DVec3;
use proptest::prelude::*;

use super::fixtures::{Dice, Quad, World, after, look, square_glb, unavailable, url};
use crate::fetch::FetchError;
use crate::stream::{Eye, SelectionSettings, StreamSettings, TileId, TileState, TileTree, View, select};

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
        let trouble = if troubles { dice.below(12) } else { 12 };
        let script = match trouble {
            0 => vec![after(latency, Err(FetchError::NotFound { url: address.clone() }))],
            1 => vec![after(latency, Ok(good.get(..good.len() / 2).unwrap_or_default().to_vec()))],
            2 => vec![after(latency, Err(unavailable(&address))), after(latency, Ok(good))],
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

/// Every visible chain is drawn exactly once as soon as the root is ready, and never twice.
fn assert_no_holes_no_doubles(world: &World, drawn: &[TileId], view: &View) {
    let Some(tree) = world.streamer.tree(0) else { return };
    let drawn_tiles: BTreeSet<u32> = drawn.iter().map(|id| id.tile).collect();
    assert_eq!(drawn_tiles.len(), drawn.len(), "a tile is drawn twice: {drawn:?}");
    let root_ready = world.sink.alive.contains_key(&TileId { tileset: 0, tile: 0 });
    for chain in visible_chains(tree, view) {
        let times = chain.iter().filter(|tile| drawn_tiles.contains(tile)).count();
        assert!(times <= 1, "a double: chain {chain:?} in {drawn_tiles:?}");
        assert!(times == 1 || !root_ready, "a hole: chain {chain:?} in {drawn_tiles:?}");
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
        let state = |id: TileId| if ready.contains(&id.tile) { TileState::Ready } else { TileState::Unloaded };
        let mut load = select(&tree, &random_view(&mut dice), &SelectionSettings::default(), &state).load;
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
