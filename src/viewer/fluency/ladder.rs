//! How far down to go from the whole picture while the camera moves: a step down where pictures come too slowly for a
//! move to be fluid, a step up where there has been time to spare for long. It knows the times of pictures and nothing
//! else: no clock, no engine, and not what is left out at a step.

use std::collections::VecDeque;

/// A move is not fluid where its pictures take longer than this, seconds: 25 of them a second.
const SLOW_SECS: f64 = 0.040;
/// There is time to spare where they take no longer than this, seconds: the pace of a screen and a little more.
const QUICK_SECS: f64 = 0.024;
/// So many times too slow, and one step does not help.
const FAR_TOO_SLOW: f64 = 3.0;
/// The last pictures that took so long together are judged, seconds.
const JUDGED_SECS: f64 = 0.3;
/// At least so many are judged: a single one is slow for many reasons.
const LEAST_JUDGED: usize = 3;
/// Pictures after a step that are not judged: one that was begun before it, and one that shaders are made for.
const UNSETTLED: u8 = 2;
/// Pictures must have been quick for so long before more is drawn, seconds of moving.
const PATIENCE_SECS: f64 = 3.0;
/// A picture that is not quick takes so many times its own time back from that.
const SETBACK: f64 = 10.0;
/// A step up that is taken back within so long was one too many, seconds of moving.
const PROBATION_SECS: f64 = 60.0;
/// Each one too many makes the next one wait so many times longer, so that nothing flickers.
const PATIENCE_GROWS: f64 = 4.0;

/// Where on the way down a machine is.
#[derive(Clone, Debug)]
pub struct Ladder {
    step: usize,
    lowest: usize,
    judged: VecDeque<f64>,
    unsettled: u8,
    quick_secs: f64,
    patience_secs: f64,
    /// Seconds of moving since the last step up.
    up_for_secs: f64,
}

impl Ladder {
    /// Begins with the whole picture; the steps down from there are numbered up to `lowest`.
    pub fn new(lowest: usize) -> Self {
        Self {
            step: 0,
            lowest,
            judged: VecDeque::new(),
            unsettled: 0,
            quick_secs: 0.0,
            patience_secs: PATIENCE_SECS,
            up_for_secs: f64::INFINITY,
        }
    }

    /// The step at which a move is fluid, as far as is known; 0 is the whole picture.
    pub fn step(&self) -> usize {
        self.step
    }

    /// Takes how long a picture of a move took that was drawn at this step.
    pub fn take(&mut self, secs: f64) {
        self.up_for_secs += secs;
        if self.unsettled > 0 {
            self.unsettled -= 1;
            return;
        }
        self.judged.push_back(secs);
        self.quick_secs =
            if secs <= QUICK_SECS { self.quick_secs + secs } else { (self.quick_secs - SETBACK * secs).max(0.0) };
        match self.typical_secs() {
            Some(typical_secs) if typical_secs > SLOW_SECS => self.go_down(typical_secs),
            _ if self.quick_secs >= self.patience_secs => self.go_up(),
            _ => {}
        }
    }

    /// The median of the last pictures, once they are enough to be judged.
    fn typical_secs(&mut self) -> Option<f64> {
        let mut whole_secs: f64 = self.judged.iter().sum();
        while self.judged.len() > LEAST_JUDGED
            && let Some(first_secs) = self.judged.front()
            && whole_secs - first_secs >= JUDGED_SECS
        {
            whole_secs -= first_secs;
            self.judged.pop_front();
        }
        if self.judged.len() < LEAST_JUDGED || whole_secs < JUDGED_SECS {
            return None;
        }
        let mut sorted: Vec<f64> = self.judged.iter().copied().collect();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied()
    }

    fn go_down(&mut self, typical_secs: f64) {
        let steps = if typical_secs > SLOW_SECS * FAR_TOO_SLOW { 2 } else { 1 };
        let step = (self.step + steps).min(self.lowest);
        if step == self.step {
            return;
        }
        if self.up_for_secs < PROBATION_SECS {
            self.patience_secs *= PATIENCE_GROWS;
        }
        self.up_for_secs = f64::INFINITY;
        self.begin(step);
    }

    fn go_up(&mut self) {
        if let Some(step) = self.step.checked_sub(1) {
            self.up_for_secs = 0.0;
            self.begin(step);
        }
    }

    fn begin(&mut self, step: usize) {
        (self.step, self.unsettled, self.quick_secs) = (step, UNSETTLED, 0.0);
        self.judged.clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LOWEST: usize = 3;
    /// The pace of a screen: no picture takes less.
    const PACE_SECS: f64 = 1.0 / 60.0;

    /// A machine that takes so many milliseconds for a picture at each step.
    struct Machine {
        costs_ms: [f64; LOWEST + 1],
        ladder: Ladder,
        /// When the step changed, seconds of moving.
        changes_secs: Vec<f64>,
        now_secs: f64,
    }

    impl Machine {
        fn new(costs_ms: [f64; LOWEST + 1]) -> Self {
            Self { costs_ms, ladder: Ladder::new(LOWEST), changes_secs: Vec::new(), now_secs: 0.0 }
        }

        /// Moves for a time; each picture takes `times` as long as usual.
        fn moves(&mut self, secs: f64, mut times: impl FnMut() -> f64) -> usize {
            let until = self.now_secs + secs;
            while self.now_secs < until {
                let before = self.ladder.step();
                let secs = (self.costs_ms[before] / 1000.0 * times()).max(PACE_SECS);
                self.now_secs += secs;
                self.ladder.take(secs);
                if self.ladder.step() != before {
                    self.changes_secs.push(self.now_secs);
                }
            }
            self.ladder.step()
        }
    }

    #[test]
    fn a_slow_machine_steps_down_until_moves_are_fluid() {
        let check = |costs_ms, step| assert_eq!(Machine::new(costs_ms).moves(60.0, || 1.0), step, "{costs_ms:?}");
        check([12.0, 11.0, 9.0, 7.0], 0);
        check([39.0, 30.0, 20.0, 10.0], 0);
        check([41.0, 30.0, 26.0, 25.0], 1);
        check([90.0, 60.0, 38.0, 30.0], 2);
        check([110.0, 90.0, 80.0, 65.0], 3);
        check([900.0, 700.0, 500.0, 300.0], 3);
    }

    #[test]
    fn it_does_so_within_a_second_and_sooner_the_slower_it_is() {
        let mut slow = Machine::new([60.0, 50.0, 30.0, 25.0]);
        slow.moves(5.0, || 1.0);
        assert!(slow.changes_secs.last().is_some_and(|last| *last < 1.0), "{:?}", slow.changes_secs);
        let mut slowest = Machine::new([500.0, 400.0, 300.0, 200.0]);
        slowest.moves(5.0, || 1.0);
        assert_eq!(slowest.changes_secs.len(), 2, "{:?}", slowest.changes_secs);
    }

    #[test]
    fn single_slow_pictures_change_nothing() {
        let mut machine = Machine::new([15.0; LOWEST + 1]);
        let mut picture = 0;
        let hitches = || {
            picture += 1;
            if picture % 5 == 0 { 20.0 } else { 1.0 }
        };
        assert_eq!((machine.moves(120.0, hitches), machine.changes_secs.len()), (0, 0));
    }

    #[test]
    fn a_machine_that_has_become_quick_draws_everything_again() {
        let mut machine = Machine::new([50.0, 45.0, 42.0, 30.0]);
        assert_eq!(machine.moves(10.0, || 1.0), LOWEST);
        machine.costs_ms = [16.0, 14.0, 12.0, 10.0];
        assert_eq!(machine.moves(2.0, || 1.0), LOWEST, "not before it has been quick for long");
        assert_eq!(machine.moves(10.0, || 1.0), 0);
    }

    #[test]
    fn a_machine_between_two_steps_does_not_flicker() {
        // Fluid with time to spare at one step, too slow at the one above.
        let mut machine = Machine::new([60.0, 45.0, 10.0, 8.0]);
        machine.moves(3600.0, || 1.0);
        let waits: Vec<f64> =
            machine.changes_secs.windows(2).map(|pair| pair[1] - pair[0]).filter(|w| *w > 2.0).collect();
        assert!(waits.len() < 7, "{:?}", machine.changes_secs);
        assert!(waits.windows(2).all(|pair| pair[1] > pair[0] * 3.0), "each try waits longer: {waits:?}");
    }

    proptest! {
        /// Whatever a machine does: it takes some steps down, and hardly any after that.
        #[test]
        fn no_machine_flickers(
            whole_ms in 5.0..400.0_f64,
            parts in prop::array::uniform3(0.5..1.0_f64),
            noise in prop::collection::vec(0.7..1.5_f64, 1..60),
        ) {
            let mut costs_ms = [whole_ms; LOWEST + 1];
            (0..LOWEST).for_each(|step| costs_ms[step + 1] = costs_ms[step] * parts[step]);
            let mut machine = Machine::new(costs_ms);
            let mut picture = 0;
            machine.moves(600.0, || {
                picture += 1;
                noise[picture % noise.len()]
            });
            // Down, and up and down again five times: in ten minutes there are no more, since each waits longer.
            prop_assert!(machine.changes_secs.len() <= LOWEST + 5 * 2 * LOWEST, "{:?}", machine.changes_secs);
            let apart = machine.changes_secs.windows(2).all(|pair| pair[1] - pair[0] >= JUDGED_SECS);
            prop_assert!(apart, "{:?}", machine.changes_secs);
        }

        /// Any times are survived, such as those of a clock that was set.
        #[test]
        fn any_times_are_survived(times in prop::collection::vec(any::<f64>(), 0..60)) {
            let mut ladder = Ladder::new(LOWEST);
            for secs in times {
                ladder.take(secs);
                prop_assert!(ladder.step() <= LOWEST);
            }
        }
    }
}
