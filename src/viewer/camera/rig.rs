//! The camera as numbers: an eye with a heading and a pitch in the local frame, and the moves that people know from
//! maps. No engine and no input in here.

use glam::{DVec2, DVec3};

use crate::geo::{EastNorthUp, Ecef, Geodetic};
use crate::twin::CameraPose;

/// Steepest view down; straight down would leave the heading undefined.
const PITCH_DOWN_MAX: f64 = -89.5;
/// Steepest view up.
const PITCH_UP_MAX: f64 = 35.0;
/// How far from the origin the eye may go around a city, metres.
pub const REACH_M: f64 = 60_000.0;
/// How many times as far from the origin as a city reaches the eye may go.
const REACH_OF_EXTENT: f64 = 3.0;
/// Flattest ray (the sine of its slope) along which the ground is followed while it is dragged. Nearer to the horizon a
/// finger's breadth is kilometres.
const LEAST_SLOPE: f64 = 0.03;

/// An eye that looks somewhere, without roll.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rig {
    /// The eye in local coordinates, metres.
    pub eye: DVec3,
    /// Direction of view, degrees clockwise from north.
    pub heading_deg: f64,
    /// Slope of the view, degrees; negative looks down.
    pub pitch_deg: f64,
    /// Vertical field of view, radians.
    pub fov_y: f64,
    /// Farthest from the origin that the eye may go, metres.
    pub reach_m: f64,
    /// Farthest from the origin that it may go near the ground, metres, and farther by as much as it is high.
    pub level_m: f64,
}

impl Rig {
    /// The rig that has a pose, in the local frame given.
    pub fn from_pose(pose: &CameraPose, frame: &EastNorthUp) -> Self {
        let target = Geodetic { lon_deg: pose.lon_deg, lat_deg: pose.lat_deg, height_m: pose.height_m };
        let mut rig = Self {
            eye: DVec3::ZERO,
            heading_deg: pose.heading_deg,
            pitch_deg: pose.pitch_deg,
            fov_y: 45f64.to_radians(),
            reach_m: REACH_M,
            level_m: f64::INFINITY,
        };
        rig.eye = frame.local(target.into()) - rig.forward() * pose.distance_m;
        rig
    }

    /// The rig that has another pose, with the same lens and held back as this one is.
    pub fn moved_to(&self, pose: &CameraPose, frame: &EastNorthUp) -> Self {
        let Self { fov_y, reach_m, level_m, .. } = *self;
        Self { fov_y, reach_m, level_m, ..Self::from_pose(pose, frame) }
    }

    /// The pose of this rig when it looks at a point `distance_m` away.
    pub fn pose(&self, distance_m: f64, frame: &EastNorthUp) -> CameraPose {
        let Ecef(target) = frame.ecef(self.eye + self.forward() * distance_m);
        let target = Geodetic::from(Ecef(target));
        CameraPose {
            lon_deg: target.lon_deg,
            lat_deg: target.lat_deg,
            height_m: target.height_m,
            distance_m,
            heading_deg: self.heading_deg,
            pitch_deg: self.pitch_deg,
        }
    }

    /// Unit vector of view.
    pub fn forward(&self) -> DVec3 {
        let (sin_h, cos_h) = self.heading_deg.to_radians().sin_cos();
        let (sin_p, cos_p) = self.pitch_deg.to_radians().sin_cos();
        DVec3::new(sin_h * cos_p, cos_h * cos_p, sin_p)
    }

    /// Unit vector to the right, always level.
    pub fn right(&self) -> DVec3 {
        let (sin_h, cos_h) = self.heading_deg.to_radians().sin_cos();
        DVec3::new(cos_h, -sin_h, 0.0)
    }

    /// Unit vector to the top of the picture.
    pub fn up(&self) -> DVec3 {
        self.right().cross(self.forward())
    }

    /// Unit vector through a point of the picture; `point` and `size` in the same unit, y down.
    pub fn ray(&self, point: DVec2, size: DVec2) -> DVec3 {
        let DVec2 { x, y } = self.off_middle(point, size);
        (self.forward() + self.right() * x + self.up() * y).normalize()
    }

    /// How far to the right of the picture's middle and above it a point of it stands, at a depth of 1.
    fn off_middle(&self, point: DVec2, size: DVec2) -> DVec2 {
        let half = (self.fov_y * 0.5).tan();
        let x = (2.0 * point.x / size.x - 1.0) * half * size.x / size.y;
        let y = (1.0 - 2.0 * point.y / size.y) * half;
        DVec2::new(x, y)
    }

    /// Where a local point stands in the picture; `None` behind the eye.
    pub fn project(&self, local: DVec3, size: DVec2) -> Option<DVec2> {
        let to = local - self.eye;
        let depth = to.dot(self.forward());
        if depth <= 0.0 {
            return None;
        }
        let half = (self.fov_y * 0.5).tan() * depth;
        let x = to.dot(self.right()) / (half * size.x / size.y);
        let y = to.dot(self.up()) / half;
        Some(DVec2::new((x + 1.0) * 0.5 * size.x, (1.0 - y) * 0.5 * size.y))
    }

    /// Moves level by what the finger has gone from one ray to the next while it holds a point: on the ground below the
    /// eye what is under the finger stays under it. Near the horizon and above the eye, where there is no such ground,
    /// the picture is moved like a sheet as far away as the point.
    pub fn drag(&mut self, grabbed: DVec3, from: DVec3, to: DVec3) {
        let distance_m = self.eye.distance(grabbed);
        let below_m = self.eye.z - grabbed.z;
        let on_ground = below_m > 0.0 && from.z < -LEAST_SLOPE && to.z < -LEAST_SLOPE;
        let by = if on_ground {
            let under = |ray: DVec3| ray.with_z(0.0) * (below_m / -ray.z);
            under(from) - under(to)
        } else {
            let by = (from - to) * distance_m;
            self.right() * by.dot(self.right()) + self.ahead() * by.z
        };
        self.eye += by.clamp_length_max(distance_m);
        self.keep_in_reach();
    }

    /// Turns around a pivot that keeps its place in the picture's depth: the eye swings, the pivot stays.
    pub fn orbit(&mut self, pivot: DVec3, heading_deg: f64, pitch_deg: f64) {
        let before = [self.right(), self.forward(), self.up()];
        let offset = self.eye - pivot;
        let [x, y, z] = before.map(|axis| offset.dot(axis));
        self.heading_deg = (self.heading_deg + heading_deg).rem_euclid(360.0);
        self.pitch_deg = (self.pitch_deg + pitch_deg).clamp(PITCH_DOWN_MAX, PITCH_UP_MAX);
        self.eye = pivot + self.right() * x + self.forward() * y + self.up() * z;
        self.keep_in_reach();
    }

    /// Comes nearer to a point (factor below 1) or goes away from it.
    pub fn zoom(&mut self, point: DVec3, factor: f64) {
        let offset = self.eye - point;
        let distance_m = (offset.length() * factor).clamp(3.0, self.reach_m * 0.9);
        self.eye = point + offset.normalize_or(DVec3::Z) * distance_m;
        self.keep_in_reach();
    }

    /// Moves along the level direction of view, to the right and up, metres.
    pub fn fly(&mut self, ahead_m: f64, right_m: f64, up_m: f64) {
        self.eye += self.ahead() * ahead_m + self.right() * right_m + DVec3::Z * up_m;
        self.keep_in_reach();
    }

    /// Unit vector of view, made level.
    fn ahead(&self) -> DVec3 {
        self.forward().with_z(0.0).normalize_or(DVec3::Y)
    }

    /// Keeps the eye at least `clearance_m` above a height: the ground, or the roof of the house it would enter.
    pub fn keep_above(&mut self, height_m: f64, clearance_m: f64) {
        self.eye.z = self.eye.z.max(height_m + clearance_m);
    }

    /// Has a city end somewhere, by how far it reaches from the origin. An eye that stands farther off already, as a link
    /// may have it, is not moved, but goes no farther.
    pub fn keep_to(&mut self, extent_m: f64) {
        self.reach_m = (extent_m * REACH_OF_EXTENT).max(self.eye.length());
        self.level_m = extent_m.max(self.eye.truncate().length() - self.eye.z.max(0.0));
    }

    /// Whether it is the same camera but for what holds it back.
    pub fn is_like(&self, other: &Self) -> bool {
        Self { reach_m: other.reach_m, level_m: other.level_m, ..*self } == *other
    }

    /// Turns the view up by so many degrees, down where they are negative; the eye stays.
    pub fn tilt(&mut self, deg: f64) {
        self.pitch_deg = (self.pitch_deg + deg).clamp(PITCH_DOWN_MAX, PITCH_UP_MAX);
    }

    /// Has what stands in the middle of the picture, `distance_m` away, stand at another point of it: looks up or down,
    /// and goes to the side. It does not turn: the next view takes over the heading and would be turned farther.
    pub fn show_at(&mut self, point: DVec2, size: DVec2, distance_m: f64) {
        let place = self.eye + self.forward() * distance_m;
        let DVec2 { x, y } = self.off_middle(point, size);
        self.tilt(-y.atan().to_degrees());
        let depth_m = (place - self.eye).dot(self.forward());
        self.fly(0.0, -x * depth_m, 0.0);
    }

    /// Keeps the eye where the city can be seen: high up it may stand beside it, near the ground it may not leave it.
    fn keep_in_reach(&mut self) {
        let level_m = self.level_m + self.eye.z.max(0.0);
        self.eye = self.eye.truncate().clamp_length_max(level_m).extend(self.eye.z);
        self.eye = self.eye.clamp_length_max(self.reach_m);
    }
}

/// A flight from one rig to another, around the point that the destination looks at.
#[derive(Clone, Copy, Debug)]
pub struct Flight {
    from: Rig,
    to: Rig,
    from_distance_m: f64,
    to_distance_m: f64,
    /// How far it rises between, as a share of the way.
    rise_m: f64,
    started_secs: f64,
    duration_secs: f64,
}

impl Flight {
    /// A flight that starts now. `from_distance_m` and `to_distance_m`: how far each looks.
    pub fn new(from: Rig, from_distance_m: f64, to: Rig, to_distance_m: f64, now_secs: f64) -> Self {
        let way_m = (from.eye + from.forward() * from_distance_m).distance(to.eye + to.forward() * to_distance_m);
        let rise_m = (way_m * 0.35 - from_distance_m.max(to_distance_m) * 0.5).max(0.0);
        let steps = (way_m / to_distance_m.max(50.0)).ln_1p() + (from_distance_m / to_distance_m).ln().abs();
        let duration_secs = (0.7 + 0.45 * steps).clamp(0.6, 3.5);
        Self { from, to, from_distance_m, to_distance_m, rise_m, started_secs: now_secs, duration_secs }
    }

    /// Where it leads to, and how far it looks there, metres.
    pub fn destination(&self) -> (Rig, f64) {
        (self.to, self.to_distance_m)
    }

    /// Where the flight is, and whether it has arrived.
    pub fn at(&self, now_secs: f64) -> (Rig, bool) {
        let t = ((now_secs - self.started_secs) / self.duration_secs).clamp(0.0, 1.0);
        if t >= 1.0 {
            return (self.to, true);
        }
        let eased = t * t * t * (t * (t * 6.0 - 15.0) + 10.0);
        let mix = |a: f64, b: f64| a + (b - a) * eased;
        let turn = (self.to.heading_deg - self.from.heading_deg + 540.0).rem_euclid(360.0) - 180.0;
        let from_target = self.from.eye + self.from.forward() * self.from_distance_m;
        let to_target = self.to.eye + self.to.forward() * self.to_distance_m;
        let distance_m = mix(self.from_distance_m.ln(), self.to_distance_m.ln()).exp()
            + self.rise_m * (std::f64::consts::PI * eased).sin();
        let mut rig = Rig {
            heading_deg: (self.from.heading_deg + turn * eased).rem_euclid(360.0),
            pitch_deg: mix(self.from.pitch_deg, self.to.pitch_deg),
            ..self.to
        };
        rig.eye = from_target.lerp(to_target, eased) - rig.forward() * distance_m;
        (rig, false)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rig() -> Rig {
        let eye = DVec3::new(100.0, -800.0, 600.0);
        Rig { eye, heading_deg: 20.0, pitch_deg: -35.0, fov_y: 0.8, reach_m: REACH_M, level_m: f64::INFINITY }
    }

    const SIZE: DVec2 = DVec2::new(1280.0, 720.0);

    #[test]
    fn a_pose_comes_back() {
        let frame = EastNorthUp::at(Geodetic { lon_deg: 11.5755, lat_deg: 48.1372, height_m: 565.0 });
        let pose = CameraPose {
            lon_deg: 11.58,
            lat_deg: 48.14,
            height_m: 560.0,
            distance_m: 900.0,
            heading_deg: 30.0,
            pitch_deg: -25.0,
        };
        let again = Rig::from_pose(&pose, &frame).pose(900.0, &frame);
        assert!((again.lon_deg - pose.lon_deg).abs() < 1e-9 && (again.height_m - pose.height_m).abs() < 1e-4);
    }

    proptest! {
        #[test]
        fn nobody_leaves_the_city(moves in prop::collection::vec((0_u8..4, -9e3..9e3_f64, -9e3..9e3_f64, -9e3..9e3_f64), 1..20)) {
            let mut rig = rig();
            rig.keep_to(2000.0);
            for (kind, x, y, z) in moves {
                let at = DVec3::new(x, y, z.abs());
                match kind {
                    0 => rig.fly(x, y, z),
                    1 => rig.drag(at, DVec3::new(0.1, 0.9, -0.2), DVec3::new(x / 9e3, 0.7, -0.3).normalize()),
                    2 => rig.orbit(at, x, y / 100.0),
                    _ => rig.zoom(at, 2f64.powf(z / 3000.0)),
                }
                prop_assert!(rig.eye.length() <= 6000.1 && rig.eye.truncate().length() <= 2000.1 + rig.eye.z.max(0.0), "{}", rig.eye);
            }
        }

        #[test]
        fn what_is_dragged_stays_under_the_finger(x in 100.0..1200.0, y in 20.0..700.0, dx in -80.0..80.0, dy in -20.0..60.0) {
            let mut rig = rig();
            let ray = rig.ray(DVec2::new(x, y), SIZE);
            let grabbed = rig.eye + ray * (-rig.eye.z / ray.z);
            let finger = DVec2::new(x + dx, y + dy);
            let aimed = rig.ray(finger, SIZE);
            rig.drag(grabbed, ray, aimed);
            let seen = rig.project(grabbed, SIZE).expect("it is in front of the eye");
            prop_assert!(seen.distance(finger) < 0.01, "{seen} is not {finger}");
        }

        #[test]
        fn no_drag_leaps_and_none_is_dead(pitch_deg in -20.0..10.0, height_m in -400.0..60.0, far_m in 200.0..8000.0, down in any::<bool>()) {
            // From 100 m up to a point anywhere around the horizon: a street far off, or the top of a tower.
            let rig = Rig { eye: DVec3::new(0.0, 0.0, 100.0), heading_deg: 0.0, pitch_deg, ..rig() };
            let grabbed = DVec3::new(0.0, far_m, 100.0 + height_m * far_m / 8000.0);
            let Some(finger) = rig.project(grabbed, SIZE) else { return Ok(()) };
            let moved = |dx: f64, dy: f64| {
                let mut after = rig;
                after.drag(grabbed, rig.ray(finger, SIZE), rig.ray(finger + DVec2::new(dx, dy), SIZE));
                after.eye - rig.eye
            };
            prop_assert_eq!(moved(0.0, 0.0), DVec3::ZERO);
            // Three pixels are at most as much ground as one sees between the flattest rays.
            let step = moved(0.0, if down { 3.0 } else { -3.0 });
            prop_assert!(step.length() < far_m * 0.15, "{} m of {far_m}", step.length());
            prop_assert!(if down { step.y > 0.0 } else { step.y < 0.0 }, "{step}");
            prop_assert!(moved(3.0, 0.0).x < 0.0);
        }

        #[test]
        fn the_pivot_stays_while_orbiting(x in 0.0..1280.0, y in 0.0..720.0, turn in -90.0..90.0, tilt in -20.0..20.0) {
            let mut rig = rig();
            let pivot = rig.eye + rig.ray(DVec2::new(x, y), SIZE) * 700.0;
            let before = rig.project(pivot, SIZE).expect("in front");
            rig.orbit(pivot, turn, tilt);
            let after = rig.project(pivot, SIZE).expect("in front");
            prop_assert!(before.distance(after) < 1e-6);
        }

        #[test]
        fn what_stands_in_the_middle_is_shown_anywhere_and_from_as_near(x in 100.0..1200.0, y in 20.0..700.0) {
            let mut rig = rig();
            let middle = rig.eye + rig.forward() * 700.0;
            rig.show_at(DVec2::new(x, y), SIZE, 700.0);
            let seen = rig.project(middle, SIZE).expect("in front");
            prop_assert!(seen.distance(DVec2::new(x, y)) < 1e-6, "{seen}");
            prop_assert_eq!(rig.heading_deg, 20.0);
            let but_aside_m = (middle - rig.eye).reject_from_normalized(rig.right()).length();
            prop_assert!((but_aside_m - 700.0).abs() < 1e-6, "it is {but_aside_m} m away");
        }

        #[test]
        fn zooming_keeps_the_cursors_point(x in 0.0..1280.0, y in 0.0..720.0, factor in 0.2..4.0) {
            let mut rig = rig();
            let point = rig.eye + rig.ray(DVec2::new(x, y), SIZE) * 700.0;
            rig.zoom(point, factor);
            let seen = rig.project(point, SIZE).expect("in front");
            prop_assert!(seen.distance(DVec2::new(x, y)) < 1e-6);
        }
    }

    #[test]
    fn who_stands_beyond_the_city_is_left_there_and_goes_no_farther() {
        let mut rig = Rig { eye: DVec3::new(9000.0, 0.0, 100.0), heading_deg: 90.0, ..rig() };
        for (ahead_m, east_m) in [(500.0, 9000.0), (-3000.0, 6000.0), (2000.0, 6000.0)] {
            rig.keep_to(2000.0);
            rig.fly(ahead_m, 0.0, 0.0);
            assert!((rig.eye.x - east_m).abs() < 1.0, "{} after {ahead_m}", rig.eye);
        }
    }

    #[test]
    fn a_flight_starts_and_ends_where_it_says() {
        let to = Rig { eye: DVec3::new(3000.0, 0.0, 300.0), heading_deg: 350.0, ..rig() };
        let flight = Flight::new(rig(), 900.0, to, 400.0, 10.0);
        let (start, arrived) = flight.at(10.0);
        assert!(!arrived && start.eye.distance(rig().eye) < 1e-6);
        assert_eq!(flight.at(20.0), (to, true));
    }
}
