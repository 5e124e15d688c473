//! The strip of walking from house to house: where one stands, and buttons for the steps, for fingers and for those who
//! do not know the keys.

use bevy_egui::egui::{self, RichText, Stroke, vec2};

use super::command::Command;
use super::{look, roles};
use crate::texts::text;
use crate::twin::Language;
use crate::viewer::walk::{Direction, Step};

/// What the strip shows.
#[derive(Clone, Debug, PartialEq)]
pub struct WalkView {
    /// Name or address of the house.
    pub title: String,
    /// Some of its facts.
    pub facts: Vec<String>,
}

/// Draws the strip.
pub fn walk_ui(ui: &mut egui::Ui, view: &WalkView, language: Language) -> Option<Command> {
    let mut step = None;
    let title = ui.add(egui::Label::new(RichText::new(&view.title).strong()).wrap());
    roles::heading(&title, 2);
    if !view.facts.is_empty() {
        ui.add(egui::Label::new(RichText::new(view.facts.join(" · ")).small()).wrap());
    }
    ui.horizontal_wrapped(|ui| {
        let arrows = [
            (Direction::Left, "walk.left"),
            (Direction::Ahead, "walk.ahead"),
            (Direction::Back, "walk.back"),
            (Direction::Right, "walk.right"),
        ];
        for (direction, key) in arrows {
            if arrow_button(ui, direction, text(language, key)) {
                step = Some(Step::To(direction));
            }
        }
        let named = [
            ("walk.previous", Step::Along(false)),
            ("walk.next", Step::Along(true)),
            ("walk.open", Step::Open),
            ("walk.end", Step::End),
        ];
        for (key, wish) in named {
            if ui.button(text(language, key)).clicked() {
                step = Some(wish);
            }
        }
    });
    ui.add(egui::Label::new(RichText::new(text(language, "walk.keys")).small().weak()).wrap());
    step.map(Command::Walk)
}

/// A button with an arrow: the fonts have none that all of them draw.
fn arrow_button(ui: &mut egui::Ui, direction: Direction, name: &str) -> bool {
    let button = ui.add_sized(look::target(ui, vec2(30.0, look::TARGET_PT)), egui::Button::new(""));
    let tip = match direction {
        Direction::Ahead => vec2(0.0, -1.0),
        Direction::Back => vec2(0.0, 1.0),
        Direction::Left => vec2(-1.0, 0.0),
        Direction::Right => vec2(1.0, 0.0),
    };
    let side = vec2(tip.y, tip.x);
    let corner = |along: f32, across: f32| button.rect.center() + tip * along + side * across;
    let corners = vec![corner(6.0, 0.0), corner(-4.0, 6.0), corner(-4.0, -6.0)];
    ui.painter().add(egui::Shape::convex_polygon(corners, ui.visuals().text_color(), Stroke::NONE));
    let button = button.on_hover_text(name);
    button.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, name));
    button.clicked()
}

/// Points at the house from above, so that it is told by more than its colour.
pub fn pin(painter: &egui::Painter, at: egui::Pos2, visuals: &egui::Visuals) {
    let [outer, inner] = [visuals.window_fill.to_opaque(), visuals.hyperlink_color];
    for (size, color) in [(1.0, outer), (0.72, inner)] {
        let middle = at - vec2(0.0, 26.0);
        let corners =
            vec![at - vec2(0.0, 6.0 * (1.0 - size)), middle + vec2(10.0, 2.0) * size, middle + vec2(-10.0, 2.0) * size];
        painter.add(egui::Shape::convex_polygon(corners, color, Stroke::NONE));
        painter.circle_filled(middle, 11.0 * size, color);
    }
    painter.circle_filled(at - vec2(0.0, 26.0), 3.0, outer);
}
