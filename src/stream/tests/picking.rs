//! Picking against a search through all triangles, and the ground below a point.

use glam::{DMat4, DVec3, Vec3};
use proptest::prelude::*;

use super::fixtures::{Dice, frame};
use crate::geo::Bounds3;
use crate::stream::bvh::Ray;
use crate::stream::{Bvh, BvhBuilder, Mesh, MeshClass, Pickable, TileContent, TileId, clearance_m, pick};

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
    assert!(frame.local(crate::geo::Ecef(hit.point_ecef)).distance(DVec3::new(0.5, 0.2, 0.0)) < 1e-6);
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
