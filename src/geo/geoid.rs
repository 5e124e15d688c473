//! Geoid grids: how far the zero of national heights lies above the ellipsoid, by place.
//!
//! Reads the two forms in which PROJ's grids are handed around: geodetic GeoTIFF (`de_bkg_gcg2016.tif`, OGC 22-051) and
//! NOAA's `.gtx`. PROJ is built without TIFF here, and a bilinear look-up is all that is needed; it gives what PROJ's
//! `vgridshift` gives.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

use super::geotiff::{GeoKeys, RasterPlace};
use super::tags_fit;

/// Larger grids are not geoids of a country.
const MOST_NODES: usize = 64_000_000;
/// No compression of TIFF shrinks anything further than this: a size beyond it is a false claim.
const MAX_COMPRESSION_RATIO: u64 = 4096;
/// What `.gtx` files write where there is nothing.
const GTX_NOTHING: f32 = -88.8888;

/// A grid of undulations over longitude and latitude.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct GeoidGrid {
    name: String,
    west_deg: f64,
    south_deg: f64,
    lon_step_deg: f64,
    lat_step_deg: f64,
    columns: usize,
    rows: usize,
    /// From the south-western node eastwards, row by row northwards; NaN where there is nothing.
    undulations_m: Vec<f32>,
}

impl GeoidGrid {
    /// The first file of these names in the folders that can be read as a grid.
    pub(super) fn find(folders: &[PathBuf], names: &[&str]) -> Option<Self> {
        let paths = folders.iter().flat_map(|folder| names.iter().map(|name| folder.join(name)));
        paths.filter(|path| path.is_file()).find_map(|path| Self::read(&path))
    }

    /// Its file's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Metres from the ellipsoid up to the geoid, bilinear; `None` outside the grid and beside its gaps.
    pub(super) fn undulation_m(&self, lon_deg: f64, lat_deg: f64) -> Option<f64> {
        let (column, east) = cell((lon_deg - self.west_deg) / self.lon_step_deg, self.columns)?;
        let (row, north) = cell((lat_deg - self.south_deg) / self.lat_step_deg, self.rows)?;
        let node = |column, row| self.undulations_m.get(row * self.columns + column).map(|&m| f64::from(m));
        let south = node(column, row)? * (1.0 - east) + node(column + 1, row)? * east;
        let upper = node(column, row + 1)? * (1.0 - east) + node(column + 1, row + 1)? * east;
        Some(south * (1.0 - north) + upper * north).filter(|undulation| undulation.is_finite())
    }

    fn read(path: &Path) -> Option<Self> {
        let length = fs::metadata(path).ok()?.len();
        if length > 8 * MOST_NODES as u64 {
            return None;
        }
        let mut grid = match path.extension()?.to_str()? {
            "gtx" => Self::from_gtx(&fs::read(path).ok()?)?,
            _ => Self::from_tiff(BufReader::new(File::open(path).ok()?), length)?,
        };
        grid.name = path.file_name()?.to_str()?.to_owned();
        grid.is_sound().then_some(grid)
    }

    fn is_sound(&self) -> bool {
        let steps = self.lon_step_deg > 0.0 && self.lat_step_deg > 0.0;
        let size = self.columns.checked_mul(self.rows) == Some(self.undulations_m.len());
        steps && size && self.columns > 1 && self.rows > 1
    }

    /// Big-endian: south, west, steps in latitude and longitude as f64, rows and columns as i32, then f32 from the south.
    fn from_gtx(bytes: &[u8]) -> Option<Self> {
        let (header, nodes) = bytes.split_at_checked(40)?;
        let real = |at: usize| Some(f64::from_be_bytes(header.get(at..at + 8)?.try_into().ok()?));
        let count = |at: usize| u32::from_be_bytes(header.get(at..at + 4)?.try_into().ok()?).try_into().ok();
        let (nodes, _) = nodes.as_chunks::<4>();
        let undulation = |node: &[u8; 4]| {
            let undulation_m = f32::from_be_bytes(*node);
            if (undulation_m - GTX_NOTHING).abs() < 1e-4 { f32::NAN } else { undulation_m }
        };
        Some(Self {
            name: String::new(),
            west_deg: real(8)?,
            south_deg: real(0)?,
            lon_step_deg: real(24)?,
            lat_step_deg: real(16)?,
            columns: count(36)?,
            rows: count(32)?,
            undulations_m: nodes.iter().map(undulation).collect(),
        })
    }

    /// One band of floats, north up. The first band is the undulation. `length` is the file's.
    fn from_tiff(mut reader: BufReader<File>, length: u64) -> Option<Self> {
        if !tags_fit(&mut reader, length).ok()? {
            return None;
        }
        // The decoder allocates what a file says it holds: no more than its length can be worth.
        let worth = usize::try_from(length.saturating_mul(MAX_COMPRESSION_RATIO)).unwrap_or(usize::MAX);
        let mut limits = Limits::default();
        limits.decoding_buffer_size = worth.min(MOST_NODES * 4);
        limits.intermediate_buffer_size = worth.min(MOST_NODES * 4);
        let mut decoder = Decoder::new(reader).ok()?.with_limits(limits);
        let (columns, rows) = decoder.dimensions().ok()?;
        let nodes = u64::from(columns).checked_mul(rows.into())?;
        if nodes > MOST_NODES as u64 || nodes.saturating_mul(4) > length.saturating_mul(MAX_COMPRESSION_RATIO) {
            return None;
        }
        let (columns, rows) = (columns as usize, rows as usize);
        let keys = GeoKeys::read(&mut decoder);
        let RasterPlace { first, step } = RasterPlace::read(&mut decoder, &keys).ok()?;
        let nothing: Option<f32> =
            decoder.get_tag_ascii_string(Tag::GdalNodata).ok().and_then(|text| text.trim().parse().ok());
        let DecodingResult::F32(from_north) = decoder.read_image().ok()? else { return None };
        if from_north.len() != columns.checked_mul(rows)? {
            return None;
        }
        let known = |m: &f32| if Some(*m) == nothing { f32::NAN } else { *m };
        Some(Self {
            name: String::new(),
            west_deg: first.x,
            south_deg: first.y - (rows as f64 - 1.0) * step.y,
            lon_step_deg: step.x,
            lat_step_deg: step.y,
            columns,
            rows,
            undulations_m: from_north.chunks_exact(columns.max(1)).rev().flatten().map(known).collect(),
        })
    }
}

/// The cell and the place in it from 0 to 1; `None` outside. The last node belongs to the last cell.
fn cell(at: f64, nodes: usize) -> Option<(usize, f64)> {
    let last = nodes.checked_sub(2)?;
    if !(0.0..=(nodes - 1) as f64).contains(&at) {
        return None;
    }
    let cell = (at.floor() as usize).min(last);
    Some((cell, at - cell as f64))
}

#[cfg(test)]
mod tests;
