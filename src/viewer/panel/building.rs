//! The panel of a selected building: draws what [`crate::answer`] says of it.

use bevy_egui::egui::{self, RichText};

use super::command::Command;
use super::{look, roles};
use crate::answer::{BuildingView, Fact, NearGroup, NearLine, PlanLink, ServiceLink, Withheld};
use crate::texts::{fill, text};
use crate::twin::{CameraPose, Language};

/// In panels lower than this the facts come first: what can be done with them would take all there is to see, points.
const LOW_PT: f32 = 400.0;

/// Draws the panel of a building. What is saved of it leads back to `address`.
pub fn building_ui(
    ui: &mut egui::Ui,
    view: &BuildingView,
    address: Option<&str>,
    language: Language,
) -> Option<Command> {
    let mut command = look::card_title(ui, &view.title, language);
    let low = ui.available_height() < LOW_PT;
    egui::ScrollArea::vertical().auto_shrink([false, true]).show(ui, |ui| {
        ui.set_max_width(ui.available_width() - look::SCROLL_BAR_PT);
        ui.label(RichText::new(&view.id).small().weak());
        ui.add_space(4.0);
        if !low {
            command = buttons_ui(ui, view, address, language).or(command.take());
            ui.add_space(6.0);
        }
        facts_ui(ui, &view.facts, language);
        if low {
            ui.add_space(6.0);
            command = buttons_ui(ui, view, address, language).or(command.take());
        }
        if !view.withheld.is_empty() || !view.plans.is_empty() || !view.audience.is_empty() {
            command = plans_ui(ui, view, language).or(command.take());
        }
        command = near_ui(ui, &view.near, language).or(command.take());
        command = services_ui(ui, &view.services, language).or(command.take());
        withheld_ui(ui, &view.withheld, language);
        if !view.audience.is_empty() {
            ui.add_space(6.0);
            ui.label(
                RichText::new(format!("{}: {}", text(language, "building.audience"), view.audience)).small().weak(),
            );
        }
    });
    command
}

fn buttons_ui(ui: &mut egui::Ui, view: &BuildingView, address: Option<&str>, language: Language) -> Option<Command> {
    let mut command = None;
    ui.horizontal_wrapped(|ui| {
        if ui.button(text(language, "building.fly")).clicked() {
            command = Some(Command::FlyToSelection);
        }
        // A public screen keeps nothing of anybody.
        if look::is_public(ui) {
            return;
        }
        if ui.button(text(language, "building.copy")).clicked() {
            command = Some(Command::Copy(view.as_text(language)));
        }
        if ui.button(text(language, "building.export")).clicked() {
            let file_name = format!("{}.txt", file_stem(&view.id));
            command = Some(Command::Export { file_name, text: view.as_text(language) });
        }
        if ui.button(text(language, "building.export_page")).clicked() {
            let file_name = format!("{}.html", file_stem(&view.id));
            command = Some(Command::Export { file_name, text: view.as_page(language, address) });
        }
    });
    command
}

/// An id as part of a file name: nothing but letters, digits, `-` and `_`.
pub(super) fn file_stem(id: &str) -> String {
    let safe: String = id.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).take(80).collect();
    if safe.is_empty() { "building".to_owned() } else { safe }
}

fn facts_ui(ui: &mut egui::Ui, facts: &[Fact], language: Language) {
    roles::list(ui, |ui| {
        for fact in facts {
            roles::item(ui, &fact.label, |ui| fact_ui(ui, fact, language));
        }
    });
}

/// Width of the button that tells why a fact is seen, points.
const WHY_PT: f32 = 28.0;

/// Widths of a fact's name and value beside each other, given the room and the widest word of each; `None` where they
/// have to stand one above the other, so that no word is broken.
pub(super) fn columns(room: f32, widest_of_name: f32, widest_of_value: f32) -> Option<(f32, f32)> {
    let half = room * 0.5;
    if widest_of_name + widest_of_value > room {
        return None;
    }
    let name = half.max(widest_of_name).min(room - widest_of_value);
    Some((name, room - name))
}

/// Width of the widest word of a text on one line.
fn widest_word(ui: &egui::Ui, text: &str) -> f32 {
    let font = egui::TextStyle::Body.resolve(ui.style());
    let width = |word: &str| {
        ui.painter().layout_no_wrap(word.to_owned(), font.clone(), egui::Color32::PLACEHOLDER).size().x.ceil()
    };
    text.split_whitespace().map(width).fold(0.0, f32::max)
}

/// A fact with a question mark that opens why it is seen: name and value beside each other, or one above the other
/// where a word is too long for that.
fn fact_ui(ui: &mut egui::Ui, fact: &Fact, language: Language) {
    let id = ui.make_persistent_id(("why", &fact.label));
    let mut open = ui.data(|data| data.get_temp::<bool>(id).unwrap_or(false));
    ui.horizontal_top(|ui| {
        let why_pt = look::target(ui, egui::Vec2::splat(WHY_PT)).x;
        let room = ui.available_width() - why_pt - 2.0 * ui.spacing().item_spacing.x;
        let said = fact.value.as_deref().unwrap_or(text(language, "building.no_data"));
        let value = RichText::new(said);
        let value = if fact.value.is_some() { value.strong() } else { value.weak().italics() };
        let name = RichText::new(&fact.label).weak();
        match columns(room, widest_word(ui, &fact.label), widest_word(ui, said)) {
            Some((name_width, value_width)) => {
                cell(ui, name_width, &[name]);
                cell(ui, value_width, &[value]);
            }
            None => cell(ui, room + ui.spacing().item_spacing.x, &[name, value]),
        }
        if !fact.why.is_empty() && why_button(ui, open, &fact.label, language) {
            open = !open;
            ui.data_mut(|data| data.insert_temp(id, open));
        }
    });
    if open {
        look::inset(ui, |ui| why_ui(ui, fact, language));
    }
}

/// Texts below each other in a column.
fn cell(ui: &mut egui::Ui, width: f32, texts: &[RichText]) {
    ui.allocate_ui_with_layout(egui::vec2(width, 0.0), egui::Layout::top_down(egui::Align::LEFT), |ui| {
        ui.set_width(width);
        for text in texts {
            ui.add(egui::Label::new(text.clone()).wrap());
        }
    });
}

/// Says whether it was clicked.
fn why_button(ui: &mut egui::Ui, open: bool, label: &str, language: Language) -> bool {
    let question = text(language, "building.why");
    let side = look::target(ui, egui::Vec2::splat(look::TARGET_PT));
    let button = egui::Button::new("").selected(open).corner_radius(12).min_size(side);
    let button = ui.scope(|ui| {
        ui.spacing_mut().button_padding = egui::vec2(5.0, 1.0);
        ui.spacing_mut().interact_size.y = side.y;
        ui.add_sized(side, button).on_hover_text(question)
    });
    let button = button.inner;
    // In the middle of the circle, not on the line of a text.
    let (font, color) = (egui::TextStyle::Small.resolve(ui.style()), ui.style().interact(&button).text_color());
    ui.painter().text(button.rect.center(), egui::Align2::CENTER_CENTER, "?", font, color);
    button.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, format!("{question} {label}")));
    roles::opens(&button, open);
    button.clicked()
}

fn why_ui(ui: &mut egui::Ui, fact: &Fact, language: Language) {
    ui.label(RichText::new(&fact.why).small());
    if let Some(operation) = &fact.operation {
        ui.label(RichText::new(format!("{}: {operation}", text(language, "building.operation"))).small());
    }
    if !fact.legal_basis.is_empty() {
        ui.label(RichText::new(basis(language, &fact.legal_basis)).small());
    }
}

fn plans_ui(ui: &mut egui::Ui, view: &BuildingView, language: Language) -> Option<Command> {
    look::section(ui, text(language, "building.plans"));
    if view.plans.is_empty() {
        ui.label(RichText::new(text(language, "building.no_plans")).weak());
    }
    let mut command = plan_links(ui, &view.plans);
    if !view.plans_near.is_empty() {
        look::section(ui, text(language, "building.plans_near"));
        command = plan_links(ui, &view.plans_near).or(command);
    }
    command
}

fn plan_links(ui: &mut egui::Ui, plans: &[PlanLink]) -> Option<Command> {
    let mut command = None;
    for plan in plans {
        if look::line(ui, &plan.line()).clicked() {
            command = Some(Command::SelectPlan { layer: plan.layer.clone(), plan: plan.plan.clone() });
        }
    }
    command
}

/// What is near on foot, by category: a click flies there.
fn near_ui(ui: &mut egui::Ui, groups: &[NearGroup], language: Language) -> Option<Command> {
    let mut command = None;
    if groups.is_empty() {
        return command;
    }
    look::section(ui, text(language, "near.heading"));
    ui.label(RichText::new(text(language, "near.rule")).small().weak());
    for group in groups {
        ui.add_space(4.0);
        ui.label(RichText::new(&group.title).strong());
        if group.places.is_empty() {
            ui.label(RichText::new(text(language, "near.none")).weak());
        }
        for near in &group.places {
            if look::line(ui, &near.name).on_hover_text(text(language, "near.fly")).clicked() {
                command = Some(Command::ShowPlace(view_of(near)));
            }
            ui.label(RichText::new(&near.way).small());
        }
    }
    command
}

/// The view of a place from the south, near enough to see what stands around it.
fn view_of(near: &NearLine) -> CameraPose {
    let place = near.place;
    CameraPose {
        lon_deg: place.lon_deg,
        lat_deg: place.lat_deg,
        height_m: place.height_m,
        distance_m: 300.0,
        heading_deg: 0.0,
        pitch_deg: -40.0,
    }
}

/// The city's own services: plain links, opened only by a click.
pub(super) fn services_ui(ui: &mut egui::Ui, services: &[ServiceLink], language: Language) -> Option<Command> {
    let mut command = None;
    if services.is_empty() {
        return command;
    }
    look::section(ui, text(language, "services.heading"));
    for service in services {
        if look::is_public(ui) {
            // What can be read can be typed at home.
            ui.label(format!("{}: {}", service.title, service.url));
        } else if look::link(ui, &service.title, &service.url).on_hover_text(&service.url).clicked() {
            command = Some(Command::OpenLink(service.url.clone()));
        }
    }
    command
}

fn withheld_ui(ui: &mut egui::Ui, withheld: &[Withheld], language: Language) {
    if withheld.is_empty() {
        return;
    }
    look::section(ui, text(language, "building.not_shown"));
    ui.label(RichText::new(text(language, "building.not_shown_intro")).small().weak());
    for (index, kept) in withheld.iter().enumerate() {
        let title = format!("{} · {}", kept.label, kept.class);
        if look::disclosure(ui, &format!("kept {index}"), &title) {
            look::inset(ui, |ui| {
                ui.label(RichText::new(&kept.reason).small());
                ui.label(RichText::new(basis(language, &kept.legal_basis)).small());
            });
        }
    }
}

fn basis(language: Language, basis: &str) -> String {
    format!("{}: {basis}", text(language, "building.legal_basis"))
}

/// The line that tells where a text was saved.
pub fn exported(language: Language, path: &str) -> String {
    fill(language, "building.exported", "path", path)
}
