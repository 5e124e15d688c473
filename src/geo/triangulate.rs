//! Polygons in space → triangles, for tiles and for whatever is drawn.
//!
//! Ear cutting by the geo crate's `earcut` on points turned into the polygon's plane; where its triangles do not have the
//! polygon's area, a constrained Delaunay triangulation by `spade`. Nothing is mended here, see [`super::mend()`].

use geo::TriangulateEarcut;
use glam::{DVec2, DVec3};
use spade::{ConstrainedDelaunayTriangulation, HasPosition, Point2, Triangulation};
use thiserror::Error;

use super::Polygon3;
use super::plane::{Plane, contains, doubled_area, edges};

/// How far the triangles' area may be from the polygon's, as a part of it.
const AREA_TOLERANCE: f64 = 1e-6;

/// Finding the faces inside takes the square of the count of points; polygons with more have their ears alone.
const MOST_DELAUNAY_POINTS: usize = 10_000;

/// Why a polygon has no triangles.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum TriangulateError {
    /// The exterior has fewer than three points.
    #[error("a ring of {0} points has no area")]
    TooFewPoints(usize),
    /// The exterior has no area, or a coordinate is not a number.
    #[error("the ring has no area")]
    NoArea,
    /// Rings cross themselves or each other: no set of triangles over the points has the polygon's area.
    #[error("rings cross: triangles of {triangles_m2:.3} m² for a polygon of {polygon_m2:.3} m²")]
    NotSimple {
        /// The best triangles found, for a caller that would rather draw something than leave a hole.
        best: Vec<[u32; 3]>,
        /// Their area.
        triangles_m2: f64,
        /// The polygon's area: the exterior's less the holes'.
        polygon_m2: f64,
    },
}

/// Triangles over [`Polygon3::points`] (the exterior, then the interiors), counter-clockwise around the exterior's
/// normal. Their areas, seen along the normal, add up to the polygon's within a millionth part of it.
///
/// Rings off their plane are triangulated in their mean plane; the triangles then follow the points.
pub fn triangulate(polygon: &Polygon3) -> Result<Vec<[u32; 3]>, TriangulateError> {
    let corners = polygon.exterior.len();
    if corners < 3 {
        return Err(TriangulateError::TooFewPoints(corners));
    }
    let plane = Plane::of_simple(&polygon.exterior).ok_or(TriangulateError::NoArea)?;
    if polygon.interiors.is_empty() {
        match polygon.exterior.as_slice() {
            [_, _, _] => return Ok(vec![[0, 1, 2]]),
            [a, b, c, d] => {
                if let Some(triangles) = convex_quad([*a, *b, *c, *d], &plane) {
                    return Ok(triangles.to_vec());
                }
            }
            _ => {}
        }
    }
    FlatPolygon::new(polygon, &plane)?.triangulate()
}

/// Two triangles of a convex quadrilateral, split along its shorter diagonal; `None` where it is not strictly convex.
fn convex_quad(corners: [DVec3; 4], plane: &Plane) -> Option<[[u32; 3]; 2]> {
    let [a, b, c, d] = corners.map(|corner| plane.project(corner));
    let turns_left = |a: DVec2, b: DVec2, c: DVec2| (b - a).perp_dot(c - b) > 0.0;
    let convex = turns_left(a, b, c) && turns_left(b, c, d) && turns_left(c, d, a) && turns_left(d, a, b);
    let by_first = corners[0].distance_squared(corners[2]) <= corners[1].distance_squared(corners[3]);
    convex.then_some(if by_first { [[0, 1, 2], [0, 2, 3]] } else { [[0, 1, 3], [1, 2, 3]] })
}

/// A polygon's rings in its plane, with the numbers that its points have in space.
struct FlatPolygon {
    points: Vec<DVec2>,
    /// Where each ring starts in `points`; the exterior's 0 first.
    starts: Vec<usize>,
    polygon_m2: f64,
}

impl FlatPolygon {
    fn new(polygon: &Polygon3, plane: &Plane) -> Result<Self, TriangulateError> {
        let mut flat = Self { points: Vec::new(), starts: Vec::new(), polygon_m2: 0.0 };
        for ring in polygon.rings() {
            flat.starts.push(flat.points.len());
            flat.points.extend(plane.project_ring(ring));
        }
        if flat.points.iter().any(|point| !point.is_finite()) {
            return Err(TriangulateError::NoArea);
        }
        let areas: Vec<f64> = flat.rings().map(|ring| doubled_area(&flat.points[ring]).abs() * 0.5).collect();
        flat.polygon_m2 = areas.first().copied().unwrap_or(0.0) - areas.iter().skip(1).sum::<f64>();
        Ok(flat)
    }

    /// The range of each ring's points.
    fn rings(&self) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
        let ends = self.starts.iter().skip(1).copied().chain([self.points.len()]);
        self.starts.iter().copied().zip(ends).map(|(start, end)| start..end)
    }

    fn triangulate(&self) -> Result<Vec<[u32; 3]>, TriangulateError> {
        let ears = self.by_ears();
        let off = |triangles: &[[u32; 3]]| (self.area_m2(triangles) - self.polygon_m2).abs();
        if off(&ears) <= AREA_TOLERANCE * self.polygon_m2 {
            return Ok(ears);
        }
        let delaunay = self.by_delaunay().unwrap_or_default();
        if off(&delaunay) <= AREA_TOLERANCE * self.polygon_m2 {
            return Ok(delaunay);
        }
        let best = if off(&delaunay) < off(&ears) { delaunay } else { ears };
        let triangles_m2 = self.area_m2(&best);
        Err(TriangulateError::NotSimple { best, triangles_m2, polygon_m2: self.polygon_m2 })
    }

    /// Ear cutting. The crate leaves out the closing point alone, so its numbers are ours; rings that are closed
    /// already or too short for it have no ears.
    fn by_ears(&self) -> Vec<[u32; 3]> {
        if self.rings().any(|ring| ring.len() < 3 || self.points[ring.start] == self.points[ring.end - 1]) {
            return Vec::new();
        }
        let mut rings = self.rings().map(|ring| {
            geo::LineString::from_iter(self.points[ring].iter().map(|point| geo::coord! { x: point.x, y: point.y }))
        });
        let Some(exterior) = rings.next() else { return Vec::new() };
        let raw = geo::Polygon::new(exterior, rings.collect()).earcut_triangles_raw();
        if raw.vertices.len() != self.points.len() {
            return Vec::new();
        }
        let (triples, _) = raw.triangle_indices.as_chunks::<3>();
        triples.iter().filter_map(|&triple| self.counter_clockwise(triple)).collect()
    }

    /// A constrained Delaunay triangulation, of which the faces inside by the even-odd rule are kept. Constraints that
    /// cross are left out.
    fn by_delaunay(&self) -> Option<Vec<[u32; 3]>> {
        if self.points.len() > MOST_DELAUNAY_POINTS {
            return None;
        }
        let mut mesh = ConstrainedDelaunayTriangulation::<Numbered>::new();
        let handles: Vec<_> = (0..self.points.len())
            .map(|index| mesh.insert(Numbered { at: self.points[index], index }).ok())
            .collect::<Option<_>>()?;
        for ring in self.rings() {
            for (from, to) in edges(&handles[ring]) {
                if from != to && mesh.can_add_constraint(from, to) {
                    mesh.add_constraint(from, to);
                }
            }
        }
        let faces = mesh.inner_faces().map(|face| face.vertices().map(|vertex| vertex.data().index));
        Some(faces.filter(|face| self.is_inside(face)).filter_map(|face| self.counter_clockwise(face)).collect())
    }

    fn is_inside(&self, face: &[usize; 3]) -> bool {
        let center = face.iter().map(|&index| self.points[index]).sum::<DVec2>() / 3.0;
        self.rings().filter(|ring| contains(&self.points[ring.clone()], center)).count() % 2 == 1
    }

    /// The triangle turned so that it runs counter-clockwise; `None` where it has no area.
    fn counter_clockwise(&self, [a, b, c]: [usize; 3]) -> Option<[u32; 3]> {
        let doubled = doubled_area(&[*self.points.get(a)?, *self.points.get(b)?, *self.points.get(c)?]);
        match doubled {
            0.0 => None,
            _ if doubled > 0.0 => Some([a as u32, b as u32, c as u32]),
            _ => Some([a as u32, c as u32, b as u32]),
        }
    }

    fn area_m2(&self, triangles: &[[u32; 3]]) -> f64 {
        triangles
            .iter()
            .map(|triangle| doubled_area(&triangle.map(|index| self.points[index as usize])).abs() * 0.5)
            .sum()
    }
}

/// A point in the plane that knows its number.
struct Numbered {
    at: DVec2,
    index: usize,
}

impl HasPosition for Numbered {
    type Scalar = f64;

    fn position(&self) -> Point2<f64> {
        spade::mitigate_underflow(Point2::new(self.at.x, self.at.y))
    }
}

#[cfg(test)]
mod tests;
