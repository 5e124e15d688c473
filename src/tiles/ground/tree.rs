//! The ground's quadtree: which squares there are, and the way from the root to the last leaf.
//!
//! Squares hand down only the class polygons and trees inside them, and are worked on and written on all cores. Nothing
//! of a square is kept once it has been written but its tile.

use glam::DVec2;
use rayon::prelude::*;

use super::content::content;
use super::flat::{Flat, Posts};
use super::pieces::{self, Piece};
use super::trees::Detail;
use super::{GroundError, GroundSettings, GroundStats, Place, Square, Tile, TileWriter, Tree, write};

/// Wider areas are a mistake.
const WIDEST_M: f64 = 200_000.0;

/// The smallest square of 2ⁿ leaves around the area and the far ground, its corner on a multiple of the leaf's edge.
pub(super) fn root(settings: &GroundSettings) -> Result<Square, GroundError> {
    let (low, high) = (settings.area.min(), settings.area.max());
    let (low, high) = (DVec2::new(low.x, low.y), DVec2::new(high.x, high.y));
    let leaf_m = settings.leaf_edge_m;
    let reach_m = (high - low).max_element() * 0.5;
    // Written so that a leaf of NaN metres is not sound.
    let is_sound =
        low.is_finite() && high.is_finite() && settings.far_m.is_finite() && leaf_m > 1.0 && leaf_m <= WIDEST_M;
    if !is_sound || reach_m.max(settings.far_m) > WIDEST_M {
        return Err(GroundError::Area);
    }
    let middle = (low + high) * 0.5;
    let half_m = reach_m.max(settings.far_m).max(leaf_m);
    let corner = ((middle - half_m) / leaf_m).floor() * leaf_m;
    let leaves = ((middle + half_m - corner).max_element() / leaf_m).ceil().max(1.0);
    let edge_m = f64::from((leaves as u32).next_power_of_two()) * leaf_m;
    // The spare leaves of the power of two go to both sides.
    let corner = corner - ((edge_m / leaf_m - leaves) * 0.5).floor() * leaf_m;
    Ok(Square { level: 0, column: 0, row: 0, corner, edge_m })
}

/// A ground on its way out.
pub(super) struct Writing<'a, 'p> {
    pub place: &'a Place<'p>,
    pub posts: Posts,
    pub out: &'a dyn TileWriter,
    /// Hears of every tile.
    pub written: &'a (dyn Fn() + Sync),
}

/// A square's tile with everything below it, contents written.
#[derive(Debug)]
pub(super) struct Done {
    pub tile: Tile,
    pub stats: GroundStats,
}

impl Writing<'_, '_> {
    /// Writes the root and everything below.
    pub fn write(&self, root: Square, pieces: &[Piece], trees: &[Tree]) -> Result<Done, GroundError> {
        let trees: Vec<&Tree> = trees.iter().filter(|tree| tree.place.is_finite()).collect();
        self.square(root, pieces, &trees)
    }

    /// Writes a square, and its quarters beside it, with what of the pieces and trees lies in it.
    fn square(&self, square: Square, pieces: &[Piece], trees: &[&Tree]) -> Result<Done, GroundError> {
        let pieces = pieces::within(pieces, &square);
        let trees: Vec<&Tree> = trees.iter().copied().filter(|tree| square.holds(tree.place)).collect();
        let quarters = if is_split(&square, self.place.settings) { square.quarters().to_vec() } else { Vec::new() };
        let is_leaf = quarters.is_empty();
        let below = || {
            let quarters = quarters.into_par_iter().map(|quarter| self.square(quarter, &pieces, &trees));
            quarters.collect::<Result<Vec<Done>, GroundError>>()
        };
        let (own, below) = rayon::join(|| self.tile(&square, &pieces, &trees, is_leaf), below);
        Ok(own?.over(below?, square.error_m()))
    }

    /// Writes one square's content.
    fn tile(&self, square: &Square, pieces: &[Piece], trees: &[&Tree], is_leaf: bool) -> Result<Done, GroundError> {
        let detail = detail(square, self.place.settings);
        let flat = Flat::new(square, &pieces::drawn(pieces, square, is_leaf), &self.posts);
        let content = content(square, &flat, trees, detail, self.place)?;
        write(self.out, &square.path(), &content.glb)?;
        (self.written)();
        let bytes = content.glb.len() as u64;
        let stats = GroundStats {
            tiles: 1,
            leaves: u64::from(is_leaf),
            triangles: content.triangles,
            trees: if detail == Detail::Near { trees.len() as u64 } else { 0 },
            plain_squares: u64::from(flat.is_plain),
            borders_left_out: flat.borders_left_out,
            bytes,
            largest_bytes: bytes,
            ..GroundStats::default()
        };
        let tile = Tile { bounds: content.bounds, error_m: 0.0, uri: Some(square.path()), children: Vec::new() };
        Ok(Done { tile, stats })
    }
}

impl Done {
    /// The square over its quarters.
    fn over(mut self, below: Vec<Self>, error_m: f64) -> Self {
        self.tile.error_m = if below.is_empty() { 0.0 } else { error_m };
        for child in below {
            self.stats.add(&child.stats);
            self.tile.bounds = self.tile.bounds.union(child.tile.bounds);
            self.tile.children.push(child.tile);
        }
        self
    }
}

/// How many squares there are from this one down.
pub(super) fn count(square: Square, settings: &GroundSettings) -> u64 {
    let quarters = if is_split(&square, settings) { square.quarters().to_vec() } else { Vec::new() };
    1 + quarters.into_iter().map(|quarter| count(quarter, settings)).sum::<u64>()
}

/// Whether a square has quarters: it is larger than a leaf and the city reaches into it.
fn is_split(square: &Square, settings: &GroundSettings) -> bool {
    let rect = square.rect(0.0);
    let (area, low, high) = (settings.area, rect.min(), rect.max());
    let reaches = area.min().x < high.x && area.max().x > low.x && area.min().y < high.y && area.max().y > low.y;
    square.edge_m > settings.leaf_edge_m && (reaches || square.level == 0)
}

/// Every tree in leaves of the finest size, the largest ones a level above, none elsewhere.
fn detail(square: &Square, settings: &GroundSettings) -> Detail {
    let leaves = square.edge_m / settings.leaf_edge_m;
    if leaves < 1.5 {
        Detail::Near
    } else if leaves < 3.0 {
        Detail::Far
    } else {
        Detail::Without
    }
}
