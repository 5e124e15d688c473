//! Places the panels in the window and carries out what they ask for.

use bevy::prelude::*;
use bevy::window::RequestRedraw;
use bevy_egui::{EguiContexts, egui};
use egui::{Align2, Id, RichText};

use super::building::{building_ui, exported};
use super::command::{Card, Command};
use super::layers::layers_ui;
use super::plan::plan_ui;
use super::status::{compass_ui, status_ui};
use super::tools::{card_ui, title_ui};
use super::views::{Known, Shown, layer_views, shown, status_view, tools_view};
use super::{Notice, Wishes, look};
use crate::texts::{fill, text};
use crate::twin::CameraPose;
use crate::viewer::camera::{Rig, TheCamera};
use crate::viewer::drive::{Alarm, Clock, Phase, TheCity};
use crate::viewer::overlay::Layers;
use crate::viewer::pick::{Selected, Selection};
use crate::viewer::places::Places;
use crate::viewer::platform;
use crate::viewer::settings::{Canvas, Settings};

/// Distance of panels from the window's border, points.
const MARGIN: f32 = 10.0;
/// Width of the compass with the gap beside it, points.
const COMPASS: f32 = 62.0;
/// How far it reaches down, points.
const COMPASS_HEIGHT: f32 = 190.0;
/// What a card's border adds to the size of its content, points.
const CARD_BORDER: f32 = 26.0;
/// Least width and height of a panel's content, points.
const LEAST_PT: f32 = 90.0;
/// Windows narrower than this show the selection as a sheet at the lower border.
const NARROW_PT: f32 = 760.0;

/// What the panels read.
#[derive(bevy::ecs::system::SystemParam)]
pub struct State<'w> {
    city: Res<'w, TheCity>,
    layers: Res<'w, Layers>,
    places: Res<'w, Places>,
    selection: Res<'w, Selection>,
    camera: Res<'w, TheCamera>,
    settings: Res<'w, Settings>,
    canvas: Res<'w, Canvas>,
    notice: Res<'w, Notice>,
}

impl State<'_> {
    fn known(&self) -> Known<'_> {
        Known { city: &self.city, layers: &self.layers, places: &self.places }
    }
}

/// Draws all panels.
pub fn draw(mut contexts: EguiContexts, state: State, mut wishes: ResMut<Wishes>, mut styled: Local<Option<Settings>>) {
    let Ok(context) = contexts.ctx_mut() else { return };
    if state.settings.bench {
        return;
    }
    if styled.is_none()
        && let Some(fonts) = platform::fonts()
    {
        context.set_fonts(fonts);
    }
    if styled.as_ref() != Some(&*state.settings) {
        look::apply(context, state.settings.theme, state.settings.text_scale);
        *styled = Some(state.settings.clone());
    }
    let language = state.settings.language;
    let status = status_view(state.known(), &state.camera, &state.canvas, language);
    let bottom = area(context, "status", Align2::LEFT_BOTTOM, [0.0, 0.0], |ui| {
        let width = context.content_rect().width();
        status_frame(ui)
            .show(ui, |ui| {
                ui.set_width((width - 16.0).max(0.0));
                status_ui(ui, &status, language)
            })
            .inner
    });
    wishes.0.extend(bottom.0);
    if !state.settings.panels {
        return;
    }
    let top = title(context, &state, &mut wishes);
    let (command, _) = area(context, "compass", Align2::RIGHT_TOP, [-MARGIN, MARGIN], |ui| {
        look::card(context).inner_margin(6).show(ui, |ui| compass_ui(ui, &status, language)).inner
    });
    wishes.0.extend(command);
    selected(context, &state, &mut wishes, top, bottom.1.height());
    message(context, &state, &mut wishes);
}

fn area<R>(
    context: &egui::Context,
    name: &str,
    anchor: Align2,
    offset: [f32; 2],
    add: impl FnOnce(&mut egui::Ui) -> R,
) -> (R, egui::Rect) {
    let shown = egui::Area::new(Id::new(name)).anchor(anchor, offset).show(context, add);
    (shown.inner, shown.response.rect)
}

fn status_frame(ui: &egui::Ui) -> egui::Frame {
    let fill = ui.visuals().window_fill.gamma_multiply(0.82);
    egui::Frame::new().fill(fill).inner_margin(egui::Margin::symmetric(8, 3))
}

/// Title, tool bar and the open card, upper left. Gives its lower border.
fn title(context: &egui::Context, state: &State, wishes: &mut Wishes) -> f32 {
    let view = tools_view(&state.city, &state.settings);
    let room = context.content_rect();
    let beside_the_compass = room.width() - 2.0 * MARGIN - CARD_BORDER - COMPASS;
    let width = panel_width(&state.settings, room).min(beside_the_compass).max(LEAST_PT);
    let height = room.height() - 120.0;
    area(context, "title", Align2::LEFT_TOP, [MARGIN, MARGIN], |ui| {
        look::card(context).show(ui, |ui| {
            ui.set_width(width);
            wishes.0.extend(title_ui(ui, &view));
            let Some(card) = view.open else { return };
            ui.separator();
            let room = (height - 110.0).max(80.0);
            egui::ScrollArea::vertical().max_height(room).min_scrolled_height(room).show(ui, |ui| {
                let command = match card {
                    Card::Layers => layers_ui(ui, &layer_views(&state.layers, view.language), view.language),
                    _ => card_ui(ui, &view),
                };
                wishes.0.extend(command);
            });
        });
    })
    .1
    .bottom()
}

/// The selection's panel: right beside the compass, or a sheet at the lower border of a narrow window, below the title.
fn selected(context: &egui::Context, state: &State, wishes: &mut Wishes, top: f32, bottom: f32) {
    let language = state.settings.language;
    let Some(shown) = shown(state.known(), &state.selection, language) else { return };
    let room = context.content_rect();
    let narrow = room.width() < NARROW_PT;
    let (anchor, offset, width, height) = if narrow {
        let height = sheet_height(room.height(), top, bottom);
        let below_the_compass = room.height() - bottom - height - CARD_BORDER > COMPASS_HEIGHT;
        let taken = 2.0 * MARGIN + CARD_BORDER + if below_the_compass { 0.0 } else { COMPASS };
        (Align2::LEFT_BOTTOM, [MARGIN, -bottom - 4.0], (room.width() - taken).max(LEAST_PT), height)
    } else {
        let width = panel_width(&state.settings, room);
        let height = (room.height() - bottom - 5.0 * MARGIN).max(LEAST_PT);
        (Align2::RIGHT_TOP, [-MARGIN - COMPASS, MARGIN], width, height)
    };
    area(context, "selection", anchor, offset, |ui| {
        look::card(context).show(ui, |ui| {
            ui.set_min_width(width);
            ui.set_max_width(width);
            ui.set_max_height(height);
            wishes.0.extend(match &shown {
                Shown::Building(view) => building_ui(ui, view, language),
                Shown::Plan(view) => plan_ui(ui, view, language),
            });
        });
    });
}

/// Height of the sheet at the lower border: what is left below the title, not more than two fifths of the window, and in
/// the smallest of windows as much as a few lines need, over whatever else is there.
fn sheet_height(room: f32, top: f32, bottom: f32) -> f32 {
    let free = room - top - bottom - 2.0 * MARGIN - CARD_BORDER;
    free.min(room * 0.42).max(LEAST_PT)
}

/// Width of the side panels: both have room beside the compass.
fn panel_width(settings: &Settings, room: egui::Rect) -> f32 {
    look::panel_width(settings.text_scale, room.width(), COMPASS + 4.0 * MARGIN + 2.0 * CARD_BORDER)
}

/// A line in the middle: what is opening, what went wrong, what a command did.
fn message(context: &egui::Context, state: &State, wishes: &mut Wishes) {
    let language = state.settings.language;
    let setback = state.city.setback().map(|setback| setback.why.clone());
    let (line, reason) = match &state.city.phase {
        Phase::Opening => (Some(text(language, "window.opening").to_owned()), setback),
        Phase::Failed(reason) => (Some(text(language, "window.not_opened").to_owned()), Some(reason.clone())),
        Phase::Open => (state.notice.line.as_ref().map(|(line, _)| line.clone()), None),
    };
    let Some(line) = line else { return };
    let anchor = if state.city.phase == Phase::Open { Align2::CENTER_BOTTOM } else { Align2::CENTER_CENTER };
    area(context, "message", anchor, [0.0, -50.0], |ui| {
        look::card(context).show(ui, |ui| {
            ui.set_max_width(520.0);
            ui.label(RichText::new(line));
            if let Some(reason) = reason {
                ui.label(RichText::new(reason).small());
                if ui.button(text(language, "window.retry")).clicked() {
                    wishes.0.push(Command::Retry);
                }
            }
        });
    });
}

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
    clock: Res<'w, Clock>,
    alarm: ResMut<'w, Alarm>,
    redraw: MessageWriter<'w, RequestRedraw>,
}

/// Seconds that a notice stands.
const NOTICE_SECS: f64 = 4.0;

/// Carries out this frame's commands.
pub fn carry_out(mut contexts: EguiContexts, mut wishes: ResMut<Wishes>, mut changes: Changes) {
    let now_secs = changes.clock.now_secs;
    if changes.notice.line.as_ref().is_some_and(|(_, until)| now_secs >= *until) {
        changes.notice.line = None;
        changes.redraw.write(RequestRedraw);
    }
    for command in std::mem::take(&mut wishes.0) {
        changes.redraw.write(RequestRedraw);
        if let Command::Copy(copied) = &command
            && let Ok(context) = contexts.ctx_mut()
        {
            context.copy_text(copied.clone());
        }
        if let Command::OpenLink(url) = &command
            && let Ok(context) = contexts.ctx_mut()
        {
            context.open_url(egui::OpenUrl::new_tab(url));
        }
        apply(command, &mut changes, now_secs);
    }
    if let Some((_, until_secs)) = &changes.notice.line {
        changes.alarm.set(*until_secs);
    }
}

fn apply(command: Command, changes: &mut Changes, now_secs: f64) {
    let language = changes.settings.language;
    match command {
        Command::Home => {
            if let Some(home) = changes.camera.home {
                fly_to(&mut changes.camera, &changes.city, &home, now_secs);
            }
        }
        Command::FlyTo(pose) => fly_to(&mut changes.camera, &changes.city, &pose, now_secs),
        Command::North => turn_north(&mut changes.camera, now_secs),
        Command::Zoom(factor) => zoom(&mut changes.camera, factor, now_secs),
        Command::FlyToSelection => fly_to_selection(changes, now_secs),
        Command::ClearSelection => changes.selection.selected = Selected::Nothing,
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
        Command::SetLanguage(language) => changes.settings.language = language,
        Command::SetTheme(theme) => changes.settings.theme = theme,
        Command::SetTextScale(scale) => changes.settings.text_scale = scale.clamp(0.5, 3.0),
        Command::SetShadows(shadows) => changes.settings.shadows = shadows,
        Command::SetSun(sun) => changes.settings.sun = sun,
        Command::Copy(_) => notice(changes, text(language, "building.copied").to_owned(), now_secs),
        Command::Export { file_name, text } => export(changes, &file_name, &text, now_secs),
        Command::OpenLink(_) => {}
        Command::Toggle(card) => {
            let open = changes.settings.card;
            changes.settings.card = (open != Some(card)).then_some(card);
        }
        Command::Retry => {
            changes.city.retry();
            changes.layers.retry();
            changes.places.retry();
        }
    }
}

fn fly_to(camera: &mut TheCamera, city: &TheCity, pose: &CameraPose, now_secs: f64) {
    let Rig { fov_y, reach_m, .. } = camera.rig;
    let to = Rig { fov_y, reach_m, ..Rig::from_pose(pose, &city.frame) };
    camera.fly(to, pose.distance_m, now_secs);
}

fn turn_north(camera: &mut TheCamera, now_secs: f64) {
    let (focus, distance_m) = (camera.focus(), camera.distance_m);
    let mut to = Rig { heading_deg: 0.0, ..camera.rig };
    to.eye = focus - to.forward() * distance_m;
    camera.fly(to, distance_m, now_secs);
}

fn zoom(camera: &mut TheCamera, factor: f64, now_secs: f64) {
    let (focus, distance_m) = (camera.focus(), camera.distance_m);
    let mut to = camera.rig;
    to.zoom(focus, factor);
    camera.fly(to, distance_m * factor, now_secs);
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
    changes.notice.line = Some((line, now_secs + NOTICE_SECS));
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
    use super::*;

    #[test]
    fn the_sheet_has_a_height_in_every_window() {
        assert_eq!(sheet_height(360.0, 100.0, 40.0), 360.0 * 0.42);
        assert_eq!(sheet_height(900.0, 100.0, 40.0), 900.0 * 0.42);
        assert_eq!(sheet_height(480.0, 320.0, 40.0), LEAST_PT);
        // Two fifths of it are less than the least.
        assert_eq!(sheet_height(200.0, 100.0, 40.0), LEAST_PT);
        assert_eq!(sheet_height(16.0, 100.0, 40.0), LEAST_PT);
    }
}
