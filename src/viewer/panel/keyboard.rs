//! A keyboard on the screen, for where there is none to touch: German letters, digits and the signs of addresses. It
//! types into any text that somebody else holds, and remembers nothing.

use bevy_egui::egui::{self, RichText, vec2};

use crate::texts::text;
use crate::twin::Language;

/// What a touched key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Write a character at the end.
    Char(char),
    /// Take the last character away.
    Back,
    /// Take everything away.
    Clear,
    /// Look for what stands there.
    Enter,
    /// Put the keyboard away.
    Hide,
}

impl Key {
    /// Does to a text what the key asks for; keys that ask for something else leave it as it is.
    pub fn apply(self, text: &mut String) {
        match self {
            // Nobody looks for something that long; a thing that lies on the screen would type for ever.
            Self::Char(char) if text.chars().count() < LONGEST => text.push(char),
            Self::Back => _ = text.pop(),
            // What is cleared is given back, and not kept for the next text.
            Self::Clear => *text = String::new(),
            Self::Char(_) | Self::Enter | Self::Hide => {}
        }
    }
}

/// Most characters that are typed.
const LONGEST: usize = 80;

const ROWS: [&str; 4] = ["1234567890ß", "qwertzuiopü", "asdfghjklöä", "yxcvbnm,.-'"];
/// Keys of a row.
const COLUMNS: usize = 11;
/// Gap between keys, points.
const GAP: f32 = 5.0;
/// Least and greatest width of a key, points.
const WIDTH: [f32; 2] = [20.0, 78.0];
/// Height of a key, points.
const HEIGHT: f32 = 54.0;

/// Width that the keyboard takes of the room that there is, points.
pub fn keyboard_width(room: f32) -> f32 {
    let most = WIDTH[1] * COLUMNS as f32 + GAP * (COLUMNS - 1) as f32;
    room.min(most)
}

/// Draws the keyboard as wide as the room it has, and gives the key that was touched.
pub fn keyboard_ui(ui: &mut egui::Ui, language: Language) -> Option<Key> {
    let width = keyboard_width(ui.available_width());
    let key_width = ((width - GAP * (COLUMNS - 1) as f32) / COLUMNS as f32).max(WIDTH[0]);
    ui.spacing_mut().item_spacing = vec2(GAP, GAP);
    ui.spacing_mut().button_padding = vec2(2.0, 2.0);
    let mut touched = None;
    for row in ROWS {
        ui.horizontal(|ui| {
            for char in row.chars() {
                if key_ui(ui, key_width, &name(char), None) {
                    touched = Some(Key::Char(char));
                }
            }
        });
    }
    ui.horizontal(|ui| {
        let wide = key_width * 2.0 + GAP;
        let space = width - 4.0 * (wide + GAP);
        let keys = [
            (wide, "kiosk.hide", Key::Hide),
            (wide, "kiosk.clear", Key::Clear),
            (space, "kiosk.space", Key::Char(' ')),
            (wide, "kiosk.back", Key::Back),
            (wide, "kiosk.enter", Key::Enter),
        ];
        for (width, name, key) in keys {
            let fill = (key == Key::Enter).then(|| ui.visuals().selection.bg_fill);
            if key_ui(ui, width, text(language, name), fill) {
                touched = Some(key);
            }
        }
    });
    touched
}

/// What stands on a letter's key. A key has one letter: there is no capital ß of one that every font has.
fn name(char: char) -> String {
    if char == 'ß' { "ß".to_owned() } else { char.to_uppercase().collect() }
}

/// Says whether it was touched. Text that is too wide for its key is made smaller.
fn key_ui(ui: &mut egui::Ui, width: f32, name: &str, fill: Option<egui::Color32>) -> bool {
    let is_letter = name.chars().count() < 3;
    let style = if is_letter { egui::TextStyle::Heading } else { egui::TextStyle::Body };
    let font = style.resolve(ui.style());
    let needed =
        ui.painter().layout_no_wrap(name.to_owned(), font.clone(), egui::Color32::PLACEHOLDER).size().x.max(1.0);
    let size = font.size * ((width - 6.0) / needed).min(1.0);
    let button = egui::Button::new(RichText::new(name).size(size.max(8.0)));
    let button = match fill {
        Some(fill) => button.fill(fill),
        None => button,
    };
    ui.add_sized(vec2(width, HEIGHT), button).clicked()
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable;

    use super::*;
    use crate::viewer::panel::look;

    /// Touches keys by name and gives what stands there then, and the last key.
    fn typed(keys: &[&str], width: f32) -> (String, Option<Key>) {
        let mut harness = Harness::builder().with_size(vec2(width, 400.0)).build_ui_state(
            |ui, (text, last): &mut (String, Option<Key>)| {
                if let Some(key) = keyboard_ui(ui, Language::De) {
                    key.apply(text);
                    *last = Some(key);
                }
            },
            (String::new(), None),
        );
        for key in keys {
            harness.get_by_label(key).click();
            harness.run();
        }
        let (text, last) = harness.state();
        (text.clone(), *last)
    }

    #[test]
    fn it_types_what_is_touched() {
        for width in [1080.0, 620.0, 360.0] {
            let (text, _) = typed(
                &["M", "Ü", "L", "L", "E", "R", "S", "T", "R", ".", "Leerzeichen", "1", "2", "ß", "Löschen"],
                width,
            );
            assert_eq!(text, "müllerstr. 12");
        }
        assert_eq!(typed(&["A", "B", "Leeren"], 900.0), (String::new(), Some(Key::Clear)));
        assert_eq!(typed(&["A", "Suchen"], 900.0), ("a".to_owned(), Some(Key::Enter)));
        assert_eq!(typed(&["A", "Schließen"], 900.0), ("a".to_owned(), Some(Key::Hide)));
    }

    #[test]
    fn a_thing_on_the_screen_does_not_type_for_ever() {
        let mut text = String::new();
        for _ in 0..1000 {
            Key::Char('ä').apply(&mut text);
        }
        assert_eq!(text.chars().count(), LONGEST);
        Key::Clear.apply(&mut text);
        assert_eq!(text.capacity(), 0, "nothing is kept of what was typed");
    }

    #[test]
    fn keys_are_as_large_as_fingers() {
        for width in [1080.0, 700.0] {
            let harness = Harness::builder().with_size(vec2(width, 400.0)).build_ui(|ui| {
                look::apply(ui.ctx(), crate::viewer::options::Theme::Light, 1.4, false, true);
                keyboard_ui(ui, Language::En);
            });
            let keys: Vec<_> = harness.get_all_by_role(egui::accesskit::Role::Button).map(|key| key.rect()).collect();
            assert_eq!(keys.len(), 49);
            for key in keys {
                assert!(key.height() >= look::PUBLIC_TARGET_PT && key.width() >= look::PUBLIC_TARGET_PT, "{key:?}");
                assert!(key.right() <= width, "{key:?} is in the window");
            }
        }
    }
}
