//! Where the buildings of the drawn tiles stand, for walking from one to the next.

use std::collections::BTreeMap;

use glam::DVec3;

use super::street::{StreetAddress, addresses};
use crate::geo::{Bounds3, EastNorthUp};
use crate::stream::{Property, TileContent, TileId};
use crate::viewer::drive::TheCity;
use crate::viewer::pick::Picked;

/// A building that can be walked to.
#[derive(Clone, Debug)]
pub struct Spot {
    /// Which building.
    pub picked: Picked,
    /// Its middle in local coordinates.
    pub middle: DVec3,
    /// Where it stands on streets.
    pub addresses: Vec<StreetAddress>,
}

/// The buildings of tiles that have been walked through: reading them again at each step would be work for nothing.
#[derive(Debug, Default)]
pub struct Spots(BTreeMap<TileId, Vec<Spot>>);

impl Spots {
    /// All buildings of the tiles that are drawn now, each once.
    pub fn drawn(&mut self, city: &TheCity) -> Vec<&Spot> {
        let drawn: Vec<TileId> = city.drawn().iter().copied().filter(|tile| !city.is_ground(*tile)).collect();
        self.0.retain(|tile, _| drawn.contains(tile));
        for tile in drawn {
            if let Some(content) = city.content(tile) {
                self.0.entry(tile).or_insert_with(|| spots(tile, content, &city.frame));
            }
        }
        self.0.values().flatten().collect()
    }
}

/// The buildings of a tile that have any shape in it.
fn spots(tile: TileId, content: &TileContent, frame: &EastNorthUp) -> Vec<Spot> {
    let mut bounds = vec![Bounds3::EMPTY; content.features.count as usize];
    for mesh in &content.meshes {
        let local_from_mesh = frame.local_from_ecef * mesh.ecef_from_mesh;
        for (feature, at) in mesh.features.iter().zip(&mesh.positions) {
            if let Some(bounds) = bounds.get_mut(*feature as usize) {
                *bounds = bounds.with(local_from_mesh.transform_point3(glam::Vec3::from(*at).as_dvec3()));
            }
        }
    }
    let there = bounds.iter().zip(0u32..).filter(|(bounds, _)| !bounds.is_empty());
    there
        .map(|(bounds, row)| Spot {
            picked: Picked { id: content.features.id(row).unwrap_or_default().to_owned(), tile, row },
            middle: bounds.center(),
            addresses: match content.features.get(row, "address") {
                Some(Property::Text(released)) => addresses(released),
                _ => Vec::new(),
            },
        })
        .collect()
}
