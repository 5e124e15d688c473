//! Where a GeoTIFF's samples are (OGC 19-008r4 § 7): what grids of heights and of geoids say alike.
//!
//! Reads tags only; samples and what they mean are for the caller.

use std::io::{Read, Seek};

use glam::DVec2;
use tiff::decoder::Decoder;
use tiff::tags::Tag;

/// GeoKey of the raster type (OGC 19-008r4 § 7.1.2).
pub(super) const RASTER_TYPE: u16 = 1025;
/// Its value where a sample stands for a point and not for the middle of an area.
const RASTER_IS_POINT: u16 = 2;

/// The key directory: four numbers a key, of which the last is the value where the second is 0.
pub struct GeoKeys(Vec<u16>);

impl GeoKeys {
    /// The keys of an image; none where it has no directory.
    pub fn read<R: Read + Seek>(decoder: &mut Decoder<R>) -> Self {
        Self(decoder.get_tag_u16_vec(Tag::GeoKeyDirectoryTag).unwrap_or_default())
    }

    /// The value of a key that stands in the directory itself.
    pub fn get(&self, key: u16) -> Option<u16> {
        let (entries, _) = self.0.as_chunks::<4>();
        entries.iter().skip(1).find_map(|&[found, place, _, value]| (found == key && place == 0).then_some(value))
    }
}

/// Where the samples of an image with north above are, in the units of its system.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RasterPlace {
    /// What the first sample stands for: the north-western point, or the middle of the north-western area.
    pub first: DVec2,
    /// From one sample to the next, east and south; both are above 0 in a sound file, which is not checked.
    pub step: DVec2,
}

impl RasterPlace {
    /// Reads the tags of an image. The error is a message without the file's name.
    pub fn read<R: Read + Seek>(decoder: &mut Decoder<R>, keys: &GeoKeys) -> Result<Self, &'static str> {
        let (origin, step) = origin(decoder)?;
        let to_sample = if keys.get(RASTER_TYPE) == Some(RASTER_IS_POINT) { 0.0 } else { 0.5 };
        Ok(Self { first: origin + DVec2::new(step.x, -step.y) * to_sample, step })
    }
}

/// The raster's origin and the size of a cell: from pixel scale and tie point, or a transformation without rotation.
fn origin<R: Read + Seek>(decoder: &mut Decoder<R>) -> Result<(DVec2, DVec2), &'static str> {
    let mut numbers = |tag| decoder.get_tag_f64_vec(tag).unwrap_or_default();
    let (scale, tie) = (numbers(Tag::ModelPixelScaleTag), numbers(Tag::ModelTiepointTag));
    if let ([x, y, ..], [column, row, _, east, north, ..]) = (scale.as_slice(), tie.as_slice()) {
        return Ok((DVec2::new(east - column * x, north + row * y), DVec2::new(*x, *y)));
    }
    match numbers(Tag::ModelTransformationTag).as_slice() {
        [x, turn_x, _, east, turn_y, y, _, north, ..] if *turn_x == 0.0 && *turn_y == 0.0 => {
            Ok((DVec2::new(*east, *north), DVec2::new(*x, -*y)))
        }
        [] => Err("the tags that say where the grid lies are missing"),
        _ => Err("the grid is turned against its system's axes"),
    }
}
