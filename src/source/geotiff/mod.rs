//! GeoTIFF height grids, such as Bavaria's DGM1 tiles of 1 km: bytes → [`HeightGrid`].
//!
//! One band of heights in metres; strips or tiles, uncompressed or with any compression that the decoder knows. The
//! place comes from the tags of OGC 19-008r4 (GeoTIFF 1.1): pixel scale and tie point, or a transformation without
//! rotation. Pictures, grids in degrees and grids with oblong cells are refused.

mod georeference;

#[cfg(test)]
mod tests;

use std::io::{Read, Seek, SeekFrom};
use std::mem::size_of;

use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;
use tiff::{TiffError, TiffResult};

use self::georeference::{Georeference, georeference};
use super::{ReadError, ReadOptions};
use crate::geo::{HeightGrid, tags_fit};
use crate::report::{Place, Report, WarningKind};

/// No compression of TIFF shrinks anything further than this, so a larger claim is a lie: deflate reaches 1032, LZW
/// less than 4096.
const MAX_COMPRESSION_RATIO: u64 = 4096;

/// Heights of land on earth, in metres: from below the Dead Sea to above the highest peak.
const HEIGHTS_ON_EARTH_M: std::ops::RangeInclusive<f64> = -500.0..=9_000.0;

/// Value of the tag `Compression` for none.
const UNCOMPRESSED: u16 = 1;

/// Reads the first image of a GeoTIFF as heights.
///
/// The grid may take [`ReadOptions::max_object_bytes`]; a size that the file's length cannot hold is refused before
/// anything is allocated. A missing system is a warning.
pub fn read(mut input: impl Read + Seek, options: &ReadOptions, report: &mut Report) -> Result<HeightGrid, ReadError> {
    let io_error = |source| ReadError::Io { file: options.file.clone(), source };
    let length = input.seek(SeekFrom::End(0)).map_err(io_error)?;
    if !tags_fit(&mut input, length).map_err(io_error)? {
        return Err(malformed(options, "a tag has more values than the file can hold"));
    }
    let mut decoder =
        Decoder::new(&mut input).map_err(|error| tiff_error(error, options))?.with_limits(limits(length, options));
    let (columns, rows) = size(&mut decoder, length, options)?;
    let place = georeference(&mut decoder, rows).map_err(|message| malformed(options, message))?;
    let no_data = no_data(&mut decoder);
    let values = decoder.read_image().map_err(|error| tiff_error(error, options))?;
    let mut heights_m = heights(&values, no_data).ok_or_else(|| malformed(options, "the samples are no heights"))?;
    if heights_m.len() as u64 != u64::from(columns) * u64::from(rows) {
        return Err(malformed(options, "the image does not have as many samples as its size asks for"));
    }
    let mut warn = |kind, message: String| {
        report.warn(kind, Place { file: options.file.clone(), line: 0, object: None }, message);
    };
    if place.crs.is_none() {
        warn(WarningKind::CrsMissing, "the GeoTIFF names no projected system by an EPSG code".to_owned());
    }
    let impossible = drop_impossible(&mut heights_m);
    if impossible > 0 {
        warn(WarningKind::BadValue, format!("{impossible} heights are of no place on earth and were left out"));
    }
    Ok(grid(place, columns, rows, &heights_m))
}

/// The file begins at the north, the grid in the south.
fn grid(place: Georeference, columns: u32, rows: u32, from_north_m: &[f32]) -> HeightGrid {
    let heights_m = from_north_m.chunks(columns.max(1) as usize).rev().flatten().copied().collect();
    HeightGrid { crs: place.crs, origin: place.south_west, spacing_m: place.spacing_m, columns, rows, heights_m }
}

/// The decoder allocates lists of a tag's values, strips and the image for what they say they hold: no more than the
/// file's `length` can be worth.
fn limits(length: u64, options: &ReadOptions) -> Limits {
    let worth = usize::try_from(length.saturating_mul(MAX_COMPRESSION_RATIO)).unwrap_or(usize::MAX);
    let mut limits = Limits::default();
    limits.decoding_buffer_size = worth.min(options.max_object_bytes);
    limits.intermediate_buffer_size = worth.min(options.max_object_bytes);
    limits
}

/// Columns and rows, once it is clear that the file can hold them and that there is one band.
fn size<R: Read + Seek>(decoder: &mut Decoder<R>, length: u64, options: &ReadOptions) -> Result<(u32, u32), ReadError> {
    let (columns, rows) = decoder.dimensions().map_err(|error| tiff_error(error, options))?;
    let color = decoder.colortype().map_err(|error| tiff_error(error, options))?;
    let ColorType::Gray(bits) = color else {
        return Err(malformed(options, "the image has colours, not one band of heights"));
    };
    if columns == 0 || rows == 0 {
        return Err(malformed(options, "the grid is empty"));
    }
    let samples = u64::from(columns) * u64::from(rows);
    let claimed = samples.saturating_mul(u64::from(bits)) / 8;
    if samples.saturating_mul(size_of::<f32>() as u64) > options.max_object_bytes as u64 {
        return Err(malformed(options, format!("a grid of {columns} × {rows} is larger than the limit")));
    }
    if claimed > length.saturating_mul(MAX_COMPRESSION_RATIO) {
        return Err(malformed(options, format!("the file is too short for a grid of {columns} × {rows}")));
    }
    if decoder.get_tag_unsigned(Tag::Compression).is_ok_and(|value: u16| value == UNCOMPRESSED)
        && held(decoder) < claimed
    {
        return Err(malformed(options, format!("the strips hold less than a grid of {columns} × {rows}")));
    }
    Ok((columns, rows))
}

/// How many bytes the file says its strips or tiles have. The decoder would go on reading behind the last of them.
fn held<R: Read + Seek>(decoder: &mut Decoder<R>) -> u64 {
    let counts = [Tag::StripByteCounts, Tag::TileByteCounts];
    let found = counts.into_iter().find_map(|tag| decoder.get_tag_u64_vec(tag).ok());
    found.unwrap_or_default().into_iter().fold(0, u64::saturating_add)
}

fn malformed(options: &ReadOptions, message: impl Into<String>) -> ReadError {
    ReadError::Malformed { file: options.file.clone(), line: 0, message: message.into() }
}

fn tiff_error(error: TiffError, options: &ReadOptions) -> ReadError {
    let file = options.file.clone();
    match error {
        // An early end is the file's fault, not the system's.
        TiffError::IoError(source) if source.kind() != std::io::ErrorKind::UnexpectedEof => {
            ReadError::Io { file, source }
        }
        TiffError::IoError(_) => malformed(options, "the TIFF ends before it is complete"),
        other => malformed(options, format!("the TIFF cannot be read: {other}")),
    }
}

/// The value that stands for "none" (GDAL_NODATA, tag 42113, a number as text).
fn no_data<R: Read + Seek>(decoder: &mut Decoder<R>) -> Option<f64> {
    let text: TiffResult<String> = decoder.get_tag_ascii_string(Tag::GdalNodata);
    text.ok()?.trim_matches(['\0', ' ', '\n']).parse().ok()
}

/// The samples as heights, NaN for none; `None` for a type of samples that heights are not written in.
fn heights(values: &DecodingResult, no_data: Option<f64>) -> Option<Vec<f32>> {
    fn convert<T: Copy + Into<f64>>(values: &[T], no_data: Option<f64>) -> Vec<f32> {
        // Compared as f32, since a no-data text often has fewer or more digits than the sample.
        let no_data = no_data.map(|value| value as f32);
        let height = |value: &T| (*value).into() as f32;
        values.iter().map(height).map(|height| if Some(height) == no_data { f32::NAN } else { height }).collect()
    }
    Some(match values {
        DecodingResult::F32(values) => convert(values, no_data),
        DecodingResult::F64(values) => convert(values, no_data),
        DecodingResult::I8(values) => convert(values, no_data),
        DecodingResult::I16(values) => convert(values, no_data),
        DecodingResult::I32(values) => convert(values, no_data),
        DecodingResult::U8(values) => convert(values, no_data),
        DecodingResult::U16(values) => convert(values, no_data),
        DecodingResult::U32(values) => convert(values, no_data),
        DecodingResult::U64(_) | DecodingResult::I64(_) | DecodingResult::F16(_) => return None,
    })
}

/// Takes out heights that cannot be; gives how many there were.
fn drop_impossible(heights_m: &mut [f32]) -> usize {
    let mut dropped = 0;
    for height in heights_m.iter_mut().filter(|height| !height.is_nan()) {
        if !HEIGHTS_ON_EARTH_M.contains(&f64::from(*height)) {
            *height = f32::NAN;
            dropped += 1;
        }
    }
    dropped
}
