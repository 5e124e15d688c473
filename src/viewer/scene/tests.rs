//! The scene without a GPU: what is created is freed, and facets carry their edges.

use glam::{DMat4, Vec3};

use super::*;
use crate::geo::Bounds3;
use crate::stream::Mesh;
use vertex::Shared;

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
        double_sided: false,
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
fn shared_corners_make_the_same_triangles() {
    let flat = cube();
    assert!(shared_corners(&flat).is_none(), "without normals each facet has vertices of its own");
    // Corners that several facets share have one normal for all of them.
    let mut round = cube();
    round.normals = round.positions.iter().map(|p| (Vec3::from(*p) - 5.0).normalize().to_array()).collect();
    for double_sided in [false, true] {
        let mesh = Mesh { double_sided, ..round.clone() };
        let Shared { vertices, indices, flat } = shared_corners(&mesh).expect("it has normals");
        assert!(!flat, "its corners have normals of their own");
        assert_eq!(vertices.len(), if double_sided { 16 } else { 8 });
        let told = |vertex: &Vertex| (vertex.position.map(f32::to_bits), vertex.packed & 0xe0_ffff, vertex.feature);
        let triangles = |vertices: Vec<Vertex>| {
            let mut triangles: Vec<[_; 3]> =
                vertices.chunks(3).map(|c| [told(&c[0]), told(&c[1]), told(&c[2])]).collect();
            triangles.sort_unstable();
            triangles
        };
        let shared = indices.iter().map(|index| vertices[*index as usize]).collect();
        assert_eq!(triangles(shared), triangles(facets(&mesh)));
    }
}

#[test]
fn everything_created_is_freed() {
    let mut scene = Scene::default();
    let content = TileContent { meshes: vec![cube()], ..Default::default() };
    for tile in 0..5 {
        assert!(scene.create_tile(TileId { tileset: 0, tile }, &content, &[]) > Some(0));
    }
    assert!(scene.set_layer_states(LayerId(0), &[FeatureState::Plain; 3]));
    let mesh = OverlayMesh { area_indices: vec![0; 3], ..OverlayMesh::default() };
    scene.create_overlay(OverlayId(1), LayerId(0), mesh);
    assert_eq!((scene.held(), scene.overlay_bytes()), ((5, 1), 12));
    for tile in 0..5 {
        scene.free_tile(TileId { tileset: 0, tile });
    }
    scene.free_overlay(OverlayId(1));
    scene.set_layer_states(LayerId(0), &[]);
    assert_eq!((scene.held(), scene.overlay_bytes()), ((0, 0), 0));
    assert!(scene.runs.is_untouched());
}

#[test]
fn a_tile_for_which_the_palette_has_no_room_is_refused_and_leaves_nothing() {
    let mut scene = Scene::default();
    let mut content = TileContent { meshes: vec![cube()], ..Default::default() };
    content.features.count = palette::WIDTH * palette::ROWS;
    let tile = |tile| TileId { tileset: 0, tile };
    assert!(scene.create_tile(tile(0), &content, &[]).is_some());
    assert_eq!(scene.create_tile(tile(1), &content, &[]), None);
    assert!(!scene.set_layer_states(LayerId(0), &[FeatureState::Plain]));
    assert_eq!(scene.held(), (1, 0));
    scene.free_tile(tile(0));
    assert!(scene.create_tile(tile(1), &content, &[]).is_some());
}

#[test]
fn three_thousand_plans_take_their_place_once_and_not_once_a_tile() {
    let mut scene = Scene::default();
    let states = [FeatureState::Plain; 3000];
    assert!(scene.set_layer_states(LayerId(0), &states));
    for id in 0..1000 {
        scene.create_overlay(OverlayId(id), LayerId(0), OverlayMesh::default());
    }
    assert!(scene.set_layer_states(LayerId(0), &states));
    assert_eq!(scene.held(), (0, 1000));
    assert!(scene.runs.take(palette::WIDTH * palette::ROWS - 3008).is_some());
}

#[test]
fn what_is_seen_from_both_sides_has_a_back_with_its_colours() {
    let mut mesh = cube();
    mesh.class = MeshClass::Other { color: [255; 4] };
    mesh.colors = (0..8).map(|corner| [corner, 0, 0, 255]).collect();
    mesh.double_sided = true;
    let (vertices, colors) = (facets(&mesh), vertex::facet_colors(&mesh));
    assert_eq!((vertices.len(), colors.len()), (72, 72));
    for (facet, colors) in vertices.chunks(6).zip(colors.chunks(6)) {
        let position = |corner: usize| facet[corner].position;
        assert_eq!([position(3), position(4), position(5)], [position(0), position(2), position(1)]);
        assert_eq!([colors[3], colors[4], colors[5]], [colors[0], colors[2], colors[1]]);
        assert_ne!(facet[0].packed & 0xffff, facet[3].packed & 0xffff, "it is lit from the other side");
    }
}
