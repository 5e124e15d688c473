//! How the panels look: calm cards on the city, in light and dark, with text that scales.

use bevy_egui::egui::{self, Color32, CornerRadius, Margin, RichText, Shadow, Stroke, Visuals};

use super::command::Command;
use super::roles;
use crate::texts::text;
use crate::twin::Language;
use crate::viewer::options::Theme;

/// Width of the side panels with text of normal size, points.
pub const PANEL_WIDTH: f32 = 330.0;

/// The same in the narrowest window that has two of them side by side, as tablets held upright are.
const NARROWEST_PANEL_PT: f32 = 290.0;

/// Width of the side panels for a size of text, if there is room for two of them beside what takes `taken`, points.
pub fn panel_width(text_scale: f32, room: f32, taken: f32) -> f32 {
    (PANEL_WIDTH * text_scale.max(1.0)).min((room - taken) * 0.5).max(NARROWEST_PANEL_PT)
}

/// Room that the scroll bar of a panel takes, points.
pub const SCROLL_BAR_PT: f32 = 8.0;

/// Least height and width of what can be touched on a public screen, points.
pub const PUBLIC_TARGET_PT: f32 = 44.0;

/// Whether the style is that of a public screen: targets are large, and nothing leads out of the program.
pub fn is_public(ui: &egui::Ui) -> bool {
    // No matter how large a text somebody reads on a screen of their own.
    ui.ctx().data(|data| data.get_temp(public_id())).unwrap_or(false)
}

fn public_id() -> egui::Id {
    egui::Id::new("public screen")
}

/// A size of something that can be clicked, made large enough for a public screen.
pub fn target(ui: &egui::Ui, size: egui::Vec2) -> egui::Vec2 {
    if is_public(ui) { size.max(egui::Vec2::splat(PUBLIC_TARGET_PT)) } else { size }
}

/// Tells the panels how much of the window something at the lower border takes, points, until it is told anew.
pub fn take_below(context: &egui::Context, height: f32) {
    context.data_mut(|data| data.insert_temp(egui::Id::new("taken below"), height));
}

/// How much of the window something at the lower border takes, points.
pub fn taken_below(context: &egui::Context) -> f32 {
    context.data(|data| data.get_temp(egui::Id::new("taken below"))).unwrap_or(0.0)
}

/// Sets the style of a context for a theme and text size, with more contrast for who asks for it, on a public screen or
/// one's own.
pub fn apply(context: &egui::Context, theme: Theme, text_scale: f32, contrast: bool, public: bool) {
    let mut visuals = match theme {
        Theme::Light => Visuals::light(),
        Theme::Dark => Visuals::dark(),
    };
    let accent = accent(theme);
    let (text, weak) = text_colors(theme);
    visuals.widgets.noninteractive.fg_stroke.color = text;
    visuals.widgets.inactive.fg_stroke.color = text;
    visuals.weak_text_color = Some(weak);
    visuals.warn_fg_color = warning(theme);
    visuals.window_corner_radius = CornerRadius::same(10);
    visuals.window_shadow = Shadow { offset: [0, 3], blur: 16, spread: 0, color: Color32::from_black_alpha(45) };
    visuals.window_stroke = Stroke::new(1.0, Color32::from_black_alpha(if theme == Theme::Light { 22 } else { 90 }));
    visuals.window_fill = fill(theme);
    visuals.panel_fill = fill(theme);
    visuals.selection.bg_fill = accent.gamma_multiply(match theme {
        Theme::Light => 0.35,
        Theme::Dark => 0.28,
    });
    visuals.selection.stroke = Stroke::new(1.0, visuals.strong_text_color());
    visuals.hyperlink_color = accent;
    // Each blink would draw the whole city again.
    visuals.text_cursor.blink = false;
    for widget in [
        &mut visuals.widgets.inactive,
        &mut visuals.widgets.hovered,
        &mut visuals.widgets.active,
        &mut visuals.widgets.open,
    ] {
        widget.corner_radius = CornerRadius::same(6);
    }
    if contrast {
        strengthen(&mut visuals, theme);
    }
    context.set_visuals(visuals);
    context.data_mut(|data| data.insert_temp(public_id(), public));
    context.options_mut(|options| {
        // The next visitor would not know how to bring it back.
        options.zoom_with_keyboard = !public;
        // A hand may be slow, and so may the machine: what is let go where it was pressed was meant.
        options.input_options.max_click_duration = f64::INFINITY;
    });
    context.all_styles_mut(|style| {
        // Every step of an animation would draw the whole city again.
        style.animation_time = 0.0;
        style.spacing = spacing(text_scale, public);
        // Drawn in a card that lets the city through, the fade is a grey bar.
        style.spacing.scroll.fade.strength = 0.0;
        // Who sees no bar takes what is seen for all there is; nothing stands under one.
        style.spacing.scroll.dormant_handle_opacity = 0.6;
        (style.spacing.scroll.floating_width, style.spacing.scroll.floating_allocated_width) = (4.0, 6.0);
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

/// Colours of text and of weak text, at least 7:1 and 4.5:1 on a card, so that they can be read by many and on bad
/// screens (BITV, WCAG 2.2).
fn text_colors(theme: Theme) -> (Color32, Color32) {
    match theme {
        Theme::Light => (Color32::from_rgb(28, 33, 40), Color32::from_rgb(82, 89, 98)),
        Theme::Dark => (Color32::from_rgb(226, 230, 236), Color32::from_rgb(168, 176, 187)),
    }
}

/// The colour of warnings.
fn warning(theme: Theme) -> Color32 {
    match theme {
        Theme::Light => Color32::from_rgb(140, 52, 0),
        Theme::Dark => Color32::from_rgb(255, 196, 110),
    }
}

/// For who asks for more contrast: black on white or white on black, nothing shines through, everything that can be
/// pressed has a border.
fn strengthen(visuals: &mut Visuals, theme: Theme) {
    let (text, ground) = match theme {
        Theme::Light => (Color32::BLACK, Color32::WHITE),
        Theme::Dark => (Color32::WHITE, Color32::BLACK),
    };
    visuals.window_fill = ground;
    visuals.panel_fill = ground;
    visuals.window_stroke = Stroke::new(2.0, text);
    visuals.weak_text_color = Some(text);
    visuals.warn_fg_color = text;
    visuals.selection.stroke = Stroke::new(2.0, text);
    let Visuals { widgets, .. } = visuals;
    widgets.noninteractive.fg_stroke.color = text;
    widgets.noninteractive.bg_stroke = Stroke::new(1.0, text);
    for widget in [&mut widgets.inactive, &mut widgets.hovered, &mut widgets.active, &mut widgets.open] {
        widget.fg_stroke.color = text;
        widget.bg_stroke = Stroke::new(1.5, text);
        widget.weak_bg_fill = ground;
        widget.bg_fill = ground;
    }
    let pressed = Stroke::new(3.0, text);
    (widgets.hovered.bg_stroke, widgets.active.bg_stroke) = (pressed, pressed);
}

/// The least width and height of what can be clicked or tapped, points (WCAG 2.2, 2.5.8).
pub const TARGET_PT: f32 = 26.0;

/// A line that looks like a link and does something: as high as a target has to be.
pub fn line(ui: &mut egui::Ui, name: &str) -> egui::Response {
    let color = ui.visuals().hyperlink_color;
    let button = egui::Button::new(RichText::new(name).color(color).underline());
    let line = ui.scope(|ui| {
        ui.spacing_mut().button_padding = egui::vec2(0.0, 2.0);
        ui.add(button.wrap().frame(false).min_size(target(ui, egui::Vec2::splat(TARGET_PT))))
    });
    line.inner
}

/// A box to tick: a square with a border that can be seen on a card (WCAG 2.2, 1.4.11).
pub fn checkbox(ui: &mut egui::Ui, ticked: &mut bool, name: impl Into<egui::WidgetText>) -> egui::Response {
    let border = ui.visuals().weak_text_color();
    let boxed = ui.scope(|ui| {
        let widgets = &mut ui.visuals_mut().widgets;
        for widget in [&mut widgets.inactive, &mut widgets.hovered, &mut widgets.active] {
            widget.corner_radius = CornerRadius::same(3);
        }
        if widgets.inactive.bg_stroke.width == 0.0 {
            widgets.inactive.bg_stroke = Stroke::new(1.0, border);
        }
        ui.checkbox(ticked, name.into())
    });
    boxed.inner
}

/// A line that leads out of the city, to an address.
pub fn link(ui: &mut egui::Ui, name: &str, url: &str) -> egui::Response {
    let line = line(ui, name);
    line.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Link, true, name));
    roles::leads_to(&line, url);
    line
}

/// Size of the text that most things are said in, points.
const BODY_PT: f32 = 14.5;

/// How many times its usual size the text of a style has.
pub fn text_scale(style: &egui::Style) -> f32 {
    egui::TextStyle::Body.resolve(style).size / BODY_PT
}

/// Spaces, boxes and sliders: they grow with the text, and do not shrink with it, since fingers do not; on a public screen
/// they are at least as large as a finger.
fn spacing(text_scale: f32, public: bool) -> egui::style::Spacing {
    let scale = text_scale.max(1.0);
    let usual = egui::style::Spacing::default();
    let mut spacing = egui::style::Spacing {
        item_spacing: egui::vec2(8.0, 5.0) * scale,
        button_padding: egui::vec2(9.0, 5.0) * scale,
        interact_size: egui::vec2(usual.interact_size.x, TARGET_PT) * scale,
        slider_width: usual.slider_width * scale.min(1.5),
        slider_rail_height: usual.slider_rail_height * scale,
        icon_width: usual.icon_width * scale,
        icon_width_inner: usual.icon_width_inner * scale,
        icon_spacing: usual.icon_spacing * scale,
        indent: usual.indent * scale,
        ..usual
    };
    if public {
        spacing.interact_size = egui::Vec2::splat(PUBLIC_TARGET_PT);
        spacing.button_padding = egui::vec2(14.0, 8.0);
        spacing.icon_width = 24.0;
        spacing.icon_width_inner = 14.0;
        spacing.slider_width = 160.0;
        spacing.scroll.bar_width = 14.0;
    }
    spacing
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

/// The colour of the line at the lower border: the city may shine through, but not so much that it cannot be read.
pub fn status_fill(visuals: &Visuals) -> Color32 {
    visuals.window_fill.gamma_multiply(0.88)
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
        let close = target(ui, egui::Vec2::splat(TARGET_PT));
        let room = ui.available_width() - close.x - 12.0;
        ui.allocate_ui_with_layout(egui::vec2(room, 0.0), egui::Layout::left_to_right(egui::Align::TOP), |ui| {
            ui.set_width(room);
            roles::heading(&ui.add(egui::Label::new(RichText::new(title).heading()).wrap()), 2);
        });
        let button = egui::Button::new(RichText::new("×").size(19.0)).min_size(close);
        let close = ui.add(button).on_hover_text(text(language, "tools.close"));
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
    roles::heading(&ui.label(RichText::new(title).strong()), 3);
}

/// A line that opens what is below it; says whether it is open. `id` tells it from others in the same panel.
pub fn disclosure(ui: &mut egui::Ui, id: &str, title: &str) -> bool {
    let id = ui.make_persistent_id(id);
    let mut open = ui.data(|data| data.get_temp::<bool>(id).unwrap_or(false));
    ui.horizontal_top(|ui| {
        let line = ui.text_style_height(&egui::TextStyle::Body).max(TARGET_PT - 2.0);
        let line = target(ui, egui::vec2(0.0, line)).y;
        ui.spacing_mut().interact_size.y = line;
        ui.spacing_mut().button_padding = egui::vec2(0.0, 1.0);
        let (place, _) = ui.allocate_exact_size(egui::vec2(10.0, line + 2.0), egui::Sense::hover());
        triangle(ui, place.center(), open);
        let title = egui::Button::new(RichText::new(title)).min_size(egui::vec2(TARGET_PT, line));
        let title = ui.add(title.wrap().frame(false));
        roles::opens(&title, open);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A colour as it is seen over another.
    fn over(above: Color32, below: [f32; 3]) -> [f32; 3] {
        let [r, g, b, _] = above.to_array();
        let through = 1.0 - f32::from(above.a()) / 255.0;
        [(r, below[0]), (g, below[1]), (b, below[2])].map(|(above, below)| f32::from(above) + below * through)
    }

    /// WCAG 2.2: relative luminance.
    fn luminance(color: [f32; 3]) -> f32 {
        let [r, g, b] = color.map(|channel| {
            let channel = channel / 255.0;
            if channel <= 0.040_45 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// WCAG 2.2: contrast ratio.
    fn ratio(a: [f32; 3], b: [f32; 3]) -> f32 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Text and what it stands on, each with its name, for a style; `city` is what shines through.
    fn pairs(visuals: &Visuals, city: [f32; 3]) -> Vec<(&'static str, f32)> {
        let card = over(visuals.window_fill, city);
        let status = over(status_fill(visuals), city);
        let text = |color: Color32, ground| ratio(over(color, ground), ground);
        let widgets = &visuals.widgets;
        let mut pairs = vec![
            ("text", text(visuals.text_color(), card)),
            ("strong text", text(visuals.strong_text_color(), card)),
            ("weak text", text(visuals.weak_text_color(), card)),
            ("link", text(visuals.hyperlink_color, card)),
            ("status", text(visuals.text_color(), status)),
            ("warning", text(visuals.warn_fg_color, status)),
            ("progress", text(visuals.text_color(), over(visuals.selection.bg_fill, status))),
            ("selected", text(visuals.selection.stroke.color, over(visuals.selection.bg_fill, card))),
        ];
        for (name, widget) in [("button", widgets.inactive), ("hovered", widgets.hovered), ("active", widgets.active)] {
            pairs.push((name, text(widget.text_color(), over(widget.weak_bg_fill, card))));
        }
        pairs
    }

    #[test]
    fn every_text_can_be_read_in_both_themes() {
        for (theme, contrast) in
            [(Theme::Light, false), (Theme::Dark, false), (Theme::Light, true), (Theme::Dark, true)]
        {
            let context = egui::Context::default();
            apply(&context, theme, 1.0, contrast, false);
            let visuals = context.global_style().visuals.clone();
            // The city behind a panel may be as dark or as bright as it likes.
            for city in [[0.0; 3], [255.0; 3]] {
                for (name, ratio) in pairs(&visuals, city) {
                    let least = if contrast && name == "text" { 15.0 } else { 4.5 };
                    assert!(ratio >= least, "{theme:?} contrast={contrast} over {city:?}: {name} has {ratio:.2}");
                }
            }
        }
    }

    #[test]
    fn ratios_are_those_of_the_guideline() {
        assert!((ratio([0.0; 3], [255.0; 3]) - 21.0).abs() < 1e-3);
        assert!((ratio([118.0; 3], [255.0; 3]) - 4.54).abs() < 0.01);
    }
}
