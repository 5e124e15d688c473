//! What is written into the picture, under all panels: the codes of permitted uses on the areas of plans and the names of
//! sights. Which stand where is [`crate::viewer::overlay`]'s and [`crate::viewer::sights`]'s matter.

use bevy_egui::egui::{self, Id, LayerId, Rect, pos2, vec2};
use glam::DVec2;

use super::look;
use crate::viewer::camera::Rig;
use crate::viewer::overlay::Label;
use crate::viewer::sights::{SightName, TIP_PT};

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

/// Draws the names of sights as a camera sees them.
pub fn draw_sights(context: &egui::Context, names: &[SightName], rig: &Rig, size_pt: DVec2) {
    let painter = context.layer_painter(LayerId::background());
    let pointer = context.pointer_hover_pos().filter(|at| context.layer_id_at(*at).is_none_or(is_background));
    let place = |name: &SightName| {
        let at = rig.project(name.at, size_pt)?;
        let card = name_ui(&painter, pos2(at.x as f32, at.y as f32), &name.name, pointer);
        Some((name.sight, name.name.clone(), card))
    };
    let drawn: Vec<(usize, String, Rect)> = names.iter().filter_map(place).collect();
    context.data_mut(|data| data.insert_temp(drawn_sights_id(), drawn));
}

/// The sights whose names are drawn, with the names' borders.
pub fn drawn_sights(context: &egui::Context) -> Vec<(usize, String, Rect)> {
    context.data(|data| data.get_temp(drawn_sights_id())).unwrap_or_default()
}

/// The sight whose name is drawn at a point of the picture.
pub fn sight_at(context: &egui::Context, at: DVec2) -> Option<usize> {
    let at = pos2(at.x as f32, at.y as f32);
    drawn_sights(context).into_iter().find(|(_, _, card)| card.contains(at)).map(|(sight, ..)| sight)
}

fn drawn_sights_id() -> Id {
    Id::new("sight names")
}

fn is_background(layer: LayerId) -> bool {
    layer.order == egui::Order::Background
}

/// A name on a card whose tip points at its sight; gives its borders. Where the pointer is over it, it says that it can
/// be pressed.
fn name_ui(painter: &egui::Painter, at: egui::Pos2, name: &str, pointer: Option<egui::Pos2>) -> Rect {
    let style = painter.ctx().global_style();
    let visuals = &style.visuals;
    let font = egui::TextStyle::Body.resolve(&style);
    let text = painter.layout_no_wrap(name.to_owned(), font, visuals.strong_text_color());
    let scale = look::text_scale(&style);
    let size = text.size() + vec2(16.0, 6.0) * scale;
    let tip = TIP_PT as f32 * scale;
    let card = Rect::from_min_size(at - vec2(size.x * 0.5, size.y + tip), size);
    let is_pointed_at = pointer.is_some_and(|pointer| card.contains(pointer));
    let fill = if is_pointed_at { visuals.widgets.hovered.weak_bg_fill } else { visuals.window_fill };
    let fill = fill.to_opaque();
    let stroke = visuals.window_stroke;
    painter.rect(card, 6.0, fill, stroke, egui::StrokeKind::Inside);
    // Over the card's lower border, so that one border goes around both.
    let (foot, side) = (pos2(at.x, card.bottom() - stroke.width), vec2(tip * 0.7, 0.0));
    painter.add(egui::Shape::convex_polygon(vec![foot - side, foot + side, at], fill, egui::Stroke::NONE));
    painter.add(egui::Shape::line(vec![foot - side, at, foot + side], stroke));
    painter.galley(card.center() - text.size() * 0.5, text, visuals.strong_text_color());
    if is_pointed_at {
        painter.ctx().set_cursor_icon(egui::CursorIcon::PointingHand);
    }
    card
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
    use crate::viewer::options::Theme;

    const RIG: Rig =
        Rig { eye: DVec3::ZERO, heading_deg: 0.0, pitch_deg: -30.0, fov_y: 0.8, reach_m: 1e5, level_m: f64::INFINITY };

    #[test]
    fn codes_stand_over_their_places_and_under_the_panels() {
        let label = |at| Label { code: "WA".into(), at };
        let labels = [label(RIG.forward() * 100.0), label(-RIG.forward() * 100.0)];
        let harness = Harness::builder().with_size(vec2(400.0, 300.0)).build_ui(|ui| {
            draw(ui.ctx(), &labels, &RIG, DVec2::new(400.0, 300.0));
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

    #[test]
    fn a_name_is_pressed_where_it_is_drawn() {
        let names = [SightName { sight: 7, name: "Isar".into(), at: RIG.forward() * 100.0 }];
        let harness = Harness::builder().with_size(vec2(400.0, 300.0)).build_ui(|ui| {
            draw_sights(ui.ctx(), &names, &RIG, DVec2::new(400.0, 300.0));
        });
        let at = |x: f64, y: f64| sight_at(&harness.ctx, DVec2::new(x, y));
        assert_eq!([at(200.0, 130.0), at(200.0, 155.0), at(120.0, 130.0)], [Some(7), None, None]);
    }

    #[test]
    fn the_tip_of_a_name_has_the_border_of_its_card() {
        let names = [SightName { sight: 7, name: "Isar".into(), at: RIG.forward() * 100.0 }];
        for contrast in [false, true] {
            let harness = Harness::builder().with_size(vec2(400.0, 300.0)).build_ui(|ui| {
                look::apply(ui.ctx(), Theme::Light, 1.0, contrast, false);
                draw_sights(ui.ctx(), &names, &RIG, DVec2::new(400.0, 300.0));
            });
            let stroke = harness.ctx.global_style().visuals.window_stroke;
            let border = egui::epaint::PathStroke::from(stroke);
            let is_border = |shape: &egui::epaint::ClippedShape| match &shape.shape {
                egui::Shape::Path(path) if path.stroke == border => {
                    path.points.iter().any(|at| at.distance(pos2(200.0, 150.0)) < 0.5)
                }
                _ => false,
            };
            let borders = harness.output().shapes.iter().filter(|shape| is_border(shape)).count();
            assert_eq!((borders, stroke.width), (1, if contrast { 2.0 } else { 1.0 }));
        }
    }
}
