//! Decoding files that are built here: goldens by property, and mutated bytes.

mod containers;
mod geometry;
mod properties;
mod survival;

use glam::DMat4;

use super::{ContentFrame, DecodeError, Decoded, Decoder};
use crate::fetch::Bytes;
use crate::stream::tree::UpAxis;

/// Decodes with the tile's frame as the earth's.
fn decode(bytes: Bytes) -> Result<Decoded, DecodeError> {
    let frame = ContentFrame { ecef_from_tile: DMat4::IDENTITY, up_axis: UpAxis::Y };
    Decoder::new(vec![bytes], frame).run()
}

/// What a decoded tile holds, one line a thing.
fn summary(decoded: &Decoded) -> String {
    let content = &decoded.content;
    let mut text = String::new();
    for mesh in &content.meshes {
        let (min, max) = (mesh.bounds.min, mesh.bounds.max);
        text += &format!(
            "{:?} {} vertices {:?} at {} box {min} {max}\n",
            mesh.class,
            mesh.positions.len(),
            mesh.indices,
            mesh.ecef_from_mesh.w_axis.truncate(),
        );
        if !mesh.features.is_empty() {
            text += &format!("  features {:?}\n", mesh.features);
        }
    }
    for (name, column) in &content.features.columns {
        text += &format!("{name}: {column:?}\n");
    }
    if !content.not_understood.is_empty() {
        text += &format!("not understood: {}\n", content.not_understood.join(", "));
    }
    text
}
