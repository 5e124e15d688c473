//! `+` and `-` as they are written on the keyboard: on a German one they are other keys than on an English one.

use bevy::input::ButtonState;
use bevy::input::keyboard::{Key, KeyboardFocusLost, KeyboardInput};
use bevy::prelude::*;

/// The keys that are held and zoom.
///
/// What a key means is told when it is pressed, with Shift or without. When it is let go Shift may be up already, so a
/// key is known by its place from then on.
#[derive(Resource, Debug, Default)]
pub struct ZoomKeys {
    held: Vec<(KeyCode, f64)>,
}

impl ZoomKeys {
    /// 1 to come nearer, -1 to go away, 0 for neither or both.
    pub fn nearer(&self) -> f64 {
        self.held.iter().map(|(_, nearer)| nearer).sum::<f64>().clamp(-1.0, 1.0)
    }

    /// Whether any is held.
    pub fn are_held(&self) -> bool {
        !self.held.is_empty()
    }

    /// With one key held.
    #[cfg(test)]
    pub(super) fn held(code: KeyCode, nearer: f64) -> Self {
        Self { held: vec![(code, nearer)] }
    }

    fn take(&mut self, input: &KeyboardInput) {
        if input.state == ButtonState::Pressed && self.held.iter().any(|(code, _)| *code == input.key_code) {
            return;
        }
        self.held.retain(|(code, _)| *code != input.key_code);
        if input.state == ButtonState::Pressed {
            self.held.extend(meaning(&input.logical_key).map(|nearer| (input.key_code, nearer)));
        }
    }
}

/// `=` is `+` without Shift on an English keyboard.
fn meaning(key: &Key) -> Option<f64> {
    let Key::Character(character) = key else { return None };
    match character.as_str() {
        "+" | "=" => Some(1.0),
        "-" | "_" | "\u{2212}" => Some(-1.0),
        _ => None,
    }
}

/// Follows the keys.
pub fn follow(
    mut keys: ResMut<ZoomKeys>,
    mut inputs: MessageReader<KeyboardInput>,
    mut lost: MessageReader<KeyboardFocusLost>,
) {
    for input in inputs.read() {
        keys.take(input);
    }
    if lost.read().count() > 0 {
        keys.held.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(key_code: KeyCode, character: &str, state: ButtonState) -> KeyboardInput {
        let logical_key = Key::Character(character.into());
        KeyboardInput { key_code, logical_key, state, text: None, repeat: false, window: Entity::PLACEHOLDER }
    }

    #[test]
    fn plus_and_minus_are_where_the_keyboard_has_them() {
        use ButtonState::{Pressed, Released};
        // Right of Ü and left of the right Shift on a German keyboard.
        let german = [(KeyCode::BracketRight, "+", 1.0), (KeyCode::Slash, "-", -1.0)];
        let english = [(KeyCode::Equal, "=", 1.0), (KeyCode::Equal, "+", 1.0), (KeyCode::Minus, "-", -1.0)];
        let pad = [(KeyCode::NumpadAdd, "+", 1.0), (KeyCode::NumpadSubtract, "-", -1.0)];
        for (code, character, nearer) in german.into_iter().chain(english).chain(pad) {
            let mut keys = ZoomKeys::default();
            keys.take(&input(code, character, Pressed));
            keys.take(&input(code, character, Pressed));
            assert_eq!(keys.nearer(), nearer, "{code:?} {character}");
            // Shift was let go first.
            keys.take(&input(code, "*", Released));
            assert!(!keys.are_held(), "{code:?} {character}");
        }
        let mut keys = ZoomKeys::default();
        keys.take(&input(KeyCode::Equal, "´", Pressed));
        assert!(!keys.are_held(), "the German key at the English one's place");
    }
}
