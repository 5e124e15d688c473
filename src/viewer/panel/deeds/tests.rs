//! What commands change, in a city with two sights and without tiles.

use bevy::ecs::system::RunSystemOnce;
use bevy_egui::EguiUserTextures;

use super::*;
use crate::geo::Geodetic;
use crate::twin::Language;
use crate::viewer::{ViewerOptions, ViewerSource};

const HOME: CameraPose =
    CameraPose { lon_deg: 11.0, lat_deg: 48.0, height_m: 500.0, distance_m: 900.0, heading_deg: 0.0, pitch_deg: -30.0 };

const SIGHT: CameraPose = CameraPose { lon_deg: 11.01, ..HOME };
/// The numbers of two sights with this view, of which only the first is a building.
const HOUSE: usize = 0;
const SQUARE: usize = 1;

/// A viewer after some commands.
fn world(commands: Vec<Command>, is_public: bool) -> World {
    let mut world = World::new();
    let url = url::Url::parse("https://city.example/").expect("an address");
    let settings = Settings::of(&ViewerOptions::new(ViewerSource::Url(url)));
    world.insert_resource(Settings { public: is_public, language: Language::En, ..settings });
    let mut city = TheCity::with_places(HOME, &[SIGHT, SIGHT]);
    city.twin.as_mut().expect("it is open").places[HOUSE].building = Some("house".to_owned());
    world.insert_resource(city);
    world.insert_resource(Wishes(commands));
    world.init_resource::<Layers>();
    world.init_resource::<Places>();
    world.init_resource::<Selection>();
    world.init_resource::<TheCamera>();
    world.init_resource::<Notice>();
    world.init_resource::<Search>();
    world.init_resource::<Walk>();
    world.init_resource::<Clock>();
    world.insert_resource(Canvas { size_pt: DVec2::new(1280.0, 720.0), pixels_per_point: 1.0 });
    world.init_resource::<Alarm>();
    world.init_resource::<Messages<RequestRedraw>>();
    world.init_resource::<EguiUserTextures>();
    world.run_system_once(carry_out).expect("it runs");
    world
}

/// What a command changed: the notice that it brought, and whether another frame was asked for.
fn carried_out(command: Command, is_public: bool) -> (Option<String>, bool) {
    let world = world(vec![command], is_public);
    let notice = world.resource::<Notice>().line.as_ref().map(|(line, _)| line.clone());
    (notice, !world.resource::<Messages<RequestRedraw>>().is_empty())
}

#[test]
fn a_public_screen_carries_nothing_out_that_leads_out() {
    let copy = || Command::Copy("Tal 1".to_owned());
    let link = || Command::OpenLink("https://city.example/".to_owned());
    assert_eq!([carried_out(copy(), true), carried_out(link(), true)], [(None, false), (None, false)]);
    assert_eq!(carried_out(Command::Home, true), (None, true));
    assert_eq!(carried_out(copy(), false), (Some("Copied".to_owned()), true));
    assert_eq!(carried_out(link(), false), (None, true));
}

/// Where the camera goes after some commands, and how far it looks there, metres.
fn destination(world: &World) -> (Rig, f64) {
    world.resource::<TheCamera>().flight.as_ref().expect("it flies").destination()
}

#[test]
fn what_a_name_leads_to_stands_above_the_sheet_or_beside_the_panel() {
    let looked_at = |free: Option<[f32; 4]>| {
        let keep = free.into_iter().map(Command::KeepInView);
        let world = world([Command::ShowSight(HOUSE)].into_iter().chain(keep).collect(), false);
        let (to, distance_m) = destination(&world);
        let CameraPose { lon_deg, lat_deg, height_m, heading_deg, .. } = SIGHT;
        let sight = world.resource::<TheCity>().frame.local(Geodetic { lon_deg, lat_deg, height_m }.into());
        let but_aside_m = (sight - to.eye).reject_from_normalized(to.right()).length();
        assert!((but_aside_m - distance_m).abs() < 1.0, "it is as near as its view has it");
        assert_eq!(to.heading_deg, heading_deg);
        to.project(sight, DVec2::new(1280.0, 720.0)).expect("it is in view")
    };
    let middle = looked_at(None);
    assert!(middle.distance(DVec2::new(640.0, 360.0)) < 1.0, "{middle}");
    let above = looked_at(Some([0.0, 0.0, 1280.0, 300.0]));
    assert!(above.distance(DVec2::new(640.0, 150.0)) < 1.0, "{above}");
    let free = looked_at(Some([0.0, 0.0, 900.0, 720.0]));
    assert!(free.distance(middle) < 1.0, "there is room: {free}");
    let beside = looked_at(Some([0.0, 0.0, 610.0, 720.0]));
    assert!(beside.distance(DVec2::new(305.0, 360.0)) < 1.0, "{beside}");
    let crowded = looked_at(Some([0.0, 0.0, 1280.0, 40.0]));
    assert!(crowded.distance(middle) < 1.0, "there is none: {crowded}");
}

#[test]
fn who_stands_free_stays_in_the_middle() {
    let size = DVec2::new(1024.0, 768.0);
    let x = |left: f64, right: f64, sides: [f64; 2]| free_place([left, 0.0, right, 768.0], sides, size).x;
    assert_eq!(x(0.0, 580.0, [452.0, 572.0]), 512.0, "a small house");
    assert_eq!(x(0.0, 580.0, [400.0, 630.0]), 290.0, "a church whose choir is covered");
    assert_eq!(x(444.0, 1024.0, [400.0, 630.0]), 734.0, "from the other side");
    assert_eq!(x(0.0, 1024.0, [-200.0, 1200.0]), 512.0, "more than the window holds");
}

#[test]
fn what_leads_to_no_house_makes_no_room_for_what_is_opened_later() {
    let keep = || Command::KeepInView([0.0, 0.0, 1280.0, 300.0]);
    let select = || Command::SelectPlan { layer: "plans".to_owned(), plan: "1".to_owned() };
    let goes_to = |commands| destination(&world(commands, false)).0;
    for sight in [HOUSE, SQUARE] {
        let view = goes_to(vec![Command::ShowSight(sight)]);
        let [kept, selected] = [vec![], vec![select()]]
            .map(|between| goes_to([Command::ShowSight(sight)].into_iter().chain(between).chain([keep()]).collect()));
        assert_eq!([kept == view, selected == view], [sight == SQUARE, true], "{sight}");
    }
}

#[test]
fn only_web_addresses_are_opened() {
    assert!(is_web_address("https://creativecommons.org/licenses/by/4.0/") && is_web_address("HTTP://city.example/"));
    let others = ["file:///etc/passwd", "javascript:alert(1)", "ms-msdt:/id", "smb://host/share", "licence.txt", ""];
    others.iter().for_each(|address| assert!(!is_web_address(address), "{address}"));
}
