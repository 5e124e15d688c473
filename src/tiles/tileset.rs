//! The tree as JSON: `tileset.json`, and external tilesets where one file would be too large (OGC 22-025r4 § 7).

use glam::{DMat4, DVec3};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};

use crate::geo::Bounds3;

/// Tiles in one JSON file: about 2 MB.
const TILES_PER_FILE: usize = 8_000;

/// A tile of the finished tree.
#[derive(Clone, Debug)]
pub(super) struct Tile {
    /// Holds its content and its children, local metres.
    pub bounds: Bounds3,
    /// Geometric error in metres: 0 for leaves.
    pub error_m: f64,
    /// Path of its content.
    pub uri: Option<String>,
    /// Tiles that replace it.
    pub children: Vec<Tile>,
}

impl Tile {
    /// The root of a tileset without buildings.
    pub fn empty() -> Self {
        let bounds = Bounds3 { min: DVec3::splat(-1.0), max: DVec3::splat(1.0) };
        Self { bounds, error_m: 0.0, uri: None, children: Vec::new() }
    }
}

/// What every tileset file of a release says of itself.
#[derive(Clone, Debug)]
pub(super) struct Stamp {
    pub policy_hash: String,
    pub audience: String,
    pub schema: Value,
}

/// The files of a tree: external tilesets and last `tileset.json`.
pub(super) fn files(mut root: Tile, stamp: &Stamp, ecef_from_local: DMat4) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    split(&mut root, TILES_PER_FILE, stamp, &mut files);
    files.push(("tileset.json".to_owned(), tileset_json(&root, Some(ecef_from_local), stamp)));
    files
}

fn tileset_json(root: &Tile, transform: Option<DMat4>, stamp: &Stamp) -> Vec<u8> {
    // The error of showing nothing at all.
    let error_m = root.bounds.size().length().max(root.error_m);
    let head = json!({
        "asset": {
            "version": "1.1",
            "extras": { "policyHash": stamp.policy_hash, "audience": stamp.audience },
        },
        "schema": stamp.schema,
        "geometricError": error_m.ceil(),
    });
    let root = WrittenTile { tile: root, root: Some(transform) };
    // Written as it is walked, without a tree of values beside the tree of tiles; writing to memory cannot fail.
    let mut bytes = head.to_string().into_bytes();
    bytes.pop();
    bytes.extend_from_slice(br#","root":"#);
    let _ = serde_json::to_writer(&mut bytes, &root);
    bytes.push(b'}');
    bytes
}

/// Moves subtrees to files of their own until what is left has at most `limit` tiles. Gives how many are left.
fn split(tile: &mut Tile, limit: usize, stamp: &Stamp, files: &mut Vec<(String, Vec<u8>)>) -> usize {
    let mut counts: Vec<usize> = tile.children.iter_mut().map(|child| split(child, limit, stamp, files)).collect();
    for (child, count) in tile.children.iter_mut().zip(&mut counts) {
        // A quarter each, so that four children and their parent stay under the limit.
        if *count > limit / 4 && externalise(child, stamp, files) {
            *count = 1;
        }
    }
    1 + counts.iter().sum::<usize>()
}

/// Writes a subtree as a tileset of its own and leaves a tile that points there. Not for a tile without content, whose
/// name it would take.
fn externalise(tile: &mut Tile, stamp: &Stamp, files: &mut Vec<(String, Vec<u8>)>) -> bool {
    let Some(path) = tile.uri.as_ref().map(|uri| format!("{}.json", uri.trim_end_matches(".glb"))) else {
        return false;
    };
    files.push((path.clone(), tileset_json(tile, None, stamp)));
    tile.uri = Some(path);
    tile.children = Vec::new();
    true
}

/// A tile in the standard's words. The root of a file says how tiles are refined, and may have a transform.
struct WrittenTile<'a> {
    tile: &'a Tile,
    root: Option<Option<DMat4>>,
}

impl Serialize for WrittenTile<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tile = self.tile;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("boundingVolume", &json!({ "box": box_json(tile.bounds) }))?;
        map.serialize_entry("geometricError", &tile.error_m)?;
        if let Some(uri) = &tile.uri {
            map.serialize_entry("content", &json!({ "uri": uri }))?;
        }
        if !tile.children.is_empty() {
            map.serialize_entry("children", &WrittenTiles(&tile.children))?;
        }
        if let Some(transform) = self.root {
            if let Some(ecef_from_local) = transform {
                map.serialize_entry("transform", &ecef_from_local.to_cols_array())?;
            }
            map.serialize_entry("refine", "REPLACE")?;
        }
        map.end()
    }
}

struct WrittenTiles<'a>(&'a [Tile]);

impl Serialize for WrittenTiles<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|tile| WrittenTile { tile, root: None }))
    }
}

/// Centre and half axes (§ 7.3.3.1).
fn box_json(bounds: Bounds3) -> [f64; 12] {
    let (center, half) = (bounds.center(), bounds.size() * 0.5);
    [center.x, center.y, center.z, half.x, 0.0, 0.0, 0.0, half.y, 0.0, 0.0, 0.0, half.z]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::validate_tileset;

    fn tree(depth: u32, name: &str) -> Tile {
        let children = if depth == 0 { 0 } else { 4 };
        Tile {
            bounds: Bounds3 { min: DVec3::ZERO, max: DVec3::splat(f64::from(depth + 1)) },
            error_m: f64::from(depth),
            uri: Some(format!("{name}.glb")),
            children: (0..children).map(|child| tree(depth - 1, &format!("{name}{child}"))).collect(),
        }
    }

    fn tiles(tile: &Value) -> usize {
        1 + tile["children"].as_array().into_iter().flatten().map(tiles).sum::<usize>()
    }

    #[test]
    fn a_large_tree_is_split_into_tilesets_that_refer_to_each_other() {
        let stamp = Stamp { policy_hash: "hash".into(), audience: "citizen".into(), schema: json!({ "id": "s" }) };
        let mut root = tree(5, "t");
        let mut files = Vec::new();
        let left = split(&mut root, 100, &stamp, &mut files);
        assert!(left <= 100, "{left} tiles are left in the first file");
        files.push(("tileset.json".into(), tileset_json(&root, None, &stamp)));
        let mut in_all = 0;
        for (path, bytes) in &files {
            let json: Value = serde_json::from_slice(bytes).expect("JSON");
            assert_eq!(json["asset"]["extras"]["policyHash"], "hash", "{path}");
            in_all += tiles(&json["root"]);
        }
        // Every tile once, and one more for each reference.
        assert_eq!(in_all, (0..=5).map(|level| 4_usize.pow(level)).sum::<usize>() + files.len() - 1);
        let glb = [b"glTF".as_slice(), &2_u32.to_le_bytes(), &12_u32.to_le_bytes()].concat();
        let resolve = |path: &str| match path.strip_suffix(".glb") {
            Some(_) => Some(glb.clone()),
            None => files.iter().find(|(name, _)| name == path).map(|(_, bytes)| bytes.clone()),
        };
        let top = resolve("tileset.json").expect("the first file");
        assert_eq!(validate_tileset(&top, &resolve), []);
    }
}
