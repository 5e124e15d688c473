//! What a building of a tile covers seen from above: the union of its triangles.

use ::geo::{Coord, LineString, MultiPolygon, Polygon, unary_union};

use crate::geo::{Ecef, Geodetic};
use crate::stream::TileContent;

/// Triangles that are smaller than this seen from above belong to walls, square degrees: about a square centimetre.
const LEAST_DEG2: f64 = 1e-14;

/// What a building of a tile covers seen from above, in longitude and latitude.
pub fn footprint(content: &TileContent, row: u32) -> MultiPolygon<f64> {
    let mut facets = Vec::new();
    for mesh in &content.meshes {
        let place = |corner: u32| {
            let position = mesh.positions.get(corner as usize)?;
            let at = mesh.ecef_from_mesh.transform_point3(glam::Vec3::from(*position).as_dvec3());
            let Geodetic { lon_deg, lat_deg, .. } = Ecef(at).into();
            Some(Coord { x: lon_deg, y: lat_deg })
        };
        let of_row = |corners: &&[u32]| mesh.features.get(corners[0] as usize) == Some(&row);
        for corners in mesh.indices.chunks_exact(3).filter(of_row) {
            let corners: Option<Vec<Coord<f64>>> = corners.iter().map(|corner| place(*corner)).collect();
            facets.extend(corners.and_then(|corners| facet(&corners)));
        }
    }
    unary_union(&facets)
}

/// A triangle seen from above, counter-clockwise; none for one that stands upright.
fn facet(corners: &[Coord<f64>]) -> Option<Polygon<f64>> {
    let [a, b, c] = *corners else { return None };
    let doubled = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y);
    let ring = if doubled > 0.0 { vec![a, b, c, a] } else { vec![a, c, b, a] };
    (doubled.abs() > 2.0 * LEAST_DEG2).then(|| Polygon::new(LineString(ring), Vec::new()))
}
