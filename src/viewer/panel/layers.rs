//! The card of the planning layers: on and off, opacity, legend.

use bevy_egui::egui::{self, Color32, RichText};

use super::command::Command;
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
    /// Colour and name of each kind of area.
    pub legend: Vec<([u8; 3], String)>,
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
    if ui.checkbox(&mut visible, RichText::new(&layer.title).strong()).changed() {
        command = Some(Command::SetLayerVisible(layer.id.clone(), visible));
    }
    ui.add_enabled_ui(layer.visible, |ui| {
        let mut percent = layer.opacity * 100.0;
        let slider = egui::Slider::new(&mut percent, 5.0..=100.0).suffix(" %").fixed_decimals(0);
        let label = ui.label(text(language, "layers.opacity"));
        if ui.add(slider).labelled_by(label.id).changed() {
            command = Some(Command::SetLayerOpacity(layer.id.clone(), percent / 100.0));
        }
        for (color, name) in &layer.legend {
            legend_ui(ui, *color, name);
        }
    });
    command
}

fn legend_ui(ui: &mut egui::Ui, [r, g, b]: [u8; 3], name: &str) {
    ui.horizontal(|ui| {
        let (place, _) = ui.allocate_exact_size(egui::vec2(22.0, 14.0), egui::Sense::hover());
        let border = egui::Stroke::new(1.0, Color32::from_rgb(r / 2, g / 2, b / 2));
        ui.painter().rect(place, 3.0, Color32::from_rgb(r, g, b), border, egui::StrokeKind::Inside);
        ui.label(name);
    });
}
