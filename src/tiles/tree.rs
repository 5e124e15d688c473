//! The tree: an adaptive quadtree over the city, leaves in full, inner tiles with simplified buildings.
//!
//! Works from the leaves up and hands upwards only what a parent may show, so that the memory it needs does not grow
//! with the city. Decides what is shown where; how it is drawn is `content`'s, how it is simplified `block`'s.

use glam::DVec2;
use rayon::prelude::*;

use super::block::Block;
use super::builder::{TilesetStats, write};
use super::building::{Face, LocalBuilding, bounds};
use super::content::{Content, Feature, content};
use super::mesh::triangle_count;
use super::schema::Schema;
use super::square::Square;
use super::tileset::Tile;
use super::{TileWriter, TilesError};
use crate::geo::Bounds3;
use crate::privacy::ReleasedValue;

/// Largest edge of a leaf, metres, where it is not nearly empty.
const LEAF_EDGE_M: f64 = 256.0;
/// Largest edge of any leaf, metres: what 16-bit positions reach at the finest step.
const SPARSE_LEAF_EDGE_M: f64 = 512.0;
/// Below this edge a leaf is not split, however many buildings stand on one spot.
const SMALLEST_EDGE_M: f64 = 16.0;
/// An inner tile's geometric error at most: its edge divided by this. A tile of 512 m gives way to its children
/// nearer than about 1.2 km on a picture 720 pixels high at 16 pixels of screen-space error.
const EDGE_PER_ERROR: f64 = 16.0;
/// Buildings smaller than a tile's largest geometric error divided by this are left out: four pixels where the tile
/// gives way.
const PER_SMALLEST: f64 = 4.0;
/// Roofs that leave a flat one by more keep their form at any distance, metres: towers and steeples.
const LANDMARK_DEVIATION_M: f64 = 15.0;
/// How many times a building's height counts against its size: towers stand out against the sky.
const HEIGHT_WEIGHT: f64 = 4.0;
/// Triangles in a leaf at most, where it can be split.
const LEAF_MAX_TRIANGLES: usize = 40_000;
/// The part of an inner tile's triangles that one building may take in its true form.
const LANDMARK_SHARE: usize = 8;
/// Content of leaves is within this of its source in space, metres.
const LEAF_ACCURACY_M: f64 = 0.01;

/// What the tree is built with, and where its contents go.
#[derive(Clone, Copy)]
pub(super) struct Plan<'a> {
    pub schema: &'a Schema,
    pub copyright: &'a str,
    pub leaf_max_buildings: usize,
    pub inner_max_triangles: usize,
    pub out: &'a dyn TileWriter,
}

/// A finished subtree, its contents written, with what its parent needs of it.
#[derive(Debug)]
pub(super) struct Branch {
    pub tile: Tile,
    shown: Vec<Simplified>,
    /// Size of the largest building that is left out below the parent.
    lost_m: f64,
    pub stats: TilesetStats,
}

/// A building on its way up the tree.
#[derive(Clone, Debug)]
struct Simplified {
    id: String,
    values: Vec<Option<ReleasedValue>>,
    block: Block,
    /// Its true faces, as long as it is drawn with them.
    full: Option<Vec<Face>>,
    /// Diagonal of its box, metres.
    size_m: f64,
    /// Height of its box, metres.
    height_m: f64,
    order: u64,
}

impl Square {
    fn middle(&self) -> DVec2 {
        self.corner + self.edge_m * 0.5
    }

    /// The largest geometric error that its tile may have.
    fn largest_error_m(&self) -> f64 {
        self.edge_m / EDGE_PER_ERROR
    }
}

impl Plan<'_> {
    /// The subtree of the buildings whose centres lie in `node`; `None` where nothing can be drawn.
    pub fn grow(&self, node: Square, buildings: Vec<LocalBuilding>) -> Result<Option<Branch>, TilesError> {
        if buildings.is_empty() {
            return Ok(None);
        }
        if self.is_leaf(&node, &buildings) {
            return self.leaf(node, buildings);
        }
        let mut quarters: [Vec<LocalBuilding>; 4] = Default::default();
        for building in buildings {
            let center = building.bounds().center().truncate();
            let east = usize::from(center.x >= node.middle().x);
            let north = usize::from(center.y >= node.middle().y);
            if let Some(quarter) = quarters.get_mut(north * 2 + east) {
                quarter.push(building);
            }
        }
        let branches = node.quarters().into_par_iter().zip(quarters);
        let branches = branches.map(|(quarter, buildings)| self.grow(quarter, buildings));
        let branches: Vec<Option<Branch>> = branches.collect::<Result<_, _>>()?;
        self.join(node, branches.into_iter().flatten().collect())
    }

    fn is_leaf(&self, node: &Square, buildings: &[LocalBuilding]) -> bool {
        if node.edge_m <= SMALLEST_EDGE_M {
            return true;
        }
        let sparse = node.edge_m <= SPARSE_LEAF_EDGE_M && buildings.len() * 8 <= self.leaf_max_buildings;
        let full = node.edge_m <= LEAF_EDGE_M && buildings.len() <= self.leaf_max_buildings;
        let triangles = || buildings.iter().map(|building| triangle_count(building.drawn())).sum::<usize>();
        (sparse || full) && triangles() <= LEAF_MAX_TRIANGLES
    }

    fn leaf(&self, node: Square, mut buildings: Vec<LocalBuilding>) -> Result<Option<Branch>, TilesError> {
        buildings.sort_by_cached_key(|building| (morton(building), building.id.clone()));
        buildings.retain(|building| triangle_count(building.drawn()) > 0);
        let features = buildings.iter().map(|b| Feature { id: &b.id, values: &b.values, faces: &b.faces });
        let features: Vec<Feature<'_>> = features.collect();
        let Some(content) = content(&features, self.schema, self.copyright, LEAF_ACCURACY_M) else { return Ok(None) };
        let mut stats = self.write(&node, &content)?;
        stats.leaves = 1;
        stats.buildings = buildings.len() as u64;
        stats.leaf_triangles = content.triangles;
        stats.leaf_bytes = stats.bytes;
        let tile = Tile { bounds: content.bounds, error_m: 0.0, uri: Some(node.path()), children: Vec::new() };
        let shown = buildings.into_iter().map(|building| self.for_parent(&node, Simplified::of(building))).collect();
        Ok(Some(Branch { tile, shown, lost_m: 0.0, stats }))
    }

    /// A parent over finished subtrees; a single one takes its place itself.
    pub fn join(&self, node: Square, mut branches: Vec<Branch>) -> Result<Option<Branch>, TilesError> {
        if branches.len() < 2 {
            return Ok(branches.pop());
        }
        let mut lost_m = branches.iter().map(|branch| branch.lost_m).fold(0.0, f64::max);
        let candidates = branches.iter_mut().flat_map(|branch| std::mem::take(&mut branch.shown)).collect();
        let (shown, left_out_m) = self.choose(&node, candidates);
        lost_m = left_out_m.max(lost_m);
        let simplified_m = shown.iter().filter(|(building, _)| building.full.is_none()).map(|(b, _)| b.size_m);
        let error_m = simplified_m.fold(lost_m, f64::max).clamp(1.0, node.largest_error_m()).ceil();
        let children_error_m = branches.iter().map(|branch| branch.tile.error_m).fold(0.0, f64::max);

        let features = shown.iter().map(|(b, faces)| Feature { id: &b.id, values: &b.values, faces });
        let features: Vec<Feature<'_>> = features.collect();
        let content = content(&features, self.schema, self.copyright, node.largest_error_m() / 100.0);
        let mut stats = TilesetStats::default();
        branches.iter().for_each(|branch| stats.add(&branch.stats));
        let children: Vec<Tile> = branches.into_iter().map(|branch| branch.tile).collect();
        let mut tile = Tile {
            bounds: children.iter().fold(Bounds3::EMPTY, |bounds, child| bounds.union(child.bounds)),
            error_m: error_m.max(children_error_m),
            uri: None,
            children,
        };
        if let Some(content) = content {
            tile.bounds = tile.bounds.union(content.bounds);
            tile.uri = Some(node.path());
            stats.add(&self.write(&node, &content)?);
            stats.max_inner_triangles = stats.max_inner_triangles.max(content.triangles);
        }
        let shown = shown.into_iter().map(|(building, _)| self.for_parent(&node, building)).collect();
        Ok(Some(Branch { tile, shown, lost_m, stats }))
    }

    /// A building without what no parent of `node` will draw of it: subtrees wait for each other, and true faces are
    /// most of what they hold meanwhile.
    fn for_parent(&self, node: &Square, building: Simplified) -> Simplified {
        building.seen_from_afar(2.0 * node.largest_error_m(), self.inner_max_triangles / LANDMARK_SHARE)
    }

    /// Writes a content. Gives what counts for leaves and inner tiles alike.
    fn write(&self, node: &Square, content: &Content) -> Result<TilesetStats, TilesError> {
        write(self.out, &node.path(), &content.glb)?;
        let bytes = content.glb.len() as u64;
        Ok(TilesetStats { tiles: 1, tiles_by_level: [(node.level, 1)].into(), bytes, ..TilesetStats::default() })
    }

    /// What an inner tile shows, with its faces, and the size of the largest building left out.
    ///
    /// The largest and highest come first, until the tile's triangles are spent; small ones only as long as a quarter
    /// of them is not, so that a city seen from far away is no empty plain.
    fn choose(&self, node: &Square, mut candidates: Vec<Simplified>) -> (Vec<(Simplified, Vec<Face>)>, f64) {
        candidates.sort_by(|a, b| b.prominence_m().total_cmp(&a.prominence_m()).then_with(|| a.id.cmp(&b.id)));
        let mut shown = Vec::new();
        let mut left_out_m = 0.0_f64;
        let mut triangles_left = self.inner_max_triangles;
        for candidate in candidates {
            let candidate = candidate.seen_from_afar(node.largest_error_m(), self.inner_max_triangles / LANDMARK_SHARE);
            let faces = candidate.faces(node.largest_error_m());
            let count = triangle_count(faces.iter());
            let is_small = candidate.size_m * PER_SMALLEST < node.largest_error_m();
            let has_enough = triangles_left < self.inner_max_triangles - self.inner_max_triangles / 4;
            if is_small && has_enough || count > triangles_left {
                left_out_m = left_out_m.max(candidate.size_m);
                continue;
            }
            triangles_left -= count;
            shown.push((candidate, faces));
        }
        shown.sort_by(|(a, _), (b, _)| (a.order, &a.id).cmp(&(b.order, &b.id)));
        (shown, left_out_m)
    }
}

impl Simplified {
    fn of(building: LocalBuilding) -> Self {
        let block = Block::of(&building);
        let order = morton(&building);
        let LocalBuilding { id, values, mut faces } = building;
        faces.retain(|face| face.class != super::building::FaceClass::Ground);
        let size = bounds(&faces).size();
        Self { id, values, block, full: Some(faces), size_m: size.length(), height_m: size.z, order }
    }

    /// What decides who is shown where not all can be.
    fn prominence_m(&self) -> f64 {
        self.size_m.max(HEIGHT_WEIGHT * self.height_m)
    }

    /// Gives up the true faces where a flat roof is as good at a geometric error, or where they cost too much.
    fn seen_from_afar(mut self, error_m: f64, max_triangles: usize) -> Self {
        let keeps = self.block.deviation_m > (error_m * 0.25).min(LANDMARK_DEVIATION_M);
        self.full = self.full.filter(|faces| keeps && triangle_count(faces.iter()) <= max_triangles);
        self
    }

    fn faces(&self, error_m: f64) -> Vec<Face> {
        // A thirty-second of the error is half a pixel where the tile gives way.
        self.full.clone().unwrap_or_else(|| self.block.faces(error_m / 32.0))
    }
}

/// Place on a Z-order curve of metres: neighbours in the city stand side by side in a tile, which compresses better.
fn morton(building: &LocalBuilding) -> u64 {
    let center = building.bounds().center();
    let spread = |metres: f64| (0..32).fold(0_u64, |code, bit| code | (((metres as u64) >> bit) & 1) << (2 * bit));
    // The reach of a tileset is 100 km to either side.
    spread(center.x + 131_072.0) | spread(center.y + 131_072.0) << 1
}
