//! Mouse, touchpad, touch and keys, as people know them from Google Earth and Cesium.
//!
//! Left drags the ground, right or middle (or Ctrl + left) turns around the point under the cursor, the wheel zooms to
//! the cursor. What the panels use goes to the panels alone.

use bevy::input::gestures::PinchGesture;
use bevy::input::mouse::{MouseScrollUnit, MouseWheel};
use bevy::input::touch::Touches;
use bevy::prelude::*;
use bevy::window::{PrimaryWindow, WindowEvent};
use bevy_egui::{EguiContexts, egui};
use glam::{DVec2, DVec3};

use super::double_click::{CLICKS_APART_PX, DoubleClick, TAPS_APART_PX};
use super::fingers::{FingerGesture, Fingers, resting_finger};
use super::{TheCamera, ZoomKeys};
use crate::viewer::drive::{Clock, TheCity};
use crate::viewer::panel::{Command, Wishes};
use crate::viewer::settings::Settings;
use crate::viewer::walk::Walk;

/// Degrees a logical pixel while turning.
pub(super) const TURN_DEG_PER_PX: f64 = 0.25;
/// A press that moves less than this is a click, logical pixels.
const CLICK_SLACK_PX: f64 = 5.0;
/// The buttons that take hold of the city.
const BUTTONS: [MouseButton; 3] = [MouseButton::Left, MouseButton::Right, MouseButton::Middle];

/// Keys that make others mean something else.
const COMMAND_KEYS: [KeyCode; 6] = [
    KeyCode::ControlLeft,
    KeyCode::ControlRight,
    KeyCode::AltLeft,
    KeyCode::AltRight,
    KeyCode::SuperLeft,
    KeyCode::SuperRight,
];

/// What a button or finger is doing.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Grip {
    /// Drags a point; with where the pointer was when it was dragged last.
    Drag(DVec3, DVec2),
    /// Turns around a point.
    Turn(DVec3),
}

/// The gesture in progress.
#[derive(Resource, Default)]
pub struct Gesture {
    grip: Option<Grip>,
    /// Where the left button was pressed, as long as it may become a click.
    pressed_at: Option<DVec2>,
    /// Where the button was pressed that holds the city.
    gripped_at: DVec2,
    /// Where the pointer was told to be last.
    pointer: Option<DVec2>,
    last: DVec2,
    /// Whether the pointer has left the place where the button was pressed: then it is no click any more.
    has_left: bool,
    double: DoubleClick,
    fingers: FingerGesture,
}

/// Clicks of this frame, in logical pixels of the window, and where the cursor is.
#[derive(Resource, Default, Clone, Debug)]
pub struct Clicks {
    /// A single click.
    pub click: Option<DVec2>,
    /// A double click.
    pub double: Option<DVec2>,
    /// The cursor over the city; `None` over panels, outside, or while a gesture runs.
    pub cursor: Option<DVec2>,
}

impl Clicks {
    /// Takes a click, and the double click that it makes with one before it that was no farther away.
    fn click_at(&mut self, at: DVec2, apart_px: f64, gesture: &mut Gesture, clock: &Clock) {
        self.click = Some(at);
        self.double = gesture.double.is_made_by(at, apart_px, clock).then_some(at);
    }
}

/// Everything the controls read.
#[derive(bevy::ecs::system::SystemParam)]
pub struct Devices<'w, 's> {
    windows: Query<'w, 's, &'static Window, With<PrimaryWindow>>,
    buttons: Res<'w, ButtonInput<MouseButton>>,
    keys: Res<'w, ButtonInput<KeyCode>>,
    zoom_keys: Res<'w, ZoomKeys>,
    wheel: MessageReader<'w, 's, MouseWheel>,
    pinch: MessageReader<'w, 's, PinchGesture>,
    touches: Res<'w, Touches>,
    walk: Res<'w, Walk>,
    settings: Res<'w, Settings>,
    contexts: EguiContexts<'w, 's>,
    events: MessageReader<'w, 's, WindowEvent>,
}

/// Turns input into moves.
pub fn steer(
    mut devices: Devices,
    mut camera: ResMut<TheCamera>,
    mut gesture: ResMut<Gesture>,
    mut clicks: ResMut<Clicks>,
    mut wishes: ResMut<Wishes>,
    city: Res<TheCity>,
    clock: Res<Clock>,
) {
    *clicks = Clicks::default();
    let Ok(window) = devices.windows.single() else { return };
    let size = DVec2::new(f64::from(window.width()), f64::from(window.height()));
    let finger = resting_finger(&devices.touches);
    let pressed = pressed_at(&mut devices.events, &mut gesture);
    // A hand that drags beyond the window's border goes on dragging.
    let dragged = (gesture.grip.is_some() && devices.buttons.any_pressed(BUTTONS)).then_some(gesture.pointer).flatten();
    // The window tells where the pointer is by now, events where it was when something was done.
    let told = window.cursor_position().map(|at| gesture.pointer.unwrap_or(at.as_dvec2()));
    let cursor = told.or(dragged).or(pressed);
    let panel_has_pointer = panel_has_pointer(&mut devices.contexts, finger.or(pressed).or(cursor));
    // Asked now: who has just gone from a panel to the city is not to lose the first key.
    let panel_has_keys = devices.contexts.ctx_mut().is_ok_and(|context| context.egui_wants_keyboard_input());
    let somebody_types = devices.contexts.ctx_mut().is_ok_and(|context| context.text_edit_focused());
    let hand = Hand { city: &city, size };
    if !panel_has_keys {
        if !devices.walk.is_on() {
            fly_by_keys(&devices.keys, &mut camera, clock.frame_secs);
        }
        turn_by_keys(&devices.keys, &mut camera, &mut wishes, clock.frame_secs);
    }
    // A button that was reached by Tab means nothing by these.
    if !somebody_types {
        go_by_keys(&devices.keys, &devices.zoom_keys, &mut camera, &mut wishes, clock.frame_secs);
    }
    match gesture.fingers.follow(&devices.touches, &mut camera, &hand, panel_has_pointer) {
        Fingers::None => {}
        Fingers::Down => return,
        Fingers::Tapped(at) => return clicks.click_at(at, TAPS_APART_PX, &mut gesture, &clock),
    }
    let Some(cursor) = cursor else {
        gesture.grip = None;
        return;
    };
    if !panel_has_pointer {
        let steps = zoom_steps(devices.wheel.read(), devices.pinch.read());
        zoom(&mut camera, steps, cursor, &hand);
    } else {
        devices.wheel.clear();
        devices.pinch.clear();
    }
    let held = Held { buttons: &devices.buttons, keys: &devices.keys };
    press_and_drag(&held, &mut camera, &mut gesture, pressed.unwrap_or(cursor), &hand, panel_has_pointer);
    release(&devices.buttons, &mut gesture, &mut clicks, &clock);
    // Where nobody stands the pointer only lies where it was left.
    if gesture.grip.is_none() && !panel_has_pointer && !devices.settings.is_unattended() {
        clicks.cursor = Some(cursor);
    }
}

/// Where a button was pressed in this frame. Events are followed in their order: on a slow machine the pointer may have
/// gone on by the end of the frame that it was pressed in.
fn pressed_at(events: &mut MessageReader<WindowEvent>, gesture: &mut Gesture) -> Option<DVec2> {
    let mut pressed = None;
    for event in events.read() {
        match event {
            WindowEvent::CursorMoved(moved) => gesture.pointer = Some(moved.position.as_dvec2()),
            WindowEvent::MouseButtonInput(button) if button.state.is_pressed() => pressed = gesture.pointer,
            _ => {}
        }
    }
    pressed
}

/// Whether the panels are under the pointer, or in the middle of something with it. Asks with this frame's pointer:
/// what egui wanted in the frame before is out of date where a slow machine brings move and click in one frame.
fn panel_has_pointer(contexts: &mut EguiContexts, at: Option<DVec2>) -> bool {
    let Ok(context) = contexts.ctx_mut() else { return false };
    let over = at.and_then(|at| context.layer_id_at(egui::pos2(at.x as f32, at.y as f32)));
    over.is_some_and(|layer| layer.order != egui::Order::Background)
        || context.egui_is_using_pointer()
        || context.any_popup_open()
}

/// The city under the picture's points.
pub(super) struct Hand<'a> {
    pub city: &'a TheCity,
    /// The picture's size, logical pixels.
    pub size: DVec2,
}

impl Hand<'_> {
    /// What stands under a point of the picture; above the horizon a point as far as the middle's.
    pub fn grasp(&self, camera: &TheCamera, at: DVec2) -> DVec3 {
        let ray = camera.rig.ray(at, self.size);
        match self.city.pick(camera.rig.eye, ray) {
            Some(hit) => camera.rig.eye + ray * hit.distance_m,
            None if ray.z < -0.02 => camera.rig.eye + ray * (camera.rig.eye.z.max(20.0) / -ray.z).min(20_000.0),
            None => camera.rig.eye + ray * camera.distance_m,
        }
    }

    /// Drags a grasped point from one point of the picture to another.
    pub fn drag(&self, camera: &mut TheCamera, grasped: DVec3, from: DVec2, to: DVec2) {
        let [from, to] = [from, to].map(|at| camera.rig.ray(at, self.size));
        camera.rig.drag(grasped, from, to);
    }
}

/// Pixels of a touchpad that are a step of a wheel.
const STEP_PX: f64 = 60.0;
/// Steps of a wheel that a pinch to the double is.
const STEPS_A_PINCH: f64 = 6.0;

/// How far a wheel, two fingers on a touchpad and pinches on it come nearer, in steps of a wheel.
fn zoom_steps<'a>(wheel: impl Iterator<Item = &'a MouseWheel>, pinch: impl Iterator<Item = &'a PinchGesture>) -> f64 {
    let of_wheel = wheel.map(|event| match event.unit {
        MouseScrollUnit::Line => f64::from(event.y),
        MouseScrollUnit::Pixel => f64::from(event.y) / STEP_PX,
    });
    of_wheel.sum::<f64>() + pinch.map(|pinch| f64::from(pinch.0) * STEPS_A_PINCH).sum::<f64>()
}

fn zoom(camera: &mut TheCamera, steps: f64, cursor: DVec2, hand: &Hand) {
    if steps != 0.0 {
        camera.flight = None;
        let point = hand.grasp(camera, cursor);
        camera.rig.zoom(point, 0.84f64.powf(steps.clamp(-8.0, 8.0)));
    }
}

/// What is held down.
struct Held<'a> {
    buttons: &'a ButtonInput<MouseButton>,
    keys: &'a ButtonInput<KeyCode>,
}

impl Held<'_> {
    /// Whether a drag turns around a point instead of moving it.
    fn turns(&self) -> bool {
        self.buttons.any_pressed([MouseButton::Right, MouseButton::Middle])
            || (self.buttons.pressed(MouseButton::Left)
                && self.keys.any_pressed([KeyCode::ControlLeft, KeyCode::ControlRight]))
    }
}

fn press_and_drag(
    held: &Held,
    camera: &mut TheCamera,
    gesture: &mut Gesture,
    cursor: DVec2,
    hand: &Hand,
    panel_has_pointer: bool,
) {
    if held.buttons.any_just_pressed(BUTTONS) && !panel_has_pointer {
        camera.flight = None;
        let point = hand.grasp(camera, cursor);
        gesture.grip = Some(if held.turns() { Grip::Turn(point) } else { Grip::Drag(point, cursor) });
        gesture.pressed_at = held.buttons.just_pressed(MouseButton::Left).then_some(cursor);
        (gesture.gripped_at, gesture.last, gesture.has_left) = (cursor, cursor, false);
    } else {
        gesture.has_left |= is_away(gesture.gripped_at, cursor);
        apply(camera, gesture, cursor, hand);
    }
}

/// Whether a pointer has gone too far from where it was pressed to make a click. A hand that trembles goes a long way and
/// stays where it is.
fn is_away(pressed_at: DVec2, cursor: DVec2) -> bool {
    pressed_at.distance(cursor) >= CLICK_SLACK_PX
}

fn apply(camera: &mut TheCamera, gesture: &mut Gesture, cursor: DVec2, hand: &Hand) {
    // What may still become a click moves nothing.
    if !gesture.has_left {
        return;
    }
    let by = cursor - std::mem::replace(&mut gesture.last, cursor);
    if by == DVec2::ZERO {
        return;
    }
    match &mut gesture.grip {
        Some(Grip::Drag(point, from)) => hand.drag(camera, *point, std::mem::replace(from, cursor), cursor),
        Some(Grip::Turn(point)) => camera.rig.orbit(*point, by.x * TURN_DEG_PER_PX, -by.y * TURN_DEG_PER_PX),
        None => {}
    }
}

fn release(buttons: &ButtonInput<MouseButton>, gesture: &mut Gesture, clicks: &mut Clicks, clock: &Clock) {
    if buttons.just_released(MouseButton::Left)
        && let Some(cursor) = gesture.pressed_at.take()
        && !gesture.has_left
    {
        clicks.click_at(cursor, CLICKS_APART_PX, gesture, clock);
    }
    if !buttons.any_pressed(BUTTONS) {
        gesture.grip = None;
    }
}

/// 1 while any of the keys is held.
fn held(keys: &ButtonInput<KeyCode>, codes: &[KeyCode]) -> f64 {
    if codes.iter().any(|code| keys.pressed(*code)) { 1.0 } else { 0.0 }
}

/// Flying by keys, whose speed grows with the height above ground. Not for who walks from house to house by the same
/// keys.
fn fly_by_keys(keys: &ButtonInput<KeyCode>, camera: &mut TheCamera, frame_secs: f64) {
    if keys.any_pressed(COMMAND_KEYS) {
        return;
    }
    let both = |more: &[KeyCode], less: &[KeyCode]| held(keys, more) - held(keys, less);
    let ahead = both(&[KeyCode::ArrowUp, KeyCode::KeyW], &[KeyCode::ArrowDown, KeyCode::KeyS]);
    let right = both(&[KeyCode::ArrowRight, KeyCode::KeyD], &[KeyCode::ArrowLeft, KeyCode::KeyA]);
    let up = both(&[KeyCode::KeyR, KeyCode::PageUp], &[KeyCode::KeyF, KeyCode::PageDown]);
    let secs = frame_secs.min(0.1);
    if ahead != 0.0 || right != 0.0 || up != 0.0 {
        camera.flight = None;
        let step_m = (camera.distance_m * 0.9).clamp(20.0, 5000.0) * secs;
        camera.rig.fly(ahead * step_m, right * step_m, up * step_m * 0.6);
    }
}

/// Other keys that mean something to a button or slider too, and are the city's while none of these has them.
fn turn_by_keys(keys: &ButtonInput<KeyCode>, camera: &mut TheCamera, wishes: &mut Wishes, frame_secs: f64) {
    // With these held a letter is a command to somebody else: Ctrl + F searches.
    if keys.any_pressed(COMMAND_KEYS) {
        return;
    }
    let turn = held(keys, &[KeyCode::KeyE]) - held(keys, &[KeyCode::KeyQ]);
    let secs = frame_secs.min(0.1);
    if turn != 0.0 {
        camera.flight = None;
        let pivot = camera.focus();
        camera.rig.orbit(pivot, turn * 60.0 * secs, 0.0);
    }
    if keys.just_pressed(KeyCode::Escape) {
        wishes.0.push(Command::ClearSelection);
    }
}

/// Keys that are the city's unless somebody types.
fn go_by_keys(
    keys: &ButtonInput<KeyCode>,
    zoom_keys: &ZoomKeys,
    camera: &mut TheCamera,
    wishes: &mut Wishes,
    frame_secs: f64,
) {
    if keys.any_pressed(COMMAND_KEYS) {
        return;
    }
    let nearer = zoom_keys.nearer();
    if nearer != 0.0 {
        camera.flight = None;
        let focus = camera.focus();
        camera.rig.zoom(focus, 0.3f64.powf(nearer * frame_secs.min(0.1)));
    }
    for (key, command) in [(KeyCode::Home, Command::Home), (KeyCode::KeyN, Command::North)] {
        if keys.just_pressed(key) {
            wishes.0.push(command);
        }
    }
}

/// Whether keys are held that move the camera, so that frames go on.
pub fn keys_held(keys: &ButtonInput<KeyCode>, zoom_keys: &ZoomKeys) -> bool {
    use KeyCode as K;
    let fly = [
        K::ArrowUp,
        K::ArrowDown,
        K::ArrowLeft,
        K::ArrowRight,
        K::KeyW,
        K::KeyA,
        K::KeyS,
        K::KeyD,
        K::KeyQ,
        K::KeyE,
        K::KeyR,
        K::KeyF,
        K::PageUp,
        K::PageDown,
    ];
    zoom_keys.are_held() || keys.any_pressed(fly)
}

#[cfg(test)]
mod tests;
