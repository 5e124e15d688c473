//! Lots into houses: storeys, roof, use and age, drawn from the lot's place.

use super::blocks::Quarter;
use super::building::{Part, RoofType, SampleBuilding};
use super::facts::{Facts, TerrainFacts};
use super::lots::{Lot, Role};
use super::plane::middle_of;
use super::random::Chance;
use super::streets::StreetIndex;
use super::wing::{self, End};
use super::{addresses, body};

/// What houses are built on.
pub(super) struct Site<'a> {
    pub(super) facts: &'a Facts,
    pub(super) streets: &'a StreetIndex,
    pub(super) seed: u64,
}

impl Site<'_> {
    /// The house on a lot.
    pub(super) fn house(&self, lot: &Lot, id: String) -> SampleBuilding {
        let place = middle_of(&lot.corners);
        let mut chance = Chance::at(self.seed, place, 3);
        let shape = Shape::of(lot, &mut chance);
        let ground_m = round_to(self.ground(&self.facts.terrain, lot), 0.001);
        let part = shape.part(lot, ground_m);
        let (function, year) = (function(lot, &mut chance), year(lot, shape.modern, &mut chance));
        let front = (lot.corners[0] + lot.corners[1]) / 2.0;
        let address = if lot.role == Role::Rear { None } else { addresses::of(self.facts, self.streets, front) };
        SampleBuilding {
            id,
            name: None,
            function,
            storeys: shape.storeys,
            year,
            ground_m,
            parts: vec![part],
            address,
            monument: year < 1915 && chance.happens(0.22),
            ensemble: lot.quarter == Quarter::OldTown || (year < 1915 && chance.happens(0.35)),
            place,
        }
    }

    /// The lowest ground under a house.
    fn ground(&self, terrain: &TerrainFacts, lot: &Lot) -> f64 {
        terrain.lowest_m(&lot.corners)
    }
}

/// What a house looks like.
struct Shape {
    storeys: u32,
    eaves_over_ground_m: f64,
    rise_m: f64,
    roof: RoofType,
    modern: bool,
}

impl Shape {
    fn of(lot: &Lot, chance: &mut Chance) -> Self {
        let depth_m = lot.corners[1].distance(lot.corners[2]).min(lot.corners[0].distance(lot.corners[3]));
        let modern = lot.role != Role::Single && chance.happens(modern_share(lot));
        let storeys = storeys(lot, modern, chance);
        let storey_m = match (lot.quarter, modern) {
            (_, true) => 3.1,
            (Quarter::OldTown, _) => 3.35,
            (Quarter::Perimeter, _) => 3.75,
            _ => 2.85,
        };
        let plinth_m = if lot.quarter == Quarter::Perimeter { 1.3 } else { 0.6 };
        let roof = roof(lot, modern, chance);
        let pitch = (lot.character.pitch_deg + chance.between(-2.0, 2.0)).to_radians();
        let rise_m = match roof {
            RoofType::Flat => 0.0,
            RoofType::Pent => depth_m * 0.22,
            RoofType::Mansard => depth_m * 0.42,
            RoofType::Tent => (depth_m / 2.0 * (pitch + 0.12).tan()).min(9.5),
            _ => (depth_m / 2.0 * pitch.tan()).min(8.5),
        };
        let eaves = f64::from(storeys) * storey_m + plinth_m + chance.between(-0.5, 0.5);
        Self { storeys, eaves_over_ground_m: round_to(eaves, 0.01), rise_m: round_to(rise_m, 0.01), roof, modern }
    }

    fn part(&self, lot: &Lot, ground_m: f64) -> Part {
        let quad = &lot.corners;
        let eaves_m = ground_m + self.eaves_over_ground_m;
        let inset_m = (quad[0].distance(quad[1]) * 0.38).min(self.rise_m);
        let ridged = |left, right| wing::ridged(quad, ground_m, eaves_m, self.rise_m, left, right);
        let body = match self.roof {
            RoofType::Flat => wing::through(quad, ground_m, eaves_m, &wing::flat()),
            RoofType::Pent => wing::through(quad, ground_m, eaves_m, &wing::pent(self.rise_m)),
            RoofType::Mansard => wing::through(quad, ground_m, eaves_m, &wing::mansard(self.rise_m)),
            RoofType::Hipped => body::hipped(quad, ground_m, eaves_m, self.rise_m),
            RoofType::HalfHipped => ridged(End::HalfHip(0.55, inset_m * 0.5), End::HalfHip(0.55, inset_m * 0.5)),
            RoofType::Tent => body::tent(quad, ground_m, eaves_m, middle_of(quad).extend(eaves_m + self.rise_m)),
            _ => ridged(End::Gable, End::Gable),
        };
        Part { body, roof: self.roof }
    }
}

fn modern_share(lot: &Lot) -> f64 {
    match (lot.quarter, lot.role) {
        (Quarter::OldTown, Role::Front | Role::Corner) => 0.07,
        (Quarter::Perimeter, Role::Front | Role::Corner) => 0.11,
        (Quarter::Rows, _) => 0.35,
        _ => 0.3,
    }
}

fn storeys(lot: &Lot, modern: bool, chance: &mut Chance) -> u32 {
    let typical = lot.character.storeys;
    match lot.role {
        Role::Rear => chance.whole(1, typical.saturating_sub(1).max(1)),
        Role::Single => chance.whole(1, 2),
        Role::Corner => typical + u32::from(modern),
        Role::Front if lot.quarter == Quarter::Rows => typical,
        Role::Front => match chance.unit() {
            share if share < 0.16 => typical - 1,
            share if share > 0.9 => typical + 1,
            _ => typical,
        },
    }
}

fn roof(lot: &Lot, modern: bool, chance: &mut Chance) -> RoofType {
    let share = chance.unit();
    match lot.role {
        _ if modern && lot.role != Role::Rear => RoofType::Flat,
        Role::Rear if share < 0.45 => RoofType::Flat,
        Role::Rear if share < 0.85 => RoofType::Pent,
        Role::Corner if share < 0.34 => RoofType::Hipped,
        Role::Corner if share < 0.72 => RoofType::Tent,
        Role::Single if share < 0.3 => RoofType::Hipped,
        Role::Single if share < 0.42 => RoofType::HalfHipped,
        Role::Single if share < 0.52 => RoofType::Tent,
        Role::Front if lot.character.mansard && share < 0.8 => RoofType::Mansard,
        Role::Corner => RoofType::Flat,
        _ => RoofType::Gabled,
    }
}

fn function(lot: &Lot, chance: &mut Chance) -> String {
    let share = chance.unit();
    let code = match (lot.role, lot.quarter) {
        (Role::Rear, _) if share < 0.4 => 2463,
        (Role::Rear, _) if share < 0.7 => 2000,
        (_, Quarter::OldTown) if share < 0.34 => 2010,
        (_, Quarter::OldTown) if share < 0.46 => 2020,
        (_, Quarter::OldTown) if share < 0.49 => 2071,
        (_, Quarter::OldTown) => 1120,
        (_, Quarter::Perimeter) if share < 0.09 => 2020,
        (_, Quarter::Perimeter) if share < 0.3 => 1120,
        (_, Quarter::Perimeter) if share < 0.31 => 3021,
        _ => 1010,
    };
    format!("31001_{code}")
}

fn year(lot: &Lot, modern: bool, chance: &mut Chance) -> u32 {
    let rebuilt = lot.quarter != Quarter::Gardens && chance.happens(0.38);
    match (modern, rebuilt) {
        (true, _) => chance.whole(1961, 2022),
        (false, true) => chance.whole(1947, 1960),
        (false, false) => lot.character.year + chance.whole(0, 9),
    }
}

/// A number rounded to a step.
pub(super) fn round_to(number: f64, step: f64) -> f64 {
    (number / step).round() * step
}
