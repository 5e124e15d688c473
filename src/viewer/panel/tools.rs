//! The title, the tool bar and the cards that it opens: places, sun, settings, sources, help.

use bevy_egui::egui::{self, RichText};
use jiff::civil::DateTime;

use super::command::{Card, Command};
use super::texts::text;
use super::{look, roles};
use crate::twin::{CameraPose, Language, SourceInfo};
use crate::viewer::options::Theme;

/// What the tools show.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolsView {
    /// Name of the city.
    pub title: String,
    /// What must be said of the data at all times, such as that it is invented.
    pub notice: Option<String>,
    /// The open card.
    pub open: Option<Card>,
    /// Language in use.
    pub language: Language,
    /// Theme in use.
    pub theme: Theme,
    /// Text size in use.
    pub text_scale: f32,
    /// Whether the contrast is stronger than usual.
    pub contrast: bool,
    /// Whether the camera does not fly.
    pub still: bool,
    /// Whether shadows are drawn.
    pub shadows: bool,
    /// Date and time of the sun.
    pub sun: DateTime,
    /// Whether the sun stands above the horizon.
    pub sun_is_up: bool,
    /// Places to fly to.
    pub places: Vec<(String, CameraPose)>,
    /// Sources of everything shown, with the name of each in the language in use.
    pub sources: Vec<(String, SourceInfo)>,
}

const CARDS: [(Card, &str, &str); 6] = [
    (Card::Places, "📍", "tools.places"),
    (Card::Layers, "☰", "tools.layers"),
    (Card::Sun, "☀", "tools.sun"),
    (Card::Settings, "⚙", "tools.settings"),
    (Card::Sources, "ℹ", "tools.sources"),
    (Card::Help, "❓", "tools.help"),
];

/// Draws the title with the tool bar.
pub fn title_ui(ui: &mut egui::Ui, view: &ToolsView) -> Option<Command> {
    roles::heading(&ui.label(RichText::new(&view.title).heading().strong()), 1);
    if let Some(notice) = &view.notice {
        ui.add(egui::Label::new(RichText::new(notice).small()).wrap());
    }
    ui.add_space(4.0);
    let mut command = None;
    ui.horizontal_wrapped(|ui| {
        for (card, icon, key) in CARDS {
            let name = text(view.language, key);
            let label =
                if matches!(card, Card::Places | Card::Layers) { format!("{icon} {name}") } else { icon.into() };
            let button = egui::Button::selectable(view.open == Some(card), label);
            let button = ui.add(button.min_size(egui::Vec2::splat(look::TARGET_PT))).on_hover_text(name);
            button.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, name));
            roles::opens(&button, view.open == Some(card));
            if button.clicked() {
                command = Some(Command::Toggle(card));
            }
        }
    });
    command
}

/// Draws the open card; the layers' card is drawn by [`super::layers`].
pub fn card_ui(ui: &mut egui::Ui, view: &ToolsView) -> Option<Command> {
    match view.open? {
        Card::Places => places_ui(ui, view),
        Card::Sun => sun_ui(ui, view),
        Card::Settings => settings_ui(ui, view),
        Card::Sources => sources_ui(ui, view),
        Card::Help => help_ui(ui, view.language),
        Card::Layers => None,
    }
}

fn places_ui(ui: &mut egui::Ui, view: &ToolsView) -> Option<Command> {
    let mut command = None;
    for (name, pose) in &view.places {
        if look::line(ui, name).clicked() {
            command = Some(Command::FlyTo(*pose));
        }
    }
    command
}

fn sun_ui(ui: &mut egui::Ui, view: &ToolsView) -> Option<Command> {
    let language = view.language;
    let (mut month, mut day) = (view.sun.month(), view.sun.day());
    let mut hour = f32::from(view.sun.hour()) + f32::from(view.sun.minute()) / 60.0;
    let clock = |hours: f64| format!("{:02}:{:02}", hours as u32, ((hours.fract() * 60.0).round() as u32).min(59));
    let mut changed = false;
    egui::Grid::new("sun").num_columns(2).show(ui, |ui| {
        let label = ui.label(text(language, "sun.month"));
        changed |= ui.add(egui::Slider::new(&mut month, 1..=12)).labelled_by(label.id).changed();
        ui.end_row();
        let label = ui.label(text(language, "sun.day"));
        changed |= ui.add(egui::Slider::new(&mut day, 1..=31)).labelled_by(label.id).changed();
        ui.end_row();
        let label = ui.label(text(language, "sun.time"));
        let slider = egui::Slider::new(&mut hour, 0.0..=23.75).step_by(0.25);
        let slider = ui.add(slider.custom_formatter(move |value, _| clock(value))).labelled_by(label.id);
        roles::value(ui.ctx(), slider.id, &clock(f64::from(hour)));
        changed |= slider.changed();
        ui.end_row();
    });
    if !view.sun_is_up {
        ui.label(RichText::new(text(language, "sun.below")).small());
    }
    changed.then(|| Command::SetSun(moment(view.sun.year(), month, day, hour)))
}

/// A date and time, the day brought into its month.
fn moment(year: i16, month: i8, day: i8, hour: f32) -> DateTime {
    let first = jiff::civil::Date::new(year, month, 1).unwrap_or(jiff::civil::Date::constant(2026, 6, 21));
    let day = day.clamp(1, first.days_in_month());
    let minutes = (hour * 60.0).round() as i32;
    let date = jiff::civil::Date::new(first.year(), first.month(), day).unwrap_or(first);
    date.at((minutes / 60).clamp(0, 23) as i8, (minutes % 60) as i8, 0, 0)
}

fn settings_ui(ui: &mut egui::Ui, view: &ToolsView) -> Option<Command> {
    let language = view.language;
    let mut command = None;
    let label = ui.label(text(language, "settings.language"));
    ui.horizontal_wrapped(|ui| {
        for (choice, name) in [(Language::De, "Deutsch"), (Language::En, "English")] {
            if ui.selectable_label(language == choice, name).labelled_by(label.id).clicked() {
                command = Some(Command::SetLanguage(choice));
            }
        }
    });
    let label = ui.label(text(language, "settings.theme"));
    ui.horizontal_wrapped(|ui| {
        for (choice, key) in [(Theme::Light, "settings.light"), (Theme::Dark, "settings.dark")] {
            if ui.selectable_label(view.theme == choice, text(language, key)).labelled_by(label.id).clicked() {
                command = Some(Command::SetTheme(choice));
            }
        }
    });
    let label = ui.label(text(language, "settings.text_size"));
    ui.horizontal_wrapped(|ui| {
        for percent in [80, 100, 125, 150, 200] {
            let chosen = (view.text_scale * 100.0).round() as i32 == percent;
            if ui.selectable_label(chosen, format!("{percent} %")).labelled_by(label.id).clicked() {
                command = Some(Command::SetTextScale(percent as f32 / 100.0));
            }
        }
    });
    let mut contrast = view.contrast;
    if ui.checkbox(&mut contrast, text(language, "access.contrast")).changed() {
        command = Some(Command::SetContrast(contrast));
    }
    let mut still = view.still;
    if ui.checkbox(&mut still, text(language, "access.still")).changed() {
        command = Some(Command::SetStill(still));
    }
    let mut shadows = view.shadows;
    if ui.checkbox(&mut shadows, text(language, "settings.shadows")).changed() {
        command = Some(Command::SetShadows(shadows));
    }
    command
}

fn sources_ui(ui: &mut egui::Ui, view: &ToolsView) -> Option<Command> {
    let mut command = None;
    for (title, source) in &view.sources {
        roles::heading(&ui.label(RichText::new(title).strong()), 2);
        ui.label(&source.attribution);
        let licence = match &source.date {
            Some(date) => format!("{} · {}", source.licence, super::texts::date(view.language, date)),
            None => source.licence.clone(),
        };
        match &source.licence_url {
            Some(url) if look::link(ui, &licence, url).clicked() => command = Some(Command::OpenLink(url.clone())),
            Some(_) => {}
            None => {
                ui.label(licence);
            }
        }
        ui.add_space(6.0);
    }
    command
}

fn help_ui(ui: &mut egui::Ui, language: Language) -> Option<Command> {
    for key in
        ["help.click", "help.drag", "help.orbit", "help.zoom", "help.keys", "help.home", "walk.help", "help.touch"]
    {
        ui.label(text(language, key));
    }
    None
}
