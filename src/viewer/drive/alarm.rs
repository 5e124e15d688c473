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
    pace_secs: Option<f64>,
    wound_for: Wound,
}

/// What the event loop was set to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Wound {
    /// To sleep.
    #[default]
    Rest,
    /// To wake at a time.
    Once(f64),
    /// To wake again and again after so many seconds.
    Pace(f64),
}

impl Alarm {
    /// Asks for a frame at a time, as [`Clock::now_secs`] counts it. Holds for one frame: who still waits asks again.
    /// The earliest wish counts; times that have passed are none.
    pub fn set(&mut self, at_secs: f64) {
        if at_secs > self.now_secs {
            self.due_secs = Some(self.due_secs.map_or(at_secs, |due_secs| due_secs.min(at_secs)));
        }
    }

    /// Asks for frames at a pace, seconds: until it is not asked for any more, neither later nor, unless the user does
    /// something, sooner.
    pub fn pace(&mut self, secs: f64) {
        self.pace_secs = Some(secs);
    }

    /// Begins a frame without a wish.
    fn begin(&mut self, now_secs: f64) {
        (self.now_secs, self.due_secs, self.pace_secs) = (now_secs, None, None);
    }

    /// How long to sleep from now on, where that is not known already. Where the next frame `comes_anyhow` nothing wakes
    /// the window for it: one that is hidden in the middle of a flight would be woken again and again for a frame that
    /// it does not get.
    fn wind(&mut self, comes_anyhow: bool) -> Option<Duration> {
        let wish = self.pace_secs.map(Wound::Pace).or(self.due_secs.map(Wound::Once)).unwrap_or_default();
        if self.wound_for == wish {
            return None;
        }
        let wish = if comes_anyhow && self.pace_secs.is_none() { Wound::Rest } else { wish };
        if self.wound_for == wish {
            return None;
        }
        self.wound_for = wish;
        Some(match wish {
            Wound::Rest => REST,
            Wound::Once(due_secs) => Duration::from_secs_f64(due_secs - self.now_secs).min(REST),
            Wound::Pace(secs) => Duration::from_secs_f64(secs),
        })
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
    mut redraw: ResMut<Messages<RequestRedraw>>,
) {
    if alarm.pace_secs.is_some() {
        // Whoever else asks for a frame gets it at the pace.
        redraw.clear();
    } else if alarm.is_soon() && !windows.is_empty() {
        redraw.write(RequestRedraw);
    }
    if let (Some(wait), Some(mut settings)) = (alarm.wind(!redraw.is_empty()), settings) {
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
        assert_eq!(alarm.wind(false), None, "an idle window is left alone");
        for at_secs in [9.0, 3.0, 5.0, 0.5, f64::NEG_INFINITY] {
            alarm.set(at_secs);
        }
        assert_eq!(alarm.wind(false), Some(Duration::from_secs(2)), "what has passed is no wish");
        // The same time in later frames changes nothing: each change costs a frame.
        alarm.begin(2.5);
        alarm.set(3.0);
        assert!(alarm.wind(false).is_none() && !alarm.is_soon());
        alarm.begin(2.99);
        alarm.set(3.0);
        assert!(alarm.wind(false).is_none() && alarm.is_soon());
        alarm.begin(3.0);
        alarm.set(3.0);
        assert_eq!(alarm.wind(false), Some(REST));
        alarm.begin(4.0);
        assert_eq!(alarm.wind(false), None);
    }

    #[test]
    fn who_gets_the_next_frame_anyhow_is_not_woken_for_it() {
        let mut alarm = Alarm::default();
        alarm.begin(1.0);
        alarm.set(1.5);
        assert_eq!(alarm.wind(true), None, "a flight winds nothing");
        assert_eq!(alarm.wind(false), Some(Duration::from_secs_f64(0.5)), "what is due after it is");
        alarm.begin(1.1);
        alarm.set(1.6);
        assert_eq!(alarm.wind(true), Some(REST), "the next flight stops what was wound");
        alarm.begin(2.0);
        alarm.set(9.0);
        assert_eq!(alarm.wind(false), Some(Duration::from_secs(7)));
        alarm.begin(3.0);
        alarm.set(9.0);
        assert_eq!(alarm.wind(true), None, "what stays due is left alone: each change costs a frame");
    }

    #[test]
    fn a_pace_is_set_once_and_goes_before_single_wishes() {
        let mut alarm = Alarm::default();
        let mut frame = |now_secs: f64, is_paced: bool| {
            alarm.begin(now_secs);
            alarm.set(now_secs + 1.0);
            if is_paced {
                alarm.pace(0.25);
            }
            alarm.wind(false)
        };
        let quarter = Some(Duration::from_millis(250));
        assert_eq!([frame(1.0, true), frame(1.25, true), frame(1.5, true)], [quarter, None, None]);
        assert_eq!(frame(1.75, false), Some(Duration::from_secs(1)));
    }
}
