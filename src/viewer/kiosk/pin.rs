//! The operator's PIN: compared so that the time tells nothing, and locked after some wrong tries. It is shown and
//! written nowhere.

use std::hint::black_box;

/// Fewest and most digits.
pub const DIGITS: [usize; 2] = [4, 16];
/// So many wrong tries lock the menu …
const TRIES: u32 = 5;
/// … for so long, seconds.
pub const LOCKED_SECS: f64 = 300.0;

/// A PIN. It has neither `Debug` nor `Display`.
#[derive(Clone)]
pub struct Pin([u8; DIGITS[1]]);

impl Pin {
    /// Takes 4 to 16 digits, blanks around them left out; `None` for anything else.
    pub fn new(given: &str) -> Option<Self> {
        let digits = given.trim().as_bytes();
        let is_pin = (DIGITS[0]..=DIGITS[1]).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
        is_pin.then(|| Self(padded(digits)))
    }

    /// Whether these digits are it. Takes the same time whichever digit is wrong and however many there are.
    pub fn is(&self, typed: &str) -> bool {
        let typed = padded(typed.as_bytes());
        let differing = self.0.iter().zip(&typed).fold(0, |differing, (a, b)| black_box(differing | (a ^ b)));
        black_box(differing) == 0
    }
}

/// Filled up with bytes that no text has. What is too long is no PIN and stays none.
fn padded(digits: &[u8]) -> [u8; DIGITS[1]] {
    let mut padded = [0xff; DIGITS[1]];
    if digits.len() <= padded.len() {
        padded.iter_mut().zip(digits).for_each(|(to, digit)| *to = *digit);
    }
    padded
}

/// Counts wrong tries.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Lock {
    wrong: u32,
    until_secs: Option<f64>,
}

impl Lock {
    /// Until when nothing is tried; `None` while it is open.
    pub fn until_secs(&self, now_secs: f64) -> Option<f64> {
        self.until_secs.filter(|until_secs| now_secs < *until_secs)
    }

    /// Tries digits. While it is locked the right ones are of no use either.
    pub fn try_digits(&mut self, pin: &Pin, typed: &str, now_secs: f64) -> bool {
        if self.until_secs(now_secs).is_some() {
            return false;
        }
        self.until_secs = None;
        if pin.is(typed) {
            self.wrong = 0;
            return true;
        }
        self.wrong += 1;
        if self.wrong == TRIES {
            (self.wrong, self.until_secs) = (0, Some(now_secs + LOCKED_SECS));
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin() -> Pin {
        Pin::new(" 4711\n").expect("four digits")
    }

    #[test]
    fn a_pin_is_four_to_sixteen_digits_and_only_itself() {
        for given in ["", "123", "12 34", "12a4", "１２３４", "12345678901234567"] {
            assert!(Pin::new(given).is_none(), "{given:?}");
        }
        assert!(pin().is("4711"));
        for typed in ["", "4", "471", "4712", "47110", "47114711", "4711\0", "12345678901234567890"] {
            assert!(!pin().is(typed), "{typed:?}");
        }
    }

    #[test]
    fn five_wrong_tries_lock_for_five_minutes() {
        let mut lock = Lock::default();
        for _ in 0..4 {
            assert!(!lock.try_digits(&pin(), "0000", 10.0));
        }
        assert_eq!(lock.until_secs(10.0), None);
        assert!(lock.try_digits(&pin(), "4711", 11.0));
        for second in 0..5 {
            assert!(!lock.try_digits(&pin(), "0000", 20.0 + f64::from(second)), "a right one began the count anew");
        }
        assert_eq!(lock.until_secs(24.0), Some(324.0));
        assert!(!lock.try_digits(&pin(), "4711", 323.9), "the right one does not open a lock");
        assert!(lock.try_digits(&pin(), "4711", 324.0));
    }
}
