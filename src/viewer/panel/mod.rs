//! Panels: what is drawn over the city. They read views and give commands; [`window`] carries the commands out.
//!
//! Each panel is a pure function `x_ui(ui, &XView, …) -> Option<Command>` that is tested without Bevy.

mod building;
mod command;
mod layers;
mod look;
mod plan;
mod status;
mod texts;
mod tools;
mod views;
mod window;

#[cfg(test)]
mod tests;

use bevy::prelude::*;
use bevy_egui::EguiPrimaryContextPass;

pub use command::{Card, Command};
pub use views::shown;

/// Draws the panels and carries out what they ask for.
pub struct PanelPlugin;

impl Plugin for PanelPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Wishes>()
            .init_resource::<Notice>()
            .add_systems(EguiPrimaryContextPass, (window::draw, window::carry_out).chain());
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
