//! Mouse and keys move the camera as the help says.

use glam::DVec3;
use serde_json::Value;

use crate::program::Program;
use crate::sample::DESCRIPTION;
use crate::sight::Sight;
use crate::solids::{CITY, Kind};
use crate::{FRAUENKIRCHE, FRAUENKIRCHE_ID, attributions, open, scale};

/// How far the middle of a house may be from the point of its roof that was grasped, points.
const HOUSE_PT: f64 = 40.0;

fn apart(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

#[test]
fn mouse_and_keys_move_the_camera_as_promised() {
    let Some(mut session) = open(&[]) else { return };
    let program = &mut session.program;
    scale::the_scale_bar_is_true(program);
    scale::the_needle_points_north(program);
    the_wheel_zooms_to_the_pointer(program);
    scale::the_scale_bar_is_true(program);
    home_leads_back(program, |program| program.key("Home"));
    the_left_button_drags_the_ground(program);
    home_leads_back(program, |program| program.press("Start view"));
    the_right_button_turns_around_the_pointer(program);
    scale::the_needle_points_north(program);
    scale::the_compass_leads_north(program);
    home_leads_back(program, |program| program.key("Home"));
    arrows_fly(program);
    home_leads_back(program, |program| program.key("Home"));
    a_double_click_flies_there(program);
    a_level_flight_leads_over_houses_and_not_through_them(program);
    the_camera_never_goes_below_ground(program);
    a_drag_goes_on_beyond_the_border(program);
    attribution_was_always_drawn(program);
    let states = program.open_states().collect::<Vec<_>>();
    the_eye_stayed_outside(&states);
}

/// How much is drawn while the camera moves is the machine's business, or the wish of whoever looks; at rest it is all.
#[test]
fn less_is_drawn_only_while_the_camera_moves() {
    let Some(mut session) = open(&[]) else { return };
    let program = &mut session.program;
    program.press("View");
    program.look("moving-setting");
    program.press("Fast");
    program.press("Shadows");
    program.press("View");
    let before = program.picture();
    let first = program.history.len();
    program.display.hands("keydown Up sleep 0.7 keyup Up");
    program.rest();
    let drawn: Vec<&str> = program.history[first..].iter().filter_map(|(_, state)| state["picture"].as_str()).collect();
    assert!(drawn.contains(&"withoutedges"), "{drawn:?}");
    assert_eq!(program.state["picture"], "whole");
    let farther = program.look("moving-at-rest");
    assert!(!farther.differing(&before, 24).is_empty(), "the camera moved");
    program.key("Home");
    assert_eq!(program.picture().differing(&before, 2).len(), 0, "the picture at rest is the one that it was");
    program.press("View");
    program.press("Fine");
    program.press("View");
    let first = program.history.len();
    program.display.hands("keydown Up sleep 0.7 keyup Up");
    program.rest();
    assert!(program.history.len() > first + 2, "the camera moved");
    assert!(program.history[first..].iter().all(|(_, state)| state["picture"] == "whole"));
}

fn the_wheel_zooms_to_the_pointer(program: &mut Program) {
    let church = program.place_of(FRAUENKIRCHE);
    let far_m = program.distance_m(FRAUENKIRCHE);
    program.wheel(church, 2);
    let nearer = program.distance_m(FRAUENKIRCHE) / far_m;
    assert!((nearer - 0.84f64.powi(4)).abs() < 0.04, "four steps bring it to {nearer} of the way");
    assert!(apart(program.place_of(FRAUENKIRCHE), church) < HOUSE_PT);
    assert_eq!(program.state["hovered"], FRAUENKIRCHE_ID);
}

fn the_left_button_drags_the_ground(program: &mut Program) {
    let from = program.place_of(FRAUENKIRCHE);
    let to = [from[0] + 160.0, from[1] + 120.0];
    let before = program.camera();
    program.drag(1, from, to);
    assert!(apart(program.place_of(FRAUENKIRCHE), to) < HOUSE_PT);
    let after = program.camera();
    assert_eq!((before.heading_deg, before.pitch_deg), (after.heading_deg, after.pitch_deg));
    assert!(program.state["selected"].is_null(), "a drag is no click");
}

fn the_right_button_turns_around_the_pointer(program: &mut Program) {
    let from = program.place_of(FRAUENKIRCHE);
    let before = program.camera();
    program.drag(3, from, [from[0] + 120.0, from[1] + 40.0]);
    let after = program.camera();
    let turned = (after.heading_deg - before.heading_deg).rem_euclid(360.0);
    assert!((turned - 30.0).abs() < 3.0, "120 points turn by {turned} degrees");
    assert!((before.pitch_deg - after.pitch_deg - 10.0).abs() < 2.0, "40 points tilt by 10 degrees");
    assert!(apart(program.place_of(FRAUENKIRCHE), from) < HOUSE_PT);
}

fn arrows_fly(program: &mut Program) {
    let before_m = program.distance_m(FRAUENKIRCHE);
    program.display.hands("keydown Up sleep 0.5 keyup Up");
    program.rest();
    assert!(program.distance_m(FRAUENKIRCHE) < before_m - 20.0);
}

fn a_double_click_flies_there(program: &mut Program) {
    let church = program.place_of(FRAUENKIRCHE);
    program.point(church);
    program.display.hands("click --repeat 2 --delay 120 1");
    program.wait_for("a flight begins", |state| state["flying"] == true);
    program.rest();
    assert!(apart(program.place_of(FRAUENKIRCHE), [640.0, 360.0]) < 120.0, "it is in the middle");
    assert!((100.0..450.0).contains(&program.distance_m(FRAUENKIRCHE)));
    assert_eq!(program.state["selected"]["building"], FRAUENKIRCHE_ID);
    program.look("double-click");
}

/// Level, lower than the church's roof and straight towards it.
fn a_level_flight_leads_over_houses_and_not_through_them(program: &mut Program) {
    // What was double-clicked is in the middle, seen from above: now nearly from the side.
    let up_px = (-program.camera().pitch_deg - 6.0) / 0.25;
    program.drag(3, [640.0, 360.0], [640.0, 360.0 - up_px]);
    assert!((program.camera().pitch_deg + 6.0).abs() < 2.0);
    for _ in 0..8 {
        if program.sight().eye.z > LOW_M {
            program.display.hands("keydown f sleep 0.2 keyup f");
            program.rest();
        }
    }
    let before = program.sight().eye;
    program.look("before-the-church");
    let first = program.history.len();
    let mut over = Vec::new();
    for _ in 0..12 {
        program.display.hands("keydown w sleep 1 keyup w");
        program.rest();
        let eyes = program.history[first..].iter().map(|(_, state)| Sight::of(state).eye);
        let met = over.len();
        over = eyes.filter_map(|eye| Some((eye.z, church_roof_m(eye)?))).collect();
        if met > 0 {
            break;
        }
    }
    program.look("behind-the-church");
    assert!(over.iter().any(|(_, roof_m)| before.z < *roof_m - 3.0), "it began at {} m: {over:?}", before.z);
    assert!(over.iter().all(|(eye_m, roof_m)| *eye_m > roof_m + 1.0), "{over:?}");
}

/// Lower than the ridge of the church's roof and higher than the houses around it, metres in local coordinates.
const LOW_M: f64 = 28.0;

/// Height of the church's roof below or above an eye.
fn church_roof_m(eye: DVec3) -> Option<f64> {
    let roofs = CITY.column(eye.truncate(), Kind::Building);
    let of_church = roofs.filter(|(_, part)| CITY.owner(part) == FRAUENKIRCHE_ID);
    of_church.map(|(height_m, _)| height_m).max_by(f64::total_cmp)
}

/// No eye was in a house or below ground, by the twin's own triangles.
fn the_eye_stayed_outside(states: &[&Value]) {
    let mut least_m = f64::MAX;
    for state in states {
        let eye = Sight::of(state).eye;
        assert_eq!(CITY.house_around(eye), None, "the eye is inside at {eye}");
        if let Some(ground_m) = CITY.ground_m(eye.truncate()) {
            least_m = least_m.min(eye.z - ground_m);
        }
    }
    // Finer ground that has just come may be higher: the eye rises with the next frame.
    assert!(least_m > 0.5 && least_m < 1000.0, "the eye was {least_m} m above ground");
}

fn the_camera_never_goes_below_ground(program: &mut Program) {
    for at in [[500.0, 600.0], [300.0, 560.0], [640.0, 640.0]] {
        program.wheel(at, 30);
    }
    program.display.hands("keydown f sleep 1 keyup f");
    program.rest();
    let clearances: Vec<f64> = program.open_states().filter_map(|state| state["clearance_m"].as_f64()).collect();
    let lowest_m = clearances.iter().copied().fold(f64::MAX, f64::min);
    // Finer ground that has just come may be higher: the eye rises with the next frame.
    assert!(lowest_m > 0.5, "the eye was {lowest_m} m above ground or roofs");
    let at_rest_m = program.state["clearance_m"].as_f64().expect("there is ground below");
    assert!(at_rest_m > 2.4, "the eye rests {at_rest_m} m above ground or roofs");
    assert!(lowest_m < 60.0, "the wheel did not lead down");
}

fn a_drag_goes_on_beyond_the_border(program: &mut Program) {
    program.key("Home");
    // The panel of what is selected would lie over the city in a small window.
    program.key("Escape");
    program.resize(640, 480);
    let from = program.place_of(FRAUENKIRCHE);
    let to = [from[0].max(500.0) + 180.0, from[1] + 20.0];
    program.drag(1, from, to);
    assert!(apart(program.place_of(FRAUENKIRCHE), to) < HOUSE_PT, "{to:?}");
}

fn home_leads_back(program: &mut Program, go: impl FnOnce(&mut Program)) {
    go(program);
    program.rest();
    let (is, home) = (program.camera(), DESCRIPTION.home);
    // The pose looks at what stands in the middle of the picture, wherever along the ray that is.
    assert!((is.heading_deg - home.heading_deg).abs() < 0.01 && (is.pitch_deg - home.pitch_deg).abs() < 0.01);
    let target = stadtzwilling::geo::Geodetic { lon_deg: home.lon_deg, lat_deg: home.lat_deg, height_m: home.height_m };
    assert!(apart(program.place_of(target), [640.0, 360.0]) < 0.5);
    assert!((program.distance_m(target) - home.distance_m).abs() < 1.0);
}

/// Frames after which panels lie where they belong in a window of another size.
const FRAMES_TO_SETTLE: usize = 5;

fn attribution_was_always_drawn(program: &Program) {
    let drawn = |state: &&Value| state["drawn"].as_u64().is_some_and(|tiles| tiles > 0);
    let mut sizes: Vec<&Value> = Vec::new();
    for state in program.open_states().filter(drawn) {
        for source in &DESCRIPTION.sources {
            let said = |one: &Value| one.as_str().is_some_and(|one| one.contains(&source.attribution));
            let is_said = state["attributions"].as_array().is_some_and(|all| all.iter().any(said));
            assert!(is_said, "{} is missing", source.attribution);
        }
        // While the window changes its size, panels lie where they were for a few frames.
        if sizes.iter().rev().take(FRAMES_TO_SETTLE).all(|size| **size == state["size"]) {
            assert_eq!(attributions::hidden(state), [""; 0]);
        }
        sizes.push(&state["size"]);
    }
}
