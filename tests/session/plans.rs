//! Plans lie on the ground, under the houses, and begin at their outlines: pictures with and without the layer against
//! what truly stands where.

use geo::{BoundingRect, Contains, Point, Rect};
use glam::DVec3;
use serde_json::Value;
use stadtzwilling::geo::Geodetic;
use stadtzwilling::plan::{DevelopmentPlan, PlanLayer};

use crate::open;
use crate::picture::{Picture, distance};
use crate::program::Program;
use crate::sample::TWIN;
use crate::sight::{FRAME, Sight};
use crate::solids::{CITY, Kind};

/// The layer's switch.
const SWITCH: &str = "Development plans (invented)";

/// The plans of the sample.
pub fn plans() -> Vec<DevelopmentPlan> {
    let bytes = std::fs::read(TWIN.join("public/layers/bplan.geojson")).expect("the layer is published");
    PlanLayer::from_geojson(&bytes).expect("it is a layer").plans().to_vec()
}

/// What a picture must show where the layer is on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shown {
    /// A plan on the ground.
    Plan,
    /// Ground without a plan, or a house before whatever lies behind it.
    NoPlan,
}

/// Tells what must be shown where.
pub struct Truth {
    plans: Vec<(DevelopmentPlan, Rect<f64>)>,
    sight: Sight,
    /// Whether houses are drawn as they are; from far off they are simpler.
    houses_are_exact: bool,
}

impl Truth {
    /// Of a camera.
    pub fn of(sight: Sight, houses_are_exact: bool) -> Self {
        let bounds = |plan: DevelopmentPlan| plan.geometry.bounding_rect().map(|bounds| (plan, bounds));
        Self { plans: plans().into_iter().filter_map(bounds).collect(), sight, houses_are_exact }
    }

    /// Of so many places one may be off: houses are simpler from far off, and so is what they hide.
    fn per_one_off(&self) -> usize {
        if self.houses_are_exact { 50 } else { 20 }
    }

    fn is_in_a_plan(&self, local: DVec3) -> bool {
        let at = lon_lat(local);
        self.plans.iter().any(|(plan, bounds)| bounds.contains(&at) && plan.geometry.contains(&at))
    }

    fn at(&self, at: [f64; 2]) -> Option<Shown> {
        let met = CITY.first_met(self.sight.eye, self.sight.ray(at))?;
        match met.triangle.kind {
            Kind::Ground if self.is_in_a_plan(met.at) => Some(Shown::Plan),
            Kind::Ground => Some(Shown::NoPlan),
            Kind::Building => self.houses_are_exact.then_some(Shown::NoPlan),
            Kind::Tree => None,
        }
    }

    /// What a pixel must show; `None` where that is not clear, as at borders.
    pub fn of_pixel(&self, (x, y): (usize, usize)) -> Option<Shown> {
        // The line around a plan lies on both sides of its border.
        const REACH_PX: f64 = 3.0;
        let middle = [x as f64 + 0.5, y as f64 + 0.5];
        let shown = self.at(middle)?;
        let around = [[REACH_PX, 0.0], [-REACH_PX, 0.0], [0.0, REACH_PX], [0.0, -REACH_PX]];
        let agrees = |by: &[f64; 2]| self.at([middle[0] + by[0], middle[1] + by[1]]) == Some(shown);
        around.iter().all(agrees).then_some(shown)
    }
}

/// Longitude and latitude of a local point, as the layer has them.
fn lon_lat(local: DVec3) -> Point<f64> {
    let at = Geodetic::from(FRAME.ecef(local));
    Point::new(at.lon_deg, at.lat_deg)
}

/// Pixels of the city that neither a panel nor a sight's name covers in a state.
pub fn beside_panels(state: &Value) -> impl Fn((usize, usize)) -> bool + use<> {
    // Panels throw shadows.
    const SHADOW_PT: f64 = 24.0;
    let panels = state["panels"].as_object().into_iter().flatten().map(|(_, at)| at);
    let names = state["sights"].as_array().into_iter().flatten().map(|name| &name["at"]);
    let panels: Vec<[f64; 4]> = panels.chain(names).filter_map(|at| serde_json::from_value(at.clone()).ok()).collect();
    move |(x, y)| {
        let covers = |[left, top, right, bottom]: &[f64; 4]| {
            (left - SHADOW_PT..right + SHADOW_PT).contains(&(x as f64))
                && (top - SHADOW_PT..bottom + SHADOW_PT).contains(&(y as f64))
        };
        !panels.iter().any(covers)
    }
}

/// A picture with the layer and one without it.
struct Pair {
    on: Picture,
    off: Picture,
}

impl Pair {
    /// Takes both. The mouse rests on the switch, so that no house is lit up in one of them alone.
    fn take(program: &mut Program, name: &str) -> Self {
        let Some([left, top, right, bottom]) = program.widget(SWITCH) else { panic!("the card of the layers is open") };
        program.point([(left + right) / 2.0, (top + bottom) / 2.0]);
        let is_on = program.state["layers"][0]["visible"] == true;
        let first = program.look(&format!("{name}-{}", if is_on { "on" } else { "off" }));
        program.press(SWITCH);
        assert_ne!(program.state["layers"][0]["visible"] == true, is_on);
        let second = program.picture();
        if is_on { Self { on: first, off: second } } else { Self { on: second, off: first } }
    }

    /// How much the layer changes at a pixel.
    fn change(&self, (x, y): (usize, usize)) -> u8 {
        distance(self.on.pixel(x, y), self.off.pixel(x, y))
    }

    /// Share of the pixels that the layer changes.
    fn share(&self, counts: impl Fn((usize, usize)) -> bool) -> f64 {
        let changed = self.on.differing(&self.off, 2).into_iter().filter(|pixel| counts(*pixel)).count();
        changed as f64 / (self.on.width * self.on.height) as f64
    }

    /// What is wrong where plans are not seen on their ground, or elsewhere. A plan that fights with the ground for the
    /// same depth has holes.
    fn beside_the_ground(&self, truth: &Truth, counts: impl Fn((usize, usize)) -> bool) -> Option<String> {
        let places: Vec<(usize, usize)> = near_plans(truth, &self.on).into_iter().filter(|at| counts(*at)).collect();
        let every = places.len().div_ceil(MOST_SAMPLES).max(1);
        let (mut of_plans, mut holes, mut others, mut spilled) = (0, 0, 0, 0);
        for at in places.into_iter().step_by(every) {
            match truth.of_pixel(at) {
                Some(Shown::Plan) => (of_plans, holes) = (of_plans + 1, holes + usize::from(self.change(at) <= 2)),
                Some(Shown::NoPlan) => (others, spilled) = (others + 1, spilled + usize::from(self.change(at) > 2)),
                None => {}
            }
        }
        let told = format!("{holes} of {of_plans} are holes, {spilled} of {others} are spilled over");
        let per_one = truth.per_one_off();
        let is_right = of_plans >= 8 && others >= 8 && holes * per_one <= of_plans && spilled * per_one <= others;
        (!is_right).then_some(told)
    }

    /// What is wrong where plans do not begin within two pixels, at their outlines.
    fn blurred(&self, truth: &Truth, counts: impl Fn((usize, usize)) -> bool) -> Option<String> {
        let borders = borders(truth, &counts);
        let profiles: Vec<Vec<u8>> = borders.iter().map(|border| border.map(|at| self.change(at)).collect()).collect();
        let seen = profiles.iter().filter_map(|profile| begins(profile));
        let (mut all, mut blurred) = (0, Vec::new());
        for (first, full) in seen {
            all += 1;
            if full - first > 2 || first.abs_diff(REACH_PX) > 4 {
                blurred.push((first as i32 - REACH_PX as i32, full - first));
            }
        }
        let told = format!("of {all} places of outlines these are not sharp: {blurred:?}");
        (all < 5 || blurred.len() * 10 > all).then_some(told)
    }
}

/// So many pixels are compared in a picture.
const MOST_SAMPLES: usize = 600;

/// Pixels through which the ground of plans and what is around it may be seen.
fn near_plans(truth: &Truth, picture: &Picture) -> Vec<(usize, usize)> {
    let level = truth.plans.iter().filter_map(|(plan, _)| {
        let place = plan.geometry.0.first()?.exterior().0.first()?;
        Some(on_ground(place.x, place.y)?.z)
    });
    let ground_m = level.fold(f64::MAX, f64::min);
    let is_near = |(x, y): &(usize, usize)| {
        let ray = truth.sight.ray([*x as f64 + 0.5, *y as f64 + 0.5]);
        let along = (ground_m - truth.sight.eye.z) / ray.z;
        let at = lon_lat(truth.sight.eye + ray * along);
        let holds = |bounds: &Rect<f64>| {
            let grown = Rect::new(bounds.min() - MARGIN_DEG, bounds.max() + MARGIN_DEG);
            grown.contains(&at)
        };
        ray.z < 0.0 && truth.plans.iter().any(|(_, bounds)| holds(bounds))
    };
    // Every second pixel both ways will do.
    let all = (0..picture.height).step_by(2).flat_map(|y| (0..picture.width).step_by(2).map(move |x| (x, y)));
    all.filter(is_near).collect()
}

/// About forty metres.
const MARGIN_DEG: geo::Coord<f64> = geo::Coord { x: 0.0005, y: 0.0004 };

/// A place of the ground in local coordinates.
fn on_ground(lon_deg: f64, lat_deg: f64) -> Option<DVec3> {
    let at = |height_m| FRAME.local(Geodetic { lon_deg, lat_deg, height_m }.into());
    let level = at(565.0);
    Some(level.with_z(CITY.ground_m(level.truncate())?))
}

/// How far a border is looked at to both sides, pixels.
const REACH_PX: usize = 8;

/// A row of pixels from outside of a plan to its inside, across its outline in the middle.
struct Border {
    at: [f64; 2],
    inward: [f64; 2],
}

impl Border {
    fn place(&self, step: usize) -> [f64; 2] {
        let by = step as f64 - REACH_PX as f64;
        [self.at[0] + self.inward[0] * by, self.at[1] + self.inward[1] * by]
    }

    fn map<'a, T>(&'a self, of: impl Fn((usize, usize)) -> T + 'a) -> impl Iterator<Item = T> + 'a {
        (0..=REACH_PX * 2).map(move |step| {
            let [x, y] = self.place(step);
            of((x as usize, y as usize))
        })
    }
}

/// Places of outlines where nothing stands in the way.
fn borders(truth: &Truth, counts: impl Fn((usize, usize)) -> bool) -> Vec<Border> {
    let rings = truth.plans.iter().flat_map(|(plan, _)| plan.geometry.iter().map(|polygon| polygon.exterior()));
    let pieces = rings.flat_map(|ring| ring.lines()).flat_map(|line| {
        (1..48).map(move |part| (line.start + line.delta() * (f64::from(part) / 48.0), line.delta() * 0.01))
    });
    pieces.filter_map(|(at, along)| border(truth, at, along, &counts)).collect()
}

fn border(
    truth: &Truth,
    at: geo::Coord<f64>,
    along: geo::Coord<f64>,
    counts: impl Fn((usize, usize)) -> bool,
) -> Option<Border> {
    let [here, there] = [on_ground(at.x, at.y)?, on_ground(at.x + along.x, at.y + along.y)?];
    if (here - truth.sight.eye).dot(truth.sight.forward) < 10.0 {
        return None;
    }
    let [from, to] = [truth.sight.place_of(here), truth.sight.place_of(there)];
    let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
    let length = dx.hypot(dy);
    for inward in [[-dy / length, dx / length], [dy / length, -dx / length]] {
        let border = Border { at: from, inward };
        let [start, end] = [border.place(0), border.place(REACH_PX * 2)];
        let in_window = |at: [f64; 2]| at[0] >= 0.0 && at[1] >= 0.0 && counts((at[0] as usize, at[1] as usize));
        let is = |step: usize, shown: Shown| truth.at(border.place(step)) == Some(shown);
        let outside = [0, 3, 5].iter().all(|step| is(*step, Shown::NoPlan));
        let inside = [11, 13, 16].iter().all(|step| is(*step, Shown::Plan));
        if in_window(start) && in_window(end) && outside && inside {
            return Some(border);
        }
    }
    None
}

/// From outside to inside: the first pixel that shows something of a plan, and the first that shows half of what its
/// inside shows. `None` for a plan that hardly differs from its ground.
fn begins(profile: &[u8]) -> Option<(usize, usize)> {
    let inside = profile.iter().rev().take(4).min().copied().filter(|change| *change >= 10)?;
    let first = profile.iter().position(|change| *change > 2)?;
    let full = profile.iter().position(|change| *change >= inside / 2)?;
    Some((first, full))
}

#[test]
fn plans_lie_under_the_houses_and_begin_sharply_at_every_distance() {
    let Some(mut session) = open(&["--camera", "11.5692,48.1345,565,60,0,-50"]) else { return };
    let program = &mut session.program;
    // Where a code goes with its plan a name may come.
    program.press("View");
    program.press("Names in the picture");
    program.press("Layers");
    let mut wrong = Vec::new();
    for (distance_m, tilt_px) in [(60.0, 0.0), (400.0, 60.0), (2000.0, -80.0), (8000.0, 40.0)] {
        go_away(program, distance_m);
        if tilt_px != 0.0 {
            program.drag(3, [800.0, 360.0], [800.0, 360.0 + tilt_px]);
        }
        let mut shares = [0.0; 2];
        for (number, share) in shares.iter_mut().enumerate() {
            let what = format!("plans-{distance_m}-{number}");
            let pair = Pair::take(program, &what);
            let counts = beside_panels(&program.state);
            let in_window = |(x, y): (usize, usize)| x < pair.on.width && y < pair.on.height && counts((x, y));
            let truth = Truth::of(program.sight(), distance_m < 1000.0);
            *share = pair.share(in_window);
            // From farther off a plan is little more than its outline.
            let blurred = (distance_m < 5000.0).then(|| pair.blurred(&truth, in_window)).flatten();
            let told = pair.beside_the_ground(&truth, in_window).into_iter().chain(blurred);
            wrong.extend(told.map(|told| format!("{what}: {told}")));
            // A nudge, and the same again.
            program.drag(3, [800.0, 360.0], [808.0, 360.0]);
        }
        let [one, other] = shares;
        if one == 0.0 || (one - other).abs() > 0.05 * one.max(other) {
            wrong.push(format!("{distance_m} m: {one} and after a nudge {other} of the picture are plans"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Turns the wheel until the eye is about so far away from what is in the middle of the picture.
fn go_away(program: &mut Program, distance_m: f64) {
    for _ in 0..6 {
        // A step of this wheel counts twice.
        let steps = (distance_m / program.camera().distance_m).ln() / (2.0 * (1.0 / 0.84f64).ln());
        if steps.round() == 0.0 {
            break;
        }
        program.wheel([800.0, 360.0], -steps.round() as i32);
    }
}
