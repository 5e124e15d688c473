//! Reproducible chance: the same seed gives the same numbers on every machine and in every release.

use glam::DVec2;

/// SplitMix64 (Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
pub(super) struct Chance(u64);

impl Chance {
    /// A sequence of its own for `seed` and everything that `key` tells apart.
    pub(super) fn of(seed: u64, key: &[u64]) -> Self {
        let mut chance = Self(seed);
        for part in key {
            chance.0 = chance.next() ^ part.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
        chance.next();
        chance
    }

    /// A sequence bound to a place, to the decimetre.
    pub(super) fn at(seed: u64, place: DVec2, salt: u64) -> Self {
        Self::of(seed, &[(place.x * 10.0).round() as i64 as u64, (place.y * 10.0).round() as i64 as u64, salt])
    }

    /// The next 64 bits.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// A number in 0..1.
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number between the two.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A whole number from `low` to `high`, both included.
    pub(super) fn whole(&mut self, low: u32, high: u32) -> u32 {
        low + (self.next() % u64::from(high - low + 1)) as u32
    }

    /// True with this probability.
    pub(super) fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of the items; they must not be none.
    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[(self.next() % items.len() as u64) as usize]
    }
}
