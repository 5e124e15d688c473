//! Rays against the drawn meshes: what stands under a pixel, and how far the ground is below a point.
//!
//! Exact: every drawn triangle that the ray meets is tested in f64, and the nearest wins, across tile borders too.
//! Nothing is asked of the renderer.

use std::sync::Arc;

use glam::DVec3;

use super::TileId;
use super::bvh::Bvh;
use super::mesh::{Mesh, MeshClass, TileContent};

/// A drawn tile with the trees of its meshes.
#[derive(Clone, Copy)]
pub struct Pickable<'a> {
    /// Which tile.
    pub tile: TileId,
    /// Its meshes.
    pub content: &'a TileContent,
    /// One tree for each mesh.
    pub bvhs: &'a [Bvh],
}

/// The same to be kept, for whoever asks between two frames.
#[derive(Clone)]
pub struct Kept {
    /// Which tile.
    pub tile: TileId,
    /// Its meshes.
    pub content: Arc<TileContent>,
    /// One tree for each mesh.
    pub bvhs: Arc<Vec<Bvh>>,
}

impl Kept {
    /// What rays are cast at.
    pub fn as_pickable(&self) -> Pickable<'_> {
        Pickable { tile: self.tile, content: &self.content, bvhs: &self.bvhs }
    }
}

/// What a ray meets first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// The tile.
    pub tile: TileId,
    /// Number of the mesh in the tile's content.
    pub mesh: usize,
    /// Number of the triangle in the mesh.
    pub triangle: u32,
    /// Row in the tile's features; `None` where the triangle belongs to none. Across levels of detail a feature is the
    /// same where `FeatureTable::id` is.
    pub feature: Option<u32>,
    /// Where, in the earth-centred frame.
    pub point_ecef: DVec3,
    /// How far from the ray's origin, metres.
    pub distance_m: f64,
}

/// The first triangle that a ray meets, from either side. `direction` has any length but zero. Of equally near ones the
/// first tile, mesh and triangle wins.
pub fn pick<'a>(origin_ecef: DVec3, direction: DVec3, drawn: impl IntoIterator<Item = Pickable<'a>>) -> Option<Hit> {
    pick_class(origin_ecef, direction, drawn, &|_| true)
}

/// The same among meshes of the classes that `counts` lets pass.
pub fn pick_class<'a>(
    origin_ecef: DVec3,
    direction: DVec3,
    drawn: impl IntoIterator<Item = Pickable<'a>>,
    counts: &dyn Fn(MeshClass) -> bool,
) -> Option<Hit> {
    let direction = direction.try_normalize()?;
    let mut best: Option<Hit> = None;
    for tile in drawn {
        for (number, (mesh, bvh)) in tile.content.meshes.iter().zip(tile.bvhs).enumerate() {
            let limit = best.map_or(f64::INFINITY, |hit| hit.distance_m);
            if !counts(mesh.class) {
                continue;
            }
            if let Some(hit) = bvh.cast(mesh, origin_ecef, direction, limit) {
                best = Some(Hit {
                    tile: tile.tile,
                    mesh: number,
                    triangle: hit.triangle,
                    feature: feature_of(mesh, hit.triangle),
                    point_ecef: origin_ecef + direction * hit.t,
                    distance_m: hit.t,
                });
            }
        }
    }
    best
}

/// The feature of a triangle: that of its first corner (EXT_mesh_features gives all three the same).
fn feature_of(mesh: &Mesh, triangle: u32) -> Option<u32> {
    let corner = *mesh.indices.get(triangle as usize * 3)?;
    mesh.features.get(corner as usize).copied().filter(|row| *row != u32::MAX)
}

/// Height of a point above the uppermost surface that lies less than `search_up_m` above it, metres; negative for a
/// point under that surface, `None` where there is nothing below. `up` is the unit vector away from the earth.
pub fn clearance_m<'a>(
    point_ecef: DVec3,
    up: DVec3,
    search_up_m: f64,
    drawn: impl IntoIterator<Item = Pickable<'a>>,
    counts: &dyn Fn(MeshClass) -> bool,
) -> Option<f64> {
    let hit = pick_class(point_ecef + up * search_up_m, -up, drawn, counts)?;
    Some(hit.distance_m - search_up_m)
}
