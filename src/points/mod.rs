//! Places of everyday life (stops, schools, playgrounds and the like) as points with a name: canonical JSON in and out.
//!
//! Stands beside `plan`: `source::points` makes a [`PointLayer`] of a city's files, `store` publishes it, and whoever
//! answers for a house reads the whole layer and finds the nearest by itself, so that no server learns of which house.
//! What stands in it is open data by the city's file. A point is joined to no building and knows none.
//!
//! # Canonical JSON
//!
//! `{"points":[…]}`, a point a line, by name: `name`, `note` where there is one, `at`: longitude and latitude in degrees
//! with six decimals, height above the ellipsoid in metres with one. The same layer gives the same bytes.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::geo::Geodetic;
use crate::texts::{Language, text};
use crate::twin::PointCategory;

/// Largest layer that is read.
const MAX_BYTES: usize = 32 << 20;
/// Longest name or note, characters.
const MAX_CHARS: usize = 160;

/// A place with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedPoint {
    /// Its name.
    pub name: String,
    /// A word more, such as the lines of a stop.
    pub note: Option<String>,
    /// Where it is.
    pub place: Geodetic,
}

/// Why bytes are no layer of points.
#[derive(Debug, Error)]
pub enum PointsError {
    /// The JSON is broken or not of the canonical shape.
    #[error("the layer of places is not canonical JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// Larger than any layer is.
    #[error("the layer of places has more than {0} bytes")]
    TooLarge(usize),
    /// A point has a member that cannot be.
    #[error("place {number}: {message}")]
    BadPoint {
        /// Its number in the file, from 1.
        number: usize,
        /// What is wrong.
        message: &'static str,
    },
}

/// Points in the order of their names and places, none twice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PointLayer {
    points: Vec<NamedPoint>,
}

/// The category in words.
pub fn category_name(category: PointCategory, language: Language) -> &'static str {
    let key = match category {
        PointCategory::Stop => "near.stop",
        PointCategory::School => "near.school",
        PointCategory::Nursery => "near.nursery",
        PointCategory::Playground => "near.playground",
        PointCategory::Doctor => "near.doctor",
        PointCategory::Office => "near.office",
    };
    text(language, key)
}

#[derive(Serialize, Deserialize)]
struct Wire {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    at: [f64; 3],
}

#[derive(Deserialize)]
struct WireLayer {
    points: Vec<Wire>,
}

impl PointLayer {
    /// A layer of these points, rounded to what is published.
    pub fn new(points: Vec<NamedPoint>) -> Self {
        let mut points: Vec<NamedPoint> = points.into_iter().map(rounded).collect();
        points.sort_by(by_name_and_place);
        points.dedup();
        Self { points }
    }

    /// All points.
    pub fn points(&self) -> &[NamedPoint] {
        &self.points
    }

    /// The layer as canonical JSON.
    pub fn to_json(&self) -> Result<String, PointsError> {
        let line = |point: &NamedPoint| {
            let Geodetic { lon_deg, lat_deg, height_m } = point.place;
            let at = [lon_deg, lat_deg, height_m];
            serde_json::to_string(&Wire { name: point.name.clone(), note: point.note.clone(), at })
        };
        let lines: Vec<String> = self.points.iter().map(line).collect::<Result<_, _>>()?;
        Ok(format!("{{\"points\":[\n{}\n]}}\n", lines.join(",\n")))
    }

    /// Reads what [`PointLayer::to_json`] wrote. Fails on the first thing that cannot be.
    pub fn from_json(bytes: &[u8]) -> Result<Self, PointsError> {
        if bytes.len() > MAX_BYTES {
            return Err(PointsError::TooLarge(MAX_BYTES));
        }
        let wire: WireLayer = serde_json::from_slice(bytes)?;
        let points = wire.points.into_iter().enumerate().map(|(index, wire)| {
            let [lon_deg, lat_deg, height_m] = wire.at;
            let place = Geodetic { lon_deg, lat_deg, height_m };
            let bad = |message| PointsError::BadPoint { number: index + 1, message };
            if !is_on_earth(place) {
                return Err(bad("it is nowhere on earth"));
            }
            if !is_name(&wire.name) || !wire.note.iter().all(|note| is_name(note)) {
                return Err(bad("its name or note is empty, too long or no text for people"));
            }
            Ok(NamedPoint { name: wire.name, note: wire.note, place })
        });
        Ok(Self::new(points.collect::<Result<_, _>>()?))
    }
}

/// Whether a text can stand as a name or note: something, on one line, not too long.
pub fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= MAX_CHARS && !text.chars().any(char::is_control)
}

/// Whether a place is one on or near the ground.
pub fn is_on_earth(place: Geodetic) -> bool {
    place.lon_deg.abs() <= 180.0 && place.lat_deg.abs() <= 90.0 && place.height_m.abs() <= 12_000.0
}

fn rounded(point: NamedPoint) -> NamedPoint {
    let to = |number: f64, scale: f64| (number * scale).round() / scale;
    let Geodetic { lon_deg, lat_deg, height_m } = point.place;
    let place = Geodetic { lon_deg: to(lon_deg, 1e6), lat_deg: to(lat_deg, 1e6), height_m: to(height_m, 10.0) };
    NamedPoint { place, ..point }
}

fn by_name_and_place(one: &NamedPoint, other: &NamedPoint) -> Ordering {
    let texts = (&one.name, &one.note).cmp(&(&other.name, &other.note));
    let lon = || one.place.lon_deg.total_cmp(&other.place.lon_deg);
    let lat = || one.place.lat_deg.total_cmp(&other.place.lat_deg);
    let height = || one.place.height_m.total_cmp(&other.place.height_m);
    texts.then_with(lon).then_with(lat).then_with(height)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use proptest::prelude::*;

    use super::*;

    fn point(name: &str, note: Option<&str>, lon_deg: f64) -> NamedPoint {
        let place = Geodetic { lon_deg, lat_deg: 48.137_244_96, height_m: 565.04 };
        NamedPoint { name: name.into(), note: note.map(Into::into), place }
    }

    #[test]
    fn a_layer_is_written_by_name_and_comes_back() {
        let twice = || point("Marienplatz", Some("U3, U6"), 11.575_42);
        let layer = PointLayer::new(vec![twice(), point("\"Am Tal\"", None, 11.6), twice()]);
        let json = layer.to_json().expect("any layer can be written");
        expect![[r#"
            {"points":[
            {"name":"\"Am Tal\"","at":[11.6,48.137245,565.0]},
            {"name":"Marienplatz","note":"U3, U6","at":[11.57542,48.137245,565.0]}
            ]}
        "#]]
        .assert_eq(&json);
        assert_eq!(PointLayer::from_json(json.as_bytes()).expect("what was written can be read"), layer);
    }

    #[test]
    fn what_cannot_be_is_named() {
        let error = |point: &str| {
            let json = format!("{{\"points\":[{point}]}}");
            PointLayer::from_json(json.as_bytes()).expect_err("a broken point").to_string()
        };
        assert_eq!(error(r#"{"name":"a","at":[200,0,0]}"#), "place 1: it is nowhere on earth");
        assert_eq!(error(r#"{"name":"a","at":[0,0,1e9]}"#), "place 1: it is nowhere on earth");
        for name in ["", " ", "a\\nb", &"x".repeat(200)] {
            let said = error(&format!("{{\"name\":\"{name}\",\"at\":[0,0,0]}}"));
            assert_eq!(said, "place 1: its name or note is empty, too long or no text for people");
        }
    }

    #[test]
    fn what_is_no_layer_is_an_error() {
        let error = |json: &[u8]| PointLayer::from_json(json).expect_err("no layer").to_string();
        for json in ["", "[]", "{}", r#"{"points":{}}"#, r#"{"points":[{"name":"a"}]}"#, r#"{"points":[]} x"#] {
            let said = error(json.as_bytes());
            assert!(said.starts_with("the layer of places is not canonical JSON: "), "{json}: {said}");
        }
        // Beyond any number, so that none of a layer is endless or not one.
        let said = error(br#"{"points":[{"name":"a","at":[1e999,0,0]}]}"#);
        assert!(said.contains("number out of range"), "{said}");
        assert_eq!(error(&vec![b' '; MAX_BYTES + 1]), "the layer of places has more than 33554432 bytes");
    }

    proptest! {
        #[test]
        fn any_bytes_of_a_layer_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = PointLayer::from_json(&bytes);
        }

        #[test]
        fn any_layer_is_written_the_same_again(
            points in proptest::collection::vec(("[a-zäß \"<]{1,8}[a-z]", -180.0..180.0, -90.0..90.0, -500.0..3000.0), 0..20),
        ) {
            let point = |(name, lon_deg, lat_deg, height_m)| {
                NamedPoint { name, note: None, place: Geodetic { lon_deg, lat_deg, height_m } }
            };
            let mut points: Vec<NamedPoint> = points.into_iter().map(point).collect();
            let json = PointLayer::new(points.clone()).to_json().expect("any layer can be written");
            points.reverse();
            prop_assert_eq!(&PointLayer::new(points).to_json().expect("any layer can be written"), &json);
            let again = PointLayer::from_json(json.as_bytes()).expect("what was written can be read");
            prop_assert_eq!(again.to_json().expect("any layer can be written"), json);
        }
    }
}
