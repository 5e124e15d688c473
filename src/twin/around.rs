//! What a city's file says of everyday life around a house: places of a category, and the city's own services.

use serde::{Deserialize, Serialize};

use super::Text;

/// What kind of place a point is. The names are stable: city files are written with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PointCategory {
    /// Stops of buses, trams and trains.
    Stop,
    /// Schools.
    School,
    /// Nurseries and kindergartens.
    Nursery,
    /// Playgrounds.
    Playground,
    /// Doctors' practices.
    Doctor,
    /// Public offices.
    Office,
}

impl PointCategory {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 6] = [Self::Stop, Self::School, Self::Nursery, Self::Playground, Self::Doctor, Self::Office];
}

/// A published layer of places of one category.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PointLayerInfo {
    /// Short id.
    pub id: String,
    /// Name for people.
    pub title: Text,
    /// What kind of places.
    pub category: PointCategory,
    /// Relative path of its data.
    pub data: String,
}

/// What a service of the city is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ServiceSubject {
    /// Any building.
    Building,
    /// Any development plan.
    Plan,
}

/// A service of the city: a plain link, the same for every house, so that nobody learns from it which one was looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceInfo {
    /// What stands on the link.
    pub title: Text,
    /// Where it leads; https only.
    pub url: String,
    /// What it is about.
    #[serde(rename = "for")]
    pub subject: ServiceSubject,
}
