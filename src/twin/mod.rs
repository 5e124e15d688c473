//! What a published twin says of itself: the serde types of `twin.json`, the file that a viewer opens.
//!
//! Written by `store`, read by `stream` and the viewer. Types and their checks only: no I/O, and nothing in here that was
//! not released.
//! One `twin.json` stands in each audience's folder (`public/`, `planner/`); all paths in it are relative to it.

mod around;
mod ground;
mod link;
mod pose;
mod text;

pub use around::{PointCategory, PointLayerInfo, ServiceInfo, ServiceSubject};
pub use ground::GroundClass;
pub use link::{LayerLook, Link, LinkTarget, Mark};
pub use pose::PoseError;
pub use text::{Language, Text};

use serde::{Deserialize, Serialize};

/// The value of [`TwinDescription::format`] that this version reads and writes.
pub const FORMAT: &str = "stadtzwilling-twin/1";

/// The [`TwinDescription::audience`] of the privileged release.
pub const PLANNER: &str = "planner";

/// `twin.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TwinDescription {
    /// [`FORMAT`].
    pub format: String,
    /// Short id of the city configuration, such as `muenchen`.
    pub city: String,
    /// Name for the title.
    pub title: Text,
    /// Shown in a corner at all times, such as "invented sample data".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Text>,
    /// Audience of this release: `citizen`, `kiosk` or `planner`.
    pub audience: String,
    /// SHA-256 of the policy file, hexadecimal; the same in every tileset of the release.
    pub policy_hash: String,
    /// Who approved the policy; `None` is a policy for synthetic data only.
    pub policy_approved_by: Option<String>,
    /// Key of the purpose that a planner's release was made for; `None` where it is what every purpose may see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Where the data comes from; every shown source is named on the screen.
    pub sources: Vec<SourceInfo>,
    /// Where the camera starts.
    pub home: CameraPose,
    /// IANA name of the city's time zone, by which the sun is set.
    pub time_zone: String,
    /// Relative path of the buildings' tileset.
    pub buildings: Option<String>,
    /// Relative path of the ground's tileset.
    pub ground: Option<String>,
    /// Released attributes in the order of the panel.
    pub attributes: Vec<AttributeInfo>,
    /// Classes of attributes that are kept back; never a value.
    pub withheld: Vec<WithheldInfo>,
    /// Planning layers.
    pub layers: Vec<LayerInfo>,
    /// Sights and places to fly to.
    pub places: Vec<PlaceInfo>,
    /// Where the index of everything that can be found by name lies; `None` in twins that have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<SearchInfo>,
    /// Layers of stops, schools and other places of everyday life.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<PointLayerInfo>,
    /// The city's own services.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<ServiceInfo>,
}

/// The two files of the index, each fetched whole, so that nobody learns what is searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchInfo {
    /// Relative path of streets, places and districts.
    pub names: String,
    /// Relative path of the house numbers.
    pub addresses: String,
}

impl TwinDescription {
    /// The description itself where all its cameras can be; else which cannot, and why.
    pub fn checked(self) -> Result<Self, String> {
        self.home.checked().map_err(|error| format!("home: {error}"))?;
        for place in &self.places {
            place.pose.checked().map_err(|error| format!("place {}: {error}", place.title.get(Language::De)))?;
        }
        Ok(self)
    }
}

/// A source with its licence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceInfo {
    /// What it is.
    pub title: Text,
    /// The attribution that its licence asks for, word for word.
    pub attribution: String,
    /// Short name of the licence, such as `CC BY 4.0`.
    pub licence: String,
    /// Where the licence stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence_url: Option<String>,
    /// Date of the data, ISO 8601.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// A camera that looks at a point.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CameraPose {
    /// Longitude of the point looked at, degrees.
    pub lon_deg: f64,
    /// Latitude of the point looked at, degrees.
    pub lat_deg: f64,
    /// Height of the point looked at above the ellipsoid, metres.
    pub height_m: f64,
    /// Distance from the eye to the point, metres.
    pub distance_m: f64,
    /// Direction of view, degrees clockwise from north.
    pub heading_deg: f64,
    /// Slope of the view, degrees, negative looks down.
    pub pitch_deg: f64,
}

/// A released attribute, as the panel shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttributeInfo {
    /// Name in the tiles' property table.
    pub name: String,
    /// Name for people.
    pub label: Text,
    /// What its values are.
    pub kind: AttributeKind,
    /// Class of PRIVACY: `public`, `aggregated`, `restricted`.
    pub class: String,
    /// The law or licence that lets this audience see it.
    pub legal_basis: Text,
    /// One sentence: why do I see this.
    pub why: Text,
    /// What was done to the value on release, such as "rounded to 0.5 m"; `None` where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Text>,
}

/// The type of a released attribute's values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AttributeKind {
    /// Free text.
    Text,
    /// Whole numbers.
    Integer {
        /// Unit symbol, such as `m`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
    },
    /// Numbers.
    Real {
        /// Unit symbol, such as `m`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
        /// Digits after the point to show.
        decimals: u8,
    },
    /// Yes or no.
    Boolean,
    /// One of a closed list: a mapped code or a bin. In tiles an enum.
    Category {
        /// The list in order.
        values: Vec<CategoryValue>,
    },
}

/// One value of a closed list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CategoryValue {
    /// Stable key, ASCII identifier, such as `gabled`.
    pub key: String,
    /// Name for people.
    pub label: Text,
}

/// A class of attributes that is kept back from this audience.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WithheldInfo {
    /// What is kept back, for people.
    pub label: Text,
    /// `aggregated`, `restricted` or `never`.
    pub class: String,
    /// One sentence: why is this not shown.
    pub reason: Text,
    /// The law it follows.
    pub legal_basis: Text,
}

/// A planning layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerInfo {
    /// Short id.
    pub id: String,
    /// Name for people.
    pub title: Text,
    /// Relative path of its data.
    pub data: String,
    /// Opacity at the start, 0 to 1.
    pub opacity: f32,
    /// Whether it is on at the start.
    pub visible: bool,
    /// Legend in order; features choose by `use`.
    pub legend: Vec<LegendEntry>,
    /// The law it rests on.
    pub legal_basis: Text,
    /// The attribution that its licence asks for, word for word; empty where invented data asks for none.
    #[serde(default)]
    pub attribution: String,
    /// Short name of the licence, such as `CC BY 4.0`.
    #[serde(default)]
    pub licence: String,
    /// Where the licence stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence_url: Option<String>,
}

/// A line of a legend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LegendEntry {
    /// The feature property's value that this line stands for.
    pub key: String,
    /// Name for people.
    pub label: Text,
    /// `#rrggbb`.
    pub color: String,
}

/// A place to fly to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceInfo {
    /// Name for people.
    pub title: Text,
    /// The view of it.
    pub pose: CameraPose,
    /// Public id of the building that it is, for a sight that the city itself calls by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub building: Option<String>,
}
