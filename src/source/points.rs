//! Features of any GeoJSON → places with a name, by the names that a city gives its columns.
//!
//! Of each feature the columns that the city's configuration names are taken, and its point; nothing else leaves.

use ::geo::Geometry;
use serde::Deserialize;
use serde_json::Value;

use super::geojson::Feature;
use crate::geo::Geodetic;
use crate::points::{NamedPoint, is_name, is_on_earth};
use crate::report::{Report, WarningKind};

/// Which property of a feature is what.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PointMapping {
    /// Property with the name.
    pub name: String,
    /// Property with a word more; `None` takes nothing more.
    pub note: Option<String>,
}

impl Default for PointMapping {
    fn default() -> Self {
        Self { name: "name".to_owned(), note: None }
    }
}

/// Makes places of features; `to_geodetic` takes a position of the features' system to the ground there. What has no
/// point, no name or no place on earth is reported and left out; a note that is none is left out alone.
pub fn read_points(
    features: &[Feature],
    mapping: &PointMapping,
    to_geodetic: &dyn Fn([f64; 2]) -> Option<Geodetic>,
    report: &mut Report,
) -> Vec<NamedPoint> {
    let mut points = Vec::new();
    for feature in features {
        match point(feature, mapping, to_geodetic) {
            Ok(point) => points.push(point),
            Err((kind, message)) => report.warn(kind, feature.place.clone(), message),
        }
    }
    points
}

fn point(
    feature: &Feature,
    mapping: &PointMapping,
    to_geodetic: &dyn Fn([f64; 2]) -> Option<Geodetic>,
) -> Result<NamedPoint, (WarningKind, &'static str)> {
    let Geometry::Point(at) = &feature.geometry else {
        return Err((WarningKind::NoGeometry, "the place's geometry is not a point"));
    };
    let name = text(feature, &mapping.name);
    let name = name.ok_or((WarningKind::ObjectSkipped, "the place has no name, or one that is too long"))?;
    let place = to_geodetic([at.x(), at.y()]).filter(|place| is_on_earth(*place));
    Ok(NamedPoint {
        name,
        note: mapping.note.as_ref().and_then(|column| text(feature, column)),
        place: place.ok_or((WarningKind::ObjectSkipped, "the place's coordinates cannot be taken to degrees"))?,
    })
}

fn text(feature: &Feature, column: &str) -> Option<String> {
    let text = match feature.properties.get(column)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    is_name(&text).then_some(text)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::points::PointLayer;
    use crate::source::{ReadOptions, geojson};

    #[test]
    fn only_the_named_columns_leave() {
        let feature = |properties: &str, geometry: &str| {
            format!("\n{{\"type\":\"Feature\",\"properties\":{{{properties}}},\"geometry\":{geometry}}}")
        };
        let at = r#"{"type":"Point","coordinates":[11.5,48.1]}"#;
        let area = r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[0,1],[0,0]]]}"#;
        let features = [
            feature(r#""Titel":" Schule am Tal ","Art":"Grundschule","Leitung":"Geheime Person""#, at),
            feature(r#""Titel":12,"Art":null"#, at),
            feature(r#""Titel":"""#, at),
            feature(r#""Titel":"Park""#, area),
            feature(r#""Titel":"Nirgends""#, r#"{"type":"Point","coordinates":[0,48.1]}"#),
        ];
        let json = format!("{{\"type\":\"FeatureCollection\",\"features\":[{}]}}", features.join(","));
        let mut report = Report::default();
        let read = geojson::read(json.as_bytes(), &ReadOptions::of("f"), &mut report).expect("features");
        let mapping = PointMapping { name: "Titel".into(), note: Some("Art".into()) };
        let ground =
            |[lon_deg, lat_deg]: [f64; 2]| (lon_deg > 0.0).then_some(Geodetic { lon_deg, lat_deg, height_m: 560.0 });
        let layer = PointLayer::new(read_points(&read.features, &mapping, &ground, &mut report));
        let warnings: String = report.warnings().iter().map(|warning| format!("{warning}\n")).collect();
        expect![[r#"
            {"points":[
            {"name":"12","at":[11.5,48.1,560.0]},
            {"name":"Schule am Tal","note":"Grundschule","at":[11.5,48.1,560.0]}
            ]}
            f:4 (feature 3): the place has no name, or one that is too long
            f:5 (feature 4): the place's geometry is not a point
            f:6 (feature 5): the place's coordinates cannot be taken to degrees
        "#]]
        .assert_eq(&(layer.to_json().expect("a layer") + &warnings));
    }
}
