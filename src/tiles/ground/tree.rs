//! The ground's quadtree: which squares there are, and the way from the root to the last leaf.
//!
//! Large squares are worked on one after the other, handing down only the class polygons inside them; small ones all at
//! once on all cores. Projecting and writing stay in one thread and in one order.

use glam::DVec2;
use rayon::prelude::*;

use super::content::content;
use super::flat::Flat;
use super::pieces::{self, Piece};
use super::trees::Detail;
use super::{GroundError, GroundSettings, GroundStats, Place, Square, Tile, TileWriter, Tree, write};

/// Levels of squares that are worked on at once: 5 make up to 341 squares.
const LEVELS_AT_ONCE: u32 = 4;
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
    place: &'a Place<'p>,
    trees: &'a [Tree],
    out: &'a mut dyn TileWriter,
    stats: GroundStats,
}

/// A square with what is drawn in it, and its quarters.
struct Worked {
    square: Square,
    flat: Flat,
    children: Vec<Worked>,
}

impl<'a, 'p> Writing<'a, 'p> {
    pub fn new(place: &'a Place<'p>, trees: &'a [Tree], out: &'a mut dyn TileWriter) -> Self {
        Self { place, trees, out, stats: GroundStats::default() }
    }

    pub fn stats(&self) -> GroundStats {
        self.stats
    }

    /// Writes the root and everything below.
    pub fn write(&mut self, root: Square, pieces: Vec<Piece>) -> Result<Tile, GroundError> {
        let trees: Vec<&Tree> = self.trees.iter().filter(|tree| tree.place.is_finite()).collect();
        self.square(root, &pieces, &trees)
    }

    /// A large square: itself first, then its quarters one after the other.
    fn square(&mut self, square: Square, pieces: &[Piece], trees: &[&Tree]) -> Result<Tile, GroundError> {
        let settings = self.place.settings;
        let pieces = pieces::within(pieces, &square);
        let trees: Vec<&Tree> = trees.iter().copied().filter(|tree| square.holds(tree.place)).collect();
        if square.edge_m <= settings.leaf_edge_m * f64::from(1 << LEVELS_AT_ONCE) {
            let worked = worked(square, &pieces, settings);
            return self.worked(worked, &trees);
        }
        let quarters = if is_split(&square, settings) { square.quarters().to_vec() } else { Vec::new() };
        let flat = flat(&square, &pieces, quarters.is_empty());
        let mut children = Vec::new();
        for quarter in quarters {
            children.push(self.square(quarter, &pieces, &trees)?);
        }
        self.tile(&square, &flat, &trees, children)
    }

    /// Writes a square that has been worked on, its quarters first.
    fn worked(&mut self, worked: Worked, trees: &[&Tree]) -> Result<Tile, GroundError> {
        let trees: Vec<&Tree> = trees.iter().copied().filter(|tree| worked.square.holds(tree.place)).collect();
        let mut children = Vec::new();
        for child in worked.children {
            children.push(self.worked(child, &trees)?);
        }
        self.tile(&worked.square, &worked.flat, &trees, children)
    }

    /// Writes one square's content and gives its tile.
    fn tile(
        &mut self,
        square: &Square,
        flat: &Flat,
        trees: &[&Tree],
        children: Vec<Tile>,
    ) -> Result<Tile, GroundError> {
        let detail = detail(square, self.place.settings);
        let content = content(square, flat, trees, detail, self.place)?;
        let bytes = content.glb.len() as u64;
        self.stats.tiles += 1;
        self.stats.leaves += u64::from(children.is_empty());
        self.stats.triangles += content.triangles;
        self.stats.trees += if detail == Detail::Near { trees.len() as u64 } else { 0 };
        self.stats.plain_squares += u64::from(flat.is_plain);
        self.stats.borders_left_out += flat.borders_left_out;
        self.stats.bytes += bytes;
        self.stats.largest_bytes = self.stats.largest_bytes.max(bytes);
        write(self.out, &square.path(), &content.glb)?;
        let bounds = children.iter().fold(content.bounds, |bounds, child| bounds.union(child.bounds));
        let error_m = if children.is_empty() { 0.0 } else { square.error_m() };
        Ok(Tile { bounds, error_m, uri: Some(square.path()), children })
    }
}

/// Works on a square and everything below it.
fn worked(square: Square, pieces: &[Piece], settings: &GroundSettings) -> Worked {
    let quarters = if is_split(&square, settings) { square.quarters().to_vec() } else { Vec::new() };
    let flat = flat(&square, pieces, quarters.is_empty());
    let children = quarters.into_par_iter();
    let children = children.map(|quarter| worked(quarter, &pieces::within(pieces, &quarter), settings)).collect();
    Worked { square, flat, children }
}

fn flat(square: &Square, pieces: &[Piece], is_leaf: bool) -> Flat {
    Flat::new(square, &pieces::drawn(pieces, square, is_leaf))
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
