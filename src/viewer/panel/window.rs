//! Places the panels in the window.

use bevy::prelude::*;
use bevy_egui::{EguiContexts, egui};
use egui::{Align2, Id, RichText};

use super::building::building_ui;
use super::command::{Card, Command};
use super::layers::layers_ui;
use super::plan::plan_ui;
use super::search::search_ui;
use super::status::{StatusView, attribution_lines_ui, compass_ui, status_ui};
use super::tools::{ToolsView, card_ui, title_ui, tool_bar_ui};
use super::views::{Known, Shown, layer_views, shown, status_view, tools_view, walk_view};
use super::walk::{pin, walk_ui};
use super::{Notice, Styled, Wishes, look, ring, roles};
use crate::texts::text;
use crate::twin::Language;
use crate::viewer::camera::TheCamera;
use crate::viewer::drive::{Clock, Phase, TheCity};
use crate::viewer::overlay::Layers;
use crate::viewer::pick::{Selected, Selection};
use crate::viewer::places::Places;
use crate::viewer::platform;
use crate::viewer::search::Search;
use crate::viewer::settings::{Canvas, Settings};
use crate::viewer::walk::Walk;

/// Distance of panels from the window's border, points.
const MARGIN: f32 = 10.0;
/// What a card's border adds to the size of its content, points.
const CARD_BORDER: f32 = 26.0;
/// Least width and height of a panel's content, points.
const LEAST_PT: f32 = 90.0;
/// What a public screen keeps free at the lower left above the line there, points.
const PUBLIC_FOOT_PT: f32 = 64.0;
/// Least height of the compass with its tools, which scroll, points.
const LEAST_TOOLS_PT: f32 = 40.0;
/// Least height of the title's content, points: its tools are there in the smallest of windows.
const LEAST_TITLE_PT: f32 = 64.0;
/// Widest that a message of usual size is, points.
const WIDEST_MESSAGE_PT: f32 = 520.0;
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
    places: Res<'w, Places>,
    selection: Res<'w, Selection>,
    camera: Res<'w, TheCamera>,
    settings: Res<'w, Settings>,
    canvas: Res<'w, Canvas>,
    notice: Res<'w, Notice>,
    clock: Res<'w, Clock>,
    search: Res<'w, Search>,
    walk: Res<'w, Walk>,
}

impl State<'_> {
    fn known(&self) -> Known<'_> {
        Known { city: &self.city, layers: &self.layers, places: &self.places }
    }
}

/// Draws all panels.
pub fn draw(mut contexts: EguiContexts, state: State, mut wishes: ResMut<Wishes>, mut styled: ResMut<Styled>) {
    let Ok(context) = contexts.ctx_mut() else { return };
    if state.settings.bench {
        return;
    }
    if styled.0.is_none()
        && let Some(fonts) = platform::fonts()
    {
        context.set_fonts(fonts);
    }
    if styled.0.as_ref() != Some(&*state.settings) {
        let Settings { theme, text_scale, contrast, public, .. } = *state.settings;
        look::apply(context, theme, text_scale, contrast, public);
        styled.0 = Some(state.settings.clone());
    }
    let language = state.settings.language;
    let status = status_view(state.known(), &state.selection, &state.camera, &state.canvas, language);
    let bottom = match state.settings.is_unattended() {
        true => unattended(context, &state, &status),
        false => status_line(context, &status, language),
    };
    wishes.0.extend(bottom.0);
    if !state.settings.panels {
        return;
    }
    let shown = shown(state.known(), &state.selection, language);
    let mut borders = Borders { compass: egui::Vec2::ZERO, bottom: bottom.1.height(), top: 0.0 };
    borders.compass = compass(context, &status, language, &mut wishes, borders.bottom);
    let covered = is_crowded(context.content_rect()) && (shown.is_some() || state.walk.is_on());
    if !covered {
        borders.top = title(context, &state, &mut wishes, &borders);
    }
    if let Some(shown) = &shown {
        selected(context, &state, shown, &mut wishes, &borders);
    }
    walk_strip(context, &state, &mut wishes, &borders);
    message(context, &state, &mut wishes, borders.bottom);
    ring::draw(context);
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

/// Whether there is room for one card at a time and no more.
fn is_crowded(room: egui::Rect) -> bool {
    room.width() < NARROW_PT && room.height() < LOW_PT
}

/// The line at the lower border. Nothing is ever drawn over the attribution.
fn status_line(context: &egui::Context, view: &StatusView, language: Language) -> (Option<Command>, egui::Rect) {
    let lowest = egui::Area::new(Id::new("status")).order(egui::Order::Foreground);
    anchored(context, lowest, ("status", text(language, "access.status")), Align2::LEFT_BOTTOM, [0.0, 0.0], |ui| {
        let width = context.content_rect().width();
        status_frame(ui)
            .show(ui, |ui| {
                ui.set_width((width - 16.0).max(0.0));
                status_ui(ui, view, language)
            })
            .inner
    })
}

/// The compass with its buttons, upper right; gives its size.
fn compass(
    context: &egui::Context,
    view: &StatusView,
    language: Language,
    wishes: &mut Wishes,
    bottom: f32,
) -> egui::Vec2 {
    let free = context.content_rect().height() - bottom - 2.0 * MARGIN - 12.0;
    let name = text(language, "access.compass");
    let (command, place) = area(context, ("compass", name), Align2::RIGHT_TOP, [-MARGIN, MARGIN], |ui| {
        look::card(context)
            .inner_margin(6)
            .show(ui, |ui| {
                let free = free.max(LEAST_TOOLS_PT);
                let tools = egui::ScrollArea::vertical().max_height(free).min_scrolled_height(free);
                tools.show(ui, |ui| compass_ui(ui, view, language)).inner
            })
            .inner
    });
    wishes.0.extend(command);
    place.size()
}

/// Draws a panel; `word` is its own in the program, `name` what people call it.
fn area<R>(
    context: &egui::Context,
    (word, name): (&str, &str),
    anchor: Align2,
    offset: [f32; 2],
    add: impl FnOnce(&mut egui::Ui) -> R,
) -> (R, egui::Rect) {
    anchored(context, egui::Area::new(Id::new(word)), (word, name), anchor, offset, add)
}

fn anchored<R>(
    context: &egui::Context,
    area: egui::Area,
    (word, name): (&str, &str),
    anchor: Align2,
    offset: [f32; 2],
    add: impl FnOnce(&mut egui::Ui) -> R,
) -> (R, egui::Rect) {
    let shown = area.anchor(anchor, offset).show(context, |ui| {
        roles::region(ui, word, name);
        add(ui)
    });
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

/// The attribution on a public screen while nobody is there: on either side for a minute, and dark, since a bright bar
/// would burn in.
fn unattended(context: &egui::Context, state: &State, status: &StatusView) -> (Option<Command>, egui::Rect) {
    let is_odd_minute = (state.clock.now_secs / 60.0) as u64 % 2 == 1;
    let anchor = if is_odd_minute { Align2::RIGHT_BOTTOM } else { Align2::LEFT_BOTTOM };
    area(context, ("status", text(state.settings.language, "access.status")), anchor, [0.0, 0.0], |ui| {
        ui.set_max_width(context.content_rect().width() * 0.7);
        let frame = egui::Frame::new().fill(egui::Color32::from_black_alpha(185));
        frame.inner_margin(egui::Margin::symmetric(10, 6)).show(ui, |ui| attribution_lines_ui(ui, status));
        None
    })
}

fn status_frame(ui: &egui::Ui) -> egui::Frame {
    egui::Frame::new().fill(look::status_fill(ui.visuals())).inner_margin(egui::Margin::symmetric(8, 3))
}

/// Title, tool bar and the open card, upper left, below what a page has there. Gives its lower border.
fn title(context: &egui::Context, state: &State, wishes: &mut Wishes, borders: &Borders) -> f32 {
    let view = tools_view(&state.city, &state.settings);
    let room = context.content_rect();
    let beside_the_compass = room.width() - 2.0 * MARGIN - CARD_BORDER - borders.beside();
    let width = panel_width(&state.settings, room, borders).min(beside_the_compass).max(LEAST_PT);
    let has_sheet = room.width() < NARROW_PT && state.selection.selected != Selected::Nothing;
    // Lower left on a public screen is what the visitor ends the visit with.
    let foot = if state.settings.public { PUBLIC_FOOT_PT } else { 0.0 };
    let taken = (borders.bottom + foot).max(look::taken_below(context));
    let page = platform::page_top_pt(state.settings.public);
    let height = title_height(room.height() - page, taken, has_sheet);
    let name = text(view.language, "access.tools");
    area(context, ("title", name), Align2::LEFT_TOP, [MARGIN, MARGIN + page], |ui| {
        look::card(context).show(ui, |ui| {
            ui.set_width(width);
            // All of it scrolls: with large text the title alone may be higher than a small window.
            egui::ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
                wishes.0.extend(search_field(ui, &view, state));
                // Beside a sheet a small window has no room for what it said before.
                wishes.0.extend(if has_sheet { tool_bar_ui(ui, &view) } else { title_ui(ui, &view) });
                wishes.0.extend(open_card(ui, &view, state));
            });
        });
    })
    .1
    .bottom()
}

/// The search field, where the page has none.
fn search_field(ui: &mut egui::Ui, view: &ToolsView, state: &State) -> Option<Command> {
    let search =
        state.search.view(&state.city, view.language).filter(|_| platform::has_search_field(state.settings.public))?;
    let command = search_ui(ui, &search);
    ui.add_space(4.0);
    command
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
fn selected(context: &egui::Context, state: &State, shown: &Shown, wishes: &mut Wishes, borders: &Borders) {
    let &Borders { top, bottom, .. } = borders;
    let language = state.settings.language;
    let room = context.content_rect();
    let (anchor, offset, width, height) = if is_crowded(room) {
        let page = platform::page_top_pt(state.settings.public);
        let width = room.width() - 2.0 * MARGIN - CARD_BORDER - borders.beside();
        let height = room.height() - page - bottom - 2.0 * MARGIN - CARD_BORDER;
        (Align2::LEFT_TOP, [MARGIN, MARGIN + page], width.max(LEAST_PT), height.max(LEAST_PT))
    } else if room.width() < NARROW_PT {
        let height = sheet_height(room.height(), top, bottom);
        let below_the_compass = room.height() - bottom - height - CARD_BORDER > borders.compass.y + 2.0 * MARGIN;
        let taken = 2.0 * MARGIN + CARD_BORDER + if below_the_compass { 0.0 } else { borders.beside() };
        (Align2::LEFT_BOTTOM, [MARGIN, -bottom - 4.0], (room.width() - taken).max(LEAST_PT), height)
    } else {
        let width = panel_width(&state.settings, room, borders);
        let height = (room.height() - bottom - 5.0 * MARGIN).max(LEAST_PT);
        (Align2::RIGHT_TOP, [-MARGIN - borders.beside(), MARGIN], width, height)
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
fn walk_strip(context: &egui::Context, state: &State, wishes: &mut Wishes, borders: &Borders) {
    let &Borders { top, bottom, .. } = borders;
    let language = state.settings.language;
    let Some(view) = walk_view(state.known(), &state.walk, language) else { return };
    pin_the_house(context, state);
    let room = context.content_rect();
    let narrow = room.width() < NARROW_PT;
    if narrow && (state.settings.card.is_some() || state.selection.selected != Selected::Nothing) {
        return;
    }
    // Not over what stands on either side.
    let panel = panel_width(&state.settings, room, borders) + CARD_BORDER + MARGIN;
    let left = if !narrow && state.settings.card.is_some() { panel } else { 0.0 };
    let right = match state.selection.selected {
        _ if narrow => borders.beside(),
        Selected::Nothing => 0.0,
        _ => panel + borders.beside(),
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

/// Most height that the title's content with its card may have: down to the line at the lower border, or in a narrow
/// window to the sheet there.
fn title_height(room: f32, bottom: f32, has_sheet: bool) -> f32 {
    let free = room - bottom - 2.0 * MARGIN - CARD_BORDER;
    let free = if has_sheet { free - LEAST_PT.max(room * 0.25) - CARD_BORDER - MARGIN } else { free };
    free.max(LEAST_TITLE_PT)
}

/// Width of the side panels: both have room beside the compass. In a narrow window there is one at a time.
fn panel_width(settings: &Settings, room: egui::Rect, borders: &Borders) -> f32 {
    if room.width() < NARROW_PT {
        return look::PANEL_WIDTH;
    }
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
    area(context, ("message", text(language, "access.message")), anchor, [0.0, above_the_status], |ui| {
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

#[cfg(test)]
mod tests {
    use super::*;

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
