//! When something that failed is tried again, and when nothing waits for it any longer. Pure: time and identity come
//! in, a time goes out.

use super::failure::Failure;
use crate::fetch::FetchError;

/// After so many failures nothing waits any longer for what fails: the rest is shown without it. It is still tried
/// again, and has its place when it comes.
pub const LOST_AFTER: u32 = 5;

/// Wait after the first failure, seconds.
const FIRST_SECS: f64 = 1.0;
/// Longest wait, seconds: a kiosk comes back within two minutes of its network.
const LONGEST_SECS: f64 = 90.0;

/// When to try again after `attempts` failures: twice as long each time, up to a limit. `salt` spreads many tiles over a
/// quarter of the wait, so that they do not all come back at once.
pub(super) fn retry_at_secs(now_secs: f64, attempts: u32, salt: u32) -> f64 {
    let doubled = FIRST_SECS * 2.0_f64.powi(attempts.saturating_sub(1).min(16) as i32);
    // Fibonacci hashing: neighbours end up far apart.
    let spread = f64::from(salt.wrapping_mul(2_654_435_769) >> 16) / 65_536.0;
    now_secs + doubled.min(LONGEST_SECS) * (1.0 + 0.25 * spread)
}

/// A file that has not come so far: what a window needs to ask for it again and to say so.
#[derive(Clone, Debug, PartialEq)]
pub struct Setback {
    /// How often it was asked for.
    pub attempts: u32,
    /// What happened last.
    pub why: Failure,
    /// When it is due again, in the time that whoever asks goes by; `None` for never.
    pub retry_at_secs: Option<f64>,
}

impl Setback {
    /// After one more failure of what has failed `before`.
    pub fn after(before: Option<&Self>, error: &FetchError, now_secs: f64) -> Self {
        let attempts = before.map_or(0, |before| before.attempts) + 1;
        let retry_at_secs = error.is_transient().then(|| retry_at_secs(now_secs, attempts, 0));
        Self { attempts, why: Failure::from(error), retry_at_secs }
    }

    /// For good.
    pub fn for_good(why: Failure) -> Self {
        Self { attempts: 1, why, retry_at_secs: None }
    }

    /// Whether nothing waits for it any longer.
    pub fn is_lost(&self) -> bool {
        self.retry_at_secs.is_none() || self.attempts >= LOST_AFTER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_stop_growing() {
        let waits: Vec<f64> = (1..=9).map(|attempts| retry_at_secs(100.0, attempts, 0) - 100.0).collect();
        assert_eq!(waits, [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 90.0, 90.0]);
        for salt in 0..1000 {
            let wait = retry_at_secs(0.0, 1, salt);
            assert!((1.0..=1.25).contains(&wait), "{salt}: {wait}");
        }
    }
}
