//! The lower border and the compass: attribution, what is loading or broken, the scale, and where north is.

use bevy_egui::egui::{self, Color32, RichText, Stroke, pos2, vec2};

use super::command::Command;
use super::look;
use crate::texts::{fill, metres, number, text};
use crate::twin::Language;
use crate::viewer::walk::Step;

/// What the status line and the compass show.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusView {
    /// Attributions of every shown source, with their licences.
    pub attributions: Vec<String>,
    /// Tiles that are still on the way.
    pub loading: usize,
    /// Share of the view that is there, 0 to 1.
    pub progress: f32,
    /// What could not be loaded: a short line for each kind, with the reasons, both in words.
    pub failed: Vec<(String, String)>,
    /// What could not be understood in others' tiles.
    pub not_understood: Vec<String>,
    /// Metres on the ground that one point of the screen is, at the middle of the picture.
    pub metres_per_point: f64,
    /// Direction of view, degrees clockwise from north.
    pub heading_deg: f64,
}

/// Draws the compass with the buttons for home and zoom.
pub fn compass_ui(ui: &mut egui::Ui, view: &StatusView, language: Language) -> Option<Command> {
    let mut command = None;
    let scale = compass_scale(ui);
    ui.vertical_centered(|ui| {
        let size = look::target(ui, vec2(40.0, 40.0) * scale);
        let (place, response) = ui.allocate_exact_size(size, egui::Sense::click());
        needle(ui, place, view.heading_deg, scale);
        let response = response.on_hover_text(text(language, "tools.north"));
        response
            .widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, text(language, "tools.north")));
        if response.clicked() {
            command = Some(Command::North);
        }
        let buttons = [
            (" ", "walk.begin", Command::Walk(Step::Begin)),
            ("", "tools.home", Command::Home),
            ("+", "tools.zoom_in", Command::Zoom(0.6)),
            ("−", "tools.zoom_out", Command::Zoom(1.6)),
        ];
        for (icon, key, wish) in buttons {
            let size = look::target(ui, vec2(34.0, 30.0) * scale);
            let button = ui.add_sized(size, egui::Button::new(RichText::new(icon).size(17.0 * scale)));
            match wish {
                Command::Home => house(ui, button.rect.center(), scale),
                Command::Walk(_) => walker(ui, button.rect.center(), scale),
                _ => {}
            }
            let button = button.on_hover_text(text(language, key));
            button.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, text(language, key)));
            if button.clicked() {
                command = Some(wish);
            }
        }
    });
    command
}

/// How many times its usual size the compass is: it grows with the text, up to two fifths of the window.
fn compass_scale(ui: &egui::Ui) -> f32 {
    let room = ui.ctx().content_rect().height() * 0.4 / COMPASS_HEIGHT_PT;
    look::text_scale(ui.style()).min(room).max(1.0)
}

/// Height of the compass with its buttons at its usual size, points.
const COMPASS_HEIGHT_PT: f32 = 157.0;

/// A small house: the fonts have no such sign.
fn house(ui: &egui::Ui, middle: egui::Pos2, scale: f32) {
    let stroke = Stroke::new(1.5 * scale, ui.visuals().text_color());
    let line = |points: &[(f32, f32)]| points.iter().map(|(x, y)| middle + vec2(*x, *y) * scale).collect::<Vec<_>>();
    ui.painter().add(egui::Shape::line(line(&[(-8.0, 0.0), (0.0, -7.5), (8.0, 0.0)]), stroke));
    ui.painter().add(egui::Shape::line(line(&[(-5.5, -1.5), (-5.5, 7.0), (5.5, 7.0), (5.5, -1.5)]), stroke));
}

/// Somebody who walks.
fn walker(ui: &egui::Ui, middle: egui::Pos2, scale: f32) {
    let color = ui.visuals().text_color();
    let line = |points: &[(f32, f32)]| points.iter().map(|(x, y)| middle + vec2(*x, *y) * scale).collect::<Vec<_>>();
    ui.painter().circle_filled(middle + vec2(1.0, -8.0) * scale, 2.4 * scale, color);
    for points in [
        &[(0.5, -4.5), (-0.5, 1.5), (3.5, 4.5), (4.5, 9.0)][..],
        &[(-0.5, 1.5), (-2.5, 5.0), (-5.0, 9.0)],
        &[(0.5, -4.0), (-3.5, -1.5), (-5.0, 1.5)],
        &[(0.5, -4.0), (3.5, -0.5), (6.0, 0.0)],
    ] {
        ui.painter().add(egui::Shape::line(line(points), Stroke::new(1.8 * scale, color)));
    }
}

/// A needle whose red half points to north; the other is hollow, so that they differ by more than their colours.
fn needle(ui: &egui::Ui, place: egui::Rect, heading_deg: f64, scale: f32) {
    let angle = -(heading_deg as f32).to_radians();
    let (sin, cos) = angle.sin_cos();
    let turn = |x: f32, y: f32| place.center() + vec2(x * cos - y * sin, x * sin + y * cos) * scale;
    let painter = ui.painter();
    painter.circle_stroke(place.center(), 18.5 * scale, Stroke::new(1.0, ui.visuals().weak_text_color()));
    let half = |tip: f32, color: Color32, border: Stroke| {
        let corners = vec![turn(0.0, tip), turn(5.0, 0.0), turn(-5.0, 0.0)];
        painter.add(egui::Shape::convex_polygon(corners, color, border));
    };
    half(15.0, Color32::TRANSPARENT, Stroke::new(1.2, ui.visuals().weak_text_color()));
    half(-15.0, Color32::from_rgb(200, 45, 40), Stroke::NONE);
}

/// Draws the line at the lower border: scale, loading, failures, attribution.
pub fn status_ui(ui: &mut egui::Ui, view: &StatusView, language: Language) -> Option<Command> {
    let mut command = None;
    let public = look::is_public(ui);
    if !public {
        ui.spacing_mut().interact_size.y = 18.0;
    }
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.horizontal_wrapped(|ui| {
        scale_ui(ui, view.metres_per_point, language);
        if view.loading > 0 {
            let text = fill(language, "window.loading", "count", &view.loading.to_string());
            ui.add(
                egui::ProgressBar::new(view.progress)
                    .desired_width(150.0)
                    .desired_height(14.0)
                    .text(RichText::new(text).small()),
            );
        }
        for (line, reasons) in &view.failed {
            ui.label(RichText::new(format!("⚠ {line}")).small().color(ui.visuals().warn_fg_color))
                .on_hover_text(reasons);
        }
        let retry = egui::Button::new(RichText::new(text(language, "window.retry")).small());
        let retry = retry.min_size(egui::Vec2::splat(look::TARGET_PT));
        // A public screen tries again by itself.
        if !view.failed.is_empty() && !public && ui.add(retry).clicked() {
            command = Some(Command::Retry);
        }
        if !view.not_understood.is_empty() {
            let line = fill(language, "window.not_understood", "names", &view.not_understood.join(", "));
            ui.add(egui::Label::new(RichText::new(format!("⚠ {line}")).small()).wrap());
        }
        for attribution in &view.attributions {
            attribution_ui(ui, &format!("© {}", attribution.trim_start_matches("© ")));
        }
    });
    command
}

/// Draws the attribution alone, for a screen that nobody is at: nothing in it moves or is bright.
pub fn attribution_lines_ui(ui: &mut egui::Ui, view: &StatusView) {
    ui.spacing_mut().item_spacing.y = 2.0;
    for attribution in &view.attributions {
        let line = format!("© {}", attribution.trim_start_matches("© "));
        ui.add(egui::Label::new(RichText::new(line).small().color(Color32::from_gray(235))).wrap());
    }
}

/// An attribution, on one line where there is room for it.
fn attribution_ui(ui: &mut egui::Ui, attribution: &str) {
    let text = RichText::new(attribution).small();
    let font = egui::TextStyle::Small.resolve(ui.style());
    let width = ui.painter().layout_no_wrap(attribution.to_owned(), font, Color32::PLACEHOLDER).size().x;
    let label = egui::Label::new(text);
    ui.add(if width < ui.max_rect().width() { label.extend() } else { label.wrap() });
}

/// A bar of a round length.
fn scale_ui(ui: &mut egui::Ui, metres_per_point: f64, language: Language) {
    let length_m = round_length(metres_per_point * 110.0);
    let width = (length_m / metres_per_point) as f32;
    if !width.is_finite() || width > 400.0 {
        return;
    }
    let name = length_name(language, length_m);
    let (place, scale) = ui.allocate_exact_size(vec2(width.max(30.0), 18.0), egui::Sense::hover());
    let spoken = fill(language, "access.scale", "length", &name);
    scale.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Image, true, &spoken));
    let stroke = Stroke::new(1.5, ui.visuals().text_color());
    let (left, bottom) = (place.left(), place.bottom() - 2.0);
    let points = vec![
        pos2(left, bottom - 5.0),
        pos2(left, bottom),
        pos2(left + width, bottom),
        pos2(left + width, bottom - 5.0),
    ];
    ui.painter().add(egui::Shape::line(points, stroke));
    let font = egui::TextStyle::Small.resolve(ui.style());
    ui.painter().text(
        pos2(left + width * 0.5, bottom - 3.0),
        egui::Align2::CENTER_BOTTOM,
        name,
        font,
        ui.visuals().text_color(),
    );
}

/// A round length in the unit that it has no decimals in.
fn length_name(language: Language, length_m: f64) -> String {
    match length_m {
        1000.0.. => format!("{} km", number(language, length_m / 1000.0, 0)),
        // A metre may come out of its logarithm a little short.
        0.999.. => metres(language, length_m, 0),
        0.00999.. => format!("{} cm", number(language, length_m * 100.0, 0)),
        _ => format!("{} mm", number(language, length_m * 1000.0, 0)),
    }
}

/// The largest of 1, 2, 5 times a power of ten that is not above `length_m`.
pub fn round_length(length_m: f64) -> f64 {
    let power = 10f64.powf(length_m.max(1e-6).log10().floor());
    [5.0, 2.0, 1.0].into_iter().map(|step| step * power).find(|round| *round <= length_m).unwrap_or(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_never_nothing() {
        let name = |length_m| length_name(Language::De, round_length(length_m));
        assert_eq!([5300.0, 260.0, 1.3].map(name), ["5 km", "200 m", "1 m"]);
        assert_eq!([0.61, 0.11, 0.013, 0.0021].map(name), ["50 cm", "10 cm", "1 cm", "2 mm"]);
    }

    #[test]
    fn scale_lengths_are_round() {
        assert_eq!([1.3, 260.0, 999.0, 49.9].map(round_length), [1.0, 200.0, 500.0, 20.0]);
    }
}
