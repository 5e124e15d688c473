//! Planar polygons in space → triangles.

use geo::TriangulateEarcut;
use glam::DVec3;
use thiserror::Error;

use super::Polygon3;

/// Why a polygon cannot be cut into triangles.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum TriangulateError {
    /// The exterior has no area.
    #[error("the polygon has no area")]
    NoArea,
}

/// Cuts a polygon into triangles, in its own plane. Indices count the points of [`Polygon3::points`]; triangles run
/// counter-clockwise around the polygon's normal.
pub fn triangulate(polygon: &Polygon3) -> Result<Vec<[u32; 3]>, TriangulateError> {
    if polygon.rings().any(|ring| ring.len() < 3) {
        return Err(TriangulateError::NoArea);
    }
    let normal = polygon.normal().ok_or(TriangulateError::NoArea)?;
    let (x, y) = normal.any_orthonormal_pair();
    let flat = |point: DVec3| geo::Coord { x: point.dot(x), y: point.dot(y) };
    let origin = polygon.exterior.first().copied().unwrap_or_default();
    let mut numbers: Vec<usize> = Vec::new();
    let mut next = 0;
    let mut ring = |ring: &Vec<DVec3>| {
        let mut line: Vec<geo::Coord<f64>> = ring.iter().map(|&point| flat(point - origin)).collect();
        line.extend(line.first().copied());
        numbers.extend(next..next + ring.len());
        next += ring.len();
        geo::LineString::new(line)
    };
    let exterior = ring(&polygon.exterior);
    let interiors = polygon.interiors.iter().map(&mut ring).collect();
    let raw = geo::Polygon::new(exterior, interiors).earcut_triangles_raw();
    let corner = |index: usize| glam::DVec2::from_array(raw.vertices[index]);
    let triangles = raw.triangle_indices.chunks_exact(3).map(|t| {
        let [a, b, c] = [t[0], t[1], t[2]];
        let turn = (corner(b) - corner(a)).perp_dot(corner(c) - corner(a));
        if turn < 0.0 { [a, c, b] } else { [a, b, c] }
    });
    Ok(triangles.map(|t| t.map(|index| numbers[index] as u32)).collect())
}
