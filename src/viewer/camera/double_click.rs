//! Tells a double click from two clicks, also where a frame takes longer than a hand.

use glam::DVec2;

use crate::viewer::drive::Clock;

/// Two clicks with less waiting between them are a double click, seconds.
const WAITED_SECS: f64 = 0.4;
/// Two clicks that are further apart are two clicks, however slow the machine is, seconds.
const APART_SECS: f64 = 2.0;
/// Two clicks of a mouse that are further apart are two clicks, logical pixels.
pub const CLICKS_APART_PX: f64 = 5.0;
/// Two taps that are further apart are two taps, logical pixels: a fingertip does not find the same place again.
pub const TAPS_APART_PX: f64 = 40.0;

/// The click that another one may follow.
#[derive(Default)]
pub struct DoubleClick {
    first: Option<(Clock, DVec2)>,
}

impl DoubleClick {
    /// Whether a click makes a double click with the one before, if that was less than `apart_px` away; a third click then
    /// begins anew.
    pub fn is_made_by(&mut self, at: DVec2, apart_px: f64, clock: &Clock) -> bool {
        let second = self.first.take().is_some_and(|(first, first_at)| {
            clock.waited_secs - first.waited_secs < WAITED_SECS
                && clock.now_secs - first.now_secs < APART_SECS
                && at.distance(first_at) < apart_px
        });
        self.first = (!second).then_some((*clock, at));
        second
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Clicks by (time, of it waited, x).
    fn check(clicks: &[(f64, f64, f64)], expected: &[bool]) {
        let mut double = DoubleClick::default();
        let made = clicks.iter().map(|&(now_secs, waited_secs, x)| {
            let clock = Clock { now_secs, waited_secs, ..Clock::default() };
            double.is_made_by(DVec2::new(x, 0.0), CLICKS_APART_PX, &clock)
        });
        assert_eq!(made.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn two_quick_clicks_are_a_double_click() {
        check(&[(1.0, 1.0, 0.0), (1.2, 1.2, 1.0)], &[false, true]);
    }

    #[test]
    fn a_third_click_begins_anew() {
        check(&[(1.0, 1.0, 0.0), (1.1, 1.1, 0.0), (1.2, 1.2, 0.0), (1.3, 1.3, 0.0)], &[false, true, false, true]);
    }

    #[test]
    fn slow_or_distant_clicks_are_two_clicks() {
        check(&[(1.0, 1.0, 0.0), (1.5, 1.5, 0.0)], &[false, false]);
        check(&[(1.0, 1.0, 0.0), (1.1, 1.1, 9.0)], &[false, false]);
    }

    #[test]
    fn a_slow_frame_between_two_quick_clicks_does_not_part_them() {
        check(&[(1.0, 1.0, 0.0), (1.9, 1.1, 0.0)], &[false, true]);
    }

    #[test]
    fn a_machine_that_never_waits_still_knows_two_clicks() {
        check(&[(1.0, 0.0, 0.0), (3.5, 0.0, 0.0)], &[false, false]);
    }
}
