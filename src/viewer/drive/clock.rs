//! The time of a frame, and how much of it the window spent waiting for something to happen.
//!
//! Input carries no time of its own: it is handled when the frame before it is done. On a slow machine most of the time
//! between two clicks may be the drawing of the first one's answer, so a hand's pace is told by the time waited.

use bevy::platform::time::Instant;
use bevy::prelude::*;

use crate::viewer::platform;

/// Counts frames' time.
pub struct ClockPlugin;

impl Plugin for ClockPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Clock>()
            .init_resource::<Rested>()
            .add_systems(First, tick.in_set(super::DriveSystems::Tick));
        platform::after_drawing(app, rest);
    }
}

/// Time of the frame, seconds since the start.
#[derive(Resource, Default, Clone, Copy, Debug)]
pub struct Clock {
    /// Now.
    pub now_secs: f64,
    /// Since the frame before.
    pub frame_secs: f64,
    /// Of that time: how long the window or its graphics were busy with that frame, and could have drawn no other.
    pub busy_secs: f64,
    /// Of all the time so far: how long the window had nothing to do but wait. Input that came then was handled at
    /// once.
    pub waited_secs: f64,
}

/// The frame before.
#[derive(Resource, Default)]
pub(super) struct Rested {
    /// When it was handed to the renderer: from then on the window waits for input.
    since: Option<Instant>,
    /// When the renderer could take another one.
    readiness: platform::Readiness,
}

fn rest(world: &mut World) {
    let mut rested = world.resource_mut::<Rested>();
    rested.since = Some(Instant::now());
    rested.readiness.ask();
}

/// Reads the clock itself: Bevy's time is the one at which the frame before was drawn, and after a long sleep that is
/// long ago.
pub(super) fn tick(mut clock: ResMut<Clock>, mut rested: ResMut<Rested>, mut started: Local<Option<Instant>>) {
    let now_secs = started.get_or_insert_with(Instant::now).elapsed().as_secs_f64();
    clock.frame_secs = now_secs - clock.now_secs;
    clock.now_secs = now_secs;
    let frame_secs = clock.frame_secs;
    let ready_for_secs = rested.readiness.take().map_or(0.0, |ready| ready.elapsed().as_secs_f64());
    clock.busy_secs = (frame_secs - ready_for_secs).max(0.0);
    if let Some(since) = rested.since.take() {
        clock.waited_secs += since.elapsed().as_secs_f64().min(frame_secs);
    }
}
