//! What the user has set, and the canvas that is drawn on.

use bevy::prelude::*;
use glam::DVec2;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::twin::Language;
use crate::viewer::options::{MovingPicture, Theme, USUAL_SUN, ViewerOptions};
use crate::viewer::panel::Card;
use crate::viewer::platform;

/// What the user has set.
#[derive(Resource, Clone, Debug, PartialEq)]
pub struct Settings {
    /// Language of the window.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// Size of the text, 1 is normal.
    pub text_scale: f32,
    /// Stronger contrast of the panels.
    pub contrast: bool,
    /// No flights.
    pub still: bool,
    /// Whether shadows are drawn.
    pub shadows: bool,
    /// Whether sights are named in the picture.
    pub names: bool,
    /// What is drawn while the camera moves.
    pub moving: MovingPicture,
    /// Date and time of the sun in the city's time zone.
    pub sun: DateTime,
    /// The open card.
    pub card: Option<Card>,
    /// Whether panels are drawn; the attribution always is.
    pub panels: bool,
    /// Draw with the benchmark's yardstick shader.
    pub plain: bool,
    /// The screen is a public one: nothing leaves the program, targets are large, and whatever a visitor does is forgotten.
    pub public: bool,
    /// Draw nothing but tiles, in the light of the benchmark that puts viewers side by side.
    pub bench: bool,
}

/// Size of the text on a public screen, where people stand farther off.
const PUBLIC_TEXT_SCALE: f32 = 1.4;

impl Settings {
    /// Whether this is a public screen that nobody stands at.
    pub fn is_unattended(&self) -> bool {
        self.public && !self.panels
    }

    /// The settings that a start asks for.
    pub fn of(options: &ViewerOptions) -> Self {
        Self {
            language: options.language.unwrap_or_else(platform::system_language),
            theme: options.theme,
            text_scale: if options.kiosk.is_some() { PUBLIC_TEXT_SCALE } else { 1.0 },
            contrast: options.comfort.contrast,
            still: options.comfort.still,
            shadows: !options.thrift.memory,
            names: true,
            moving: MovingPicture::default(),
            sun: options.time.unwrap_or(USUAL_SUN),
            card: None,
            // At a public screen they come with the visitor.
            panels: options.screenshot.is_none() && options.bench.is_none() && options.kiosk.is_none(),
            plain: false,
            public: options.kiosk.is_some(),
            bench: options.bench.is_some(),
        }
    }

    /// The moment for which the sun is drawn, by the clock of a time zone; by universal time where it is not known.
    pub fn sun_time(&self, time_zone: &str) -> Timestamp {
        let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
        self.sun.to_zoned(zone).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
    }
}

/// The canvas that is drawn on.
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
pub struct Canvas {
    /// Logical size.
    pub size_pt: DVec2,
    /// Physical pixels a logical point.
    pub pixels_per_point: f32,
}
