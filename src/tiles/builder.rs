//! Takes released buildings in any order and writes their tileset.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use glam::DVec2;
use rayon::prelude::*;

use super::building::LocalBuilding;
use super::schema::{Schema, SchemaBuilder};
use super::spool::{Cell, Spool};
use super::square::Square;
use super::tileset::{self, Stamp, Tile};
use super::tree::{Branch, Plan, TileFile};
use super::{TileWriter, TilesError, ToEcef};
use crate::geo::{Bounds3, EastNorthUp, Geodetic};
use crate::privacy::ReleasedBuilding;
use crate::twin::AttributeInfo;

/// Edge of the cells that buildings wait in, metres. One is in memory at a time on each core.
const CELL_EDGE_M: f64 = 1024.0;
/// Cells along the edge of the largest square that is worked on at once.
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
    ids: BTreeSet<String>,
    without_geometry: u64,
}

impl TilesetBuilder {
    /// An empty tileset. Fails where two attributes would have one name in the tiles.
    pub fn new(mut settings: TilesetSettings) -> Result<Self, TilesError> {
        let schema = SchemaBuilder::new(std::mem::take(&mut settings.attributes))?;
        let frame = EastNorthUp::at(settings.origin);
        let spool = Spool::new(settings.spool_dir.clone());
        Ok(Self { settings, frame, schema, spool, ids: BTreeSet::new(), without_geometry: 0 })
    }

    /// Adds a building. After an error about this building alone (id, values, projection) the next can be added.
    pub fn add(&mut self, building: &ReleasedBuilding, to_ecef: &dyn ToEcef) -> Result<(), TilesError> {
        if self.ids.contains(building.id()) {
            return Err(TilesError::DuplicateId(building.id().to_owned()));
        }
        let local = LocalBuilding::of(building, &self.frame, to_ecef)?;
        self.schema.observe(&local.id, &local.values)?;
        self.ids.insert(local.id.clone());
        if local.drawn().next().is_none() {
            self.without_geometry += 1;
            return Ok(());
        }
        let cell = (local.bounds().center() / CELL_EDGE_M).floor();
        self.spool.add((cell.x as i32, cell.y as i32), &local)
    }

    /// Writes the tileset: contents first, `tileset.json` last. `progress` hears of buildings done and in all.
    pub fn finish(
        mut self,
        out: &mut dyn TileWriter,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<TilesetStats, TilesError> {
        self.spool.flush()?;
        let schema = self.schema.finish();
        let plan = Plan {
            schema: &schema,
            copyright: &self.settings.copyright,
            leaf_max_buildings: self.settings.leaf_max_buildings,
            inner_max_triangles: self.settings.inner_max_triangles,
        };
        let stats = TilesetStats { without_geometry: self.without_geometry, ..Default::default() };
        let total = self.spool.cells().values().sum();
        let mut writing = Writing { spool: &self.spool, plan, out, progress, total, stats };
        let root = writing.tree()?;
        let mut stats = writing.stats;
        stats.without_geometry += total - stats.buildings;
        stats.bounds = root.as_ref().map_or(Bounds3::EMPTY, |root| root.bounds);
        write_tilesets(root, &schema, &self.settings, &self.frame, out, &mut stats)?;
        Ok(stats)
    }
}

/// A tileset on its way out.
struct Writing<'a> {
    spool: &'a Spool,
    plan: Plan<'a>,
    out: &'a mut dyn TileWriter,
    progress: &'a mut dyn FnMut(u64, u64),
    total: u64,
    stats: TilesetStats,
}

impl Writing<'_> {
    fn tree(&mut self) -> Result<Option<Tile>, TilesError> {
        let Some((root, first)) = root(self.spool.cells().keys().copied()) else { return Ok(None) };
        Ok(self.upper(root, first)?.map(|branch| branch.tile))
    }

    /// Large squares one after the other, writing out as they are done.
    fn upper(&mut self, node: Square, first: Cell) -> Result<Option<Branch>, TilesError> {
        let mut branch = if node.edge_m <= CELL_EDGE_M * f64::from(CELLS_AT_ONCE) {
            at_once(self.spool, &self.plan, node, first)?
        } else {
            let mut branches = Vec::new();
            for quarter in node.quarters() {
                branches.extend(self.upper(quarter, first)?);
            }
            self.plan.join(node, branches)
        };
        if let Some(branch) = &mut branch {
            for file in branch.files.drain(..) {
                write(&mut *self.out, &file.path, &file.glb)?;
                self.stats.count(&file);
            }
            (self.progress)(self.stats.buildings, self.total);
        }
        Ok(branch)
    }
}

impl TilesetStats {
    fn count(&mut self, file: &TileFile) {
        let bytes = file.glb.len() as u64;
        self.tiles += 1;
        *self.tiles_by_level.entry(file.level).or_default() += 1;
        self.bytes += bytes;
        if file.is_leaf {
            self.leaves += 1;
            self.buildings += file.buildings;
            self.leaf_triangles += file.triangles;
            self.leaf_bytes += bytes;
        } else {
            self.max_inner_triangles = self.max_inner_triangles.max(file.triangles);
        }
    }
}

/// A square small enough for memory, its cells on all cores.
fn at_once(spool: &Spool, plan: &Plan<'_>, node: Square, first: Cell) -> Result<Option<Branch>, TilesError> {
    if node.edge_m <= CELL_EDGE_M {
        let cell = (first.0 + node.column as i32, first.1 + node.row as i32);
        if !spool.cells().contains_key(&cell) {
            return Ok(None);
        }
        return Ok(plan.grow(node, spool.take(cell)?));
    }
    let branches: Vec<Option<Branch>> = node
        .quarters()
        .into_par_iter()
        .map(|quarter| at_once(spool, plan, quarter, first))
        .collect::<Result<_, _>>()?;
    Ok(plan.join(node, branches.into_iter().flatten().collect()))
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
    out: &mut dyn TileWriter,
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

fn write(out: &mut dyn TileWriter, path: &str, bytes: &[u8]) -> Result<(), TilesError> {
    out.write(path, bytes).map_err(|source| TilesError::Write { path: path.to_owned(), source })
}
