//! Polygons that need no mending, told quickly: nearly all that real files hold.

use glam::DVec3;

use super::rings::is_spike;
use super::{LEAST_AREA_M2, PLANAR_WITHIN_M, SAME_POINT_M};
use crate::geo::plane::edges;
use crate::geo::{Polygon3, newell};

/// Rings with more points take the long way: every two of them are held against each other.
const MOST_POINTS: usize = 8;

/// Whether a polygon is one convex ring without repeated points and spikes, of some area and in its plane, so that
/// [`mend`](super::mend()) would leave it as it is. Takes no memory. False says nothing.
pub fn is_whole(polygon: &Polygon3) -> bool {
    let ring = polygon.exterior.as_slice();
    if !polygon.interiors.is_empty() || !(3..=MOST_POINTS).contains(&ring.len()) {
        return false;
    }
    let newell = newell(ring);
    let Some(normal) = newell.try_normalize().filter(|_| newell.length() * 0.5 >= LEAST_AREA_M2) else { return false };
    ring.iter().all(|point| point.is_finite())
        && points_are_apart(ring)
        && is_convex(ring, normal)
        && half_thickness_m(ring, normal) <= PLANAR_WITHIN_M
}

fn points_are_apart(ring: &[DVec3]) -> bool {
    let apart = |(index, a): (usize, &DVec3)| ring.iter().skip(index + 1).all(|b| a.distance(*b) >= SAME_POINT_M);
    ring.iter().enumerate().all(apart)
}

/// Whether a ring turns left at every corner, sharply enough to be no spike, and goes round once.
fn is_convex(ring: &[DVec3], normal: DVec3) -> bool {
    let (across, _) = normal.any_orthonormal_pair();
    let count = ring.len();
    let mut rounds = 0;
    for (index, (here, next)) in edges(ring).enumerate() {
        let before = ring[(index + count - 1) % count];
        let (arriving, leaving) = (here - before, next - here);
        if arriving.cross(leaving).dot(normal) <= 0.0 || is_spike(before, here, next) {
            return false;
        }
        rounds += u32::from(arriving.dot(across) <= 0.0 && leaving.dot(across) > 0.0);
    }
    rounds == 1
}

fn half_thickness_m(ring: &[DVec3], normal: DVec3) -> f64 {
    let off = |point: &DVec3| (*point - ring[0]).dot(normal);
    let (low, high) = ring.iter().map(off).fold((0.0_f64, 0.0_f64), |(low, high), off| (low.min(off), high.max(off)));
    (high - low) * 0.5
}
