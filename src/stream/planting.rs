//! The tiles of one `tileset.json` → tiles of the tree: transforms accumulated, refinement inherited, addresses made
//! absolute and limits kept.

use glam::DMat4;
use url::Url;

use super::open::join;
use super::tileset::{ContentWire, TileWire, TilesetError, VolumeWire};
use super::tree::{MAX_DEPTH, MAX_TILES, Refine, Tile, TileTree};
use super::volume::{Volume, largest_scale};

/// Takes one file's tiles into the tree.
pub(super) struct Planting<'a> {
    pub tree: &'a mut TileTree,
    pub url: &'a Url,
    /// Number of the file among the tree's documents.
    pub document: usize,
    /// Tiles that the tree had before.
    pub start: usize,
    /// Addresses of contents that were taken from the file.
    pub addresses: usize,
}

impl Planting<'_> {
    /// Adds a tile and all below it. The recursion is bounded: the JSON reader stops at 128 levels of nesting.
    pub fn tile(&mut self, wire: &TileWire, parent: Option<u32>, above: Option<&Tile>) -> Result<u32, TilesetError> {
        let index = self.tree.tiles.len();
        let depth = above.map_or(0, |above| above.depth + 1);
        self.addresses += wire.contents.len();
        self.check_limits(index, depth)?;
        let ecef_from_tile = above.map_or(DMat4::IDENTITY, |above| above.ecef_from_tile) * self.transform(wire)?;
        let tile = Tile {
            parent,
            children: Vec::new(),
            volume: self.volume(&wire.bounding_volume, &ecef_from_tile)?,
            request_volume: self.request_volume(wire, &ecef_from_tile),
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
            () if self.addresses > MAX_TILES => limit("contents", MAX_TILES),
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
        volume(wire, ecef_from_tile).ok_or_else(|| TilesetError::Volume { url: self.url.clone(), tile: self.number() })
    }

    /// `viewerRequestVolume`; one that is not understood is named and asks for nothing.
    fn request_volume(&mut self, wire: &TileWire, ecef_from_tile: &DMat4) -> Option<Volume> {
        let asked = volume(wire.viewer_request_volume.as_ref()?, ecef_from_tile);
        if asked.is_none() {
            self.tree.not_understood.insert("viewerRequestVolume".to_owned());
        }
        asked
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
        let refused = |_| TilesetError::Address { url: self.url.clone(), address: address.to_string() };
        join(self.url, address).map(Some).map_err(refused)
    }

    fn name_what_is_left_out(&mut self, wire: &TileWire) {
        let names = &mut self.tree.not_understood;
        if wire.implicit_tiling.is_some() || wire.extensions.contains_key(IMPLICIT) {
            names.insert("implicit tiling".to_owned());
        }
        names.extend(wire.extensions.keys().filter(|name| *name != IMPLICIT).cloned());
    }
}

fn volume(wire: &VolumeWire, ecef_from_tile: &DMat4) -> Option<Volume> {
    match wire {
        VolumeWire { oriented_box: Some(numbers), .. } => Some(Volume::from_box(numbers, ecef_from_tile)),
        VolumeWire { region: Some(numbers), .. } => Some(Volume::from_region(*numbers)),
        VolumeWire { sphere: Some(numbers), .. } => Some(Volume::from_sphere(*numbers, ecef_from_tile)),
        _ => None,
    }
}

/// Implicit tiling as an extension of 1.0.
const IMPLICIT: &str = "3DTILES_implicit_tiling";
