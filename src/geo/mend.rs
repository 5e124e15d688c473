//! Rings as real files hold them → polygons that can be triangulated.
//!
//! Readers call [`mend`] on every polygon and report what it changed. It removes what has no extent and turns or unties
//! what is the wrong way round, and it keeps points off their plane: no house loses a wall because a surveyor's point is
//! 3 cm out. It does not look at neighbouring polygons, see [`super::orient_outward`] for that.

mod rings;
mod untie;
mod whole;

use std::fmt;

use glam::DVec3;
use thiserror::Error;

use super::plane::Plane;
use super::{Polygon3, TriangulateError, newell, triangulate};
use rings::{Cleaned, clean};
use untie::{Inner, Untied, untie};
pub use whole::is_whole;

/// Points closer than this are one point.
const SAME_POINT_M: f64 = 0.001;
/// Rings with less area than this are none.
const LEAST_AREA_M2: f64 = 1e-4;
/// Polygons with more points are none of a building: triangulating one takes the square of the count at worst.
const MOST_POINTS: usize = 20_000;
/// How long holes are tried out, in squares of the polygon's points.
const MOST_WORK_ON_HOLES: usize = 1_000_000_000;
/// Up to this distance from its plane a polygon counts as planar; farther points are kept too, but said.
pub const PLANAR_WITHIN_M: f64 = 0.02;

/// A polygon after mending.
#[derive(Clone, Debug, PartialEq)]
pub struct Mended {
    /// The polygon: open rings, holes against the exterior's sense, triangulable.
    pub polygon: Polygon3,
    /// What was changed.
    pub changes: MendChanges,
}

/// What mending changed, for the report.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MendChanges {
    /// Points removed because the one before is the same, the repeated closing point among them. The closing point alone
    /// is the rule in GML and not counted.
    pub repeated_points: u32,
    /// Points removed because the ring went out to them and back the same way.
    pub spikes: u32,
    /// Holes removed: too few points, no area, or not inside the exterior.
    pub dropped_holes: u32,
    /// Holes turned against the exterior's sense.
    pub turned_holes: u32,
    /// Loops of a ring that touched or crossed itself which were turned or made a hole.
    pub untied_loops: u32,
    /// Distance of the farthest point from the polygon's plane, in metres.
    pub off_plane_m: f64,
}

impl MendChanges {
    /// Whether anything is worth a warning.
    pub fn is_worth_saying(&self) -> bool {
        let counted = self.repeated_points + self.spikes + self.dropped_holes + self.turned_holes + self.untied_loops;
        counted > 0 || self.off_plane_m > PLANAR_WITHIN_M
    }
}

impl fmt::Display for MendChanges {
    /// `2 repeated points removed, 1 hole turned`; empty for no change.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.repeated_points, "repeated points removed"),
            (self.spikes, "spikes removed"),
            (self.dropped_holes, "holes dropped"),
            (self.turned_holes, "holes turned"),
            (self.untied_loops, "loops untied"),
        ];
        let mut said: Vec<String> =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        if self.off_plane_m > PLANAR_WITHIN_M {
            said.push(format!("points {:.0} cm off their plane kept", self.off_plane_m * 100.0));
        }
        f.write_str(&said.join(", "))
    }
}

/// Why a polygon cannot be mended.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum MendError {
    /// A coordinate is not a finite number.
    #[error("a coordinate is not a number")]
    NotFinite,
    /// Fewer than three different points are left of the exterior.
    #[error("only {0} different points are left of the exterior")]
    TooFewPoints(usize),
    /// The exterior encloses no area.
    #[error("the exterior encloses no area")]
    NoArea,
    /// The exterior crosses itself in a way that could not be untied.
    #[error("the exterior crosses itself")]
    NotSimple,
    /// A ring meets itself more often than any outline does.
    #[error("a ring crosses itself too often to be untied")]
    TooKnotted,
    /// More points than any building's polygon has.
    #[error("a polygon of {0} points is too large to be mended")]
    TooManyPoints(usize),
}

/// Mends a polygon; [`triangulate`] succeeds on the result.
///
/// Takes a bounded time for any polygon: what would take longer is an error.
pub fn mend(polygon: &Polygon3) -> Result<Mended, MendError> {
    let count = polygon.points().count();
    if count > MOST_POINTS {
        return Err(MendError::TooManyPoints(count));
    }
    if polygon.points().any(|point| !point.is_finite()) {
        return Err(MendError::NotFinite);
    }
    let mut changes = MendChanges::default();
    let cleaned = changes.note(clean(&polygon.exterior));
    if cleaned.len() < 3 {
        return Err(MendError::TooFewPoints(cleaned.len()));
    }
    let untied = untie(cleaned, Inner::Holes)?;
    changes.untied_loops += untied.loops;
    let exterior = changes.note(clean(&untied.ring));
    if newell(&exterior).length() * 0.5 < LEAST_AREA_M2 {
        return Err(MendError::NoArea);
    }
    let mut mended = Polygon3 { exterior, interiors: Vec::new() };
    for hole in untied.holes.iter().chain(&polygon.interiors) {
        mended.interiors.extend(mend_hole(hole, mended.newell(), &mut changes));
    }
    drop_holes_outside(&mut mended, &mut changes)?;
    changes.off_plane_m = off_plane_m(&mended);
    Ok(Mended { polygon: mended, changes })
}

impl MendChanges {
    /// Takes over what cleaning a ring removed and gives the ring.
    fn note(&mut self, cleaned: Cleaned) -> Vec<DVec3> {
        self.repeated_points += cleaned.repeated_points;
        self.spikes += cleaned.spikes;
        cleaned.ring
    }
}

/// A hole cleaned and turned against the exterior, `None` where nothing is left of it. One that touches itself stays one
/// ring, with the islands in it.
fn mend_hole(hole: &[DVec3], exterior_newell: DVec3, changes: &mut MendChanges) -> Option<Vec<DVec3>> {
    let cleaned = changes.note(clean(hole));
    let has_area = |untied: &Untied| newell(&untied.ring).length() * 0.5 >= LEAST_AREA_M2;
    let Some(untied) = untie(cleaned, Inner::Islands).ok().filter(has_area) else {
        changes.dropped_holes += 1;
        return None;
    };
    changes.untied_loops += untied.loops;
    let mut ring = untied.ring;
    if newell(&ring).dot(exterior_newell) > 0.0 {
        ring.reverse();
        changes.turned_holes += 1;
    }
    Some(ring)
}

/// Drops the holes without which the polygon can be triangulated: those that lie outside or cross others, of which the
/// first stay. A wall with a window too few is better than no wall.
fn drop_holes_outside(polygon: &mut Polygon3, changes: &mut MendChanges) -> Result<(), MendError> {
    if is_simple(polygon) {
        return Ok(());
    }
    let count = polygon.points().count();
    let holes = std::mem::take(&mut polygon.interiors);
    if !is_simple(polygon) {
        return Err(MendError::NotSimple);
    }
    let given = holes.len();
    let mut tries_left = MOST_WORK_ON_HOLES / (count * count);
    keep_fitting(polygon, holes, &mut tries_left);
    changes.dropped_holes += (given - polygon.interiors.len()) as u32;
    Ok(())
}

/// Adds those of `holes`, which together do not fit, with which the polygon stays simple. They are tried in halves, so that
/// a bad one among many costs few tries; when none are left, what has not been tried is left out.
fn keep_fitting(polygon: &mut Polygon3, mut holes: Vec<Vec<DVec3>>, tries_left: &mut usize) {
    if holes.len() < 2 {
        return;
    }
    let second = holes.split_off(holes.len() / 2);
    for half in [holes, second] {
        let Some(left) = tries_left.checked_sub(1) else { return };
        *tries_left = left;
        let kept = polygon.interiors.len();
        polygon.interiors.extend(half.iter().cloned());
        if !is_simple(polygon) {
            polygon.interiors.truncate(kept);
            keep_fitting(polygon, half, tries_left);
        }
    }
}

fn is_simple(polygon: &Polygon3) -> bool {
    !matches!(triangulate(polygon), Err(TriangulateError::NotSimple { .. }))
}

/// Distance of the farthest point from the plane with the exterior's normal that lies in the middle of the points.
fn off_plane_m(polygon: &Polygon3) -> f64 {
    match Plane::of_simple(&polygon.exterior) {
        Some(plane) => plane.half_thickness_m(polygon.points()),
        None => 0.0,
    }
}

#[cfg(test)]
mod tests;
