//! A polygon's own plane, and its points in it.
//!
//! Used by triangulation and mending. Points are turned into the plane, not dropped onto an axis: a steep roof keeps its
//! proportions, so that "convex", "near" and "area" mean on it what they mean on the ground.

use glam::{DVec2, DVec3};

use super::newell;

/// A plane with a right-handed pair of axes; seen from the side its normal points to, y lies counter-clockwise from x.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plane {
    origin: DVec3,
    x: DVec3,
    y: DVec3,
    normal: DVec3,
}

impl Plane {
    /// The plane of a ring by Newell's normal; for a ring whose parts cancel out (a bow-tie) by its farthest points.
    /// `None` where the points lie on one line, or are not finite.
    pub(super) fn of(ring: &[DVec3]) -> Option<Self> {
        let &origin = ring.first()?;
        let spread = spread(ring);
        let newell = newell(ring);
        let normal = if newell.length() > 1e-3 * spread.length() { newell } else { spread };
        Self::new(origin, normal)
    }

    /// The plane of a ring by Newell's normal alone; `None` for a ring without area.
    pub(super) fn of_simple(ring: &[DVec3]) -> Option<Self> {
        Self::new(*ring.first()?, newell(ring))
    }

    fn new(origin: DVec3, normal: DVec3) -> Option<Self> {
        let normal = normal.try_normalize().filter(|normal| normal.is_finite() && origin.is_finite())?;
        let (x, y) = normal.any_orthonormal_pair();
        Some(Self { origin, x, y, normal })
    }

    /// A point's place in the plane.
    pub(super) fn project(&self, point: DVec3) -> DVec2 {
        let from_origin = point - self.origin;
        DVec2::new(from_origin.dot(self.x), from_origin.dot(self.y))
    }

    /// The place of each point of a ring.
    pub(super) fn project_ring(&self, ring: &[DVec3]) -> Vec<DVec2> {
        ring.iter().map(|&point| self.project(point)).collect()
    }

    /// How far the ring's points lie apart along the normal, halved: the distance to the best parallel plane.
    pub(super) fn half_thickness_m(&self, points: impl Iterator<Item = DVec3>) -> f64 {
        let (low, high) = points
            .map(|point| (point - self.origin).dot(self.normal))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), off| (low.min(off), high.max(off)));
        ((high - low) * 0.5).max(0.0)
    }
}

/// Twice the vector area of the triangle from the first point over the farthest one to the one farthest from that line.
fn spread(ring: &[DVec3]) -> DVec3 {
    let Some((&first, rest)) = ring.split_first() else { return DVec3::ZERO };
    let longest = |vectors: &mut dyn Iterator<Item = DVec3>| {
        vectors.fold(DVec3::ZERO, |best, v| if v.length_squared() > best.length_squared() { v } else { best })
    };
    let axis = longest(&mut rest.iter().map(|&point| point - first));
    longest(&mut rest.iter().map(|&point| axis.cross(point - first)))
}

/// Twice the signed area of an open ring in the plane; positive counter-clockwise.
pub(super) fn doubled_area(ring: &[DVec2]) -> f64 {
    let Some((&origin, rest)) = ring.split_first() else { return 0.0 };
    rest.windows(2).map(|edge| (edge[0] - origin).perp_dot(edge[1] - origin)).sum()
}

/// Whether a point lies inside a ring by the even-odd rule; unspecified on the border.
pub(super) fn contains(ring: &[DVec2], point: DVec2) -> bool {
    edges(ring).filter(|(a, b)| crosses_ray(*a, *b, point)).count() % 2 == 1
}

/// The edges of an open ring, the closing one last.
pub(super) fn edges<T: Copy>(ring: &[T]) -> impl Iterator<Item = (T, T)> + '_ {
    ring.iter().copied().zip(ring.iter().copied().cycle().skip(1))
}

/// Whether the ray from `point` towards +x meets the edge.
fn crosses_ray(a: DVec2, b: DVec2, point: DVec2) -> bool {
    (a.y > point.y) != (b.y > point.y) && point.x < a.x + (b.x - a.x) * (point.y - a.y) / (b.y - a.y)
}
