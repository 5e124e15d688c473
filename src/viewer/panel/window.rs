//! Places the panels in the window.

use bevy::prelude::*;
use bevy_egui::{EguiContexts, egui};
use egui::{Align2, Id, RichText};
use glam::DVec3;

use super::building::building_ui;
use super::command::{Card, Command};
use super::layers::layers_ui;
use super::layout::{Borders, MARGIN, NARROW_PT, PUBLIC_FOOT_PT, Place};
use super::plan::plan_ui;
use super::search::search_ui;
use super::status::{StatusView, attribution_lines_ui, compass_ui, status_ui};
use super::tools::{ToolsView, card_ui, title_ui, tool_bar_ui};
use super::views::{Known, Shown, layer_views, shown, status_view, tools_view, walk_view};
use super::walk::{pin, walk_ui};
use super::{Notice, Styled, Wishes, labels, layout, look, ring, roles, trouble};
use crate::geo::Geodetic;
use crate::stream::Failure;
use crate::texts::text;
use crate::twin::{Language, Mark};
use crate::viewer::camera::TheCamera;
use crate::viewer::drive::{Clock, Phase, TheCity};
use crate::viewer::overlay::Layers;
use crate::viewer::pick::{Fresh, Selected, Selection};
use crate::viewer::places::Places;
use crate::viewer::platform;
use crate::viewer::remote::Held;
use crate::viewer::search::Search;
use crate::viewer::settings::{Canvas, Settings};
use crate::viewer::sights::Sights;
use crate::viewer::walk::Walk;

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
    sights: Res<'w, Sights>,
    walk: Res<'w, Walk>,
    held: Option<Res<'w, Held>>,
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
    labels::draw(context, state.layers.labels(), &state.camera.rig, state.canvas.size_pt);
    labels::draw_sights(context, state.sights.names(), &state.camera.rig, state.canvas.size_pt);
    let language = state.settings.language;
    let status = status_view(state.known(), &state.selection, &state.camera, &state.canvas, language);
    let bottom = match state.settings.is_unattended() {
        true => unattended(context, &status, language, state.clock.now_secs),
        false => status_line(context, &status, language),
    };
    wishes.0.extend(bottom.0);
    if !state.settings.panels {
        return;
    }
    let shown = shown(state.known(), &state.selection, language);
    let bottom = bottom.1.height();
    let compass = compass(context, &status, language, &mut wishes, bottom);
    let mut borders = Borders { compass, bottom, top: 0.0, page: platform::page_top_pt(state.settings.public) };
    let covered = layout::is_crowded(context.content_rect()) && (shown.is_some() || state.walk.is_on());
    if !covered {
        borders.top = title(context, &state, &mut wishes, &borders);
    }
    if let Some(shown) = &shown {
        selected(context, &state, shown, &mut wishes, &borders);
    }
    walk_strip(context, &state, &mut wishes, &borders);
    pin_the_mark(context, &state);
    message(context, &state, &mut wishes, borders.bottom);
    ring::draw(context);
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
    let free = layout::compass_height(context.content_rect(), bottom);
    let name = text(language, "access.compass");
    let (command, place) = area(context, ("compass", name), Align2::RIGHT_TOP, [-MARGIN, MARGIN], |ui| {
        look::card(context)
            .inner_margin(6)
            .show(ui, |ui| {
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
pub(super) fn unattended(
    context: &egui::Context,
    status: &StatusView,
    language: Language,
    now_secs: f64,
) -> (Option<Command>, egui::Rect) {
    let is_odd_minute = (now_secs / 60.0) as u64 % 2 == 1;
    let anchor = if is_odd_minute { Align2::RIGHT_BOTTOM } else { Align2::LEFT_BOTTOM };
    area(context, ("status", text(language, "access.status")), anchor, [0.0, 0.0], |ui| {
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
    let has_sheet = room.width() < NARROW_PT && state.selection.selected != Selected::Nothing;
    // Lower left on a public screen is what the visitor ends the visit with.
    let foot = if state.settings.public { PUBLIC_FOOT_PT } else { 0.0 };
    let taken = (borders.bottom + foot).max(look::taken_below(context));
    let Place { anchor, offset, width, height } =
        layout::title(room, state.settings.text_scale, borders, taken, has_sheet);
    let name = text(view.language, "access.tools");
    area(context, ("title", name), anchor, offset, |ui| {
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

/// The panel of what is selected.
fn selected(context: &egui::Context, state: &State, shown: &Shown, wishes: &mut Wishes, borders: &Borders) {
    let language = state.settings.language;
    let place = layout::selection(context.content_rect(), state.settings.text_scale, borders);
    let Place { anchor, offset, width, height } = place;
    let address = state.held.as_ref().and_then(|held| held.address_of(&state.selection.selected, language));
    let address = address.as_deref();
    area(context, ("selection", text(language, "access.selection")), anchor, offset, |ui| {
        look::card(context).show(ui, |ui| {
            ui.set_min_width(width);
            ui.set_max_width(width);
            ui.set_max_height(height);
            wishes.0.extend(match shown {
                Shown::Building(view) => building_ui(ui, view, address, language),
                Shown::Plan(view) => plan_ui(ui, view, address, language),
            });
        });
    });
    if state.selection.fresh != Fresh::No {
        let free = layout::free_of(context.content_rect(), &place);
        wishes.0.push(Command::KeepInView([free.left(), free.top(), free.right(), free.bottom()]));
    }
}

/// The strip of who walks from house to house: at the lower border, or below the title where a sheet may stand there.
/// In small windows it makes room for what was opened.
fn walk_strip(context: &egui::Context, state: &State, wishes: &mut Wishes, borders: &Borders) {
    let language = state.settings.language;
    let Some(view) = walk_view(state.known(), &state.walk, language) else { return };
    pin_the_house(context, state);
    let room = context.content_rect();
    let (has_card, has_selection) = (state.settings.card.is_some(), state.selection.selected != Selected::Nothing);
    if room.width() < NARROW_PT && (has_card || has_selection) {
        return;
    }
    let Place { anchor, offset, width, height } =
        layout::strip(room, state.settings.text_scale, borders, has_card, has_selection);
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
    if let Some(middle) = state.walk.middle() {
        pin_at(context, state, middle);
    }
}

/// Points at the place that somebody was led to.
fn pin_the_mark(context: &egui::Context, state: &State) {
    if let Some(Mark { lon_deg, lat_deg, height_m }) = state.selection.mark
        && state.city.is_framed()
    {
        pin_at(context, state, state.city.frame.local(Geodetic { lon_deg, lat_deg, height_m }.into()));
    }
}

fn pin_at(context: &egui::Context, state: &State, place: DVec3) {
    let Some(at) = state.camera.rig.project(place, state.canvas.size_pt) else { return };
    let at = egui::pos2(at.x as f32, at.y as f32);
    let painter = context.layer_painter(egui::LayerId::background());
    pin(&painter, at, &context.global_style().visuals);
}

/// A line in the middle: what is opening, what went wrong, what a command did.
fn message(context: &egui::Context, state: &State, wishes: &mut Wishes, bottom: f32) {
    let language = state.settings.language;
    let setback = state.city.setback().map(|setback| &setback.why);
    let (line, failure) = match &state.city.phase {
        Phase::Opening if setback.is_some() => (Some(text(language, "window.not_opened").to_owned()), setback),
        Phase::Opening => (Some(text(language, "window.opening").to_owned()), None),
        Phase::Failed(failure) => (Some(text(language, "window.not_opened").to_owned()), Some(failure)),
        Phase::Open => (state.notice.line.as_ref().map(|(line, _)| line.clone()), None),
    };
    let Some(line) = line else { return };
    let anchor = if state.city.phase == Phase::Open { Align2::CENTER_BOTTOM } else { Align2::CENTER_CENTER };
    let above_the_status = if state.city.phase == Phase::Open { -bottom - MARGIN } else { 0.0 };
    let most = layout::message_width(context.content_rect(), state.settings.text_scale);
    area(context, ("message", text(language, "access.message")), anchor, [0.0, above_the_status], |ui| {
        look::card(context).show(ui, |ui| {
            ui.set_max_width(most);
            wishes.0.extend(message_ui(ui, &line, failure, most, language));
        });
    });
}

/// A line with what went wrong, if anything did.
pub fn message_ui(
    ui: &mut egui::Ui,
    line: &str,
    failure: Option<&Failure>,
    most: f32,
    language: Language,
) -> Option<Command> {
    wrapped(ui, line, egui::TextStyle::Body, most);
    let failure = failure?;
    wrapped(ui, &trouble::with_detail(language, failure), egui::TextStyle::Small, most);
    ui.button(text(language, "window.retry")).clicked().then_some(Command::Retry)
}

/// A text that is as wide as it needs to be, and no wider than `most`. A card that is as wide as its content was in the
/// frame before would else wrap where it wrapped when it was narrow.
fn wrapped(ui: &mut egui::Ui, text: &str, style: egui::TextStyle, most: f32) {
    let font = style.resolve(ui.style());
    let width = ui.painter().layout(text.to_owned(), font, egui::Color32::PLACEHOLDER, most).size().x;
    ui.set_min_width(width.ceil().min(most));
    ui.add(egui::Label::new(RichText::new(text).text_style(style)).wrap());
}
