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
            e2e5e9 e3e5e8 e9ebee e9ebee e2e8ee d6e1eb d6e0eb d6e0eb d5e0ea d5e0ea d6e0ea d6e0ea d6e1eb d6e1eb d6e1eb dee2e8
            e5e5e2 e9e9e7 edecea ebeae9 e4e3df dad7d2 d8d5d0 dad7d1 c9d0c2 bbccb4 c1cdbb ced2cb dad7d2 d9d7d1 d8d6d1 e3e3e1
            d5cbc1 cdc7bc cac7ba cdc9bd d7d3ca d8d0c7 d9d3cb d7cfc7 c8ccbb afbba1 bdc6ad c9ccbd c7c6bb bdc3b2 c1c9b6 bdc7b6
            ded2c4 dcd5c8 d4cec3 c3bcae c4b0a3 c6a99e c2a295 c6aea1 c0a495 c3a496 c7ab9f c6a89c c9ada1 cbb5a9 c9bdb2 cdc0b6
            ccb9b1 bfa79b af9285 b8998d ba9789 bea499 b5968a bb988b c1aa99 c2a697 be9b8d be9e91 bf9687 c0998a c29889 bf998b
            b9968a b88e80 b49083 b2988f b5958a c2a598 c1a699 c4a99d c5ab9f c7ab9d c1a79b c4aca1 c39a8b c4a091 c69e8e c29f91
            bb9a8f b2948a af9790 b0958c bb9d91 b7988d c5a091 bd9c90 c5afa5 c6a596 c5a697 d8c5b7 d9c7b8 d1bdb1 c7a192 bf9b8d
            af958c bf9586 af8f84 b8a49d c0aca4 b99e94 b89e93 bba195 cbbfb9 c7a79a cab5aa c8b1a5 d2bcae dfccbc d6c9bd d6c6be
            bda8a2 c4a296 c0a89f b49a92 c5aea5 bfaaa2 c7b6ae ccc1bc e1dad3 d6cac0 d4cbc5 cba698 ccb3a8 cdb8ae e3dcd8 ccb5a9
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
    program.press("View");
    // With a panel open, in windows that have no room for one.
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
    assert_eq!(Program::hidden_attributions(&program.state), [""; 0]);
}

/// No panel lies over another, and the attributions are whole.
fn nothing_is_covered(program: &Program) {
    assert_eq!(Program::hidden_attributions(&program.state), [""; 0]);
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
