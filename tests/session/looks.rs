//! How the window looks: the same picture while nothing happens, no frames while nothing changes, and everything in
//! its place in small windows, in German and in the dark.

use std::time::Duration;

use expect_test::{Expect, expect};

use crate::picture::{Part, Picture, distance};
use crate::program::Program;
use crate::{FRAUENKIRCHE, FRAUENKIRCHE_ID, open};

#[test]
fn an_idle_window_draws_nothing_and_does_not_flicker() {
    let Some(mut session) = open(&[]) else { return };
    let program = &mut session.program;
    program.point([640.0, 200.0]);
    let before = program.look("home-en-light");
    let awake = program.state["awake"].clone();
    assert_eq!(program.frames_in(Duration::from_secs(5)), 0, "nobody touched the window; {awake}");
    assert!(program.picture() == before, "the picture changed by itself");
    is_like(
        &before,
        expect![[r#"
            e2e5e9 e3e5e8 e9ebee e9ebee e2e8ef d5e1eb d5e0eb d5e0eb d5e0eb d5e0eb d5e0eb d5e1eb d5e1eb d5e1ec d5e1ec dee2e8
            e3e3e2 e8e8e7 ebebe9 eae9e8 e1e1df d5d4d1 d3d3cf d5d4d1 c6cec4 bbcbb8 c0ccbe cad0cb d5d4d1 d4d4d1 d3d3d0 e2e2e1
            d0c8c2 c9c5be c6c4ba c8c6bc d2cfc7 d4cfca d4cfc8 d2cbc5 c4c8ba adbaa3 bac3ae c5c9bc c3c6bd bac1b4 bdc5b6 bac5b6
            d6d1cc d4d1c8 cecac0 bfbaad c0afa4 c3aaa0 bfa499 c3aea3 bda599 bfa599 c3aba1 c3a99e c5ada3 c7b4aa c5bbb1 c8beb5
            c7b8b0 bca89d ae968a b79c91 b8998d bca59b b3988e b99a8f bdaa9b bfa699 bb9d91 bc9f94 bc988c bd9b8f be9a8e bc9c90
            b7998e b69185 b39388 b19a92 b3988e bea59a bea69b c0a99e c1aaa0 c2a99e bea79c c0aba1 bf9c8e c0a194 c19f92 bea093
            b99c92 b1978e af9a93 b09890 b99e93 b59a90 c1a093 ba9d92 c1aea4 c2a597 c1a598 d1c1b4 d3c2b5 cbbaaf c2a194 bc9c90
            af9790 bc9789 af9288 b6a59d bdaba3 b79f96 b69f95 b9a196 c7bcb6 c2a69a c5b3a9 c3afa4 ccb9ab d8c7b8 cfc4b9 d1c2bb
            bcaaa3 c1a499 bea8a0 b49d95 c2aea6 beaba4 c4b5ad c9bfba dad6cd d1c6bd cfc8c1 c7a69a c8b2a8 c9b7ad ddd8d3 c9b4a9
        "#]],
    );
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
}

/// Tools, the panel's title and the attribution are in the window, and the panel does not cover the attribution.
fn everything_lies_in_the_window(program: &Program, width: f64, height: f64) {
    let within = |name: &str| {
        let Some(at) = program.widget(name) else { panic!("{name} is not drawn") };
        let [left, top, right, bottom] = at;
        assert!(left >= 0.0 && top >= 0.0 && right <= width && bottom <= height, "{name} is at {at:?}");
        at
    };
    within("Ebenen");
    within("Startansicht");
    let [_, _, _, close] = within("Schließen");
    let [_, attribution, _, _] = within("© Datenquelle");
    assert!(close < attribution);
}
