//! The town's plan: what streets, water, parks and railways leave over, parted by invented lanes into blocks.

use geo::{Area, BooleanOps, Polygon};
use glam::DVec2;

use super::plane::{area_m2, around_m, box_around, left_part, middle_of, ring_of, smoothed, tightened};
use super::random::Chance;

/// How a part of the town is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Quarter {
    /// Within the line of the old wall: narrow houses, crooked lanes.
    OldTown,
    /// The nineteenth century's closed blocks.
    Perimeter,
    /// Rows of houses with greens between them.
    Rows,
    /// Single houses in gardens.
    Gardens,
}

/// The measures of a quarter's plan.
struct Plan {
    /// Blocks larger than this are parted, in square metres.
    largest_m2: f64,
    /// The shortest side that parting may leave, in metres.
    shortest_m: f64,
    /// Sides of a block shorter than this are taken out, in metres.
    shortest_side_m: f64,
    /// The width of an invented lane, in metres.
    lane_m: f64,
    /// How far a lane may stray from the middle, as a share of the side.
    stray: f64,
}

impl Quarter {
    fn plan(self) -> Plan {
        match self {
            Self::OldTown => {
                Plan { largest_m2: 7000.0, shortest_m: 48.0, shortest_side_m: 8.0, lane_m: 7.0, stray: 0.14 }
            }
            Self::Perimeter => {
                Plan { largest_m2: 19_000.0, shortest_m: 76.0, shortest_side_m: 10.0, lane_m: 15.0, stray: 0.06 }
            }
            Self::Rows => {
                Plan { largest_m2: 21_000.0, shortest_m: 70.0, shortest_side_m: 10.0, lane_m: 13.0, stray: 0.05 }
            }
            Self::Gardens => {
                Plan { largest_m2: 9_000.0, shortest_m: 60.0, shortest_side_m: 10.0, lane_m: 10.0, stray: 0.05 }
            }
        }
    }
}

/// A piece of building land with streets around it.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// Its outline with few corners, counter-clockwise.
    pub(super) ring: Vec<DVec2>,
    /// Its outline as the streets leave it, counter-clockwise.
    pub(super) land: Vec<DVec2>,
    pub(super) quarter: Quarter,
}

/// An invented lane between two blocks.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    pub(super) from: DVec2,
    pub(super) to: DVec2,
    pub(super) area: Polygon,
}

impl Lane {
    /// The lane over an area, its middle line running through `place`; none for a speck.
    fn along(area: Polygon, place: DVec2, direction: DVec2) -> Option<Self> {
        let direction = direction.normalize_or_zero();
        let reach = |point: &DVec2| (point - place).dot(direction);
        let ring = ring_of(&area);
        let low = ring.iter().map(reach).fold(f64::INFINITY, f64::min);
        let high = ring.iter().map(reach).fold(f64::NEG_INFINITY, f64::max);
        (high - low > 3.0).then(|| Self { from: place + direction * low, to: place + direction * high, area })
    }
}

/// Blocks and lanes of a part of the town.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    pub(super) blocks: Vec<Block>,
    pub(super) lanes: Vec<Lane>,
    /// What is too small or too thin to build on.
    pub(super) scraps: Vec<Vec<DVec2>>,
}

impl Layout {
    /// Parts building land into blocks.
    pub(super) fn divide(&mut self, land: &Polygon, quarter: Quarter, seed: u64) {
        if land.unsigned_area() < 60.0 {
            return;
        }
        let ring = ring_of(land);
        let plan = quarter.plan();
        let hole = land.interiors().first().map(|hole| ring_of(&Polygon::new(hole.clone(), Vec::new())));
        let cut = match (&hole, box_around(&ring)) {
            (Some(hole), Some((_, long, _))) => Some((middle_of(hole), long)),
            (None, Some(box_)) => parting(&ring, &plan, box_, seed),
            (_, None) => None,
        };
        match cut {
            Some((place, along)) => self.cut(land, place, along, quarter, seed),
            None => self.keep(ring, quarter),
        }
    }

    /// Lays a lane across `along` through `place` and goes on with the land before and behind it.
    fn cut(&mut self, land: &Polygon, place: DVec2, along: DVec2, quarter: Quarter, seed: u64) {
        let half_m = along.normalize_or_zero() * quarter.plan().lane_m / 2.0;
        let before = left_part(land, place - half_m, along.perp());
        let behind = left_part(land, place + half_m, -along.perp());
        let lane = land.difference(&before).difference(&behind);
        self.lanes.extend(lane.0.into_iter().filter_map(|area| Lane::along(area, place, along.perp())));
        for part in before.into_iter().chain(behind) {
            self.divide(&part, quarter, seed);
        }
    }

    /// Takes a ring as a block if it can be built on.
    fn keep(&mut self, land: Vec<DVec2>, quarter: Quarter) {
        let ring = tightened(&smoothed(&land, 1.0, quarter.plan().shortest_side_m), &land, 5.0);
        let area = area_m2(&ring);
        if ring.len() < 3 || area < 320.0 || area / around_m(&ring) < 4.6 {
            self.scraps.push(ring);
        } else {
            self.blocks.push(Block { ring, land, quarter });
        }
    }
}

/// Where and along which direction a block is parted; none if it is small enough.
fn parting(
    ring: &[DVec2],
    plan: &Plan,
    (middle, long, short): (DVec2, DVec2, DVec2),
    seed: u64,
) -> Option<(DVec2, DVec2)> {
    let (length_m, width_m) = (long.length() * 2.0, short.length() * 2.0);
    let too_long = length_m > width_m * 3.2 && length_m > plan.shortest_m * 3.2;
    let parts_m = (length_m - plan.lane_m) / 2.0;
    if (area_m2(ring) <= plan.largest_m2 && !too_long) || parts_m < plan.shortest_m {
        return None;
    }
    let mut chance = Chance::at(seed, middle, 1);
    let slack = ((parts_m - plan.shortest_m) / length_m).min(plan.stray);
    let place = middle + long * 2.0 * chance.between(-slack, slack);
    let turn = if plan.stray > 0.1 { chance.between(-0.12, 0.12) } else { 0.0 };
    Some((place, DVec2::from_angle(turn).rotate(long)))
}
