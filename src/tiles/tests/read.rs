//! Reads tiles back with the gltf crate, independently of the writer: positions through the node, features through the
//! property table.

use glam::{DVec3, Mat4, Vec3};
use serde_json::Value;

use crate::tiles::MemoryTiles;

/// A tile of the tree with what its content says.
pub(super) struct ReadTile {
    pub json: Value,
    pub glb: Option<ReadGlb>,
    pub children: Vec<ReadTile>,
}

/// A decoded content.
pub(super) struct ReadGlb {
    /// Ids by row of the property table.
    pub ids: Vec<String>,
    /// Triangles in local metres (east, north, up) with row and material.
    pub triangles: Vec<ReadTriangle>,
}

pub(super) struct ReadTriangle {
    pub corners: [DVec3; 3],
    pub normal: DVec3,
    pub row: usize,
    pub material: String,
}

impl ReadTile {
    pub fn visit<'a>(&'a self, each: &mut dyn FnMut(&'a ReadTile)) {
        each(self);
        self.children.iter().for_each(|child| child.visit(each));
    }
}

/// The whole tree, following external tilesets.
pub(super) fn tree(tiles: &MemoryTiles) -> ReadTile {
    let json: Value = serde_json::from_slice(&tiles.0["tileset.json"]).expect("JSON");
    tile(tiles, &json["root"])
}

fn tile(tiles: &MemoryTiles, json: &Value) -> ReadTile {
    let uri = json["content"]["uri"].as_str();
    if let Some(external) = uri.filter(|uri| uri.ends_with(".json")) {
        let json: Value = serde_json::from_slice(&tiles.0[external]).expect("JSON");
        return tile(tiles, &json["root"]);
    }
    let children = json["children"].as_array().into_iter().flatten();
    ReadTile {
        json: json.clone(),
        glb: uri.map(|uri| glb(&tiles.0[uri])),
        children: children.map(|child| tile(tiles, child)).collect(),
    }
}

pub(super) fn glb(bytes: &[u8]) -> ReadGlb {
    let gltf::Gltf { document, blob } = gltf::Gltf::from_slice_without_validation(bytes).expect("glb");
    let bin = blob.expect("a binary chunk");
    let json = document.as_json();
    let metadata = &json.extensions.as_ref().expect("metadata").others["EXT_structural_metadata"];
    let column = &metadata["propertyTables"][0]["properties"]["id"];
    let view = |index: &Value| {
        let view = &json.buffer_views[index.as_u64().expect("an index") as usize];
        let start = view.byte_offset.map_or(0, |offset| offset.0 as usize);
        &bin[start..start + view.byte_length.0 as usize]
    };
    let count = metadata["propertyTables"][0]["count"].as_u64().expect("a count") as usize;
    let offsets = view(&column["stringOffsets"]);
    let width = offsets.len() / (count + 1);
    let offset = |row: usize| offsets[row * width..][..width].iter().rev().fold(0, |n, &b| n << 8 | usize::from(b));
    let ids = (0..count)
        .map(|row| String::from_utf8(view(&column["values"])[offset(row)..offset(row + 1)].to_vec()).expect("UTF-8"));
    let node = document.nodes().next().expect("a node");
    let to_local = Mat4::from_cols_array_2d(&node.transform().matrix());
    let primitives = node.mesh().expect("a mesh").primitives().collect::<Vec<_>>();
    // The crate leaves out attributes of a name of their own, so that they are looked up in the JSON.
    let raw: Value = serde_json::from_slice(&gltf::Glb::from_slice(bytes).expect("glb").json).expect("JSON");
    let rows = |index: usize| &raw["meshes"][0]["primitives"][index]["attributes"]["_FEATURE_ID_0"];
    let rows = |index: usize| rows(index).as_u64().expect("feature ids") as usize;
    let triangles = primitives.iter().flat_map(|p| triangles(&document, p, rows(p.index()), &bin, to_local));
    ReadGlb { ids: ids.collect(), triangles: triangles.collect() }
}

fn triangles(
    document: &gltf::Document,
    primitive: &gltf::Primitive<'_>,
    rows: usize,
    bin: &[u8],
    to_local: Mat4,
) -> Vec<ReadTriangle> {
    let accessor = |semantic: gltf::Semantic| numbers(&primitive.get(&semantic).expect("an attribute"), bin);
    let positions = accessor(gltf::Semantic::Positions);
    let normals = accessor(gltf::Semantic::Normals);
    let rows = numbers(&document.accessors().nth(rows).expect("an accessor"), bin);
    let indices = numbers(&primitive.indices().expect("indices"), bin);
    let vec3 = |from: &[f32], index: usize| Vec3::from_slice(&from[3 * index..]);
    // y up → z up.
    let z_up = |v: Vec3| DVec3::new(f64::from(v.x), -f64::from(v.z), f64::from(v.y));
    let corner = |index: f32| z_up(to_local.transform_point3(vec3(&positions, index as usize)));
    indices
        .as_chunks::<3>()
        .0
        .iter()
        .map(|&triangle| ReadTriangle {
            corners: triangle.map(corner),
            normal: z_up(to_local.transform_vector3(vec3(&normals, triangle[0] as usize)).normalize()),
            row: rows[triangle[0] as usize] as usize,
            material: primitive.material().name().unwrap_or_default().to_owned(),
        })
        .collect()
}

/// An accessor's numbers as stored, without normalization.
fn numbers(accessor: &gltf::Accessor<'_>, bin: &[u8]) -> Vec<f32> {
    use gltf::accessor::DataType;
    let view = accessor.view().expect("a view");
    let width = accessor.data_type().size();
    let parts = accessor.dimensions().multiplicity();
    let stride = view.stride().unwrap_or(width * parts);
    let element = |index: usize| &bin[view.offset() + accessor.offset() + index * stride..];
    let number = |bytes: &[u8]| match accessor.data_type() {
        DataType::U8 => f32::from(bytes[0]),
        DataType::I8 => f32::from(bytes[0].cast_signed()),
        DataType::U16 => f32::from(u16::from_le_bytes([bytes[0], bytes[1]])),
        DataType::U32 => u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as f32,
        DataType::F32 => f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]),
        DataType::I16 => panic!("not written here"),
    };
    (0..accessor.count())
        .flat_map(|i| (0..parts).map(move |part| (i, part)))
        .map(|(i, p)| number(&element(i)[p * width..]))
        .collect()
}
