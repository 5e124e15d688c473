//! Picking against a search through all triangles, also while tiles change levels, and the ground below a point.

use std::collections::BTreeSet;

use glam::{DMat4, DVec3, Vec3};
use proptest::prelude::*;

use super::fixtures::{Dice, Quad, World, after, frame, look, square_glb_at, url};
use crate::geo::{Bounds3, Ecef};
use crate::stream::bvh::Ray;
use crate::stream::{
    Bvh, BvhBuilder, Mesh, MeshClass, Pickable, StreamSettings, TileContent, TileId, clearance_m, pick,
};

fn mesh_of(positions: Vec<[f32; 3]>, indices: Vec<u32>, class: MeshClass, shift: DVec3) -> Mesh {
    Mesh {
        class,
        ecef_from_mesh: frame().ecef_from_local * DMat4::from_translation(shift),
        bounds: Bounds3::of(positions.iter().map(|point| Vec3::from_array(*point).as_dvec3())),
        features: (0..positions.len() as u32).map(|vertex| vertex / 3).collect(),
        normals: Vec::new(),
        colors: Vec::new(),
        positions,
        indices,
        double_sided: false,
    }
}

fn tree_of(mesh: &Mesh) -> Bvh {
    let mut builder = BvhBuilder::new(mesh);
    // In slices of one node.
    while !builder.step(&mut || false) {}
    builder.finish()
}

fn random_mesh(dice: &mut Dice, triangles: u64) -> Mesh {
    let mut positions = Vec::new();
    for _ in 0..triangles {
        let middle = Vec3::from_array([0; 3].map(|_| dice.between(-50.0, 50.0) as f32));
        for _ in 0..3 {
            positions.push((middle + Vec3::from_array([0; 3].map(|_| dice.between(-6.0, 6.0) as f32))).to_array());
        }
    }
    let indices = (0..positions.len() as u32).collect();
    let shift = DVec3::new(dice.between(-30_000.0, 30_000.0), dice.between(-30_000.0, 30_000.0), 0.0);
    mesh_of(positions, indices, MeshClass::Wall, shift)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn picking_finds_what_a_search_through_all_triangles_finds(seed: u64, triangles in 0_u64..400) {
        let mut dice = Dice(seed);
        let mesh = random_mesh(&mut dice, triangles);
        let tree = tree_of(&mesh);
        for _ in 0..40 {
            let from = DVec3::from_array([0; 3].map(|_| dice.between(-120.0, 120.0)));
            let to = DVec3::from_array([0; 3].map(|_| dice.between(-40.0, 40.0)));
            let origin = mesh.ecef_from_mesh.transform_point3(from);
            let direction = mesh.ecef_from_mesh.transform_vector3(to - from).normalize();
            let back = mesh.ecef_from_mesh.inverse();
            let ray = Ray { origin: back.transform_point3(origin), direction: back.transform_vector3(direction) };
            let all = (0..triangles as u32).filter_map(|triangle| ray.meets_triangle(&mesh, triangle));
            let nearest = all.min_by(|a, b| a.t.total_cmp(&b.t).then(a.triangle.cmp(&b.triangle)));
            prop_assert_eq!(tree.cast(&mesh, origin, direction, f64::INFINITY), nearest);
        }
    }
}

/// A square of 2 by 2 metres at a height, as two triangles with features 0 and 1.
fn square(height: f32, class: MeshClass, shift: DVec3) -> TileContent {
    let [a, b, c, d] = [[-1., -1., height], [1., -1., height], [1., 1., height], [-1., 1., height]];
    let mesh = mesh_of(vec![a, b, c, a, c, d], (0..6).collect(), class, shift);
    TileContent { meshes: vec![mesh], ..TileContent::default() }
}

#[test]
fn the_nearest_of_two_tiles_wins_and_no_ray_slips_between_them() {
    let contents =
        [square(0.0, MeshClass::Ground, DVec3::ZERO), square(0.0, MeshClass::Roof, DVec3::new(2.0, 0.0, 0.0))];
    let trees: Vec<[Bvh; 1]> = contents.iter().map(|content| [tree_of(&content.meshes[0])]).collect();
    let drawn = || {
        contents.iter().zip(&trees).enumerate().map(|(tile, (content, bvhs))| Pickable {
            tile: TileId { tileset: 0, tile: tile as u32 },
            content,
            bvhs,
        })
    };
    let frame = frame();
    let down = frame.ecef_from_local.transform_vector3(-DVec3::Z);
    let hit_at = |x: f64, y: f64| pick(frame.ecef(DVec3::new(x, y, 100.0)).0, down, drawn());
    assert_eq!(hit_at(0.5, 0.2).map(|hit| (hit.tile.tile, hit.triangle, hit.feature)), Some((0, 0, Some(0))));
    assert_eq!(hit_at(2.0, 0.5).map(|hit| (hit.tile.tile, hit.triangle, hit.feature)), Some((1, 1, Some(1))));
    assert_eq!(hit_at(4.0, 0.0), None);
    for step in 0..=1000 {
        // Along the border of the tiles and along the diagonal between two triangles.
        let along = -1.0 + f64::from(step) * 0.002;
        assert!(hit_at(1.0, along).is_some(), "{along}");
        assert!(hit_at(along, along).is_some(), "{along}");
    }
    let hit = hit_at(0.5, 0.2).expect("a hit");
    assert!((hit.distance_m - 100.0).abs() < 1e-6);
    assert!(frame.local(Ecef(hit.point_ecef)).distance(DVec3::new(0.5, 0.2, 0.0)) < 1e-6);
}

#[test]
fn clearance_is_measured_to_the_classes_that_count() {
    let contents = [square(0.0, MeshClass::Ground, DVec3::ZERO), square(12.0, MeshClass::Roof, DVec3::ZERO)];
    let trees: Vec<[Bvh; 1]> = contents.iter().map(|content| [tree_of(&content.meshes[0])]).collect();
    let drawn = || {
        let tile = TileId { tileset: 0, tile: 0 };
        contents.iter().zip(&trees).map(move |(content, bvhs)| Pickable { tile, content, bvhs })
    };
    let up = frame().ecef_from_local.transform_vector3(DVec3::Z);
    let above = |height: f64, counts: &dyn Fn(MeshClass) -> bool| {
        let point = frame().ecef(DVec3::new(0.3, 0.1, height)).0;
        clearance_m(point, up, 5.0, drawn(), counts).map(|clearance| (clearance * 1e6).round() / 1e6)
    };
    assert_eq!(above(20.0, &|_| true), Some(8.0));
    assert_eq!(above(20.0, &|class| class == MeshClass::Ground), Some(20.0));
    // Under the ground, but not farther than the search goes up.
    assert_eq!(above(-3.0, &|_| true), Some(-3.0));
    assert_eq!(above(-7.0, &|_| true), None);
}

/// How many levels a tile stands below the root.
fn depth(quad: &Quad) -> usize {
    quad.name.len() - 1
}

/// Each level lies a little higher than the one above it, so that a ray tells which one it met.
fn height_m(quad: &Quad) -> f64 {
    depth(quad) as f64 * 0.5
}

/// A world of such tiles, which come late and do not all find room.
fn world_of_steps(dice: &mut Dice, quad: &Quad) -> World {
    let budget_bytes = if dice.below(2) == 0 { 1 << 30 } else { 30 * 1024 };
    let settings = StreamSettings { budget_bytes, max_in_flight: 6, ..StreamSettings::default() };
    let world = World::of(quad, settings);
    for tile in quad.all() {
        let place = [tile.x, tile.y, height_m(tile)].map(|number| number as f32);
        let glb = square_glb_at(place, tile.half as f32, 8);
        world.fetch.script(&url(&format!("{}.glb", tile.name)), [after(dice.below(9) as u32, Ok(glb))]);
    }
    world
}

/// The drawn tile that a ray meets first, and where: by arithmetic on the squares that the world was made of.
fn first_met(tiles: &[&Quad], drawn: &[TileId], from: DVec3, to: DVec3) -> Option<(TileId, DVec3)> {
    let met = drawn.iter().filter_map(|id| {
        let tile = tiles[id.tile as usize];
        let way = (height_m(tile) - from.z) / (to.z - from.z);
        let at = from.lerp(to, way);
        let is_on = (at.x - tile.x).abs() <= tile.half && (at.y - tile.y).abs() <= tile.half;
        (way > 0.0 && is_on).then_some((*id, at, way))
    });
    met.min_by(|a, b| a.2.total_cmp(&b.2)).map(|(id, at, _)| (id, at))
}

#[test]
fn the_streamer_picks_what_is_drawn_while_tiles_change_levels() {
    let quad = Quad::grow("r", [0.0, 0.0, 1024.0], 0, &mut |_, depth| depth < 3);
    let tiles = quad.all();
    let (mut depths, mut changes, mut mixed) = (BTreeSet::new(), 0, 0);
    for seed in 0..12 {
        let mut dice = Dice(seed);
        let mut world = world_of_steps(&mut dice, &quad);
        let (mut from, mut before) = (DVec3::ZERO, Vec::new());
        for number in 0..60 {
            if number % 15 == 0 {
                let height_m = 2_f64.powf(dice.between(6.0, 12.0));
                from = DVec3::new(dice.between(-800.0, 800.0), dice.between(-800.0, 800.0), height_m);
            }
            let view = look(from, DVec3::new(from.x * 0.5, from.y * 0.5 + 1.0, 0.0));
            let mut work = dice.below(40);
            let mut slice = || {
                work = work.saturating_sub(1);
                work > 0
            };
            let (drawn, _) = world.frame_with(&view, &mut slice);
            changes += usize::from(drawn != before);
            mixed +=
                usize::from(drawn.iter().map(|id| depth(tiles[id.tile as usize])).collect::<BTreeSet<_>>().len() > 1);
            for _ in 0..10 {
                let to = DVec3::new(dice.between(-1100.0, 1100.0), dice.between(-1100.0, 1100.0), 0.0);
                let hit = world.streamer.pick(view.eye_ecef, frame().ecef(to).0 - view.eye_ecef);
                let expected = first_met(&tiles, &drawn, from, to);
                assert_eq!(hit.map(|hit| hit.tile), expected.map(|(id, _)| id), "frame {number} of world {seed}");
                let Some((hit, (id, at))) = hit.zip(expected) else { continue };
                assert!(frame().local(Ecef(hit.point_ecef)).distance(at) < 1e-6);
                depths.insert(depth(tiles[id.tile as usize]));
            }
            before = drawn;
        }
    }
    assert_eq!(depths, BTreeSet::from([0, 1, 2, 3]), "tiles of every level were met");
    assert!(changes > 60 && mixed > 20, "levels changed in {changes} frames and stood beside each other in {mixed}");
}
