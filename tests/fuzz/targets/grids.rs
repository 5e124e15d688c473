//! Grids: heights of the ground, and of the geoid.

use std::io::Cursor;

use glam::DVec3;
use stadtzwilling::geo::{Crs, HeightReference, Projector};
use stadtzwilling::report::Report;
use stadtzwilling::source::geotiff as reader;

use super::{Lines, check_error, check_report, folder_with, options};

/// A GeoTIFF of heights.
pub fn geotiff(bytes: &[u8]) {
    let mut report = Report::default();
    match reader::read(Cursor::new(bytes), &options(), &mut report) {
        Err(error) => check_error(&error, Lines::None),
        Ok(grid) => {
            assert_eq!(grid.heights_m.len() as u64, u64::from(grid.columns) * u64::from(grid.rows));
            assert!(grid.spacing_m > 0.0 && grid.spacing_m.is_finite() && grid.origin.is_finite());
            let (south_west, north_east) = grid.bounds();
            assert!(grid.height_m(south_west.x, north_east.y).is_none_or(f64::is_finite));
        }
    }
    check_report(&report);
}

/// UTM zone 32 with heights above the geoid.
const WITH_GEOID: Crs = Crs { horizontal: 25832, vertical: Some(7837) };
/// Munich's centre, in UTM zone 32.
const MUNICH: DVec3 = DVec3::new(691_600.0, 5_334_800.0, 520.0);

/// A grid of the geoid, found in a folder under either of the names that tell its form.
pub fn geoid(bytes: &[u8]) {
    for name in ["de_bkg_gcg2016.tif", "GCG2016.gtx"] {
        let folder = folder_with(name, bytes);
        let heights = HeightReference::Geoid { undulation_constant_m: 45.7 };
        let projector = Projector::with_grid_folders(WITH_GEOID, heights, &[folder.path().to_owned()]);
        let projector = projector.expect("PROJ knows the system, with a grid or without");
        let lifted = projector.geodetic(MUNICH).expect("a place in Munich");
        assert!(lifted.height_m.is_finite());
    }
}
