//! The scene without a GPU: what is created is freed, and facets carry their edges.

use glam::DMat4;

use super::*;
use crate::geo::Bounds3;
use crate::stream::Mesh;

fn cube() -> Mesh {
    let corner = |i: u32| [(i & 1) as f32 * 10.0, ((i >> 1) & 1) as f32 * 10.0, ((i >> 2) & 1) as f32 * 10.0];
    let positions: Vec<[f32; 3]> = (0..8).map(corner).collect();
    let quads = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
    let indices = quads.iter().flat_map(|[a, b, c, d]| [*a, *b, *c, *a, *c, *d]).collect();
    Mesh {
        class: MeshClass::Wall,
        ecef_from_mesh: DMat4::IDENTITY,
        bounds: Bounds3::of(positions.iter().map(|p| glam::Vec3::from(*p).as_dvec3())),
        features: vec![0; positions.len()],
        positions,
        normals: Vec::new(),
        colors: Vec::new(),
        indices,
    }
}

#[test]
fn a_cube_shows_its_twelve_edges_and_no_diagonal() {
    let vertices = facets(&cube());
    assert_eq!(vertices.len(), 36);
    let drawn: u32 = vertices.chunks(3).map(|triangle| ((triangle[0].packed >> 18) & 7).count_ones()).sum();
    assert_eq!(drawn, 24, "each of the twelve edges is seen from both of its faces, the six diagonals from none");
}

#[test]
fn everything_created_is_freed() {
    let mut scene = Scene::default();
    let content = TileContent { meshes: vec![cube()], ..Default::default() };
    for tile in 0..5 {
        assert!(scene.create_tile(TileId { tileset: 0, tile }, &content, &[]) > 0);
    }
    scene.create_overlay(OverlayId(1), OverlayMesh::default(), &[FeatureState::Hidden; 3]);
    assert_eq!(scene.held(), (5, 1));
    for tile in 0..5 {
        scene.free_tile(TileId { tileset: 0, tile });
    }
    scene.free_overlay(OverlayId(1));
    assert_eq!(scene.held(), (0, 0));
    assert!(scene.rows.is_untouched());
}
