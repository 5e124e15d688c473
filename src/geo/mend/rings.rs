//! One ring without what has no extent: repeated points and spikes.

use std::collections::VecDeque;

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
///
/// Takes time in proportion to the points: each is added once and removed once at most.
pub(super) fn clean(ring: &[DVec3]) -> Cleaned {
    let open = match ring.split_last() {
        Some((last, open)) if open.first() == Some(last) => open,
        _ => ring,
    };
    let mut cleaning = Cleaning { kept: VecDeque::with_capacity(open.len()), repeated_points: 0, spikes: 0 };
    open.iter().for_each(|point| cleaning.add(*point));
    cleaning.close();
    let Cleaning { kept, repeated_points, spikes } = cleaning;
    Cleaned { ring: kept.into(), repeated_points, spikes }
}

/// A line of points that has neither repeated points nor spikes, while the ring's points are added to its end.
struct Cleaning {
    kept: VecDeque<DVec3>,
    repeated_points: u32,
    spikes: u32,
}

impl Cleaning {
    fn add(&mut self, point: DVec3) {
        while let Some([before, last]) = self.end()
            && !is_same(last, point)
            && is_spike(before, last, point)
        {
            self.kept.pop_back();
            self.spikes += 1;
        }
        if self.kept.back().is_some_and(|last| is_same(*last, point)) {
            self.repeated_points += 1;
        } else {
            self.kept.push_back(point);
        }
    }

    /// Removes what is odd where the end of the line meets its start.
    fn close(&mut self) {
        while let Some([before, last]) = self.end()
            && let (Some(&first), Some(&second)) = (self.kept.front(), self.kept.get(1))
        {
            if is_same(last, first) {
                self.kept.pop_back();
                self.repeated_points += 1;
            } else if is_spike(before, last, first) {
                self.kept.pop_back();
                self.spikes += 1;
            } else if is_spike(last, first, second) {
                self.kept.pop_front();
                self.spikes += 1;
            } else {
                return;
            }
        }
    }

    /// The last two points.
    fn end(&self) -> Option<[DVec3; 2]> {
        let count = self.kept.len();
        Some([*self.kept.get(count.checked_sub(2)?)?, *self.kept.get(count - 1)?])
    }
}

fn is_same(a: DVec3, b: DVec3) -> bool {
    a.distance(b) < SAME_POINT_M
}

/// Whether the ring goes to `here` and back along the same line.
pub(super) fn is_spike(before: DVec3, here: DVec3, after: DVec3) -> bool {
    let (back, on) = (before - here, after - here);
    let longer_m = back.length().max(on.length());
    back.dot(on) > 0.0 && back.cross(on).length() < SAME_POINT_M * longer_m
}
