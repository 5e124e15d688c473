//! A tile's bytes → plain meshes with features, in slices of a time budget.
//!
//! Reads glb, b3dm and cmpt; i3dm and pnts are named as not understood and give nothing to draw. The same code runs on
//! every platform: one [`Decoder::step`] does small pieces of work (a container, a column, a primitive, some splits of a
//! picking tree) until it is told to stop. Any bytes are survived: what does not fit ends in a [`DecodeError`], and no
//! memory is taken on a file's word alone.

mod accessor;
mod batch_table;
mod column;
mod container;
mod error;
mod features;
mod glb;
mod metadata;
mod nodes;
mod primitive;
mod property;
mod scalar;
#[cfg(test)]
mod tests;

pub use error::DecodeError;

use std::collections::VecDeque;
use std::sync::Arc;

use glam::DMat4;

use crate::fetch::Bytes;

use super::bvh::{Bvh, BvhBuilder};
use super::mesh::{FeatureTable, Mesh, Property, TileContent};
use super::tree::UpAxis;
use container::Piece;
use glb::GlbJob;

/// Most bytes that one tile may unfold to.
const MAX_UNFOLDED_BYTES: u64 = 512 * 1024 * 1024;

/// Most things that are named in a tile, of those not understood and of attributions.
const MAX_NAMES: usize = 200;
/// Most that a value of JSON takes in memory, in a list that was doubled just now.
const JSON_VALUE_BYTES: u64 = 192;
/// Most that an object takes, such as a material of glTF.
const JSON_OBJECT_BYTES: u64 = 1024;

/// A decoded tile.
#[derive(Debug, Default)]
pub struct Decoded {
    /// Meshes and features.
    pub content: TileContent,
    /// One picking tree for each mesh.
    pub bvhs: Vec<Bvh>,
}

impl Decoded {
    /// Bytes that it holds, near enough for a budget.
    pub fn bytes(&self) -> u64 {
        let meshes: u64 = self.content.meshes.iter().map(mesh_bytes).sum();
        let bvhs: u64 = self.bvhs.iter().map(Bvh::bytes).sum();
        meshes + bvhs + table_bytes(&self.content.features) + size_of::<Self>() as u64
    }
}

fn mesh_bytes(mesh: &Mesh) -> u64 {
    let vectors = (mesh.positions.len() + mesh.normals.len()) * size_of::<[f32; 3]>();
    let words = (mesh.colors.len() + mesh.features.len() + mesh.indices.len()) * size_of::<u32>();
    (size_of::<Mesh>() + vectors + words) as u64
}

fn table_bytes(table: &FeatureTable) -> u64 {
    let cell = |property: &Option<Property>| {
        let text = if let Some(Property::Text(text)) = property { text.capacity() } else { 0 };
        (size_of::<Option<Property>>() + text) as u64
    };
    table.columns.iter().flat_map(|(_, column)| column).map(cell).sum()
}

/// Where a content's coordinates lead.
#[derive(Clone, Copy, Debug)]
pub struct ContentFrame {
    /// Takes the content's frame (z up) to the earth-centred one.
    pub ecef_from_tile: DMat4,
    /// Which way is up in its glTF.
    pub up_axis: UpAxis,
}

/// What a step came to.
#[derive(Debug)]
pub enum Progress {
    /// There is more to do.
    Working,
    /// Done.
    Done(Box<Decoded>),
}

/// A tile in the middle of being decoded.
pub struct Decoder {
    frame: ContentFrame,
    input_bytes: u64,
    /// Contents that are still packed, in order.
    pieces: VecDeque<Piece>,
    job: Option<GlbJob>,
    /// The tree of the last mesh while it grows.
    bvh: Option<BvhBuilder>,
    out: Unfolding,
}

/// What is made, with a limit on its size.
struct Unfolding {
    decoded: Decoded,
    left_bytes: u64,
}

impl Unfolding {
    /// Takes `bytes` from what the tile may still unfold to, before they are allocated.
    fn allow(&mut self, bytes: u64) -> Result<(), DecodeError> {
        self.left_bytes =
            self.left_bytes.checked_sub(bytes).ok_or(DecodeError::TooLarge { limit_bytes: MAX_UNFOLDED_BYTES })?;
        Ok(())
    }

    /// Takes what a JSON text may become at most before it is parsed: two bytes of it can be a value of its own, three an
    /// object with all the members that its kind has.
    fn allow_json(&mut self, text: &[u8]) -> Result<(), DecodeError> {
        let values = text.iter().filter(|byte| matches!(byte, b',' | b'[')).count() as u64;
        let objects = text.iter().filter(|byte| **byte == b'{').count() as u64;
        self.allow(text.len() as u64 + values * JSON_VALUE_BYTES + objects * JSON_OBJECT_BYTES)
    }

    /// Names something that is left out, once.
    fn not_understood(&mut self, what: impl Into<String>) {
        let (what, names) = (what.into(), &mut self.decoded.content.not_understood);
        if names.len() < MAX_NAMES && !names.contains(&what) {
            names.push(what);
        }
    }
}

impl Decoder {
    /// Begins with the bytes of all of a tile's contents. Reads nothing yet.
    pub fn new(contents: Vec<Bytes>, frame: ContentFrame) -> Self {
        let input_bytes = contents.iter().map(|bytes| bytes.len() as u64).sum();
        let out = Unfolding { decoded: Decoded::default(), left_bytes: MAX_UNFOLDED_BYTES };
        let pieces = contents.into_iter().map(|bytes| Piece::whole(Arc::new(bytes))).collect();
        Self { frame, input_bytes, pieces, job: None, bvh: None, out }
    }

    /// Bytes of the contents that it holds.
    pub fn input_bytes(&self) -> u64 {
        self.input_bytes
    }

    /// Works until done or until `go_on` says no; it is asked after each small piece of work.
    pub fn step(&mut self, go_on: &mut dyn FnMut() -> bool) -> Result<Progress, DecodeError> {
        // Once no is no: it is not asked again in the same step.
        let mut stopped = false;
        let mut ask = || {
            stopped = stopped || !go_on();
            !stopped
        };
        loop {
            if !self.advance(&mut ask)? {
                return Ok(Progress::Done(Box::new(std::mem::take(&mut self.out.decoded))));
            }
            if !ask() {
                return Ok(Progress::Working);
            }
        }
    }

    /// Works without a pause.
    pub fn run(mut self) -> Result<Decoded, DecodeError> {
        loop {
            if let Progress::Done(decoded) = self.step(&mut || true)? {
                return Ok(*decoded);
            }
        }
    }

    /// One small piece of work; false when there was none left.
    fn advance(&mut self, go_on: &mut dyn FnMut() -> bool) -> Result<bool, DecodeError> {
        if let Some(bvh) = &mut self.bvh {
            if bvh.step(go_on) {
                self.out.decoded.bvhs.extend(self.bvh.take().map(BvhBuilder::finish));
            }
            return Ok(true);
        }
        if let Some(job) = &mut self.job {
            match job.advance(&self.frame, &mut self.out)? {
                glb::Advance::Working => {}
                glb::Advance::Mesh(mesh) => {
                    self.bvh = Some(BvhBuilder::new(&mesh));
                    self.out.decoded.content.meshes.push(mesh);
                }
                glb::Advance::Done => self.job = None,
            }
            return Ok(true);
        }
        let Some(piece) = self.pieces.pop_front() else {
            self.out.decoded.content.features.index();
            return Ok(false);
        };
        match container::unpack(&piece, &mut self.out)? {
            container::Unpacked::Glb(job) => self.job = Some(*job),
            container::Unpacked::Pieces(inner) => {
                inner.into_iter().rev().for_each(|piece| self.pieces.push_front(piece))
            }
            container::Unpacked::Nothing => {}
        }
        Ok(true)
    }
}
