//! Reads the ground's contents back with the gltf crate, independently of the writer.

use glam::{DVec3, Mat4, Vec3};

/// Triangles by material, local metres.
#[derive(Default)]
pub(super) struct ReadGlb {
    pub ground: Vec<[DVec3; 3]>,
    pub trees: Vec<[DVec3; 3]>,
}

pub(super) fn read(bytes: &[u8]) -> ReadGlb {
    let gltf::Gltf { document, blob } = gltf::Gltf::from_slice_without_validation(bytes).expect("glb");
    let bin = blob.expect("a binary chunk");
    let node = document.nodes().next().expect("a node");
    let to_local = Mat4::from_cols_array_2d(&node.transform().matrix());
    let mut read = ReadGlb::default();
    for primitive in node.mesh().expect("a mesh").primitives() {
        let positions = numbers(&primitive.get(&gltf::Semantic::Positions).expect("positions"), &bin);
        let point = |index: f32| {
            let stored = Vec3::from_slice(&positions[index as usize * 3..]);
            let y_up = to_local.transform_point3(stored).as_dvec3();
            DVec3::new(y_up.x, -y_up.z, y_up.y)
        };
        let indices = numbers(&primitive.indices().expect("indices"), &bin);
        let triangles = indices.as_chunks::<3>().0.iter().map(|triangle| triangle.map(point));
        match primitive.material().name() {
            Some("ground") => read.ground.extend(triangles),
            _ => read.trees.extend(triangles),
        }
    }
    read
}

/// An accessor's numbers as stored.
fn numbers(accessor: &gltf::Accessor<'_>, bin: &[u8]) -> Vec<f32> {
    use gltf::accessor::DataType;
    let view = accessor.view().expect("a view");
    let width = accessor.data_type().size();
    let parts = accessor.dimensions().multiplicity();
    let stride = view.stride().unwrap_or(width * parts);
    let number = |bytes: &[u8]| match accessor.data_type() {
        DataType::U16 => f32::from(u16::from_le_bytes([bytes[0], bytes[1]])),
        DataType::U32 => u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as f32,
        DataType::F32 => f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]),
        other => panic!("{other:?} is not written here"),
    };
    let start = view.offset() + accessor.offset();
    (0..accessor.count())
        .flat_map(|element| (0..parts).map(move |part| start + element * stride + part * width))
        .map(|at| number(&bin[at..]))
        .collect()
}
