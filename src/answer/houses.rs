//! Houses of a published twin without a picture: which files hold the houses of a place, and what stands in them.
//!
//! For whoever draws nothing: a page in a browser without graphics, a list beside the picture. It opens no file and no
//! connection: it names what is [`missing`](Houses::missing), is [given](Houses::take) the bytes, and answers.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use url::Url;

use super::{Around, BuildingView};
use crate::fetch::Bytes;
use crate::geo::{Ecef, Geodetic};
use crate::stream::decode::{ContentFrame, DecodeError, Decoder};
use crate::stream::{TileContent, TileTree, TilesetError, looks_like_json};
use crate::twin::{Language, TwinDescription};

/// How many tiles are held at most; the ones that came first go first.
const MOST_TILES: usize = 64;

/// Why a file of a release told nothing.
#[derive(Debug, thiserror::Error)]
pub enum HousesError {
    /// A tileset that cannot be read.
    #[error(transparent)]
    Tileset(#[from] TilesetError),
    /// A tile that cannot be read.
    #[error("{url}: {source}")]
    Tile {
        /// The tile.
        url: Url,
        /// What is wrong with it.
        source: DecodeError,
    },
    /// A file that nobody asked for.
    #[error("{url} is no part of this release")]
    Stranger {
        /// Its address.
        url: Url,
    },
}

/// A house that was found, without what there is to say of it.
#[derive(Clone, Debug)]
pub struct House {
    /// Its public id.
    pub id: String,
    /// Its middle on the ground, height above the ellipsoid.
    pub place: Geodetic,
    content: Arc<TileContent>,
    row: u32,
}

impl House {
    /// The tile that it is a row of.
    pub fn content(&self) -> &TileContent {
        &self.content
    }

    /// Its row in the tile's features.
    pub fn row(&self) -> u32 {
        self.row
    }

    /// What there is to say of it, given what lies around it.
    pub fn view(&self, twin: &TwinDescription, around: Around, language: Language) -> BuildingView {
        BuildingView::new(twin, &self.content.features, self.row, around, language)
    }
}

/// The houses of a release, as far as their files have been given.
#[derive(Debug)]
pub struct Houses {
    tree: TileTree,
    held: BTreeMap<u32, Vec<House>>,
    /// In the order in which they came.
    came: VecDeque<u32>,
    /// Tiles that will not come, so that nobody asks for them again.
    lost: Vec<Url>,
}

impl Houses {
    /// The houses of a tileset. `policy_hash` is what `twin.json` says: a tileset of another release is refused.
    pub fn new(url: &Url, tileset: &[u8], policy_hash: &str) -> Result<Self, HousesError> {
        let tree = TileTree::parse(0, url, tileset)?;
        tree.require_policy(policy_hash)?;
        Ok(Self { tree, held: BTreeMap::new(), came: VecDeque::new(), lost: Vec::new() })
    }

    /// The files that are wanted before all houses within `radius_m` of a place are known, the nearest first.
    pub fn missing(&self, place: Geodetic, radius_m: f64) -> Vec<Url> {
        let mut wanted: Vec<(f64, &Url)> = Vec::new();
        for (index, distance_m) in self.finest_within(place, radius_m) {
            let Some(tile) = self.tree.tile(index).filter(|_| !self.held.contains_key(&index)) else { continue };
            wanted.extend(tile.contents.iter().filter(|url| !self.lost.contains(url)).map(|url| (distance_m, url)));
        }
        wanted.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(b.1)));
        wanted.into_iter().map(|(_, url)| url.clone()).collect()
    }

    /// Takes a file that was [missing](Self::missing). A tileset may make more of them.
    pub fn take(&mut self, url: &Url, bytes: Bytes) -> Result<(), HousesError> {
        let index = (0..self.tree.len() as u32)
            .find(|index| self.tree.tile(*index).is_some_and(|tile| tile.contents.contains(url)))
            .ok_or_else(|| HousesError::Stranger { url: url.clone() })?;
        let taken = if looks_like_json(&bytes) {
            self.tree.graft(index, url, url, &bytes).map_err(HousesError::from)
        } else {
            self.take_tile(index, bytes).map_err(|source| HousesError::Tile { url: url.clone(), source })
        };
        if taken.is_err() {
            self.lose(url);
        }
        taken
    }

    /// Says that a file will not come. It is not missed any longer, and its houses are not known.
    pub fn lose(&mut self, url: &Url) {
        if !self.lost.contains(url) {
            self.lost.push(url.clone());
        }
    }

    /// The house of a public id, if its file has been given.
    pub fn of_id(&self, id: &str) -> Option<&House> {
        self.held.values().flatten().find(|house| house.id == id)
    }

    /// Known houses within `radius_m` of a place with their distances in metres, the nearest first.
    pub fn around(&self, place: Geodetic, radius_m: f64) -> Vec<(f64, &House)> {
        let on_the_ground = |place: Geodetic| Ecef::from(Geodetic { height_m: 0.0, ..place }).0;
        let at = on_the_ground(place);
        let known = self.held.values().flatten();
        let mut near: Vec<_> = known.map(|house| (on_the_ground(house.place).distance(at), house)).collect();
        near.retain(|(distance_m, _)| *distance_m <= radius_m);
        near.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.id.cmp(&b.1.id)));
        near
    }

    /// Tiles without children that lie within a distance of a place on the map, with their distances. Each is asked at its
    /// own height, since who asks knows none.
    fn finest_within(&self, place: Geodetic, radius_m: f64) -> Vec<(u32, f64)> {
        let mut found = Vec::new();
        let is_somewhere = place.lon_deg.is_finite() && place.lat_deg.is_finite();
        let mut open = if is_somewhere { vec![0] } else { Vec::new() };
        while let Some(index) = open.pop() {
            let Some(tile) = self.tree.tile(index) else { continue };
            let Geodetic { height_m, .. } = Ecef(tile.volume.center()).into();
            let Ecef(at) = Geodetic { height_m, ..place }.into();
            let distance_m = tile.volume.distance_m(at);
            if distance_m > radius_m {
                continue;
            }
            if tile.children.is_empty() {
                found.push((index, distance_m));
            }
            open.extend(&tile.children);
        }
        found
    }

    fn take_tile(&mut self, index: u32, bytes: Bytes) -> Result<(), DecodeError> {
        let Some(tile) = self.tree.tile(index) else { return Ok(()) };
        let up_axis = self.tree.content_up_axis(tile);
        let frame = ContentFrame { ecef_from_tile: tile.ecef_from_tile, up_axis };
        let content = Arc::new(Decoder::new(vec![bytes], frame).run()?.content);
        if self.held.insert(index, houses_of(&content)).is_none() {
            self.came.push_back(index);
        }
        if self.came.len() > MOST_TILES
            && let Some(oldest) = self.came.pop_front()
        {
            self.held.remove(&oldest);
        }
        Ok(())
    }
}

/// The houses of a tile by their rows: those that have an id and stand somewhere.
fn houses_of(content: &Arc<TileContent>) -> Vec<House> {
    let places = places_of(content);
    let rows = (0..content.features.count).zip(places);
    rows.filter_map(|(row, place)| {
        let id = content.features.id(row)?.to_owned();
        Some(House { id, place: place?, content: Arc::clone(content), row })
    })
    .collect()
}

/// The middle of each row's box on the height of its lowest corner; `None` for a row without a corner.
fn places_of(content: &TileContent) -> Vec<Option<Geodetic>> {
    let rows = content.features.count as usize;
    let mut places = vec![None; rows];
    for mesh in &content.meshes {
        let mut boxes = vec![None; rows];
        for (position, row) in mesh.positions.iter().zip(&mesh.features) {
            let at = glam::Vec3::from(*position);
            if let Some(held) = boxes.get_mut(*row as usize) {
                let (low, high) = held.unwrap_or((at, at));
                *held = Some((low.min(at), high.max(at)));
            }
        }
        for (place, held) in places.iter_mut().zip(boxes) {
            let Some((low, high)) = held else { continue };
            let foot = ((low + high) / 2.0).with_z(low.z).as_dvec3();
            let found: Geodetic = Ecef(mesh.ecef_from_mesh.transform_point3(foot)).into();
            // Roofs and walls are meshes of their own: the walls reach the ground.
            if place.is_none_or(|kept: Geodetic| found.height_m < kept.height_m) {
                *place = Some(found);
            }
        }
    }
    places
}
