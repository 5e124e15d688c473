//! What the operator sees: where the PIN is typed, the menu, and the page of counts. Pure functions from a view to a
//! wish.

use bevy_egui::egui::{self, Align2, Id, Order, RichText, vec2};

use super::counts::{Counts, Tally, shown};
use crate::texts::{date, fill, text};
use crate::twin::Language;
use crate::viewer::panel::look;

/// Size of the keys of the PIN, points.
const KEY_PT: egui::Vec2 = vec2(112.0, 64.0);
/// Width of the menu's buttons, points.
const WIDE_PT: egui::Vec2 = vec2(300.0, 56.0);
/// Days on the page of counts.
const DAYS: usize = 14;
/// Most digits that are typed.
const DIGITS: usize = super::pin::DIGITS[1];

/// What of the operator's menu is open.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Menu {
    /// Nothing.
    #[default]
    Closed,
    /// The PIN is asked for.
    Pin {
        /// What was typed so far.
        typed: String,
        /// The try before was wrong.
        wrong: bool,
    },
    /// The menu.
    Open,
    /// The page of counts.
    Counts,
}

/// What the operator asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Another digit.
    Digit(char),
    /// The last digit was wrong.
    Back,
    /// That is the PIN.
    Enter,
    /// Show the counts.
    Counts,
    /// Back to the menu.
    Menu,
    /// Start the program anew.
    Restart,
    /// End the program.
    Leave,
    /// Close the menu.
    Close,
}

impl Menu {
    /// Where the PIN is asked for.
    pub fn pin() -> Self {
        Self::Pin { typed: String::new(), wrong: false }
    }

    /// Its name, for the state log; never what was typed.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Pin { .. } => "pin",
            Self::Open => "menu",
            Self::Counts => "counts",
        }
    }
}

/// What the menu shows.
pub struct MenuView<'a> {
    /// What of it is open.
    pub menu: &'a Menu,
    /// Seconds until a PIN is taken again; `None` while it is.
    pub locked_secs: Option<f64>,
    /// The counts.
    pub counts: &'a Counts,
    /// Language in use.
    pub language: Language,
}

/// Draws what is open, in the middle of the screen.
pub fn menu(context: &egui::Context, view: &MenuView) -> Option<Wish> {
    if *view.menu == Menu::Closed {
        return None;
    }
    let area = egui::Area::new(Id::new("kiosk menu")).order(Order::Foreground).anchor(Align2::CENTER_CENTER, [0.0; 2]);
    area.show(context, |ui| look::card(context).inner_margin(22).show(ui, |ui| menu_ui(ui, view)).inner).inner
}

/// Draws what is open.
pub fn menu_ui(ui: &mut egui::Ui, view: &MenuView) -> Option<Wish> {
    match view.menu {
        Menu::Closed => None,
        Menu::Pin { typed, wrong } => pin_ui(ui, typed.chars().count(), *wrong, view),
        Menu::Open => open_ui(ui, view.language),
        Menu::Counts => counts_ui(ui, view.counts, view.language),
    }
}

fn pin_ui(ui: &mut egui::Ui, typed: usize, wrong: bool, view: &MenuView) -> Option<Wish> {
    let language = view.language;
    let mut wish = None;
    ui.set_max_width(3.0 * KEY_PT.x + 2.0 * ui.spacing().item_spacing.x);
    ui.vertical_centered(|ui| {
        ui.label(RichText::new(text(language, "kiosk.pin")).heading().strong());
        if let Some(secs) = view.locked_secs {
            let minutes = ((secs / 60.0).ceil() as u32).to_string();
            ui.label(fill(language, "kiosk.locked", "minutes", &minutes));
            ui.add_space(8.0);
        } else {
            let dots = if typed == 0 && wrong { text(language, "kiosk.wrong").to_owned() } else { "•".repeat(typed) };
            ui.label(RichText::new(if dots.is_empty() { "–".to_owned() } else { dots }).heading());
            wish = digits_ui(ui, language);
        }
        if ui.add(egui::Button::new(text(language, "tools.close")).min_size(KEY_PT)).clicked() {
            wish = Some(Wish::Close);
        }
    });
    wish
}

fn digits_ui(ui: &mut egui::Ui, language: Language) -> Option<Wish> {
    let mut wish = None;
    let rows = [["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"], ["kiosk.back", "0", "kiosk.enter_pin"]];
    for row in rows {
        ui.horizontal(|ui| {
            for key in row {
                let (name, asks) = match key {
                    "kiosk.back" => (RichText::new(text(language, "kiosk.back")), Wish::Back),
                    "kiosk.enter_pin" => (RichText::new(text(language, "kiosk.enter_pin")), Wish::Enter),
                    digit => (RichText::new(digit).heading(), Wish::Digit(digit.chars().next().unwrap_or('0'))),
                };
                // Words are longer than digits, and all keys are alike.
                if ui.add_sized(KEY_PT, egui::Button::new(name)).clicked() {
                    wish = Some(asks);
                }
            }
        });
    }
    wish
}

fn open_ui(ui: &mut egui::Ui, language: Language) -> Option<Wish> {
    let mut wish = None;
    ui.set_max_width(WIDE_PT.x);
    ui.vertical_centered(|ui| {
        ui.label(RichText::new(text(language, "kiosk.menu")).heading().strong());
        ui.add_space(8.0);
        let lines = [
            ("kiosk.counts", Wish::Counts),
            ("kiosk.restart", Wish::Restart),
            ("kiosk.leave", Wish::Leave),
            ("tools.close", Wish::Close),
        ];
        for (name, asks) in lines {
            if ui.add(egui::Button::new(text(language, name)).min_size(WIDE_PT)).clicked() {
                wish = Some(asks);
            }
        }
    });
    wish
}

fn counts_ui(ui: &mut egui::Ui, counts: &Counts, language: Language) -> Option<Wish> {
    let mut wish = None;
    ui.set_max_width((ui.ctx().content_rect().width() - 100.0).min(860.0));
    ui.label(RichText::new(text(language, "kiosk.counts")).heading().strong());
    ui.label(RichText::new(text(language, "kiosk.counts_intro")).small());
    ui.add_space(8.0);
    let room = (ui.ctx().content_rect().height() - 320.0).max(120.0);
    egui::ScrollArea::both().max_height(room).show(ui, |ui| {
        egui::Grid::new("counts").striped(true).spacing([18.0, 6.0]).show(ui, |ui| {
            ui.label("");
            for name in Tally::NAMES {
                ui.label(RichText::new(text(language, name)).strong());
            }
            ui.label(RichText::new(text(language, "settings.language")).strong());
            ui.end_row();
            for (day, tally) in counts.last_days(DAYS) {
                row_ui(ui, &date(language, day), tally);
            }
            row_ui(ui, text(language, "kiosk.all_days"), &counts.total());
        });
    });
    ui.add_space(10.0);
    ui.horizontal(|ui| {
        for (name, asks) in [("kiosk.menu", Wish::Menu), ("tools.close", Wish::Close)] {
            if ui.add(egui::Button::new(text(language, name)).min_size(vec2(170.0, 50.0))).clicked() {
                wish = Some(asks);
            }
        }
    });
    wish
}

fn row_ui(ui: &mut egui::Ui, name: &str, tally: &Tally) {
    ui.label(RichText::new(name).strong());
    for number in tally.numbers() {
        ui.label(shown(number));
    }
    let languages = tally.languages.iter().map(|(language, count)| format!("{} {}", language.code(), shown(*count)));
    ui.label(languages.collect::<Vec<_>>().join(" · "));
    ui.end_row();
}

/// Takes in a digit or takes one back; says whether that was all that was asked for.
pub fn type_digit(typed: &mut String, wish: Wish) -> bool {
    match wish {
        Wish::Digit(digit) if typed.len() < DIGITS => typed.push(digit),
        Wish::Digit(_) => {}
        Wish::Back => _ = typed.pop(),
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable;

    use super::*;

    fn counts() -> Counts {
        let mut counts = Counts::default();
        for (day, visits) in [(1, 3), (2, 17)] {
            let languages = [(Language::De, visits - 1), (Language::En, 1)].into();
            let visit = Tally { visits, houses: visits * 3, searches: 2, plans: 0, languages };
            counts.add(jiff::civil::date(2026, 11, day), &visit);
        }
        counts
    }

    /// The last wish after these buttons were clicked.
    fn wish(menu: &Menu, locked_secs: Option<f64>, buttons: &[&str]) -> Option<Wish> {
        let counts = counts();
        let mut harness = Harness::builder().with_size(vec2(1000.0, 800.0)).build_ui_state(
            |ui, last: &mut Option<Wish>| {
                let view = MenuView { menu, locked_secs, counts: &counts, language: Language::En };
                *last = menu_ui(ui, &view).or(*last);
            },
            None,
        );
        for button in buttons {
            harness.get_by_label(button).click();
            harness.run();
        }
        *harness.state()
    }

    #[test]
    fn each_button_asks_for_what_it_says() {
        assert_eq!(wish(&Menu::pin(), None, &["7"]), Some(Wish::Digit('7')));
        assert_eq!(wish(&Menu::pin(), None, &["OK"]), Some(Wish::Enter));
        assert_eq!(wish(&Menu::pin(), None, &["Close"]), Some(Wish::Close));
        assert_eq!(wish(&Menu::Open, None, &["Use of the screen"]), Some(Wish::Counts));
        assert_eq!(wish(&Menu::Open, None, &["Restart"]), Some(Wish::Restart));
        assert_eq!(wish(&Menu::Open, None, &["End the program"]), Some(Wish::Leave));
        assert_eq!(wish(&Menu::Counts, None, &["Operator’s menu"]), Some(Wish::Menu));
    }

    #[test]
    fn the_keys_of_the_menu_are_as_large_as_fingers() {
        let counts = counts();
        for (menu, buttons) in [(Menu::pin(), 13), (Menu::Open, 4), (Menu::Counts, 2)] {
            let mut harness = Harness::builder().with_size(vec2(1000.0, 800.0)).build_ui(|ui| {
                look::apply(ui.ctx(), crate::viewer::options::Theme::Light, 1.4, false, true);
                menu_ui(ui, &MenuView { menu: &menu, locked_secs: None, counts: &counts, language: Language::Leicht });
            });
            harness.run_steps(3);
            let sizes: Vec<_> =
                harness.get_all_by_role(egui::accesskit::Role::Button).map(|key| key.rect().size()).collect();
            assert_eq!(sizes.len(), buttons, "{}", menu.name());
            let small = sizes.iter().filter(|size| size.min_elem() < look::PUBLIC_TARGET_PT);
            assert_eq!(small.count(), 0, "{}: {sizes:?}", menu.name());
        }
    }

    #[test]
    fn a_locked_menu_has_no_keys_and_the_page_tells_no_small_number() {
        let counts = counts();
        let drawn = |menu: &Menu, locked_secs, told: &str| {
            let harness = Harness::builder().with_size(vec2(1000.0, 800.0)).build_ui(|ui| {
                menu_ui(ui, &MenuView { menu, locked_secs, counts: &counts, language: Language::En });
            });
            harness.query_all_by_label(told).count() > 0
        };
        assert!(drawn(&Menu::pin(), None, "7") && !drawn(&Menu::pin(), Some(61.0), "7"));
        let locked = "Too many wrong tries. Locked for another 2 minutes.";
        assert!(drawn(&Menu::pin(), Some(61.0), locked) && !drawn(&Menu::pin(), None, locked));
        for told in ["1 November 2026", "2 November 2026", "<5", "17", "51", "de 16 · en <5", "20"] {
            assert!(drawn(&Menu::Counts, None, told), "{told} is missing");
        }
        for kept in ["3", "4", "de <5 · en 1"] {
            assert!(!drawn(&Menu::Counts, None, kept), "{kept} is told");
        }
    }

    #[test]
    fn digits_are_typed_up_to_a_length() {
        let mut typed = String::new();
        for _ in 0..30 {
            assert!(type_digit(&mut typed, Wish::Digit('3')));
        }
        assert_eq!(typed.len(), DIGITS);
        assert!(type_digit(&mut typed, Wish::Back) && typed.len() == DIGITS - 1);
        assert!(!type_digit(&mut typed, Wish::Enter));
    }
}
