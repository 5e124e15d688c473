//! Which buildings are written, and in which tile: the nearest to the centre, landmarks before others.

use std::collections::BTreeMap;

use glam::DVec2;

use super::SampleError;
use super::building::SampleBuilding;
use super::city::{City, District, Square};
use super::plane::middle_of;

/// One building of the choice: where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    Landmark(u32),
    Core(u32),
    Outer(Square, u32),
}

/// The buildings that are written, by the 2 km tile they stand in.
pub(super) struct Choice {
    /// Tiles by east and north in kilometres.
    pub(super) tiles: BTreeMap<(i32, i32), Vec<Origin>>,
    /// The invented districts that have a building in the choice.
    pub(super) squares: Vec<Square>,
    /// Metres from the centre to the farthest house of the core in the choice.
    pub(super) core_reach_m: f64,
}

impl City {
    /// Chooses the `count` buildings nearest to the centre: landmarks count as ten times as near, and the core comes
    /// before the invented districts.
    pub(super) fn choose(&self, count: usize) -> Choice {
        let mut ranked: Vec<(f64, Origin, DVec2)> = Vec::new();
        let centre = self.facts.terrain.centre;
        for (index, landmark) in self.landmarks.iter().enumerate() {
            let place = landmark.building.place;
            ranked.push((place.distance(centre) / 10.0, Origin::Landmark(index as u32), place));
        }
        for (index, lot) in self.core.lots.iter().enumerate() {
            let place = middle_of(&lot.corners);
            ranked.push((place.distance(centre), Origin::Core(index as u32), place));
        }
        self.add_outer(count, &mut ranked);
        ranked.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        ranked.truncate(count);
        Choice::of(ranked)
    }

    /// Adds invented districts, the nearer ones first, until there are enough buildings.
    fn add_outer(&self, count: usize, ranked: &mut Vec<(f64, Origin, DVec2)>) {
        const BEYOND_M: f64 = 100_000.0;
        let centre = self.facts.terrain.centre;
        let home = self.square_of(centre);
        let mut shell = 1;
        // Two shells more than needed, so that the edge is a circle and not a square.
        let mut spare = 3;
        while spare > 0 && shell < 400 {
            for square in shell_around(home, shell) {
                let district = self.district(square);
                ranked.extend(district.lots.iter().enumerate().map(|(index, lot)| {
                    let place = middle_of(&lot.corners);
                    (BEYOND_M + place.distance(centre), Origin::Outer(square, index as u32), place)
                }));
            }
            spare -= i32::from(ranked.len() >= count + count / 2);
            shell += 1;
            if self.core.lots.len() + self.landmarks.len() >= count {
                break;
            }
        }
    }
}

/// The squares at a distance from a square, in a fixed order.
fn shell_around(home: Square, distance: i32) -> Vec<Square> {
    let reach = -distance..=distance;
    let all = reach.clone().flat_map(|y| reach.clone().map(move |x| (x, y)));
    all.filter(|(x, y)| x.abs().max(y.abs()) == distance).map(|(x, y)| (home.0 + x, home.1 + y)).collect()
}

impl Choice {
    fn of(ranked: Vec<(f64, Origin, DVec2)>) -> Self {
        let mut tiles: BTreeMap<(i32, i32), Vec<Origin>> = BTreeMap::new();
        let core = ranked.iter().filter(|(_, origin, _)| matches!(origin, Origin::Core(_)));
        let core_reach_m = core.map(|&(distance_m, ..)| distance_m).fold(0.0, f64::max);
        for (_, origin, place) in ranked {
            tiles.entry(tile_of(place)).or_default().push(origin);
        }
        tiles.values_mut().for_each(|origins| origins.sort());
        let outer = tiles.values().flatten().filter_map(|origin| match origin {
            Origin::Outer(square, _) => Some(*square),
            _ => None,
        });
        let mut squares: Vec<Square> = outer.collect();
        squares.sort_unstable();
        squares.dedup();
        Self { tiles, squares, core_reach_m }
    }

    /// How many buildings it holds.
    pub(super) fn len(&self) -> usize {
        self.tiles.values().map(Vec::len).sum()
    }
}

/// The 2 km tile a place lies in, by its south-west corner in even kilometres.
fn tile_of(place: DVec2) -> (i32, i32) {
    let even = (place / 2000.0).floor() * 2.0;
    (even.x as i32, even.y as i32)
}

impl City {
    /// Makes the buildings of a tile, one after the other.
    pub(super) fn each_building(
        &self,
        origins: &[Origin],
        each: &mut dyn FnMut(&SampleBuilding) -> Result<(), SampleError>,
    ) -> Result<(), SampleError> {
        let mut outer: Option<(Square, District)> = None;
        for origin in origins {
            match *origin {
                Origin::Landmark(index) => each(&self.landmarks[index as usize].building)?,
                Origin::Core(index) => each(&self.house(&self.core, index as usize))?,
                Origin::Outer(square, index) => {
                    let district = match outer.take() {
                        Some((same, district)) if same == square => district,
                        _ => self.district(square),
                    };
                    each(&self.house(&district, index as usize))?;
                    outer = Some((square, district));
                }
            }
        }
        Ok(())
    }
}
