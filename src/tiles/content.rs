//! A tile's content: some buildings' faces and values → one glb.

use super::building::{Face, FaceClass};
use super::glb::{GlbBuilder, GridFrame, MaterialIndex, Primitive};
use super::mesh::Triangles;
use super::schema::Schema;
use crate::geo::Bounds3;
use crate::privacy::ReleasedValue;

/// Linear base colours: terracotta roofs and light plaster, for viewers that bring no colours of their own.
const ROOF_COLOR: [f32; 3] = [0.56, 0.31, 0.23];
const WALL_COLOR: [f32; 3] = [0.8, 0.76, 0.69];

/// One building as it is drawn in one tile.
#[derive(Clone, Debug)]
pub(super) struct Feature<'a> {
    pub id: &'a str,
    pub values: &'a [Option<ReleasedValue>],
    pub faces: &'a [Face],
}

/// A finished content.
#[derive(Clone, Debug)]
pub(super) struct Content {
    pub glb: Vec<u8>,
    pub triangles: u64,
    /// Holds everything that the content draws, local metres.
    pub bounds: Bounds3,
}

/// Writes the content of a tile, features in the given order. `None` where nothing of them can be drawn.
pub(super) fn content(features: &[Feature<'_>], schema: &Schema, copyright: &str, max_error_m: f64) -> Option<Content> {
    let drawn = || features.iter().flat_map(|feature| feature.faces).filter(|face| face.class != FaceClass::Ground);
    let source = drawn().fold(Bounds3::EMPTY, |bounds, face| bounds.union(face.polygon.bounds()));
    let frame = GridFrame::around(source, max_error_m);
    let mut glb = GlbBuilder::new(frame, copyright);
    let mut triangles = 0;
    let mut bounds = Bounds3::EMPTY;
    for (class, name, color) in [(FaceClass::Roof, "roof", ROOF_COLOR), (FaceClass::Wall, "wall", WALL_COLOR)] {
        let mesh = triangles_of(features, class, &frame);
        if mesh.triangles.is_empty() {
            continue;
        }
        triangles += mesh.triangles.len() as u64;
        bounds = mesh.positions.iter().copied().fold(bounds, Bounds3::with);
        let material = glb.material(name, color);
        add_primitive(&mut glb, &mesh, material);
    }
    if triangles == 0 {
        return None;
    }
    let rows: Vec<_> = features.iter().map(|feature| (feature.id, feature.values)).collect();
    glb.property_table(schema.table(&rows));
    Some(Content { glb: glb.finish(), triangles, bounds })
}

fn triangles_of(features: &[Feature<'_>], class: FaceClass, frame: &GridFrame) -> Triangles {
    let mut mesh = Triangles::default();
    for (row, feature) in features.iter().enumerate() {
        mesh.add(feature.faces.iter().filter(|face| face.class == class), row as u32, frame);
    }
    mesh
}

fn add_primitive(glb: &mut GlbBuilder, mesh: &Triangles, material: MaterialIndex) {
    let part = Primitive {
        positions: glb.add_positions_quantized(&mesh.positions),
        normals: Some(glb.add_normals(&mesh.normals)),
        feature_ids: Some(glb.add_feature_ids(&mesh.rows)),
        indices: glb.add_indices(&mesh.triangles),
        material,
    };
    glb.primitive(part);
}
