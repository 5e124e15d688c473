//! Terrain, classes of ground and trees → the ground's 3D Tiles: what a city's buildings stand on.
//!
//! A quadtree of squares in the source's projected system, each a watertight mesh of terrain posts and class borders with
//! a skirt at its edge. Where the city is, it goes down to leaves of about 500 m; around it large squares are enough. It
//! knows no building and no file format, and reads heights from [`Terrain`] alone.
//!
//! The way in here: `tree` (which squares, and what lies in each) → `pieces` (class polygons of a square) → `noding`
//! (their borders without crossings) → `flat` (triangles) → `content` with `trees` (positions, glb).

mod class;
mod content;
mod flat;
mod noding;
mod pieces;
mod tree;
mod trees;

use geo::Rect;
use glam::DVec2;
use thiserror::Error;

use crate::geo::{Bounds3, Crs, CrsError, EastNorthUp, Geodetic, Terrain};

use super::square::Square;
use super::tileset::{self, Stamp, Tile};
use super::{TileWriter, ToEcef};
pub use class::{GroundPolygon, Tree};

/// How a ground is made.
#[derive(Clone, Debug)]
pub struct GroundSettings {
    /// The projected system of the terrain, the polygons and the trees.
    pub crs: Crs,
    /// Zero of the tileset's local frame, the same as the buildings'.
    pub origin: Geodetic,
    /// Where the ground goes down to leaves, in the projected system: where the city's buildings are.
    pub area: Rect,
    /// How far around the area's middle there is ground at all, in metres.
    pub far_m: f64,
    /// Edge of a leaf, in metres.
    pub leaf_edge_m: f64,
    /// SHA-256 of the policy, hexadecimal; stamped on every tileset file.
    pub policy_hash: String,
    /// Audience of the release; stamped on every tileset file.
    pub audience: String,
    /// Attributions of the sources, for `asset.copyright` of every glb.
    pub copyright: String,
}

impl GroundSettings {
    /// Settings that suit a city: leaves of 500 m with a post every 25 m, ground out to 12 km; no stamps yet.
    pub fn new(crs: Crs, origin: Geodetic, area: Rect) -> Self {
        Self {
            crs,
            origin,
            area,
            far_m: 12_000.0,
            leaf_edge_m: 500.0,
            policy_hash: String::new(),
            audience: String::new(),
            copyright: String::new(),
        }
    }
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GroundStats {
    /// Tiles, each with content.
    pub tiles: u64,
    /// Tiles without children.
    pub leaves: u64,
    /// Triangles of ground in all tiles, skirts included.
    pub triangles: u64,
    /// Trees in tiles of the finest level.
    pub trees: u64,
    /// Squares whose class borders could not be worked in: a plain grid, each triangle of the class in its middle.
    pub plain_squares: u64,
    /// Short parts of class borders that were left out because they would have crossed others.
    pub borders_left_out: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// Bytes of the largest glb.
    pub largest_bytes: u64,
    /// Box around everything, local metres.
    pub bounds: Bounds3,
}

impl GroundStats {
    /// Adds what another part of the ground has.
    fn add(&mut self, other: &Self) {
        self.tiles += other.tiles;
        self.leaves += other.leaves;
        self.triangles += other.triangles;
        self.trees += other.trees;
        self.plain_squares += other.plain_squares;
        self.borders_left_out += other.borders_left_out;
        self.bytes += other.bytes;
        self.largest_bytes = self.largest_bytes.max(other.largest_bytes);
    }
}

/// Why a ground could not be made.
#[derive(Debug, Error)]
pub enum GroundError {
    /// The area is empty, not finite, or wider than 200 km; or an edge is not a positive length.
    #[error("the ground's area is empty or too large")]
    Area,
    /// A place of the area cannot be taken to the earth-centred frame.
    #[error("the ground cannot be projected: {0}")]
    Projection(#[from] CrsError),
    /// A tile could not be written.
    #[error("{path}: {source}")]
    Write {
        /// The tile's path in the tileset.
        path: String,
        /// What the writer says.
        source: std::io::Error,
    },
}

/// Makes the ground's tileset.
#[derive(Clone, Debug)]
pub struct GroundBuilder {
    settings: GroundSettings,
}

/// What all tiles of a ground have in common.
struct Place<'a> {
    settings: &'a GroundSettings,
    frame: EastNorthUp,
    terrain: &'a Terrain,
    to_ecef: &'a dyn ToEcef,
}

impl GroundBuilder {
    /// A ground by settings.
    pub fn new(settings: GroundSettings) -> Self {
        Self { settings }
    }

    /// How many tiles it will have.
    pub fn tiles(&self) -> Result<u64, GroundError> {
        Ok(tree::count(tree::root(&self.settings)?, &self.settings))
    }

    /// Writes the tileset: contents first, `tileset.json` last. `written` hears, from any thread, of every tile that is
    /// done. The first polygon that covers a place gives its class;
    /// where there is none it is [`GroundClass::Terrain`]. The same input gives the same bytes.
    ///
    /// [`GroundClass::Terrain`]: crate::twin::GroundClass::Terrain
    pub fn build(
        &self,
        terrain: &Terrain,
        polygons: &[GroundPolygon],
        trees: &[Tree],
        to_ecef: &dyn ToEcef,
        out: &dyn TileWriter,
        written: &(dyn Fn() + Sync),
    ) -> Result<GroundStats, GroundError> {
        let settings = &self.settings;
        let root = tree::root(settings)?;
        let place = Place { settings, frame: EastNorthUp::at(settings.origin), terrain, to_ecef };
        let writing = tree::Writing { place: &place, posts: flat::Posts::default(), out, written };
        let tree::Done { tile, mut stats } = writing.write(root, &pieces::of_polygons(polygons), trees)?;
        stats.bounds = tile.bounds;
        write_tilesets(tile, &place, out, &mut stats)?;
        Ok(stats)
    }
}

fn write_tilesets(
    root: Tile,
    place: &Place<'_>,
    out: &dyn TileWriter,
    stats: &mut GroundStats,
) -> Result<(), GroundError> {
    let stamp = Stamp {
        policy_hash: place.settings.policy_hash.clone(),
        audience: place.settings.audience.clone(),
        schema: class::schema(),
    };
    for (path, bytes) in tileset::files(root, &stamp, place.frame.ecef_from_local) {
        stats.bytes += bytes.len() as u64;
        write(out, &path, &bytes)?;
    }
    Ok(())
}

fn write(out: &dyn TileWriter, path: &str, bytes: &[u8]) -> Result<(), GroundError> {
    out.write(path, bytes).map_err(|source| GroundError::Write { path: path.to_owned(), source })
}

/// Terrain posts along the edge of a square, whatever its size.
const CELLS: u32 = 20;
/// A square's edge divided by its geometric error: a square of 1 km gives way to leaves nearer than about 1.2 km on a
/// picture 720 pixels high at 16 pixels of screen-space error.
const EDGE_PER_ERROR: f64 = 32.0;

impl Square {
    /// Distance of its terrain posts.
    fn spacing_m(&self) -> f64 {
        self.edge_m / f64::from(CELLS)
    }

    /// The geometric error of a square with children.
    fn error_m(&self) -> f64 {
        self.edge_m / EDGE_PER_ERROR
    }

    /// About a pixel where it gives way to its children.
    fn pixel_m(&self) -> f64 {
        self.error_m() / 16.0
    }

    fn rect(&self, margin_m: f64) -> Rect {
        let (low, high) = (self.corner - margin_m, self.corner + self.edge_m + margin_m);
        Rect::new((low.x, low.y), (high.x, high.y))
    }

    /// Whether a point belongs to it and to none of its neighbours.
    fn holds(&self, point: DVec2) -> bool {
        let from_corner = point - self.corner;
        from_corner.min_element() >= 0.0 && from_corner.max_element() < self.edge_m
    }
}

#[cfg(test)]
mod tests;
