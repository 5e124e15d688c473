//! What a search gives.

use serde::Serialize;

use crate::twin::{CameraPose, Mark};

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HitKind {
    /// A sight with a building of its own.
    Landmark,
    /// A place to fly to.
    Place,
    /// A part of the city.
    District,
    /// A stop of public transport.
    Stop,
    /// A point of another layer, such as a school.
    Point,
    /// A street.
    Street,
    /// A house by street and number.
    Address,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hit {
    /// What it is.
    pub kind: HitKind,
    /// Its name, for an address street and number.
    pub title: String,
    /// Where it is, or what it is more closely: a district, the name of a layer. May be empty.
    pub detail: String,
    /// The house number that was asked for, where there is none such and this house has the nearest.
    pub instead_of: Option<String>,
    /// Longitude, degrees.
    pub lon_deg: f64,
    /// Latitude, degrees.
    pub lat_deg: f64,
    /// Height above the ellipsoid, metres.
    pub height_m: f64,
    /// Distance from its middle to its farthest point, metres.
    pub extent_m: f64,
    /// The view of it that the city has chosen.
    pub view: Option<CameraPose>,
    /// Public id of its building.
    pub building: Option<String>,
}

/// Least and greatest distance of the eye, metres.
const NEAREST_M: f64 = 230.0;
const FARTHEST_M: f64 = 6000.0;
/// How far above the ground the eye looks, metres.
const LOOKS_ABOVE_M: f64 = 8.0;

impl Hit {
    /// Where to point: at the place, unless it is a building, which is selected.
    pub fn mark(&self) -> Option<Mark> {
        let Self { lon_deg, lat_deg, height_m, .. } = *self;
        self.building.is_none().then_some(Mark { lon_deg, lat_deg, height_m })
    }

    /// Where to fly: the view that the city has chosen, else one from which all of it can be seen, in the direction
    /// `heading_deg`.
    pub fn pose(&self, heading_deg: f64) -> CameraPose {
        self.view.unwrap_or(CameraPose {
            lon_deg: self.lon_deg,
            lat_deg: self.lat_deg,
            height_m: self.height_m + LOOKS_ABOVE_M,
            distance_m: (self.extent_m * 2.6).clamp(NEAREST_M, FARTHEST_M),
            heading_deg,
            pitch_deg: -35.0,
        })
    }
}
