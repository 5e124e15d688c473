//! Carries out what panels and keys ask for; nothing else changes the window's state in their name.

use bevy::prelude::*;
use bevy::window::RequestRedraw;
use bevy_egui::EguiContexts;
use glam::DVec2;

use super::building::exported;
use super::command::Command;
use super::{Notice, Wishes};
use crate::search::Hit;
use crate::texts::{fill, text};
use crate::twin::{CameraPose, Mark};
use crate::viewer::camera::{Flight, Rig, TheCamera};
use crate::viewer::drive::{Alarm, Clock, TheCity};
use crate::viewer::overlay::Layers;
use crate::viewer::pick::{Fresh, Selected, Selection};
use crate::viewer::places::Places;
use crate::viewer::platform;
use crate::viewer::search::Search;
use crate::viewer::settings::{Canvas, Settings};
use crate::viewer::walk::Walk;

/// What commands change.
#[derive(bevy::ecs::system::SystemParam)]
pub struct Changes<'w> {
    city: ResMut<'w, TheCity>,
    layers: ResMut<'w, Layers>,
    places: ResMut<'w, Places>,
    selection: ResMut<'w, Selection>,
    camera: ResMut<'w, TheCamera>,
    settings: ResMut<'w, Settings>,
    notice: ResMut<'w, Notice>,
    search: ResMut<'w, Search>,
    walk: ResMut<'w, Walk>,
    clock: Res<'w, Clock>,
    canvas: Res<'w, Canvas>,
    alarm: ResMut<'w, Alarm>,
    redraw: MessageWriter<'w, RequestRedraw>,
}

/// Carries out this frame's commands.
pub fn carry_out(mut contexts: EguiContexts, mut wishes: ResMut<Wishes>, mut changes: Changes) {
    let now_secs = changes.clock.now_secs;
    if changes.notice.line.as_ref().is_some_and(|(_, until)| now_secs >= *until) {
        changes.notice.line = None;
        changes.redraw.write(RequestRedraw);
    }
    for command in std::mem::take(&mut wishes.0) {
        if changes.settings.public && command.leads_out() {
            continue;
        }
        changes.redraw.write(RequestRedraw);
        if let Command::Copy(copied) = &command
            && let Ok(context) = contexts.ctx_mut()
        {
            context.copy_text(copied.clone());
        }
        if let Command::OpenLink(url) = &command
            && is_web_address(url)
            && let Ok(context) = contexts.ctx_mut()
        {
            platform::open_link(context, url);
        }
        apply(command, &mut changes, now_secs);
    }
    if let Some((_, until_secs)) = &changes.notice.line {
        changes.alarm.set(*until_secs);
    }
}

/// Whether an address may be opened. It comes from whoever made the twin, and a system opens far more than web pages:
/// files, programs that listen to a scheme of their own, shares of other machines.
fn is_web_address(address: &str) -> bool {
    url::Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

fn apply(command: Command, changes: &mut Changes, now_secs: f64) {
    let language = changes.settings.language;
    match command {
        Command::Home => {
            (changes.selection.mark, changes.selection.fresh) = (None, Fresh::No);
            if let Some(home) = changes.camera.home {
                fly_to(&mut changes.camera, &changes.city, &home, now_secs);
            }
        }
        Command::FlyTo(pose) => {
            changes.selection.fresh = Fresh::No;
            fly_to(&mut changes.camera, &changes.city, &pose, now_secs);
        }
        Command::ShowPlace(pose) => {
            let CameraPose { lon_deg, lat_deg, height_m, .. } = pose;
            changes.selection.mark = Some(Mark { lon_deg, lat_deg, height_m });
            fly_to(&mut changes.camera, &changes.city, &pose, now_secs);
        }
        Command::ShowSight(sight) => show_sight(changes, sight, now_secs),
        Command::North => turn_north(&mut changes.camera, now_secs),
        Command::Zoom(factor) => zoom(&mut changes.camera, factor, now_secs),
        Command::KeepInView(free) => keep_in_view(changes, free, now_secs),
        Command::FlyToSelection => fly_to_selection(changes, now_secs),
        Command::ClearSelection => {
            changes.selection.selected = Selected::Nothing;
            changes.selection.mark = None;
        }
        Command::SelectPlan { layer, plan } => changes.selection.selected = Selected::Plan(layer, plan),
        Command::SetLayerVisible(id, visible) => {
            if let Some(layer) = changes.layers.get_mut(&id) {
                layer.show(visible);
            }
        }
        Command::SetLayerOpacity(id, opacity) => {
            if let Some(layer) = changes.layers.get_mut(&id) {
                layer.opacity = opacity.clamp(0.0, 1.0);
            }
        }
        Command::SetLanguage(language) => {
            changes.settings.language = language;
            changes.search.find(language);
        }
        Command::SetTheme(theme) => changes.settings.theme = theme,
        Command::SetTextScale(scale) => changes.settings.text_scale = scale.clamp(0.5, 3.0),
        Command::SetContrast(contrast) => changes.settings.contrast = contrast,
        Command::SetStill(still) => changes.settings.still = still,
        Command::Walk(step) => changes.walk.ask(step),
        Command::SetShadows(shadows) => changes.settings.shadows = shadows,
        Command::SetNames(names) => changes.settings.names = names,
        Command::SetMovingPicture(moving) => changes.settings.moving = moving,
        Command::SetSun(sun) => changes.settings.sun = sun,
        Command::Copy(_) => notice(changes, text(language, "building.copied").to_owned(), now_secs),
        Command::Export { file_name, text } => export(changes, &file_name, &text, now_secs),
        Command::OpenLink(_) => {}
        Command::Toggle(card) => {
            let open = changes.settings.card;
            changes.settings.card = (open != Some(card)).then_some(card);
        }
        Command::Search(wish) => {
            if let Some(hit) = changes.search.carry_out(wish, language) {
                go_to(changes, hit, now_secs);
            }
        }
        Command::Retry => {
            changes.city.retry();
            changes.layers.retry();
            changes.places.retry();
            changes.search.retry();
        }
    }
}

/// Flies to a pose; gives the rig that it ends with.
fn fly_to(camera: &mut TheCamera, city: &TheCity, pose: &CameraPose, now_secs: f64) -> Rig {
    let to = camera.rig.moved_to(pose, &city.frame);
    camera.fly(to, pose.distance_m, now_secs);
    to
}

/// Flies to what was found, and selects its building.
fn go_to(changes: &mut Changes, hit: Hit, now_secs: f64) {
    let pose = hit.pose(changes.camera.rig.heading_deg);
    let to = fly_to(&mut changes.camera, &changes.city, &pose, now_secs);
    (changes.selection.mark, changes.selection.fresh) = (hit.mark(), Fresh::LedTo(to));
    changes.selection.selected = hit.building.map_or(Selected::Nothing, Selected::building);
}

fn turn_north(camera: &mut TheCamera, now_secs: f64) {
    let (focus, distance_m) = (camera.focus(), camera.distance_m);
    let mut to = Rig { heading_deg: 0.0, ..camera.rig };
    to.eye = focus - to.forward() * distance_m;
    camera.fly(to, distance_m, now_secs);
}

fn show_sight(changes: &mut Changes, sight: usize, now_secs: f64) {
    let Some(sight) = changes.city.twin.as_ref().and_then(|twin| twin.places.get(sight)) else { return };
    let (pose, building) = (sight.pose, sight.building.clone());
    let to = fly_to(&mut changes.camera, &changes.city, &pose, now_secs);
    (changes.selection.mark, changes.selection.fresh) = (None, Fresh::LedTo(to));
    changes.selection.selected = building.map_or(Selected::Nothing, Selected::building);
}

fn zoom(camera: &mut TheCamera, factor: f64, now_secs: f64) {
    let (focus, distance_m) = (camera.focus(), camera.distance_m);
    let mut to = camera.rig;
    to.zoom(focus, factor);
    camera.fly(to, distance_m * factor, now_secs);
}

/// Less than this is not worth a move, degrees.
const LEAST_TILT_DEG: f64 = 1.0;
/// How far from the borders of what is free a building is to stand, points.
const FROM_THE_BORDER_PT: f64 = 60.0;

/// Has the selected building stand beside its panel and not behind it, where the panel leaves room.
fn keep_in_view(changes: &mut Changes, free: [f32; 4], now_secs: f64) {
    let fresh = std::mem::take(&mut changes.selection.fresh);
    let free @ [left, top, right, bottom] = free.map(f64::from);
    if (right - left).min(bottom - top) < 2.0 * FROM_THE_BORDER_PT {
        return;
    }
    match fresh {
        Fresh::No => {}
        Fresh::Clicked => move_clear(changes, free, now_secs),
        Fresh::LedTo(to) => raise(changes, &to, (top + bottom) * 0.5, now_secs),
    }
}

/// Moves the city as little as it takes for the selected building to be free.
fn move_clear(changes: &mut Changes, [left, top, right, bottom]: [f64; 4], now_secs: f64) {
    let Some(middle) = changes.selection.building().and_then(|picked| changes.city.middle_of(picked)) else { return };
    let (mut to, size) = (changes.camera.rig, changes.canvas.size_pt);
    let Some(at) = to.project(middle, size) else { return };
    let inside = |at: f64, low: f64, high: f64| at.clamp(low + FROM_THE_BORDER_PT, high - FROM_THE_BORDER_PT);
    let is_seen = at.x < right && at.x > left && at.y < bottom && at.y > top;
    if !is_seen {
        let free = DVec2::new(inside(at.x, left, right), inside(at.y, top, bottom));
        to.drag(middle, to.ray(at, size), to.ray(free, size));
        let distance_m = changes.camera.distance_m;
        changes.camera.fly(to, distance_m, now_secs);
    }
}

/// Looks down, or up, so that what stands in the middle of a picture stands at this height, points from above. Whoever has
/// taken the camera elsewhere meanwhile is left alone.
fn raise(changes: &mut Changes, led_to: &Rig, y: f64, now_secs: f64) {
    let flight = changes.camera.flight.as_ref().map(Flight::destination);
    let (mut to, distance_m) = flight.unwrap_or((changes.camera.rig, changes.camera.distance_m));
    let above = 1.0 - 2.0 * y / changes.canvas.size_pt.y;
    let tilt_deg = (above * (to.fov_y * 0.5).tan()).atan().to_degrees();
    if to.is_like(led_to) && tilt_deg.abs() > LEAST_TILT_DEG {
        to.tilt(-tilt_deg);
        changes.camera.fly(to, distance_m, now_secs);
    }
}

fn fly_to_selection(changes: &mut Changes, now_secs: f64) {
    let Some(picked) = changes.selection.building() else { return };
    let Some(middle) = changes.city.middle_of(picked) else { return };
    let distance_m = 260.0;
    let mut to = Rig { pitch_deg: -30.0, ..changes.camera.rig };
    to.eye = middle - to.forward() * distance_m;
    changes.camera.fly(to, distance_m, now_secs);
}

fn notice(changes: &mut Changes, line: String, now_secs: f64) {
    changes.notice.show(line, now_secs);
}

/// Saves a text where the platform keeps such things.
fn export(changes: &mut Changes, file_name: &str, content: &str, now_secs: f64) {
    let language = changes.settings.language;
    let line = match platform::save(file_name, content) {
        Ok(path) => exported(language, &path),
        Err(error) => fill(language, "building.export_failed", "reason", &error.to_string()),
    };
    notice(changes, line, now_secs);
}

#[cfg(test)]
mod tests {
    use bevy::ecs::system::RunSystemOnce;
    use bevy_egui::EguiUserTextures;

    use super::*;
    use crate::geo::Geodetic;
    use crate::twin::Language;
    use crate::viewer::{ViewerOptions, ViewerSource};

    const HOME: CameraPose = CameraPose {
        lon_deg: 11.0,
        lat_deg: 48.0,
        height_m: 500.0,
        distance_m: 900.0,
        heading_deg: 0.0,
        pitch_deg: -30.0,
    };

    const SIGHT: CameraPose = CameraPose { lon_deg: 11.01, ..HOME };

    /// A viewer after some commands.
    fn world(commands: Vec<Command>, is_public: bool) -> World {
        let mut world = World::new();
        let url = url::Url::parse("https://city.example/").expect("an address");
        let settings = Settings::of(&ViewerOptions::new(ViewerSource::Url(url)));
        world.insert_resource(Settings { public: is_public, language: Language::En, ..settings });
        world.insert_resource(TheCity::with_places(HOME, &[SIGHT]));
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

    #[test]
    fn what_a_name_leads_to_stands_above_the_sheet() {
        let looked_at = |free: Option<[f32; 4]>| {
            let keep = free.into_iter().map(Command::KeepInView);
            let world = world([Command::ShowSight(0)].into_iter().chain(keep).collect(), false);
            let (to, distance_m) = world.resource::<TheCamera>().flight.as_ref().expect("it flies").destination();
            let CameraPose { lon_deg, lat_deg, height_m, .. } = SIGHT;
            let sight = world.resource::<TheCity>().frame.local(Geodetic { lon_deg, lat_deg, height_m }.into());
            assert!((to.eye.distance(sight) - distance_m).abs() < 1.0, "it is as near as its view has it");
            to.project(sight, DVec2::new(1280.0, 720.0)).expect("it is in view")
        };
        let middle = looked_at(None);
        assert!(middle.distance(DVec2::new(640.0, 360.0)) < 1.0, "{middle}");
        let above = looked_at(Some([0.0, 0.0, 1280.0, 300.0]));
        assert!(above.distance(DVec2::new(640.0, 150.0)) < 1.0, "{above}");
        let beside = looked_at(Some([0.0, 0.0, 900.0, 720.0]));
        assert!(beside.distance(middle) < 1.0, "there is room: {beside}");
        let crowded = looked_at(Some([0.0, 0.0, 1280.0, 40.0]));
        assert!(crowded.distance(middle) < 1.0, "there is none: {crowded}");
    }

    #[test]
    fn only_web_addresses_are_opened() {
        assert!(
            is_web_address("https://creativecommons.org/licenses/by/4.0/") && is_web_address("HTTP://city.example/")
        );
        let others =
            ["file:///etc/passwd", "javascript:alert(1)", "ms-msdt:/id", "smb://host/share", "licence.txt", ""];
        others.iter().for_each(|address| assert!(!is_web_address(address), "{address}"));
    }
}
