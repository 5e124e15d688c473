//! Faces → triangles with flat normals on a tile's grid, corners shared within a face's plane.

use glam::DVec3;
use rustc_hash::FxHashMap;

use super::building::Face;
use super::glb::GridFrame;
use crate::geo::{Polygon3, TriangulateError, triangulate};

/// A corner on the grid with its normal's direction, coarse enough that coplanar faces agree.
type Corner = ([i32; 3], [i32; 3]);

/// The numbers of corners. By a quick hash, since they live while one building is made and nobody can choose them in bulk;
/// never for an order.
type Corners = FxHashMap<Corner, u32>;

/// Triangles of one material.
#[derive(Clone, Debug, Default)]
pub(super) struct Triangles {
    pub positions: Vec<DVec3>,
    pub normals: Vec<DVec3>,
    pub rows: Vec<u32>,
    pub triangles: Vec<[u32; 3]>,
    /// The corners of the building at hand.
    corners: Corners,
}

impl Triangles {
    /// Adds one building's faces under the property table's row `row`.
    pub fn add<'a>(&mut self, faces: impl Iterator<Item = &'a Face>, row: u32, frame: &GridFrame) {
        self.corners.clear();
        for face in faces {
            self.add_polygon(&face.polygon, row, frame);
        }
    }

    fn add_polygon(&mut self, polygon: &Polygon3, row: u32, frame: &GridFrame) {
        let Some(normal) = polygon.normal() else { return };
        let triangles = match triangulate(polygon) {
            Ok(triangles) => triangles,
            // The nearest that triangles come to a border that crosses itself: better than a hole.
            Err(TriangulateError::NotSimple { best, .. }) => best,
            // What covers nothing was reported when it was mended.
            Err(_) => return,
        };
        let steps: Vec<[i32; 3]> = polygon.points().map(|point| frame.steps(point)).collect();
        let direction = (normal * 64.0).round().to_array().map(|part| part as i32);
        for triangle in triangles {
            let Some(triangle) = corners_of(&steps, triangle).filter(|corners| !is_flat(*corners)) else { continue };
            let corners = triangle.map(|steps| {
                *self.corners.entry((steps, direction)).or_insert_with(|| {
                    self.positions.push(frame.at(steps));
                    self.normals.push(normal);
                    self.rows.push(row);
                    (self.positions.len() - 1) as u32
                })
            });
            self.triangles.push(corners);
        }
    }
}

fn corners_of(points: &[[i32; 3]], triangle: [u32; 3]) -> Option<[[i32; 3]; 3]> {
    let point = |index: u32| points.get(index as usize).copied();
    Some([point(triangle[0])?, point(triangle[1])?, point(triangle[2])?])
}

/// Whether a triangle has no area on the grid.
fn is_flat([a, b, c]: [[i32; 3]; 3]) -> bool {
    let edge = |to: [i32; 3]| DVec3::new(f64::from(to[0] - a[0]), f64::from(to[1] - a[1]), f64::from(to[2] - a[2]));
    edge(b).cross(edge(c)) == DVec3::ZERO
}

/// How many triangles faces become: a ring of n points with h holes gives n - 2 + 2h.
pub(super) fn triangle_count<'a>(faces: impl Iterator<Item = &'a Face>) -> usize {
    let corners = |polygon: &Polygon3| polygon.rings().map(Vec::len).sum::<usize>();
    let count = |polygon: &Polygon3| (corners(polygon) + 2 * polygon.interiors.len()).saturating_sub(2);
    faces.map(|face| count(&face.polygon)).sum()
}
