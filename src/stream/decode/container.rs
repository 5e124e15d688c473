//! What a content is by its first bytes: glb, or b3dm and cmpt of 3D Tiles 1.0 that hold such.

use std::ops::Range;
use std::sync::Arc;

use glam::DVec3;
use serde_json::Value;

use crate::fetch::Bytes;

use super::batch_table::BatchTable;
use super::glb::GlbJob;
use super::scalar::{array_at, u32_at};
use super::{DecodeError, Unfolding};

/// Containers in containers that are followed.
const MAX_NESTING: u32 = 8;
/// Bytes before the first inner tile of a cmpt (3D Tiles 1.0, Composite § Header).
const CMPT_HEADER: usize = 16;
/// Bytes before the feature table of a b3dm (Batched 3D Model § Header).
const B3DM_HEADER: usize = 28;

/// A part of a file that is a content of its own.
pub(super) struct Piece {
    bytes: Arc<Bytes>,
    range: Range<usize>,
    nesting: u32,
}

/// What a piece held.
pub(super) enum Unpacked {
    /// One model.
    Glb(Box<GlbJob>),
    /// Other contents.
    Pieces(Vec<Piece>),
    /// Nothing to draw.
    Nothing,
}

impl Piece {
    /// A whole file.
    pub fn whole(bytes: Arc<Bytes>) -> Self {
        let range = 0..bytes.len();
        Self { bytes, range, nesting: 0 }
    }

    fn data(&self) -> &[u8] {
        self.bytes.get(self.range.clone()).unwrap_or_default()
    }

    /// A part by its range in this piece.
    fn part(&self, range: Range<usize>, what: &'static str) -> Result<Self, DecodeError> {
        self.data().get(range.clone()).ok_or(DecodeError::Truncated { what })?;
        let range = self.range.start + range.start..self.range.start + range.end;
        Ok(Self { bytes: Arc::clone(&self.bytes), range, nesting: self.nesting + 1 })
    }
}

/// Looks into a piece.
pub(super) fn unpack(piece: &Piece, out: &mut Unfolding) -> Result<Unpacked, DecodeError> {
    let data = piece.data();
    match data.get(..4) {
        Some(b"glTF") => {
            let job = GlbJob::new(&piece.bytes, piece.range.clone(), DVec3::ZERO, None, out)?;
            Ok(Unpacked::Glb(Box::new(job)))
        }
        Some(b"b3dm") => b3dm(piece, out),
        Some(b"cmpt") => cmpt(piece),
        Some(b"i3dm") => Ok(left_out("i3dm (instanced models)", out)),
        Some(b"pnts") => Ok(left_out("pnts (point clouds)", out)),
        _ if super::super::tileset::looks_like_json(data) => {
            Err(DecodeError::NotUnderstood("glTF with separate files"))
        }
        other => Err(DecodeError::Format { magic: other.unwrap_or(data).escape_ascii().to_string() }),
    }
}

fn left_out(what: &'static str, out: &mut Unfolding) -> Unpacked {
    out.not_understood(what);
    Unpacked::Nothing
}

fn check_version(data: &[u8], format: &'static str) -> Result<(), DecodeError> {
    match u32_at(data, 4).ok_or(DecodeError::Truncated { what: "header" })? {
        1 => Ok(()),
        version => Err(DecodeError::Version { format, version }),
    }
}

/// Composite: a row of contents, each with its own length in bytes 8 to 11.
fn cmpt(piece: &Piece) -> Result<Unpacked, DecodeError> {
    const WHAT: &str = "tile in a cmpt";
    let data = piece.data();
    check_version(data, "cmpt")?;
    if piece.nesting >= MAX_NESTING {
        return Err(DecodeError::TooDeep("composite tiles"));
    }
    let count = u32_at(data, 12).ok_or(DecodeError::Truncated { what: "header" })?;
    let mut pieces = Vec::new();
    let mut at = CMPT_HEADER;
    for _ in 0..count {
        let length = u32_at(data, at.saturating_add(8)).ok_or(DecodeError::Truncated { what: WHAT })? as usize;
        if length < 12 {
            return Err(DecodeError::Truncated { what: WHAT });
        }
        let end = at.checked_add(length).ok_or(DecodeError::Truncated { what: WHAT })?;
        pieces.push(piece.part(at..end, WHAT)?);
        at = end;
    }
    Ok(Unpacked::Pieces(pieces))
}

/// Batched model: feature table, batch table, glb.
fn b3dm(piece: &Piece, out: &mut Unfolding) -> Result<Unpacked, DecodeError> {
    let data = piece.data();
    check_version(data, "b3dm")?;
    let field = |at| u32_at(data, at).map(|value| value as usize).ok_or(DecodeError::Truncated { what: "header" });
    let total = field(8)?.min(data.len());
    let mut at = B3DM_HEADER;
    let mut next = |length: usize| {
        let start = at;
        at = at.saturating_add(length);
        data.get(start..at).ok_or(DecodeError::Truncated { what: "tables of a b3dm" })
    };
    let (feature_json, feature_binary) = (next(field(12)?)?, next(field(16)?)?);
    let (batch_json, batch_binary) = (next(field(20)?)?, next(field(24)?)?);
    let features = json_table("feature table", feature_json, out)?;
    let center = rtc_center(&features, feature_binary).unwrap_or_default();
    let count = features.get("BATCH_LENGTH").and_then(Value::as_u64).unwrap_or(0);
    let batch_json = json_table("batch table", batch_json, out)?;
    let batches = BatchTable::new(batch_json, batch_binary, count, data.len(), out)?;
    let model = piece.part(at..total.max(at), "model in a b3dm")?;
    let job = GlbJob::new(&piece.bytes, model.range, center, Some(batches), out)?;
    Ok(Unpacked::Glb(Box::new(job)))
}

/// A table's JSON, padded with spaces or zeros; empty counts as an empty object.
fn json_table(part: &'static str, bytes: &[u8], out: &mut Unfolding) -> Result<Value, DecodeError> {
    let bytes = bytes.trim_ascii();
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    match bytes.get(..end) {
        None | Some([]) => Ok(Value::Object(serde_json::Map::new())),
        Some(json) => {
            out.allow_json(json)?;
            serde_json::from_slice(json).map_err(|error| DecodeError::Json { part, why: error.to_string() })
        }
    }
}

/// `RTC_CENTER`: three numbers in the JSON, or three floats in the binary part.
fn rtc_center(features: &Value, binary: &[u8]) -> Option<DVec3> {
    let center = features.get("RTC_CENTER")?;
    if let Some(offset) = center.get("byteOffset").and_then(Value::as_u64) {
        let at = usize::try_from(offset).ok()?;
        let float =
            |k: usize| array_at(binary, at.checked_add(4 * k)?).map(|bytes| f64::from(f32::from_le_bytes(bytes)));
        return Some(DVec3::new(float(0)?, float(1)?, float(2)?));
    }
    let number = |k: usize| center.get(k)?.as_f64();
    Some(DVec3::new(number(0)?, number(1)?, number(2)?))
}
