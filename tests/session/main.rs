//! A session with the real program in a real window: an X server that nobody sees, a mouse, keys, and the sample city.
//!
//! What the window shows is read from its state log and from pictures of the screen. Needs Xvfb and xdotool; where they
//! are missing the tests say so and pass, unless `STADTZWILLING_SESSION` is set, as `./dev test` does. A folder in
//! `STADTZWILLING_SESSION_PICTURES` gets pictures of the session to look at.

#![expect(clippy::panic, reason = "a session that cannot go on has failed")]
#![expect(clippy::print_stderr, reason = "who skips a test is told so")]

mod attributions;
mod closing;
mod display;
mod foreign;
mod kiosk;
mod light;
mod looks;
mod memory;
mod moves;
mod network;
mod panels;
mod picture;
mod plans;
mod program;
mod sample;
mod scale;
mod search;
mod sight;
mod solids;
mod traces;
mod walk;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use stadtzwilling::geo::Geodetic;

use program::Program;

/// One window at a time: pictures are drawn by the processor, and two windows would wait for each other.
static ONE_WINDOW: Mutex<()> = Mutex::new(());

/// A window at the sample's start view, in English unless the arguments say otherwise.
struct Session {
    program: Program,
    _alone: MutexGuard<'static, ()>,
}

/// Opens the sample; `None` where there is no screen to be had.
fn open(arguments: &[&str]) -> Option<Session> {
    open_at(&sample::TWIN, arguments)
}

/// The same for a twin or a tileset.
fn open_at(twin: &Path, arguments: &[&str]) -> Option<Session> {
    let alone = ONE_WINDOW.lock().unwrap_or_else(PoisonError::into_inner);
    let language = if arguments.contains(&"--language") { &[][..] } else { &["--language", "en"] };
    let program = Program::open(&sample::FOLDER, twin, &[language, arguments].concat())?;
    Some(Session { program, _alone: alone })
}

/// The middle of the Frauenkirche's roof.
const FRAUENKIRCHE: Geodetic = Geodetic { lon_deg: 11.57378, lat_deg: 48.13861, height_m: 605.0 };
/// Its public id in the sample.
const FRAUENKIRCHE_ID: &str = "BEISPIEL_LOD2_W001";
