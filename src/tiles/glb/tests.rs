//! The grid's promises, and the number types that glTF asks for.

use glam::DVec3;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::geo::Bounds3;

fn point(reach_m: f64) -> impl Strategy<Value = DVec3> {
    let axis = move || -reach_m..reach_m;
    (axis(), axis(), axis()).prop_map(|(x, y, z)| DVec3::new(x, y, z))
}

proptest! {
    #[test]
    fn points_of_a_leaf_are_stored_within_7_mm(corner in point(40_000.0), inside in point(250.0)) {
        let bounds = Bounds3 { min: corner - 250.0, max: corner + 250.0 };
        let frame = GridFrame::around(bounds, 0.01);
        prop_assert!(frame.is_quantized());
        prop_assert!(frame.snap(corner + inside).distance(corner + inside) < 0.007);
        // What a reader in single precision makes of it is the very same point.
        let (translation, _, scale) = frame.node();
        let [up, south, east] = frame.stored_u16(corner + inside).map(f32::from);
        let read = [(east, 0), (up, 1), (south, 2)].map(|(stored, axis)| {
            f64::from(stored * scale[axis] as f32 + translation[axis] as f32)
        });
        prop_assert_eq!(DVec3::new(read[0], -read[2], read[1]), frame.snap(corner + inside));
    }

    #[test]
    fn points_of_a_wide_tile_are_floats_where_steps_would_be_too_coarse(inside in point(1_000.0)) {
        let bounds = Bounds3 { min: DVec3::splat(-1_000.0), max: DVec3::splat(1_000.0) };
        let frame = GridFrame::around(bounds, 0.01);
        prop_assert!(!frame.is_quantized());
        prop_assert!(frame.snap(inside).distance(inside) < 0.007);
        let coarse = GridFrame::around(bounds, 0.05);
        prop_assert!(coarse.is_quantized() && coarse.snap(inside).distance(inside) < 0.05);
    }

    #[test]
    fn normals_stay_unit_and_within_half_a_degree(normal in point(1.0)) {
        prop_assume!(normal.length() > 0.1);
        let normal = normal.normalize();
        let [up, south, east, padding] = frame::normal_i8(normal).map(f64::from);
        let stored = DVec3::new(east, -south, up) / 127.0;
        prop_assert_eq!(padding, 0.0);
        // The tolerance of Khronos' validator.
        prop_assert!((stored.length() - 1.0).abs() < 0.006_74, "{}", stored.length());
        prop_assert!(stored.angle_between(normal).to_degrees() < 0.65);
    }
}

/// The JSON of a file with one triangle whose largest index and row are given.
fn one_triangle(largest_index: u32, row: u32) -> Value {
    let frame = GridFrame::around(Bounds3::of([DVec3::ZERO, DVec3::ONE]), 0.01);
    let mut glb = GlbBuilder::new(frame, "nobody");
    let part = Primitive {
        positions: glb.add_positions_quantized(&vec![DVec3::ZERO; largest_index as usize + 1]),
        normals: None,
        feature_ids: Some(glb.add_feature_ids(&vec![row; largest_index as usize + 1])),
        indices: glb.add_indices(&[[0, 1, largest_index]]),
        material: glb.material("ground", [0.5; 3]),
    };
    glb.primitive(part);
    let bytes = glb.finish();
    assert_eq!(bytes.len() % 4, 0);
    serde_json::from_slice(&gltf::Glb::from_slice(&bytes).expect("a container").json).expect("JSON")
}

#[test]
fn numbers_take_the_smallest_type_that_holds_them() {
    let types = |json: &Value| {
        let of = |accessor: &Value| {
            json["accessors"][accessor.as_u64().expect("an index") as usize]["componentType"].clone()
        };
        let primitive = &json["meshes"][0]["primitives"][0];
        (of(&primitive["indices"]), of(&primitive["attributes"]["_FEATURE_ID_0"]))
    };
    assert_eq!(types(&one_triangle(65_534, 255)), (UNSIGNED_SHORT.into(), UNSIGNED_BYTE.into()));
    assert_eq!(types(&one_triangle(65_535, 256)), (UNSIGNED_INT.into(), UNSIGNED_SHORT.into()));
    assert_eq!(types(&one_triangle(2, 65_536)).1, Value::from(FLOAT));
}

#[test]
fn texts_have_the_shortest_offsets() {
    let kind = |length: usize| Column::strings(["x".repeat(length).as_str()]).string_offsets.map(|(_, kind)| kind);
    assert_eq!(
        [kind(0), kind(255), kind(256), kind(65_536)],
        [Some("UINT8"), Some("UINT8"), Some("UINT16"), Some("UINT32")]
    );
}
