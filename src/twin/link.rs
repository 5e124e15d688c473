//! What a link to the city holds: a place, a direction, what is selected, which planning layers are shown, language, date
//! and time. Never a value of an attribute.

use std::collections::BTreeMap;

use jiff::civil::DateTime;

use super::{CameraPose, Language};

/// What a link to the city holds; what is `None` is as at the start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Link {
    /// Where the camera is.
    pub camera: Option<CameraPose>,
    /// What is selected.
    pub target: Option<LinkTarget>,
    /// A place that is pointed at.
    pub mark: Option<Mark>,
    /// How planning layers are shown, by their ids: those alone that are not as the city shows them at the start.
    pub layers: BTreeMap<String, LayerLook>,
    /// Language of the interface.
    pub language: Option<Language>,
    /// Date and time of the sun in the city's time zone.
    pub sun: Option<DateTime>,
}

/// A place that a pin points at, on the ellipsoid WGS 84: a stop or a street that was searched for, a school near a house.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// Longitude, degrees.
    pub lon_deg: f64,
    /// Latitude, degrees.
    pub lat_deg: f64,
    /// Height, metres.
    pub height_m: f64,
}

/// What a link selects, by public id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkTarget {
    /// A building.
    Building(String),
    /// A plan of a layer.
    Plan {
        /// The layer's id.
        layer: String,
        /// The plan's id.
        plan: String,
    },
}

/// How a planning layer is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayerLook {
    /// Not at all.
    Hidden,
    /// As opaque as the city shows it.
    Shown,
    /// With an opacity of its own, per cent.
    Opaque(u8),
}
