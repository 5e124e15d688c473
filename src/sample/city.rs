//! The whole plan: the part with true streets, the invented districts around it, and the choice of which buildings are
//! written. Houses themselves are made on demand, so that a city of any size needs little memory.

use std::collections::BTreeMap;

use geo::{BooleanOps, BoundingRect, MultiPolygon, Polygon, Rect, unary_union};
use glam::DVec2;

use super::SampleError;
use super::blocks::{Layout, Quarter};
use super::building::SampleBuilding;
use super::facts::{Course, Facts};
use super::houses::Site;
use super::landmarks::{self, Landmark};
use super::lots::{Lot, Lots, Role, lay_out};
use super::plane::{grown, inside, middle_of, overlap, polygon, ribbon};
use super::random::Chance;
use super::streets::StreetIndex;

/// Edge length of an invented district in metres.
const DISTRICT_M: f64 = 460.0;
/// Width of the streets between invented districts in metres.
pub(super) const DISTRICT_STREET_M: f64 = 18.0;
/// Metres from the centre within which invented districts have closed blocks.
const CLOSED_WITHIN_M: f64 = 3300.0;

/// Everything that stands fast before a house is made.
pub(super) struct City {
    pub(super) facts: Facts,
    pub(super) seed: u64,
    pub(super) landmarks: Vec<Landmark>,
    /// Ground that houses keep out of, convex pieces by the cell they touch.
    precincts: Vec<Vec<DVec2>>,
    /// What cannot be built on: streets, waters, parks, squares and railways, with their boxes.
    obstacles: Vec<(Rect, Polygon)>,
    /// The part with true streets.
    pub(super) core: District,
    /// The core's house nearest to the first landmark.
    pub(super) first_neighbour: Option<usize>,
    /// Outlines of the core's houses and all landmarks by cells of 50 m.
    taken: BTreeMap<(i64, i64), Vec<Vec<DVec2>>>,
}

/// A part of the city, laid out.
pub(super) struct District {
    pub(super) name: String,
    pub(super) layout: Layout,
    pub(super) lots: Vec<Lot>,
    /// Open ground inside blocks.
    pub(super) courtyards: Vec<Vec<DVec2>>,
    pub(super) streets: StreetIndex,
    lane_names: Vec<String>,
}

/// Place of a district in the pattern of squares around the centre; the core has none.
pub(super) type Square = (i32, i32);

impl City {
    /// Plans the city of a seed.
    pub(super) fn plan(seed: u64) -> Result<Self, SampleError> {
        let facts = Facts::embedded()?;
        let landmarks = landmarks::embedded(&facts.terrain)?;
        let precincts = landmarks.iter().flat_map(landmarks::precinct).collect();
        let obstacles = obstacles(&facts, &landmarks);
        let core = District::empty("K".to_owned());
        let (first_neighbour, taken) = (None, BTreeMap::new());
        let mut city = Self { facts, seed, landmarks, precincts, obstacles, core, first_neighbour, taken };
        city.core = city.lay_out_core();
        city.first_neighbour = city.neighbour_of_first();
        city.taken = city.taken_cells();
        Ok(city)
    }

    /// The core's house nearest to the first landmark of the file.
    fn neighbour_of_first(&self) -> Option<usize> {
        let place = self.landmarks.first()?.building.place;
        let distance = |lot: &Lot| middle_of(&lot.corners).distance(place);
        let houses = self.core.lots.iter().enumerate().filter(|(_, lot)| lot.role == Role::Front);
        houses.min_by(|one, other| distance(one.1).total_cmp(&distance(other.1))).map(|(index, _)| index)
    }

    /// Outlines by every cell they touch.
    fn taken_cells(&self) -> BTreeMap<(i64, i64), Vec<Vec<DVec2>>> {
        let mut cells: BTreeMap<(i64, i64), Vec<Vec<DVec2>>> = BTreeMap::new();
        let houses = self.core.lots.iter().map(|lot| lot.corners.to_vec());
        for ring in houses.chain(self.precincts.iter().cloned()) {
            let low = ring.iter().copied().reduce(DVec2::min).unwrap_or_default() - 3.0;
            let high = ring.iter().copied().reduce(DVec2::max).unwrap_or_default() + 3.0;
            let (low, high) = (cell_of(low), cell_of(high));
            for x in low.0..=high.0 {
                for y in low.1..=high.1 {
                    cells.entry((x, y)).or_default().push(ring.clone());
                }
            }
        }
        cells
    }

    /// Outlines of buildings near a place.
    pub(super) fn taken_near(&self, place: DVec2) -> impl Iterator<Item = &Vec<DVec2>> {
        self.taken.get(&cell_of(place)).into_iter().flatten()
    }

    /// The rectangle whose streets are true.
    pub(super) fn extent(&self) -> Vec<DVec2> {
        let [low, high] = self.facts.extent;
        vec![low, DVec2::new(high.x, low.y), high, DVec2::new(low.x, high.y)]
    }

    /// The house number `ordinal` of a district.
    pub(super) fn house(&self, district: &District, ordinal: usize) -> SampleBuilding {
        let site = Site { facts: &self.facts, streets: &district.streets, seed: self.seed };
        site.house(&district.lots[ordinal], format!("BEISPIEL_LOD2_{}{ordinal:04}", district.name))
    }

    fn lay_out_core(&self) -> District {
        let mut district = District::empty("K".to_owned());
        for street in &self.facts.streets {
            district.streets.add(&street.name, &street.points, street.width_m, street.start_m);
        }
        self.fill(&mut district, &polygon(&self.extent()), |place| {
            if inside(&self.facts.old_town, place) { Quarter::OldTown } else { Quarter::Perimeter }
        });
        district.name_lanes(&self.facts, self.seed % 7);
        district
    }

    /// The invented district on a square of the pattern; empty where the core or nothing but obstacles lies.
    pub(super) fn district(&self, square: Square) -> District {
        let ring = self.square_ring(square, DISTRICT_STREET_M / 2.0);
        let name = format!(
            "{}{:02}{}{:02}_",
            sign(square.0, 'O', 'W'),
            square.0.abs(),
            sign(square.1, 'N', 'S'),
            square.1.abs()
        );
        let mut district = District::empty(name);
        let extent = grown(&polygon(&self.extent()), DISTRICT_STREET_M / 2.0);
        let mut chance = Chance::of(self.seed, &[square.0 as u64, square.1 as u64, 7]);
        let distance_m = middle_of(&ring).distance(self.facts.terrain.centre);
        let quarter = outer_quarter(distance_m, &mut chance);
        self.name_square_streets(square, &mut district);
        for land in polygon(&ring).difference(&extent) {
            self.fill(&mut district, &land, |_| quarter);
        }
        district.name_lanes(&self.facts, chance.next() % self.facts.lane_names());
        district
    }

    /// The outline of a square, shrunk.
    pub(super) fn square_ring(&self, square: Square, shrunk_m: f64) -> Vec<DVec2> {
        let low = self.facts.extent[0] + DVec2::new(f64::from(square.0), f64::from(square.1)) * DISTRICT_M + shrunk_m;
        let side = DISTRICT_M - 2.0 * shrunk_m;
        vec![low, low + DVec2::X * side, low + DVec2::splat(side), low + DVec2::Y * side]
    }

    /// The square a place lies in.
    pub(super) fn square_of(&self, place: DVec2) -> Square {
        let at = ((place - self.facts.extent[0]) / DISTRICT_M).floor();
        (at.x as i32, at.y as i32)
    }

    /// The invented name of a street between districts.
    pub(super) fn ring_street(&self, direction: char, number: i32) -> String {
        let number = Chance::of(u64::from(direction as u32), &[number as u64]).next();
        self.facts.lane_name(number % self.facts.lane_names())
    }

    /// Enters the streets around a square and the true ones that cross it.
    fn name_square_streets(&self, square: Square, district: &mut District) {
        let ring = self.square_ring(square, 0.0);
        let (low, high) = (ring[0], ring[2]);
        let near = |street: &&Course| street.points.windows(2).any(|way| near_box(way[0], way[1], low, high, 30.0));
        for street in self.facts.streets.iter().filter(near) {
            district.streets.add(&street.name, &street.points, street.width_m, street.start_m);
        }
        for (axis, course) in [(square.0, [ring[0], ring[3]]), (square.0 + 1, [ring[1], ring[2]])] {
            district.streets.add(&self.ring_street('x', axis), &course, DISTRICT_STREET_M, 0.0);
        }
        for (axis, course) in [(square.1, [ring[0], ring[1]]), (square.1 + 1, [ring[3], ring[2]])] {
            district.streets.add(&self.ring_street('y', axis), &course, DISTRICT_STREET_M, 0.0);
        }
    }

    /// Lays out land: takes away what cannot be built on, parts the rest into blocks and those into lots.
    fn fill(&self, district: &mut District, land: &Polygon, quarter: impl Fn(DVec2) -> Quarter) {
        let Some(frame) = land.bounding_rect() else { return };
        let near: Vec<&Polygon> =
            self.obstacles.iter().filter(|(rect, _)| meet(rect, &frame)).map(|(_, area)| area).collect();
        let taken: MultiPolygon = unary_union(near);
        let first_block = district.layout.blocks.len();
        for piece in land.difference(&taken) {
            let middle = middle_of(&super::plane::ring_of(&piece));
            district.layout.divide(&piece, quarter(middle), self.seed);
        }
        let precincts: Vec<&Vec<DVec2>> =
            self.precincts.iter().filter(|ring| ring.iter().any(|point| in_rect(&frame, *point, 60.0))).collect();
        for block in &district.layout.blocks[first_block..] {
            let Lots { lots, courtyard } = lay_out(block, self.seed);
            let free = |lot: &Lot| precincts.iter().all(|precinct| !overlap(precinct, &lot.corners, -2.0));
            district.lots.extend(lots.into_iter().filter(free));
            if !courtyard.is_empty() {
                district.courtyards.push(courtyard);
            }
        }
    }
}

impl District {
    fn empty(name: String) -> Self {
        let (layout, streets) = (Layout::default(), StreetIndex::default());
        Self { name, layout, lots: Vec::new(), courtyards: Vec::new(), streets, lane_names: Vec::new() }
    }

    /// The invented lanes with their names, those whose middle is within.
    pub(super) fn named_lanes(&self, within: impl Fn(DVec2) -> bool) -> Vec<(String, MultiPolygon)> {
        let named = self.layout.lanes.iter().zip(&self.lane_names);
        let named = named.filter(|(lane, _)| within((lane.from + lane.to) / 2.0));
        named.map(|(lane, name)| (name.clone(), MultiPolygon::new(vec![lane.area.clone()]))).collect()
    }

    /// Gives the invented lanes their names, from the one with this number on.
    fn name_lanes(&mut self, facts: &Facts, first: u64) {
        for (number, lane) in self.layout.lanes.iter().enumerate() {
            let name = facts.lane_name(first + number as u64);
            self.streets.add(&name, &[lane.from, lane.to], 10.0, 0.0);
            self.lane_names.push(name);
        }
    }
}

/// The cell of 50 m that a place lies in.
fn cell_of(place: DVec2) -> (i64, i64) {
    let cell = (place / 50.0).floor();
    (cell.x as i64, cell.y as i64)
}

fn sign(number: i32, positive: char, negative: char) -> char {
    if number < 0 { negative } else { positive }
}

fn outer_quarter(distance_m: f64, chance: &mut Chance) -> Quarter {
    let share = chance.unit();
    match distance_m {
        near if near < CLOSED_WITHIN_M => {
            if share < 0.86 {
                Quarter::Perimeter
            } else {
                Quarter::Rows
            }
        }
        middle if middle < 5200.0 => {
            if share < 0.3 {
                Quarter::Perimeter
            } else if share < 0.68 {
                Quarter::Rows
            } else {
                Quarter::Gardens
            }
        }
        _ => {
            if share < 0.22 {
                Quarter::Rows
            } else {
                Quarter::Gardens
            }
        }
    }
}

/// Everything that cannot be built on, as polygons with their boxes.
fn obstacles(facts: &Facts, landmarks: &[Landmark]) -> Vec<(Rect, Polygon)> {
    let mut areas: Vec<Polygon> = Vec::new();
    for street in &facts.streets {
        areas.extend(ribbon(std::slice::from_ref(&street.points), street.width_m));
    }
    for river in &facts.rivers {
        areas.extend(ribbon(std::slice::from_ref(&river.points), river.width_m + 2.0 * river.bank_m()));
    }
    for railway in &facts.railways {
        let width_m = f64::from(railway.tracks) * railway.spacing_m + 8.0;
        areas.extend(ribbon(std::slice::from_ref(&railway.points), width_m));
    }
    for place in facts.lakes.iter().chain(&facts.greens).chain(&facts.woods).chain(&facts.squares) {
        areas.extend(grown(&polygon(&place.ring), 3.0));
    }
    areas.extend(landmarks.iter().filter(|landmark| !landmark.site.is_empty()).map(|landmark| polygon(&landmark.site)));
    areas.into_iter().filter_map(|area| Some((area.bounding_rect()?, area))).collect()
}

pub(super) fn meet(one: &Rect, other: &Rect) -> bool {
    one.min().x <= other.max().x
        && one.max().x >= other.min().x
        && one.min().y <= other.max().y
        && one.max().y >= other.min().y
}

fn in_rect(rect: &Rect, point: DVec2, margin_m: f64) -> bool {
    point.x > rect.min().x - margin_m
        && point.x < rect.max().x + margin_m
        && point.y > rect.min().y - margin_m
        && point.y < rect.max().y + margin_m
}

/// Whether a stretch comes near a box.
fn near_box(from: DVec2, to: DVec2, low: DVec2, high: DVec2, margin_m: f64) -> bool {
    let (left, right) = (from.min(to), from.max(to));
    right.cmpge(low - margin_m).all() && left.cmple(high + margin_m).all()
}

#[cfg(test)]
impl City {
    /// What cannot be built on near an outline.
    pub(super) fn obstacles_near(&self, ring: &[DVec2]) -> impl Iterator<Item = &Polygon> {
        let frame = polygon(ring).bounding_rect();
        self.obstacles
            .iter()
            .filter(move |(rect, _)| frame.is_some_and(|frame| meet(rect, &frame)))
            .map(|(_, area)| area)
    }
}
