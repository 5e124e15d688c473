//! The flight over the city's sights while nobody is there: a smooth closed curve through the start view and all places,
//! as numbers. No engine and no clock in here; the camera's own rules keep the eye above ground and roofs.

use std::f64::consts::TAU;

use glam::DVec3;

use crate::geo::{EastNorthUp, Geodetic};
use crate::twin::CameraPose;
use crate::viewer::camera::Rig;

/// How fast the eye goes on the way, metres a second.
const SPEED_M_S: f64 = 35.0;
/// Shortest and longest time from one sight to the next, seconds.
const LEG_SECS: [f64; 2] = [14.0, 120.0];
/// The flattest and the steepest view, degrees: the eye always stands over what it looks at.
const PITCH_DEG: [f64; 2] = [-60.0, -14.0];
/// Nearest and farthest that a sight is looked at from, metres.
const DISTANCE_M: [f64; 2] = [220.0, 6000.0];
/// Seconds in which the flight gets going.
const START_SECS: f64 = 6.0;

/// A view that the flight goes through.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Knot {
    /// What is looked at, local coordinates.
    focus: DVec3,
    /// Logarithm of the distance to it: twice as far is one step, near and far off.
    ln_distance: f64,
    heading_deg: f64,
    /// Where between the flattest and the steepest view, as a number without limits: see [`slope`].
    slope: f64,
}

/// A pitch as a number that may be any: whatever a curve makes of it is a pitch within the limits again, without a
/// corner at either of them.
fn slope(pitch_deg: f64) -> f64 {
    let part = ((pitch_deg - PITCH_DEG[0]) / (PITCH_DEG[1] - PITCH_DEG[0])).clamp(0.02, 0.98);
    (part / (1.0 - part)).ln()
}

fn pitch_deg(slope: f64) -> f64 {
    PITCH_DEG[0] + (PITCH_DEG[1] - PITCH_DEG[0]) / (1.0 + (-slope).exp())
}

/// A way from one knot to the next.
#[derive(Clone, Copy, Debug)]
struct Leg {
    starts_secs: f64,
    secs: f64,
    /// From the knot to the next: where to, how much further off, by how much turned and tilted.
    step: [f64; 6],
}

/// The flight.
#[derive(Clone, Debug)]
pub struct Tour {
    knots: Vec<Knot>,
    legs: Vec<Leg>,
    round_secs: f64,
}

impl Tour {
    /// The flight that begins at `start` and goes through all `places`, always on to the nearest that it has not seen;
    /// where there are none, around what `start` looks at.
    pub fn new(start: &CameraPose, places: &[CameraPose], frame: &EastNorthUp) -> Self {
        let first = Knot::of(start, frame);
        let mut open: Vec<Knot> = places.iter().map(|pose| Knot::of(pose, frame)).collect();
        let mut knots = vec![first];
        while let Some(last) = knots.last()
            && let Some((nearest, _)) =
                open.iter().enumerate().min_by(|(_, a), (_, b)| last.way(a).total_cmp(&last.way(b)))
        {
            let next = open.swap_remove(nearest);
            // A place that is the start, or stands in the list twice, is flown to once.
            if last.way(&next) > 1.0 {
                knots.push(next);
            }
        }
        if knots.len() < 3 {
            let around =
                |knot: Knot| [0.0, 120.0, 240.0].map(|turn| Knot { heading_deg: knot.heading_deg + turn, ..knot });
            knots = knots.into_iter().flat_map(around).collect();
        }
        let mut legs: Vec<Leg> = Vec::with_capacity(knots.len());
        let mut starts_secs = 0.0;
        for (knot, next) in knots.iter().zip(knots.iter().cycle().skip(1)) {
            let secs = (knot.way(next) / SPEED_M_S).clamp(LEG_SECS[0], LEG_SECS[1]);
            legs.push(Leg { starts_secs, secs, step: knot.step(next) });
            starts_secs += secs;
        }
        Self { knots, legs, round_secs: starts_secs }
    }

    /// Where the eye is after so many seconds of flight, and how far it looks. `base` has the field of view and the
    /// reach.
    pub fn at(&self, secs: f64, base: &Rig) -> (Rig, f64) {
        let secs = secs.max(0.0);
        // It does not leap off: the way of the first seconds is shorter.
        let along_secs = (secs * secs / (secs + START_SECS)).rem_euclid(self.round_secs);
        let index = self.legs.partition_point(|leg| leg.starts_secs <= along_secs).saturating_sub(1);
        let (before, leg, after) = (self.leg(index + self.legs.len() - 1), self.leg(index), self.leg(index + 1));
        let knot = self.knots[index];
        let t = (along_secs - leg.starts_secs) / leg.secs;
        let part = |axis: usize| {
            let speed = |a: &Leg, b: &Leg| (a.step[axis] + b.step[axis]) / (a.secs + b.secs) * leg.secs;
            hermite(t, leg.step[axis], speed(&before, &leg), speed(&leg, &after))
        };
        let mut rig = Rig {
            heading_deg: (knot.heading_deg + part(4)).rem_euclid(360.0),
            pitch_deg: pitch_deg(knot.slope + part(5)),
            ..*base
        };
        let distance_m = (knot.ln_distance + part(3)).exp();
        rig.eye = knot.focus + DVec3::new(part(0), part(1), part(2)) - rig.forward() * distance_m;
        (rig, distance_m)
    }

    fn leg(&self, index: usize) -> Leg {
        self.legs[index % self.legs.len()]
    }
}

/// A cubic from 0 to `to` with these slopes at its ends, at a part (0 to 1) of the way.
fn hermite(t: f64, to: f64, slope: f64, slope_at_end: f64) -> f64 {
    let (t2, t3) = (t * t, t * t * t);
    (3.0 * t2 - 2.0 * t3) * to + (t3 - 2.0 * t2 + t) * slope + (t3 - t2) * slope_at_end
}

impl Knot {
    fn of(pose: &CameraPose, frame: &EastNorthUp) -> Self {
        let target = Geodetic { lon_deg: pose.lon_deg, lat_deg: pose.lat_deg, height_m: pose.height_m };
        Self {
            focus: frame.local(target.into()),
            ln_distance: pose.distance_m.clamp(DISTANCE_M[0], DISTANCE_M[1]).ln(),
            heading_deg: pose.heading_deg,
            slope: slope(pose.pitch_deg),
        }
    }

    fn turn_deg(&self, next: &Self) -> f64 {
        (next.heading_deg - self.heading_deg + 540.0).rem_euclid(360.0) - 180.0
    }

    fn step(&self, next: &Self) -> [f64; 6] {
        let DVec3 { x, y, z } = next.focus - self.focus;
        let turn_deg = self.turn_deg(next);
        [x, y, z, next.ln_distance - self.ln_distance, turn_deg, next.slope - self.slope]
    }

    /// About how far the eye goes to another view, metres.
    fn way(&self, next: &Self) -> f64 {
        let distance_m = self.ln_distance.exp().max(next.ln_distance.exp());
        let turned_m = self.turn_deg(next).abs() / 360.0 * TAU * distance_m;
        self.focus.distance(next.focus) + turned_m + (self.ln_distance.exp() - next.ln_distance.exp()).abs()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FRAME_SECS: f64 = 1.0 / 30.0;

    fn home() -> CameraPose {
        CameraPose {
            lon_deg: 11.5755,
            lat_deg: 48.1372,
            height_m: 565.0,
            distance_m: 900.0,
            heading_deg: 20.0,
            pitch_deg: -35.0,
        }
    }

    fn frame() -> EastNorthUp {
        EastNorthUp::at(Geodetic { lon_deg: 11.5755, lat_deg: 48.1372, height_m: 565.0 })
    }

    fn base() -> Rig {
        Rig::from_pose(&home(), &frame())
    }

    fn poses() -> impl Strategy<Value = Vec<CameraPose>> {
        let pose = (11.5..11.65, 48.1..48.18, 500.0..600.0, 20.0..9000.0, 0.0..360.0, -89.0..30.0);
        prop::collection::vec(
            pose.prop_map(|(lon_deg, lat_deg, height_m, distance_m, heading_deg, pitch_deg)| CameraPose {
                lon_deg,
                lat_deg,
                height_m,
                distance_m,
                heading_deg,
                pitch_deg,
            }),
            0..9,
        )
    }

    #[test]
    fn it_begins_where_a_visit_does_and_sees_every_place() {
        let place = |lon_deg: f64, heading_deg: f64| CameraPose { lon_deg, heading_deg, distance_m: 400.0, ..home() };
        let places = [place(11.60, 300.0), place(11.585, 10.0), place(11.56, 90.0), home()];
        let tour = Tour::new(&home(), &places, &frame());
        assert_eq!(tour.knots.len(), 4, "the start is no place of its own");
        let (start, distance_m) = tour.at(0.0, &base());
        assert!(start.eye.distance(base().eye) < 1e-6 && (distance_m - 900.0).abs() < 1e-6);
        for place in &places {
            let there = Rig::from_pose(place, &frame());
            let nearest = (0..20_000).map(|step| tour.at(f64::from(step) * 0.05, &base()).0.eye.distance(there.eye));
            assert!(nearest.fold(f64::INFINITY, f64::min) < 3.0, "{place:?}");
        }
    }

    #[test]
    fn a_city_without_places_is_circled() {
        let tour = Tour::new(&home(), &[], &frame());
        let focus = base().eye + base().forward() * 900.0;
        let mut headings = std::collections::BTreeSet::new();
        for step in 0..4000 {
            let (rig, distance_m) = tour.at(f64::from(step) * 0.1, &base());
            assert!((rig.eye + rig.forward() * distance_m).distance(focus) < 1.0);
            headings.insert((rig.heading_deg / 30.0) as u32);
        }
        assert_eq!(headings.len(), 12, "all around");
    }

    proptest! {
        #[test]
        fn it_is_slow_and_smooth_and_looks_down(places in poses(), from_secs in 0.0..2000.0) {
            let tour = Tour::new(&home(), &places, &frame());
            let at = |step: u32| tour.at(from_secs + f64::from(step) * FRAME_SECS, &base());
            let turn = |a: f64, b: f64| ((b - a + 540.0).rem_euclid(360.0) - 180.0).abs();
            for step in 0..60 {
                let [(a, _), (b, distance_m), (c, _)] = [at(step), at(step + 1), at(step + 2)];
                let moved = b.eye - a.eye;
                prop_assert!(moved.is_finite() && moved.length() < 60.0, "{moved} in a frame");
                prop_assert!(turn(a.heading_deg, b.heading_deg) < 1.5);
                // No corner: from one frame to the next the way hardly changes.
                prop_assert!(((c.eye - b.eye) - moved).length() < 1.5, "{}", ((c.eye - b.eye) - moved).length());
                prop_assert!(b.eye.z - (b.eye + b.forward() * distance_m).z > 25.0, "the eye is over what it sees");
            }
        }
    }
}
