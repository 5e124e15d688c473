//! b3dm and cmpt, built byte by byte.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::{decode, summary};
use crate::stream::tests::fixtures::{GlbBuilder, square_glb};

/// A b3dm (3D Tiles 1.0, Batched 3D Model).
pub(super) fn b3dm(feature: &Value, batch: &Value, batch_binary: &[u8], glb: &[u8]) -> Vec<u8> {
    let padded = |json: &Value| {
        let mut text = json.to_string().into_bytes();
        text.resize(text.len().next_multiple_of(8), b' ');
        text
    };
    let (feature, batch) = (padded(feature), padded(batch));
    let total = 28 + feature.len() + batch.len() + batch_binary.len() + glb.len();
    let mut bytes = b"b3dm".to_vec();
    for number in [1, total, feature.len(), 0, batch.len(), batch_binary.len()] {
        bytes.extend((number as u32).to_le_bytes());
    }
    [&bytes[..], &feature, &batch, batch_binary, glb].concat()
}

fn cmpt(tiles: &[Vec<u8>]) -> Vec<u8> {
    let inner = tiles.concat();
    let mut bytes = b"cmpt".to_vec();
    for number in [1, 16 + inner.len(), tiles.len()] {
        bytes.extend((number as u32).to_le_bytes());
    }
    [bytes, inner].concat()
}

/// Two triangles with batch ids 1 and 0.
fn batched_glb() -> Vec<u8> {
    let mut builder = GlbBuilder::default();
    let point = |x: f32| [[x, 0., 0.], [x + 1., 0., 0.], [x, 1., 0.]];
    let position = builder.vec3(&[point(0.), point(5.)].concat());
    let ids: Vec<u8> = [1_f32, 1., 1., 0., 0., 0.].iter().flat_map(|id| id.to_le_bytes()).collect();
    let ids = builder.accessor(&ids, 5126, "SCALAR", 6);
    builder.finish(json!({
        "nodes": [{"mesh": 0}],
        "extensions": {"CESIUM_RTC": {"center": [0.25, 0, 0]}},
        "meshes": [{"primitives": [{"attributes": {"POSITION": position, "_BATCHID": ids}}]}],
    }))
}

pub(super) fn batched() -> Vec<u8> {
    let batch = json!({
        "id": ["DEBY_1", "DEBY_2"],
        "storeys": [3, null],
        "height": {"byteOffset": 0, "componentType": "DOUBLE", "type": "SCALAR"},
        "center": {"byteOffset": 16, "componentType": "SHORT", "type": "VEC2"},
        "extensions": {"3DTILES_batch_table_hierarchy": {}},
    });
    let heights = [12.5_f64, -1.0].map(f64::to_le_bytes).concat();
    let centers = [1_i16, 2, -3, 4].map(i16::to_le_bytes).concat();
    let feature = json!({"BATCH_LENGTH": 2, "RTC_CENTER": [4177000.5, 855000.25, 4727000.125]});
    b3dm(&feature, &batch, &[heights, centers].concat(), &batched_glb())
}

fn check(bytes: Vec<u8>, expected: Expect) {
    expected.assert_eq(&match decode(bytes) {
        Ok(decoded) => summary(&decoded),
        Err(error) => error.to_string(),
    });
}

#[test]
fn a_b3dm_has_its_center_and_its_batch_table() {
    check(
        batched(),
        expect![[r#"
        Other { color: [255, 255, 255, 255] } 6 vertices [0, 1, 2, 3, 4, 5] at [4177000.75, 855000.25, 4727000.125] box [0, 0, 0] [6, 0, 1]
          features [1, 1, 1, 0, 0, 0]
        id: [Some(Text("DEBY_1")), Some(Text("DEBY_2"))]
        storeys: [Some(Integer(3)), None]
        height: [Some(Real(12.5)), Some(Real(-1.0))]
        center: [Some(Text("1, 2")), Some(Text("-3, 4"))]
        not understood: 3DTILES_batch_table_hierarchy
    "#]],
    );
}

#[test]
fn the_tiles_of_a_cmpt_share_one_table() {
    let other = b3dm(&json!({"BATCH_LENGTH": 2}), &json!({"name": ["x", "y"]}), &[], &batched_glb());
    let mut points = b"pnts".to_vec();
    points.extend([1_u32, 16, 0].map(u32::to_le_bytes).concat());
    let whole = cmpt(&[batched(), points, cmpt(&[other, square_glb(1.0, 1)])]);
    check(
        whole,
        expect![[r#"
        Other { color: [255, 255, 255, 255] } 6 vertices [0, 1, 2, 3, 4, 5] at [4177000.75, 855000.25, 4727000.125] box [0, 0, 0] [6, 0, 1]
          features [1, 1, 1, 0, 0, 0]
        Other { color: [255, 255, 255, 255] } 6 vertices [0, 1, 2, 3, 4, 5] at [0.25, 0, 0] box [0, 0, 0] [6, 0, 1]
          features [3, 3, 3, 2, 2, 2]
        Ground 4 vertices [0, 1, 2, 0, 2, 3] at [0, 0, 0] box [-1, -1, 0] [1, 1, 0]
        id: [Some(Text("DEBY_1")), Some(Text("DEBY_2"))]
        storeys: [Some(Integer(3)), None]
        height: [Some(Real(12.5)), Some(Real(-1.0))]
        center: [Some(Text("1, 2")), Some(Text("-3, 4"))]
        name: [None, None, Some(Text("x")), Some(Text("y"))]
        not understood: 3DTILES_batch_table_hierarchy, pnts (point clouds)
    "#]],
    );
}

#[test]
fn containers_that_are_broken_are_named() {
    let mut endless = square_glb(1.0, 1);
    for _ in 0..20 {
        endless = cmpt(&[endless]);
    }
    check(endless, expect!["composite tiles are nested too deep"]);
    check(cmpt(&[b"b3dm".to_vec()]), expect!["the file ends early or a length in it is wrong: tile in a cmpt"]);
    check(
        b3dm(&json!({"BATCH_LENGTH": 4_000_000_000_u32}), &json!({}), &[], &batched_glb()),
        expect!["the file ends early or a length in it is wrong: features"],
    );
    check(b"b3dm\x02\0\0\0".to_vec(), expect!["version 2 of b3dm is not understood"]);
    check(b"<html>not found</html>".to_vec(), expect!["no content format that is known (it begins with <htm)"]);
    check(b"{\"asset\": {}}".to_vec(), expect!["glTF with separate files is not understood"]);
    check(Vec::new(), expect!["no content format that is known (it begins with )"]);
}
