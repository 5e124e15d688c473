//! A glb: its chunks, and the work on it cut into columns and primitives.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use glam::{DMat4, DVec3};
use gltf::json;
use serde_json::{Map, Value};

use crate::fetch::Bytes;

use super::batch_table::BatchTable;
use super::features::Rows;
use super::metadata::PropertyTables;
use super::nodes;
use super::primitive::{self, Primitive};
use super::scalar::u32_at;
use super::{ContentFrame, DecodeError, MAX_NAMES, Mesh, Unfolding};
use crate::stream::tree::UpAxis;

/// Extensions that are understood, or that change nothing about shape and features.
const UNDERSTOOD: [&str; 5] =
    ["KHR_mesh_quantization", "EXT_mesh_features", "EXT_structural_metadata", "CESIUM_RTC", "KHR_materials_unlit"];

/// The parsed file.
pub(super) struct Glb {
    /// The JSON chunk.
    pub root: json::Root,
    bytes: Arc<Bytes>,
    binary: Range<usize>,
    length: usize,
}

impl Glb {
    /// Finds the chunks (glTF 2.0 § 4.4) and reads the JSON.
    fn read(bytes: &Arc<Bytes>, range: Range<usize>, out: &mut Unfolding) -> Result<(Self, Range<usize>), DecodeError> {
        let truncated = DecodeError::Truncated { what: "glb" };
        let data = bytes.get(range.clone()).ok_or(truncated.clone())?;
        match u32_at(data, 4) {
            Some(2) => {}
            Some(version) => return Err(DecodeError::Version { format: "glb", version }),
            None => return Err(truncated),
        }
        let total = u32_at(data, 8).ok_or(truncated.clone())? as usize;
        let data = data.get(..total).ok_or(truncated.clone())?;
        let json = chunk(data, 12, b"JSON").ok_or(truncated.clone())?;
        let next = json.end.next_multiple_of(4);
        // The binary chunk may be missing; half of one may not.
        let binary = match data.get(next..) {
            None | Some([]) => next..next,
            Some(_) => chunk(data, next, b"BIN\0").ok_or(truncated.clone())?,
        };
        let text = data.get(json.clone()).ok_or(truncated)?;
        out.allow_json(text)?;
        let root = serde_json::from_slice(text)
            .map_err(|error| DecodeError::Json { part: "glTF JSON", why: error.to_string() })?;
        let shift = |part: Range<usize>| range.start + part.start..range.start + part.end;
        let glb = Self { root, bytes: Arc::clone(bytes), binary: shift(binary), length: data.len() };
        Ok((glb, shift(json)))
    }

    /// Length of the file, bytes.
    pub fn length(&self) -> usize {
        self.length
    }

    /// The bytes of buffer view `index`.
    pub fn view(&self, index: usize) -> Result<&[u8], DecodeError> {
        let truncated = || DecodeError::Truncated { what: "buffer view" };
        let view = self.root.buffer_views.get(index).ok_or(DecodeError::Dangling { what: "buffer view", index })?;
        let buffer = view.buffer.value();
        let is_chunk = buffer == 0 && self.root.buffers.first().is_some_and(|buffer| buffer.uri.is_none());
        if !is_chunk {
            return Err(DecodeError::NotUnderstood("buffer outside the glb"));
        }
        let from = view.byte_offset.map_or(Ok(0), |at| usize::try_from(at.0)).map_err(|_| truncated())?;
        let length = usize::try_from(view.byte_length.0).map_err(|_| truncated())?;
        let to = from.checked_add(length).ok_or_else(truncated)?;
        let chunk = self.bytes.get(self.binary.clone()).unwrap_or_default();
        chunk.get(from..to).ok_or_else(truncated)
    }

    /// The stride of a buffer view, where it gives one.
    pub fn stride(&self, index: usize) -> Option<usize> {
        self.root.buffer_views.get(index)?.byte_stride.map(|stride| stride.0).filter(|stride| *stride > 0)
    }
}

/// The range of a chunk's data, when it is of that kind and lies wholly in the file.
fn chunk(data: &[u8], at: usize, kind: &[u8; 4]) -> Option<Range<usize>> {
    let length = u32_at(data, at)? as usize;
    let start = at.checked_add(8)?;
    let end = start.checked_add(length)?;
    (data.get(at + 4..start)? == kind && end <= data.len()).then_some(start..end)
}

/// What one piece of work on a glb came to.
#[expect(
    clippy::large_enum_variant,
    reason = "one at a time, taken apart where it arrives; a box would be an allocation more"
)]
pub(super) enum Advance {
    /// Something was done.
    Working,
    /// A mesh is ready.
    Mesh(Mesh),
    /// Nothing is left.
    Done,
}

/// A glb in the middle of being decoded.
pub(super) struct GlbJob {
    glb: Glb,
    center: DVec3,
    batches: Option<BatchTable>,
    tables: PropertyTables,
    /// Rows for feature ids that belong to no table; one range for all of them.
    loose: Option<Rows>,
    primitives: VecDeque<Primitive>,
}

impl GlbJob {
    /// Reads the JSON and checks what it requires. `center` is added to all coordinates in the tile's frame.
    pub fn new(
        bytes: &Arc<Bytes>,
        range: Range<usize>,
        center: DVec3,
        batches: Option<BatchTable>,
        out: &mut Unfolding,
    ) -> Result<Self, DecodeError> {
        let (glb, json) = Glb::read(bytes, range, out)?;
        check_extensions(&glb.root, out)?;
        note_attribution(&glb.root, out);
        let none = Map::new();
        let extensions = glb.root.extensions.as_ref().map_or(&none, |extensions| &extensions.others);
        let tables = match extensions.get("EXT_structural_metadata") {
            Some(extension) => PropertyTables::new(extension, &glb, out)?,
            None => PropertyTables::default(),
        };
        let center = center + cesium_rtc(extensions).unwrap_or_default();
        let instances = nodes::instances(bytes.get(json).unwrap_or_default())?;
        let mut primitives = VecDeque::new();
        for instance in instances {
            let index = instance.mesh;
            let mesh = glb.root.meshes.get(index).ok_or(DecodeError::Dangling { what: "mesh", index })?;
            out.allow((mesh.primitives.len() * size_of::<Primitive>()) as u64)?;
            let place = |primitive| Primitive { mesh: index, primitive, scene_from_mesh: instance.scene_from_mesh };
            primitives.extend((0..mesh.primitives.len()).map(place));
        }
        Ok(Self { glb, center, batches, tables, loose: None, primitives })
    }

    /// One piece of work: a column of properties, or a primitive.
    pub fn advance(&mut self, frame: &ContentFrame, out: &mut Unfolding) -> Result<Advance, DecodeError> {
        if let Some(batches) = &mut self.batches
            && batches.advance(out)?
        {
            return Ok(Advance::Working);
        }
        if self.tables.advance(&self.glb, out)? {
            return Ok(Advance::Working);
        }
        let Some(next) = self.primitives.pop_front() else { return Ok(Advance::Done) };
        let tile_from_gltf = DMat4::from_translation(self.center) * tile_from_gltf(frame.up_axis);
        let ecef_from_scene = (frame.ecef_from_tile, tile_from_gltf);
        let ids = primitive::FeatureRows {
            batches: self.batches.as_ref().map(BatchTable::rows),
            tables: &self.tables.rows,
            loose: &mut self.loose,
        };
        let mesh = primitive::decode(&self.glb, &next, ecef_from_scene, ids, out)?;
        Ok(mesh.map_or(Advance::Working, Advance::Mesh))
    }
}

/// glTF is y up, 3D Tiles z up (3D Tiles 1.1 § 7.5.1): x stays, y becomes z, z becomes -y.
fn tile_from_gltf(up_axis: UpAxis) -> DMat4 {
    match up_axis {
        UpAxis::Y => DMat4::from_cols_array(&[1., 0., 0., 0., 0., 0., 1., 0., 0., -1., 0., 0., 0., 0., 0., 1.]),
        UpAxis::Z => DMat4::IDENTITY,
    }
}

fn check_extensions(root: &json::Root, out: &mut Unfolding) -> Result<(), DecodeError> {
    let known = |name: &&String| !UNDERSTOOD.contains(&name.as_str());
    if let Some(name) = root.extensions_required.iter().find(known) {
        return Err(DecodeError::Extension(name.clone()));
    }
    root.extensions_used.iter().filter(known).for_each(|name| out.not_understood(name));
    Ok(())
}

/// `asset.copyright`: several are parted by semicolons, as EXT and Cesium write them.
fn note_attribution(root: &json::Root, out: &mut Unfolding) {
    let texts = root.asset.copyright.iter().flat_map(|text| text.split(';')).map(str::trim);
    let known = &mut out.decoded.content.attributions;
    for text in texts.filter(|text| !text.is_empty()) {
        if known.len() < MAX_NAMES && !known.iter().any(|known| known == text) {
            known.push(text.to_owned());
        }
    }
}

fn cesium_rtc(extensions: &Map<String, Value>) -> Option<DVec3> {
    let center = extensions.get("CESIUM_RTC")?.get("center")?;
    let number = |k: usize| center.get(k)?.as_f64();
    Some(DVec3::new(number(0)?, number(1)?, number(2)?))
}
