//! What hands do faster than frames are drawn: it is taken in one thing after the other, so that none gets lost.
//!
//! Stands before everything else in a frame. egui asks once a frame what is under the pointer, and with which of Shift,
//! Ctrl and Alt a key was pressed. On a slow machine two touches, or a chord from its first key to its last, come within
//! one frame: of the touches the first one would go to what is under the second, and of the chord a letter would be
//! left. What does not belong into one frame waits for the next one, which is asked for at once.

use bevy::ecs::message::MessageCursor;
use bevy::ecs::system::SystemParam;
use bevy::input::keyboard::{Key, KeyboardFocusLost, KeyboardInput};
use bevy::input::mouse::{MouseButtonInput, MouseWheel};
use bevy::input::touch::{TouchInput, TouchPhase};
use bevy::prelude::*;
use bevy::window::{CursorEntered, CursorLeft, CursorMoved, Ime, RequestRedraw, WindowEvent};

/// Lets hands be faster than frames.
pub struct PacePlugin;

impl Plugin for PacePlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Unread>().add_systems(First, hand_out);
    }
}

/// What was done and is still to be taken in, in its order.
#[derive(Resource, Default, Debug)]
pub struct Unread(Vec<WindowEvent>);

/// What hands do, all together and by kind.
#[derive(SystemParam)]
struct Queues<'w> {
    all: ResMut<'w, Messages<WindowEvent>>,
    moved: ResMut<'w, Messages<CursorMoved>>,
    entered: ResMut<'w, Messages<CursorEntered>>,
    left: ResMut<'w, Messages<CursorLeft>>,
    buttons: ResMut<'w, Messages<MouseButtonInput>>,
    wheel: ResMut<'w, Messages<MouseWheel>>,
    touches: ResMut<'w, Messages<TouchInput>>,
    keys: ResMut<'w, Messages<KeyboardInput>>,
    keys_lost: ResMut<'w, Messages<KeyboardFocusLost>>,
    ime: ResMut<'w, Messages<Ime>>,
}

impl Queues<'_> {
    fn clear(&mut self) {
        self.all.clear();
        self.moved.clear();
        self.entered.clear();
        self.left.clear();
        self.buttons.clear();
        self.wheel.clear();
        self.touches.clear();
        self.keys.clear();
        self.keys_lost.clear();
        self.ime.clear();
    }

    fn write(&mut self, event: WindowEvent) {
        match &event {
            WindowEvent::CursorMoved(moved) => _ = self.moved.write(moved.clone()),
            WindowEvent::CursorEntered(entered) => _ = self.entered.write(entered.clone()),
            WindowEvent::CursorLeft(left) => _ = self.left.write(left.clone()),
            WindowEvent::MouseButtonInput(button) => _ = self.buttons.write(*button),
            WindowEvent::MouseWheel(wheel) => _ = self.wheel.write(*wheel),
            WindowEvent::TouchInput(touch) => _ = self.touches.write(*touch),
            WindowEvent::KeyboardInput(key) => _ = self.keys.write(key.clone()),
            WindowEvent::KeyboardFocusLost(lost) => _ = self.keys_lost.write(lost.clone()),
            WindowEvent::Ime(ime) => _ = self.ime.write(ime.clone()),
            _ => {}
        }
        self.all.write(event);
    }
}

/// Whether an event can wait. What the system tells of the window itself cannot.
fn is_of_hands(event: &WindowEvent) -> bool {
    matches!(
        event,
        WindowEvent::CursorMoved(_)
            | WindowEvent::CursorEntered(_)
            | WindowEvent::CursorLeft(_)
            | WindowEvent::MouseButtonInput(_)
            | WindowEvent::MouseWheel(_)
            | WindowEvent::TouchInput(_)
            | WindowEvent::KeyboardInput(_)
            | WindowEvent::KeyboardFocusLost(_)
            | WindowEvent::Ime(_)
    )
}

/// Leaves to this frame what belongs into one. Most frames have nothing to wait for, and nothing is touched then.
fn hand_out(
    mut queues: Queues,
    mut read: Local<MessageCursor<WindowEvent>>,
    mut unread: ResMut<Unread>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let waited = !unread.0.is_empty();
    let (of_hands, others): (Vec<_>, Vec<_>) = read.read(&queues.all).cloned().partition(is_of_hands);
    let mut events = std::mem::take(&mut unread.0);
    events.extend(of_hands);
    let later = events.split_off(first_part(&events));
    if !waited && later.is_empty() {
        return;
    }
    queues.clear();
    others.into_iter().for_each(|event| _ = queues.all.write(event));
    events.into_iter().for_each(|event| queues.write(event));
    read.clear(&queues.all);
    if !later.is_empty() {
        redraw.write(RequestRedraw);
    }
    unread.0 = later;
}

/// How many of these events can be taken in together.
fn first_part(events: &[WindowEvent]) -> usize {
    let mut part = Part::default();
    events.iter().position(|event| !part.takes(event)).unwrap_or(events.len())
}

/// What a frame takes in.
#[derive(Default)]
struct Part {
    /// Something was pressed or let go where the pointer is.
    has_touched: bool,
    /// Something was done that Shift, Ctrl and Alt give a meaning to.
    has_acted: bool,
}

impl Part {
    /// Takes in another event, or says that it is the first one of the next frame. Every frame has room for one.
    fn takes(&mut self, event: &WindowEvent) -> bool {
        match event {
            WindowEvent::CursorMoved(_) | WindowEvent::CursorEntered(_) | WindowEvent::CursorLeft(_) => {
                !self.has_touched
            }
            WindowEvent::TouchInput(touch) if touch.phase == TouchPhase::Moved => !self.has_touched,
            WindowEvent::MouseButtonInput(_) | WindowEvent::TouchInput(_) => {
                self.has_acted = true;
                // Pressed and let go are two frames: a slider feels nothing of what is both in one.
                !std::mem::replace(&mut self.has_touched, true)
            }
            WindowEvent::KeyboardInput(key) if is_modifier(&key.logical_key) => !self.has_acted,
            WindowEvent::KeyboardInput(_) | WindowEvent::MouseWheel(_) => {
                self.has_acted = true;
                true
            }
            _ => true,
        }
    }
}

fn is_modifier(key: &Key) -> bool {
    matches!(key, Key::Shift | Key::Control | Key::Alt | Key::Super | Key::Meta)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use bevy::input::ButtonState;

    use super::*;

    fn window_event(word: &str) -> WindowEvent {
        let window = Entity::PLACEHOLDER;
        let (name, at) = word.split_once(['@', '+', '-']).unwrap_or((word, ""));
        let position = Vec2::splat(at.parse().unwrap_or(0.0));
        let state = if word.ends_with('+') { ButtonState::Pressed } else { ButtonState::Released };
        let finger = |phase| WindowEvent::TouchInput(TouchInput { phase, position, window, force: None, id: 1 });
        let key = |key_code, logical_key| {
            let (text, repeat) = (None, false);
            WindowEvent::KeyboardInput(KeyboardInput { key_code, logical_key, state, text, repeat, window })
        };
        match name {
            "move" => WindowEvent::CursorMoved(CursorMoved { window, position, delta: None }),
            "leave" => WindowEvent::CursorLeft(CursorLeft { window }),
            "left" => WindowEvent::MouseButtonInput(MouseButtonInput { button: MouseButton::Left, state, window }),
            "down" => finger(TouchPhase::Started),
            "slide" => finger(TouchPhase::Moved),
            "up" => finger(TouchPhase::Ended),
            "ctrl" => key(KeyCode::ControlLeft, Key::Control),
            letter => key(KeyCode::KeyF, Key::Character(letter.into())),
        }
    }

    /// Parts things that hands do into frames, which are parted by bars.
    #[track_caller]
    fn check(frames: &str) {
        let expected: Vec<usize> = frames.split('|').map(|frame| frame.split_whitespace().count()).collect();
        let words = frames.split_whitespace().filter(|word| *word != "|");
        let mut events: Vec<_> = words.map(window_event).collect();
        let mut parts = Vec::new();
        while !events.is_empty() {
            let part = first_part(&events);
            assert!(part > 0, "a frame takes something in");
            parts.push(part);
            events.drain(..part);
        }
        assert_eq!(parts, expected, "{frames}");
    }

    #[test]
    fn of_two_touches_within_a_frame_none_is_lost() {
        check("move@1 move@2 left+ | left-");
        check("move@1 left+ | left- | move@2 left+ | left-");
        check("left+ | left- | left+ | left-");
        check("down@1 | up@1 | down@2 | up@2 | down@3");
    }

    #[test]
    fn what_is_pressed_is_what_was_under_the_pointer_then() {
        check("move@1 left+ | left- | move@2 leave");
        check("left+ | move@2 move@3 left- | move@4");
        check("down@1 | slide@2 slide@3 up@3");
    }

    #[test]
    fn a_chord_within_a_frame_stays_a_chord() {
        check("ctrl+ f+ f- | ctrl-");
        check("a+ a- | ctrl+ f+ | ctrl- f-");
        check("ctrl+ left+ | left- | ctrl-");
        check("a+ a- b+ b- c+ c-");
    }

    #[test]
    fn frames_are_told_in_both_ways_and_asked_for() {
        let told = Arc::new(Mutex::new((0, 0)));
        let mut app = App::new();
        app.add_plugins((bevy::input::InputPlugin, WindowPlugin::default(), PacePlugin));
        let listens = Arc::clone(&told);
        let listen = move |mut all: MessageReader<WindowEvent>, mut buttons: MessageReader<MouseButtonInput>| {
            *listens.lock().expect("nobody panicked") = (all.read().count(), buttons.read().count());
        };
        app.add_systems(PreUpdate, listen);
        let mut frame = |words: &str| {
            for event in words.split_whitespace().map(window_event) {
                if let WindowEvent::MouseButtonInput(button) = &event {
                    app.world_mut().write_message(*button);
                }
                app.world_mut().write_message(event);
            }
            app.update();
            let asked = app.world_mut().resource_mut::<Messages<RequestRedraw>>().drain().count() > 0;
            (*told.lock().expect("nobody panicked"), asked)
        };
        frame("");
        assert_eq!(frame("move@1 move@2 left+"), ((3, 1), false));
        assert_eq!(frame("left- move@3 left+"), ((1, 1), true));
        // What comes meanwhile comes after it.
        assert_eq!(frame("left-"), ((2, 1), true));
        assert_eq!(frame(""), ((1, 1), false));
        assert_eq!(frame(""), ((0, 0), false));
        assert_eq!(frame("left-"), ((1, 1), false));
    }
}
