//! The codes of permitted uses on the areas of plans, under all panels. Which stand where is [`crate::viewer::overlay`]'s
//! matter.

use bevy_egui::egui::{self, Id, LayerId, Rect, pos2, vec2};
use glam::DVec2;

use super::look;
use crate::viewer::camera::Rig;
use crate::viewer::overlay::Label;

/// Draws the labels as a camera sees them.
pub fn draw(context: &egui::Context, labels: &[Label], rig: &Rig, size_pt: DVec2) {
    let painter = context.layer_painter(LayerId::background());
    let place = |label: &Label| {
        let at = rig.project(label.at, size_pt)?;
        Some((label.code.clone(), label_ui(&painter, pos2(at.x as f32, at.y as f32), &label.code)))
    };
    let drawn: Vec<(String, Rect)> = labels.iter().filter_map(place).collect();
    context.data_mut(|data| data.insert_temp(drawn_id(), drawn));
}

/// The codes that are drawn with their borders, for tests of where they stand.
pub fn drawn(context: &egui::Context) -> Vec<(String, Rect)> {
    context.data(|data| data.get_temp(drawn_id())).unwrap_or_default()
}

fn drawn_id() -> Id {
    Id::new("plan labels")
}

/// A code on a small card, so that it can be read over everything; gives its borders.
fn label_ui(painter: &egui::Painter, at: egui::Pos2, code: &str) -> Rect {
    let style = painter.ctx().global_style();
    let font = egui::TextStyle::Small.resolve(&style);
    let text = painter.layout_no_wrap(code.to_owned(), font, style.visuals.strong_text_color());
    let card = Rect::from_center_size(at, text.size() + vec2(8.0, 2.0) * look::text_scale(&style));
    painter.rect(card, 4.0, style.visuals.window_fill, style.visuals.window_stroke, egui::StrokeKind::Inside);
    painter.galley(at - text.size() * 0.5, text, style.visuals.strong_text_color());
    card
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use glam::DVec3;

    use super::*;

    #[test]
    fn codes_stand_over_their_places_and_under_the_panels() {
        let rig = Rig { eye: DVec3::ZERO, heading_deg: 0.0, pitch_deg: -30.0, fov_y: 0.8, reach_m: 1e5 };
        let label = |at| Label { code: "WA".into(), at };
        let labels = [label(rig.forward() * 100.0), label(-rig.forward() * 100.0)];
        let harness = Harness::builder().with_size(vec2(400.0, 300.0)).build_ui(|ui| {
            draw(ui.ctx(), &labels, &rig, DVec2::new(400.0, 300.0));
        });
        let drawn = drawn(&harness.ctx);
        assert_eq!(drawn.len(), 1, "the other one is behind the eye");
        assert!(drawn[0].1.center().distance(pos2(200.0, 150.0)) < 0.5 && drawn[0].1.width() < 40.0, "{drawn:?}");
        let text = |shape: &egui::epaint::ClippedShape| match &shape.shape {
            egui::Shape::Text(text) => Some(text.galley.text().to_owned()),
            _ => None,
        };
        assert_eq!(harness.output().shapes.iter().filter_map(text).collect::<Vec<_>>(), ["WA"]);
    }
}
