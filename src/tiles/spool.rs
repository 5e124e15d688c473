//! Buildings on disk between coming in, in the order of the sources, and being tiled, one grid cell after the other.
//!
//! What keeps the memory of a build bounded whatever the size of the city. The files live for one build and are read by
//! the program that wrote them.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

use glam::DVec3;

use super::TilesError;
use super::building::{Face, FaceClass, LocalBuilding};
use crate::geo::Polygon3;
use crate::privacy::ReleasedValue;

/// Bytes held in memory before they go to disk.
const BUFFERED: usize = 8 << 20;

/// Column and row of a grid cell, counted east and north from the tileset's origin.
pub(super) type Cell = (i32, i32);

/// Files of buildings, one a grid cell.
#[derive(Debug)]
pub(super) struct Spool {
    folder: PathBuf,
    waiting: BTreeMap<Cell, Vec<Vec<u8>>>,
    waiting_bytes: usize,
    counts: BTreeMap<Cell, u64>,
}

impl Spool {
    /// An empty spool in an existing folder that nothing else uses.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, waiting: BTreeMap::new(), waiting_bytes: 0, counts: BTreeMap::new() }
    }

    /// Adds a building, as [`packed`] gives it, to a cell.
    pub fn add(&mut self, cell: Cell, building: Vec<u8>) -> Result<(), TilesError> {
        self.waiting_bytes += building.len();
        self.waiting.entry(cell).or_default().push(building);
        *self.counts.entry(cell).or_default() += 1;
        if self.waiting_bytes > BUFFERED { self.flush() } else { Ok(()) }
    }

    /// Writes out what is still in memory.
    pub fn flush(&mut self) -> Result<(), TilesError> {
        for (cell, buildings) in std::mem::take(&mut self.waiting) {
            let path = self.path(cell);
            let file = OpenOptions::new().create(true).append(true).open(&path);
            file.and_then(|mut file| file.write_all(&buildings.concat())).map_err(|source| failed(&path, source))?;
        }
        self.waiting_bytes = 0;
        Ok(())
    }

    /// The cells that hold buildings, with how many.
    pub fn cells(&self) -> &BTreeMap<Cell, u64> {
        &self.counts
    }

    /// The buildings of a cell, in an order that does not depend on the order they came in. Call after
    /// [`Spool::flush`]; the file is removed.
    pub fn take(&self, cell: Cell) -> Result<Vec<LocalBuilding>, TilesError> {
        let path = self.path(cell);
        let bytes = fs::read(&path).map_err(|source| failed(&path, source))?;
        fs::remove_file(&path).map_err(|source| failed(&path, source))?;
        let mut rest = bytes.as_slice();
        let mut buildings = Vec::new();
        while !rest.is_empty() {
            let building = decode(&mut rest).ok_or_else(|| TilesError::SpoolBroken(path.display().to_string()))?;
            buildings.push(building);
        }
        buildings.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(buildings)
    }

    fn path(&self, (column, row): Cell) -> PathBuf {
        self.folder.join(format!("buildings_{column}_{row}"))
    }
}

fn failed(path: &std::path::Path, source: std::io::Error) -> TilesError {
    TilesError::Spool { path: path.display().to_string(), source }
}

/// A building as bytes.
pub(super) fn packed(building: &LocalBuilding) -> Vec<u8> {
    let corners: usize = building.faces.iter().map(|face| face.polygon.exterior.len()).sum();
    let mut bytes = Vec::with_capacity(256 + 17 * building.faces.len() + 24 * corners);
    encode(building, &mut bytes);
    bytes.shrink_to_fit();
    bytes
}

fn encode(building: &LocalBuilding, out: &mut Vec<u8>) {
    put_text(out, &building.id);
    put_count(out, building.values.len());
    building.values.iter().for_each(|value| put_value(out, value.as_ref()));
    put_count(out, building.faces.len());
    for face in &building.faces {
        out.push(face.class as u8);
        put_ring(out, &face.polygon.exterior);
        put_count(out, face.polygon.interiors.len());
        face.polygon.interiors.iter().for_each(|ring| put_ring(out, ring));
    }
}

fn put_count(out: &mut Vec<u8>, count: usize) {
    out.extend((count as u64).to_le_bytes());
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_count(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

fn put_value(out: &mut Vec<u8>, value: Option<&ReleasedValue>) {
    match value {
        None => out.push(0),
        Some(ReleasedValue::Text(text)) => {
            out.push(1);
            put_text(out, text);
        }
        Some(ReleasedValue::Integer(number)) => {
            out.push(2);
            out.extend(number.to_le_bytes());
        }
        Some(ReleasedValue::Real(number)) => {
            out.push(3);
            out.extend(number.to_le_bytes());
        }
        Some(ReleasedValue::Boolean(yes)) => out.extend([4, u8::from(*yes)]),
        Some(ReleasedValue::Category(index)) => {
            out.push(5);
            out.extend(index.to_le_bytes());
        }
    }
}

fn put_ring(out: &mut Vec<u8>, ring: &[DVec3]) {
    put_count(out, ring.len());
    out.extend(ring.iter().flat_map(|point| point.to_array()).flat_map(f64::to_le_bytes));
}

fn decode(bytes: &mut &[u8]) -> Option<LocalBuilding> {
    let id = text(bytes)?;
    let values = list(bytes, 1, value)?;
    let faces = list(bytes, FACE_BYTES, face)?;
    Some(LocalBuilding { id, values, faces })
}

fn array<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*head)
}

fn count(bytes: &mut &[u8]) -> Option<usize> {
    usize::try_from(u64::from_le_bytes(array(bytes)?)).ok()
}

/// The least that a face takes: its class and two counts.
const FACE_BYTES: usize = 1 + 2 * COUNT_BYTES;
const COUNT_BYTES: usize = size_of::<u64>();

/// As many as a count says, each of at least so many bytes; ends early, and takes no memory for more, where
/// the bytes do.
fn list<T>(bytes: &mut &[u8], least_bytes: usize, one: impl Fn(&mut &[u8]) -> Option<T>) -> Option<Vec<T>> {
    let count = count(bytes)?;
    let mut items = Vec::with_capacity(count.min(bytes.len() / least_bytes));
    for _ in 0..count {
        items.push(one(bytes)?);
    }
    Some(items)
}

fn text(bytes: &mut &[u8]) -> Option<String> {
    let length = count(bytes)?;
    let (head, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    String::from_utf8(head.to_vec()).ok()
}

fn value(bytes: &mut &[u8]) -> Option<Option<ReleasedValue>> {
    let [tag] = array(bytes)?;
    Some(match tag {
        0 => None,
        1 => Some(ReleasedValue::Text(text(bytes)?)),
        2 => Some(ReleasedValue::Integer(i64::from_le_bytes(array(bytes)?))),
        3 => Some(ReleasedValue::Real(f64::from_le_bytes(array(bytes)?))),
        4 => Some(ReleasedValue::Boolean(array(bytes)? != [0])),
        5 => Some(ReleasedValue::Category(u16::from_le_bytes(array(bytes)?))),
        _ => return None,
    })
}

fn face(bytes: &mut &[u8]) -> Option<Face> {
    let class = match array(bytes)? {
        [0] => FaceClass::Roof,
        [1] => FaceClass::Wall,
        [2] => FaceClass::Ground,
        _ => return None,
    };
    let exterior = ring(bytes)?;
    let interiors = list(bytes, COUNT_BYTES, ring)?;
    Some(Face { class, polygon: Polygon3 { exterior, interiors } })
}

fn ring(bytes: &mut &[u8]) -> Option<Vec<DVec3>> {
    list(bytes, size_of::<DVec3>(), |bytes| {
        let mut axis = || Some(f64::from_le_bytes(array(bytes)?));
        Some(DVec3::new(axis()?, axis()?, axis()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample() -> LocalBuilding {
        let exterior = vec![DVec3::new(0.1, -2.5, 1e-9), DVec3::X, DVec3::Y];
        let polygon = Polygon3 { exterior, interiors: vec![vec![DVec3::Z; 3]] };
        let values = vec![
            None,
            Some(ReleasedValue::Text("Prüfstraße 1".into())),
            Some(ReleasedValue::Integer(-7)),
            Some(ReleasedValue::Real(0.1)),
            Some(ReleasedValue::Boolean(true)),
            Some(ReleasedValue::Category(300)),
        ];
        LocalBuilding { id: "b".into(), values, faces: vec![Face { class: FaceClass::Ground, polygon }] }
    }

    #[test]
    fn what_goes_in_comes_out() {
        let mut bytes = Vec::new();
        encode(&sample(), &mut bytes);
        let mut rest = bytes.as_slice();
        assert_eq!(decode(&mut rest), Some(sample()));
        assert!(rest.is_empty());
    }

    proptest! {
        #[test]
        fn broken_bytes_are_refused_without_a_panic(at in 0_usize..300, with in any::<u8>(), end in 0_usize..300) {
            let mut bytes = Vec::new();
            encode(&sample(), &mut bytes);
            if let Some(byte) = bytes.get_mut(at) {
                *byte = with;
            }
            bytes.truncate(end);
            let _ = decode(&mut bytes.as_slice());
        }
    }
}
