//! The systems of a public screen one by one, over a city with two sights and without tiles: that it flies, moves, and
//! keeps to itself.

use std::collections::BTreeSet;

use bevy::ecs::system::RunSystemOnce;
use bevy_egui::egui::{Rect, pos2, vec2};
use jiff::civil::Time;
use url::Url;

use super::*;
use crate::twin::CameraPose;
use crate::viewer::camera::Rig;
use crate::viewer::{ViewerOptions, ViewerSource};

const HOME: CameraPose = CameraPose {
    lon_deg: 11.5755,
    lat_deg: 48.1372,
    height_m: 565.0,
    distance_m: 900.0,
    heading_deg: 20.0,
    pitch_deg: -35.0,
};
const SIGHTS: [CameraPose; 2] = [
    CameraPose { lon_deg: 11.5738, lat_deg: 48.1386, distance_m: 400.0, ..HOME },
    CameraPose { lon_deg: 11.5820, lat_deg: 48.1410, distance_m: 500.0, heading_deg: 200.0, ..HOME },
];

/// A public screen over the city.
fn world(kiosk: &Kiosk) -> World {
    let url = Url::parse("https://city.example/").expect("an address");
    let options = ViewerOptions { kiosk: Some(kiosk.clone()), ..ViewerOptions::new(ViewerSource::Url(url)) };
    let mut world = World::new();
    world.insert_resource(KioskScreen::new(kiosk, Settings::of(&options)));
    world.insert_resource(TheCity::with_places(HOME, &SIGHTS));
    world.init_resource::<TheCamera>();
    world.init_resource::<Clock>();
    world
}

/// Where the camera is after a frame at a time.
fn flown(world: &mut World, now_secs: f64) -> Rig {
    world.resource_mut::<Clock>().now_secs = now_secs;
    world.run_system_once(fly).expect("it runs");
    world.resource::<TheCamera>().rig
}

#[test]
fn it_flies_over_the_sights_while_nobody_is_there() {
    let mut world = world(&Kiosk::new(60.0));
    let frame = world.resource::<TheCity>().frame;
    let eye_of = |pose: &CameraPose| Rig::from_pose(pose, &frame).eye;
    let began = flown(&mut world, 1000.0);
    assert!(began.eye.distance(eye_of(&HOME)) < 1.0, "it begins where visits do");
    assert!(flown(&mut world, 1005.0).eye.distance(began.eye) > 10.0, "it moves");
    let way: Vec<_> = (0..1600).map(|step| flown(&mut world, 1000.0 + 0.25 * f64::from(step)).eye).collect();
    for sight in &SIGHTS {
        let nearest_m = way.iter().map(|eye| eye.distance(eye_of(sight))).fold(f64::INFINITY, f64::min);
        assert!(nearest_m < 15.0, "{sight:?} is passed at {nearest_m} m");
    }
    assert!(way.windows(2).all(|pair| pair[0] != pair[1]), "it never stands still");
}

#[test]
fn the_camera_of_a_visit_is_the_visitors() {
    let mut world = world(&Kiosk::new(60.0));
    flown(&mut world, 0.0);
    let met = flown(&mut world, 20.0);
    world.resource_mut::<KioskScreen>().visit.touch(20.0);
    assert_eq!(flown(&mut world, 25.0), met, "nobody flies on with it");
}

#[test]
fn at_night_nothing_flies() {
    let always = Some([Time::midnight(), Time::MAX]);
    let mut world = world(&Kiosk { night: always, ..Kiosk::new(60.0) });
    let before = world.resource::<TheCamera>().rig;
    assert_eq!([flown(&mut world, 0.0), flown(&mut world, 100.0)], [before; 2]);
    assert_eq!(world.resource::<KioskScreen>().as_json()["night"], true);
}

#[test]
fn panels_are_moved_every_few_minutes() {
    let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(1080.0, 1920.0));
    let mut world = world(&Kiosk::new(60.0));
    let mut at = |minute: u32| {
        world.resource_mut::<Clock>().now_secs = f64::from(minute) * 60.0;
        let input = EguiInput(egui::RawInput { screen_rect: Some(screen), ..egui::RawInput::default() });
        let entity = world.spawn(input).id();
        world.run_system_once(keep_in).expect("it runs");
        let moved = world.get::<EguiInput>(entity).and_then(|input| input.screen_rect).expect("a screen");
        world.despawn(entity);
        assert_eq!(moved.size(), screen.size());
        (moved.left() as i32, moved.top() as i32)
    };
    let places: BTreeSet<_> = (0..60).map(&mut at).collect();
    assert!(places.len() > 5, "{places:?}");
}

#[test]
fn nothing_goes_to_or_comes_from_the_clipboard() {
    let key = |key, modifiers| Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
    let text = |text: &str| Event::Text(text.to_owned());
    let command = egui::Modifiers::COMMAND;
    let kept = [text("v"), key(egui::Key::V, egui::Modifiers::NONE), text("x"), key(egui::Key::V, command)];
    let mut events = kept.to_vec();
    events.extend([text("pasted"), Event::Copy, Event::Cut, Event::Paste("pasted".to_owned())]);
    let mut world = world(&Kiosk::new(60.0));
    let entity = world.spawn(EguiInput(egui::RawInput { events, ..egui::RawInput::default() })).id();
    world.run_system_once(keep_in).expect("it runs");
    assert_eq!(world.get::<EguiInput>(entity).map(|input| input.events.as_slice()), Some(&kept[..]));
}

#[test]
fn a_page_ends_its_screen_itself() {
    let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let hears = std::sync::Arc::clone(&told);
    let remote = crate::viewer::Remote::new(move |signal| hears.lock().expect("nobody panicked").push(signal.clone()));
    let held = Held::of(&remote);
    assert_eq!([carried_out(End::Anew, Some(&held)), carried_out(End::ForGood, Some(&held))], [None, None]);
    let expected = [false, true].map(|for_good| Signal::Ends { for_good });
    assert_eq!(*told.lock().expect("nobody panicked"), expected);
    assert_eq!(carried_out(End::Anew, None), Some(AppExit::from_code(RESTART_CODE)));
    assert_eq!(carried_out(End::ForGood, None), Some(AppExit::Success));
}
