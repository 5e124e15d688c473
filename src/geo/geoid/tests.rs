//! Grids of the geoid: every form of the file says the same, broken bytes are no grid.

use std::io::Cursor;
use std::path::Path;

use proptest::prelude::*;
use tiff::encoder::{TiffEncoder, colortype};

use super::*;
use crate::geo::geotiff::RASTER_TYPE;

/// Three by two nodes around Munich: 45 m in the south-west, one metre more for each node east, ten for each north.
const NODES_FROM_SOUTH: [[f32; 3]; 2] = [[45.0, 46.0, 47.0], [55.0, 56.0, -88.8888]];

fn gtx() -> Vec<u8> {
    let mut bytes = Vec::new();
    for real in [48.0f64, 11.0, 0.5, 0.25] {
        bytes.extend(real.to_be_bytes());
    }
    bytes.extend(2i32.to_be_bytes());
    bytes.extend(3i32.to_be_bytes());
    NODES_FROM_SOUTH.iter().flatten().for_each(|node| bytes.extend(node.to_be_bytes()));
    bytes
}

/// The same nodes as a GeoTIFF; its corner lies half a pixel out where pixels are areas.
fn tiff(raster_type: u16) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut bytes).unwrap();
    let mut image = encoder.new_image::<colortype::Gray32Float>(3, 2).unwrap();
    let half = if raster_type == 2 { 0.0 } else { 0.5 };
    let tie = [0.0, 0.0, 0.0, 11.0 - half * 0.25, 48.5 + half * 0.5, 0.0];
    image.encoder().write_tag(Tag::ModelPixelScaleTag, &[0.25f64, 0.5, 0.0][..]).unwrap();
    image.encoder().write_tag(Tag::ModelTiepointTag, &tie[..]).unwrap();
    image.encoder().write_tag(Tag::GeoKeyDirectoryTag, &[1u16, 1, 0, 1, RASTER_TYPE, 0, 1, raster_type][..]).unwrap();
    image.encoder().write_tag(Tag::GdalNodata, "-88.8888").unwrap();
    let from_north: Vec<f32> = NODES_FROM_SOUTH.iter().rev().flatten().copied().collect();
    image.write_data(&from_north).unwrap();
    bytes.into_inner()
}

fn read(name: &str, bytes: &[u8]) -> Option<GeoidGrid> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), bytes).unwrap();
    GeoidGrid::find(&[Path::new("/nowhere").into(), folder.path().into()], &["missing.tif", name])
}

#[test]
fn every_form_says_the_same() {
    for (name, bytes) in [("a.gtx", gtx()), ("points.tif", tiff(2)), ("areas.tif", tiff(1))] {
        let grid = read(name, &bytes).unwrap();
        assert_eq!(grid.name(), name);
        let near = |lon, lat, expected: f64| {
            let found = grid.undulation_m(lon, lat).unwrap();
            assert!((found - expected).abs() < 1e-6, "{name} {lon} {lat}: {found}");
        };
        near(11.0, 48.0, 45.0);
        near(11.2, 48.5, 55.8);
        near(11.125, 48.25, 50.5);
        near(11.0625, 48.1, 45.25 + 2.0);
        // Beside the node without a value, and outside.
        assert_eq!(grid.undulation_m(11.3, 48.1), None);
        assert_eq!(grid.undulation_m(10.99, 48.1), None);
        assert_eq!(grid.undulation_m(11.1, 48.6), None);
        assert_eq!(grid.undulation_m(f64::NAN, 48.1), None);
    }
}

proptest! {
    #[test]
    fn broken_bytes_are_no_grid_and_no_panic(at in 0usize..400, byte: u8, cut in 0usize..400) {
        for (name, mut bytes) in [("a.gtx", gtx()), ("a.tif", tiff(2))] {
            if let Some(broken) = bytes.get_mut(at) {
                *broken = byte;
            }
            bytes.truncate(cut.max(1));
            if let Some(grid) = read(name, &bytes) {
                let _ = grid.undulation_m(11.1, 48.1);
            }
        }
    }
}
