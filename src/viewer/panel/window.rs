//! Places the panels in the window and carries out what they ask for.

use bevy::prelude::*;
use bevy::window::RequestRedraw;
use bevy_egui::{EguiContexts, egui};
use egui::{Align2, Id, RichText};

use super::building::{building_ui, exported};
use super::command::{Card, Command};
use super::layers::layers_ui;
use super::plan::plan_ui;
use super::status::{StatusView, compass_ui, status_ui};
use super::texts::{fill, text};
use super::tools::{ToolsView, card_ui, title_ui};
use super::views::{Shown, layer_views, shown, status_view, tools_view, walk_view};
use super::walk::{pin, walk_ui};
use super::{Notice, Wishes, look, ring, roles};
use crate::twin::{CameraPose, Language};
use crate::viewer::camera::{Rig, TheCamera};
use crate::viewer::drive::{Alarm, Clock, Phase, TheCity};
use crate::viewer::overlay::Layers;
use crate::viewer::pick::{Selected, Selection};
use crate::viewer::platform;
use crate::viewer::settings::{Canvas, Settings};
use crate::viewer::walk::Walk;

/// Distance of panels from the window's border, points.
const MARGIN: f32 = 10.0;
/// Width of the compass with the gap beside it, points.
const COMPASS: f32 = 62.0;
/// How far it reaches down, points.
const COMPASS_HEIGHT: f32 = 226.0;
/// What a card's border adds to the size of its content, points.
const CARD_BORDER: f32 = 26.0;
/// Least width and height of a panel's content, points.
const LEAST_PT: f32 = 90.0;
/// Windows narrower than this show the selection as a sheet at the lower border.
const NARROW_PT: f32 = 760.0;
/// In windows lower than this the cards scroll as a whole, and narrow ones show one card at a time: with text at 400 %
/// a desktop leaves no more than 320 by 180 to 320 by 256.
const LOW_PT: f32 = 420.0;

/// What the panels read.
#[derive(bevy::ecs::system::SystemParam)]
pub struct State<'w> {
    city: Res<'w, TheCity>,
    layers: Res<'w, Layers>,
    selection: Res<'w, Selection>,
    camera: Res<'w, TheCamera>,
    settings: Res<'w, Settings>,
    canvas: Res<'w, Canvas>,
    notice: Res<'w, Notice>,
    walk: Res<'w, Walk>,
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
        look::apply(context, state.settings.theme, state.settings.text_scale, state.settings.contrast);
        *styled = Some(state.settings.clone());
    }
    let language = state.settings.language;
    let status = status_view(&state.city, &state.layers, &state.camera, &state.canvas, language);
    let bottom = area(context, ("status", text(language, "access.status")), Align2::LEFT_BOTTOM, [0.0, 0.0], |ui| {
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
    let bottom = bottom.1.height();
    let shown = shown(&state.city, &state.layers, &state.selection, language);
    let covered = is_crowded(context.content_rect()) && (shown.is_some() || state.walk.is_on());
    let top = if covered { 0.0 } else { title(context, &state, &mut wishes, bottom) };
    compass(context, &status, language, &mut wishes, bottom);
    if let Some(shown) = &shown {
        selected(context, &state, shown, &mut wishes, top, bottom);
    }
    walk_strip(context, &state, &mut wishes, top, bottom);
    message(context, &state, &mut wishes);
    ring::draw(context);
}

/// Whether there is room for one card at a time and no more.
fn is_crowded(room: egui::Rect) -> bool {
    room.width() < NARROW_PT && room.height() < LOW_PT
}

/// The compass with its buttons, upper right.
fn compass(context: &egui::Context, view: &StatusView, language: Language, wishes: &mut Wishes, bottom: f32) {
    let free = context.content_rect().height() - bottom - 2.0 * MARGIN - 12.0;
    let name = text(language, "access.compass");
    let (command, _) = area(context, ("compass", name), Align2::RIGHT_TOP, [-MARGIN, MARGIN], |ui| {
        let frame = look::card(context).inner_margin(6);
        let draw = |ui: &mut egui::Ui| compass_ui(ui, view, language);
        let shown = if free < COMPASS_HEIGHT {
            frame.show(ui, |ui| {
                ui.set_width(COMPASS - 22.0);
                let free = free.max(LEAST_PT);
                egui::ScrollArea::vertical().max_height(free).min_scrolled_height(free).show(ui, draw).inner
            })
        } else {
            frame.show(ui, draw)
        };
        shown.inner
    });
    wishes.0.extend(command);
}

/// Draws a panel; `word` is its own in the program, `name` what people call it.
fn area<R>(
    context: &egui::Context,
    (word, name): (&str, &str),
    anchor: Align2,
    offset: [f32; 2],
    add: impl FnOnce(&mut egui::Ui) -> R,
) -> (R, egui::Rect) {
    let shown = egui::Area::new(Id::new(word)).anchor(anchor, offset).show(context, |ui| {
        roles::region(ui, word, name);
        add(ui)
    });
    (shown.inner, shown.response.rect)
}

fn status_frame(ui: &egui::Ui) -> egui::Frame {
    egui::Frame::new().fill(look::status_fill(ui.visuals())).inner_margin(egui::Margin::symmetric(8, 3))
}

/// Title, tool bar and the open card, upper left. Gives its lower border.
fn title(context: &egui::Context, state: &State, wishes: &mut Wishes, bottom: f32) -> f32 {
    let view = tools_view(&state.city, &state.settings);
    let room = context.content_rect();
    let beside_the_compass = room.width() - 2.0 * MARGIN - CARD_BORDER - COMPASS;
    let width = panel_width(&state.settings, room).min(beside_the_compass).max(LEAST_PT);
    let free = (room.height() - bottom - 2.0 * MARGIN - CARD_BORDER).max(LEAST_PT);
    area(context, ("title", text(view.language, "access.tools")), Align2::LEFT_TOP, [MARGIN, MARGIN], |ui| {
        look::card(context).show(ui, |ui| {
            ui.set_width(width);
            if room.height() < LOW_PT {
                egui::ScrollArea::vertical().max_height(free).min_scrolled_height(free).show(ui, |ui| {
                    ui.set_width(width - look::SCROLL_BAR_PT);
                    wishes.0.extend(title_ui(ui, &view));
                    wishes.0.extend(open_card(ui, &view, state));
                });
                return;
            }
            wishes.0.extend(title_ui(ui, &view));
            let room = room.height() - 230.0;
            egui::ScrollArea::vertical().max_height(room).min_scrolled_height(room).show(ui, |ui| {
                wishes.0.extend(open_card(ui, &view, state));
            });
        });
    })
    .1
    .bottom()
}

/// The card that was opened from the tool bar.
fn open_card(ui: &mut egui::Ui, view: &ToolsView, state: &State) -> Option<Command> {
    let card = view.open?;
    ui.separator();
    match card {
        Card::Layers => layers_ui(ui, &layer_views(&state.layers, view.language), view.language),
        _ => card_ui(ui, view),
    }
}

/// The selection's panel: right beside the compass, or a sheet at the lower border of a narrow window, below the title;
/// in the smallest it takes all there is beside the compass.
fn selected(context: &egui::Context, state: &State, shown: &Shown, wishes: &mut Wishes, top: f32, bottom: f32) {
    let language = state.settings.language;
    let room = context.content_rect();
    let (anchor, offset, width, height) = if is_crowded(room) {
        let width = room.width() - 2.0 * MARGIN - CARD_BORDER - COMPASS;
        let height = room.height() - bottom - 2.0 * MARGIN - CARD_BORDER;
        (Align2::LEFT_TOP, [MARGIN, MARGIN], width.max(LEAST_PT), height.max(LEAST_PT))
    } else if room.width() < NARROW_PT {
        let height = sheet_height(room.height(), top, bottom);
        let below_the_compass = room.height() - bottom - height - CARD_BORDER > COMPASS_HEIGHT;
        let taken = 2.0 * MARGIN + CARD_BORDER + if below_the_compass { 0.0 } else { COMPASS };
        (Align2::LEFT_BOTTOM, [MARGIN, -bottom - 4.0], (room.width() - taken).max(LEAST_PT), height)
    } else {
        let width = panel_width(&state.settings, room);
        let height = (room.height() - bottom - 5.0 * MARGIN).max(LEAST_PT);
        (Align2::RIGHT_TOP, [-MARGIN - COMPASS, MARGIN], width, height)
    };
    area(context, ("selection", text(language, "access.selection")), anchor, offset, |ui| {
        look::card(context).show(ui, |ui| {
            ui.set_min_width(width);
            ui.set_max_width(width);
            ui.set_max_height(height);
            wishes.0.extend(match shown {
                Shown::Building(view) => building_ui(ui, view, language),
                Shown::Plan(view) => plan_ui(ui, view, language),
            });
        });
    });
}

/// The strip of who walks from house to house: at the lower border, or below the title where a sheet may stand there.
/// In small windows it makes room for what was opened.
fn walk_strip(context: &egui::Context, state: &State, wishes: &mut Wishes, top: f32, bottom: f32) {
    let language = state.settings.language;
    let Some(view) = walk_view(&state.city, &state.layers, &state.walk, language) else { return };
    pin_the_house(context, state);
    let room = context.content_rect();
    let narrow = room.width() < NARROW_PT;
    if narrow && (state.settings.card.is_some() || state.selection.selected != Selected::Nothing) {
        return;
    }
    // Not over what stands on either side.
    let panel = panel_width(&state.settings, room) + CARD_BORDER + MARGIN;
    let left = if !narrow && state.settings.card.is_some() { panel } else { 0.0 };
    let right = match state.selection.selected {
        _ if narrow => COMPASS,
        Selected::Nothing => 0.0,
        _ => panel + COMPASS,
    };
    let (anchor, offset) = if narrow {
        (Align2::LEFT_TOP, [MARGIN, top.max(MARGIN - 4.0) + 4.0])
    } else {
        (Align2::CENTER_BOTTOM, [(left - right) * 0.5, -bottom - 4.0])
    };
    let width = (room.width() - left - right - 2.0 * MARGIN - CARD_BORDER).clamp(LEAST_PT, 660.0);
    let height = (room.height() - if narrow { top } else { 0.0 } - bottom - CARD_BORDER - 2.0 * MARGIN).max(LEAST_PT);
    area(context, ("walk", text(language, "access.walk")), anchor, offset, |ui| {
        look::card(context).show(ui, |ui| {
            ui.set_max_width(width);
            egui::ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
                ui.set_width(width);
                wishes.0.extend(walk_ui(ui, &view, language));
            });
        });
    });
}

/// Marks the house that is stood at in the picture.
fn pin_the_house(context: &egui::Context, state: &State) {
    let Some(middle) = state.walk.middle() else { return };
    let Some(at) = state.camera.rig.project(middle, state.canvas.size_pt) else { return };
    let at = egui::pos2(at.x as f32, at.y as f32);
    let painter = context.layer_painter(egui::LayerId::background());
    pin(&painter, at, &context.global_style().visuals);
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
    area(context, ("message", text(language, "access.message")), anchor, [0.0, -50.0], |ui| {
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
    selection: ResMut<'w, Selection>,
    camera: ResMut<'w, TheCamera>,
    settings: ResMut<'w, Settings>,
    notice: ResMut<'w, Notice>,
    walk: ResMut<'w, Walk>,
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
        Command::SetContrast(contrast) => changes.settings.contrast = contrast,
        Command::SetStill(still) => changes.settings.still = still,
        Command::Walk(step) => changes.walk.ask(step),
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
