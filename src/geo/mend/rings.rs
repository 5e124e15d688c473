//! One ring without what has no extent: repeated points and spikes.

use glam::DVec3;

use super::SAME_POINT_M;

/// A cleaned ring and what was removed from it.
pub(super) struct Cleaned {
    pub ring: Vec<DVec3>,
    pub repeated_points: u32,
    pub spikes: u32,
}

/// Removes repeated points and spikes until there are none; the first points are kept where there is a choice. A closing
/// point that repeats the first exactly goes uncounted.
pub(super) fn clean(ring: &[DVec3]) -> Cleaned {
    let mut cleaned = Cleaned { ring: ring.to_vec(), repeated_points: 0, spikes: 0 };
    if ring.len() > 1 && ring.first() == ring.last() {
        cleaned.ring.pop();
    }
    while cleaned.remove_one_kind() {}
    cleaned
}

impl Cleaned {
    /// One pass over the ring; whether anything was removed. Spikes wait until no point is repeated, because removing
    /// one leaves a repeated point.
    fn remove_one_kind(&mut self) -> bool {
        let repeated = remove_where(&mut self.ring, |before, here, _| before.distance(here) < SAME_POINT_M);
        self.repeated_points += repeated;
        if repeated > 0 {
            return true;
        }
        let spikes = remove_where(&mut self.ring, is_spike);
        self.spikes += spikes;
        spikes > 0
    }
}

/// Removes each point for which `is_odd(before, here, after)`, against the ring as it is then; how many.
fn remove_where(ring: &mut Vec<DVec3>, is_odd: impl Fn(DVec3, DVec3, DVec3) -> bool) -> u32 {
    let mut removed = 0;
    // From the end, so that of two equal points the first stays.
    for index in (0..ring.len()).rev() {
        let count = ring.len();
        if count < 2 {
            break;
        }
        let [before, here, after] = [index + count - 1, index, index + 1].map(|index| ring[index % count]);
        if is_odd(before, here, after) {
            ring.remove(index);
            removed += 1;
        }
    }
    removed
}

/// Whether the ring goes to `here` and back along the same line.
pub(super) fn is_spike(before: DVec3, here: DVec3, after: DVec3) -> bool {
    let (back, on) = (before - here, after - here);
    let longer_m = back.length().max(on.length());
    back.dot(on) > 0.0 && back.cross(on).length() < SAME_POINT_M * longer_m
}
