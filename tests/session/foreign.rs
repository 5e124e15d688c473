//! A tileset that others made: b3dm of 3D Tiles 1.0 with a batch table, beside contents that nobody here understands.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use stadtzwilling::geo::{EastNorthUp, Geodetic};

use crate::picture::Part;
use crate::{open_at, sample};

#[test]
fn a_tileset_of_others_opens_and_answers_a_click() {
    let tileset = write_tileset(&sample::FOLDER.join("foreign"));
    let Some(mut session) = open_at(&tileset, &[]) else { return };
    let program = &mut session.program;
    let before = program.look("foreign");
    program.click([640.0, 360.0]);
    program.look("foreign-house");
    assert_eq!(program.state["selected"], json!({ "building": "" }), "its features have no ids");
    // Every property as it is.
    for line in ["name: Speicher 7", "height: 30.50", "storeys: 9", "listed: yes"] {
        assert!(program.panel().contains(line), "{line} is not in the panel:\n{}", program.panel());
    }
    assert!(program.draws("Speicher 7"));
    let around = Part::around([640.0, 360.0], 20);
    let changed = program.picture().differing(&before, 24).into_iter().filter(|pixel| around.holds(*pixel)).count();
    assert!(changed > 1000, "{changed} pixels show that it is selected");
    for name in ["pnts (point clouds)", "i3dm (instanced models)"] {
        assert!(program.draws(name), "{name} is not named on the screen");
    }
    assert!(program.draws("© Hafenamt"));
    assert_eq!(program.state["failed"], 0, "what is not understood is no fault");
    program.click([640.0, 40.0]);
    assert!(program.state["selected"].is_null());
}

/// A block of 40 by 40 metres and 30.5 metres high, with a point cloud and instanced models beside it.
fn write_tileset(folder: &Path) -> PathBuf {
    std::fs::create_dir_all(folder).expect("a folder for the tileset");
    let origin = Geodetic { lon_deg: 9.99, lat_deg: 53.54, height_m: 45.0 };
    let volume = json!({ "box": [0, 0, 15, 40, 0, 0, 0, 40, 0, 0, 0, 16] });
    let child = |uri: &str| json!({ "boundingVolume": volume, "geometricError": 0, "content": { "uri": uri } });
    let tileset = json!({
        "asset": { "version": "1.0", "copyright": "Hafenamt" },
        "geometricError": 100,
        "root": {
            "transform": EastNorthUp::at(origin).ecef_from_local.to_cols_array(),
            "boundingVolume": volume,
            "geometricError": 50,
            "refine": "ADD",
            "content": { "url": "block.b3dm" },
            "children": [child("cloud.pnts"), child("lamps.i3dm")],
        },
    });
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).expect("a file of the tileset");
    write("tileset.json", tileset.to_string().as_bytes());
    write("block.b3dm", &b3dm(&block()));
    write("cloud.pnts", b"pnts\x01\0\0\0");
    write("lamps.i3dm", b"i3dm\x01\0\0\0");
    folder.join("tileset.json")
}

/// A batched model (3D Tiles 1.0, Batched 3D Model): header, feature table, batch table, glb.
fn b3dm(glb: &[u8]) -> Vec<u8> {
    let padded = |value: Value| {
        let mut text = value.to_string().into_bytes();
        text.resize(text.len().next_multiple_of(8), b' ');
        text
    };
    let features = padded(json!({ "BATCH_LENGTH": 1 }));
    let batch = json!({ "name": ["Speicher 7"], "height": [30.5], "storeys": [9], "listed": [true] });
    let batch = padded(batch);
    let total = 28 + features.len() + batch.len() + glb.len();
    let mut bytes = b"b3dm".to_vec();
    for number in [1, total, features.len(), 0, batch.len(), 0] {
        bytes.extend((number as u32).to_le_bytes());
    }
    [bytes, features, batch, glb.to_vec()].concat()
}

/// The block as a glb: y is up, each vertex says whose it is.
fn block() -> Vec<u8> {
    let corner = |number: u16| {
        let bit = |place: u16| f32::from((number >> place) & 1);
        [bit(0) * 40.0 - 20.0, bit(2) * 30.5, 20.0 - bit(1) * 40.0]
    };
    let positions: Vec<u8> = (0..8).flat_map(corner).flat_map(f32::to_le_bytes).collect();
    let ids = [0f32; 8].map(f32::to_le_bytes).concat();
    let quads: [[u16; 4]; 6] = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
    let indices: Vec<u8> =
        quads.iter().flat_map(|[a, b, c, d]| [*a, *b, *c, *a, *c, *d]).flat_map(u16::to_le_bytes).collect();
    let binary = [positions, ids, indices].concat();
    let view = |offset: usize, length: usize| json!({ "buffer": 0, "byteOffset": offset, "byteLength": length });
    let json = json!({
        "asset": { "version": "2.0" },
        "buffers": [{ "byteLength": binary.len() }],
        "bufferViews": [view(0, 96), view(96, 32), view(128, 72)],
        "accessors": [
            { "bufferView": 0, "componentType": 5126, "type": "VEC3", "count": 8, "min": [-20, 0, -20], "max": [20, 30.5, 20] },
            { "bufferView": 1, "componentType": 5126, "type": "SCALAR", "count": 8 },
            { "bufferView": 2, "componentType": 5123, "type": "SCALAR", "count": 36 },
        ],
        "meshes": [{ "primitives": [{ "attributes": { "POSITION": 0, "_BATCHID": 1 }, "indices": 2 }] }],
        "nodes": [{ "mesh": 0 }],
        "scenes": [{ "nodes": [0] }],
        "scene": 0,
    });
    glb(&json, &binary)
}

/// Chunks with their header (glTF 2.0 § 4.4).
fn glb(json: &Value, binary: &[u8]) -> Vec<u8> {
    let mut text = json.to_string().into_bytes();
    text.resize(text.len().next_multiple_of(8), b' ');
    let total = 12 + 8 + text.len() + 8 + binary.len();
    let word = |number: usize| (number as u32).to_le_bytes().to_vec();
    let header = [b"glTF".to_vec(), word(2), word(total)].concat();
    [header, word(text.len()), b"JSON".to_vec(), text, word(binary.len()), b"BIN\0".to_vec(), binary.to_vec()].concat()
}
