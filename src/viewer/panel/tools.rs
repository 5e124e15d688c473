//! The title, the tool bar and the cards that it opens: places, sun, settings, sources, help.

use bevy_egui::egui::{self, RichText};
use jiff::civil::{Date, DateTime};

use super::command::{Card, Command};
use super::{look, roles};
use crate::texts::text;
use crate::twin::{CameraPose, Language, SourceInfo};
use crate::viewer::options::{MovingPicture, Theme, USUAL_SUN};

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
    /// Whether sights are named in the picture.
    pub names: bool,
    /// What is drawn while the camera moves.
    pub moving: MovingPicture,
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

/// A tool bar narrower than this, with text of usual size, has signs alone: with names it would take a second row, points.
const NAMED_PT: f32 = 310.0;
/// A public screen that is lower than this has signs alone too, points: what they open needs the room.
const HIGH_PT: f32 = 900.0;
/// Between signs that have no names, points.
const SIGN_GAP_PT: f32 = 3.0;
/// Width of the widest sign, in sizes of its text.
const WIDEST_SIGN: f32 = 1.35;

/// Draws the title with the tool bar.
pub fn title_ui(ui: &mut egui::Ui, view: &ToolsView) -> Option<Command> {
    roles::heading(&ui.label(RichText::new(&view.title).heading().strong()), 1);
    if let Some(notice) = &view.notice {
        ui.add(egui::Label::new(RichText::new(notice).small()).wrap());
    }
    ui.add_space(4.0);
    tool_bar_ui(ui, view)
}

/// Draws the tool bar alone.
pub fn tool_bar_ui(ui: &mut egui::Ui, view: &ToolsView) -> Option<Command> {
    let public = look::is_public(ui);
    if public && ui.ctx().content_rect().height() >= HIGH_PT {
        return public_tool_bar_ui(ui, view);
    }
    let mut command = None;
    let named = !public && ui.available_width() >= NAMED_PT * view.text_scale;
    let least = look::target(ui, egui::Vec2::splat(look::TARGET_PT));
    ui.horizontal_wrapped(|ui| {
        if !named {
            ui.spacing_mut().button_padding.x = sign_padding(ui);
            ui.spacing_mut().item_spacing.x = SIGN_GAP_PT;
        }
        for (card, icon, key) in CARDS {
            let name = text(view.language, key);
            let named = named && matches!(card, Card::Places | Card::Layers);
            let label = if named { format!("{icon} {name}") } else { icon.into() };
            let button = egui::Button::selectable(view.open == Some(card), label);
            command = tool_ui(ui, view, card, name, button.min_size(least)).or(command.take());
        }
    });
    command
}

/// Each tool with its name: who comes to a public screen has not learnt what the signs mean. In two columns where the
/// longest name leaves room for them.
fn public_tool_bar_ui(ui: &mut egui::Ui, view: &ToolsView) -> Option<Command> {
    let mut command = None;
    let label = |icon: &str, key| format!("{icon} {}", text(view.language, key));
    let font = egui::TextStyle::Button.resolve(ui.style());
    let width_of = |label| ui.painter().layout_no_wrap(label, font.clone(), egui::Color32::PLACEHOLDER).size().x;
    let longest = CARDS.iter().map(|&(_, icon, key)| width_of(label(icon, key))).fold(0.0, f32::max);
    let half = (ui.available_width() - ui.spacing().item_spacing.x) * 0.5;
    let in_two = longest + 2.0 * ui.spacing().button_padding.x <= half;
    let (columns, width) = if in_two { (2, half) } else { (1, ui.available_width()) };
    for row in CARDS.chunks(columns) {
        ui.horizontal(|ui| {
            for &(card, icon, key) in row {
                let name = text(view.language, key);
                let button = egui::Button::selectable(view.open == Some(card), label(icon, key)).wrap();
                let button = button.frame_when_inactive(true).min_size(egui::vec2(width, look::PUBLIC_TARGET_PT));
                command = tool_ui(ui, view, card, name, button).or(command.take());
            }
        });
    }
    command
}

fn tool_ui(ui: &mut egui::Ui, view: &ToolsView, card: Card, name: &str, button: egui::Button<'_>) -> Option<Command> {
    let button = ui.add(button).on_hover_text(name);
    button.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, name));
    roles::opens(&button, view.open == Some(card));
    button.clicked().then_some(Command::Toggle(card))
}

/// Left and right of each sign, so that all of them stand in one row: as much as usual where there is room.
fn sign_padding(ui: &egui::Ui) -> f32 {
    let gaps = SIGN_GAP_PT * (CARDS.len() - 1) as f32;
    let of_each = (ui.available_width() - gaps) / CARDS.len() as f32;
    let sign = egui::TextStyle::Button.resolve(ui.style()).size * WIDEST_SIGN;
    ((of_each - sign) * 0.5).clamp(1.0, ui.spacing().button_padding.x)
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
    // Whoever wants the 31st and passes February on the way still wants the 31st.
    let wish = ui.id().with("day");
    let wished =
        ui.data(|data| data.get_temp::<i8>(wish)).filter(|wished| on_day(view.sun.date(), *wished) == view.sun.date());
    let mut hour = f32::from(view.sun.hour()) + f32::from(view.sun.minute()) / 60.0;
    let clock = |hours: f64| format!("{:02}:{:02}", hours as u32, ((hours.fract() * 60.0).round() as u32).min(59));
    let mut changed = false;
    egui::Grid::new("sun").num_columns(2).show(ui, |ui| {
        let label = ui.label(text(language, "sun.month"));
        let slider =
            egui::Slider::new(&mut month, 1..=12).custom_formatter(move |value, _| month_name(language, value));
        let slider = slider.custom_parser(move |text| month_of(language, text));
        changed |= ui.add(slider).labelled_by(label.id).changed();
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
    if !changed {
        return None;
    }
    let wished = if day == view.sun.day() { wished.unwrap_or(day) } else { day };
    ui.data_mut(|data| data.insert_temp(wish, wished));
    Some(Command::SetSun(moment(view.sun.year(), month, wished, hour)))
}

/// A date and time, the day brought into its month.
fn moment(year: i16, month: i8, day: i8, hour: f32) -> DateTime {
    let first = Date::new(year, month, 1).unwrap_or(USUAL_SUN.date());
    let minutes = (hour * 60.0).round() as i32;
    on_day(first, day).at((minutes / 60).clamp(0, 23) as i8, (minutes % 60) as i8, 0, 0)
}

/// A day of the same month: the last one where it has not so many.
fn on_day(date: Date, day: i8) -> Date {
    Date::new(date.year(), date.month(), day.clamp(1, date.days_in_month())).unwrap_or(date)
}

fn month_name(language: Language, month: f64) -> String {
    let number = month.round() as usize;
    let mut names = text(language, "date.months").split_whitespace();
    names.nth(number.saturating_sub(1)).map_or_else(|| number.to_string(), str::to_owned)
}

/// The month that somebody types: its name, the beginning of it, or its number.
fn month_of(language: Language, typed: &str) -> Option<f64> {
    let typed = typed.trim().to_lowercase();
    let mut names = text(language, "date.months").split_whitespace();
    let named = names.position(|name| !typed.is_empty() && name.to_lowercase().starts_with(&typed));
    named.map(|place| place as f64 + 1.0).or_else(|| typed.trim_end_matches('.').parse().ok())
}

fn settings_ui(ui: &mut egui::Ui, view: &ToolsView) -> Option<Command> {
    let language = view.language;
    let mut command = None;
    let label = ui.label(text(language, "settings.language"));
    ui.horizontal_wrapped(|ui| {
        for &choice in Language::ALL {
            if ui.selectable_label(language == choice, choice.own_name()).labelled_by(label.id).clicked() {
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
    if look::checkbox(ui, &mut contrast, text(language, "access.contrast")).changed() {
        command = Some(Command::SetContrast(contrast));
    }
    let mut still = view.still;
    if look::checkbox(ui, &mut still, text(language, "access.still")).changed() {
        command = Some(Command::SetStill(still));
    }
    let mut shadows = view.shadows;
    if look::checkbox(ui, &mut shadows, text(language, "settings.shadows")).changed() {
        command = Some(Command::SetShadows(shadows));
    }
    let mut names = view.names;
    if look::checkbox(ui, &mut names, text(language, "settings.names")).changed() {
        command = Some(Command::SetNames(names));
    }
    moving_ui(ui, view).or(command)
}

fn moving_ui(ui: &mut egui::Ui, view: &ToolsView) -> Option<Command> {
    let mut command = None;
    let label = ui.label(text(view.language, "settings.moving"));
    ui.horizontal_wrapped(|ui| {
        for (choice, key) in [
            (MovingPicture::Automatic, "settings.automatic"),
            (MovingPicture::Fine, "settings.fine"),
            (MovingPicture::Fast, "settings.fast"),
        ] {
            if ui.selectable_label(view.moving == choice, text(view.language, key)).labelled_by(label.id).clicked() {
                command = Some(Command::SetMovingPicture(choice));
            }
        }
    });
    command
}

fn sources_ui(ui: &mut egui::Ui, view: &ToolsView) -> Option<Command> {
    let mut command = None;
    let public = look::is_public(ui);
    for (title, source) in &view.sources {
        roles::heading(&ui.label(RichText::new(title).strong()), 2);
        ui.label(&source.attribution);
        let licence = match &source.date {
            Some(date) => format!("{} · {}", source.licence, crate::texts::date(view.language, date)),
            None => source.licence.clone(),
        };
        match &source.licence_url {
            Some(url) if !public && look::link(ui, &licence, url).clicked() => {
                command = Some(Command::OpenLink(url.clone()))
            }
            Some(_) if !public => {}
            _ => {
                ui.label(licence);
            }
        }
        ui.add_space(6.0);
    }
    command
}

fn help_ui(ui: &mut egui::Ui, language: Language) -> Option<Command> {
    for key in [
        "help.click",
        "help.drag",
        "help.orbit",
        "help.zoom",
        "help.keys",
        "help.home",
        "keys.leave",
        "walk.help",
        "help.touch",
        "search.keys",
    ] {
        ui.label(text(language, key));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_have_names_and_are_found_by_them() {
        for &language in Language::ALL {
            for month in 1..=12 {
                let name = month_name(language, f64::from(month));
                assert_eq!(month_of(language, &name), Some(f64::from(month)), "{name}");
            }
        }
        assert_eq!(month_name(Language::De, 3.0), "März");
        assert_eq!(month_of(Language::En, "sep"), Some(9.0));
        assert_eq!(
            [month_of(Language::De, "2."), month_of(Language::De, ""), month_of(Language::De, "x")],
            [Some(2.0), None, None]
        );
    }

    #[test]
    fn a_day_is_brought_into_its_month() {
        assert_eq!(moment(2026, 2, 31, 15.25), jiff::civil::date(2026, 2, 28).at(15, 15, 0, 0));
        assert_eq!(moment(2028, 2, 31, 0.0), jiff::civil::date(2028, 2, 29).at(0, 0, 0, 0));
    }
}
