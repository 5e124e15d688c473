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
use super::views::{Shown, layer_views, shown, status_view, tools_view};
use super::{Notice, Wishes, look};
use crate::texts::{fill, text};
use crate::twin::CameraPose;
use crate::viewer::camera::{Rig, TheCamera};
use crate::viewer::drive::{Alarm, Clock, Phase, TheCity};
use crate::viewer::overlay::Layers;
use crate::viewer::pick::{Selected, Selection};
use crate::viewer::platform;
use crate::viewer::settings::{Canvas, Settings};

/// Distance of panels from the window's border, points.
const MARGIN: f32 = 10.0;
/// What a card's border adds to the size of its content, points.
const CARD_BORDER: f32 = 26.0;
/// Least width and height of a panel's content, points.
const LEAST_PT: f32 = 90.0;
/// Least height of the title's content, points: its tools are there in the smallest of windows.
const LEAST_TITLE_PT: f32 = 64.0;
/// Widest that a message of usual size is, points.
const WIDEST_MESSAGE_PT: f32 = 520.0;
/// Windows narrower than this show the selection as a sheet at the lower border.
const NARROW_PT: f32 = 760.0;

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
    let status = status_view(&state.city, &state.layers, &state.selection, &state.camera, &state.canvas, language);
    // Nothing is ever drawn over the attribution.
    let lowest = egui::Area::new(Id::new("status")).order(egui::Order::Foreground);
    let bottom = anchored(context, lowest, Align2::LEFT_BOTTOM, [0.0, 0.0], |ui| {
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
    let (command, compass) = area(context, "compass", Align2::RIGHT_TOP, [-MARGIN, MARGIN], |ui| {
        look::card(context).inner_margin(6).show(ui, |ui| compass_ui(ui, &status, language)).inner
    });
    wishes.0.extend(command);
    let mut borders = Borders { compass: compass.size(), bottom: bottom.1.height(), top: 0.0 };
    borders.top = title(context, &state, &mut wishes, &borders);
    selected(context, &state, &mut wishes, &borders);
    message(context, &state, &mut wishes, borders.bottom);
}

/// What the panels leave to each other, points.
struct Borders {
    /// Size of the compass with its card.
    compass: egui::Vec2,
    /// Height of the line at the lower border.
    bottom: f32,
    /// Where the title with its card ends.
    top: f32,
}

impl Borders {
    /// Width that the compass takes, with the gap beside it.
    fn beside(&self) -> f32 {
        self.compass.x + MARGIN
    }
}

fn area<R>(
    context: &egui::Context,
    name: &str,
    anchor: Align2,
    offset: [f32; 2],
    add: impl FnOnce(&mut egui::Ui) -> R,
) -> (R, egui::Rect) {
    anchored(context, egui::Area::new(Id::new(name)), anchor, offset, add)
}

fn anchored<R>(
    context: &egui::Context,
    area: egui::Area,
    anchor: Align2,
    offset: [f32; 2],
    add: impl FnOnce(&mut egui::Ui) -> R,
) -> (R, egui::Rect) {
    let shown = area.anchor(anchor, offset).show(context, add);
    (shown.inner, shown.response.rect)
}

/// The panels that are drawn, with their borders, for tests of where they lie.
pub fn rects(context: &egui::Context) -> Vec<(&'static str, egui::Rect)> {
    use egui::Order::{Foreground, Middle};
    let panels =
        [("status", Foreground), ("title", Middle), ("compass", Middle), ("selection", Middle), ("message", Middle)];
    let rect = |(name, order): (&'static str, egui::Order)| {
        let id = Id::new(name);
        let is_drawn = context.memory(|memory| memory.areas().is_visible(&egui::LayerId::new(order, id)));
        Some((name, context.memory(|memory| memory.area_rect(id))?)).filter(|_| is_drawn)
    };
    panels.into_iter().filter_map(rect).collect()
}

fn status_frame(ui: &egui::Ui) -> egui::Frame {
    let fill = ui.visuals().window_fill.gamma_multiply(0.82);
    egui::Frame::new().fill(fill).inner_margin(egui::Margin::symmetric(8, 3))
}

/// Title, tool bar and the open card, upper left. Gives its lower border.
fn title(context: &egui::Context, state: &State, wishes: &mut Wishes, borders: &Borders) -> f32 {
    let view = tools_view(&state.city, &state.settings);
    let room = context.content_rect();
    let beside_the_compass = room.width() - 2.0 * MARGIN - CARD_BORDER - borders.beside();
    let width = panel_width(&state.settings, room, borders).min(beside_the_compass).max(LEAST_PT);
    let has_sheet = room.width() < NARROW_PT && state.selection.selected != Selected::Nothing;
    let height = title_height(room.height(), borders.bottom, has_sheet);
    area(context, "title", Align2::LEFT_TOP, [MARGIN, MARGIN], |ui| {
        look::card(context).show(ui, |ui| {
            ui.set_width(width);
            // All of it scrolls: with large text the title alone may be higher than a small window.
            egui::ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
                wishes.0.extend(title_ui(ui, &view));
                let Some(card) = view.open else { return };
                ui.separator();
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
fn selected(context: &egui::Context, state: &State, wishes: &mut Wishes, borders: &Borders) {
    let &Borders { top, bottom, .. } = borders;
    let language = state.settings.language;
    let Some(shown) = shown(&state.city, &state.layers, &state.selection, language) else { return };
    let room = context.content_rect();
    let narrow = room.width() < NARROW_PT;
    let (anchor, offset, width, height) = if narrow {
        let height = sheet_height(room.height(), top, bottom);
        let below_the_compass = room.height() - bottom - height - CARD_BORDER > borders.compass.y + 2.0 * MARGIN;
        let taken = 2.0 * MARGIN + CARD_BORDER + if below_the_compass { 0.0 } else { borders.beside() };
        (Align2::LEFT_BOTTOM, [MARGIN, -bottom - 4.0], (room.width() - taken).max(LEAST_PT), height)
    } else {
        let width = panel_width(&state.settings, room, borders);
        let height = (room.height() - bottom - 5.0 * MARGIN).max(LEAST_PT);
        (Align2::RIGHT_TOP, [-MARGIN - borders.beside(), MARGIN], width, height)
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

/// Most height that the title's content with its card may have: down to the line at the lower border, or in a narrow
/// window to the sheet there.
fn title_height(room: f32, bottom: f32, has_sheet: bool) -> f32 {
    let free = room - bottom - 2.0 * MARGIN - CARD_BORDER;
    let free = if has_sheet { free - LEAST_PT.max(room * 0.25) - CARD_BORDER - MARGIN } else { free };
    free.max(LEAST_TITLE_PT)
}

/// Width of the side panels: both have room beside the compass.
fn panel_width(settings: &Settings, room: egui::Rect, borders: &Borders) -> f32 {
    look::panel_width(settings.text_scale, room.width(), borders.beside() + 4.0 * MARGIN + 2.0 * CARD_BORDER)
}

/// A line in the middle: what is opening, what went wrong, what a command did.
fn message(context: &egui::Context, state: &State, wishes: &mut Wishes, bottom: f32) {
    let language = state.settings.language;
    let setback = state.city.setback().map(|setback| setback.why.clone());
    let (line, reason) = match &state.city.phase {
        Phase::Opening if setback.is_some() => (Some(text(language, "window.not_opened").to_owned()), setback),
        Phase::Opening => (Some(text(language, "window.opening").to_owned()), None),
        Phase::Failed(reason) => (Some(text(language, "window.not_opened").to_owned()), Some(reason.clone())),
        Phase::Open => (state.notice.line.as_ref().map(|(line, _)| line.clone()), None),
    };
    let Some(line) = line else { return };
    let anchor = if state.city.phase == Phase::Open { Align2::CENTER_BOTTOM } else { Align2::CENTER_CENTER };
    let above_the_status = if state.city.phase == Phase::Open { -bottom - MARGIN } else { 0.0 };
    let most = (WIDEST_MESSAGE_PT * state.settings.text_scale.max(1.0))
        .min(context.content_rect().width() - 2.0 * MARGIN - CARD_BORDER);
    area(context, "message", anchor, [0.0, above_the_status], |ui| {
        look::card(context).show(ui, |ui| {
            ui.set_max_width(most);
            wrapped(ui, &line, egui::TextStyle::Body, most);
            if let Some(reason) = reason {
                wrapped(ui, &reason, egui::TextStyle::Small, most);
                if ui.button(text(language, "window.retry")).clicked() {
                    wishes.0.push(Command::Retry);
                }
            }
        });
    });
}

/// A text that is as wide as it needs to be, and no wider than `most`. A card that is as wide as its content was in the
/// frame before would else wrap where it wrapped when it was narrow.
fn wrapped(ui: &mut egui::Ui, text: &str, style: egui::TextStyle, most: f32) {
    let font = style.resolve(ui.style());
    let width = ui.painter().layout(text.to_owned(), font, egui::Color32::PLACEHOLDER, most).size().x;
    ui.set_min_width(width.ceil().min(most));
    ui.add(egui::Label::new(RichText::new(text).text_style(style)).wrap());
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
            && is_web_address(url)
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

/// Whether an address may be opened. It comes from whoever made the twin, and a system opens far more than web pages:
/// files, programs that listen to a scheme of their own, shares of other machines.
fn is_web_address(address: &str) -> bool {
    url::Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
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
    fn only_web_addresses_are_opened() {
        assert!(
            is_web_address("https://creativecommons.org/licenses/by/4.0/") && is_web_address("HTTP://city.example/")
        );
        let others =
            ["file:///etc/passwd", "javascript:alert(1)", "ms-msdt:/id", "smb://host/share", "licence.txt", ""];
        others.iter().for_each(|address| assert!(!is_web_address(address), "{address}"));
    }

    #[test]
    fn the_title_ends_above_what_lies_below_it() {
        for (room, bottom) in [(480.0, 60.0), (720.0, 24.0), (360.0, 90.0)] {
            let end = |has_sheet| 2.0 * MARGIN + CARD_BORDER + title_height(room, bottom, has_sheet);
            assert!(end(false) <= room - bottom);
            let top = MARGIN + CARD_BORDER + title_height(room, bottom, true);
            assert!(top + sheet_height(room, top, bottom) + CARD_BORDER <= room - bottom, "{room}");
        }
        assert_eq!(title_height(120.0, 40.0, true), LEAST_TITLE_PT);
    }

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
