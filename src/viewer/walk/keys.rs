//! The keys of walking: Enter begins and opens, arrows go to the next house, `.` and `,` (or Page Down and Page Up)
//! along the street, Escape ends. The panels' keys stay theirs.

use bevy::input::ButtonState;
use bevy::input::keyboard::{Key, KeyboardInput};
use bevy::prelude::*;
use bevy_egui::EguiContexts;

use super::{Direction, Step, Walk};
use crate::viewer::pick::{Selected, Selection};

/// Reads the keys of this frame.
pub fn read(
    mut inputs: MessageReader<KeyboardInput>,
    mut contexts: EguiContexts,
    selection: Res<Selection>,
    mut walk: ResMut<Walk>,
) {
    // Asked now: who has just gone from a panel to the city is not to lose the first key.
    let panel_has_keys = contexts.ctx_mut().is_ok_and(|context| context.egui_wants_keyboard_input());
    for input in inputs.read() {
        if panel_has_keys || input.repeat || input.state == ButtonState::Released {
            continue;
        }
        // The first Escape closes the panel.
        let panel_open = selection.selected != Selected::Nothing;
        if let Some(step) = step(&input.logical_key, walk.is_on(), panel_open) {
            walk.ask(step);
        }
    }
}

fn step(key: &Key, walking: bool, panel_open: bool) -> Option<Step> {
    let step = match key {
        Key::Enter if walking => Step::Open,
        Key::Enter => return Some(Step::Begin),
        Key::ArrowUp => Step::To(Direction::Ahead),
        Key::ArrowRight => Step::To(Direction::Right),
        Key::ArrowDown => Step::To(Direction::Back),
        Key::ArrowLeft => Step::To(Direction::Left),
        Key::PageDown => Step::Along(true),
        Key::PageUp => Step::Along(false),
        Key::Character(character) if character == "." => Step::Along(true),
        Key::Character(character) if character == "," => Step::Along(false),
        Key::Escape if !panel_open => Step::End,
        _ => return None,
    };
    walking.then_some(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_walk_only_while_somebody_walks() {
        assert_eq!(step(&Key::Enter, false, false), Some(Step::Begin));
        assert_eq!(step(&Key::Enter, true, false), Some(Step::Open));
        assert_eq!(step(&Key::ArrowUp, true, false), Some(Step::To(Direction::Ahead)));
        assert_eq!(step(&Key::Character(".".into()), true, true), Some(Step::Along(true)));
        for key in [Key::ArrowUp, Key::PageUp, Key::Escape, Key::Character(",".into())] {
            assert_eq!(step(&key, false, false), None, "{key:?} belongs to the camera");
        }
    }

    #[test]
    fn escape_closes_the_panel_first() {
        assert_eq!(step(&Key::Escape, true, true), None);
        assert_eq!(step(&Key::Escape, true, false), Some(Step::End));
    }
}
