//! The tile tree of one opened tileset, with the external tilesets that were met on the way grafted in.
//!
//! Transforms are accumulated, refinement inherited and addresses made absolute here, once. The tree only grows: a
//! [`TileId`] names the same tile until the tileset is closed.

use std::collections::BTreeSet;

use glam::DMat4;
use url::Url;

use super::TileId;
use super::planting::Planting;
use super::tileset::{self, TilesetError};
use super::volume::Volume;

/// Most tiles in one opened tileset.
pub const MAX_TILES: usize = 1_000_000;
/// Most levels, external tilesets counted in.
pub const MAX_DEPTH: usize = 96;

/// How a tile's children stand to it (3D Tiles 1.1 § 8.5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refine {
    /// Children are drawn in place of the tile.
    Replace,
    /// Children are drawn besides the tile.
    Add,
}

/// Which way is up in a content's glTF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpAxis {
    /// As glTF has it.
    Y,
    /// As `asset.gltfUpAxis` of tilesets before 1.0 may say.
    Z,
}

/// A tile.
#[derive(Clone, Debug)]
pub struct Tile {
    /// The tile above it.
    pub parent: Option<u32>,
    /// The tiles below it.
    pub children: Vec<u32>,
    /// Where its content and its children's lies.
    pub volume: Volume,
    /// Where the eye must be for the tile to be asked for and drawn; `None` is anywhere.
    pub request_volume: Option<Volume>,
    /// Error when its children are not drawn, metres, scaled by its transform.
    pub geometric_error_m: f64,
    /// How its children stand to it.
    pub refine: Refine,
    /// Absolute addresses of its content; empty for a tile that only holds others together.
    pub contents: Vec<Url>,
    /// Takes the content's frame to the earth-centred one.
    pub ecef_from_tile: DMat4,
    /// Levels above it.
    pub depth: usize,
    pub(super) document: usize,
}

/// A `tileset.json` that the tree is made of.
#[derive(Clone, Debug)]
struct Document {
    url: Url,
    parent: Option<usize>,
    up_axis: UpAxis,
}

/// All tiles known of one opened tileset. Tile 0 is the root.
#[derive(Clone, Debug)]
pub struct TileTree {
    tileset: u32,
    url: Url,
    pub(super) tiles: Vec<Tile>,
    documents: Vec<Document>,
    policy_hash: Option<String>,
    audience: Option<String>,
    attributions: BTreeSet<String>,
    pub(super) not_understood: BTreeSet<String>,
}

impl TileTree {
    /// Reads a tileset. `tileset` becomes [`TileId::tileset`] of its tiles.
    pub fn parse(tileset: u32, url: &Url, bytes: &[u8]) -> Result<Self, TilesetError> {
        let mut tree = Self {
            tileset,
            url: url.clone(),
            tiles: Vec::new(),
            documents: Vec::new(),
            policy_hash: None,
            audience: None,
            attributions: BTreeSet::new(),
            not_understood: BTreeSet::new(),
        };
        tree.plant(None, url, bytes)?;
        Ok(tree)
    }

    /// Puts an external tileset under the tile whose content it is, and takes `content` from the tile's addresses.
    /// `url` is where the bytes came from in the end. On an error the tree is as it was.
    pub fn graft(&mut self, tile: u32, content: &Url, url: &Url, bytes: &[u8]) -> Result<(), TilesetError> {
        let kept = (self.tiles.len(), self.documents.len());
        let result = self.plant(Some(tile), url, bytes);
        let index = tile as usize;
        if result.is_err() {
            self.tiles.truncate(kept.0);
            self.documents.truncate(kept.1);
        } else if let Some(tile) = self.tiles.get_mut(index) {
            tile.contents.retain(|url| url != content);
            tile.children.push(kept.0 as u32);
        }
        result
    }

    fn plant(&mut self, under: Option<u32>, url: &Url, bytes: &[u8]) -> Result<(), TilesetError> {
        let wire = tileset::read(url, bytes)?;
        let above = under.and_then(|tile| self.tile(tile)).cloned();
        self.check_cycle(url, above.as_ref())?;
        let policy = wire.asset.extras.policy_hash;
        if above.is_some() {
            self.check_policy(url, policy.as_deref())?;
        } else {
            self.policy_hash = policy;
            self.audience = wire.asset.extras.audience;
        }
        self.attributions.extend(wire.asset.copyright);
        let up_axis = self.up_axis(wire.asset.gltf_up_axis.as_deref());
        let document = self.documents.len();
        self.documents.push(Document { url: url.clone(), parent: above.as_ref().map(|tile| tile.document), up_axis });
        let start = self.tiles.len();
        Planting { tree: self, url, document, start, addresses: 0 }.tile(&wire.root, under, above.as_ref())?;
        Ok(())
    }

    fn up_axis(&mut self, name: Option<&str>) -> UpAxis {
        match name {
            None | Some("Y" | "y") => UpAxis::Y,
            Some("Z" | "z") => UpAxis::Z,
            Some(other) => {
                self.not_understood.insert(format!("gltfUpAxis {other}"));
                UpAxis::Y
            }
        }
    }

    fn check_cycle(&self, url: &Url, above: Option<&Tile>) -> Result<(), TilesetError> {
        let mut next = above.map(|tile| tile.document);
        while let Some(document) = next.and_then(|index| self.documents.get(index)) {
            if &document.url == url {
                return Err(TilesetError::Cycle { url: url.clone() });
            }
            next = document.parent;
        }
        Ok(())
    }

    fn check_policy(&self, url: &Url, found: Option<&str>) -> Result<(), TilesetError> {
        match &self.policy_hash {
            Some(expected) => policy_matches(url, expected, found),
            None => Ok(()),
        }
    }

    /// Refuses the tileset where it was not released under `expected`.
    pub fn require_policy(&self, expected: &str) -> Result<(), TilesetError> {
        policy_matches(&self.url, expected, self.policy_hash())
    }

    /// The opened file's address.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Tile by number.
    pub fn tile(&self, index: u32) -> Option<&Tile> {
        self.tiles.get(index as usize)
    }

    /// How many tiles are known by now.
    pub fn len(&self) -> usize {
        self.tiles.len()
    }

    /// Never true for a tree that was read.
    pub fn is_empty(&self) -> bool {
        self.tiles.is_empty()
    }

    /// The name of tile `index`.
    pub fn id(&self, index: u32) -> TileId {
        TileId { tileset: self.tileset, tile: index }
    }

    /// Which way is up in the tile's glTF.
    pub fn content_up_axis(&self, tile: &Tile) -> UpAxis {
        self.documents.get(tile.document).map_or(UpAxis::Y, |document| document.up_axis)
    }

    /// `asset.extras.policyHash`: the policy it was released under.
    pub fn policy_hash(&self) -> Option<&str> {
        self.policy_hash.as_deref()
    }

    /// `asset.extras.audience`: whom it was released for.
    pub fn audience(&self) -> Option<&str> {
        self.audience.as_deref()
    }

    /// `asset.copyright` of the tilesets, by name.
    pub fn attributions(&self) -> &BTreeSet<String> {
        &self.attributions
    }

    /// What was met and left out, by name.
    pub fn not_understood(&self) -> &BTreeSet<String> {
        &self.not_understood
    }
}

fn policy_matches(url: &Url, expected: &str, found: Option<&str>) -> Result<(), TilesetError> {
    if found == Some(expected) {
        return Ok(());
    }
    let found = found.unwrap_or("none").to_owned();
    Err(TilesetError::Policy { url: url.clone(), expected: expected.to_owned(), found })
}
