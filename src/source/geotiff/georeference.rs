//! Where a GeoTIFF's posts are and in which system (OGC 19-008r4 § 7).

use std::io::{Read, Seek};

use glam::DVec2;
use tiff::decoder::Decoder;
use tiff::tags::Tag;

use crate::geo::Crs;

/// GeoKeys (OGC 19-008r4 § 7.4).
mod key {
    pub(super) const MODEL_TYPE: u16 = 1024;
    pub(super) const RASTER_TYPE: u16 = 1025;
    pub(super) const PROJECTED_CRS: u16 = 3072;
    pub(super) const VERTICAL: u16 = 4096;
}

/// Value of [`key::MODEL_TYPE`] for a projected system.
const MODEL_PROJECTED: u16 = 1;
/// Value of [`key::RASTER_TYPE`] where a sample stands for a point and not for the middle of an area.
const RASTER_IS_POINT: u16 = 2;
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
    let Corner { position, spacing } = corner(decoder)?;
    let is_usable = spacing.x > 0.0 && spacing.is_finite() && position.is_finite();
    if !is_usable || (spacing.x - spacing.y).abs() > spacing.x * 1e-6 {
        return Err("the grid's cells are not squares with north above");
    }
    let is_point = keys.get(key::RASTER_TYPE) == Some(RASTER_IS_POINT);
    let to_post = if is_point { 0.0 } else { 0.5 };
    let down = f64::from(rows) - 1.0 + to_post;
    let south_west = position + DVec2::new(to_post * spacing.x, -down * spacing.x);
    Ok(Georeference { crs: keys.crs(), south_west, spacing_m: spacing.x })
}

/// The image's raster origin (its first sample, or that sample's north-western corner) and the size of a cell.
struct Corner {
    position: DVec2,
    spacing: DVec2,
}

fn corner<R: Read + Seek>(decoder: &mut Decoder<R>) -> Result<Corner, &'static str> {
    let mut numbers = |tag| decoder.get_tag_f64_vec(tag).unwrap_or_default();
    let (scale, tie) = (numbers(Tag::ModelPixelScaleTag), numbers(Tag::ModelTiepointTag));
    if let ([x, y, ..], [column, row, _, east, north, ..]) = (scale.as_slice(), tie.as_slice()) {
        let spacing = DVec2::new(*x, *y);
        let position = DVec2::new(east - column * x, north + row * y);
        return Ok(Corner { position, spacing });
    }
    match numbers(Tag::ModelTransformationTag).as_slice() {
        [x, turn_x, _, east, turn_y, y, _, north, ..] if *turn_x == 0.0 && *turn_y == 0.0 => {
            Ok(Corner { position: DVec2::new(*east, *north), spacing: DVec2::new(*x, -*y) })
        }
        [] => Err("the tags that say where the grid lies are missing"),
        _ => Err("the grid is turned against its system's axes"),
    }
}

/// The key directory: four numbers a key, of which the last is the value where the second is 0.
struct GeoKeys(Vec<u16>);

impl GeoKeys {
    fn read<R: Read + Seek>(decoder: &mut Decoder<R>) -> Self {
        Self(decoder.get_tag_u16_vec(Tag::GeoKeyDirectoryTag).unwrap_or_default())
    }

    fn get(&self, key: u16) -> Option<u16> {
        self.0.chunks_exact(4).skip(1).find_map(|entry| match entry {
            [found, 0, _, value] if *found == key => Some(*value),
            _ => None,
        })
    }

    fn crs(&self) -> Option<Crs> {
        let code = |key| self.get(key).filter(|code| *code != 0 && *code != USER_DEFINED).map(u32::from);
        Some(Crs { horizontal: code(key::PROJECTED_CRS)?, vertical: code(key::VERTICAL) })
    }
}
