//! Rings that touch or cross themselves → one ring whose loops all turn the same way, and the loops that are holes.
//!
//! A crossing first becomes a point that the ring visits twice. The ring is then cut at such points into loops. A loop
//! that turns against the largest one is a hole if it lies inside it (an island if the ring is a hole itself), and is
//! turned round if it lies outside (a bow-tie).

use glam::{DVec2, DVec3};

use super::super::plane::{Plane, contains, doubled_area, edges};
use super::{MendError, SAME_POINT_M};

/// Rings with more points are left as they are: looking for crossings takes the square of the count.
const MOST_POINTS: usize = 4_000;
/// A ring that crosses itself more often is no outline of anything. A ring of n points may have n²/2 crossings, each a
/// point more for all that follows.
const MOST_CROSSINGS: usize = 1_000;
/// How many points are compared to join loops; some tenths of a second. Real rings need some hundreds.
const MOST_COMPARISONS: usize = 50_000_000;

/// What those loops of a ring are that turn against it and lie inside it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Inner {
    /// Holes of an exterior, each a ring of its own.
    Holes,
    /// Islands of a hole. They stay in its ring and turn as they do: a hole has no rings of its own.
    Islands,
}

/// A ring without loops against its own sense, but for [`Inner::Islands`].
pub(super) struct Untied {
    pub ring: Vec<DVec3>,
    pub holes: Vec<Vec<DVec3>>,
    /// How many loops were turned or made a hole.
    pub loops: u32,
}

/// Unties a ring. Fails where its points span no plane, and where it is too knotted for a bounded time.
pub(super) fn untie(ring: Vec<DVec3>, inner: Inner) -> Result<Untied, MendError> {
    let plane = Plane::of(&ring).ok_or(MendError::NoArea)?;
    if ring.len() < 4 || ring.len() > MOST_POINTS {
        return Ok(Untied { ring, holes: Vec::new(), loops: 0 });
    }
    let knotted = with_crossings(&ring, &plane).ok_or(MendError::TooKnotted)?;
    let mut loops: Vec<Loop> = cut_into_loops(knotted).into_iter().map(|ring| Loop::new(ring, &plane)).collect();
    let against = |main: &Loop, other: &Loop| main.doubled_area * other.doubled_area < 0.0;
    loops.sort_by(|a, b| b.doubled_area.abs().total_cmp(&a.doubled_area.abs()));
    let main = loops.remove(0);
    if !loops.iter().any(|other| against(&main, other)) {
        return Ok(Untied { ring, holes: Vec::new(), loops: 0 });
    }
    let mut untied = Untied { ring: main.ring.clone(), holes: Vec::new(), loops: 0 };
    let mut beside = Vec::new();
    for mut other in loops {
        let is_against = against(&main, &other);
        let is_inner = is_against && main.contains(&other);
        let is_island = is_inner && inner == Inner::Islands;
        untied.loops += u32::from(is_against && !is_island);
        if is_inner && !is_island {
            untied.holes.push(other.ring);
            continue;
        }
        if is_against && !is_island {
            other.ring.reverse();
        }
        beside.push(other.ring);
    }
    untied.ring = joined(untied.ring, beside).ok_or(MendError::TooKnotted)?;
    Ok(untied)
}

/// A part of a ring that starts and ends at the same point.
struct Loop {
    ring: Vec<DVec3>,
    flat: Vec<DVec2>,
    doubled_area: f64,
}

impl Loop {
    fn new(ring: Vec<DVec3>, plane: &Plane) -> Self {
        let flat = plane.project_ring(&ring);
        let doubled_area = doubled_area(&flat);
        Self { ring, flat, doubled_area }
    }

    /// Whether the other loop lies inside, by the middle of its first edge that is not on this loop.
    fn contains(&self, other: &Self) -> bool {
        let middle = other.flat.iter().sum::<DVec2>() / other.flat.len().max(1) as f64;
        contains(&self.flat, middle)
    }
}

/// The ring with a point wherever two of its edges cross, on both of them; `None` for more than [`MOST_CROSSINGS`].
fn with_crossings(ring: &[DVec3], plane: &Plane) -> Option<Vec<DVec3>> {
    let flat: Vec<(DVec2, DVec2)> = edges(&plane.project_ring(ring)).collect();
    let mut left = MOST_CROSSINGS;
    let mut added: Vec<Vec<(f64, DVec3)>> = vec![Vec::new(); ring.len()];
    for first in 0..flat.len() {
        for second in first + 1..flat.len() {
            let Some((along_first, along_second)) = crossing(flat[first], flat[second]) else { continue };
            left = left.checked_sub(1)?;
            let on = |edge: usize, along: f64| ring[edge].lerp(ring[(edge + 1) % ring.len()], along);
            let point = (on(first, along_first) + on(second, along_second)) * 0.5;
            added[first].push((along_first, point));
            added[second].push((along_second, point));
        }
    }
    let mut knotted = Vec::with_capacity(ring.len() + 2 * (MOST_CROSSINGS - left));
    for (&corner, mut crossings) in ring.iter().zip(added) {
        knotted.push(corner);
        crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
        knotted.extend(crossings.into_iter().map(|(_, point)| point));
    }
    Some(knotted)
}

/// Where two edges cross, as parts of their lengths; `None` where they do not, or only touch at an end.
fn crossing((a, b): (DVec2, DVec2), (c, d): (DVec2, DVec2)) -> Option<(f64, f64)> {
    let (first, second) = (b - a, d - c);
    let across = first.perp_dot(second);
    if across == 0.0 {
        return None;
    }
    let along_first = (c - a).perp_dot(second) / across;
    let along_second = (c - a).perp_dot(first) / across;
    let inside = |along: f64, length: f64| along * length > SAME_POINT_M && (1.0 - along) * length > SAME_POINT_M;
    (inside(along_first, first.length()) && inside(along_second, second.length()))
        .then_some((along_first, along_second))
}

/// The ring cut wherever it comes back to a point it has visited.
fn cut_into_loops(ring: Vec<DVec3>) -> Vec<Vec<DVec3>> {
    let mut loops = Vec::new();
    let mut open: Vec<DVec3> = Vec::with_capacity(ring.len());
    for point in ring {
        if let Some(start) = open.iter().position(|visited| visited.distance(point) < SAME_POINT_M) {
            loops.push(open.split_off(start));
        }
        open.push(point);
    }
    loops.push(open);
    loops
}

/// One ring that goes round every loop, from the point that it shares with what is there already. Loops that share no
/// point with it would not have come from one ring; they are left out. `None` where that takes too many comparisons.
fn joined(mut ring: Vec<DVec3>, mut loops: Vec<Vec<DVec3>>) -> Option<Vec<DVec3>> {
    let mut comparisons_left = MOST_COMPARISONS;
    while let Some((index, at, from)) = next_joint(&ring, &loops, &mut comparisons_left)? {
        let mut next = loops.remove(index);
        next.rotate_left(from);
        let tail = ring.split_off(at);
        ring.extend(next);
        ring.extend(tail);
    }
    Some(ring)
}

/// A loop, the place in the ring where it fits in, and the loop's own point there.
type Joint = (usize, usize, usize);

/// The first joint, if there is one; `None` where no comparisons are left.
fn next_joint(ring: &[DVec3], loops: &[Vec<DVec3>], comparisons_left: &mut usize) -> Option<Option<Joint>> {
    for (index, next) in loops.iter().enumerate() {
        for (from, point) in next.iter().enumerate() {
            *comparisons_left = comparisons_left.checked_sub(ring.len())?;
            if let Some(at) = ring.iter().position(|visited| visited.distance(*point) < SAME_POINT_M) {
                return Some(Some((index, at, from)));
            }
        }
    }
    Some(None)
}
