//! What a click tells: about a house, about a plan, and nothing that was not released.

use geo::{Area, Contains, Distance, Euclidean, LineString, Point, Polygon};
use stadtzwilling::geo::Geodetic;
use stadtzwilling::plan::DevelopmentPlan;
use stadtzwilling::sample::CANARIES;

use crate::picture::{Part, Picture};
use crate::plans::{Shown, Truth, plans};
use crate::program::{Program, draws};
use crate::{FRAUENKIRCHE, FRAUENKIRCHE_ID, open};

#[test]
fn a_click_on_a_house_tells_what_a_citizen_may_know() {
    let Some(mut session) = open(&[]) else { return };
    let program = &mut session.program;
    let church = program.place_of(FRAUENKIRCHE);
    the_outline_shows_at_once(program, church);
    program.click(church);
    program.look("house-en-light");
    the_click_was_answered_in_its_frame(program, "Frauenkirche");
    for line in [
        // Its name is the city's own, in its list of places.
        "Sight: Frauenkirche",
        "Address: Frauenplatz 12, 80331 München",
        // A church is a sensitive place: it looks like a house of which nothing is known.
        "Use: no data",
        "Height: 98.5 m",
        "Roof form: Mixed form",
        "    The height is open and can be seen from outside.",
        "- Owners, residents, households (never published): ",
        "- Year of construction (aggregated only): ",
        "- Storeys below ground (restricted): ",
    ] {
        assert!(program.panel().contains(line), "{line} is not in the panel:\n{}", program.panel());
    }
    why_and_why_not_unfold(program);
    no_canary_was_ever_shown(program);
}

/// The frame that takes the pointer's move draws the outline: a line in a colour that nothing else of the city has.
fn the_outline_shows_at_once(program: &mut Program, church: [f64; 2]) {
    let is_line = |[r, g, b]: [u8; 3]| r > 215 && (120..195).contains(&g) && b < 115;
    let part = Part::around(church, 160);
    let before = program.picture().like(part, is_line).len();
    program.point(church);
    assert_eq!(program.state["hovered"], FRAUENKIRCHE_ID);
    let line = program.look("hovered").like(part, is_line);
    assert!(line.len() > before + 100, "{} pixels show the outline, {before} were like it before", line.len());
    let hovered = program.history.iter().rev().take_while(|(_, state)| state["hovered"] == FRAUENKIRCHE_ID).last();
    let (frame, _) = hovered.expect("a frame took the move");
    // The panels ask for some more, as after every move; nothing comes later by itself.
    assert!(program.frame - frame < 6, "frame {frame} took the move, and the last one was {}", program.frame);
}

/// The panel was drawn in the very frame that took the click.
fn the_click_was_answered_in_its_frame(program: &Program, title: &str) {
    let (frame, state) = program.last_click();
    assert!(draws(state, title), "frame {frame} took the click and does not draw {title}");
    assert!(state["panel"].as_str().is_some_and(|panel| panel.starts_with(title)));
}

fn why_and_why_not_unfold(program: &mut Program) {
    let before = program.camera();
    let why = "The height is open and can be seen from outside.";
    assert!(!program.draws(why));
    program.press("Why do I see this? Height");
    assert!(program.draws(why));
    program.look("house-why");
    program.press("Owners, residents, households · never published");
    assert!(program.draws("They are about single persons."));
    program.look("house-not-shown");
    assert_eq!(program.camera(), before, "clicks and wheel on a panel are the panel's alone");
}

fn no_canary_was_ever_shown(program: &Program) {
    let everything = serde_json::to_string(&program.history).expect("states are JSON");
    for canary in CANARIES {
        assert!(!everything.contains(canary), "{canary} was shown");
    }
}

/// Above the plan at the Oberanger, looking down.
const ABOVE_A_PLAN: [&str; 2] = ["--camera", "11.5700,48.1348,565,420,0,-58"];
/// Ground under that plan, metres above the ellipsoid.
const GROUND_M: f64 = 563.5;
/// A place of the city where the mouse is in nobody's way.
const BESIDE: [f64; 2] = [1160.0, 600.0];
/// The right border of the title with its card, points.
const CARD_PT: usize = 380;

#[test]
fn plans_lie_on_the_ground_and_tell_what_they_allow() {
    let Some(mut session) = open(&ABOVE_A_PLAN) else { return };
    let program = &mut session.program;
    program.press("Layers");
    assert_eq!(program.state["card"], "layers");
    program.point(BESIDE);
    let on = program.look("layers-card");
    program.press("Development plans (invented)");
    assert_eq!(program.state["layers"][0]["visible"], false);
    program.point(BESIDE);
    let off = program.look("layers-off");
    let of_plans = only_plans_differ(program, &on, &off);
    program.press("Development plans (invented)");
    assert_eq!(program.state["layers"][0]["visible"], true);
    program.point(BESIDE);
    let again = program.picture().differing(&on, 0);
    let of_the_city = again.iter().filter(|(x, _)| *x > CARD_PT).count();
    assert_eq!(of_the_city, 0, "switched off and on it is the same picture");
    a_plan_tells_what_it_allows(program, of_plans);
    a_house_names_the_plans_it_lies_in(program);
}

/// Pixels that differ without the layer lie in the outlines of plans, as far as they can be seen. Gives them.
fn only_plans_differ(program: &Program, on: &Picture, off: &Picture) -> Vec<(usize, usize)> {
    let outlines: Vec<Polygon<f64>> = plans().iter().filter_map(|plan| outline(program, plan)).collect();
    // The mesh and the outline differ by the ground's own height and by the line around a plan.
    const SLACK_PX: f64 = 6.0;
    let beyond_the_card = |(x, _): &(usize, usize)| *x > CARD_PT;
    let differing: Vec<(usize, usize)> = on.differing(off, 2).into_iter().filter(beyond_the_card).collect();
    assert!(differing.len() > on.width * on.height / 100, "{} pixels are of plans", differing.len());
    for (x, y) in &differing {
        let at = Point::new(*x as f64, *y as f64);
        let near = outlines.iter().map(|outline| Euclidean.distance(&at, outline)).fold(f64::MAX, f64::min);
        assert!(near <= SLACK_PX, "{x},{y} is {near} px away from every plan");
    }
    no_roof_is_painted(program, &differing);
    differing
}

/// Where the layer changes the picture, ground is seen and no house: one that stands in a plan hides what lies behind it.
fn no_roof_is_painted(program: &Program, painted: &[(usize, usize)]) {
    let truth = Truth::of(program.sight(), true);
    let shown = painted.iter().step_by(painted.len().div_ceil(400)).filter_map(|at| Some((at, truth.of_pixel(*at)?)));
    let (of_plans, others): (Vec<_>, Vec<_>) = shown.partition(|(_, shown)| *shown == Shown::Plan);
    assert!(of_plans.len() > 100, "{} pixels are clearly of plans", of_plans.len());
    // Of a strip behind a house, narrower than what is compared, the line around a plan is seen.
    assert!(others.len() * 50 <= of_plans.len(), "houses, or ground without a plan: {others:?}");
}

/// A plan's outline in the window; `None` for plans that are not in sight.
fn outline(program: &Program, plan: &DevelopmentPlan) -> Option<Polygon<f64>> {
    let ring = plan.geometry.0.first()?.exterior();
    let place = |at: &geo::Coord<f64>| program.place_of(Geodetic { lon_deg: at.x, lat_deg: at.y, height_m: GROUND_M });
    let ring: Vec<[f64; 2]> = ring.coords().map(place).collect();
    let seen = |[x, y]: &[f64; 2]| (-200.0..1480.0).contains(x) && (-200.0..920.0).contains(y);
    ring.iter().any(seen).then(|| Polygon::new(LineString::from(ring), Vec::new()))
}

fn a_plan_tells_what_it_allows(program: &mut Program, of_plans: Vec<(usize, usize)>) {
    let (mut x, mut y) = (0, 0);
    of_plans.iter().for_each(|pixel| (x, y) = (x + pixel.0, y + pixel.1));
    let middle = (x / of_plans.len(), y / of_plans.len());
    let from_middle = |(x, y): &&(usize, usize)| x.abs_diff(middle.0).pow(2) + y.abs_diff(middle.1).pow(2);
    let (x, y) = of_plans.iter().min_by_key(from_middle).expect("there are some");
    program.click([*x as f64, *y as f64]);
    program.look("plan");
    assert_eq!(program.state["selected"]["layer"], "bplan");
    the_click_was_answered_in_its_frame(program, "Neue Höfe am Oberanger (erfunden)");
    for line in [
        "Number: B-9002",
        "Status: in force",
        "Permitted use: core area",
        "Adopted on: 20 February 2019",
        "Maximum height: 20.0 m",
        "Legal basis: BauGB § 10(3)",
    ] {
        assert!(program.panel().contains(line), "{line} is not in the panel:\n{}", program.panel());
    }
    program.press("Close");
    assert!(program.state["selected"].is_null());
}

fn a_house_names_the_plans_it_lies_in(program: &mut Program) {
    let plan = plans().into_iter().find(|plan| plan.number.as_deref() == Some("B-9002")).expect("it is in the sample");
    let outline = outline(program, &plan).expect("it is in sight");
    assert!(outline.unsigned_area() > 10_000.0);
    let grid = (0..18)
        .flat_map(|row| (0..32).map(move |column| [f64::from(column) * 40.0 + 20.0, f64::from(row) * 40.0 + 20.0]));
    let inside = grid.filter(|[x, y]| *x > CARD_PT as f64 && outline.contains(&Point::new(*x, *y)));
    let link = "B-9002 · Neue Höfe am Oberanger (erfunden)";
    for at in inside {
        program.point(at);
        if program.state["hovered"].is_null() {
            continue;
        }
        program.click(at);
        if program.panel().contains(link) {
            program.look("house-in-plan");
            program.press(link);
            assert_eq!(program.state["selected"]["layer"], "bplan");
            return;
        }
    }
    panic!("no house in the plan names it");
}
