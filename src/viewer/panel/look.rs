//! How the panels look: calm cards on the city, in light and dark, with text that scales.

use bevy_egui::egui::{self, Color32, CornerRadius, Margin, RichText, Shadow, Stroke, Visuals};

use super::command::Command;
use crate::texts::text;
use crate::twin::Language;
use crate::viewer::options::Theme;

/// Width of the side panels with text of normal size, points.
const PANEL_WIDTH: f32 = 330.0;

/// Width of the side panels for a size of text, if there is room for two of them beside what takes `taken`, points.
pub fn panel_width(text_scale: f32, room: f32, taken: f32) -> f32 {
    (PANEL_WIDTH * text_scale).min((room - taken) * 0.5).max(PANEL_WIDTH)
}

/// Room that the scroll bar of a panel takes, points.
pub const SCROLL_BAR_PT: f32 = 8.0;

/// Sets the style of a context for a theme and text size.
pub fn apply(context: &egui::Context, theme: Theme, text_scale: f32) {
    let mut visuals = match theme {
        Theme::Light => Visuals::light(),
        Theme::Dark => Visuals::dark(),
    };
    let accent = accent(theme);
    // Both at least 7:1 and 4.5:1 on a card, so that they can be read by many and on bad screens (BITV, WCAG 2.1).
    let (text, weak) = match theme {
        Theme::Light => (Color32::from_rgb(28, 33, 40), Color32::from_rgb(82, 89, 98)),
        Theme::Dark => (Color32::from_rgb(226, 230, 236), Color32::from_rgb(168, 176, 187)),
    };
    visuals.widgets.noninteractive.fg_stroke.color = text;
    visuals.widgets.inactive.fg_stroke.color = text;
    visuals.weak_text_color = Some(weak);
    visuals.window_corner_radius = CornerRadius::same(10);
    visuals.window_shadow = Shadow { offset: [0, 3], blur: 16, spread: 0, color: Color32::from_black_alpha(45) };
    visuals.window_stroke = Stroke::new(1.0, Color32::from_black_alpha(if theme == Theme::Light { 22 } else { 90 }));
    visuals.window_fill = fill(theme);
    visuals.panel_fill = fill(theme);
    visuals.selection.bg_fill = accent.gamma_multiply(0.35);
    visuals.selection.stroke = Stroke::new(1.0, visuals.strong_text_color());
    visuals.hyperlink_color = accent;
    for widget in [
        &mut visuals.widgets.inactive,
        &mut visuals.widgets.hovered,
        &mut visuals.widgets.active,
        &mut visuals.widgets.open,
    ] {
        widget.corner_radius = CornerRadius::same(6);
    }
    context.set_visuals(visuals);
    context.all_styles_mut(|style| {
        // Every step of an animation would draw the whole city again.
        style.animation_time = 0.0;
        style.spacing = spacing(text_scale);
        // Drawn in a card that lets the city through, the fade is a grey bar.
        style.spacing.scroll.fade.strength = 0.0;
        for (kind, font) in &mut style.text_styles {
            font.size = text_scale
                * match kind {
                    egui::TextStyle::Heading => 20.0,
                    egui::TextStyle::Small => 12.0,
                    egui::TextStyle::Monospace => 13.5,
                    _ => BODY_PT,
                };
        }
    });
}

/// Size of the text that most things are said in, points.
const BODY_PT: f32 = 14.5;

/// How many times its usual size the text of a style has.
pub fn text_scale(style: &egui::Style) -> f32 {
    egui::TextStyle::Body.resolve(style).size / BODY_PT
}

/// Spaces, boxes and sliders: they grow with the text, and do not shrink with it, since fingers do not.
fn spacing(text_scale: f32) -> egui::style::Spacing {
    let scale = text_scale.max(1.0);
    let usual = egui::style::Spacing::default();
    egui::style::Spacing {
        item_spacing: egui::vec2(8.0, 5.0) * scale,
        button_padding: egui::vec2(9.0, 5.0) * scale,
        interact_size: egui::vec2(usual.interact_size.x, 26.0) * scale,
        slider_width: usual.slider_width * scale.min(1.5),
        slider_rail_height: usual.slider_rail_height * scale,
        icon_width: usual.icon_width * scale,
        icon_width_inner: usual.icon_width_inner * scale,
        icon_spacing: usual.icon_spacing * scale,
        indent: usual.indent * scale,
        ..usual
    }
}

/// The colour that stands out.
pub fn accent(theme: Theme) -> Color32 {
    match theme {
        Theme::Light => Color32::from_rgb(0, 88, 155),
        Theme::Dark => Color32::from_rgb(120, 185, 255),
    }
}

/// The colour of cards.
pub fn fill(theme: Theme) -> Color32 {
    match theme {
        Theme::Light => Color32::from_rgba_unmultiplied(255, 255, 255, 244),
        Theme::Dark => Color32::from_rgba_unmultiplied(30, 34, 42, 244),
    }
}

/// The frame of a card.
pub fn card(context: &egui::Context) -> egui::Frame {
    let style = context.global_style();
    egui::Frame::new()
        .fill(style.visuals.window_fill)
        .stroke(style.visuals.window_stroke)
        .corner_radius(style.visuals.window_corner_radius)
        .shadow(style.visuals.window_shadow)
        .inner_margin(Margin::same(12))
}

/// A card's title with the button that closes the selection.
pub fn card_title(ui: &mut egui::Ui, title: &str, language: Language) -> Option<Command> {
    let mut command = None;
    ui.horizontal_top(|ui| {
        let room = ui.available_width() - 34.0;
        ui.allocate_ui_with_layout(egui::vec2(room, 0.0), egui::Layout::left_to_right(egui::Align::TOP), |ui| {
            ui.set_width(room);
            ui.add(egui::Label::new(RichText::new(title).heading()).wrap());
        });
        let close = ui.button(RichText::new("×").size(19.0)).on_hover_text(text(language, "tools.close"));
        close.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, text(language, "tools.close")));
        if close.clicked() {
            command = Some(Command::ClearSelection);
        }
    });
    command
}

/// The heading of a section of a panel.
pub fn section(ui: &mut egui::Ui, title: &str) {
    ui.add_space(8.0);
    ui.separator();
    ui.label(RichText::new(title).strong());
}

/// A line that opens what is below it; says whether it is open. `id` tells it from others in the same panel.
pub fn disclosure(ui: &mut egui::Ui, id: &str, title: &str) -> bool {
    let id = ui.make_persistent_id(id);
    let mut open = ui.data(|data| data.get_temp::<bool>(id).unwrap_or(false));
    ui.horizontal_top(|ui| {
        let line = ui.text_style_height(&egui::TextStyle::Body);
        ui.spacing_mut().interact_size.y = line;
        ui.spacing_mut().button_padding = egui::vec2(0.0, 1.0);
        let (place, _) = ui.allocate_exact_size(egui::vec2(10.0, line + 2.0), egui::Sense::hover());
        triangle(ui, place.center(), open);
        let title = ui.add(egui::Button::new(RichText::new(title)).wrap().frame(false));
        if title.clicked() {
            open = !open;
            ui.data_mut(|data| data.insert_temp(id, open));
        }
    });
    open
}

/// Points to the right while closed and down while open.
fn triangle(ui: &egui::Ui, middle: egui::Pos2, open: bool) {
    let corners = if open { [(-4.0, -2.5), (4.0, -2.5), (0.0, 3.5)] } else { [(-2.5, -4.0), (3.5, 0.0), (-2.5, 4.0)] };
    let corners = corners.map(|(x, y)| middle + egui::vec2(x, y)).to_vec();
    ui.painter().add(egui::Shape::convex_polygon(corners, ui.visuals().weak_text_color(), Stroke::NONE));
}

/// What a disclosure shows: set in, behind a line.
pub fn inset(ui: &mut egui::Ui, add: impl FnOnce(&mut egui::Ui)) {
    egui::Frame::new().inner_margin(Margin { left: 18, right: 4, top: 0, bottom: 6 }).show(ui, add);
}
