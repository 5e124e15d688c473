//! The panel of a development plan: name, status, dates, permitted use and height, and where the plan itself stands.

use bevy_egui::egui::{self, RichText};

use super::command::Command;
use super::look;
use super::texts::text;
use crate::twin::Language;

/// What the panel of a plan shows, ready to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanView {
    /// Name of the plan.
    pub title: String,
    /// Label and value of each line.
    pub facts: Vec<(String, String)>,
    /// Address of the plan.
    pub link: Option<String>,
    /// The law that the layer rests on.
    pub legal_basis: String,
    /// The attribution of the layer; empty where it asks for none.
    pub attribution: String,
}

impl PlanView {
    /// The panel as plain text.
    pub fn as_text(&self, language: Language) -> String {
        let mut out = format!("{}\n{}\n\n", self.title, text(language, "plan.heading"));
        out.extend(self.facts.iter().map(|(label, value)| format!("{label}: {value}\n")));
        if let Some(link) = &self.link {
            out += &format!("{}: {link}\n", text(language, "plan.link"));
        }
        out += &format!("{}: {}\n", text(language, "plan.legal_basis"), self.legal_basis);
        if !self.attribution.is_empty() {
            out += &format!("\n{}\n", self.attribution);
        }
        out
    }
}

/// Draws the panel of a plan.
pub fn plan_ui(ui: &mut egui::Ui, view: &PlanView, language: Language) -> Option<Command> {
    let mut command = look::card_title(ui, &view.title, language);
    ui.label(RichText::new(text(language, "plan.heading")).small().weak());
    ui.add_space(6.0);
    egui::ScrollArea::vertical().auto_shrink([false, true]).show(ui, |ui| {
        for (label, value) in &view.facts {
            ui.horizontal_wrapped(|ui| {
                ui.label(RichText::new(label).weak());
                ui.label(RichText::new(value).strong());
            });
        }
        if let Some(link) = &view.link {
            ui.add_space(4.0);
            if look::is_public(ui) {
                // What can be read can be typed at home.
                ui.label(format!("{}: {link}", text(language, "plan.link")));
            } else if ui.link(text(language, "plan.link")).on_hover_text(link).clicked() {
                command = Some(Command::OpenLink(link.clone()));
            }
        }
        ui.add_space(6.0);
        let basis = format!("{}: {}", text(language, "plan.legal_basis"), view.legal_basis);
        ui.label(RichText::new(basis).small().weak());
    });
    command
}
