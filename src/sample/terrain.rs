//! The ground's height: a gravel plain that falls to the north, the Isar's valley cut into it, and a few made hills.

use glam::DVec2;

use super::body::edges;
use super::facts::TerrainFacts;

impl TerrainFacts {
    /// Height above sea level (DHHN2016) in metres at a place in EPSG:25832.
    pub(super) fn height_m(&self, place: DVec2) -> f64 {
        let plain_m = self.plain_m(place);
        let valley_m = self.west_bank_drop_m * step(east_of(&self.west_bank, place), self.west_bank_width_m);
        let plateau_m = self.east_bank_rise_m * step(east_of(&self.east_bank, place), self.east_bank_width_m);
        let hills_m: f64 = self.hills.iter().map(|hill| hill.height_at(place)).sum();
        plain_m - valley_m + plateau_m + hills_m
    }

    /// Height of the gravel plain without valley and hills.
    pub(super) fn plain_m(&self, place: DVec2) -> f64 {
        let north_km = (place.y - self.centre.y) / 1000.0;
        self.centre_height_m - self.fall_m_per_km * north_km + self.fall_change_m_per_km2 * north_km.powi(2)
    }

    /// The lowest height under the corners and sides of an outline, less a hand's breadth, so that no gap shows where
    /// the terrain's grid runs below its formula.
    pub(super) fn lowest_m(&self, outline: &[DVec2]) -> f64 {
        const BURIED_M: f64 = 0.15;
        let sides = edges(outline).flat_map(|(from, to)| [from, from.lerp(to, 0.33), from.lerp(to, 0.67)]);
        sides.map(|place| self.height_m(place)).fold(f64::INFINITY, f64::min) - BURIED_M
    }
}

/// A made hill: a bell of earth.
#[derive(Clone, Debug)]
pub(super) struct Hill {
    pub(super) place: DVec2,
    pub(super) height_m: f64,
    pub(super) radius_m: f64,
}

impl Hill {
    fn height_at(&self, place: DVec2) -> f64 {
        let share = place.distance(self.place) / self.radius_m;
        if share >= 1.0 { 0.0 } else { self.height_m * (1.0 - share * share).powi(2) }
    }
}

/// How far east of a line that runs from south to north a place lies, measured across the line; negative to the west.
fn east_of(line: &[DVec2], place: DVec2) -> f64 {
    let above = line.partition_point(|point| point.y < place.y).clamp(1, line.len().max(2) - 1);
    let (Some(&south), Some(&north)) = (line.get(above - 1), line.get(above)) else { return 0.0 };
    let share = ((place.y - south.y) / (north.y - south.y)).clamp(0.0, 1.0);
    let across = (north.y - south.y) / south.distance(north);
    (place.x - south.lerp(north, share).x) * across
}

/// From 0 to 1 without kinks over `width_m`, the middle at 0.
fn step(distance_m: f64, width_m: f64) -> f64 {
    let share = (distance_m / width_m + 0.5).clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}
