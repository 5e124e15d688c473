//! One city object (CityJSON 2.0.1 § 2): what it is, whom it belongs to, its geometries and attributes.

use std::sync::Arc;

use serde_json::Value;

use super::attributes::{addresses, attributes};
use super::geometry::WireGeometry;
use crate::model::{Address, Attributes};
use crate::report::{Place, Report, WarningKind};

/// The kinds of city objects that end up in a building.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ObjectKind {
    /// `Building`.
    Building,
    /// `BuildingPart`.
    Part,
    /// `BuildingInstallation`.
    Installation,
}

/// A building, part or installation, indices not yet resolved.
pub(super) struct CityObject {
    pub(super) id: Arc<str>,
    pub(super) kind: ObjectKind,
    pub(super) place: Place,
    pub(super) parents: Vec<Arc<str>>,
    pub(super) children: Vec<Arc<str>>,
    pub(super) geometries: Vec<WireGeometry>,
    pub(super) attributes: Attributes,
    pub(super) addresses: Vec<Address>,
}

/// Why an object is none of a building's.
pub(super) enum NotOfBuilding {
    /// It is of another type of the standard, and that is all right.
    Other(&'static str),
    /// It was not understood, and reported.
    NotUnderstood,
}

/// Types of the standard that are not read: the city's other themes, and the insides of buildings.
const OTHER_TYPES: &[&str] = &[
    "Bridge",
    "BridgeConstructionElement",
    "BridgeConstructiveElement",
    "BridgeFurniture",
    "BridgeInstallation",
    "BridgePart",
    "BridgeRoom",
    "BuildingConstructiveElement",
    "BuildingFurniture",
    "BuildingRoom",
    "BuildingStorey",
    "BuildingUnit",
    "CityFurniture",
    "CityObjectGroup",
    "GenericCityObject",
    "LandUse",
    "OtherConstruction",
    "PlantCover",
    "Railway",
    "Road",
    "SolitaryVegetationObject",
    "TINRelief",
    "TransportSquare",
    "Tunnel",
    "TunnelConstructiveElement",
    "TunnelFurniture",
    "TunnelHollowSpace",
    "TunnelInstallation",
    "TunnelPart",
    "WaterBody",
    "Waterway",
];

impl CityObject {
    /// Takes an object of `CityObjects` apart. What is of a wrong type is reported and left out.
    pub(super) fn parse(id: Arc<str>, value: &Value, place: Place, report: &mut Report) -> Result<Self, NotOfBuilding> {
        let kind = kind(value, &place, report)?;
        Ok(Self {
            id,
            kind,
            parents: ids(value.get("parents")),
            children: ids(value.get("children")),
            geometries: geometries(value.get("geometry"), &place, report),
            attributes: attributes(value.get("attributes"), &place, report),
            addresses: addresses(value.get("address"), &place, report),
            place,
        })
    }
}

fn kind(value: &Value, place: &Place, report: &mut Report) -> Result<ObjectKind, NotOfBuilding> {
    match value.get("type").and_then(Value::as_str) {
        Some("Building") => Ok(ObjectKind::Building),
        Some("BuildingPart") => Ok(ObjectKind::Part),
        Some("BuildingInstallation") => Ok(ObjectKind::Installation),
        Some(other) => match OTHER_TYPES.iter().find(|known| **known == other) {
            Some(known) => Err(NotOfBuilding::Other(known)),
            None => {
                report.warn(WarningKind::UnknownElement, place.clone(), "the type of the city object is not known");
                Err(NotOfBuilding::NotUnderstood)
            }
        },
        None => {
            report.warn(WarningKind::ObjectSkipped, place.clone(), "the city object has no type");
            Err(NotOfBuilding::NotUnderstood)
        }
    }
}

fn ids(value: Option<&Value>) -> Vec<Arc<str>> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(Arc::from).collect()
}

fn geometries(value: Option<&Value>, place: &Place, report: &mut Report) -> Vec<WireGeometry> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(list)) => {
            list.iter().filter_map(|geometry| WireGeometry::parse(geometry, place, report)).collect()
        }
        Some(_) => {
            report.warn(WarningKind::BadValue, place.clone(), "member geometry is not an array");
            Vec::new()
        }
    }
}
