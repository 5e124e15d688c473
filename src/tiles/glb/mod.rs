//! Writes one binary glTF 2.0 file: quantised triangles, feature ids and one property table.
//!
//! Used by the buildings' tiles and by the ground's tiles; knows neither. Everything is given in the tileset's local
//! east-north-up frame in metres, z up; this module turns it y up as glTF asks (glTF 2.0 § 3.4) and stores it with
//! KHR_mesh_quantization in a [`GridFrame`]. It decides nothing about levels of detail and touches no file.
//!
//! ```ignore
//! let mut glb = GlbBuilder::new(GridFrame::around(bounds, 0.01), "© the source");
//! let ground = glb.material("ground", [0.8, 0.8, 0.75]);
//! let part = Primitive {
//!     positions: glb.add_positions_quantized(&points),
//!     normals: Some(glb.add_normals(&normals)),
//!     feature_ids: Some(glb.add_feature_ids(&rows)),
//!     indices: glb.add_indices(&triangles),
//!     material: ground,
//! };
//! glb.primitive(part);
//! glb.property_table(PropertyTable { schema, class: "ground".into(), count, columns });
//! let bytes = glb.finish();
//! ```

mod frame;
mod table;

pub use frame::GridFrame;
pub use table::{Column, PropertyTable};

use glam::DVec3;
use serde_json::{Map, Value, json};

/// `FLOAT` (glTF 2.0 § 3.6.2.2).
const FLOAT: u32 = 5126;
/// `BYTE`.
const BYTE: u32 = 5120;
/// `UNSIGNED_BYTE`.
const UNSIGNED_BYTE: u32 = 5121;
/// `UNSIGNED_SHORT`.
const UNSIGNED_SHORT: u32 = 5123;
/// `UNSIGNED_INT`.
const UNSIGNED_INT: u32 = 5125;
/// Buffer view target of vertex attributes.
const ARRAY_BUFFER: u32 = 34962;
/// Buffer view target of indices.
const ELEMENT_ARRAY_BUFFER: u32 = 34963;

/// Names a material of a [`GlbBuilder`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaterialIndex(usize);

/// Names vertex data or indices of a [`GlbBuilder`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessorIndex(usize);

/// Feature ids of vertices, with how many different ones there are (`featureCount` of EXT_mesh_features).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeatureIds {
    accessor: AccessorIndex,
    distinct: usize,
}

/// Triangles of one material.
#[derive(Clone, Copy, Debug)]
pub struct Primitive {
    /// From [`GlbBuilder::add_positions_quantized`].
    pub positions: AccessorIndex,
    /// From [`GlbBuilder::add_normals`].
    pub normals: Option<AccessorIndex>,
    /// From [`GlbBuilder::add_feature_ids`]; rows of the property table.
    pub feature_ids: Option<FeatureIds>,
    /// From [`GlbBuilder::add_indices`].
    pub indices: AccessorIndex,
    /// From [`GlbBuilder::material`].
    pub material: MaterialIndex,
}

/// Collects the parts of one file. Same calls, same bytes.
#[derive(Debug)]
pub struct GlbBuilder {
    frame: GridFrame,
    copyright: String,
    bin: Vec<u8>,
    views: Vec<Value>,
    accessors: Vec<Value>,
    materials: Vec<Value>,
    primitives: Vec<Value>,
    table: Option<PropertyTable>,
    has_features: bool,
}

impl GlbBuilder {
    /// An empty file whose positions are stored in `frame`; `copyright` goes to `asset.copyright`.
    pub fn new(frame: GridFrame, copyright: &str) -> Self {
        Self {
            frame,
            copyright: copyright.to_owned(),
            bin: Vec::new(),
            views: Vec::new(),
            accessors: Vec::new(),
            materials: Vec::new(),
            primitives: Vec::new(),
            table: None,
            has_features: false,
        }
    }

    /// Adds an opaque, rough, one-sided material with a linear base colour of 0 to 1.
    pub fn material(&mut self, name: &str, base_color: [f32; 3]) -> MaterialIndex {
        // f32 through f64 would print as 0.8199999928; four digits are more than eight bits of colour hold.
        let [r, g, b] = base_color.map(|part| (f64::from(part) * 1e4).round() / 1e4);
        self.materials.push(json!({
            "name": name,
            "pbrMetallicRoughness": { "baseColorFactor": [r, g, b, 1.0], "metallicFactor": 0.0, "roughnessFactor": 1.0 },
        }));
        MaterialIndex(self.materials.len() - 1)
    }

    /// Adds positions, given in local metres (east, north, up) and stored to the frame's step.
    pub fn add_positions_quantized(&mut self, points: &[DVec3]) -> AccessorIndex {
        if self.frame.is_quantized() { self.add_positions_u16(points) } else { self.add_positions_f32(points) }
    }

    fn add_positions_u16(&mut self, points: &[DVec3]) -> AccessorIndex {
        let stored: Vec<[u16; 3]> = points.iter().map(|&point| self.frame.stored_u16(point)).collect();
        let bytes =
            packed(stored.iter().map(|&[x, y, z]| bytemuck::cast::<[u16; 4], [u8; 8]>([x, y, z, 0].map(u16::to_le))));
        let (min, max) = extent(&stored, u16::MAX, u16::MIN);
        let view = self.vertex_view(bytes, 8);
        self.accessor(json!({
            "bufferView": view, "componentType": UNSIGNED_SHORT, "count": stored.len(), "type": "VEC3",
            "min": min, "max": max,
        }))
    }

    fn add_positions_f32(&mut self, points: &[DVec3]) -> AccessorIndex {
        let stored: Vec<[f32; 3]> = points.iter().map(|&point| self.frame.stored_f32(point)).collect();
        let bytes = packed(stored.as_flattened().iter().map(|part| part.to_le_bytes()));
        let (min, max) = extent(&stored, f32::INFINITY, f32::NEG_INFINITY);
        let view = self.vertex_view(bytes, 12);
        self.accessor(json!({
            "bufferView": view, "componentType": FLOAT, "count": stored.len(), "type": "VEC3",
            "min": min, "max": max,
        }))
    }

    /// Adds unit normals (east, north, up), stored in 8 bits a component: within half a degree.
    pub fn add_normals(&mut self, normals: &[DVec3]) -> AccessorIndex {
        // The corners of a facet follow each other and share its normal.
        let mut last = (DVec3::NAN, [0; 4]);
        let bytes = packed(normals.iter().map(|&normal| {
            if normal != last.0 {
                last = (normal, frame::normal_i8(normal).map(i8::cast_unsigned));
            }
            last.1
        }));
        let view = self.vertex_view(bytes, 4);
        self.accessor(json!({
            "bufferView": view, "componentType": BYTE, "normalized": true, "count": normals.len(), "type": "VEC3",
        }))
    }

    /// Adds the property table's row of each vertex, in the smallest type that glTF allows for vertex data
    /// (§ 3.6.2.4: elements start at multiples of four bytes). Rows from 65,536 on are stored as floats, exact up to
    /// 16,777,216.
    pub fn add_feature_ids(&mut self, rows: &[u32]) -> FeatureIds {
        let largest = rows.iter().copied().max().unwrap_or_default();
        let (kind, bytes): (u32, Vec<u8>) = match largest {
            0..=0xff => (UNSIGNED_BYTE, packed(rows.iter().map(|row| row.to_le_bytes()))),
            0x100..=0xffff => (UNSIGNED_SHORT, packed(rows.iter().map(|row| row.to_le_bytes()))),
            _ => (FLOAT, packed(rows.iter().map(|&row| (row as f32).to_le_bytes()))),
        };
        let view = self.vertex_view(bytes, 4);
        let accessor = self.accessor(json!({
            "bufferView": view, "componentType": kind, "count": rows.len(), "type": "SCALAR",
        }));
        let mut distinct = rows.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        FeatureIds { accessor, distinct: distinct.len() }
    }

    /// Adds triangles, three indices each, as 16 bits where they fit (the highest value is kept free, § 3.7.2.1).
    pub fn add_indices(&mut self, triangles: &[[u32; 3]]) -> AccessorIndex {
        let indices = triangles.as_flattened();
        let largest = indices.iter().copied().max().unwrap_or_default();
        let (kind, bytes): (u32, Vec<u8>) = if largest < u32::from(u16::MAX) {
            (UNSIGNED_SHORT, packed(indices.iter().map(|&index| (index as u16).to_le_bytes())))
        } else {
            (UNSIGNED_INT, packed(indices.iter().map(|index| index.to_le_bytes())))
        };
        let view = self.view(bytes, 4, json!({ "target": ELEMENT_ARRAY_BUFFER }));
        self.accessor(json!({
            "bufferView": view, "componentType": kind, "count": indices.len(), "type": "SCALAR",
        }))
    }

    /// Adds triangles to the file's one mesh.
    pub fn primitive(&mut self, part: Primitive) {
        let mut attributes = Map::new();
        attributes.insert("POSITION".into(), part.positions.0.into());
        if let Some(normals) = part.normals {
            attributes.insert("NORMAL".into(), normals.0.into());
        }
        let mut primitive = json!({ "indices": part.indices.0, "material": part.material.0 });
        if let Some(features) = part.feature_ids {
            attributes.insert("_FEATURE_ID_0".into(), features.accessor.0.into());
            primitive["extensions"] = json!({ "EXT_mesh_features": { "featureIds": [
                { "featureCount": features.distinct, "attribute": 0, "propertyTable": 0 },
            ] } });
            self.has_features = true;
        }
        primitive["attributes"] = attributes.into();
        self.primitives.push(primitive);
    }

    /// Sets the property table that the feature ids point into. A file whose primitives have feature ids needs one.
    pub fn property_table(&mut self, table: PropertyTable) {
        self.table = Some(table);
    }

    /// The file's bytes.
    pub fn finish(mut self) -> Vec<u8> {
        let metadata = self.table.take().map(|table| self.metadata(table));
        let mut extensions = vec!["KHR_mesh_quantization"];
        if self.has_features {
            extensions.push("EXT_mesh_features");
        }
        if metadata.is_some() {
            extensions.push("EXT_structural_metadata");
        }
        let (translation, rotation, scale) = self.frame.node();
        let gltf = json!({
            "asset": { "version": "2.0", "generator": "stadtzwilling", "copyright": self.copyright },
            "extensionsUsed": extensions,
            "extensionsRequired": ["KHR_mesh_quantization"],
            "scene": 0,
            "scenes": [{ "nodes": [0] }],
            "nodes": [{ "mesh": 0, "translation": translation, "rotation": rotation, "scale": scale }],
            "meshes": [{ "primitives": self.primitives }],
            "materials": self.materials,
            "accessors": self.accessors,
            "bufferViews": self.views,
            "buffers": [{ "byteLength": self.bin.len() }],
        });
        pack(with_metadata(gltf.to_string(), metadata.as_deref()), self.bin)
    }

    /// The JSON of EXT_structural_metadata; the columns go to the binary chunk.
    fn metadata(&mut self, table: PropertyTable) -> String {
        let mut properties = Map::new();
        for (name, column) in table.columns {
            let mut property = json!({ "values": self.view(column.values, 8, json!({})) });
            if let Some((bytes, kind)) = column.string_offsets {
                property["stringOffsets"] = self.view(bytes, 8, json!({})).into();
                property["stringOffsetType"] = kind.into();
            }
            properties.insert(name, property);
        }
        let tables = json!([{ "class": table.class, "count": table.count, "properties": properties }]);
        format!(r#"{{"schema":{},"propertyTables":{tables}}}"#, table.schema)
    }

    fn accessor(&mut self, accessor: Value) -> AccessorIndex {
        self.accessors.push(accessor);
        AccessorIndex(self.accessors.len() - 1)
    }

    fn vertex_view(&mut self, bytes: Vec<u8>, stride: usize) -> usize {
        self.view(bytes, 4, json!({ "byteStride": stride, "target": ARRAY_BUFFER }))
    }

    fn view(&mut self, bytes: Vec<u8>, alignment: usize, more: Value) -> usize {
        self.bin.resize(self.bin.len().next_multiple_of(alignment), 0);
        let mut view = json!({ "buffer": 0, "byteOffset": self.bin.len(), "byteLength": bytes.len() });
        if let (Some(view), Value::Object(more)) = (view.as_object_mut(), more) {
            view.extend(more);
        }
        self.bin.extend(bytes);
        self.views.push(view);
        self.views.len() - 1
    }
}

/// The smallest and largest value on each axis, exactly as stored (§ 3.6.2.5).
fn extent<T: Copy + PartialOrd>(points: &[[T; 3]], high: T, low: T) -> ([T; 3], [T; 3]) {
    points.iter().fold(([high; 3], [low; 3]), |(mut min, mut max), point| {
        for axis in 0..3 {
            min[axis] = if point[axis] < min[axis] { point[axis] } else { min[axis] };
            max[axis] = if point[axis] > max[axis] { point[axis] } else { max[axis] };
        }
        (min, max)
    })
}

/// The bytes of all rows, one after the other. (Collecting byte by byte is several times slower.)
fn packed<const N: usize>(rows: impl ExactSizeIterator<Item = [u8; N]>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(rows.len() * N);
    rows.for_each(|row| bytes.extend_from_slice(&row));
    bytes
}

/// A glTF's JSON with the metadata's as its last member. A schema is long and the same in every tile: it is text already.
fn with_metadata(mut gltf: String, metadata: Option<&str>) -> String {
    if let Some(metadata) = metadata
        && gltf.pop() == Some('}')
    {
        gltf.push_str(r#","extensions":{"EXT_structural_metadata":"#);
        gltf.push_str(metadata);
        gltf.push_str("}}");
    }
    gltf
}

/// The container: header, JSON chunk padded with spaces, binary chunk padded with zeros (§ 4.4).
fn pack(gltf: String, mut bin: Vec<u8>) -> Vec<u8> {
    let mut json = gltf.into_bytes();
    json.resize(json.len().next_multiple_of(4), b' ');
    bin.resize(bin.len().next_multiple_of(4), 0);
    let total = 12 + 8 + json.len() + 8 + bin.len();
    let mut glb = Vec::with_capacity(total);
    for word in [0x4654_6C67, 2, total as u32, json.len() as u32, 0x4E4F_534A] {
        glb.extend(u32::to_le_bytes(word));
    }
    glb.extend(json);
    for word in [bin.len() as u32, 0x004E_4942] {
        glb.extend(u32::to_le_bytes(word));
    }
    glb.extend(bin);
    glb
}

#[cfg(test)]
mod tests;
