//! The life of a visit at a public screen, as a state machine without engine and clock: touches and the time go in, what
//! the screen does comes out.
//!
//! Attract → (touch) → Visiting → (nobody touches) → Countdown → Reset → Attract. A touch takes the countdown back. The
//! time is any that only grows; one that leaps back is taken for standing still.

/// For how long the countdown is seen, seconds; half the idle time where that is short.
pub const COUNTDOWN_SECS: f64 = 10.0;

/// What the screen does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nobody is there: the city is flown over.
    Attract,
    /// Somebody is there.
    Visiting,
    /// Nobody has touched the screen for a while: it says that everything will be forgotten in so many seconds.
    Countdown(u32),
    /// Everything is to be forgotten, now; [`Visit::was_reset`] ends it.
    Reset,
}

/// A visit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Visit {
    idle_secs: f64,
    stage: Stage,
    touched_secs: f64,
}

impl Visit {
    /// Nobody is there yet. A visit is over `idle_secs` after its last touch.
    pub fn new(idle_secs: f64) -> Self {
        Self { idle_secs: idle_secs.max(1.0), stage: Stage::Attract, touched_secs: f64::NEG_INFINITY }
    }

    /// What the screen does.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Somebody touches the screen. A touch that comes when the visit should be over already, as on a machine that was
    /// asleep, ends it: it may be another person's.
    pub fn touch(&mut self, now_secs: f64) {
        self.tick(now_secs);
        if self.stage != Stage::Reset {
            self.stage = Stage::Visiting;
            self.touched_secs = self.touched_secs.max(now_secs);
        }
    }

    /// Time goes by.
    pub fn tick(&mut self, now_secs: f64) {
        if !matches!(self.stage, Stage::Visiting | Stage::Countdown(_)) {
            return;
        }
        let left_secs = self.idle_secs - (now_secs - self.touched_secs).max(0.0);
        self.stage = if left_secs <= 0.0 {
            Stage::Reset
        } else if left_secs <= self.countdown_secs() {
            Stage::Countdown(left_secs.ceil() as u32)
        } else {
            Stage::Visiting
        };
    }

    /// The visitor is done and wants everything forgotten.
    pub fn finish(&mut self) {
        if self.stage != Stage::Attract {
            self.stage = Stage::Reset;
        }
    }

    /// Everything was forgotten.
    pub fn was_reset(&mut self) {
        *self = Self::new(self.idle_secs);
    }

    /// When the next tick changes something; `None` while only a touch can.
    pub fn due_secs(&self) -> Option<f64> {
        let end_secs = self.touched_secs + self.idle_secs;
        match self.stage {
            Stage::Attract | Stage::Reset => None,
            Stage::Visiting => Some(end_secs - self.countdown_secs()),
            Stage::Countdown(left) => Some(end_secs - f64::from(left - 1)),
        }
    }

    fn countdown_secs(&self) -> f64 {
        COUNTDOWN_SECS.min(self.idle_secs * 0.5)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_visit_from_the_first_touch_to_the_end() {
        let mut visit = Visit::new(60.0);
        visit.tick(1000.0);
        assert_eq!((visit.stage(), visit.due_secs()), (Stage::Attract, None));
        visit.touch(1000.0);
        assert_eq!((visit.stage(), visit.due_secs()), (Stage::Visiting, Some(1050.0)));
        visit.tick(1049.9);
        assert_eq!(visit.stage(), Stage::Visiting);
        visit.tick(1050.0);
        assert_eq!((visit.stage(), visit.due_secs()), (Stage::Countdown(10), Some(1051.0)));
        visit.tick(1058.5);
        assert_eq!((visit.stage(), visit.due_secs()), (Stage::Countdown(2), Some(1059.0)));
        visit.touch(1059.5);
        assert_eq!((visit.stage(), visit.due_secs()), (Stage::Visiting, Some(1109.5)));
        visit.tick(1119.5);
        assert_eq!((visit.stage(), visit.due_secs()), (Stage::Reset, None));
        visit.touch(1119.6);
        assert_eq!(visit.stage(), Stage::Reset, "what is being forgotten is not taken up again");
        visit.was_reset();
        assert_eq!(visit, Visit::new(60.0), "nothing of the visit is left in it");
    }

    #[test]
    fn a_touch_after_the_time_is_the_next_visitors() {
        let mut visit = Visit::new(60.0);
        visit.touch(0.0);
        // The machine was asleep in between.
        visit.touch(4000.0);
        assert_eq!(visit.stage(), Stage::Reset);
    }

    #[test]
    fn whoever_is_done_need_not_wait() {
        let mut visit = Visit::new(60.0);
        visit.finish();
        assert_eq!(visit.stage(), Stage::Attract);
        visit.touch(5.0);
        visit.finish();
        assert_eq!(visit.stage(), Stage::Reset);
    }

    /// What happens at a time after what happened before: a touch or nothing.
    fn steps() -> impl Strategy<Value = Vec<(f64, bool)>> {
        prop::collection::vec((prop_oneof![0.0..3.0, 0.0..80.0, -5.0..0.0], prop::bool::weighted(0.3)), 1..80)
    }

    proptest! {
        #[test]
        fn no_visit_outlives_its_last_touch_by_more_than_the_idle_time(idle_secs in 2.0..120.0, steps in steps()) {
            let mut visit = Visit::new(idle_secs);
            let (mut now_secs, mut touched_secs) = (0.0, None);
            for (later_secs, is_touch) in steps {
                now_secs += later_secs;
                let was = visit.stage();
                if is_touch { visit.touch(now_secs) } else { visit.tick(now_secs) }
                match visit.stage() {
                    Stage::Visiting if is_touch => touched_secs = Some(touched_secs.unwrap_or(now_secs).max(now_secs)),
                    Stage::Attract => prop_assert!(!is_touch && was == Stage::Attract),
                    _ => {}
                }
                let since_secs = touched_secs.map(|touched_secs: f64| (now_secs - touched_secs).max(0.0));
                let countdown_secs = COUNTDOWN_SECS.min(idle_secs * 0.5);
                match (visit.stage(), since_secs) {
                    (Stage::Attract, since) => prop_assert!(since.is_none()),
                    (Stage::Visiting, Some(since)) => prop_assert!(since < idle_secs - countdown_secs),
                    (Stage::Countdown(left), Some(since)) => {
                        prop_assert!(since >= idle_secs - countdown_secs && since < idle_secs, "{since}");
                        prop_assert!((1..=10).contains(&left) && (f64::from(left) - (idle_secs - since)).abs() <= 1.0);
                    }
                    (Stage::Reset, Some(since)) => {
                        prop_assert!(since >= idle_secs || was == Stage::Reset);
                        visit.was_reset();
                        touched_secs = None;
                    }
                    (stage, None) => prop_assert!(false, "{stage:?} without a touch"),
                }
            }
        }

        #[test]
        fn any_touch_takes_the_countdown_back(idle_secs in 2.0..120.0, share in 0.001..0.99) {
            let mut visit = Visit::new(idle_secs);
            visit.touch(0.0);
            let countdown_secs = COUNTDOWN_SECS.min(idle_secs * 0.5);
            let now_secs = idle_secs - countdown_secs * (1.0 - share);
            visit.tick(now_secs);
            prop_assert!(matches!(visit.stage(), Stage::Countdown(_)), "{:?}", visit.stage());
            visit.touch(now_secs);
            prop_assert_eq!(visit.stage(), Stage::Visiting);
        }

        #[test]
        fn who_waits_for_what_is_due_misses_nothing(idle_secs in 2.0..120.0) {
            let mut visit = Visit::new(idle_secs);
            visit.touch(7.0);
            let mut seen = Vec::new();
            while let Some(due_secs) = visit.due_secs() {
                visit.tick(due_secs + 1e-9);
                seen.push(visit.stage());
                prop_assert!(seen.len() < 20);
            }
            let counted = seen.iter().filter(|stage| matches!(stage, Stage::Countdown(_))).count();
            prop_assert_eq!(counted, COUNTDOWN_SECS.min(idle_secs * 0.5).ceil() as usize);
            prop_assert_eq!(seen.last(), Some(&Stage::Reset));
        }
    }
}
