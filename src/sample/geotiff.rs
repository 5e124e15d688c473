//! Terrain as a GeoTIFF, one band of 32-bit floats, as the DGM products come.

use std::io::{Seek, Write};

use tiff::TiffResult;
use tiff::encoder::TiffEncoder;
use tiff::encoder::colortype::Gray32Float;
use tiff::tags::Tag;

/// Heights on a regular grid.
pub(super) struct Grid {
    pub(super) columns: u32,
    pub(super) rows: u32,
    /// Easting and northing of the middle of the north-western cell.
    pub(super) north_west: [f64; 2],
    pub(super) spacing_m: f64,
    /// Metres above sea level, row by row from the north.
    pub(super) heights_m: Vec<f32>,
}

/// Writes a grid in EPSG:25832 (GeoTIFF 1.1, OGC 19-008r4: pixel is area).
pub(super) fn write_geotiff(grid: &Grid, out: &mut (impl Write + Seek)) -> TiffResult<()> {
    let mut encoder = TiffEncoder::new(out)?;
    let mut image = encoder.new_image::<Gray32Float>(grid.columns, grid.rows)?;
    let [east, north] = grid.north_west;
    let (spacing, half) = (grid.spacing_m, grid.spacing_m / 2.0);
    let directory = image.encoder();
    directory.write_tag(Tag::ModelPixelScaleTag, &[spacing, spacing, 0.0][..])?;
    directory.write_tag(Tag::ModelTiepointTag, &[0.0, 0.0, 0.0, east - half, north + half, 0.0][..])?;
    let keys: [u16; 20] = [1, 1, 1, 4, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 25832, 3076, 0, 1, 9001];
    directory.write_tag(Tag::GeoKeyDirectoryTag, &keys[..])?;
    directory.write_tag(Tag::GdalNodata, "-9999")?;
    image.write_data(&grid.heights_m)
}
