//! Canonical GeoJSON of a layer, in and out. Reads only what it writes: other people's files go through
//! `source::plans`.

use ::geo::{Coord, LineString, MultiPolygon, Orient, Polygon, orient::Direction};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{DevelopmentPlan, PlanLayer, PlanStatus, checked_link, is_limit};

/// Largest layer: as plans it takes several times as much.
const MAX_BYTES: usize = 64 << 20;

/// Why bytes are no layer of plans.
#[derive(Debug, Error)]
pub enum PlanError {
    /// The JSON is broken or not of the canonical shape.
    #[error("the planning layer is not canonical GeoJSON: {0}")]
    Json(#[from] serde_json::Error),
    /// Larger than any layer is.
    #[error("the planning layer has more than {0} bytes")]
    TooLarge(usize),
    /// The collection's type is something else.
    #[error("the planning layer is a {0}, not a FeatureCollection")]
    NotACollection(String),
    /// A plan has a member that cannot be.
    #[error("plan {id}: {message}")]
    BadPlan {
        /// The plan's id.
        id: String,
        /// What is wrong.
        message: &'static str,
    },
}

#[derive(Serialize, Deserialize)]
struct Collection {
    #[serde(rename = "type")]
    kind: String,
    features: Vec<Feature>,
}

#[derive(Serialize, Deserialize)]
struct Feature {
    #[serde(rename = "type")]
    kind: String,
    properties: Properties,
    geometry: Geometry,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    id: String,
    name: String,
    status: PlanStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resolved_on: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    in_force_since: Option<String>,
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    permitted_use: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_height: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_storeys: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grz: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gfz: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Geometry {
    #[serde(rename = "type")]
    kind: String,
    coordinates: Vec<Vec<Vec<[f64; 2]>>>,
}

impl PlanLayer {
    /// The layer as canonical GeoJSON, one feature a line, so that two versions can be compared line by line. Exterior
    /// rings run counter-clockwise.
    pub fn to_geojson(&self) -> Result<String, PlanError> {
        let lines: Vec<String> =
            self.plans().iter().map(|plan| serde_json::to_string(&Feature::of(plan))).collect::<Result<_, _>>()?;
        Ok(format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{}\n]}}\n", lines.join(",\n")))
    }

    /// Reads what [`PlanLayer::to_geojson`] wrote. Fails on the first thing that cannot be.
    pub fn from_geojson(bytes: &[u8]) -> Result<Self, PlanError> {
        if bytes.len() > MAX_BYTES {
            return Err(PlanError::TooLarge(MAX_BYTES));
        }
        let collection: Collection = serde_json::from_slice(bytes)?;
        if collection.kind != "FeatureCollection" {
            return Err(PlanError::NotACollection(collection.kind));
        }
        let plans: Vec<DevelopmentPlan> =
            collection.features.into_iter().map(Feature::plan).collect::<Result<_, _>>()?;
        let layer = Self::new(plans);
        match layer.plans().windows(2).find_map(same_id) {
            Some(id) => Err(PlanError::BadPlan { id: id.to_owned(), message: "the id stands more than once" }),
            None => Ok(layer),
        }
    }
}

/// The id that two neighbours share.
fn same_id(pair: &[DevelopmentPlan]) -> Option<&str> {
    match pair {
        [one, other] if one.id == other.id => Some(&one.id),
        _ => None,
    }
}

impl Feature {
    fn of(plan: &DevelopmentPlan) -> Self {
        let properties = Properties {
            id: plan.id.clone(),
            name: plan.name.clone(),
            status: plan.status,
            number: plan.number.clone(),
            resolved_on: plan.resolved_on.map(|date| date.to_string()),
            in_force_since: plan.in_force_since.map(|date| date.to_string()),
            permitted_use: plan.permitted_use.clone(),
            max_height: plan.max_height_m.map(to_thousandths),
            max_storeys: plan.max_storeys,
            grz: plan.site_coverage.map(to_thousandths),
            gfz: plan.floor_area_ratio.map(to_thousandths),
            link: plan.link.clone(),
        };
        Self { kind: "Feature".to_owned(), properties, geometry: Geometry::of(&plan.geometry) }
    }

    fn plan(self) -> Result<DevelopmentPlan, PlanError> {
        let Self { properties, geometry, .. } = self;
        let bad = |message| PlanError::BadPlan { id: properties.id.clone(), message };
        let date = |text: &Option<String>| {
            text.as_ref().map(|text| text.parse::<Date>().map_err(|_| bad("a date is not of ISO 8601"))).transpose()
        };
        let limits = [properties.max_height, properties.grz, properties.gfz];
        if limits.into_iter().flatten().any(|limit| !is_limit(limit)) {
            return Err(bad("a limit is negative or beyond all measure"));
        }
        if properties.link.as_ref().is_some_and(|link| checked_link(link).is_none()) {
            return Err(bad("the link is no https address"));
        }
        Ok(DevelopmentPlan {
            geometry: geometry.polygons().ok_or_else(|| bad("the geometry is not made of closed rings in degrees"))?,
            resolved_on: date(&properties.resolved_on)?,
            in_force_since: date(&properties.in_force_since)?,
            id: properties.id,
            number: properties.number,
            name: properties.name,
            status: properties.status,
            permitted_use: properties.permitted_use,
            max_height_m: properties.max_height,
            max_storeys: properties.max_storeys,
            site_coverage: properties.grz,
            floor_area_ratio: properties.gfz,
            link: properties.link,
        })
    }
}

impl Geometry {
    fn of(polygons: &MultiPolygon<f64>) -> Self {
        let position = |at: &Coord<f64>| [rounded(at.x), rounded(at.y)];
        let ring = |ring: &LineString<f64>| ring.0.iter().map(position).collect();
        let rings =
            |polygon: &Polygon<f64>| std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring).collect();
        let coordinates = polygons.orient(Direction::Default).0.iter().map(rings).collect();
        Self { kind: "MultiPolygon".to_owned(), coordinates }
    }

    fn polygons(&self) -> Option<MultiPolygon<f64>> {
        if self.kind != "MultiPolygon" {
            return None;
        }
        let polygon = |rings: &Vec<Vec<[f64; 2]>>| {
            let mut rings = rings.iter().map(|ring| closed_ring(ring));
            Some(Polygon::new(rings.next()??, rings.collect::<Option<_>>()?))
        };
        self.coordinates.iter().map(polygon).collect::<Option<Vec<_>>>().map(MultiPolygon)
    }
}

fn closed_ring(positions: &[[f64; 2]]) -> Option<LineString<f64>> {
    let in_degrees = positions.iter().all(|[lon, lat]| lon.abs() <= 180.0 && lat.abs() <= 90.0);
    let is_ring = positions.len() >= 4 && positions.first() == positions.last();
    (in_degrees && is_ring).then(|| positions.iter().map(|[lon, lat]| Coord { x: *lon, y: *lat }).collect())
}

/// To 8 decimals: about a millimetre. Adding zero turns a negative zero into zero.
fn rounded(degrees: f64) -> f64 {
    (degrees * 1e8).round() / 1e8 + 0.0
}

fn to_thousandths(limit: f64) -> f64 {
    (limit * 1e3).round() / 1e3 + 0.0
}
