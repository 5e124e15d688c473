//! Height grids as GeoTIFF files: what the state's DGM tiles are, for the invented city.

use std::io::{Seek, Write};

use tiff::TiffResult;
use tiff::encoder::colortype::Gray32Float;
use tiff::encoder::compression::DeflateLevel;
use tiff::encoder::{Compression, Predictor, TiffEncoder};
use tiff::tags::Tag;

use crate::geo::HeightGrid;

/// What stands for "no height" in the file.
const NO_DATA: f32 = -9999.0;

/// Writes a grid as 32-bit floats in deflated strips, with the tags of OGC 19-008r4 that say where it lies (samples are
/// areas, as in DGM1) and GDAL's tag for "no height". The same grid gives the same bytes.
///
/// Fails where the heights are not as many as the grid's size asks for, or where `output` does.
pub(super) fn write_geotiff(grid: &HeightGrid, output: &mut (impl Write + Seek)) -> TiffResult<()> {
    let columns = grid.columns.max(1) as usize;
    let from_north_m: Vec<f32> = grid
        .heights_m
        .chunks(columns)
        .rev()
        .flatten()
        .map(|height| if height.is_nan() { NO_DATA } else { *height })
        .collect();
    let mut encoder = TiffEncoder::new(output)?
        .with_compression(Compression::Deflate(DeflateLevel::Balanced))
        .with_predictor(Predictor::None);
    let mut image = encoder.new_image::<Gray32Float>(grid.columns, grid.rows)?;
    let north_m = grid.origin.y + (f64::from(grid.rows) - 0.5) * grid.spacing_m;
    let west_m = grid.origin.x - 0.5 * grid.spacing_m;
    let directory = image.encoder();
    directory.write_tag(Tag::ModelPixelScaleTag, &[grid.spacing_m, grid.spacing_m, 0.0][..])?;
    directory.write_tag(Tag::ModelTiepointTag, &[0.0, 0.0, 0.0, west_m, north_m, 0.0][..])?;
    directory.write_tag(Tag::GeoKeyDirectoryTag, &geo_keys(grid)[..])?;
    directory.write_tag(Tag::GdalNodata, format!("{NO_DATA}").as_str())?;
    image.write_data(&from_north_m)
}

/// The key directory (OGC 19-008r4 § 7.1.1): a head, then key, 0, 1 and value, in the order of the keys.
fn geo_keys(grid: &HeightGrid) -> Vec<u16> {
    let code = |code: Option<u32>| code.and_then(|code| u16::try_from(code).ok());
    let keys = [
        (1024, Some(1)),
        (1025, Some(1)),
        (3072, code(grid.crs.map(|crs| crs.horizontal))),
        (4096, code(grid.crs.and_then(|crs| crs.vertical))),
    ];
    let entries: Vec<[u16; 4]> = keys.iter().filter_map(|(key, value)| Some([*key, 0, 1, (*value)?])).collect();
    let head = [1, 1, 0, entries.len() as u16];
    std::iter::once(head).chain(entries).flatten().collect()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use glam::DVec2;
    use proptest::prelude::*;

    use super::*;
    use crate::geo::Crs;

    fn written(grid: &HeightGrid) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        write_geotiff(grid, &mut bytes).unwrap();
        bytes.into_inner()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_written_grid_is_read_back(
            columns in 1..40_u32,
            rows in 1..40_u32,
            seed in any::<u32>(),
            crs in prop::option::of((25832..25834_u32, prop::option::of(Just(7837_u32)))),
        ) {
            let height = |index: u32| match seed.wrapping_mul(index) % 7 {
                0 => f32::NAN,
                other => 500.0 + other as f32 * 0.37,
            };
            let grid = HeightGrid {
                crs: crs.map(|(horizontal, vertical)| Crs { horizontal, vertical }),
                origin: DVec2::new(690_000.5, 5_334_000.5),
                spacing_m: 1.0,
                columns,
                rows,
                heights_m: (0..columns * rows).map(height).collect(),
            };
            let bytes = written(&grid);
            prop_assert_eq!(&bytes, &written(&grid));
            let options = crate::source::ReadOptions::of("f");
            let mut report = crate::report::Report::default();
            let read = crate::source::geotiff::read(Cursor::new(bytes), &options, &mut report).unwrap();
            prop_assert_eq!(report.total(), u64::from(crs.is_none()));
            let bits = |grid: &HeightGrid| grid.heights_m.iter().map(|height| height.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&read), bits(&grid));
            prop_assert_eq!(HeightGrid { heights_m: vec![], ..read }, HeightGrid { heights_m: vec![], ..grid });
        }
    }
}
