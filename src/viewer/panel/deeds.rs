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
            changes.selection.choose(Selected::Nothing, Fresh::No);
            changes.selection.mark = None;
        }
        Command::SelectPlan { layer, plan } => changes.selection.choose(Selected::Plan(layer, plan), Fresh::No),
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
    changes.selection.mark = hit.mark();
    changes.selection.choose(hit.building.map_or(Selected::Nothing, Selected::building), Fresh::LedTo(to));
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
    changes.selection.mark = None;
    changes.selection.choose(building.map_or(Selected::Nothing, Selected::building), Fresh::LedTo(to));
}

fn zoom(camera: &mut TheCamera, factor: f64, now_secs: f64) {
    let (focus, distance_m) = (camera.focus(), camera.distance_m);
    let mut to = camera.rig;
    to.zoom(focus, factor);
    camera.fly(to, distance_m * factor, now_secs);
}

/// Less than this is not worth a move, degrees.
const LEAST_MOVE_DEG: f64 = 1.0;
/// How far from the borders of what is free the middle of a building is to stand, points.
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
        Fresh::LedTo(to) => show_free(changes, &to, free, now_secs),
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

/// Has what stands in the middle of a picture stand in the part that is free. Whoever has taken the camera elsewhere
/// meanwhile is left alone.
fn show_free(changes: &mut Changes, led_to: &Rig, free: [f64; 4], now_secs: f64) {
    let flight = changes.camera.flight.as_ref().map(Flight::destination);
    let (mut to, distance_m) = flight.unwrap_or((changes.camera.rig, changes.camera.distance_m));
    let size = changes.canvas.size_pt;
    let at = free_place(free, sides(changes, &to), size);
    let move_deg = to.ray(at, size).angle_between(to.forward()).to_degrees();
    if to.is_like(led_to) && move_deg > LEAST_MOVE_DEG {
        to.show_at(at, size, distance_m);
        changes.camera.fly(to, distance_m, now_secs);
    }
}

/// The left and right side of the selected building in the picture of a camera that looks at it, points; no nearer to the
/// picture's middle than a building is to stand to borders.
fn sides(changes: &Changes, from: &Rig) -> [f64; 2] {
    let size = changes.canvas.size_pt;
    let corners = changes.selection.building().into_iter().flat_map(|picked| changes.city.corners_of(picked));
    let seen = corners.filter_map(|corner| from.project(corner, size));
    let least = [size.x * 0.5 - FROM_THE_BORDER_PT, size.x * 0.5 + FROM_THE_BORDER_PT];
    seen.fold(least, |[left, right], at| [left.min(at.x), right.max(at.x)])
}

/// Where what stands in the middle of a picture is to stand: in the middle of what is free. From side to side it stays if
/// nothing of it is covered there, by its left and right side.
fn free_place([left, top, right, bottom]: [f64; 4], [from, to]: [f64; 2], size: DVec2) -> DVec2 {
    let is_free = from >= left && to <= right;
    DVec2::new(if is_free { size.x * 0.5 } else { (left + right) * 0.5 }, (top + bottom) * 0.5)
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
mod tests;
