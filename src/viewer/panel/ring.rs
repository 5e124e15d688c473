//! The ring around what has the keyboard, in two colours so that it is seen on everything.

use bevy_egui::egui::{self, LayerId, Order, Stroke, StrokeKind};

/// Draws it, if anything has the keyboard.
pub fn draw(context: &egui::Context) {
    let Some(focused) = context.memory(|memory| memory.focused()) else { return };
    let Some(response) = context.read_response(focused) else { return };
    let visuals = &context.global_style().visuals;
    let at = response.interact_rect.intersect(context.content_rect()).expand(2.0);
    if !at.is_positive() {
        return;
    }
    let painter = context.layer_painter(LayerId::new(Order::Foreground, egui::Id::new("keyboard ring")));
    let strokes = [(4.5, visuals.window_fill.to_opaque()), (2.5, visuals.hyperlink_color)];
    for (width, color) in strokes {
        painter.rect_stroke(at, 6.0, Stroke::new(width, color), StrokeKind::Middle);
    }
}
