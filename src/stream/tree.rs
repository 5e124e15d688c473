//! The tile tree of one opened tileset, with the external tilesets that were met on the way grafted in.
//!
//! Transforms are accumulated, refinement inherited and addresses made absolute here, once. The tree only grows: a
//! [`TileId`] names the same tile until the tileset is closed.

use std::collections::BTreeSet;

use glam::DMat4;
use url::Url;

use super::TileId;
use super::tileset::{self, ContentWire, TileWire, TilesetError, VolumeWire};
use super::volume::{Volume, largest_scale};

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
    document: usize,
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
    tiles: Vec<Tile>,
    documents: Vec<Document>,
    policy_hash: Option<String>,
    audience: Option<String>,
    attributions: BTreeSet<String>,
    not_understood: BTreeSet<String>,
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
    pub fn graft(&mut self, tile: u32, content: &Url, bytes: &[u8]) -> Result<(), TilesetError> {
        let kept = (self.tiles.len(), self.documents.len());
        let result = self.plant(Some(tile), content, bytes);
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
        let policy = text_of(&wire.asset.extras, "policyHash");
        if above.is_some() {
            self.check_policy(url, policy.as_deref())?;
        } else {
            self.policy_hash = policy;
            self.audience = text_of(&wire.asset.extras, "audience");
        }
        self.attributions.extend(wire.asset.copyright);
        let up_axis = self.up_axis(wire.asset.gltf_up_axis.as_deref());
        let document = self.documents.len();
        self.documents.push(Document { url: url.clone(), parent: above.as_ref().map(|tile| tile.document), up_axis });
        let start = self.tiles.len();
        Planting { tree: self, url, document, start }.tile(&wire.root, under, above.as_ref())?;
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

fn text_of(extras: &serde_json::Value, name: &str) -> Option<String> {
    extras.get(name)?.as_str().map(str::to_owned)
}

/// Takes one file's tiles into the tree.
struct Planting<'a> {
    tree: &'a mut TileTree,
    url: &'a Url,
    document: usize,
    start: usize,
}

impl Planting<'_> {
    /// Adds a tile and all below it. The recursion is bounded: the JSON reader stops at 128 levels of nesting.
    fn tile(&mut self, wire: &TileWire, parent: Option<u32>, above: Option<&Tile>) -> Result<u32, TilesetError> {
        let index = self.tree.tiles.len();
        let depth = above.map_or(0, |above| above.depth + 1);
        self.check_limits(index, depth)?;
        let ecef_from_tile = above.map_or(DMat4::IDENTITY, |above| above.ecef_from_tile) * self.transform(wire)?;
        let tile = Tile {
            parent,
            children: Vec::new(),
            volume: self.volume(&wire.bounding_volume, &ecef_from_tile)?,
            geometric_error_m: wire.geometric_error.max(0.0) * largest_scale(&ecef_from_tile),
            refine: self.refine(wire, above),
            contents: self.contents(wire)?,
            ecef_from_tile,
            depth,
            document: self.document,
        };
        self.name_what_is_left_out(wire);
        self.tree.tiles.push(tile.clone());
        let mut children = Vec::with_capacity(wire.children.len());
        for child in &wire.children {
            children.push(self.tile(child, Some(index as u32), Some(&tile))?);
        }
        if let Some(tile) = self.tree.tiles.get_mut(index) {
            tile.children = children;
        }
        Ok(index as u32)
    }

    fn check_limits(&self, tiles: usize, depth: usize) -> Result<(), TilesetError> {
        let limit = |what, limit| Err(TilesetError::Limit { url: self.url.clone(), what, limit });
        match () {
            () if tiles >= MAX_TILES => limit("tiles", MAX_TILES),
            () if depth >= MAX_DEPTH => limit("levels", MAX_DEPTH),
            () => Ok(()),
        }
    }

    /// Number of the tile that is being read, in this file.
    fn number(&self) -> usize {
        self.tree.tiles.len() - self.start
    }

    fn transform(&self, wire: &TileWire) -> Result<DMat4, TilesetError> {
        let Some(numbers) = &wire.transform else { return Ok(DMat4::IDENTITY) };
        let matrix = <&[f64; 16]>::try_from(numbers.as_slice()).map(DMat4::from_cols_array).ok();
        matrix
            .filter(|matrix| matrix.is_finite() && matrix.determinant().abs() > f64::MIN_POSITIVE)
            .ok_or_else(|| TilesetError::Transform { url: self.url.clone(), tile: self.number() })
    }

    fn volume(&self, wire: &VolumeWire, ecef_from_tile: &DMat4) -> Result<Volume, TilesetError> {
        let volume = match wire {
            VolumeWire { oriented_box: Some(numbers), .. } => Volume::from_box(numbers, ecef_from_tile),
            VolumeWire { region: Some(numbers), .. } => Volume::from_region(*numbers),
            VolumeWire { sphere: Some(numbers), .. } => Volume::from_sphere(*numbers, ecef_from_tile),
            _ => return Err(TilesetError::Volume { url: self.url.clone(), tile: self.number() }),
        };
        Ok(volume)
    }

    /// Without a word of its own a tile refines as its parent does; a root replaces.
    fn refine(&self, wire: &TileWire, above: Option<&Tile>) -> Refine {
        match wire.refine.as_deref() {
            Some(word) if word.eq_ignore_ascii_case("add") => Refine::Add,
            Some(word) if word.eq_ignore_ascii_case("replace") => Refine::Replace,
            _ => above.map_or(Refine::Replace, |above| above.refine),
        }
    }

    fn contents(&self, wire: &TileWire) -> Result<Vec<Url>, TilesetError> {
        if wire.implicit_tiling.is_some() || wire.extensions.contains_key(IMPLICIT) {
            return Ok(Vec::new());
        }
        wire.content.iter().chain(&wire.contents).filter_map(|content| self.address(content).transpose()).collect()
    }

    fn address(&self, content: &ContentWire) -> Result<Option<Url>, TilesetError> {
        let Some(address) = content.uri.as_ref().or(content.url.as_ref()) else { return Ok(None) };
        let refused = || TilesetError::Address { url: self.url.clone(), address: address.clone() };
        let url = self.url.join(address).map_err(|_| refused())?;
        // A page from the web must not read the visitor's files.
        if url.scheme() == "file" && self.url.scheme() != "file" {
            return Err(refused());
        }
        Ok(Some(url))
    }

    fn name_what_is_left_out(&mut self, wire: &TileWire) {
        let names = &mut self.tree.not_understood;
        if wire.implicit_tiling.is_some() || wire.extensions.contains_key(IMPLICIT) {
            names.insert("implicit tiling".to_owned());
        }
        names.extend(wire.extensions.keys().filter(|name| *name != IMPLICIT).cloned());
    }
}

/// Implicit tiling as an extension of 1.0.
const IMPLICIT: &str = "3DTILES_implicit_tiling";
