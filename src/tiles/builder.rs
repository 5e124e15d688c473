//! Takes released buildings in any order and writes their tileset.

use std::collections::BTreeMap;
use std::path::PathBuf;

use glam::DVec2;
use rayon::prelude::*;

use super::building::{LocalBuilding, PlacedBuilding};
use super::ids::Ids;
use super::schema::{Schema, SchemaBuilder};
use super::spool::{Cell, Spool, packed};
use super::square::Square;
use super::tileset::{self, Stamp, Tile};
use super::tree::{Branch, Plan};
use super::{TileWriter, TilesError, ToEcef};
use crate::geo::{Bounds3, EastNorthUp, Geodetic};
use crate::privacy::ReleasedBuilding;
use crate::twin::AttributeInfo;

/// Edge of the cells that buildings wait in, metres. One is in memory at a time on each core.
const CELL_EDGE_M: f64 = 1024.0;

/// Cells along the edge of the largest square that is worked on by all cores at once. Larger ones have their quarters one
/// after the other, so that few finished squares wait for their neighbours.
const CELLS_AT_ONCE: u32 = 4;

/// What a tileset is made with.
#[derive(Clone, Debug)]
pub struct TilesetSettings {
    /// The release's attributes, in the order of the buildings' values.
    pub attributes: Vec<AttributeInfo>,
    /// SHA-256 of the policy, hexadecimal; stamped on every tileset file.
    pub policy_hash: String,
    /// Audience of the release; stamped on every tileset file.
    pub audience: String,
    /// Attributions of the sources, for `asset.copyright` of every glb.
    pub copyright: String,
    /// Zero of the tileset's local frame: a point in the city.
    pub origin: Geodetic,
    /// An existing, empty folder for intermediate data; left empty.
    pub spool_dir: PathBuf,
    /// Buildings in a leaf at most.
    pub leaf_max_buildings: usize,
    /// Triangles in an inner tile at most.
    pub inner_max_triangles: usize,
}

impl TilesetSettings {
    /// Limits that suit a city: 300 buildings a leaf, 8,192 triangles an inner tile; no attributes and no stamps yet.
    pub fn at(origin: Geodetic, spool_dir: PathBuf) -> Self {
        Self {
            attributes: Vec::new(),
            policy_hash: String::new(),
            audience: String::new(),
            copyright: String::new(),
            origin,
            spool_dir,
            leaf_max_buildings: 300,
            inner_max_triangles: 8_192,
        }
    }
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TilesetStats {
    /// Tiles with content.
    pub tiles: u64,
    /// Tiles by level of the quadtree, 0 the root.
    pub tiles_by_level: BTreeMap<u32, u64>,
    /// Leaves.
    pub leaves: u64,
    /// Buildings in leaves.
    pub buildings: u64,
    /// Buildings that have nothing to draw and are in no tile.
    pub without_geometry: u64,
    /// Triangles in leaves.
    pub leaf_triangles: u64,
    /// Triangles in the largest inner tile.
    pub max_inner_triangles: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// Bytes of the leaves.
    pub leaf_bytes: u64,
    /// Box around everything, local metres; empty without buildings.
    pub bounds: Bounds3,
}

/// Collects buildings and writes them as 3D Tiles. The same buildings in any order give the same bytes.
#[derive(Debug)]
pub struct TilesetBuilder {
    settings: TilesetSettings,
    frame: EastNorthUp,
    schema: SchemaBuilder,
    spool: Spool,
    ids: Ids,
    without_geometry: u64,
}

impl TilesetBuilder {
    /// An empty tileset. Fails where two attributes would have one name in the tiles.
    pub fn new(mut settings: TilesetSettings) -> Result<Self, TilesError> {
        let schema = SchemaBuilder::new(std::mem::take(&mut settings.attributes))?;
        let frame = EastNorthUp::at(settings.origin);
        let spool = Spool::new(settings.spool_dir.clone());
        Ok(Self { settings, frame, schema, spool, ids: Ids::default(), without_geometry: 0 })
    }

    /// What takes buildings to the tileset's frame, on any thread.
    pub fn placer(&self) -> Placer {
        Placer { frame: self.frame }
    }

    /// Adds a building. After an error about this building alone (id, values, projection) the next can be added.
    pub fn add(&mut self, building: &ReleasedBuilding, to_ecef: &dyn ToEcef) -> Result<(), TilesError> {
        self.add_placed(self.placer().place(building, to_ecef)?)
    }

    /// Adds a building that this tileset's placer has placed. After an error about this building alone the next can be
    /// added.
    pub fn add_placed(&mut self, building: PlacedBuilding) -> Result<(), TilesError> {
        let PlacedBuilding { id, values, cell, packed } = building;
        if self.ids.contains(&id) {
            return Err(TilesError::DuplicateId(id));
        }
        self.schema.observe(&id, &values)?;
        self.ids.insert(&id);
        match cell {
            Some(cell) => self.spool.add(cell, packed),
            None => {
                self.without_geometry += 1;
                Ok(())
            }
        }
    }

    /// How many buildings will be in its tiles.
    pub fn drawn(&self) -> u64 {
        self.spool.cells().values().sum()
    }

    /// Writes the tileset: contents first, `tileset.json` last. `written` hears, from any thread, of so many more of the
    /// [buildings](TilesetBuilder::drawn) that are done.
    pub fn finish(mut self, out: &dyn TileWriter, written: &(dyn Fn(u64) + Sync)) -> Result<TilesetStats, TilesError> {
        self.spool.flush()?;
        let total = self.drawn();
        let schema = self.schema.finish();
        let plan = Plan {
            schema: &schema,
            copyright: &self.settings.copyright,
            leaf_max_buildings: self.settings.leaf_max_buildings,
            inner_max_triangles: self.settings.inner_max_triangles,
            out,
        };
        let writing = Writing { spool: &self.spool, plan, written };
        let root = writing.tree()?;
        let (tile, mut stats) = root.map(|root| (root.tile, root.stats)).unzip();
        let stats = stats.get_or_insert_default();
        stats.without_geometry = self.without_geometry + total - stats.buildings;
        stats.bounds = tile.as_ref().map_or(Bounds3::EMPTY, |root| root.bounds);
        write_tilesets(tile, &schema, &self.settings, &self.frame, out, stats)?;
        Ok(std::mem::take(stats))
    }
}

/// Takes released buildings to a tileset's frame. May be shared between threads.
#[derive(Clone, Copy, Debug)]
pub struct Placer {
    frame: EastNorthUp,
}

impl Placer {
    /// A building in the tileset's frame. Fails where it cannot be projected or lies too far away.
    pub fn place(&self, building: &ReleasedBuilding, to_ecef: &dyn ToEcef) -> Result<PlacedBuilding, TilesError> {
        let local = LocalBuilding::of(building, &self.frame, to_ecef)?;
        let is_drawn = local.drawn().next().is_some();
        let cell = is_drawn.then(|| (local.bounds().center() / CELL_EDGE_M).floor());
        let packed = if is_drawn { packed(&local) } else { Vec::new() };
        let cell = cell.map(|cell| (cell.x as i32, cell.y as i32));
        Ok(PlacedBuilding { id: local.id, values: local.values, cell, packed })
    }
}

/// A tileset on its way out.
struct Writing<'a> {
    spool: &'a Spool,
    plan: Plan<'a>,
    written: &'a (dyn Fn(u64) + Sync),
}

impl Writing<'_> {
    fn tree(&self) -> Result<Option<Branch>, TilesError> {
        let Some((root, first)) = root(self.spool.cells().keys().copied()) else { return Ok(None) };
        self.square(root, first)
    }

    /// A square with everything in it, its cells on all cores.
    fn square(&self, node: Square, first: Cell) -> Result<Option<Branch>, TilesError> {
        if node.edge_m <= CELL_EDGE_M {
            return self.cell(node, (first.0 + node.column as i32, first.1 + node.row as i32));
        }
        let quarter = |quarter: Square| self.square(quarter, first);
        let branches: Vec<Option<Branch>> = match node.edge_m <= CELL_EDGE_M * f64::from(CELLS_AT_ONCE) {
            true => node.quarters().into_par_iter().map(quarter).collect::<Result<_, _>>()?,
            false => node.quarters().into_iter().map(quarter).collect::<Result<_, _>>()?,
        };
        self.plan.join(node, branches.into_iter().flatten().collect())
    }

    fn cell(&self, node: Square, cell: Cell) -> Result<Option<Branch>, TilesError> {
        let Some(count) = self.spool.cells().get(&cell) else { return Ok(None) };
        let branch = self.plan.grow(node, self.spool.take(cell)?)?;
        (self.written)(*count);
        Ok(branch)
    }
}

impl TilesetStats {
    /// Adds what another part of the tileset has.
    pub(super) fn add(&mut self, other: &Self) {
        self.tiles += other.tiles;
        other.tiles_by_level.iter().for_each(|(level, tiles)| *self.tiles_by_level.entry(*level).or_default() += tiles);
        self.leaves += other.leaves;
        self.buildings += other.buildings;
        self.leaf_triangles += other.leaf_triangles;
        self.max_inner_triangles = self.max_inner_triangles.max(other.max_inner_triangles);
        self.bytes += other.bytes;
        self.leaf_bytes += other.leaf_bytes;
    }
}

/// The smallest square of 2ⁿ cells around all cells, and its south-western cell; `None` for none.
fn root(cells: impl Iterator<Item = Cell> + Clone) -> Option<(Square, Cell)> {
    let columns = cells.clone().map(|cell| cell.0);
    let rows = cells.map(|cell| cell.1);
    let first = (columns.clone().min()?, rows.clone().min()?);
    let across = (columns.max()? - first.0).max(rows.max()? - first.1) + 1;
    let across = f64::from(across.cast_unsigned().next_power_of_two());
    let corner = DVec2::new(f64::from(first.0), f64::from(first.1)) * CELL_EDGE_M;
    Some((Square { level: 0, column: 0, row: 0, corner, edge_m: across * CELL_EDGE_M }, first))
}

fn write_tilesets(
    root: Option<Tile>,
    schema: &Schema,
    settings: &TilesetSettings,
    frame: &EastNorthUp,
    out: &dyn TileWriter,
    stats: &mut TilesetStats,
) -> Result<(), TilesError> {
    let stamp = Stamp {
        policy_hash: settings.policy_hash.clone(),
        audience: settings.audience.clone(),
        schema: schema.json().clone(),
    };
    for (path, bytes) in tileset::files(root.unwrap_or_else(Tile::empty), &stamp, frame.ecef_from_local) {
        stats.bytes += bytes.len() as u64;
        write(out, &path, &bytes)?;
    }
    Ok(())
}

/// Writes one file.
pub(super) fn write(out: &dyn TileWriter, path: &str, bytes: &[u8]) -> Result<(), TilesError> {
    out.write(path, bytes).map_err(|source| TilesError::Write { path: path.to_owned(), source })
}
