//! Blocks into lots: the footprints of houses. Along every side of a block stands a row of houses with party walls
//! between them, corners get a house of their own, courtyards get wings and back buildings.

use std::f64::consts::FRAC_PI_2;

use glam::DVec2;

use super::blocks::{Block, Quarter};
use super::body::edges;
use super::plane::{
    area_m2, box_around, grown, inside, inside_or_near, is_convex, middle_of, overlap, polygon, ring_of,
};
use super::random::Chance;
use super::wing::Quad;

/// Where in its block a house stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// In a row along the street.
    Front,
    /// At a street corner.
    Corner,
    /// In the courtyard, with its first edge at the front house's back.
    Rear,
    /// Alone in a garden or on a green.
    Single,
}

/// A footprint: convex, counter-clockwise, the first edge along the street (or the front building).
#[derive(Clone, Debug)]
pub(super) struct Lot {
    pub(super) corners: Quad,
    pub(super) role: Role,
    pub(super) quarter: Quarter,
    /// What all houses of the block have in common.
    pub(super) character: Character,
}

/// What the houses of a block have in common.
#[derive(Clone, Copy, Debug)]
pub(super) struct Character {
    /// Storeys of the front houses.
    pub(super) storeys: u32,
    /// The year around which the block was built.
    pub(super) year: u32,
    /// The roofs' pitch in degrees.
    pub(super) pitch_deg: f64,
    /// Whether mansards prevail.
    pub(super) mansard: bool,
}

/// The lots of a block and the free ground in its courtyard.
#[derive(Clone, Debug, Default)]
pub(super) struct Lots {
    pub(super) lots: Vec<Lot>,
    /// The outline of the garden in the courtyard; empty where there is none.
    pub(super) courtyard: Vec<DVec2>,
}

/// Lays out a block. The same block gives the same lots.
pub(super) fn lay_out(block: &Block, seed: u64) -> Lots {
    let mut chance = Chance::at(seed, middle_of(&block.ring), 2);
    let character = character(block.quarter, &mut chance);
    let plot = Plot { block, character, chance, taken: Vec::new() };
    match block.quarter {
        Quarter::OldTown | Quarter::Perimeter => plot.closed(),
        Quarter::Rows => plot.rows(),
        Quarter::Gardens => plot.gardens(),
    }
}

fn character(quarter: Quarter, chance: &mut Chance) -> Character {
    let mansard = chance.happens(match quarter {
        Quarter::OldTown => 0.08,
        Quarter::Perimeter => 0.22,
        _ => 0.0,
    });
    let (storeys, years, pitch) = match quarter {
        Quarter::OldTown => (chance.whole(4, 5), (1680, 1900), (44.0, 52.0)),
        Quarter::Perimeter => (chance.whole(4, 5), (1865, 1912), (36.0, 44.0)),
        Quarter::Rows => (chance.whole(3, 6), (1925, 1972), (22.0, 32.0)),
        Quarter::Gardens => (2, (1920, 1995), (32.0, 45.0)),
    };
    Character { storeys, year: chance.whole(years.0, years.1), pitch_deg: chance.between(pitch.0, pitch.1), mansard }
}

/// What rows of this depth leave open in the middle of a block, if that is more than a light well.
fn courtyard(ring: &[DVec2], depth_m: f64) -> Option<Vec<DVec2>> {
    let open = grown(&polygon(ring), -depth_m).into_iter().map(|area| ring_of(&area));
    let largest = open.max_by(|one, other| area_m2(one).total_cmp(&area_m2(other)))?;
    (area_m2(&largest) > 200.0).then_some(largest)
}

/// A block while it is laid out.
struct Plot<'a> {
    block: &'a Block,
    character: Character,
    chance: Chance,
    taken: Vec<Lot>,
}

/// How two sides of a block meet.
#[derive(Clone, Copy, Debug)]
struct Corner {
    /// Metres that a house of its own takes from either side; 0 for a mitre.
    setback_m: f64,
    /// Where the backs of both rows meet.
    inner: DVec2,
    /// Whether the rows meet on the mitre.
    mitred: bool,
    /// Whether the corner is wide enough for a mitre.
    blunt: bool,
}

impl Plot<'_> {
    /// Rows around the whole block, corners, wings and back buildings in the courtyard.
    fn closed(mut self) -> Lots {
        let depth_m = self.depth_m();
        let mut corners: Vec<Corner> = (0..self.block.ring.len()).map(|at| self.corner(at, depth_m)).collect();
        for (at, corner) in corners.iter_mut().enumerate() {
            if !corner.mitred && corner.setback_m > 0.0 && !self.corner_house(at, corner) && corner.blunt {
                *corner = Corner { mitred: true, setback_m: 0.0, ..*corner };
            }
        }
        for at in 0..corners.len() {
            self.row(at, &corners[at], &corners[(at + 1) % corners.len()], depth_m);
        }
        let Some(courtyard) = courtyard(&self.block.ring, depth_m) else {
            return Lots { lots: self.taken, courtyard: Vec::new() };
        };
        self.wings(&courtyard);
        let paved = self.block.quarter == Quarter::OldTown;
        Lots { lots: self.taken, courtyard: if paved { Vec::new() } else { courtyard } }
    }

    /// How deep the rows are, so that opposite ones leave room for each other.
    fn depth_m(&mut self) -> f64 {
        let wanted = match self.block.quarter {
            Quarter::OldTown => self.chance.between(11.5, 13.5),
            _ => self.chance.between(11.8, 13.6),
        };
        let width_m = box_around(&self.block.ring).map_or(0.0, |(_, _, short)| short.length() * 2.0);
        wanted.min(width_m * 0.47)
    }

    /// How the sides before and after a corner of the block meet.
    fn corner(&mut self, at: usize, depth_m: f64) -> Corner {
        let ring = &self.block.ring;
        let count = ring.len();
        let (before, here, after) = (ring[(at + count - 1) % count], ring[at], ring[(at + 1) % count]);
        let (come, go) = ((here - before).normalize_or_zero(), (after - here).normalize_or_zero());
        let turn = come.angle_to(go);
        let tangent = (turn / 2.0).tan();
        let inner = here + (go * tangent + go.perp()) * depth_m;
        let blunt = (-1.9..1.8).contains(&turn);
        let own = (0.6..2.4).contains(&turn) && (!blunt || self.chance.happens(0.6));
        let mitred = !own && blunt;
        let setback_m = if mitred { 0.0 } else { (depth_m * tangent).max(0.0) };
        Corner { setback_m, inner, mitred, blunt }
    }

    /// Builds a house of its own at a corner; tells whether there was room.
    fn corner_house(&mut self, at: usize, corner: &Corner) -> bool {
        let ring = &self.block.ring;
        let count = ring.len();
        let (before, here, after) = (ring[(at + count - 1) % count], ring[at], ring[(at + 1) % count]);
        let room_m = here.distance(before).min(here.distance(after));
        if corner.setback_m > room_m {
            return false;
        }
        let back = here + (before - here).normalize_or_zero() * corner.setback_m;
        let ahead = here + (after - here).normalize_or_zero() * corner.setback_m;
        self.take([here, ahead, corner.inner, back], Role::Corner)
    }

    /// The row along the side that begins at corner `at`.
    fn row(&mut self, at: usize, first: &Corner, last: &Corner, depth_m: f64) {
        let ring = &self.block.ring;
        let (from, to) = (ring[at], ring[(at + 1) % ring.len()]);
        let along = (to - from).normalize_or_zero();
        let (low_m, high_m) = (first.setback_m, from.distance(to) - last.setback_m);
        let wanted_m = match self.block.quarter {
            Quarter::OldTown => self.chance.between(14.0, 21.0),
            _ => self.chance.between(21.0, 31.0),
        };
        let count = ((high_m - low_m) / wanted_m).round().max(1.0) as u32;
        if high_m - low_m < 5.0 {
            return;
        }
        let mut left = [from + along * low_m, from + along * low_m + along.perp() * depth_m];
        if first.mitred {
            left[1] = first.inner;
        }
        for number in 1..=count {
            let shift = if number == count { 0.0 } else { self.chance.between(-0.16, 0.16) };
            let reach_m = low_m + (high_m - low_m) * (f64::from(number) + shift) / f64::from(count);
            let mut right = [from + along * reach_m, from + along * reach_m + along.perp() * depth_m];
            if number == count && last.mitred {
                right[1] = last.inner;
            }
            self.take([left[0], right[0], right[1], left[1]], Role::Front);
            left = right;
        }
    }

    /// Wings behind the front houses and a back building in the middle.
    fn wings(&mut self, courtyard: &[DVec2]) {
        let fronts: Vec<Lot> = self.taken.iter().filter(|lot| lot.role == Role::Front).cloned().collect();
        for front in fronts {
            if self.chance.happens(if front.quarter == Quarter::OldTown { 0.42 } else { 0.2 }) {
                let [_, _, right, left] = front.corners;
                let along = (right - left).normalize_or_zero();
                let (width_m, length_m) = (self.chance.between(6.0, 8.5), self.chance.between(8.0, 17.0));
                let foot = right - along * (width_m + 0.4);
                let inward = along.perp() * length_m;
                let gap = along.perp() * 0.05;
                self.take_within(
                    courtyard,
                    [foot + gap, right - along * 0.4 + gap, right - along * 0.4 + inward, foot + inward],
                );
            }
        }
        let Some((middle, long, short)) = box_around(courtyard) else { return };
        if short.length() > 14.0 && self.chance.happens(0.6) {
            let (half_length, half_width) =
                (long.normalize() * self.chance.between(6.0, 15.0), short.normalize() * 5.0);
            let (half_length, half_width) = if half_length.perp_dot(half_width) > 0.0 {
                (half_length, half_width)
            } else {
                (half_length, -half_width)
            };
            let quad = [
                middle - half_length - half_width,
                middle + half_length - half_width,
                middle + half_length + half_width,
                middle - half_length + half_width,
            ];
            self.take_within(courtyard, quad);
        }
    }

    /// Rows of flats across the block, with greens between.
    fn rows(mut self) -> Lots {
        let Some((middle, long, short)) = box_around(&self.block.ring) else { return Lots::default() };
        let (along, across) = (short.normalize_or_zero(), -short.normalize_or_zero().perp());
        let half_m = (short.length() - 9.0).max(0.0);
        let (pitch_m, depth_m) = (self.chance.between(30.0, 38.0), 11.5);
        let rows = ((long.length() * 2.0 - 16.0) / pitch_m).floor().max(1.0) as i32;
        for row in 0..rows {
            let shift_m = (f64::from(row) - f64::from(rows - 1) / 2.0) * pitch_m;
            let parts = ((half_m * 2.0) / 19.0).floor().max(1.0) as i32;
            for part in 0..parts {
                let low = -half_m + half_m * 2.0 * f64::from(part) / f64::from(parts);
                let high = -half_m + half_m * 2.0 * f64::from(part + 1) / f64::from(parts);
                let at = |along_m: f64, across_m: f64| middle + along * along_m - across * (shift_m + across_m);
                let quad = [at(low, 0.0), at(high, 0.0), at(high, depth_m), at(low, depth_m)];
                self.take_on_land(quad, Role::Front);
            }
        }
        Lots { lots: self.taken, courtyard: self.block.ring.clone() }
    }

    /// Single houses behind front gardens.
    fn gardens(mut self) -> Lots {
        for (from, to) in edges(&self.block.ring) {
            let along = (to - from).normalize_or_zero();
            let mut reach_m = self.chance.between(10.0, 16.0);
            while reach_m < from.distance(to) - 14.0 {
                let (width_m, depth_m) = (self.chance.between(9.0, 13.0), self.chance.between(9.0, 11.5));
                let foot = from + along * reach_m + along.perp() * self.chance.between(5.0, 8.0);
                let (right, back) = (along * width_m, along.perp() * depth_m);
                self.take_on_land([foot, foot + right, foot + right + back, foot + back], Role::Single);
                reach_m += width_m + self.chance.between(7.0, 14.0);
            }
        }
        Lots { lots: self.taken, courtyard: self.block.ring.clone() }
    }

    /// Takes a back building that lies within the courtyard.
    fn take_within(&mut self, courtyard: &[DVec2], corners: Quad) {
        if corners.iter().all(|&corner| inside(courtyard, corner)) {
            self.take(corners, Role::Rear);
        }
    }

    /// Takes a house that keeps off the block's edge.
    fn take_on_land(&mut self, corners: Quad, role: Role) {
        if corners.iter().all(|&corner| inside(&self.block.ring, corner)) {
            self.take(corners, role);
        }
    }

    /// Takes a footprint if it is sound and free; tells whether it was.
    fn take(&mut self, corners: Quad, role: Role) -> bool {
        let [a, b, c, d] = corners;
        let sound = is_convex(&corners) && area_m2(&corners) > 24.0 && a.distance(b) > 3.5 && c.distance(d) > 2.0;
        let upright = (b - a).angle_to(c - b) < FRAC_PI_2 + 1.2;
        let backs_in = [c, d].iter().all(|&back| inside_or_near(&self.block.ring, back, 0.1));
        let on_land = edges(&corners).all(|(from, to)| {
            [0.0, 0.25, 0.5, 0.75].iter().all(|&share| inside_or_near(&self.block.land, from.lerp(to, share), 0.15))
        });
        let free = self.taken.iter().all(|lot| !overlap(&lot.corners, &corners, 0.02));
        let taken = sound && upright && on_land && backs_in && free;
        if taken {
            let (quarter, character) = (self.block.quarter, self.character);
            self.taken.push(Lot { corners, role, quarter, character });
        }
        taken
    }
}
