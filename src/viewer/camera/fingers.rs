//! Fingers on a touch screen: one drags the ground or taps, two zoom, turn and tilt.

use bevy::input::touch::Touches;
use glam::{DVec2, DVec3};

use super::TheCamera;
use super::controls::{Hand, TURN_DEG_PER_PX};

/// A finger that moves less than this taps, logical pixels.
const TAP_SLACK_PX: f64 = 12.0;

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
            (false, [(_, at), ..], _) => {
                camera.flight = None;
                self.dragged = Some((hand.grasp(camera, *at), *at));
                self.tap = (before.is_empty() && now.len() == 1).then_some(*at);
            }
            (true, [(_, at)], _) => self.drag(camera, hand, *at),
            (true, [(_, a), (_, b), ..], [(_, a0), (_, b0), ..]) => two_fingers(camera, hand, [*a, *b], [*a0, *b0]),
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

fn two_fingers(camera: &mut TheCamera, hand: &Hand, now: [DVec2; 2], before: [DVec2; 2]) {
    let middle = (now[0] + now[1]) * 0.5;
    let middle_before = (before[0] + before[1]) * 0.5;
    let point = hand.grasp(camera, middle);
    let (span, span_before) = (now[1] - now[0], before[1] - before[0]);
    if span_before.length() > 1.0 && span.length() > 1.0 {
        camera.rig.zoom(point, span_before.length() / span.length());
        camera.rig.orbit(point, -span_before.angle_to(span).to_degrees(), 0.0);
    }
    camera.rig.orbit(point, 0.0, -(middle.y - middle_before.y) * TURN_DEG_PER_PX);
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

    #[test]
    fn two_fingers_come_nearer_and_turn() {
        let mut screen = Screen::new();
        let before = screen.camera.rig;
        screen.frame(&[(Started, 1, [300.0, 300.0]), (Started, 2, [500.0, 300.0])]);
        screen.frame(&[(Moved, 1, [200.0, 300.0]), (Moved, 2, [600.0, 300.0])]);
        let after = screen.camera.rig;
        assert!(after.eye.z < before.eye.z, "twice the span is half the distance");
        assert_eq!(after.heading_deg, before.heading_deg);
        screen.frame(&[(Moved, 1, [400.0, 100.0]), (Moved, 2, [400.0, 500.0])]);
        let turned = (screen.camera.rig.heading_deg - before.heading_deg).rem_euclid(360.0);
        assert!((turned - 270.0).abs() < 0.01 || (turned - 90.0).abs() < 0.01, "{turned}");
    }
}
