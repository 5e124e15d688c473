//! The city in a real browser: headless Chromium, whose WebGL2 is drawn by the processor, on the site that `./dev test`
//! has made, through a server on loopback.
//!
//! The steps themselves are scripts beside this file, for Node and its test runner; each test here runs one of them.
//! Needs the site's folder in `STADTZWILLING_SITE`; without it the tests say so and pass, unless
//! `STADTZWILLING_BROWSER` is set, as `./dev test` does. A folder in `STADTZWILLING_BROWSER_PICTURES` gets pictures to
//! look at.

#![expect(clippy::panic, reason = "a browser that cannot be had where it must be is a failure")]
#![expect(clippy::print_stderr, reason = "who skips a test is told so")]

use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// One browser at a time: two that draw on the processor would wait for each other.
static ONE_BROWSER: Mutex<()> = Mutex::new(());

/// Runs the step of that name.
fn browser(name: &str) {
    let Some(site) = std::env::var_os("STADTZWILLING_SITE") else {
        assert!(std::env::var_os("STADTZWILLING_BROWSER").is_none(), "STADTZWILLING_SITE names no site");
        return eprintln!("skipped: STADTZWILLING_SITE names no site; ./dev test makes one");
    };
    let _alone = ONE_BROWSER.lock().unwrap_or_else(PoisonError::into_inner);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/web").join(format!("{name}.test.mjs"));
    let mut node = Command::new("node");
    node.args(["--test", "--test-timeout=1800000"]).arg(script).env("STADTZWILLING_SITE", site);
    // Makes cities of its own where a test needs one.
    let run = node.env("STADTZWILLING_PROGRAM", env!("CARGO_BIN_EXE_stadtzwilling")).output();
    let run = run.unwrap_or_else(|error| panic!("node does not run: {error}"));
    let said = [run.stdout, run.stderr].concat();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&said));
}

#[test]
fn a_citizen_opens_the_city_and_clicks_on_a_house() {
    browser("desktop");
}

#[test]
fn a_phone_shows_the_city_and_fingers_move_it() {
    browser("phone");
}

#[test]
fn the_picture_is_the_one_that_a_window_draws() {
    browser("picture");
}

#[test]
fn the_address_holds_the_view_and_brings_it_back() {
    browser("link");
}

#[test]
fn the_page_speaks_the_benchmarks_contract() {
    browser("bench");
}

#[test]
fn other_viewers_open_the_tiles_and_find_the_same_houses() {
    if std::env::var_os("STADTZWILLING_PEERS").is_none() {
        return eprintln!("skipped: STADTZWILLING_PEERS names no pages of other viewers; ./dev test makes them");
    }
    browser("peers");
}

#[test]
fn a_public_screen_in_a_browser_forgets_its_visitor() {
    browser("kiosk");
}

#[test]
fn who_cannot_see_the_city_is_told_why() {
    browser("without");
}

#[test]
fn the_city_comes_without_a_network() {
    browser("offline");
}

#[test]
fn no_page_is_a_mix_of_two_releases() {
    browser("release");
}

#[test]
fn a_slow_line_shows_something_at_once() {
    browser("slow");
}

#[test]
fn what_browsers_do_to_pages_is_survived() {
    browser("robust");
}

#[test]
fn the_statements_fit_every_screen() {
    browser("pages");
}

#[test]
fn the_whole_way_is_gone_by_keyboard_alone() {
    browser("keyboard");
}

#[test]
fn nothing_stands_in_anybodys_way_in_any_state() {
    browser("access");
}

#[test]
fn what_is_asked_is_answered_and_told_to_nobody() {
    browser("search");
}

#[test]
fn no_private_value_is_in_the_memory_of_a_page() {
    browser("canary");
}

#[test]
fn a_house_on_paper_says_everything_and_nothing_more() {
    browser("print");
}

#[test]
fn what_weighs_too_much_is_not_published() {
    browser("budget");
}
