//! Shadows: where they must be by what truly stands where, against pictures with and without them.

use glam::DVec3;
use serde_json::Value;

use crate::picture::{Picture, distance};
use crate::plans::beside_panels;
use crate::sight::Sight;
use crate::solids::{CITY, Kind};

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
            [false, true] => (0, brighter > -30),
            [true, false] => (1, brighter < 30),
            _ => continue,
        };
        all[which] += 1;
        wrong[which] += usize::from(is_wrong);
    }
    let told = format!("of {all:?} places shaded in the morning alone and in the evening alone {wrong:?} are not");
    assert!(all.iter().all(|all| *all >= 20) && wrong.iter().zip(all).all(|(wrong, all)| wrong * 10 <= all), "{told}");
}
