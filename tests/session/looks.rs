//! How the window looks: the same picture while nothing happens, no frames while nothing changes, and everything in
//! its place in small windows, in German and in the dark.

use std::time::Duration;

use expect_test::{Expect, expect};

use crate::picture::{Part, Picture, distance};
use crate::program::Program;
use crate::{FRAUENKIRCHE, FRAUENKIRCHE_ID, attributions, light, open};

#[test]
fn an_idle_window_draws_nothing_and_does_not_flicker() {
    let Some(mut session) = open(&[]) else { return };
    let program = &mut session.program;
    program.point([640.0, 200.0]);
    let before = program.look("home-en-light");
    let awake = program.state["awake"].clone();
    assert_eq!(program.frames_in(Duration::from_secs(5)), 0, "nobody touched the window; {awake}");
    assert!(program.picture() == before, "the picture changed by itself");
    program.press("View");
    program.press("Names in the picture");
    program.press("View");
    program.point([640.0, 200.0]);
    is_like(
        &program.look("home-en-light-without-names"),
        expect![[r#"
            e7eaee e9ebee eff1f3 f3f5f8 e5ebf1 d6e1eb d6e0eb d6e0eb d5e0ea d5e0ea d6e0ea d6e0ea d6e1eb d6e1eb d6e1eb dfe3e8
            e6e7e6 eaeaea ededed ebecec e7e6e3 d9d7d1 d7d5d0 dad7d1 c9d0c2 bbccb4 c1cdbb ced2cb dad7d2 d9d7d1 d8d5d0 e2e1df
            d9d0c8 d1ccc4 ceccc2 d2cfc5 dad6ce d8d0c7 d9d3cb d6cec6 c8ccbb aebba0 bcc5ad c9ccbd c7c6ba bdc3b2 c1c8b6 c7d0c4
            dfd2c4 dcd5c8 d3cdc3 c2baac c1ada1 c2a59a be9f92 c3ab9f bda192 c1a294 c4a89c c4a599 c7ab9f c9b3a7 c7bbb0 ccc0b5
            c9b7af bba498 a88c80 b39489 b69385 baa095 b09287 b79488 bea796 bfa394 bb978a ba998c bc9283 bd9587 bf9586 bd9688
            b39286 b48b7d b08d80 ab928a ac8e84 bea195 bfa397 c0a69b c2a89c c5a99c bda398 c0a89d c09888 c19d8e c39c8c bf9c8e
            b7978c ab8f86 a7918b a78e87 b6988d b09388 c29d8e b9998d c0aaa1 c4a394 c2a394 d7c4b6 d8c6b7 cfbbaf c59f8f bb9789
            aa9089 bd9384 a88980 b3a19a bda9a1 b49a91 b2988f b79d92 c8bcb7 c5a598 c8b3a8 c6afa3 d1bbac dfccbc d4c8bc d4c3bc
            bca8a3 c5a599 c1a9a0 b39a93 c6afa7 bfaaa3 c7b7af cdc2bd e3ddd5 d7cbc1 d6cdc6 cda89a cdb5aa cdb9af e5dfda ceb6ab
        "#]],
    );
    // All these frames have shown a copy of the city, which is as good as the city.
    program.press("View");
    program.press("Names in the picture");
    program.press("View");
    program.point([640.0, 200.0]);
    assert!(program.picture() == before, "the picture has changed by what panels did over it");
    shadows_lie_where_houses_throw_them(program);
}

/// By day as it is at the start, with shadows and without.
fn shadows_lie_where_houses_throw_them(program: &mut Program) {
    program.press("View");
    let with = program.look("shadows");
    program.press("Shadows");
    program.wait_for("shadows are off", |state| state["shadows"] == false);
    program.rest();
    let without = program.look("no-shadows");
    light::assert_shadows(&with, &without, &program.state, light::sun_in_june(15.5));
}

/// How far the mean colour of a cell may be off: another driver's rounding, not another picture.
const TOLERANCE: u8 = 10;

/// Compares the mean colours of 16×9 cells. `UPDATE_EXPECT=1` takes over a new look.
fn is_like(picture: &Picture, golden: Expect) {
    let cells = picture.grid(16, 9);
    let is: String = cells.iter().map(|row| line(row) + "\n").collect();
    let colours = |text: &str| text.split_whitespace().filter_map(colour).collect::<Vec<_>>();
    let (is_colours, were) = (colours(&is), colours(golden.data()));
    let same =
        is_colours.len() == were.len() && is_colours.iter().zip(&were).all(|(a, b)| distance(*a, *b) <= TOLERANCE);
    if !same {
        golden.assert_eq(&is);
    }
}

fn line(row: &[[u8; 3]]) -> String {
    row.iter().map(|[r, g, b]| format!("{r:02x}{g:02x}{b:02x}")).collect::<Vec<_>>().join(" ")
}

fn colour(text: &str) -> Option<[u8; 3]> {
    let number = u32::from_str_radix(text, 16).ok()?;
    Some([(number >> 16) as u8, (number >> 8) as u8, number as u8])
}

#[test]
fn the_highlight_survives_a_change_of_level() {
    let Some(mut session) = open(&[]) else { return };
    let program = &mut session.program;
    program.click(program.place_of(FRAUENKIRCHE));
    let near = program.state["selected_in"].clone();
    for _ in 0..8 {
        program.wheel([640.0, 500.0], -6);
        if program.state["selected_in"] != near && program.state["selected_in"] != serde_json::json!([]) {
            break;
        }
    }
    assert_ne!(program.state["selected_in"], near, "no other level was drawn");
    assert_eq!(program.state["selected"]["building"], FRAUENKIRCHE_ID);
    let at: [f64; 2] = serde_json::from_value(program.state["selected_at"].clone()).expect("it is in sight");
    let highlighted = program.look("another-level");
    program.key("Escape");
    let plain = program.picture();
    let part = Part::around(at, 12);
    let changed = highlighted.differing(&plain, 24).into_iter().filter(|pixel| part.holds(*pixel)).count();
    assert!(changed > 8, "{changed} pixels around {at:?} show the highlight");
}

#[test]
fn a_small_window_is_usable_in_german_and_in_the_dark() {
    let Some(mut session) = open(&["--language", "de", "--theme", "dark"]) else { return };
    let program = &mut session.program;
    program.click(program.place_of(FRAUENKIRCHE));
    assert!(program.panel().contains("Höhe: 98,5 m") && program.draws("Warum sehe ich das?"));
    let is_dark = |[r, g, b]: [u8; 3]| r < 70 && g < 70 && b < 75;
    let card = program.look("house-de-dark").share(Part([20, 20, 300, 100]), is_dark);
    assert!(card > 0.7, "{card} of the title is dark");
    program.key("Escape");
    program.resize(480, 360);
    program.click(program.place_of(FRAUENKIRCHE));
    assert_eq!(program.state["selected"]["building"], FRAUENKIRCHE_ID);
    program.look("small-de-dark");
    everything_lies_in_the_window(program, 480.0, 360.0);
    program.press("Schließen");
    assert!(program.state["selected"].is_null());
    program.press("Ansicht");
    program.look("small-card");
    program.press("English");
    assert_eq!(program.state["language"], "en");
    program.press("Light");
    assert_eq!(program.state["theme"], "light");
    program.look("small-en-light");
    program.press("View");
    // With a panel open, in windows that have no room for one. The one before had moved the house to where the title is.
    program.key("Home");
    program.click(program.place_of(FRAUENKIRCHE));
    for height in [200, 120] {
        program.resize(480, height);
        assert_eq!(program.state["selected"]["building"], FRAUENKIRCHE_ID);
    }
    program.look("flat-en-light");
}

/// Who needs large text most has the smallest screen.
#[test]
fn large_text_in_a_small_window_covers_nothing() {
    let Some(mut session) = open(&[]) else { return };
    let program = &mut session.program;
    program.press("View");
    program.press("200 %");
    program.resize(640, 480);
    program.look("large-settings");
    nothing_is_covered(program);
    program.press("View");
    program.resize(640, 481);
    program.key("Home");
    program.click(program.place_of(FRAUENKIRCHE));
    if program.state["selected"].is_null() {
        // The title lies over it: it is in the middle of what is left.
        program.click([400.0, 300.0]);
    }
    assert!(!program.state["selected"].is_null());
    program.look("large-house");
    nothing_is_covered(program);
    program.press("Close");
    program.resize(400, 300);
    program.look("large-smallest");
    assert_eq!(attributions::hidden(&program.state), [""; 0]);
}

/// No panel lies over another, and the attributions are whole.
fn nothing_is_covered(program: &Program) {
    assert_eq!(attributions::hidden(&program.state), [""; 0]);
    let borders = |name: &str| serde_json::from_value::<[f64; 4]>(program.state["panels"][name].clone()).ok();
    for (one, other) in [("title", "status"), ("title", "selection"), ("selection", "status"), ("title", "compass")] {
        let Some((a, b)) = borders(one).zip(borders(other)) else { continue };
        let apart = a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1];
        assert!(apart, "{one} at {a:?} and {other} at {b:?}");
    }
}

#[test]
fn the_city_is_seen_at_night() {
    let Some(mut session) = open(&["--time", "23:00"]) else { return };
    let program = &mut session.program;
    let picture = program.look("night");
    // Roofs are reddish, also in the dark; the empty background is not.
    let is_roof = |[r, _, b]: [u8; 3]| r > b.saturating_add(6);
    let share = picture.share(Part([340, 120, 1200, 640]), is_roof);
    assert!(share > 0.1, "{share} of the picture are roofs");
    program.click(program.place_of(FRAUENKIRCHE));
    assert_eq!(program.state["selected"]["building"], FRAUENKIRCHE_ID);
    program.key("Escape");
    shadows_go_around_with_the_sun(program);
}

/// The sun of the morning throws shadows to the west, that of the evening to the east.
fn shadows_go_around_with_the_sun(program: &mut Program) {
    program.press("Sun");
    let [morning, evening] = [8.0, 18.0].map(|hours| {
        let [left, top, right, bottom] = time_slider(program);
        program.click([left + (right - left) * hours / 23.75, (top + bottom) / 2.0]);
        let sun = program.state["sun"].as_str().expect("there is a sun");
        let parts: Vec<f64> = sun[11..16].split(':').map(|part| part.parse().expect("hours and minutes")).collect();
        let is_hours = parts[0] + parts[1] / 60.0;
        assert!((is_hours - hours).abs() < 1.5, "it is {sun}");
        (program.look(&format!("sun-at-{hours}")), light::sun_in_june(is_hours))
    });
    assert!(morning.1.x > 0.5 && evening.1.x < -0.5, "{} {}", morning.1, evening.1);
    light::assert_shadows_wander(&program.state, [(&morning.0, morning.1), (&evening.0, evening.1)]);
}

/// Borders of the slider of the time: the last one of its card.
fn time_slider(program: &Program) -> [f64; 4] {
    let mut widgets = program.state["widgets"].as_array().into_iter().flatten();
    let last = widgets.rfind(|widget| widget["role"] == "Slider").expect("the card of the sun has sliders");
    serde_json::from_value(last["at"].clone()).expect("it is somewhere")
}

/// Tools, the panel's title and the attribution are in the window, and the panel does not cover the attribution.
fn everything_lies_in_the_window(program: &Program, width: f64, height: f64) {
    let within = |name: &str| {
        let Some(at) = program.widget(name) else { panic!("{name} is not drawn") };
        let [left, top, right, bottom] = at;
        assert!(left >= 0.0 && top >= 0.0 && right <= width && bottom <= height, "{name} is at {at:?}");
        at
    };
    // In the smallest of windows the panel stands in the tools' place.
    if width >= 760.0 || height >= 420.0 {
        within("Ebenen");
    }
    within("Startansicht");
    let [_, _, _, close] = within("Schließen");
    let [_, attribution, _, _] = within("© Datenquelle");
    assert!(close < attribution);
}
