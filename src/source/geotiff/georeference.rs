//! Where a height grid's posts are and in which system (OGC 19-008r4 § 7).

use std::io::{Read, Seek};

use glam::DVec2;
use tiff::decoder::Decoder;

use crate::geo::Crs;
use crate::geo::geotiff::{GeoKeys, RasterPlace};

/// GeoKeys (OGC 19-008r4 § 7.4).
mod key {
    pub(super) const MODEL_TYPE: u16 = 1024;
    pub(super) const PROJECTED_CRS: u16 = 3072;
    pub(super) const VERTICAL: u16 = 4096;
}

/// Value of [`key::MODEL_TYPE`] for a projected system.
const MODEL_PROJECTED: u16 = 1;
/// "User-defined": no EPSG code.
const USER_DEFINED: u16 = 32767;

/// Where the posts of a grid are.
pub(super) struct Georeference {
    pub(super) crs: Option<Crs>,
    /// The south-western post.
    pub(super) south_west: DVec2,
    pub(super) spacing_m: f64,
}

/// Reads the tags that say where an image of `rows` rows is. The error is a message without the file's name.
pub(super) fn georeference<R: Read + Seek>(decoder: &mut Decoder<R>, rows: u32) -> Result<Georeference, &'static str> {
    let keys = GeoKeys::read(decoder);
    if keys.get(key::MODEL_TYPE).is_some_and(|model| model != MODEL_PROJECTED) {
        return Err("the grid is not in a projected system");
    }
    let RasterPlace { first, step } = RasterPlace::read(decoder, &keys)?;
    let is_usable = step.x > 0.0 && step.x.is_finite() && first.is_finite();
    if !is_usable || (step.x - step.y).abs() > step.x * 1e-6 {
        return Err("the grid's cells are not squares with north above");
    }
    let south_west = first - DVec2::new(0.0, (f64::from(rows) - 1.0) * step.x);
    Ok(Georeference { crs: crs(&keys), south_west, spacing_m: step.x })
}

fn crs(keys: &GeoKeys) -> Option<Crs> {
    let code = |key| keys.get(key).filter(|code| *code != 0 && *code != USER_DEFINED).map(u32::from);
    Some(Crs { horizontal: code(key::PROJECTED_CRS)?, vertical: code(key::VERTICAL) })
}
