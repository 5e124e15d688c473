//! The panel of a selected building: the released facts with why they are seen, what is not shown and why, and the
//! plans it lies in.

use bevy_egui::egui::{self, RichText};

use super::command::Command;
use super::look;
use super::texts::{fill, text, value};
use crate::stream::FeatureTable;
use crate::twin::{AttributeKind, Language, PlaceInfo, Text, TwinDescription};

/// What the panel of a building shows, ready to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct BuildingView {
    /// Name of a sight, else the address, else the word for building.
    pub title: String,
    /// The public id.
    pub id: String,
    /// The facts.
    pub facts: Vec<Fact>,
    /// What is kept back.
    pub withheld: Vec<Withheld>,
    /// Plans it lies in: layer, plan, name.
    pub plans: Vec<PlanLink>,
    /// For whom this was released.
    pub audience: String,
    /// Attributions of the sources.
    pub attributions: Vec<String>,
}

/// One released fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Its name.
    pub label: String,
    /// Its value; `None` is "no data".
    pub value: Option<String>,
    /// Why it is seen.
    pub why: String,
    /// The law or licence.
    pub legal_basis: String,
    /// What was done to it on release.
    pub operation: Option<String>,
}

/// One class of facts that is kept back.
#[derive(Clone, Debug, PartialEq)]
pub struct Withheld {
    /// What is kept back.
    pub label: String,
    /// Its class in words.
    pub class: String,
    /// Why it is not shown.
    pub reason: String,
    /// The law.
    pub legal_basis: String,
}

/// A plan that a building lies in.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanLink {
    /// The layer's id.
    pub layer: String,
    /// The plan's id.
    pub plan: String,
    /// What stands on the link.
    pub name: String,
}

impl BuildingView {
    /// The view of a feature of a tile, in a language.
    pub fn new(
        twin: &TwinDescription,
        features: &FeatureTable,
        row: u32,
        plans: Vec<PlanLink>,
        language: Language,
    ) -> Self {
        let id = features.id(row).unwrap_or_default();
        let released = twin.attributes.iter().map(|attribute| Fact {
            label: attribute.label.get(language).to_owned(),
            value: features.get(row, &attribute.name).map(|property| value(language, &attribute.kind, property)),
            why: attribute.why.get(language).to_owned(),
            legal_basis: attribute.legal_basis.get(language).to_owned(),
            operation: attribute.operation.as_ref().map(|text| text.get(language).to_owned()),
        });
        let sight = twin.places.iter().find(|place| place.building.as_deref() == Some(id));
        let sight = sight.map(|place| Fact::of_sight(place, language));
        let address = features.get(row, "address").map(|property| value(language, &AttributeKind::Text, property));
        let title = sight.as_ref().and_then(|sight| sight.value.clone()).or(address);
        Self {
            title: title.unwrap_or_else(|| text(language, "building.heading").to_owned()),
            id: id.to_owned(),
            facts: sight.into_iter().chain(released).collect(),
            withheld: twin.withheld.iter().map(|kept| Withheld::new(kept, language)).collect(),
            audience: audience(&twin.audience, language),
            attributions: attributions(twin, &plans),
            plans,
        }
    }

    /// The view of a feature of a tileset that others made: every property as it is.
    pub fn of_foreign(features: &FeatureTable, row: u32, language: Language) -> Self {
        let kind = AttributeKind::Text;
        let fact = |(name, property): (&str, &crate::stream::Property)| Fact {
            label: name.to_owned(),
            value: Some(value(language, &kind, property)),
            why: String::new(),
            legal_basis: String::new(),
            operation: None,
        };
        let id = features.id(row).unwrap_or_default().to_owned();
        Self {
            title: if id.is_empty() { format!("{} {row}", text(language, "building.heading")) } else { id.clone() },
            id,
            facts: features.row(row).map(fact).collect(),
            withheld: Vec::new(),
            plans: Vec::new(),
            audience: String::new(),
            attributions: Vec::new(),
        }
    }

    /// The panel as plain text, for the clipboard and for saving.
    pub fn as_text(&self, language: Language) -> String {
        let mut out = format!("{}\n{}\n", self.title, self.id);
        if !self.audience.is_empty() {
            out += &format!("{}: {}\n", text(language, "building.audience"), self.audience);
        }
        out.push('\n');
        for fact in &self.facts {
            let value = fact.value.as_deref().unwrap_or(text(language, "building.no_data"));
            out += &format!("{}: {value}\n", fact.label);
            if !fact.why.is_empty() {
                out += &format!("    {}\n", fact.why);
            }
            if let Some(operation) = &fact.operation {
                out += &format!("    {}: {operation}\n", text(language, "building.operation"));
            }
            if !fact.legal_basis.is_empty() {
                out += &format!("    {}: {}\n", text(language, "building.legal_basis"), fact.legal_basis);
            }
        }
        if !self.plans.is_empty() {
            out += &format!("\n{}\n", text(language, "building.plans"));
            out.extend(self.plans.iter().map(|plan| format!("- {}\n", plan.name)));
        }
        if !self.withheld.is_empty() {
            out += &format!("\n{}\n", text(language, "building.not_shown"));
            for kept in &self.withheld {
                out += &format!("- {} ({}): {} {}\n", kept.label, kept.class, kept.reason, kept.legal_basis);
            }
        }
        out.push('\n');
        out.extend(self.attributions.iter().map(|attribution| format!("{attribution}\n")));
        out
    }
}

impl Fact {
    /// The name of a sight. It is the city's own word in its list of places, and no part of the released data.
    fn of_sight(place: &PlaceInfo, language: Language) -> Self {
        Self {
            label: text(language, "building.sight").to_owned(),
            value: Some(place.title.get(language).to_owned()),
            why: text(language, "building.sight_why").to_owned(),
            legal_basis: String::new(),
            operation: None,
        }
    }
}

impl Withheld {
    fn new(kept: &crate::twin::WithheldInfo, language: Language) -> Self {
        let get = |text: &Text| text.get(language).to_owned();
        let class = match kept.class.as_str() {
            "aggregated" => text(language, "class.aggregated").to_owned(),
            "restricted" => text(language, "class.restricted").to_owned(),
            "never" => text(language, "class.never").to_owned(),
            other => other.to_owned(),
        };
        Self { label: get(&kept.label), class, reason: get(&kept.reason), legal_basis: get(&kept.legal_basis) }
    }
}

/// The attribution of each source and of the layers whose plans are named, each once, in their order.
fn attributions(twin: &TwinDescription, plans: &[PlanLink]) -> Vec<String> {
    let named = twin.layers.iter().filter(|layer| plans.iter().any(|plan| plan.layer == layer.id));
    let layers = named.map(|layer| &layer.attribution).filter(|attribution| !attribution.is_empty());
    let mut all: Vec<String> = Vec::new();
    for attribution in twin.sources.iter().map(|source| &source.attribution).chain(layers) {
        if !all.contains(attribution) {
            all.push(attribution.clone());
        }
    }
    all
}

/// The audience in words.
pub fn audience(name: &str, language: Language) -> String {
    match name {
        "citizen" => text(language, "audience.citizen").to_owned(),
        "kiosk" => text(language, "audience.kiosk").to_owned(),
        "planner" => text(language, "audience.planner").to_owned(),
        other => other.to_owned(),
    }
}

/// Draws the panel of a building.
pub fn building_ui(ui: &mut egui::Ui, view: &BuildingView, language: Language) -> Option<Command> {
    let mut command = look::card_title(ui, &view.title, language);
    egui::ScrollArea::vertical().auto_shrink([false, true]).show(ui, |ui| {
        ui.set_max_width(ui.available_width() - look::SCROLL_BAR_PT);
        ui.label(RichText::new(&view.id).small().weak());
        ui.add_space(4.0);
        command = buttons_ui(ui, view, language).or(command.take());
        ui.add_space(6.0);
        facts_ui(ui, &view.facts, language);
        if !view.withheld.is_empty() || !view.plans.is_empty() || !view.audience.is_empty() {
            command = plans_ui(ui, &view.plans, language).or(command.take());
        }
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

fn buttons_ui(ui: &mut egui::Ui, view: &BuildingView, language: Language) -> Option<Command> {
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
    });
    command
}

/// An id as part of a file name: nothing but letters, digits, `-` and `_`.
fn file_stem(id: &str) -> String {
    let safe: String = id.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).take(80).collect();
    if safe.is_empty() { "building".to_owned() } else { safe }
}

fn facts_ui(ui: &mut egui::Ui, facts: &[Fact], language: Language) {
    for fact in facts {
        fact_ui(ui, fact, language);
    }
}

/// Side of the button that tells why a fact is seen, and what its border adds to the width, points.
const WHY_PT: [f32; 2] = [18.0, 8.0];

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
        let why_pt = look::target(ui, egui::Vec2::splat(WHY_PT[0])).x + WHY_PT[1];
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
    let side = look::target(ui, egui::Vec2::splat(WHY_PT[0]));
    let button = egui::Button::new(RichText::new("?").small()).selected(open).corner_radius(9).min_size(side);
    let button = ui.scope(|ui| {
        ui.spacing_mut().button_padding = egui::vec2(5.0, 1.0);
        ui.spacing_mut().interact_size.y = side.y;
        ui.add(button).on_hover_text(question)
    });
    let button = button.inner;
    button.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, format!("{question} {label}")));
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

fn plans_ui(ui: &mut egui::Ui, plans: &[PlanLink], language: Language) -> Option<Command> {
    let mut command = None;
    look::section(ui, text(language, "building.plans"));
    if plans.is_empty() {
        ui.label(RichText::new(text(language, "building.no_plans")).weak());
    }
    for plan in plans {
        if look::link(ui, &plan.name).clicked() {
            command = Some(Command::SelectPlan { layer: plan.layer.clone(), plan: plan.plan.clone() });
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
