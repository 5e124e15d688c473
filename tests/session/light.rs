//! Shadows and edges: where they must be by what truly stands where, against pictures with and without them.

use std::collections::HashMap;

use glam::{DVec2, DVec3};
use serde_json::Value;

use crate::picture::{Picture, distance};
use crate::plans::beside_panels;
use crate::program::Program;
use crate::sight::Sight;
use crate::solids::{CITY, Kind, Triangle};

/// Farther from what is in the middle of the picture shadows may fade away, metres.
const SHADOWED_M: f64 = 450.0;

/// Unit vector towards the sun over Munich on 21 June, by hours of its summer time: the usual formulas of spherical
/// astronomy, good to half a degree.
pub fn sun_in_june(hours: f64) -> DVec3 {
    const LON_DEG: f64 = 11.575;
    const UTC_OFFSET_H: f64 = 2.0;
    const EQUATION_OF_TIME_H: f64 = -1.8 / 60.0;
    let (sin_lat, cos_lat) = 48.137f64.to_radians().sin_cos();
    let (sin_decl, cos_decl) = 23.43f64.to_radians().sin_cos();
    let solar_h = hours - UTC_OFFSET_H + LON_DEG / 15.0 + EQUATION_OF_TIME_H;
    let (sin_hour, cos_hour) = ((solar_h - 12.0) * 15.0).to_radians().sin_cos();
    DVec3::new(
        -cos_decl * sin_hour,
        sin_decl * cos_lat - cos_decl * sin_lat * cos_hour,
        sin_decl * sin_lat + cos_decl * cos_lat * cos_hour,
    )
}

/// Pixels that show nothing but ground, which is all in the sun or all in the shadow of houses, with which it is under
/// each of some suns.
pub fn ground_in_light<const N: usize>(state: &Value, suns: [DVec3; N]) -> Vec<((usize, usize), [bool; N])> {
    let sight = Sight::of(state);
    let counts = beside_panels(state);
    let [width, height]: [usize; 2] = [1280, 720];
    let Some(focus) = CITY.first_met(sight.eye, sight.forward) else { return Vec::new() };
    let all = (0..height).step_by(4).flat_map(|y| (0..width).step_by(4).map(move |x| (x, y)));
    let pixels = all.filter(|pixel| counts(*pixel));
    pixels.filter_map(|pixel| Some((pixel, light_of(&sight, focus.at, pixel, &suns)?))).collect()
}

fn light_of<const N: usize>(
    sight: &Sight,
    focus: DVec3,
    (x, y): (usize, usize),
    suns: &[DVec3; N],
) -> Option<[bool; N]> {
    // Borders of shadows are soft, and the map that they are drawn from has pixels of its own.
    const REACH_PX: f64 = 2.5;
    let mut light = None;
    for by in [[0.0, 0.0], [REACH_PX, 0.0], [-REACH_PX, 0.0], [0.0, REACH_PX], [0.0, -REACH_PX]] {
        let met = CITY.first_met(sight.eye, sight.ray([x as f64 + 0.5 + by[0], y as f64 + 0.5 + by[1]]))?;
        if met.triangle.kind != Kind::Ground || met.at.distance(focus) > SHADOWED_M {
            return None;
        }
        let mut here = [true; N];
        for (is_lit, sun) in here.iter_mut().zip(suns) {
            match CITY.first_met(met.at + *sun * 0.5, *sun).map(|met| met.triangle.kind) {
                None => {}
                Some(Kind::Building) => *is_lit = false,
                // Trees come and go with the distance, and the ground has rough edges.
                Some(Kind::Tree | Kind::Ground) => return None,
            }
        }
        if *light.get_or_insert(here) != here {
            return None;
        }
    }
    light
}

/// Asserts that shadows lie where the houses throw them, by a picture with and one without shadows.
pub fn assert_shadows(with: &Picture, without: &Picture, state: &Value, sun: DVec3) {
    let change = |(x, y): (usize, usize)| distance(with.pixel(x, y), without.pixel(x, y));
    let (mut dark, mut missed, mut lit, mut wrong) = (0, 0, 0, 0);
    for (pixel, [is_lit]) in ground_in_light(state, [sun]) {
        if is_lit {
            (lit, wrong) = (lit + 1, wrong + usize::from(change(pixel) > 4));
        } else {
            (dark, missed) = (dark + 1, missed + usize::from(change(pixel) < 20));
        }
    }
    let told = format!("{missed} of {dark} shaded places are not dark, {wrong} of {lit} sunny ones are");
    eprintln!("{told}");
    assert!(dark >= 30 && lit >= 30 && missed * 10 <= dark && wrong * 10 <= lit, "{told}");
}

/// Asserts that what houses shade at one time and not at another is darker then.
pub fn assert_shadows_wander(state: &Value, [morning, evening]: [(&Picture, DVec3); 2]) {
    let brightness =
        |picture: &Picture, (x, y): (usize, usize)| picture.pixel(x, y).into_iter().map(i32::from).sum::<i32>();
    let (mut all, mut wrong) = ([0; 2], [0; 2]);
    for (pixel, lit) in ground_in_light(state, [morning.1, evening.1]) {
        let brighter = brightness(morning.0, pixel) - brightness(evening.0, pixel);
        let (which, is_wrong) = match lit {
            [false, true] => (0, brighter > -60),
            [true, false] => (1, brighter < 60),
            _ => continue,
        };
        all[which] += 1;
        wrong[which] += usize::from(is_wrong);
    }
    let told = format!("of {all:?} places shaded in the morning alone and in the evening alone {wrong:?} are not");
    eprintln!("{told}");
    assert!(all.iter().all(|all| *all >= 20) && wrong.iter().zip(all).all(|(wrong, all)| wrong * 10 <= all), "{told}");
}

/// Asserts that distance takes the colour of roofs: of flat ones, which have the same light, in a picture without shadows.
pub fn assert_haze(without_shadows: &Picture, state: &Value) {
    let sight = Sight::of(state);
    let counts = beside_panels(state);
    let all = (4..716).step_by(4).flat_map(|y| (4..1276).step_by(4).map(move |x| (x, y)));
    let (mut near, mut far) = (Vec::new(), Vec::new());
    for (x, y) in all.filter(|pixel| counts(*pixel)) {
        let Some(distance_m) = flat_roof(&sight, [x as f64 + 0.5, y as f64 + 0.5]) else { continue };
        let [red, _, blue] = without_shadows.pixel(x, y).map(f64::from);
        match distance_m {
            ..900.0 => near.push(red - blue),
            1500.0.. => far.push(red - blue),
            _ => {}
        }
    }
    let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len() as f64;
    let told = format!("{} of {} near and {} of {} far roofs", mean(&near), near.len(), mean(&far), far.len());
    eprintln!("{told}");
    assert!(near.len() >= 30 && far.len() >= 30 && mean(&near) > mean(&far) + 4.0, "{told}");
}

/// How far away a level roof is that a place and what is around it show.
fn flat_roof(sight: &Sight, [x, y]: [f64; 2]) -> Option<f64> {
    let level = |by: f64| {
        let met = CITY.first_met(sight.eye, sight.ray([x + by, y + by]))?;
        let is_roof = met.triangle.kind == Kind::Building && met.triangle.normal().normalize().z > 0.999;
        is_roof.then_some(met.at)
    };
    let at = level(0.0)?;
    let same = [-2.0, 2.0].into_iter().all(|by| level(by).is_some_and(|other| (other.z - at.z).abs() < 0.1));
    same.then(|| at.distance(sight.eye))
}

/// Asserts that edges of houses are drawn, and nothing else is changed by them: by a picture with and one without.
pub fn assert_edges(with: &Picture, without: &Picture, program: &Program) {
    let sight = program.sight();
    let counts = beside_panels(&program.state);
    let change = |(x, y): (usize, usize)| distance(with.pixel(x, y), without.pixel(x, y));
    let near = |(x, y): (usize, usize)| (0..9).map(|by| change((x + by % 3 - 1, y + by / 3 - 1))).max().unwrap_or(0);
    let edges: Vec<(usize, usize)> = seen_edges(&sight).into_iter().filter(|at| counts(*at)).collect();
    let missing = edges.iter().filter(|at| near(**at) < 8).count();
    let ground = ground_in_light(&program.state, []);
    let wrong = ground.iter().filter(|(pixel, _)| change(*pixel) > 2).count();
    let told = format!(
        "{missing} of {} edges are not drawn, {wrong} of {} places of ground change",
        edges.len(),
        ground.len()
    );
    eprintln!("{told}");
    assert!(edges.len() >= 50 && missing * 10 <= edges.len(), "{told}");
    assert!(ground.len() >= 50 && wrong * 50 <= ground.len(), "{told}");
}

/// A triangle's side: the triangle, and from where to where.
type Side<'a> = (&'a Triangle, [DVec3; 2]);

/// Middles of edges of large roofs and walls that are seen, in the window.
fn seen_edges(sight: &Sight) -> Vec<(usize, usize)> {
    let Some(focus) = CITY.first_met(sight.eye, sight.forward) else { return Vec::new() };
    let near = CITY.of_kind(Kind::Building).filter(|triangle| triangle.corners[0].distance(focus.at) < 250.0);
    let mut sides: HashMap<[[i64; 3]; 2], Vec<Side<'_>>> = HashMap::new();
    for triangle in near {
        let [a, b, c] = triangle.corners;
        for [from, to] in [[a, b], [b, c], [c, a]] {
            let mut key = [from, to].map(|at| (at * 100.0).round().to_array().map(|number| number as i64));
            key.sort_unstable();
            sides.entry(key).or_default().push((triangle, [from, to]));
        }
    }
    let seen = |sides: &Vec<Side<'_>>| {
        let [(one, [from, to]), (other, _)] = sides.as_slice() else { return None };
        let turn = one.normal().normalize().dot(other.normal().normalize());
        let large = |triangle: &Triangle| triangle.normal().length() > 30.0;
        let middle = (*from + *to) * 0.5;
        let met = CITY.first_met(sight.eye, (middle - sight.eye).normalize())?;
        let is_seen = met.at.distance(sight.eye) > middle.distance(sight.eye) - 0.5;
        let facing = |triangle: &Triangle| triangle.normal().dot(sight.eye - middle) > 0.0;
        let [a, b] = [*from, *to].map(|at| DVec2::from(sight.place_of(at)));
        let is_long = a.distance(b) > 14.0;
        let [x, y] = sight.place_of(middle);
        let is_in = (2.0..1278.0).contains(&x) && (2.0..718.0).contains(&y);
        // Both of its facets are seen.
        let is_edge = turn < 0.8 && large(one) && large(other) && facing(one) && facing(other);
        (is_edge && is_seen && is_long && is_in).then_some((x as usize, y as usize))
    };
    let mut edges: Vec<(usize, usize)> = sides.values().filter_map(seen).collect();
    edges.sort_unstable();
    edges
}
