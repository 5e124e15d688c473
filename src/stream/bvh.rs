//! A tree of boxes over a mesh's triangles, for rays. Built in slices while a tile is decoded.
//!
//! Boxes are in the mesh's own f32 coordinates, which hold the triangles exactly; rays come in f64.

use glam::{DMat4, DVec3, Vec3};

use super::mesh::Mesh;

/// Triangles a leaf holds at most.
const LEAF: usize = 4;
/// So many triangles are sorted before it is asked whether there is time for more: a browser's clock is slow to read.
const BETWEEN_QUESTIONS: usize = 1000;

/// A box of the tree with what lies in it.
#[derive(Clone, Copy, Debug)]
struct Node {
    min: Vec3,
    max: Vec3,
    /// A leaf's first place in `order`, or an inner node's first child; the second follows it.
    first: u32,
    /// Triangles of a leaf; 0 for an inner node.
    count: u32,
}

/// A finished tree.
#[derive(Clone, Debug, Default)]
pub struct Bvh {
    nodes: Vec<Node>,
    /// Triangle numbers, leaf by leaf.
    order: Vec<u32>,
    mesh_from_ecef: DMat4,
}

/// Where a ray meets a mesh.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RayHit {
    /// Number of the triangle.
    pub triangle: u32,
    /// Multiple of the ray's direction from its origin.
    pub t: f64,
}

impl Bvh {
    /// Bytes that it holds.
    pub fn bytes(&self) -> u64 {
        (self.nodes.len() * size_of::<Node>() + self.order.len() * size_of::<u32>()) as u64
    }

    /// The nearest triangle that a ray meets with `0 <= t < limit`, from either side; of equally near ones the one of
    /// the smallest number. Ray in the earth-centred frame, in f64 from there to the triangle.
    pub fn cast(&self, mesh: &Mesh, origin_ecef: DVec3, direction: DVec3, limit: f64) -> Option<RayHit> {
        let ray = Ray {
            origin: self.mesh_from_ecef.transform_point3(origin_ecef),
            direction: self.mesh_from_ecef.transform_vector3(direction),
        };
        let mut best: Option<RayHit> = None;
        let mut open = vec![0_u32];
        while let Some(node) = open.pop().and_then(|index| self.nodes.get(index as usize)) {
            let far = best.map_or(limit, |hit| hit.t);
            if !ray.meets_box(node.min.as_dvec3(), node.max.as_dvec3(), far) {
                continue;
            }
            if node.count == 0 {
                open.extend([node.first, node.first + 1]);
                continue;
            }
            let triangles = self.order.iter().skip(node.first as usize).take(node.count as usize);
            for hit in triangles.filter_map(|triangle| ray.meets_triangle(mesh, *triangle)) {
                let nearer = best.map_or(hit.t < limit, |best| (hit.t, hit.triangle) < (best.t, best.triangle));
                if nearer {
                    best = Some(hit);
                }
            }
        }
        best
    }
}

/// A ray in a mesh's frame. Its direction has any length, so that `t` is the same in every frame.
pub(super) struct Ray {
    pub origin: DVec3,
    pub direction: DVec3,
}

impl Ray {
    /// Whether the ray meets the box with `0 <= t <= far`. The box is taken a little wide, as the borders of triangles
    /// are: a millionth of its size covers both that and the rounding of earth-centred coordinates.
    fn meets_box(&self, min: DVec3, max: DVec3, far: f64) -> bool {
        let margin = DVec3::splat((max - min).max_element() * 1e-6 + 1e-7);
        let (min, max) = (min - margin, max + margin);
        let (mut enter, mut leave) = (0.0_f64, far);
        for axis in 0..3 {
            let (origin, direction) = (self.origin[axis], self.direction[axis]);
            if direction == 0.0 {
                if origin < min[axis] || origin > max[axis] {
                    return false;
                }
                continue;
            }
            let (a, b) = ((min[axis] - origin) / direction, (max[axis] - origin) / direction);
            enter = enter.max(a.min(b));
            leave = leave.min(a.max(b));
        }
        enter <= leave
    }

    /// Möller and Trumbore's test in f64. Borders belong to the triangle, and a ten-millionth of its size beyond, so that
    /// no ray slips between two whose corners were rounded in different frames.
    pub fn meets_triangle(&self, mesh: &Mesh, triangle: u32) -> Option<RayHit> {
        const BORDER: f64 = -1e-7;
        let [a, b, c] = corners(mesh, triangle)?;
        let (ab, ac) = (b - a, c - a);
        let across = self.direction.cross(ac);
        let determinant = ab.dot(across);
        if determinant == 0.0 {
            return None;
        }
        let offset = self.origin - a;
        let u = offset.dot(across) / determinant;
        let beside = offset.cross(ab);
        let v = self.direction.dot(beside) / determinant;
        let t = ac.dot(beside) / determinant;
        (u >= BORDER && v >= BORDER && 1.0 - u - v >= BORDER && t >= 0.0).then_some(RayHit { triangle, t })
    }
}

/// The corners of a triangle in mesh coordinates.
pub(super) fn corners(mesh: &Mesh, triangle: u32) -> Option<[DVec3; 3]> {
    let first = triangle as usize * 3;
    let corner = |k: usize| {
        let index = *mesh.indices.get(first + k)?;
        mesh.positions.get(index as usize).map(|position| Vec3::from_array(*position).as_dvec3())
    };
    Some([corner(0)?, corner(1)?, corner(2)?])
}

/// A tree in the making.
pub struct BvhBuilder {
    tree: Bvh,
    centroids: Vec<Vec3>,
    /// The box of each triangle; an empty one for what is none.
    boxes: Vec<[Vec3; 2]>,
    /// Nodes that still hold more triangles than a leaf may, with their range in `order`.
    open: Vec<(u32, usize, usize)>,
}

impl BvhBuilder {
    /// Begins a tree over all triangles of `mesh`.
    pub fn new(mesh: &Mesh) -> Self {
        let count = (mesh.indices.len() / 3) as u32;
        let centroid = |triangle| corners(mesh, triangle).map_or(Vec3::ZERO, |[a, b, c]| ((a + b + c) / 3.0).as_vec3());
        let mut tree =
            Bvh { nodes: Vec::new(), order: (0..count).collect(), mesh_from_ecef: mesh.ecef_from_mesh.inverse() };
        let boxes: Vec<[Vec3; 2]> = (0..count).map(|triangle| box_of(mesh, triangle)).collect();
        let mut open = Vec::new();
        if count > 0 {
            tree.nodes.push(leaf(&boxes, &tree.order, 0, count as usize));
            open.push((0, 0, count as usize));
        }
        Self { tree, centroids: (0..count).map(centroid).collect(), boxes, open }
    }

    /// Splits nodes until none is left or the time is over. Gives whether it is done.
    pub fn step(&mut self, go_on: &mut dyn FnMut() -> bool) -> bool {
        let mut touched = 0;
        while let Some((node, from, to)) = self.open.pop() {
            if to - from > LEAF {
                self.split(node, from, to);
            }
            touched += to - from;
            if touched > BETWEEN_QUESTIONS {
                touched = 0;
                if !go_on() {
                    break;
                }
            }
        }
        self.open.is_empty()
    }

    /// The finished tree.
    pub fn finish(self) -> Bvh {
        self.tree
    }

    /// Splits a leaf at the median along the longest side of its box.
    fn split(&mut self, node: u32, from: usize, to: usize) {
        let Some(place) = self.tree.nodes.get_mut(node as usize) else { return };
        let size = place.max - place.min;
        let axis = if size.x >= size.y && size.x >= size.z { 0 } else { usize::from(size.y < size.z) + 1 };
        let children = self.tree.nodes.len() as u32;
        if let Some(place) = self.tree.nodes.get_mut(node as usize) {
            (place.first, place.count) = (children, 0);
        }
        let middle = usize::midpoint(from, to);
        let centroids = &self.centroids;
        let at = |triangle: &u32| centroids.get(*triangle as usize).map_or(0.0, |centroid| centroid[axis]);
        if let Some(range) = self.tree.order.get_mut(from..to) {
            // The number breaks ties, so that the tree is the same everywhere.
            range.select_nth_unstable_by(middle - from, |a, b| at(a).total_cmp(&at(b)).then(a.cmp(b)));
        }
        for (child, (from, to)) in [(from, middle), (middle, to)].into_iter().enumerate() {
            self.tree.nodes.push(leaf(&self.boxes, &self.tree.order, from, to));
            self.open.push((children + child as u32, from, to));
        }
    }
}

/// The box around a triangle, smallest corner and largest. Exact: the corners are f32.
fn box_of(mesh: &Mesh, triangle: u32) -> [Vec3; 2] {
    let around = |[min, max]: [Vec3; 2], corner: DVec3| [min.min(corner.as_vec3()), max.max(corner.as_vec3())];
    corners(mesh, triangle).into_iter().flatten().fold([Vec3::INFINITY, Vec3::NEG_INFINITY], around)
}

/// A leaf around a range of triangles.
fn leaf(boxes: &[[Vec3; 2]], order: &[u32], from: usize, to: usize) -> Node {
    let (mut min, mut max) = (Vec3::INFINITY, Vec3::NEG_INFINITY);
    let range = order.get(from..to).unwrap_or_default();
    for [low, high] in range.iter().filter_map(|triangle| boxes.get(*triangle as usize)) {
        (min, max) = (min.min(*low), max.max(*high));
    }
    Node { min, max, first: from as u32, count: (to - from) as u32 }
}
