//! The card of the planning layers: on and off, opacity, legend.

use bevy_egui::egui::{self, Color32, RichText};

use super::command::Command;
use super::{look, roles};
use crate::texts::text;
use crate::twin::Language;

/// A layer as its card shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Whether it is drawn.
    pub visible: bool,
    /// Its opacity, 0 to 1.
    pub opacity: f32,
    /// Each kind of area.
    pub legend: Vec<LegendView>,
}

/// A kind of area: how it looks, what stands on it in the picture, what it is.
#[derive(Clone, Debug, PartialEq)]
pub struct LegendView {
    /// Its colour, sRGB.
    pub color: [u8; 3],
    /// The code that stands on it; `None` where it has none.
    pub code: Option<String>,
    /// Its name.
    pub name: String,
}

/// Draws the card's content.
pub fn layers_ui(ui: &mut egui::Ui, layers: &[LayerView], language: Language) -> Option<Command> {
    let mut command = None;
    if layers.is_empty() {
        ui.label(text(language, "layers.none"));
    }
    for layer in layers {
        command = layer_ui(ui, layer, language).or(command);
    }
    command
}

fn layer_ui(ui: &mut egui::Ui, layer: &LayerView, language: Language) -> Option<Command> {
    let mut command = None;
    let mut visible = layer.visible;
    if look::checkbox(ui, &mut visible, RichText::new(&layer.title).strong()).changed() {
        command = Some(Command::SetLayerVisible(layer.id.clone(), visible));
    }
    ui.add_enabled_ui(layer.visible, |ui| {
        let mut percent = layer.opacity * 100.0;
        let slider = egui::Slider::new(&mut percent, 5.0..=100.0).suffix(" %").fixed_decimals(0);
        let label = ui.label(text(language, "layers.opacity"));
        if ui.add(slider).labelled_by(label.id).changed() {
            command = Some(Command::SetLayerOpacity(layer.id.clone(), percent / 100.0));
        }
        roles::list(ui, |ui| {
            for line in &layer.legend {
                roles::item(ui, &line.name, |ui| legend_ui(ui, line));
            }
        });
    });
    command
}

fn legend_ui(ui: &mut egui::Ui, line: &LegendView) {
    ui.horizontal_top(|ui| {
        let [r, g, b] = line.color;
        let height = ui.text_style_height(&egui::TextStyle::Body);
        let (place, _) = ui.allocate_exact_size(egui::vec2(22.0, height), egui::Sense::hover());
        let border = egui::Stroke::new(1.0, Color32::from_rgb(r / 2, g / 2, b / 2));
        let swatch = egui::Rect::from_center_size(place.center(), egui::vec2(22.0, 14.0));
        ui.painter().rect(swatch, 3.0, Color32::from_rgb(r, g, b), border, egui::StrokeKind::Inside);
        if let Some(code) = &line.code {
            ui.label(RichText::new(code).strong());
        }
        ui.add(egui::Label::new(&line.name).wrap());
    });
}
