//! Planar polygons in space, as CityGML's `gml:Polygon` and CityJSON's surfaces give them.

use glam::DVec3;

use super::Bounds3;

/// A polygon with holes in space, in metres of any one frame.
///
/// Rings are open: the first point is not repeated at the end. Seen from outside the body, the exterior runs
/// counter-clockwise and the interiors clockwise (ISO 19107, GML 3.1.1 § 10.5).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Polygon3 {
    /// The outer ring.
    pub exterior: Vec<DVec3>,
    /// The holes.
    pub interiors: Vec<Vec<DVec3>>,
}

impl Polygon3 {
    /// The outer ring and then the holes.
    pub fn rings(&self) -> impl Iterator<Item = &Vec<DVec3>> {
        std::iter::once(&self.exterior).chain(&self.interiors)
    }

    /// Every point of every ring.
    pub fn points(&self) -> impl Iterator<Item = DVec3> + '_ {
        self.rings().flatten().copied()
    }

    /// Every point of every ring, to be moved.
    pub fn points_mut(&mut self) -> impl Iterator<Item = &mut DVec3> {
        std::iter::once(&mut self.exterior).chain(&mut self.interiors).flatten()
    }

    /// The box around all rings.
    pub fn bounds(&self) -> Bounds3 {
        Bounds3::of(self.points())
    }

    /// Twice the exterior's vector area by Newell's method: its direction is the normal, its length twice the area.
    /// Zero for a degenerate ring.
    pub fn newell(&self) -> DVec3 {
        newell(&self.exterior)
    }

    /// The unit normal of the exterior; `None` for a degenerate ring.
    pub fn normal(&self) -> Option<DVec3> {
        self.newell().try_normalize()
    }

    /// Area in square metres: the exterior's less the holes'.
    pub fn area_m2(&self) -> f64 {
        let holes: f64 = self.interiors.iter().map(|ring| newell(ring).length()).sum();
        ((self.newell().length() - holes) * 0.5).max(0.0)
    }
}

/// Twice the vector area of an open ring; taken around its first point, so that large coordinates cost no precision.
pub fn newell(ring: &[DVec3]) -> DVec3 {
    let Some((&origin, rest)) = ring.split_first() else { return DVec3::ZERO };
    rest.windows(2).map(|edge| (edge[0] - origin).cross(edge[1] - origin)).sum()
}
