//! What the viewer is started with. Plain data: filled in by the command line, read by the window and by screenshots.

use std::path::PathBuf;

use url::Url;

use super::bench::Bench;
use super::remote::Remote;
use crate::twin::{CameraPose, Language};

/// Date and time of the sun where nobody asks for another.
pub const USUAL_SUN: jiff::civil::DateTime = jiff::civil::date(2026, 6, 21).at(15, 30, 0, 0);

/// How a window, or a screenshot, is to open.
#[derive(Clone)]
pub struct ViewerOptions {
    /// What to show.
    pub source: ViewerSource,
    /// Whose release of a twin to open; means nothing for a bare tileset.
    pub audience: Audience,
    /// Where the camera starts; `None` is the twin's home, or the whole of a bare tileset.
    pub camera: Option<CameraPose>,
    /// Inner width and height in physical pixels.
    pub size: (u32, u32),
    /// Draw one picture when everything in view has come, write it and end; no window is opened.
    pub screenshot: Option<Screenshot>,
    /// Language of the interface; `None` follows the system's.
    pub language: Option<Language>,
    /// Colours of the interface.
    pub theme: Theme,
    /// Local date and time for the sun; `None` is [`USUAL_SUN`].
    pub time: Option<jiff::civil::DateTime>,
    /// For tests: what takes the state of each frame.
    pub state_log: Option<StateLog>,
    /// Who is told how far the viewer is.
    pub remote: Option<Remote>,
    /// Who measures, in a benchmark that puts viewers side by side.
    pub bench: Option<Bench>,
}

/// What takes the state of each frame, for tests.
#[derive(Clone)]
pub enum StateLog {
    /// A file: a line of JSON for each frame; the whole state where it has changed.
    File(PathBuf),
    /// A page, which asks for the last one.
    Page(Remote),
}

/// What the viewer opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ViewerSource {
    /// A twin's folder, or a `tileset.json` on disk.
    Path(PathBuf),
    /// A twin's folder, or any `tileset.json`, on a web server.
    Url(Url),
}

/// Whose release of a twin is shown. Each stands in a folder of its own; no viewer reads two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// Anyone: `public/`.
    #[default]
    Citizen,
    /// City staff: `planner/`.
    Planner,
}

/// Where a picture goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screenshot {
    /// A PNG file; replaced if it exists.
    pub path: PathBuf,
}

/// Colours of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Dark text on light ground.
    #[default]
    Light,
    /// Light text on dark ground.
    Dark,
}
