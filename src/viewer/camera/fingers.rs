//! Fingers on a touch screen: one drags the ground or taps, two hold the point between them and move, zoom and turn with
//! it, or tilt the view where both go up or down side by side.

use bevy::input::touch::Touches;
use glam::{DVec2, DVec3};

use super::TheCamera;
use super::controls::{Hand, TURN_DEG_PER_PX};

/// A finger that moves less than this taps, logical pixels.
const TAP_SLACK_PX: f64 = 12.0;
/// What two fingers want is told once one of them has gone so far, logical pixels.
const PAIR_SLACK_PX: f64 = 6.0;
/// A finger that has gone less than this may only be slower than the other, logical pixels.
const STILL_PX: f64 = 2.0;
/// But a finger that is still while the other goes so far stays where it is, logical pixels.
const ALONE_PX: f64 = 16.0;
/// Fingers that go together differ in their way by no more than this factor.
const TOGETHER: f64 = 3.0;

/// What fingers do in a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fingers {
    /// There are none.
    None,
    /// They are on the screen.
    Down,
    /// The only one was lifted where it had come down.
    Tapped(DVec2),
}

/// What the fingers are in the middle of.
#[derive(Default)]
pub struct FingerGesture {
    before: Vec<(u64, DVec2)>,
    /// Where the only finger came down, as long as it may become a tap.
    tap: Option<DVec2>,
    /// The point that the only finger drags, and where the finger was when it was dragged last.
    dragged: Option<(DVec3, DVec2)>,
    pair: Pair,
}

/// What two fingers are in the middle of. It stays the same until one of them is lifted: whoever tilts does not zoom by
/// the way.
#[derive(Clone, Copy, Default)]
enum Pair {
    /// There are not two.
    #[default]
    None,
    /// They came down here and have not shown yet what they want.
    Undecided([DVec2; 2]),
    /// They hold this point: it goes where they go.
    Hold(DVec3),
    /// They tilt the view around this point.
    Tilt(DVec3),
}

/// Where the first finger is, or has just left the screen.
pub fn resting_finger(touches: &Touches) -> Option<DVec2> {
    touches.iter().chain(touches.iter_just_released()).next().map(|touch| touch.position().as_dvec2())
}

impl FingerGesture {
    /// Moves the camera by what the fingers did since the frame before.
    pub fn follow(&mut self, touches: &Touches, camera: &mut TheCamera, hand: &Hand, panel_has_them: bool) -> Fingers {
        let mut now: Vec<(u64, DVec2)> = touches.iter().map(|t| (t.id(), t.position().as_dvec2())).collect();
        now.sort_by_key(|(id, _)| *id);
        let before = std::mem::replace(&mut self.before, now.clone());
        if panel_has_them {
            *self = Self { before: now.clone(), ..Self::default() };
            return if now.is_empty() { Fingers::None } else { Fingers::Down };
        }
        if now.is_empty() {
            // On a slow machine the last of the way comes in the frame in which the finger is lifted.
            if let (1, Some(at)) = (before.len(), lifted(touches)) {
                self.drag(camera, hand, at);
            }
            let tap = self.tap.take().or_else(|| before.is_empty().then(|| tap_within_a_frame(touches)).flatten());
            return tap.map_or(Fingers::None, Fingers::Tapped);
        }
        let same = before.len() == now.len() && before.iter().zip(&now).all(|(a, b)| a.0 == b.0);
        match (same, now.as_slice(), before.as_slice()) {
            (false, [(_, at)], _) => {
                camera.flight = None;
                self.dragged = Some((hand.grasp(camera, *at), *at));
                (self.tap, self.pair) = (before.is_empty().then_some(*at), Pair::None);
            }
            (false, [(_, a), (_, b), ..], _) => {
                camera.flight = None;
                (self.tap, self.dragged, self.pair) = (None, None, Pair::Undecided([*a, *b]));
            }
            (true, [(_, at)], _) => self.drag(camera, hand, *at),
            (true, [(_, a), (_, b), ..], [(_, a0), (_, b0), ..]) => {
                self.two_fingers(camera, hand, [*a, *b], [*a0, *b0]);
            }
            _ => {}
        }
        Fingers::Down
    }

    /// A finger that may still be a tap moves nothing.
    fn drag(&mut self, camera: &mut TheCamera, hand: &Hand, at: DVec2) {
        self.tap = self.tap.filter(|down| down.distance(at) < TAP_SLACK_PX);
        if let (None, Some((point, from))) = (self.tap, &mut self.dragged) {
            hand.drag(camera, *point, std::mem::replace(from, at), at);
        }
    }

    fn two_fingers(&mut self, camera: &mut TheCamera, hand: &Hand, now: [DVec2; 2], mut before: [DVec2; 2]) {
        if let Pair::Undecided(start) = self.pair {
            let Some(is_hold) = holds(start, now) else { return };
            let point = hand.grasp(camera, middle(start));
            self.pair = if is_hold { Pair::Hold(point) } else { Pair::Tilt(point) };
            // Nothing of the way that told it is lost.
            before = start;
        }
        match self.pair {
            Pair::Hold(point) => hold(camera, hand, point, now, before),
            Pair::Tilt(point) => {
                let down_px = middle(now).y - middle(before).y;
                camera.rig.orbit(point, 0.0, -down_px * TURN_DEG_PER_PX);
            }
            Pair::None | Pair::Undecided(_) => {}
        }
    }
}

/// Where the only finger was lifted.
fn lifted(touches: &Touches) -> Option<DVec2> {
    let mut lifted = touches.iter_just_released();
    let (only, None) = (lifted.next()?, lifted.next()) else { return None };
    Some(only.position().as_dvec2())
}

/// On a slow machine a finger comes and goes within a frame.
fn tap_within_a_frame(touches: &Touches) -> Option<DVec2> {
    let mut lifted = touches.iter_just_released();
    let (only, None) = (lifted.next()?, lifted.next()) else { return None };
    let (down, up) = (only.start_position().as_dvec2(), only.position().as_dvec2());
    (down.distance(up) < TAP_SLACK_PX).then_some(down)
}

/// Whether two fingers that came down somewhere hold the point between them, by where they are now; else they go up or
/// down side by side and tilt. `None` as long as that cannot be told.
fn holds(start: [DVec2; 2], now: [DVec2; 2]) -> Option<bool> {
    let by = [now[0] - start[0], now[1] - start[1]];
    let [one, other] = by.map(DVec2::length);
    let (least, most) = (one.min(other), one.max(other));
    if most < PAIR_SLACK_PX || (least < STILL_PX && most < ALONE_PX) {
        return None;
    }
    let apart = (start[1] - start[0]).abs();
    let upright = by.iter().all(|by| by.y.abs() > by.x.abs()) && by[0].y * by[1].y > 0.0;
    Some(!(upright && apart.x >= apart.y && most <= least * TOGETHER))
}

/// The point under the fingers stays between them: moved level, brought nearer as they spread, turned as they turn.
fn hold(camera: &mut TheCamera, hand: &Hand, point: DVec3, now: [DVec2; 2], before: [DVec2; 2]) {
    hand.drag(camera, point, middle(before), middle(now));
    let (span, span_before) = (now[1] - now[0], before[1] - before[0]);
    if span_before.length() > 1.0 && span.length() > 1.0 {
        camera.rig.zoom(point, span_before.length() / span.length());
        camera.rig.orbit(point, -span_before.angle_to(span).to_degrees(), 0.0);
    }
}

fn middle([a, b]: [DVec2; 2]) -> DVec2 {
    (a + b) * 0.5
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bevy::input::InputPlugin;
    use bevy::input::touch::{TouchInput, TouchPhase};
    use bevy::prelude::*;
    use url::Url;

    use super::*;
    use crate::fetch::memory::MemoryFetch;
    use crate::viewer::drive::{Start, TheCity};
    use crate::viewer::options::Audience;

    const SIZE: DVec2 = DVec2::new(800.0, 600.0);

    /// A screen over an empty city, touched frame by frame.
    struct Screen {
        app: App,
        city: TheCity,
        camera: TheCamera,
        gesture: FingerGesture,
    }

    impl Screen {
        fn new() -> Self {
            let url = Url::parse("https://city.example/").expect("an address");
            let city = TheCity::new(&Start {
                url,
                fetch: Arc::new(MemoryFetch::new()),
                camera: None,
                thrift: crate::viewer::Thrift::default(),
                audience: Audience::Citizen,
            });
            let mut app = App::new();
            app.add_plugins(InputPlugin);
            Self { app, city, camera: TheCamera::default(), gesture: FingerGesture::default() }
        }

        /// A frame in which fingers do that, each with its number and place.
        fn frame(&mut self, touched: &[(TouchPhase, u64, [f32; 2])]) -> Fingers {
            for (phase, id, at) in touched {
                let (phase, id, position) = (*phase, *id, Vec2::from(*at));
                let window = Entity::PLACEHOLDER;
                self.app.world_mut().write_message(TouchInput { phase, position, window, force: None, id });
            }
            self.app.update();
            let hand = Hand { city: &self.city, size: SIZE };
            self.gesture.follow(self.app.world().resource::<Touches>(), &mut self.camera, &hand, false)
        }
    }

    use TouchPhase::{Ended, Moved, Started};

    #[test]
    fn a_finger_taps_where_it_came_down() {
        let mut screen = Screen::new();
        let before = screen.camera.rig;
        assert_eq!(screen.frame(&[(Started, 1, [400.0, 400.0])]), Fingers::Down);
        assert_eq!(screen.frame(&[(Moved, 1, [405.0, 402.0])]), Fingers::Down);
        assert_eq!(screen.frame(&[(Ended, 1, [405.0, 402.0])]), Fingers::Tapped(DVec2::new(400.0, 400.0)));
        assert_eq!(screen.camera.rig, before, "a tap moves nothing");
        assert_eq!(screen.frame(&[]), Fingers::None);
    }

    #[test]
    fn a_finger_drags_the_ground_and_does_not_tap() {
        let mut screen = Screen::new();
        screen.frame(&[(Started, 1, [400.0, 400.0])]);
        let hand = Hand { city: &screen.city, size: SIZE };
        let grasped = hand.grasp(&screen.camera, DVec2::new(400.0, 400.0));
        for step in 1..=4 {
            screen.frame(&[(Moved, 1, [400.0 + 25.0 * step as f32, 400.0 - 10.0 * step as f32])]);
        }
        let seen = screen.camera.rig.project(grasped, SIZE).expect("it is in front of the eye");
        assert!(seen.distance(DVec2::new(500.0, 360.0)) < 0.01, "{seen}");
        assert_eq!(screen.frame(&[(Ended, 1, [500.0, 360.0])]), Fingers::None);
    }

    #[test]
    fn a_swipe_that_ends_in_the_frame_in_which_it_begins_to_move_is_no_tap() {
        let mut screen = Screen::new();
        screen.frame(&[(Started, 1, [400.0, 400.0])]);
        let hand = Hand { city: &screen.city, size: SIZE };
        let grasped = hand.grasp(&screen.camera, DVec2::new(400.0, 400.0));
        assert_eq!(screen.frame(&[(Moved, 1, [500.0, 360.0]), (Ended, 1, [500.0, 360.0])]), Fingers::None);
        let seen = screen.camera.rig.project(grasped, SIZE).expect("it is in front of the eye");
        assert!(seen.distance(DVec2::new(500.0, 360.0)) < 0.01, "{seen}");
    }

    /// Two fingers that go from where to where in some frames; gives what lay between them, and where it is seen then.
    fn pair(screen: &mut Screen, from: [[f32; 2]; 2], to: [[f32; 2]; 2]) -> (DVec3, DVec2) {
        let hand = Hand { city: &screen.city, size: SIZE };
        let held = hand.grasp(&screen.camera, middle(from.map(|at| Vec2::from(at).as_dvec2())));
        screen.frame(&[(Started, 1, from[0]), (Started, 2, from[1])]);
        for step in 1..=8 {
            let at =
                |finger: usize| (Vec2::from(from[finger])).lerp(Vec2::from(to[finger]), step as f32 / 8.0).to_array();
            screen.frame(&[(Moved, 1, at(0)), (Moved, 2, at(1))]);
        }
        screen.frame(&[(Ended, 1, to[0]), (Ended, 2, to[1])]);
        (held, screen.camera.rig.project(held, SIZE).expect("it is in front of the eye"))
    }

    #[test]
    fn two_fingers_come_nearer_and_turn() {
        let mut screen = Screen::new();
        let before = screen.camera.rig;
        screen.frame(&[(Started, 1, [300.0, 300.0]), (Started, 2, [500.0, 300.0])]);
        screen.frame(&[(Moved, 1, [200.0, 300.0]), (Moved, 2, [600.0, 300.0])]);
        let after = screen.camera.rig;
        assert!((after.eye.z / before.eye.z - 0.5).abs() < 0.01, "twice the span is half the distance");
        assert_eq!(after.heading_deg, before.heading_deg);
        screen.frame(&[(Moved, 1, [400.0, 100.0]), (Moved, 2, [400.0, 500.0])]);
        let turned = (screen.camera.rig.heading_deg - before.heading_deg).rem_euclid(360.0);
        assert!((turned - 270.0).abs() < 0.01, "the city turns clockwise with the fingers: {turned}");
        assert_eq!(screen.camera.rig.pitch_deg, before.pitch_deg);
    }

    #[test]
    fn two_fingers_that_go_sideways_take_the_city_with_them() {
        for (dx, dy) in [(120.0, 0.0), (-90.0, 10.0), (60.0, 40.0)] {
            let mut screen = Screen::new();
            let before = screen.camera.rig;
            let to = [[300.0 + dx, 350.0 + dy], [500.0 + dx, 350.0 + dy]];
            let (_, seen) = pair(&mut screen, [[300.0, 350.0], [500.0, 350.0]], to);
            let fingers = DVec2::new(400.0 + f64::from(dx), 350.0 + f64::from(dy));
            assert!(seen.distance(fingers) < 0.01, "{seen} is not under the fingers at {fingers}");
            let after = screen.camera.rig;
            assert_eq!((after.heading_deg, after.pitch_deg), (before.heading_deg, before.pitch_deg));
        }
    }

    #[test]
    fn what_two_fingers_hold_stays_between_them_whatever_else_they_do() {
        let mut screen = Screen::new();
        let before = screen.camera.rig;
        // They go to the right, spread and turn by a quarter, all at once.
        let (_, seen) = pair(&mut screen, [[300.0, 350.0], [400.0, 350.0]], [[430.0, 200.0], [430.0, 500.0]]);
        assert!(seen.distance(DVec2::new(430.0, 350.0)) < 0.5, "{seen}");
        let after = screen.camera.rig;
        assert!(after.eye.z < before.eye.z * 0.5);
        assert!(((after.heading_deg - before.heading_deg).rem_euclid(360.0) - 270.0).abs() < 0.5);
        assert_eq!(after.pitch_deg, before.pitch_deg, "who turns does not tilt");
    }

    #[test]
    fn two_fingers_side_by_side_tilt() {
        for (dy, tilt_deg) in [(-40.0, 10.0), (40.0, -10.0)] {
            let mut screen = Screen::new();
            let before = screen.camera.rig;
            // No hand moves its fingers quite alike.
            let to = [[303.0, 350.0 + dy], [506.0, 356.0 + dy]];
            let (held, seen) = pair(&mut screen, [[300.0, 350.0], [500.0, 356.0]], to);
            let after = screen.camera.rig;
            let tilted = after.pitch_deg - before.pitch_deg;
            assert!((tilted - tilt_deg).abs() < 0.01, "{dy} points down tilt by {tilted} degrees");
            assert_eq!(after.heading_deg, before.heading_deg);
            assert!((after.eye.distance(held) - before.eye.distance(held)).abs() < 1e-6, "and bring nothing nearer");
            assert!(seen.distance(DVec2::new(400.0, 353.0)) < 0.01, "what is tilted around stays: {seen}");
        }
    }

    #[test]
    fn two_fingers_above_each_other_move_the_city_up_and_down() {
        let mut screen = Screen::new();
        let before = screen.camera.rig;
        let (_, seen) = pair(&mut screen, [[400.0, 300.0], [410.0, 450.0]], [[400.0, 360.0], [410.0, 510.0]]);
        assert!(seen.distance(DVec2::new(405.0, 435.0)) < 0.01, "{seen}");
        assert_eq!(screen.camera.rig.pitch_deg, before.pitch_deg);
    }

    #[test]
    fn fingers_that_tremble_do_nothing_yet() {
        let mut screen = Screen::new();
        let before = screen.camera.rig;
        screen.frame(&[(Started, 1, [300.0, 300.0]), (Started, 2, [500.0, 300.0])]);
        screen.frame(&[(Moved, 1, [303.0, 304.0]), (Moved, 2, [497.0, 302.0])]);
        screen.frame(&[(Moved, 1, [310.0, 300.0]), (Moved, 2, [500.0, 301.0])]);
        assert_eq!(screen.camera.rig, before, "the other may only be slower");
        screen.frame(&[(Moved, 1, [320.0, 300.0]), (Moved, 2, [500.0, 301.0])]);
        assert_ne!(screen.camera.rig, before, "it stays where it is, and the city is zoomed");
    }

    #[test]
    fn the_finger_that_stays_goes_on_dragging() {
        let mut screen = Screen::new();
        screen.frame(&[(Started, 1, [300.0, 300.0]), (Started, 2, [500.0, 300.0])]);
        screen.frame(&[(Moved, 1, [280.0, 300.0]), (Moved, 2, [520.0, 300.0])]);
        assert_eq!(screen.frame(&[(Ended, 2, [520.0, 300.0])]), Fingers::Down);
        let hand = Hand { city: &screen.city, size: SIZE };
        let grasped = hand.grasp(&screen.camera, DVec2::new(280.0, 300.0));
        screen.frame(&[(Moved, 1, [330.0, 320.0])]);
        let seen = screen.camera.rig.project(grasped, SIZE).expect("it is in front of the eye");
        assert!(seen.distance(DVec2::new(330.0, 320.0)) < 0.01, "{seen}");
        assert_eq!(screen.frame(&[(Ended, 1, [330.0, 320.0])]), Fingers::None, "and is no tap");
    }
}
