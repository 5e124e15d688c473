//! Areas on the map: between the points this module works with and the polygons of `geo`, and the few constructions
//! that laying out a town needs.

use geo::algorithm::buffer::{BufferStyle, LineCap, LineJoin};
use geo::{
    Area, BooleanOps, Buffer, Coord, LineString, MinimumRotatedRect, MultiLineString, MultiPolygon, Polygon, Simplify,
};
use glam::DVec2;

use super::body::edges;

/// Mitres sharper than this are cut off, in radians.
const SHARPEST_MITRE: f64 = 0.6;

/// A polygon without holes.
pub(super) fn polygon(ring: &[DVec2]) -> Polygon {
    Polygon::new(line(ring), Vec::new())
}

/// A line string; closed by the polygon's constructor where it is a ring.
fn line(points: &[DVec2]) -> LineString {
    LineString::new(points.iter().map(|point| Coord { x: point.x, y: point.y }).collect())
}

/// The points of an exterior, counter-clockwise and open.
pub(super) fn ring_of(polygon: &Polygon) -> Vec<DVec2> {
    let coords = &polygon.exterior().0;
    let points = coords.iter().take(coords.len().saturating_sub(1)).map(|coord| DVec2::new(coord.x, coord.y));
    super::facts::counter_clockwise(points.collect())
}

/// The area within half a width of any of the lines, with square ends and mitred bends.
pub(super) fn ribbon(lines: &[Vec<DVec2>], width_m: f64) -> MultiPolygon {
    let style = BufferStyle::new(width_m / 2.0).line_cap(LineCap::Square).line_join(LineJoin::Miter(SHARPEST_MITRE));
    MultiLineString::new(lines.iter().map(|points| line(points)).collect()).buffer_with_style(style)
}

/// An area grown (or shrunk) by a distance, with mitred corners.
pub(super) fn grown(area: &Polygon, distance_m: f64) -> MultiPolygon {
    area.buffer_with_style(BufferStyle::new(distance_m).line_join(LineJoin::Miter(SHARPEST_MITRE)))
}

/// The smallest rectangle of any direction around a ring: its middle, its longer half axis and its shorter one.
pub(super) fn box_around(ring: &[DVec2]) -> Option<(DVec2, DVec2, DVec2)> {
    let corners = ring_of(&polygon(ring).minimum_rotated_rect()?);
    let &[a, b, c, d] = corners.as_slice() else { return None };
    let (first, second) = ((b - a) / 2.0, (d - a) / 2.0);
    let middle = (a + c) / 2.0;
    Some(if first.length() >= second.length() { (middle, first, second) } else { (middle, second, first) })
}

/// Square metres inside a ring, whatever its turn.
pub(super) fn area_m2(ring: &[DVec2]) -> f64 {
    polygon(ring).unsigned_area()
}

/// The length around a ring.
pub(super) fn around_m(ring: &[DVec2]) -> f64 {
    edges(ring).map(|(from, to)| from.distance(to)).sum()
}

/// The mean of the corners.
pub(super) fn middle_of(ring: &[DVec2]) -> DVec2 {
    ring.iter().sum::<DVec2>() / ring.len().max(1) as f64
}

/// Whether a point lies inside a ring.
pub(super) fn inside(ring: &[DVec2], point: DVec2) -> bool {
    let crosses = |(from, to): (DVec2, DVec2)| {
        (from.y > point.y) != (to.y > point.y)
            && point.x < from.x + (to.x - from.x) * (point.y - from.y) / (to.y - from.y)
    };
    edges(ring).filter(|&edge| crosses(edge)).count() % 2 == 1
}

/// Whether a point lies inside a ring or at most this far from its edge.
pub(super) fn inside_or_near(ring: &[DVec2], point: DVec2, tolerance_m: f64) -> bool {
    inside(ring, point) || edges(ring).any(|(from, to)| distance_m(point, from, to) <= tolerance_m)
}

/// Metres between a point and a stretch.
pub(super) fn distance_m(point: DVec2, from: DVec2, to: DVec2) -> f64 {
    let way = to - from;
    let share = ((point - from).dot(way) / way.length_squared().max(1e-9)).clamp(0.0, 1.0);
    point.distance(from + way * share)
}

/// Whether two convex counter-clockwise rings share more than a strip `tolerance_m` wide.
pub(super) fn overlap(one: &[DVec2], other: &[DVec2], tolerance_m: f64) -> bool {
    !parted_by_an_edge_of(one, other, tolerance_m) && !parted_by_an_edge_of(other, one, tolerance_m)
}

/// Whether all of `other` lies outside some edge of `one`.
fn parted_by_an_edge_of(one: &[DVec2], other: &[DVec2], tolerance_m: f64) -> bool {
    edges(one).any(|(from, to)| {
        let outward = -(to - from).perp().normalize_or_zero();
        other.iter().all(|&point| (point - from).dot(outward) > -tolerance_m)
    })
}

/// Whether a counter-clockwise ring is convex and has an area.
pub(super) fn is_convex(ring: &[DVec2]) -> bool {
    let count = ring.len();
    count >= 3
        && (0..count).all(|at| {
            let (here, next, after) = (ring[at], ring[(at + 1) % count], ring[(at + 2) % count]);
            (next - here).perp_dot(after - next) > 1e-6
        })
}

/// A ring with fewer corners: bends below `tolerance_m` are straightened, edges below `shortest_m` taken out.
pub(super) fn smoothed(ring: &[DVec2], tolerance_m: f64, shortest_m: f64) -> Vec<DVec2> {
    let mut corners = ring_of(&polygon(ring).simplify(tolerance_m));
    while corners.len() > 4 {
        let count = corners.len();
        let short = (0..count).find(|&at| corners[at].distance(corners[(at + 1) % count]) < shortest_m);
        let Some(at) = short else { break };
        let next = (at + 1) % count;
        corners[at] = (corners[at] + corners[next]) / 2.0;
        corners.remove(next);
    }
    corners
}

/// A ring whose sides are moved inwards until nothing of `land` lies inside them, as far as `reach_m`: what smoothing
/// gained is given back.
pub(super) fn tightened(ring: &[DVec2], land: &[DVec2], reach_m: f64) -> Vec<DVec2> {
    let sides: Vec<(DVec2, DVec2)> = edges(ring).map(|(from, to)| moved_in(from, to, land, reach_m)).collect();
    (0..sides.len())
        .map(|at| {
            let (before, after) = (sides[(at + sides.len() - 1) % sides.len()], sides[at]);
            meeting(before, after).unwrap_or(after.0)
        })
        .collect()
}

/// A side moved to its left past every corner of `land` that lies beside it.
fn moved_in(from: DVec2, to: DVec2, land: &[DVec2], reach_m: f64) -> (DVec2, DVec2) {
    let (length_m, along) = (from.distance(to), (to - from).normalize_or_zero());
    let beside = land.iter().map(|&corner| (along.dot(corner - from), along.perp_dot(corner - from)));
    let gained = beside.filter(|&(on, left)| on > -0.5 && on < length_m + 0.5 && left < reach_m);
    let shift = along.perp() * gained.map(|(_, left)| left).fold(0.0, f64::max);
    (from + shift, to + shift)
}

/// Where two lines meet; none for nearly parallel ones.
fn meeting(one: (DVec2, DVec2), other: (DVec2, DVec2)) -> Option<DVec2> {
    let (first, second) = (one.1 - one.0, other.1 - other.0);
    let cross = first.perp_dot(second);
    let parallel = cross.abs() < 0.02 * first.length() * second.length();
    (!parallel).then(|| one.0 + first * ((other.0 - one.0).perp_dot(second) / cross))
}

/// The part of an area on the left side of a line through `place` along `direction`.
pub(super) fn left_part(area: &Polygon, place: DVec2, direction: DVec2) -> MultiPolygon {
    const FAR_M: f64 = 20_000.0;
    let (along, left) = (direction.normalize_or_zero() * FAR_M, direction.perp().normalize_or_zero() * FAR_M);
    let half = [place - along, place + along, place + along + left, place - along + left];
    area.intersection(&polygon(&half))
}
