//! What each key, button, wheel and touchpad does to the camera, and what it says to the panels.

use std::sync::Arc;

use bevy::input::touch::TouchPhase;
use url::Url;

use super::*;
use crate::fetch::memory::MemoryFetch;
use crate::viewer::Thrift;
use crate::viewer::drive::Start;
use crate::viewer::options::Audience;

const SIZE: DVec2 = DVec2::new(800.0, 600.0);

/// A city that has not come, so that the ground is level.
fn city() -> TheCity {
    TheCity::new(&Start {
        url: Url::parse("https://city.example/").expect("an address"),
        fetch: Arc::new(MemoryFetch::new()),
        camera: None,
        thrift: Thrift::default(),
        audience: Audience::Citizen,
    })
}

fn pressed<T: Copy + Eq + std::hash::Hash + Send + Sync + 'static>(inputs: &[T]) -> ButtonInput<T> {
    let mut held = ButtonInput::default();
    inputs.iter().for_each(|input| held.press(*input));
    held
}

#[test]
fn a_trembling_hand_clicks() {
    let at = DVec2::new(400.0, 300.0);
    let tremble = (0..40).map(|step| at + DVec2::new(f64::from(step % 3) - 1.0, f64::from(step % 2) * 2.0));
    let path: f64 = tremble.clone().zip(tremble.clone().skip(1)).map(|(a, b)| a.distance(b)).sum();
    assert!(path > 10.0 * CLICK_SLACK_PX && tremble.clone().all(|cursor| !is_away(at, cursor)));
    assert!(is_away(at, at + DVec2::new(4.0, 4.0)));
}

fn wheel(unit: MouseScrollUnit, y: f32) -> MouseWheel {
    MouseWheel { unit, x: 0.0, y, window: Entity::PLACEHOLDER, phase: TouchPhase::Moved }
}

#[test]
fn wheel_touchpad_and_pinch_zoom_by_like_measures() {
    let steps = |wheel: &[MouseWheel], pinch: &[PinchGesture]| zoom_steps(wheel.iter(), pinch.iter());
    assert_eq!(steps(&[wheel(MouseScrollUnit::Line, 2.0), wheel(MouseScrollUnit::Line, -1.0)], &[]), 1.0);
    let swipe = [wheel(MouseScrollUnit::Pixel, 45.0), wheel(MouseScrollUnit::Pixel, 15.0)];
    assert_eq!(steps(&swipe, &[]), 1.0, "two fingers that go up a touchpad by as much as a wheel's step");
    let pinched = steps(&[], &[PinchGesture(0.5), PinchGesture(0.5)]);
    // Spread to the double, what is looked at is seen about three times as large.
    assert!((2.0..4.0).contains(&0.84f64.powf(-pinched)), "{pinched}");
    assert_eq!(steps(&[], &[PinchGesture(-0.5)]), -pinched / 2.0);
}

#[test]
fn zooming_leads_to_the_pointer_and_back() {
    let (city, cursor) = (city(), DVec2::new(650.0, 420.0));
    let hand = Hand { city: &city, size: SIZE };
    let mut camera = TheCamera::default();
    let (before, point) = (camera.rig, hand.grasp(&camera, cursor));
    zoom(&mut camera, 3.0, cursor, &hand);
    let nearer = camera.rig.eye.distance(point) / before.eye.distance(point);
    assert!((nearer - 0.84f64.powi(3)).abs() < 1e-9, "{nearer}");
    let seen = camera.rig.project(point, SIZE).expect("it is in front of the eye");
    assert!(seen.distance(cursor) < 1e-6, "{seen}");
    zoom(&mut camera, -3.0, cursor, &hand);
    assert!(camera.rig.eye.distance(before.eye) < 1e-6);
}

/// A drag with buttons and keys held from one place to another; gives the camera and what was dragged.
fn dragged(buttons: &[MouseButton], keys: &[KeyCode], [from, to]: [DVec2; 2]) -> (TheCamera, DVec3) {
    let city = city();
    let hand = Hand { city: &city, size: SIZE };
    let (mut camera, mut gesture) = (TheCamera::default(), Gesture::default());
    let (mut buttons, keys) = (pressed(buttons), pressed(keys));
    let point = hand.grasp(&camera, from);
    for step in 0..=4 {
        let held = Held { buttons: &buttons, keys: &keys };
        press_and_drag(&held, &mut camera, &mut gesture, from.lerp(to, f64::from(step) / 4.0), &hand, false);
        buttons.clear();
    }
    (camera, point)
}

#[test]
fn the_left_button_moves_and_the_others_turn_and_tilt() {
    let way = [DVec2::new(300.0, 350.0), DVec2::new(380.0, 390.0)];
    let before = TheCamera::default().rig;
    let (camera, point) = dragged(&[MouseButton::Left], &[], way);
    let seen = camera.rig.project(point, SIZE).expect("it is in front of the eye");
    assert!(seen.distance(way[1]) < 0.01, "{seen}");
    assert_eq!((camera.rig.heading_deg, camera.rig.pitch_deg), (before.heading_deg, before.pitch_deg));
    let turning: [(&[MouseButton], &[KeyCode]); 4] = [
        (&[MouseButton::Right], &[]),
        (&[MouseButton::Middle], &[]),
        (&[MouseButton::Left], &[KeyCode::ControlLeft]),
        (&[MouseButton::Left], &[KeyCode::ControlRight]),
    ];
    for (buttons, keys) in turning {
        let (camera, point) = dragged(buttons, keys, way);
        let turned = [camera.rig.heading_deg - before.heading_deg, camera.rig.pitch_deg - before.pitch_deg];
        assert_eq!(turned, [80.0 * TURN_DEG_PER_PX, -40.0 * TURN_DEG_PER_PX], "{buttons:?} {keys:?}");
        let seen = camera.rig.project(point, SIZE).expect("it is in front of the eye");
        assert!(seen.distance(way[0]) < 1e-6, "what is turned around stays: {seen}");
    }
}

#[test]
fn a_press_on_a_panel_takes_no_hold_of_the_city() {
    let city = city();
    let hand = Hand { city: &city, size: SIZE };
    let (mut camera, mut gesture) = (TheCamera::default(), Gesture::default());
    let (mut buttons, keys) = (pressed(&[MouseButton::Right]), pressed(&[]));
    for (x, on_panel) in [(300.0, true), (400.0, false)] {
        let held = Held { buttons: &buttons, keys: &keys };
        press_and_drag(&held, &mut camera, &mut gesture, DVec2::new(x, 350.0), &hand, on_panel);
        buttons.clear();
    }
    assert_eq!(camera.rig, TheCamera::default().rig);
}

/// What a key does that is held for a twentieth of a second: the camera after it, and what it asks for.
fn with_keys(keys: &[KeyCode], zoom_keys: &ZoomKeys) -> (TheCamera, Vec<Command>) {
    let (mut camera, mut wishes) = (TheCamera { distance_m: 1000.0, ..TheCamera::default() }, Wishes::default());
    camera.flight = Some(super::super::Flight::new(camera.rig, 1000.0, camera.rig, 500.0, 0.0));
    let keys = pressed(keys);
    fly_by_keys(&keys, &mut camera, 0.05);
    turn_by_keys(&keys, &mut camera, &mut wishes, 0.05);
    go_by_keys(&keys, zoom_keys, &mut camera, &mut wishes, 0.05);
    (camera, wishes.0)
}

#[test]
fn keys_fly_and_rise() {
    use KeyCode as K;
    // East, north and up: the camera looks north.
    let ways = [
        ([K::KeyW, K::ArrowUp], DVec3::new(0.0, 45.0, 0.0)),
        ([K::KeyS, K::ArrowDown], DVec3::new(0.0, -45.0, 0.0)),
        ([K::KeyD, K::ArrowRight], DVec3::new(45.0, 0.0, 0.0)),
        ([K::KeyA, K::ArrowLeft], DVec3::new(-45.0, 0.0, 0.0)),
        ([K::KeyR, K::PageUp], DVec3::new(0.0, 0.0, 27.0)),
        ([K::KeyF, K::PageDown], DVec3::new(0.0, 0.0, -27.0)),
    ];
    let before = TheCamera::default().rig;
    for (key, way) in ways.into_iter().flat_map(|(keys, way)| keys.map(|key| (key, way))) {
        let (camera, wishes) = with_keys(&[key], &ZoomKeys::default());
        let flown = camera.rig.eye - before.eye;
        assert!(flown.distance(way) < 1e-6, "{key:?} leads by {flown}");
        assert_eq!((camera.rig.heading_deg, camera.rig.pitch_deg), (before.heading_deg, before.pitch_deg), "{key:?}");
        assert!(camera.flight.is_none() && wishes.is_empty(), "{key:?}: whoever steers is not flown");
    }
}

#[test]
fn q_and_e_turn_around_what_is_looked_at() {
    for (key, heading_deg) in [(KeyCode::KeyE, 3.0), (KeyCode::KeyQ, 357.0)] {
        let (camera, _) = with_keys(&[key], &ZoomKeys::default());
        assert!((camera.rig.heading_deg - heading_deg).abs() < 1e-9, "{key:?}: {}", camera.rig.heading_deg);
        let focus = TheCamera { distance_m: 1000.0, ..TheCamera::default() }.focus();
        assert!(camera.focus().distance(focus) < 1e-6 && camera.flight.is_none(), "{key:?}");
    }
}

#[test]
fn plus_and_minus_come_nearer_and_go_away() {
    let focus = TheCamera { distance_m: 1000.0, ..TheCamera::default() }.focus();
    for (nearer, is_nearer) in [(1.0, true), (-1.0, false)] {
        let (camera, _) = with_keys(&[], &ZoomKeys::held(KeyCode::NumpadAdd, nearer));
        let distance_m = camera.rig.eye.distance(focus);
        assert_eq!(distance_m < 999.0, is_nearer, "{distance_m}");
        assert_eq!(distance_m > 1001.0, !is_nearer, "{distance_m}");
        assert!(camera.flight.is_none());
    }
}

#[test]
fn n_home_and_escape_ask_for_what_the_help_says() {
    let asked = |key| with_keys(&[key], &ZoomKeys::default()).1;
    assert_eq!(asked(KeyCode::KeyN), [Command::North]);
    assert_eq!(asked(KeyCode::Home), [Command::Home]);
    assert_eq!(asked(KeyCode::Escape), [Command::ClearSelection]);
}

#[test]
fn with_a_command_key_held_letters_are_others() {
    use KeyCode as K;
    let before = TheCamera::default().rig;
    for command in COMMAND_KEYS {
        for key in [K::KeyW, K::KeyQ, K::KeyE, K::KeyR, K::KeyF, K::KeyN, K::PageUp] {
            let (camera, wishes) = with_keys(&[command, key], &ZoomKeys::default());
            assert_eq!((camera.rig, wishes.len()), (before, 0), "{command:?} {key:?}");
        }
    }
}

#[test]
fn two_taps_of_a_finger_are_a_double_tap_where_a_mouse_clicks_twice() {
    let doubled = |apart_px: f64, by: [DVec2; 2], secs: f64| {
        let (mut clicks, mut gesture) = (Clicks::default(), Gesture::default());
        for (number, at) in by.into_iter().enumerate() {
            let now_secs = 10.0 + secs * number as f64;
            clicks = Clicks::default();
            clicks.click_at(at, apart_px, &mut gesture, &Clock { now_secs, waited_secs: now_secs, ..Clock::default() });
        }
        clicks.double
    };
    let by = [DVec2::new(300.0, 300.0), DVec2::new(314.0, 289.0)];
    assert_eq!(doubled(TAPS_APART_PX, by, 0.25), Some(by[1]));
    assert_eq!(doubled(CLICKS_APART_PX, by, 0.25), None);
    assert_eq!(doubled(TAPS_APART_PX, by, 0.8), None, "too slow");
    assert_eq!(doubled(TAPS_APART_PX, [by[0], DVec2::new(360.0, 300.0)], 0.25), None, "another place");
}
