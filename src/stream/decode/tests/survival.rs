//! Mutated and truncated files: any outcome but a panic, and no memory that the file does not vouch for.

use serde_json::json;

use super::containers::batched;
use super::decode;
use super::properties::strings;
use crate::stream::tests::fixtures::{Dice, pack_glb, square_glb};

fn survive(good: &[u8], seed: u64, rounds: usize) -> usize {
    let mut dice = Dice(seed);
    let mut decoded = 0;
    for _ in 0..rounds {
        let mut bytes = good.to_vec();
        for _ in 0..=dice.below(6) {
            let place = dice.below(bytes.len() as u64) as usize;
            bytes[place] = match dice.below(4) {
                0 => dice.below(256) as u8,
                1 => 0xFF,
                2 => bytes[place] ^ (1 << dice.below(8)),
                _ => b"0123456789,[]{}\"-"[dice.below(17) as usize],
            };
        }
        if dice.below(4) == 0 {
            bytes.truncate(dice.below(bytes.len() as u64 + 1) as usize);
        }
        if let Ok(whole) = decode(bytes) {
            decoded += 1;
            assert!(whole.bytes() < 64 * good.len() as u64 + 65_536, "{} bytes of {}", whole.bytes(), good.len());
            for (mesh, _) in whole.content.meshes.iter().zip(&whole.bvhs) {
                assert!(mesh.indices.iter().all(|index| (*index as usize) < mesh.positions.len()));
            }
        }
    }
    decoded
}

#[test]
fn any_bytes_are_survived() {
    let ids = json!({"featureCount": 3, "attribute": 0, "propertyTable": 0});
    let files = [square_glb(1.0, 3), batched(), strings().finish(ids)];
    for (seed, file) in files.iter().enumerate() {
        let decoded = survive(file, seed as u64, 6000);
        assert!(decoded > 100, "the mutations leave some files whole: {decoded}");
        for length in 0..file.len() {
            let _ = decode(file[..length].to_vec());
        }
    }
}

#[test]
fn claims_are_not_believed() {
    let claim = |count: u64, view: serde_json::Value| {
        let json = json!({
            "asset": {"version": "2.0"}, "buffers": [{"byteLength": 36}],
            "bufferViews": [{"buffer": 0, "byteLength": 36}],
            "accessors": [{"bufferView": view, "componentType": 5126, "type": "VEC3", "count": count}],
            "nodes": [{"mesh": 0}], "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        });
        decode(pack_glb(&json, &[0; 36])).map(|decoded| decoded.content.meshes.len()).map_err(|error| error.to_string())
    };
    assert_eq!(claim(3, json!(0)), Ok(1));
    let truncated = Err("the file ends early or a length in it is wrong: accessor".to_owned());
    assert_eq!(claim(4, json!(0)), truncated);
    assert_eq!(claim(u64::MAX, json!(0)), truncated);
    assert_eq!(claim(1 << 40, json!(null)), Err("accessor without bytes is not understood".to_owned()));
    let many: Vec<_> = (0..60_000).map(|_| json!({"mesh": 0})).collect();
    let json = json!({
        "asset": {"version": "2.0"}, "buffers": [{"byteLength": 120_000}],
        "bufferViews": [{"buffer": 0, "byteLength": 120_000}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "type": "VEC3", "count": 10_000}],
        "nodes": many, "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
    });
    let unfolded = decode(pack_glb(&json, &[0; 120_000])).expect_err("60 000 copies of 10 000 vertices");
    assert_eq!(unfolded.to_string(), "it unfolds to more than 536870912 bytes");
}
