//! Panels: what is drawn over the city. They read views and give commands; [`window`] carries the commands out.
//!
//! Each panel is a pure function `x_ui(ui, &XView, …) -> Option<Command>` that is tested without Bevy.

mod building;
mod command;
mod deeds;
#[cfg(any(target_arch = "wasm32", test))]
mod fonts;
mod keyboard;
mod labels;
mod layers;
mod layout;
pub mod look;
mod plan;
mod ring;
mod roles;
mod search;
mod status;
mod tools;
mod trouble;
mod views;
mod walk;
mod window;

#[cfg(test)]
mod public_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod work_tests;

use bevy::prelude::*;
use bevy_egui::egui::{Event, Modifiers};
use bevy_egui::{EguiInput, EguiPreUpdateSet, EguiPrimaryContextPass};

use crate::viewer::drive::Clock;
use crate::viewer::settings::Settings;

pub use command::{Card, Command};
#[cfg(target_arch = "wasm32")]
pub use fonts::subset;
pub use keyboard::{Key, keyboard_ui, keyboard_width};
pub use labels::{drawn as drawn_labels, drawn_sights, sight_at};
pub use search::{MOST_HITS, SearchView, SearchWish, field as search_field};
pub use trouble::sentence;
pub use views::{Known, Shown, building, shown, status_view};
pub use window::rects;

/// Draws the panels and carries out what they ask for.
pub struct PanelPlugin;

impl Plugin for PanelPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Wishes>()
            .init_resource::<Notice>()
            .init_resource::<Styled>()
            .add_systems(
                PreUpdate,
                (drop_unchanged_modifiers, tell_time)
                    .after(EguiPreUpdateSet::ProcessInput)
                    .before(EguiPreUpdateSet::BeginPass),
            )
            .configure_sets(EguiPrimaryContextPass, (PanelSystems::Draw, PanelSystems::CarryOut).chain())
            .add_systems(
                EguiPrimaryContextPass,
                (window::draw.in_set(PanelSystems::Draw), deeds::carry_out.in_set(PanelSystems::CarryOut)),
            );
    }
}

/// The steps of the panels' pass, in this order.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PanelSystems {
    /// Panels are drawn and say what they wish.
    Draw,
    /// Wishes are carried out.
    CarryOut,
}

/// Takes away what tells nothing: bevy_egui says in every frame which of Shift, Ctrl and Alt are held, and egui asks
/// for another frame whenever it is told something, so that an idle window would never come to rest.
fn drop_unchanged_modifiers(mut inputs: Query<&mut EguiInput>, mut held: Local<Modifiers>) {
    for mut input in &mut inputs {
        input.events.retain(|event| match event {
            Event::ModifiersChanged(now) => std::mem::replace(&mut *held, *now) != *now,
            _ => true,
        });
    }
}

/// Tells egui this frame's time. Bevy's is the one at which the frame before was drawn: after a long sleep what was pressed
/// and let go at once would count as held all that while, and not as a click.
fn tell_time(mut inputs: Query<&mut EguiInput>, clock: Res<Clock>) {
    for mut input in &mut inputs {
        input.time = Some(clock.now_secs);
    }
}

/// Commands of this frame, from panels and keys.
#[derive(Resource, Default, Debug)]
pub struct Wishes(pub Vec<Command>);

/// The settings that the style of the panels was made for; `None` has it made anew.
#[derive(Resource, Default, Debug)]
pub struct Styled(pub Option<Settings>);

/// Seconds that a notice stands.
const NOTICE_SECS: f64 = 4.0;

/// A line that tells what a command did, for a few seconds.
#[derive(Resource, Default, Debug)]
pub struct Notice {
    /// The line and when it goes.
    pub line: Option<(String, f64)>,
}

impl Notice {
    /// Shows a line from now on, for a few seconds.
    pub fn show(&mut self, line: impl Into<String>, now_secs: f64) {
        self.line = Some((line.into(), now_secs + NOTICE_SECS));
    }
}
