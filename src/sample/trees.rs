//! Trees: in parks, along avenues and in courtyards, each with a height and the width of its crown.

use std::f64::consts::TAU;
use std::io::{self, Write};

use glam::DVec2;

use super::choice::Choice;
use super::city::City;
use super::facts::Place;
use super::ground_files::{begin, shifted};
use super::plane::{area_m2, box_around, inside, middle_of, overlap};
use super::random::Chance;
use super::{SampleError, SampleFiles};

/// A tree.
struct Tree {
    place: DVec2,
    height_m: f64,
    crown_m: f64,
}

impl Tree {
    fn grown(place: DVec2, (low_m, high_m): (f64, f64), chance: &mut Chance) -> Self {
        let height_m = chance.between(low_m, high_m);
        Self { place, height_m, crown_m: height_m * chance.between(0.42, 0.62) }
    }
}

/// Writes `ground/trees.geojson`; gives back how many trees stand there.
pub(super) fn write(city: &City, choice: &Choice, out: &mut dyn SampleFiles) -> Result<u64, SampleError> {
    const PATH: &str = "ground/trees.geojson";
    let trees = all(city, choice);
    let mut file = super::create(out, PATH)?;
    super::written(PATH, collection(&mut file, &trees))?;
    Ok(trees.len() as u64)
}

fn all(city: &City, choice: &Choice) -> Vec<Tree> {
    let mut trees = Vec::new();
    for park in &city.facts.greens {
        let mut chance = Chance::at(city.seed, park.ring.first().copied().unwrap_or_default(), 11);
        if park.rows { in_rows(park, &mut chance, &mut trees) } else { scattered(park, &mut chance, &mut trees) }
    }
    courtyards(city, choice, &mut trees);
    trees.retain(|tree| !city.facts.is_on_course(tree.place));
    avenues(city, &mut trees);
    trees.retain(|tree| city.is_open(tree.place));
    trees
}

/// Groups of trees with glades between them.
fn scattered(park: &Place, chance: &mut Chance, trees: &mut Vec<Tree>) {
    let low = park.ring.iter().copied().reduce(DVec2::min).unwrap_or_default();
    let high = park.ring.iter().copied().reduce(DVec2::max).unwrap_or_default();
    let mut planted = 0;
    let mut tries = 0;
    while planted < park.trees && tries < park.trees * 40 {
        tries += 1;
        let middle = DVec2::new(chance.between(low.x, high.x), chance.between(low.y, high.y));
        for _ in 0..chance.whole(3, 9) {
            let place = middle + DVec2::from_angle(chance.between(0.0, TAU)) * chance.between(0.0, 26.0);
            if inside(&park.ring, place) && planted < park.trees {
                trees.push(Tree::grown(place, (9.0, 24.0), chance));
                planted += 1;
            }
        }
    }
}

/// Rows along the park's sides, clipped and of one height.
fn in_rows(park: &Place, chance: &mut Chance, trees: &mut Vec<Tree>) {
    let Some((middle, long, short)) = box_around(&park.ring) else { return };
    let spacing_m = (area_m2(&park.ring) / f64::from(park.trees.max(1))).sqrt();
    let steps = |half: DVec2| (half.length() / spacing_m).floor() as i32;
    for row in -steps(short)..=steps(short) {
        for column in -steps(long)..=steps(long) {
            let place = middle
                + short.normalize_or_zero() * spacing_m * f64::from(row)
                + long.normalize_or_zero() * spacing_m * f64::from(column);
            if inside(&park.ring, place) {
                trees.push(Tree::grown(place, (7.5, 9.5), chance));
            }
        }
    }
}

/// A row on either side of every avenue.
fn avenues(city: &City, trees: &mut Vec<Tree>) {
    const SPACING_M: f64 = 13.0;
    for street in city.facts.streets.iter().filter(|street| street.trees) {
        let mut chance = Chance::at(city.seed, street.points[0], 12);
        for side in [-1.0, 1.0] {
            let row = shifted(&street.points, side * (street.width_m / 2.0 - 4.5));
            for way in row.windows(2) {
                let count = (way[0].distance(way[1]) / SPACING_M).floor() as u32;
                for number in 0..count {
                    let place = way[0].lerp(way[1], (f64::from(number) + 0.5) / f64::from(count));
                    trees.push(Tree::grown(place, (9.0, 14.0), &mut chance));
                }
            }
        }
    }
}

/// A few trees in every courtyard, away from its buildings.
fn courtyards(city: &City, choice: &Choice, trees: &mut Vec<Tree>) {
    for courtyard in city.courtyards(choice) {
        let Some((middle, long, short)) = box_around(courtyard) else { continue };
        let mut chance = Chance::at(city.seed, middle, 13);
        let wanted = (area_m2(courtyard) / 700.0).clamp(1.0, 5.0) as u32;
        for _ in 0..wanted {
            let place = middle + long * chance.between(-0.8, 0.8) + short * chance.between(-0.7, 0.7);
            if inside(courtyard, place) {
                trees.push(Tree::grown(place, (7.0, 16.0), &mut chance));
            }
        }
    }
}

impl City {
    /// Gardens inside the blocks of the choice.
    pub(super) fn courtyards(&self, choice: &Choice) -> impl Iterator<Item = &Vec<DVec2>> {
        let (centre, reach_m) = (self.facts.terrain.centre, choice.core_reach_m);
        self.core.courtyards.iter().filter(move |ring| middle_of(ring).distance(centre) < reach_m)
    }

    /// Whether no house of the core stands within two metres of a place.
    fn is_open(&self, place: DVec2) -> bool {
        let patch = [DVec2::new(-2.0, -2.0), DVec2::new(2.0, -2.0), DVec2::new(2.0, 2.0), DVec2::new(-2.0, 2.0)]
            .map(|corner| place + corner);
        self.taken_near(place).all(|ring| !overlap(ring, &patch, 0.0))
    }
}

fn collection(out: &mut dyn Write, trees: &[Tree]) -> io::Result<()> {
    begin(out, "trees")?;
    for (index, tree) in trees.iter().enumerate() {
        let gap = if index == 0 { "" } else { ",\n" };
        write!(
            out,
            "{gap}{{\"type\":\"Feature\",\"properties\":{{\"height_m\":{:.1},\"crown_m\":{:.1}}},\
             \"geometry\":{{\"type\":\"Point\",\"coordinates\":[{:.2},{:.2}]}}}}",
            tree.height_m, tree.crown_m, tree.place.x, tree.place.y
        )?;
    }
    out.write_all(b"\n]}\n")?;
    out.flush()
}
