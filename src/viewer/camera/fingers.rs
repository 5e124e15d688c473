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
    /// The point of the ground that the only finger drags.
    dragged: Option<DVec3>,
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
            let tap = self.tap.take().or_else(|| before.is_empty().then(|| tap_within_a_frame(touches)).flatten());
            return tap.map_or(Fingers::None, Fingers::Tapped);
        }
        let same = before.len() == now.len() && before.iter().zip(&now).all(|(a, b)| a.0 == b.0);
        match (same, now.as_slice(), before.as_slice()) {
            (false, [(_, at), ..], _) => {
                camera.flight = None;
                self.dragged = Some(hand.grasp(camera, *at));
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
        if let (None, Some(point)) = (self.tap, self.dragged) {
            camera.rig.drag(point, camera.rig.ray(at, hand.size));
        }
    }
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
