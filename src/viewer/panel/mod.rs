//! Panels: what is drawn over the city. They read views and give commands; [`window`] carries the commands out.
//!
//! Each panel is a pure function `x_ui(ui, &XView, …) -> Option<Command>` that is tested without Bevy.

mod building;
mod command;
#[cfg(any(target_arch = "wasm32", test))]
mod fonts;
mod layers;
mod look;
mod plan;
mod status;
mod tools;
mod views;
mod window;

#[cfg(test)]
mod tests;

use bevy::prelude::*;
use bevy_egui::egui::{Event, Modifiers};
use bevy_egui::{EguiInput, EguiPreUpdateSet, EguiPrimaryContextPass};

pub use command::{Card, Command};
#[cfg(target_arch = "wasm32")]
pub use fonts::subset;
pub use views::{Known, shown};

/// Draws the panels and carries out what they ask for.
pub struct PanelPlugin;

impl Plugin for PanelPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Wishes>()
            .init_resource::<Notice>()
            .add_systems(
                PreUpdate,
                drop_unchanged_modifiers.after(EguiPreUpdateSet::ProcessInput).before(EguiPreUpdateSet::BeginPass),
            )
            .add_systems(EguiPrimaryContextPass, (window::draw, window::carry_out).chain());
    }
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

/// Commands of this frame, from panels and keys.
#[derive(Resource, Default, Debug)]
pub struct Wishes(pub Vec<Command>);

/// A line that tells what a command did, for a few seconds.
#[derive(Resource, Default, Debug)]
pub struct Notice {
    /// The line and when it goes.
    pub line: Option<(String, f64)>,
}
