//! Plain meshes → the city's vertices: three a triangle, with the normal, the corner and the edges to draw packed into
//! one word. No engine in here.

use std::collections::HashMap;

use bytemuck::{Pod, Zeroable};
use glam::Vec3;

use crate::stream::{Mesh, MeshClass, once_a_run};

/// A vertex as the city's shader takes it (shaders/city.wgsl).
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Vertex {
    /// In mesh coordinates, metres.
    pub position: [f32; 3],
    /// Bits 0..16 octahedral normal, 16..18 corner, 18..21 edges drawn, 21..24 kind.
    pub packed: u32,
    /// Row of the feature in its tile, `u32::MAX` for none.
    pub feature: u32,
}

/// Below this cosine between two facets the edge between them is drawn (about 14°).
const EDGE_COSINE: f32 = 0.97;

/// The vertices of a mesh, three a triangle, and three more for the back of one that is seen from both sides. Triangles
/// with indices out of range are left out.
pub fn facets(mesh: &Mesh) -> Vec<Vertex> {
    let triangles: Vec<[u32; 3]> = triangles(mesh).collect();
    let normals: Vec<Vec3> = triangles.iter().map(|corners| facet_normal(mesh, corners)).collect();
    let edges = match mesh.class {
        MeshClass::Roof | MeshClass::Wall => EdgeTable::of(mesh, &triangles, &normals),
        _ => EdgeTable::default(),
    };
    let kind = kind_code(mesh.class);
    let mut vertices = Vec::with_capacity(triangles.len() * 3);
    for (triangle, corners) in triangles.iter().enumerate() {
        let drawn = edges.drawn(triangle);
        for (corner, &index) in corners.iter().enumerate() {
            let normal = vertex_normal(mesh, index).unwrap_or(normals[triangle]);
            vertices.push(Vertex {
                position: mesh.positions[index as usize],
                packed: octahedral(normal) | (corner as u32) << 16 | drawn << 18 | kind << 21,
                feature: mesh.features.get(index as usize).copied().unwrap_or(u32::MAX),
            });
        }
        if mesh.double_sided {
            let face = vertices.len() - 3;
            vertices.extend_from_within(face..);
            turn_round(&mut vertices[face + 3..], |index| {
                vertex_normal(mesh, corners[index]).unwrap_or(normals[triangle])
            });
        }
    }
    vertices
}

/// The vertices of a mesh as its triangles share them.
pub struct Shared {
    /// The vertices.
    pub vertices: Vec<Vertex>,
    /// Three a triangle.
    pub indices: Vec<u32>,
    /// Whether the corners of each triangle differ in their place alone.
    pub flat: bool,
}

/// The vertices of a mesh as its triangles share them: a third of the vertices, but no edges can be drawn. `None` where
/// the content has no normals, so that each facet needs vertices of its own, or has colours.
pub fn shared_corners(mesh: &Mesh) -> Option<Shared> {
    let has_colors = !facet_colors(mesh).is_empty();
    if mesh.normals.len() != mesh.positions.len() || has_colors {
        return None;
    }
    let kind = kind_code(mesh.class);
    let mut packed = once_a_run(|normal| octahedral(Vec3::from_array(normal).try_normalize().unwrap_or(Vec3::Z)));
    let vertex = |(index, (position, normal)): (usize, (&[f32; 3], &[f32; 3]))| {
        let feature = mesh.features.get(index).copied().unwrap_or(u32::MAX);
        Vertex { position: *position, packed: packed(*normal) | kind << 21, feature }
    };
    let mut vertices: Vec<Vertex> = mesh.positions.iter().zip(&mesh.normals).enumerate().map(vertex).collect();
    let mut indices: Vec<u32> = triangles(mesh).flatten().collect();
    if mesh.double_sided {
        let (front, count) = (indices.len(), vertices.len() as u32);
        vertices.extend_from_within(..);
        for (index, vertex) in vertices[count as usize..].iter_mut().enumerate() {
            vertex.packed = vertex.packed & !0xffff | octahedral(-vertex_normal(mesh, index as u32).unwrap_or(Vec3::Z));
        }
        let back: Vec<u32> =
            indices[..front].chunks_exact(3).flat_map(|c| [c[0], c[2], c[1]]).map(|c| c + count).collect();
        indices.extend(back);
    }
    let told = |corner: u32| vertices.get(corner as usize).map(|vertex| (vertex.packed, vertex.feature));
    let flat = indices.chunks_exact(3).all(|c| told(c[0]) == told(c[1]) && told(c[1]) == told(c[2]));
    Some(Shared { vertices, indices, flat })
}

/// Makes the three vertices of a facet those of its back: other way round, lit from the other side.
fn turn_round(facet: &mut [Vertex], normal: impl Fn(usize) -> Vec3) {
    for (corner, vertex) in facet.iter_mut().enumerate() {
        vertex.packed = vertex.packed & !0xffff | octahedral(-normal(corner));
    }
    facet.swap(1, 2);
}

/// The colours of [`facets`]' vertices; none where the mesh has a class of its own or no colours.
pub fn facet_colors(mesh: &Mesh) -> Vec<[u8; 4]> {
    let of_its_own = matches!(mesh.class, MeshClass::Other { .. }) && mesh.colors.len() == mesh.positions.len();
    if !of_its_own {
        return Vec::new();
    }
    let mut colors = Vec::with_capacity(mesh.indices.len());
    for corners in triangles(mesh) {
        let face = corners.map(|corner| mesh.colors[corner as usize]);
        colors.extend(face);
        if mesh.double_sided {
            colors.extend([face[0], face[2], face[1]]);
        }
    }
    colors
}

/// The triangles whose indices are in range.
fn triangles(mesh: &Mesh) -> impl Iterator<Item = [u32; 3]> {
    let all = mesh.indices.chunks_exact(3).map(|corners| [corners[0], corners[1], corners[2]]);
    all.filter(|corners| corners.iter().all(|&corner| (corner as usize) < mesh.positions.len()))
}

/// The shader's number of a class.
fn kind_code(class: MeshClass) -> u32 {
    match class {
        MeshClass::Roof => 0,
        MeshClass::Wall => 1,
        MeshClass::Ground => 2,
        MeshClass::Tree => 3,
        MeshClass::Other { .. } => 4,
    }
}

fn vertex_normal(mesh: &Mesh, index: u32) -> Option<Vec3> {
    mesh.normals.get(index as usize).and_then(|&normal| Vec3::from(normal).try_normalize())
}

fn facet_normal(mesh: &Mesh, corners: &[u32; 3]) -> Vec3 {
    let [a, b, c] = corners.map(|corner| Vec3::from(mesh.positions[corner as usize]));
    (b - a).cross(c - a).normalize_or(Vec3::Z)
}

/// A unit vector in two bytes (Cigolle et al. 2014, "A Survey of Efficient Representations for Independent Unit
/// Vectors").
fn octahedral(normal: Vec3) -> u32 {
    let folded = normal / (normal.x.abs() + normal.y.abs() + normal.z.abs());
    let (x, y) = if folded.z >= 0.0 {
        (folded.x, folded.y)
    } else {
        ((1.0 - folded.y.abs()).copysign(folded.x), (1.0 - folded.x.abs()).copysign(folded.y))
    };
    let byte = |value: f32| ((value * 0.5 + 0.5) * 255.0).round().clamp(0.0, 255.0) as u32;
    byte(x) | byte(y) << 8
}

/// Which edges of which triangles lie between facets that differ.
#[derive(Default)]
struct EdgeTable {
    /// Bit 0: the edge opposite corner 0, and so on.
    drawn: Vec<u32>,
}

impl EdgeTable {
    fn of(mesh: &Mesh, triangles: &[[u32; 3]], normals: &[Vec3]) -> Self {
        let points = weld(mesh);
        let mut sides: HashMap<(u32, u32), (usize, u32)> = HashMap::with_capacity(triangles.len() * 2);
        let mut drawn = vec![0b111; triangles.len()];
        for (triangle, corners) in triangles.iter().enumerate() {
            for opposite in 0..3 {
                let a = points[corners[(opposite + 1) % 3] as usize];
                let b = points[corners[(opposite + 2) % 3] as usize];
                let Some((other, other_bit)) = sides.insert((a.min(b), a.max(b)), (triangle, 1 << opposite)) else {
                    continue;
                };
                if normals[triangle].dot(normals[other]) > EDGE_COSINE {
                    drawn[triangle] &= !(1 << opposite);
                    drawn[other] &= !other_bit;
                }
            }
        }
        Self { drawn }
    }

    fn drawn(&self, triangle: usize) -> u32 {
        self.drawn.get(triangle).copied().unwrap_or(0)
    }
}

/// One number for all vertices of one feature that stand on the same spot.
fn weld(mesh: &Mesh) -> Vec<u32> {
    let mut numbers: HashMap<([u32; 3], u32), u32> = HashMap::with_capacity(mesh.positions.len());
    mesh.positions
        .iter()
        .enumerate()
        .map(|(index, position)| {
            let feature = mesh.features.get(index).copied().unwrap_or(u32::MAX);
            let next = numbers.len() as u32;
            *numbers.entry((position.map(f32::to_bits), feature)).or_insert(next)
        })
        .collect()
}
