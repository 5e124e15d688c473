//! Simplified buildings for inner tiles: footprints pulled up to the height that keeps the volume (LoD1).

use ::geo::{Area, ConvexHull, Coord, LineString, MultiPolygon, Orient, Polygon, Simplify, orient::Direction};
use glam::DVec3;

use super::building::{Face, FaceClass, LocalBuilding};
use crate::geo::Polygon3;

/// A building's footprint with two heights.
#[derive(Clone, Debug)]
pub(super) struct Block {
    footprint: MultiPolygon<f64>,
    /// Local height of its foot, metres.
    base_m: f64,
    /// Local height that a flat roof of the same volume has, metres.
    top_m: f64,
    /// How far the true roof rises above or dips below the flat one, metres.
    pub deviation_m: f64,
}

impl Block {
    /// The block of a building; without footprint where nothing of it covers ground.
    pub fn of(building: &LocalBuilding) -> Self {
        let bounds = building.bounds();
        let (top_m, deviation_m) = roof_height(building).unwrap_or((bounds.max.z, 0.0));
        Self { footprint: footprint(building), base_m: bounds.min.z, top_m, deviation_m }
    }

    /// Its faces with corners left out that change the outline by less than `tolerance_m`.
    pub fn faces(&self, tolerance_m: f64) -> Vec<Face> {
        let mut faces = Vec::new();
        for polygon in &self.footprint {
            let polygon = simplified(polygon, tolerance_m);
            faces.push(Face { class: FaceClass::Roof, polygon: self.lifted(&polygon) });
            for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                faces.extend(ring.lines().map(|edge| self.wall(edge.start, edge.end)));
            }
        }
        faces
    }

    /// Its footprint at roof height.
    fn lifted(&self, polygon: &Polygon<f64>) -> Polygon3 {
        let ring = |ring: &LineString<f64>| -> Vec<DVec3> {
            let open = ring.0.len().saturating_sub(1);
            ring.0.iter().take(open).map(|point| DVec3::new(point.x, point.y, self.top_m)).collect()
        };
        Polygon3 { exterior: ring(polygon.exterior()), interiors: polygon.interiors().iter().map(ring).collect() }
    }

    /// The wall over an edge whose outside lies to its right.
    fn wall(&self, a: Coord<f64>, b: Coord<f64>) -> Face {
        let at = |point: Coord<f64>, height_m| DVec3::new(point.x, point.y, height_m);
        let exterior = vec![at(a, self.base_m), at(b, self.base_m), at(b, self.top_m), at(a, self.top_m)];
        Face { class: FaceClass::Wall, polygon: Polygon3 { exterior, interiors: Vec::new() } }
    }
}

/// Mean height of the roofs weighted by covered area, and the largest distance from it.
fn roof_height(building: &LocalBuilding) -> Option<(f64, f64)> {
    let roofs = || building.faces.iter().filter(|face| face.class == FaceClass::Roof);
    let mut covered_m2 = 0.0;
    let mut volume_m3 = 0.0;
    for face in roofs() {
        let area_m2 = face.polygon.newell().z.max(0.0) * 0.5;
        let points = &face.polygon.exterior;
        let height_m = points.iter().map(|point| point.z).sum::<f64>() / points.len().max(1) as f64;
        covered_m2 += area_m2;
        volume_m3 += area_m2 * height_m;
    }
    if covered_m2 <= 0.0 {
        return None;
    }
    let mean_m = volume_m3 / covered_m2;
    let far_m = roofs().flat_map(|face| face.polygon.points()).map(|point| (point.z - mean_m).abs());
    Some((mean_m, far_m.fold(0.0, f64::max)))
}

/// The ground that a building covers: from its ground surfaces, else from what its roofs cover, else its hull.
fn footprint(building: &LocalBuilding) -> MultiPolygon<f64> {
    [FaceClass::Ground, FaceClass::Roof]
        .into_iter()
        .map(|class| union(building.faces.iter().filter(|face| face.class == class)))
        .find(|outline| outline.unsigned_area() > 0.0)
        .unwrap_or_else(|| hull(building))
}

fn union<'a>(faces: impl Iterator<Item = &'a Face>) -> MultiPolygon<f64> {
    let outlines: Vec<Polygon<f64>> =
        faces.map(|face| outline(&face.polygon)).filter(|outline| outline.unsigned_area() > 1e-3).collect();
    match outlines.as_slice() {
        [one] => MultiPolygon::new(vec![one.clone()]),
        many => ::geo::unary_union(many),
    }
    .orient(Direction::Default)
}

fn hull(building: &LocalBuilding) -> MultiPolygon<f64> {
    let points: Vec<Polygon<f64>> = building.faces.iter().map(|face| outline(&face.polygon)).collect();
    MultiPolygon::new(vec![MultiPolygon::new(points).convex_hull()]).orient(Direction::Default)
}

/// A polygon seen from above.
fn outline(polygon: &Polygon3) -> Polygon<f64> {
    let ring = |ring: &Vec<DVec3>| LineString::from_iter(ring.iter().map(|point| Coord { x: point.x, y: point.y }));
    Polygon::new(ring(&polygon.exterior), polygon.interiors.iter().map(ring).collect())
}

/// Without small corners and small courtyards; as it was where too little would be left.
fn simplified(polygon: &Polygon<f64>, tolerance_m: f64) -> Polygon<f64> {
    let ring = |ring: &LineString<f64>| {
        let simple = ring.simplify(tolerance_m);
        if simple.0.len() < 4 { ring.clone() } else { simple }
    };
    let courtyard_m2 = (4.0 * tolerance_m).powi(2);
    let holes = polygon.interiors().iter();
    let holes = holes.filter(|hole| Polygon::new((*hole).clone(), Vec::new()).unsigned_area() > courtyard_m2);
    Polygon::new(ring(polygon.exterior()), holes.map(ring).collect())
}
