//! Drives the city: opens what was asked for, lets the streaming core run for a slice of each frame, hands its tiles to
//! the scene, and asks for another frame only while something moves.

mod alarm;
mod city;
mod clock;
mod incoming;
mod opening;
mod sink;
mod stream;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use bevy::prelude::*;
use bevy::window::{PrimaryWindow, RequestRedraw};
use url::Url;

pub use alarm::Alarm;
pub use city::{Phase, TheCity};
pub use clock::Clock;
pub use incoming::Incoming;

use crate::fetch::Fetch;
use crate::twin::CameraPose;
use crate::viewer::camera::{TheCamera, ZoomKeys, keys_held};
use crate::viewer::options::Audience;
use crate::viewer::{Thrift, ViewerSystems};

/// Opens and streams.
pub struct DrivePlugin {
    /// What to open, and how bytes come.
    pub start: Start,
}

/// What to open, and how bytes come.
#[derive(Clone)]
pub struct Start {
    /// A `twin.json`, a folder that holds one, or any `tileset.json`.
    pub url: Url,
    /// How bytes come.
    pub fetch: Arc<dyn Fetch>,
    /// Where the camera starts; `None` is the twin's home.
    pub camera: Option<CameraPose>,
    /// What is to be saved.
    pub thrift: Thrift,
    /// Whose release it is to be.
    pub audience: Audience,
}

impl Plugin for DrivePlugin {
    fn build(&self, app: &mut App) {
        app.insert_resource(TheCity::new(&self.start))
            .add_plugins((clock::ClockPlugin, alarm::AlarmPlugin))
            .add_systems(Update, opening::open.in_set(ViewerSystems::Open))
            .add_systems(Update, stream::stream.in_set(ViewerSystems::Stream))
            .add_systems(Last, (keep_going, alarm::wind.in_set(DriveSystems::Rest)).chain());
    }
}

/// The first and the last step of a frame.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DriveSystems {
    /// The clock is read.
    Tick,
    /// It is known when the next frame is due.
    Rest,
}

/// Asks for another frame while something moves or is on its way through the decoder, and for one when something that
/// failed is due again. What comes over the network wakes the window by itself.
fn keep_going(
    city: Res<TheCity>,
    mut alarm: ResMut<Alarm>,
    camera: Res<TheCamera>,
    keys: Option<Res<ButtonInput<KeyCode>>>,
    zoom_keys: Res<ZoomKeys>,
    windows: Query<(), With<PrimaryWindow>>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let moving = camera.flight.is_some() || keys.is_some_and(|keys| keys_held(&keys, &zoom_keys));
    // A bare tileset that came late says where it is when its root has come: the next frame looks there.
    let to_be_framed = city.phase == Phase::Open && !city.framed && city.streamer.tree(0).is_some();
    if !windows.is_empty() && (moving || to_be_framed || city.status.needs_redraw || city.tiles_changed) {
        redraw.write(RequestRedraw);
    }
    let reopening = city.setback().and_then(|setback| setback.retry_at_secs);
    reopening.into_iter().chain(city.status.next_retry_at_secs).for_each(|at_secs| alarm.set(at_secs));
}
