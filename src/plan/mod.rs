//! Planning layers: development plans (Bebauungspläne) with geometry, canonical GeoJSON in and out.
//!
//! Stands beside the model: `source::plans` makes a [`PlanLayer`] from a city's files, `store` publishes it as canonical
//! GeoJSON, and the viewer reads that, drapes it over the city and asks which plans a building lies in. Draws nothing
//! and changes no building. A plan's content is public by law (BauGB § 10(3)), so nothing in here needs a release.
//!
//! # Canonical GeoJSON
//!
//! A `FeatureCollection` in EPSG:4326 (RFC 7946, longitude before latitude, at most 8 decimals), features by id, every
//! geometry a `MultiPolygon`, limits to three decimals. The same layer gives the same bytes. Properties, all but the first three optional:
//!
//! | property | what it is |
//! |---|---|
//! | `id` | unique in the layer |
//! | `name` | name for people |
//! | `status` | `in_preparation`, `public_display`, `resolved`, `in_force`, `repealed` |
//! | `number` | the city's number of the plan |
//! | `resolvedOn`, `inForceSince` | dates, ISO 8601 |
//! | `use` | code of the permitted use, such as `WA` (BauNVO § 4) |
//! | `maxHeight` | metres above ground |
//! | `maxStoreys` | full storeys (BauNVO § 20) |
//! | `grz`, `gfz` | site coverage and floor area ratio (BauNVO § 19, § 20) |
//! | `link` | the plan's document; https only |

mod geojson;
mod layer;
mod legend;

#[cfg(test)]
mod tests;

pub use geojson::PlanError;
pub use layer::PlanLayer;
pub use legend::{legend, status_label, use_color, use_label};

use ::geo::MultiPolygon;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How far a plan has come (BauGB § 2 to § 10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanStatus {
    /// The council has decided to draw it up (Aufstellungsbeschluss, BauGB § 2(1)).
    InPreparation,
    /// The draft can be seen and commented on by anyone (öffentliche Auslegung, BauGB § 3(2)).
    PublicDisplay,
    /// The council has passed it (Satzungsbeschluss, BauGB § 10(1)).
    Resolved,
    /// It binds everyone (rechtsverbindlich, BauGB § 10(3)).
    InForce,
    /// It was repealed (aufgehoben, BauGB § 1(8)).
    Repealed,
}

impl PlanStatus {
    /// All of them, in the order of the procedure.
    pub const ALL: [Self; 5] =
        [Self::InPreparation, Self::PublicDisplay, Self::Resolved, Self::InForce, Self::Repealed];
}

/// A development plan, or the part of one with a single permitted use.
#[derive(Clone, Debug, PartialEq)]
pub struct DevelopmentPlan {
    /// Unique in its layer.
    pub id: String,
    /// The city's number of the plan.
    pub number: Option<String>,
    /// Name for people.
    pub name: String,
    /// How far it has come.
    pub status: PlanStatus,
    /// Day on which the council passed it.
    pub resolved_on: Option<Date>,
    /// Day since which it binds.
    pub in_force_since: Option<Date>,
    /// Code of the permitted use, such as `WA` (BauNVO § 1(3)); see [`use_label`].
    pub permitted_use: Option<String>,
    /// Highest permitted height above ground, in metres (BauNVO § 18).
    pub max_height_m: Option<f64>,
    /// Most permitted full storeys (BauNVO § 20(1)).
    pub max_storeys: Option<u32>,
    /// Grundflächenzahl: share of the site that may be covered (BauNVO § 19).
    pub site_coverage: Option<f64>,
    /// Geschossflächenzahl: floor area by site area (BauNVO § 20(2)).
    pub floor_area_ratio: Option<f64>,
    /// The plan's document; always https.
    pub link: Option<String>,
    /// Its area, longitude and latitude in degrees (WGS 84).
    pub geometry: MultiPolygon<f64>,
}

/// Whether a number can be a plan's limit, in metres or as a ratio: from 0 to a million. Larger ones cannot be rounded to
/// thousandths, so that a layer with one would not come back as it was written.
pub fn is_limit(number: f64) -> bool {
    (0.0..=1e6).contains(&number)
}

/// Gives a link back where it is an absolute https address with a host and without a login.
pub fn checked_link(link: &str) -> Option<String> {
    let url = url::Url::parse(link.trim()).ok()?;
    let is_fit = url.scheme() == "https" && url.has_host() && url.username().is_empty() && url.password().is_none();
    is_fit.then(|| url.into())
}
