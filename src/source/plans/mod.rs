//! Features of any GeoJSON → development plans, by the names that a city gives its columns.
//!
//! The city's configuration says which column is what; a file in the canonical form needs no mapping. Whatever is not
//! understood is reported with its feature.

mod cell;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use ::geo::{Coord, Geometry, LineString, MultiPolygon, Polygon};
use serde::Deserialize;

use self::cell::{Cells, Problem};
use super::geojson::Feature;
use crate::plan::{DevelopmentPlan, PlanLayer, PlanStatus, checked_link};
use crate::report::{Report, WarningKind};

/// Which property of a feature is what. The default is the canonical form of [`crate::plan`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanMapping {
    /// Property with the id; where it is absent the feature's own id and then the number stand in.
    pub id: String,
    /// Property with the plan's number.
    pub number: String,
    /// Property with the name; where it is absent the number stands in.
    pub name: String,
    /// Property with the status.
    pub status: String,
    /// What the status' texts mean, compared without regard to case. Beside these the canonical keys are known.
    pub status_values: BTreeMap<String, PlanStatus>,
    /// The status of all features where the file has none, such as a file of plans in force only.
    pub status_of_all: Option<PlanStatus>,
    /// Property with the day of the Satzungsbeschluss.
    pub resolved_on: String,
    /// Property with the day since which the plan is rechtsverbindlich.
    pub in_force_since: String,
    /// Property with the permitted use.
    pub permitted_use: String,
    /// What the uses' texts mean: texts to codes. A text that is not in here is taken for a code.
    pub use_values: BTreeMap<String, String>,
    /// Property with the greatest height, metres.
    pub max_height_m: String,
    /// Property with the most storeys.
    pub max_storeys: String,
    /// Property with the Grundflächenzahl.
    pub site_coverage: String,
    /// Property with the Geschossflächenzahl.
    pub floor_area_ratio: String,
    /// Property with the address of the document.
    pub link: String,
}

impl Default for PlanMapping {
    fn default() -> Self {
        let german = [
            ("aufstellungsbeschluss", PlanStatus::InPreparation),
            ("in aufstellung", PlanStatus::InPreparation),
            ("im verfahren", PlanStatus::InPreparation),
            ("öffentliche auslegung", PlanStatus::PublicDisplay),
            ("satzungsbeschluss", PlanStatus::Resolved),
            ("als satzung beschlossen", PlanStatus::Resolved),
            ("rechtsverbindlich", PlanStatus::InForce),
            ("rechtskräftig", PlanStatus::InForce),
            ("in kraft", PlanStatus::InForce),
            ("aufgehoben", PlanStatus::Repealed),
        ];
        let name = str::to_owned;
        Self {
            id: name("id"),
            number: name("number"),
            name: name("name"),
            status: name("status"),
            status_values: german.into_iter().map(|(text, status)| (text.to_owned(), status)).collect(),
            status_of_all: None,
            resolved_on: name("resolvedOn"),
            in_force_since: name("inForceSince"),
            permitted_use: name("use"),
            use_values: BTreeMap::new(),
            max_height_m: name("maxHeight"),
            max_storeys: name("maxStoreys"),
            site_coverage: name("grz"),
            floor_area_ratio: name("gfz"),
            link: name("link"),
        }
    }
}

/// Takes a position of the features' system to longitude and latitude in degrees; `None` where it cannot.
pub type ToGeodetic<'a> = &'a dyn Fn([f64; 2]) -> Option<[f64; 2]>;

/// Makes plans of features. A feature without an area, a known status or a name is reported and left out; a single
/// property that cannot be understood is reported and left out alone.
pub fn read_plans(
    features: &[Feature],
    mapping: &PlanMapping,
    to_geodetic: ToGeodetic<'_>,
    report: &mut Report,
) -> PlanLayer {
    let mut plans = Vec::new();
    let mut ids = BTreeSet::new();
    for feature in features {
        match plan(feature, mapping, to_geodetic, report) {
            Ok(plan) if ids.contains(&plan.id) => {
                let message = "the plan's id stands more than once; the first is kept";
                report.warn(WarningKind::DuplicateId, feature.place.clone(), message);
            }
            Ok(plan) => {
                ids.insert(plan.id.clone());
                plans.push(plan);
            }
            Err((kind, message)) => report.warn(kind, feature.place.clone(), message),
        }
    }
    PlanLayer::new(plans)
}

fn plan(
    feature: &Feature,
    mapping: &PlanMapping,
    to_geodetic: ToGeodetic<'_>,
    report: &mut Report,
) -> Result<DevelopmentPlan, Problem> {
    let mut cells = Cells { properties: &feature.properties, place: &feature.place, report };
    let number = cells.text(&mapping.number);
    let name = cells.text(&mapping.name).or_else(|| number.clone());
    let id = cells.text(&mapping.id).or_else(|| feature.id.clone()).or_else(|| number.clone());
    Ok(DevelopmentPlan {
        id: id.ok_or((WarningKind::ObjectSkipped, "the plan has neither id nor number"))?,
        name: name.ok_or((WarningKind::ObjectSkipped, "the plan has neither name nor number"))?,
        status: status(&mut cells, mapping)?,
        resolved_on: cells.date(&mapping.resolved_on),
        in_force_since: cells.date(&mapping.in_force_since),
        permitted_use: cells.text(&mapping.permitted_use).map(|text| match mapping.use_values.get(&text) {
            Some(code) => code.clone(),
            None => text,
        }),
        max_height_m: cells.limit(&mapping.max_height_m),
        max_storeys: cells.whole(&mapping.max_storeys),
        site_coverage: cells.limit(&mapping.site_coverage),
        floor_area_ratio: cells.limit(&mapping.floor_area_ratio),
        link: cells.checked(&mapping.link, "is no https address", checked_link),
        geometry: area(&feature.geometry, to_geodetic)?,
        number,
    })
}

/// A plan of unknown standing must not look as if it were in force.
fn status(cells: &mut Cells<'_>, mapping: &PlanMapping) -> Result<PlanStatus, Problem> {
    let Some(text) = cells.text(&mapping.status) else {
        return mapping.status_of_all.ok_or((WarningKind::ObjectSkipped, "the plan has no status"));
    };
    let text = text.to_lowercase();
    let canonical =
        || PlanStatus::deserialize(serde::de::value::StrDeserializer::<serde::de::value::Error>::new(&text)).ok();
    let mut known = mapping.status_values.iter();
    known
        .find_map(|(name, status)| (name.to_lowercase() == text).then_some(*status))
        .or_else(canonical)
        .ok_or((WarningKind::ObjectSkipped, "the plan's status is not known"))
}

fn area(geometry: &Geometry<f64>, to_geodetic: ToGeodetic<'_>) -> Result<MultiPolygon<f64>, Problem> {
    let polygons: &[Polygon<f64>] = match geometry {
        Geometry::Polygon(polygon) => std::slice::from_ref(polygon),
        Geometry::MultiPolygon(polygons) => &polygons.0,
        _ => return Err((WarningKind::NoGeometry, "the plan's geometry is not an area")),
    };
    let moved: Option<Vec<_>> = polygons.iter().map(|polygon| moved(polygon, to_geodetic)).collect();
    moved.map(MultiPolygon).ok_or((WarningKind::ObjectSkipped, "the plan's coordinates cannot be taken to degrees"))
}

fn moved(polygon: &Polygon<f64>, to_geodetic: ToGeodetic<'_>) -> Option<Polygon<f64>> {
    let position = |at: &Coord<f64>| {
        let [x, y] = to_geodetic([at.x, at.y])?;
        let is_on_earth = x.abs() <= 180.0 && y.abs() <= 90.0;
        is_on_earth.then_some(Coord { x, y })
    };
    let ring = |ring: &LineString<f64>| ring.0.iter().map(position).collect::<Option<Vec<_>>>().map(LineString);
    Some(Polygon::new(ring(polygon.exterior())?, polygon.interiors().iter().map(ring).collect::<Option<_>>()?))
}
