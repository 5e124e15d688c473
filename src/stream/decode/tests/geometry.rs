//! Shapes: modes, index types, quantization, hierarchy, orientation, materials.

use std::f64::consts::FRAC_1_SQRT_2;

use expect_test::{Expect, expect};
use glam::{DVec3, Vec3};
use serde_json::{Value, json};

use super::{decode, summary};
use crate::stream::tests::fixtures::{GlbBuilder, square_glb};

/// Five points of a strip in the plane, y up.
const STRIP: [[f32; 3]; 5] = [[0., 0., 0.], [0., 1., 0.], [1., 0., 0.], [1., 1., 0.], [2., 0., 0.]];

fn check(bytes: Vec<u8>, expected: Expect) {
    expected.assert_eq(&match decode(bytes) {
        Ok(decoded) => summary(&decoded),
        Err(error) => error.to_string(),
    });
}

/// One primitive of [`STRIP`] with a mode and indices of a component type.
fn strip(mode: u32, indices: Option<(&[u8], u32, usize)>) -> Vec<u8> {
    let mut builder = GlbBuilder::default();
    let position = builder.vec3(&STRIP);
    let mut primitive = json!({"attributes": {"POSITION": position}, "mode": mode});
    if let Some((bytes, component, count)) = indices {
        primitive["indices"] = json!(builder.accessor(bytes, component, "SCALAR", count));
    }
    builder.finish(json!({"nodes": [{"mesh": 0}], "meshes": [{"primitives": [primitive]}]}))
}

#[test]
fn colours_of_vertices_and_both_sides_are_taken_and_transparency_is_named() {
    let mut builder = GlbBuilder::default();
    let position = builder.vec3(&STRIP);
    let colours: Vec<u8> = (0..5).flat_map(|vertex| [vertex * 50, 0, 255, 255]).collect();
    let colour = builder.accessor(&colours, 5121, "VEC4", 5);
    builder.normalized();
    let decoded = decode(builder.finish(json!({
        "nodes": [{"mesh": 0}],
        "materials": [{"doubleSided": true, "alphaMode": "BLEND"}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": position, "COLOR_0": colour}, "material": 0}]}],
    })))
    .expect("a mesh");
    let mesh = &decoded.content.meshes[0];
    assert!(mesh.double_sided);
    assert_eq!(mesh.colors[3], [150, 0, 255, 255]);
    assert_eq!(decoded.content.not_understood, ["transparency"]);
    assert!(!decode(square_glb(2.0, 1)).expect("a mesh").content.meshes[0].double_sided);
}

#[test]
fn y_up_becomes_z_up() {
    check(
        square_glb(2.0, 1),
        expect![[r#"
        Ground 4 vertices [0, 1, 2, 0, 2, 3] at [0, 0, 0] box [-2, -2, 0] [2, 2, 0]
    "#]],
    );
}

#[test]
fn strips_fans_and_lists_become_triangles_of_the_same_side() {
    for (mode, name) in [(4, "list"), (5, "strip"), (6, "fan")] {
        let decoded = decode(strip(mode, None)).expect("a mesh");
        let mesh = &decoded.content.meshes[0];
        for triangle in mesh.indices.chunks_exact(3) {
            let corner = |k: usize| Vec3::from_array(mesh.positions[triangle[k] as usize]);
            let normal = (corner(1) - corner(0)).cross(corner(2) - corner(0));
            assert!(mode == 6 || normal.y > 0.0, "{name} {triangle:?} {normal}");
        }
    }
    check(
        strip(4, None),
        expect![[r#"
        Other { color: [255, 255, 255, 255] } 5 vertices [0, 1, 2] at [0, 0, 0] box [0, 0, 0] [2, 0, 1]
    "#]],
    );
    check(
        strip(5, None),
        expect![[r#"
        Other { color: [255, 255, 255, 255] } 5 vertices [0, 1, 2, 1, 3, 2, 2, 3, 4] at [0, 0, 0] box [0, 0, 0] [2, 0, 1]
    "#]],
    );
    check(
        strip(6, None),
        expect![[r#"
        Other { color: [255, 255, 255, 255] } 5 vertices [0, 1, 2, 0, 2, 3, 0, 3, 4] at [0, 0, 0] box [0, 0, 0] [2, 0, 1]
    "#]],
    );
    check(
        strip(0, None),
        expect![[r#"
        not understood: points
    "#]],
    );
    check(
        strip(3, None),
        expect![[r#"
        not understood: lines
    "#]],
    );
}

#[test]
fn indices_of_all_sizes_are_read_and_wrong_ones_refused() {
    check(
        strip(4, Some((&[0, 1, 2], 5121, 3))),
        expect![[r#"
        Other { color: [255, 255, 255, 255] } 5 vertices [0, 1, 2] at [0, 0, 0] box [0, 0, 0] [2, 0, 1]
    "#]],
    );
    check(
        strip(4, Some((&[0, 0, 4, 0, 2, 0], 5123, 3))),
        expect![[r#"
        Other { color: [255, 255, 255, 255] } 5 vertices [0, 4, 2] at [0, 0, 0] box [0, 0, 0] [2, 0, 1]
    "#]],
    );
    check(
        strip(4, Some((&[0, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0], 5125, 3))),
        expect![[r#"
        Other { color: [255, 255, 255, 255] } 5 vertices [0, 1, 3] at [0, 0, 0] box [0, 0, 0] [2, 0, 1]
    "#]],
    );
    check(strip(4, Some((&[0, 1, 5], 5121, 3))), expect!["vertex 5 does not exist"]);
    check(strip(4, Some((&[0, 1, 2], 5121, 4))), expect!["the file ends early or a length in it is wrong: accessor"]);
    check(strip(4, Some((&[0, 0, 0, 0], 5126, 1))), expect!["indices has a type that does not fit"]);
}

/// A quantized triangle below two nodes with a far translation.
fn quantized() -> Vec<u8> {
    let mut builder = GlbBuilder::default();
    let corners: Vec<u8> =
        [[0_u16, 0, 0], [65535, 0, 0], [0, 65535, 0]].concat().iter().flat_map(|n| n.to_le_bytes()).collect();
    let position = builder.accessor(&corners, 5123, "VEC3", 3);
    let normal = builder.accessor(&[0, 0, 127, 0, 0, 127, 0, 0, 127], 5120, "VEC3", 3);
    builder.normalized();
    let color = builder.accessor(&[255, 0, 128, 0, 255, 0, 255, 255, 0], 5121, "VEC3", 3);
    builder.normalized();
    let attributes = json!({"POSITION": position, "NORMAL": normal, "COLOR_0": color});
    let step = 100.0 / 65535.0;
    builder.finish(json!({
        "extensionsUsed": ["KHR_mesh_quantization"],
        "extensionsRequired": ["KHR_mesh_quantization"],
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        // 4177123.4567 is not an f32: the next ones are half a metre apart.
        "nodes": [
            {"translation": [4177123.4567, 0, 0], "children": [1]},
            {"scale": [step, step, -step], "rotation": [0, 0, FRAC_1_SQRT_2, FRAC_1_SQRT_2], "mesh": 0},
        ],
        "materials": [{"name": "roof"}],
        "meshes": [{"primitives": [{"attributes": attributes, "material": 0}]}],
    }))
}

#[test]
fn quantized_content_under_a_hierarchy_keeps_its_place_to_the_millimetre() {
    let decoded = decode(quantized()).expect("a mesh");
    let mesh = &decoded.content.meshes[0];
    let at = |vertex: usize| mesh.ecef_from_mesh.transform_point3(Vec3::from_array(mesh.positions[vertex]).as_dvec3());
    // x turns to y by the node, y to z by the axes; the mirrored scale turns the triangle round.
    assert!(at(0).distance(DVec3::new(4_177_123.456_7, 0.0, 0.0)) < 1e-3, "{}", at(0));
    assert!(at(1).distance(DVec3::new(4_177_123.456_7, 0.0, 100.0)) < 1e-3, "{}", at(1));
    assert!(at(2).distance(DVec3::new(4_177_023.456_7, 0.0, 0.0)) < 1e-3, "{}", at(2));
    assert_eq!(mesh.indices, [0, 2, 1]);
    let normal = Vec3::from_array(mesh.normals[0]);
    assert!(normal.distance(Vec3::Y) < 1e-6, "{normal}");
    assert_eq!(mesh.colors, [[255, 0, 128, 255], [0, 255, 0, 255], [255, 255, 0, 255]]);
}

fn with_root(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut builder = GlbBuilder::default();
    let position = builder.vec3(&STRIP[..3]);
    let mut json = json!({
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": position}, "material": 0}]}],
        "materials": [{"name": "wall"}],
    });
    change(&mut json);
    builder.finish(json)
}

#[test]
fn materials_give_class_or_colour() {
    check(
        with_root(|_| {}),
        expect![[r#"
        Wall 3 vertices [0, 1, 2] at [0, 0, 0] box [0, 0, 0] [1, 0, 1]
    "#]],
    );
    check(
        with_root(|json| {
            let look = json!({"baseColorFactor": [1.0, 0.2140, 0.0, 0.5], "baseColorTexture": {"index": 0}});
            json["materials"] = json!([{"pbrMetallicRoughness": look}]);
            json["textures"] = json!([{"source": 0}]);
        }),
        expect![[r#"
            Other { color: [255, 127, 0, 128] } 3 vertices [0, 1, 2] at [0, 0, 0] box [0, 0, 0] [1, 0, 1]
            not understood: textures
        "#]],
    );
}

#[test]
fn what_stands_in_the_way_is_named() {
    for extension in ["KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_texture_basisu"] {
        let error = decode(with_root(|json| json["extensionsRequired"] = json!([extension]))).expect_err("an error");
        assert_eq!(error.to_string(), format!("required extension {extension} is not understood"));
    }
    check(
        with_root(|json| json["extensionsUsed"] = json!(["EXT_new"])),
        expect![[r#"
        Wall 3 vertices [0, 1, 2] at [0, 0, 0] box [0, 0, 0] [1, 0, 1]
        not understood: EXT_new
    "#]],
    );
    check(with_root(|json| json["nodes"] = json!([{"children": [1]}, {"children": [0], "mesh": 0}])), expect![[r#""#]]);
    check(with_root(|json| json["scenes"] = json!([{"nodes": [7]}])), expect!["node 7 does not exist"]);
    check(
        with_root(|json| json["scenes"] = json!([{"nodes": [0]}])),
        expect![[r#"
        Wall 3 vertices [0, 1, 2] at [0, 0, 0] box [0, 0, 0] [1, 0, 1]
    "#]],
    );
    let circle = json!([{"children": [1]}, {"children": [0], "mesh": 0}]);
    check(
        with_root(|json| {
            json["nodes"] = circle;
            json["scenes"] = json!([{"nodes": [0]}]);
        }),
        expect!["glTF nodes are nested too deep"],
    );
}
