//! The panel of a development plan: draws what [`crate::answer`] says of it.

use bevy_egui::egui::{self, RichText};

use super::building::{file_stem, services_ui};
use super::command::Command;
use super::{look, roles};
use crate::answer::PlanView;
use crate::texts::text;
use crate::twin::Language;

/// Draws the panel of a plan. What is saved of it leads back to `address`.
pub fn plan_ui(ui: &mut egui::Ui, view: &PlanView, address: Option<&str>, language: Language) -> Option<Command> {
    let mut command = look::card_title(ui, &view.title, language);
    ui.label(RichText::new(text(language, "plan.heading")).small().weak());
    ui.add_space(6.0);
    egui::ScrollArea::vertical().auto_shrink([false, true]).show(ui, |ui| {
        roles::list(ui, |ui| {
            for (label, value) in &view.facts {
                roles::item(ui, label, |ui| {
                    ui.horizontal_wrapped(|ui| {
                        ui.label(RichText::new(label).weak());
                        ui.label(RichText::new(value).strong());
                    });
                });
            }
        });
        if let Some(link) = &view.link {
            ui.add_space(4.0);
            if look::is_public(ui) {
                // What can be read can be typed at home.
                ui.label(format!("{}: {link}", text(language, "plan.link")));
            } else if look::link(ui, text(language, "plan.link"), link).on_hover_text(link).clicked() {
                command = Some(Command::OpenLink(link.clone()));
            }
        }
        ui.add_space(6.0);
        let basis = format!("{}: {}", text(language, "plan.legal_basis"), view.legal_basis);
        ui.label(RichText::new(basis).small().weak());
        if !view.attribution.is_empty() {
            ui.label(RichText::new(format!("© {}", view.attribution.trim_start_matches("© "))).small());
        }
        command = services_ui(ui, &view.services, language).or(command.take());
        ui.add_space(6.0);
        // A public screen keeps nothing of anybody.
        if !look::is_public(ui) && ui.button(text(language, "building.export_page")).clicked() {
            let file_name = format!("{}.html", file_stem(&view.title));
            command = Some(Command::Export { file_name, text: view.as_page(language, address) });
        }
    });
    command
}
