//! When the window wakes although nothing happens: for what is due at a time, such as another try for a tile that
//! failed, or a notice that goes. Everything else comes with an event, and an idle window without a due time sleeps.

use std::time::Duration;

use bevy::prelude::*;
use bevy::window::{PrimaryWindow, RequestRedraw};
use bevy::winit::{UpdateMode, WinitSettings};

use super::Clock;

/// Wakes the window.
pub struct AlarmPlugin;

impl Plugin for AlarmPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Alarm>().add_systems(First, begin.after(super::clock::tick));
    }
}

/// How long the window sleeps when nothing is due. Not for ever: then the event loop would keep the time it was set to
/// before, and would not sleep at all.
const REST: Duration = Duration::from_secs(24 * 60 * 60);
/// So near to the time the window does not go to sleep any more, seconds: it may be woken a little too early.
const SOON_SECS: f64 = 0.05;

/// The next time at which a frame is due.
#[derive(Resource, Debug, Default)]
pub struct Alarm {
    now_secs: f64,
    due_secs: Option<f64>,
    wound_for: Option<f64>,
}

impl Alarm {
    /// Asks for a frame at a time, as [`Clock::now_secs`] counts it. Holds for one frame: who still waits asks again.
    /// The earliest wish counts; times that have passed are none.
    pub fn set(&mut self, at_secs: f64) {
        if at_secs > self.now_secs {
            self.due_secs = Some(self.due_secs.map_or(at_secs, |due_secs| due_secs.min(at_secs)));
        }
    }

    /// Begins a frame without a wish.
    fn begin(&mut self, now_secs: f64) {
        (self.now_secs, self.due_secs) = (now_secs, None);
    }

    /// How long to sleep from now on, where that is not known already.
    fn wind(&mut self) -> Option<Duration> {
        if self.wound_for == self.due_secs {
            return None;
        }
        self.wound_for = self.due_secs;
        let wait_secs = self.due_secs.map(|due_secs| due_secs - self.now_secs);
        Some(wait_secs.map_or(REST, |wait_secs| Duration::from_secs_f64(wait_secs).min(REST)))
    }

    /// Whether the time has nearly come.
    fn is_soon(&self) -> bool {
        self.due_secs.is_some_and(|due_secs| due_secs - self.now_secs < SOON_SECS)
    }
}

fn begin(mut alarm: ResMut<Alarm>, clock: Res<Clock>) {
    alarm.begin(clock.now_secs);
}

/// Sets when the window wakes. Runs after everything that sets the alarm.
pub fn wind(
    mut alarm: ResMut<Alarm>,
    settings: Option<ResMut<WinitSettings>>,
    windows: Query<(), With<PrimaryWindow>>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    if alarm.is_soon() && !windows.is_empty() {
        redraw.write(RequestRedraw);
    }
    if let (Some(wait), Some(mut settings)) = (alarm.wind(), settings) {
        let mode = UpdateMode::reactive_low_power(wait);
        (settings.focused_mode, settings.unfocused_mode) = (mode, mode);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_wish_wakes_the_window_and_none_lets_it_sleep() {
        let mut alarm = Alarm::default();
        alarm.begin(1.0);
        assert_eq!(alarm.wind(), None, "an idle window is left alone");
        for at_secs in [9.0, 3.0, 5.0, 0.5, f64::NEG_INFINITY] {
            alarm.set(at_secs);
        }
        assert_eq!(alarm.wind(), Some(Duration::from_secs(2)), "what has passed is no wish");
        // The same time in later frames changes nothing: each change costs a frame.
        alarm.begin(2.5);
        alarm.set(3.0);
        assert!(alarm.wind().is_none() && !alarm.is_soon());
        alarm.begin(2.99);
        alarm.set(3.0);
        assert!(alarm.wind().is_none() && alarm.is_soon());
        alarm.begin(3.0);
        alarm.set(3.0);
        assert_eq!(alarm.wind(), Some(REST));
        alarm.begin(4.0);
        assert_eq!(alarm.wind(), None);
    }
}
