//! Released buildings as bytes, for the way over the disk between two passes of a build.
//!
//! Not a published format: written and read by the same program. One building is, in this order: version, id, CRS,
//! surfaces (kind, polygons of rings of points), values. Counts and lengths are LEB128, numbers little-endian.

use glam::DVec3;
use thiserror::Error;

use super::{ReleasedBuilding, ReleasedSurface, ReleasedValue};
use crate::geo::{Crs, Polygon3};
use crate::model::SurfaceKind;

/// First byte of every building.
const VERSION: u8 = 1;

/// The kinds of surfaces by their byte.
const KINDS: [SurfaceKind; 10] = [
    SurfaceKind::Roof,
    SurfaceKind::Wall,
    SurfaceKind::Ground,
    SurfaceKind::Closure,
    SurfaceKind::OuterFloor,
    SurfaceKind::OuterCeiling,
    SurfaceKind::Window,
    SurfaceKind::Door,
    SurfaceKind::Installation,
    SurfaceKind::Unclassified,
];

/// Why bytes are no released building.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum SpoolError {
    /// They end inside a building.
    #[error("the spool ends inside a building")]
    Ended,
    /// A mark that this version does not write.
    #[error("the spool has an unknown {0}")]
    Unknown(&'static str),
    /// A number or count beyond its type or beyond the bytes that are left.
    #[error("the spool has a number that is too large")]
    TooLarge,
    /// A text that is not UTF-8.
    #[error("the spool has a text that is not utf-8")]
    NotText,
}

impl ReleasedBuilding {
    /// Appends the building to `out`. The bytes depend on the building alone.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.push(VERSION);
        write_text(out, self.id());
        write_count(out, u64::from(self.crs().horizontal));
        // 0 is no EPSG code, so that it can stand for none.
        write_count(out, u64::from(self.crs().vertical.unwrap_or(0)));
        write_count(out, self.surfaces().len() as u64);
        for surface in self.surfaces() {
            write_surface(out, surface);
        }
        write_count(out, self.values().len() as u64);
        for value in self.values() {
            write_value(out, value.as_ref());
        }
    }

    /// Reads one building and moves `bytes` behind it. Never panics and takes memory in proportion to the bytes.
    pub(crate) fn decode(bytes: &mut &[u8]) -> Result<Self, SpoolError> {
        if read_byte(bytes)? != VERSION {
            return Err(SpoolError::Unknown("version"));
        }
        let id = read_text(bytes)?;
        let horizontal = read_u32(bytes)?;
        let vertical = Some(read_u32(bytes)?).filter(|code| *code != 0);
        let surfaces = read_list(bytes, read_surface)?;
        let values = read_list(bytes, read_value)?;
        Ok(Self::new(id, Crs { horizontal, vertical }, surfaces, values))
    }
}

fn write_count(out: &mut Vec<u8>, mut count: u64) {
    while count >= 0x80 {
        out.push(count as u8 | 0x80);
        count >>= 7;
    }
    out.push(count as u8);
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    write_count(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

fn write_surface(out: &mut Vec<u8>, surface: &ReleasedSurface) {
    let kind = KINDS.iter().position(|kind| *kind == surface.kind).unwrap_or(KINDS.len() - 1);
    out.push(kind as u8);
    write_count(out, surface.polygons.len() as u64);
    for polygon in &surface.polygons {
        write_count(out, polygon.interiors.len() as u64);
        polygon.rings().for_each(|ring| write_ring(out, ring));
    }
}

fn write_ring(out: &mut Vec<u8>, ring: &[DVec3]) {
    write_count(out, ring.len() as u64);
    for coordinate in ring.iter().flat_map(|point| point.to_array()) {
        out.extend_from_slice(&coordinate.to_le_bytes());
    }
}

fn write_value(out: &mut Vec<u8>, value: Option<&ReleasedValue>) {
    match value {
        None => out.push(0),
        Some(ReleasedValue::Text(text)) => {
            out.push(1);
            write_text(out, text);
        }
        Some(ReleasedValue::Integer(number)) => {
            out.push(2);
            out.extend_from_slice(&number.to_le_bytes());
        }
        Some(ReleasedValue::Real(number)) => {
            out.push(3);
            out.extend_from_slice(&number.to_le_bytes());
        }
        Some(ReleasedValue::Boolean(false)) => out.push(4),
        Some(ReleasedValue::Boolean(true)) => out.push(5),
        Some(ReleasedValue::Category(index)) => {
            out.push(6);
            write_count(out, u64::from(*index));
        }
    }
}

fn read_byte(bytes: &mut &[u8]) -> Result<u8, SpoolError> {
    let (&first, rest) = bytes.split_first().ok_or(SpoolError::Ended)?;
    *bytes = rest;
    Ok(first)
}

fn read_eight(bytes: &mut &[u8]) -> Result<[u8; 8], SpoolError> {
    let (first, rest) = bytes.split_first_chunk().ok_or(SpoolError::Ended)?;
    *bytes = rest;
    Ok(*first)
}

fn read_count(bytes: &mut &[u8]) -> Result<u64, SpoolError> {
    let mut count = 0;
    for shift in (0..64).step_by(7) {
        let byte = read_byte(bytes)?;
        let part = u64::from(byte & 0x7f);
        if (part << shift) >> shift != part {
            return Err(SpoolError::TooLarge);
        }
        count |= part << shift;
        if byte < 0x80 {
            return Ok(count);
        }
    }
    Err(SpoolError::TooLarge)
}

fn read_u32(bytes: &mut &[u8]) -> Result<u32, SpoolError> {
    u32::try_from(read_count(bytes)?).map_err(|_| SpoolError::TooLarge)
}

/// A list with its count in front. Every item has at least one byte, so that a count above what is left is a lie.
fn read_list<T>(
    bytes: &mut &[u8],
    read_item: impl Fn(&mut &[u8]) -> Result<T, SpoolError>,
) -> Result<Vec<T>, SpoolError> {
    let count = usize::try_from(read_count(bytes)?).map_err(|_| SpoolError::TooLarge)?;
    if count > bytes.len() {
        return Err(SpoolError::TooLarge);
    }
    (0..count).map(|_| read_item(bytes)).collect()
}

fn read_text(bytes: &mut &[u8]) -> Result<String, SpoolError> {
    let length = usize::try_from(read_count(bytes)?).map_err(|_| SpoolError::TooLarge)?;
    let (text, rest) = bytes.split_at_checked(length).ok_or(SpoolError::TooLarge)?;
    *bytes = rest;
    String::from_utf8(text.to_vec()).map_err(|_| SpoolError::NotText)
}

fn read_surface(bytes: &mut &[u8]) -> Result<ReleasedSurface, SpoolError> {
    let kind = *KINDS.get(usize::from(read_byte(bytes)?)).ok_or(SpoolError::Unknown("kind of surface"))?;
    Ok(ReleasedSurface { kind, polygons: read_list(bytes, read_polygon)? })
}

fn read_polygon(bytes: &mut &[u8]) -> Result<Polygon3, SpoolError> {
    let holes = usize::try_from(read_count(bytes)?).map_err(|_| SpoolError::TooLarge)?;
    if holes > bytes.len() {
        return Err(SpoolError::TooLarge);
    }
    let exterior = read_list(bytes, read_point)?;
    let interiors = (0..holes).map(|_| read_list(bytes, read_point)).collect::<Result<_, _>>()?;
    Ok(Polygon3 { exterior, interiors })
}

fn read_point(bytes: &mut &[u8]) -> Result<DVec3, SpoolError> {
    let mut coordinate = || read_eight(bytes).map(f64::from_le_bytes);
    Ok(DVec3::new(coordinate()?, coordinate()?, coordinate()?))
}

fn read_value(bytes: &mut &[u8]) -> Result<Option<ReleasedValue>, SpoolError> {
    Ok(Some(match read_byte(bytes)? {
        0 => return Ok(None),
        1 => ReleasedValue::Text(read_text(bytes)?),
        2 => ReleasedValue::Integer(i64::from_le_bytes(read_eight(bytes)?)),
        3 => ReleasedValue::Real(f64::from_le_bytes(read_eight(bytes)?)),
        4 => ReleasedValue::Boolean(false),
        5 => ReleasedValue::Boolean(true),
        6 => ReleasedValue::Category(u16::try_from(read_count(bytes)?).map_err(|_| SpoolError::TooLarge)?),
        _ => return Err(SpoolError::Unknown("type of value")),
    }))
}
