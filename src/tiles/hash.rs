//! A hash for small keys of numbers, several times quicker than the standard one and the same in every run.
//!
//! For tables that live while one building or tile is made and whose keys nobody can choose in bulk; never for an order.

use std::hash::{BuildHasherDefault, Hasher};

/// Makes [`Mixing`] hashers.
pub(super) type BuildMixing = BuildHasherDefault<Mixing>;

/// Multiplies and rotates word by word (FxHash).
#[derive(Debug, Default)]
pub(super) struct Mixing(u64);

impl Mixing {
    fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

impl Hasher for Mixing {
    fn finish(&self) -> u64 {
        // The upper bits are mixed best, and tables look at the lower ones.
        self.0.rotate_left(26)
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.mix(u64::from_le_bytes(*word)));
        if !rest.is_empty() {
            self.mix(rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)));
        }
    }

    fn write_usize(&mut self, number: usize) {
        self.mix(number as u64);
    }

    fn write_u128(&mut self, number: u128) {
        self.mix(number as u64);
    }
}
