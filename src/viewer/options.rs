//! What the viewer is started with. Plain data: filled in by the command line, read by the window and by screenshots.

use std::path::PathBuf;

use url::Url;

use super::bench::Bench;
use super::kiosk::Kiosk;
use super::remote::Remote;
use crate::stream::StreamSettings;
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
    /// What the system asks for on behalf of who uses it.
    pub comfort: Comfort,
    /// What is to be saved on this device.
    pub thrift: Thrift,
    /// Local date and time for the sun; `None` is [`USUAL_SUN`].
    pub time: Option<jiff::civil::DateTime>,
    /// For tests: what takes the state of each frame.
    pub state_log: Option<StateLog>,
    /// Who is told how far the viewer is.
    pub remote: Option<Remote>,
    /// Who measures, in a benchmark that puts viewers side by side.
    pub bench: Option<Bench>,
    /// A public screen: what one visitor does is forgotten before the next one comes.
    pub kiosk: Option<Kiosk>,
}

impl ViewerOptions {
    /// A window of 1280×720 at the home of what is opened, in the system's language, for citizens.
    pub fn new(source: ViewerSource) -> Self {
        Self {
            source,
            audience: Audience::Citizen,
            camera: None,
            size: (1280, 720),
            screenshot: None,
            language: None,
            theme: Theme::Light,
            comfort: Comfort::default(),
            thrift: Thrift::default(),
            time: None,
            state_log: None,
            remote: None,
            bench: None,
            kiosk: None,
        }
    }
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

/// What makes the window easier for some people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Comfort {
    /// No flights: the camera is at its goal at once.
    pub still: bool,
    /// Stronger contrast of the panels.
    pub contrast: bool,
}

/// What is to be saved on a device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Thrift {
    /// Bytes on the wire: coarser tiles do.
    pub bytes: bool,
    /// Memory: fewer tiles are held, and no shadows are drawn.
    pub memory: bool,
}

impl Thrift {
    /// Larger errors in the picture are let pass by this factor.
    const COARSER: f64 = 2.0;
    /// Tiles hold this part of the memory that they may hold else.
    const HELD_PART: u64 = 4;

    /// How tiles are streamed, given how they are where nothing is to be saved.
    pub fn applied_to(self, mut settings: StreamSettings) -> StreamSettings {
        if self.bytes || self.memory {
            settings.selection.max_sse_px *= Self::COARSER;
        }
        if self.memory {
            settings.budget_bytes /= Self::HELD_PART;
        }
        settings
    }
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

/// What is drawn while the camera moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MovingPicture {
    /// As much as this machine draws without a stutter.
    #[default]
    Automatic,
    /// Everything, as at rest.
    Fine,
    /// As little as can be.
    Fast,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_is_bytes_or_memory() {
        let full = StreamSettings::default();
        let saved = |bytes, memory| {
            let saved = Thrift { bytes, memory }.applied_to(full);
            (saved.selection.max_sse_px / full.selection.max_sse_px, full.budget_bytes / saved.budget_bytes)
        };
        assert_eq!(saved(false, false), (1.0, 1));
        assert_eq!(saved(true, false), (2.0, 1));
        assert_eq!(saved(false, true), (2.0, 4));
    }
}
