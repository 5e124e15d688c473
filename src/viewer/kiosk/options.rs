//! How a public screen is set up.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Time;

use super::pin::Pin;

/// How a public screen is set up.
#[derive(Clone)]
pub struct Kiosk {
    /// Seconds after its last touch that a visit is over.
    pub idle_secs: f64,
    /// In a window that can be closed, for trying.
    pub windowed: bool,
    /// From when to when the screen is dark while nobody is there, by the local clock.
    pub night: Option<[Time; 2]>,
    /// Opens the operator's menu; without one there is none.
    pub pin: Option<Pin>,
    /// The file that holds how often the screen is used; without one it is forgotten with the program.
    pub counts: Option<PathBuf>,
    /// Called every few seconds while all is well; says whether anybody still listens. A screen that nobody looks after
    /// ends.
    pub alive: Option<Arc<dyn Fn() -> bool + Send + Sync>>,
    /// For tests: tells the time that visits go by, in seconds; the last one stays as long as it tells none.
    pub clock: Option<Arc<dyn Fn() -> Option<f64> + Send + Sync>>,
}

impl Kiosk {
    /// A screen on which a visit is over so many seconds after its last touch; without menu, counts and night.
    pub fn new(idle_secs: f64) -> Self {
        Self { idle_secs, windowed: false, night: None, pin: None, counts: None, alive: None, clock: None }
    }

    /// Whether the screen is to be dark at a time while nobody is there. A night may last beyond midnight.
    pub fn is_night(&self, time: Time) -> bool {
        match self.night {
            Some([from, to]) if from <= to => (from..to).contains(&time),
            Some([from, to]) => time >= from || time < to,
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_may_last_beyond_midnight() {
        let at = |hour| jiff::civil::time(hour, 0, 0, 0);
        let nights = |from, to| {
            let kiosk = Kiosk { night: Some([at(from), at(to)]), ..Kiosk::new(60.0) };
            (0..24).filter(|hour| kiosk.is_night(at(*hour))).collect::<Vec<_>>()
        };
        assert_eq!(nights(22, 6), [0, 1, 2, 3, 4, 5, 22, 23]);
        assert_eq!(nights(1, 4), [1, 2, 3]);
        assert_eq!(nights(3, 3), [0; 0]);
        assert!(!Kiosk::new(60.0).is_night(at(0)));
    }
}
