//! The terrain's files: a fine grid over the core and a coarse one over everything around it.

use std::io::Cursor;

use glam::DVec2;

use super::facts::TerrainFacts;
use super::geotiff::write_geotiff;
use super::{SampleError, SampleFiles};
use crate::geo::{Crs, HeightGrid};

/// Grid spacing over the core in metres.
const FINE_M: f64 = 20.0;
/// Grid spacing beyond in metres.
const COARSE_M: f64 = 100.0;
/// How far the coarse grid reaches beyond the buildings in metres.
const MARGIN_M: f64 = 4000.0;

/// Writes both grids; `core` and `all` are south-west and north-east corners.
pub(super) fn write(
    terrain: &TerrainFacts,
    core: [DVec2; 2],
    all: [DVec2; 2],
    out: &mut dyn SampleFiles,
) -> Result<(), SampleError> {
    let wide = [all[0] - MARGIN_M, all[1] + MARGIN_M];
    write_one("dgm/weit_100m.tif", &sampled(terrain, wide, COARSE_M), out)?;
    write_one("dgm/zentrum_20m.tif", &sampled(terrain, [core[0] - 200.0, core[1] + 200.0], FINE_M), out)
}

fn write_one(path: &'static str, grid: &HeightGrid, out: &mut dyn SampleFiles) -> Result<(), SampleError> {
    let mut bytes = Cursor::new(Vec::new());
    write_geotiff(grid, &mut bytes).map_err(|source| SampleError::Terrain { path, source })?;
    super::write_all(out, path, bytes.get_ref())
}

/// Heights at the crossings of a grid whose lines lie on whole multiples of the spacing.
fn sampled(terrain: &TerrainFacts, [low, high]: [DVec2; 2], spacing_m: f64) -> HeightGrid {
    let (low, high) = ((low / spacing_m).floor() * spacing_m, (high / spacing_m).ceil() * spacing_m);
    let columns = ((high.x - low.x) / spacing_m) as u32 + 1;
    let rows = ((high.y - low.y) / spacing_m) as u32 + 1;
    let place =
        |row: u32, column: u32| DVec2::new(low.x + f64::from(column) * spacing_m, low.y + f64::from(row) * spacing_m);
    let height = |(row, column)| (terrain.height_m(place(row, column)) * 100.0).round() as f32 / 100.0;
    let heights_m = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))).map(height).collect();
    HeightGrid { crs: Some(Crs::horizontal(25832)), origin: low, spacing_m, columns, rows, heights_m }
}
