//! GeoJSON (RFC 7946, and its 2008 draft with a `crs` member): text → features with plain geometries.
//!
//! Used for districts, planning layers and every other layer of a city. Coordinates stay in the file's system; what a
//! property means is for the caller to say. A file is held whole, up to [`ReadOptions::max_file_bytes`]. Coordinates are always read as east before north, longitude before
//! latitude, whatever the named system's own axis order is: that is how all software writes them.

mod geometry;

#[cfg(test)]
mod tests;

use std::fmt;
use std::io::BufRead;
use std::sync::Arc;

use ::geo::{BoundingRect, Geometry, Rect, coord};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use self::geometry::GeometryReader;
use super::json::{Meter, Metered, json_error, skip_bom};
use super::system::{Axes, System};
use super::{ReadError, ReadOptions};
use crate::geo::Crs;
use crate::report::{Place, Report, WarningKind};

/// What the JSON should have been, in error messages.
const EXPECTED: &str = "a GeoJSON FeatureCollection or Feature";

/// The system of a file that names none (RFC 7946 § 4): WGS 84, longitude before latitude.
const WGS84: Crs = Crs { horizontal: 4326, vertical: None };

/// A feature with its properties as they stand in the file.
#[derive(Clone, PartialEq)]
pub struct Feature {
    /// Member `id`, numbers as text.
    pub id: Option<String>,
    /// Where it stands; the object is its id or its place in the list.
    pub place: Place,
    /// Member `properties`.
    pub properties: Map<String, Value>,
    /// Heights are left out. Rings are closed and have an area.
    pub geometry: Geometry<f64>,
}

/// A file's features.
#[derive(Clone, Default, PartialEq)]
pub struct FeatureCollection {
    /// The system of all coordinates: EPSG:4326 where the file names none; `None` where it names none although its
    /// coordinates are no degrees, or an unknown one and that is allowed.
    pub crs: Option<Crs>,
    /// The features in the order of the file.
    pub features: Vec<Feature>,
    /// Features left out, each with a warning.
    pub skipped: u64,
}

/// Reads a FeatureCollection or a single Feature. A broken feature is reported and left out; broken JSON is an error, and
/// so is an unknown system of coordinates unless the options allow it.
pub fn read(
    mut input: impl BufRead,
    options: &ReadOptions,
    report: &mut Report,
) -> Result<FeatureCollection, ReadError> {
    skip_bom(&mut input).map_err(|source| ReadError::Io { file: options.file.clone(), source })?;
    let meter = Meter::new(1, options.max_object_bytes).of_file(options.max_file_bytes);
    let mut reading = Reading { options, file: &options.file, meter: &meter, report, found: Found::default() };
    let mut json = serde_json::Deserializer::from_reader(Metered::new(&mut input, &meter));
    let parsed = TopLevel(&mut reading).deserialize(&mut json).and_then(|()| {
        meter.restart();
        json.end()
    });
    match parsed {
        Ok(()) => reading.finish(),
        Err(error) => Err(json_error(error, &options.file, meter.line(), EXPECTED)),
    }
}

/// Everything that was met on the top level.
#[derive(Default)]
struct Found {
    kind: Option<String>,
    /// Member `crs`, and the line on which it ends.
    crs: Option<(Value, u64)>,
    /// Members of a single feature.
    single: Map<String, Value>,
    count: u64,
    collection: FeatureCollection,
}

/// Why a feature is left out.
type Problem = (WarningKind, &'static str);

struct Reading<'a> {
    options: &'a ReadOptions,
    file: &'a Arc<str>,
    meter: &'a Meter,
    report: &'a mut Report,
    found: Found,
}

impl Reading<'_> {
    fn place(&self, line: u64, object: Option<Arc<str>>) -> Place {
        Place { file: self.file.clone(), line, object }
    }

    fn finish(mut self) -> Result<FeatureCollection, ReadError> {
        match self.found.kind.as_deref() {
            Some("FeatureCollection") => {}
            Some("Feature") => {
                let single = std::mem::take(&mut self.found.single);
                self.feature(Value::Object(single), 1);
            }
            _ => {
                let message = "the type is neither FeatureCollection nor Feature".to_owned();
                return Err(ReadError::UnknownFormat { file: self.file.clone(), message });
            }
        }
        self.found.collection.crs = self.crs()?;
        Ok(self.found.collection)
    }

    /// One member of `features`, or the whole file.
    fn feature(&mut self, value: Value, line: u64) {
        self.found.count += 1;
        let id = match value.get("id") {
            Some(Value::String(id)) => Some(id.clone()),
            Some(Value::Number(id)) => Some(id.to_string()),
            _ => None,
        };
        let object = id.clone().unwrap_or_else(|| format!("feature {}", self.found.count));
        let place = self.place(line, Some(object.into()));
        match self.parts(value, &place) {
            Ok((properties, geometry)) => {
                self.found.collection.features.push(Feature { id, place, properties, geometry });
            }
            Err((kind, message)) => {
                self.found.collection.skipped += 1;
                self.report.warn(kind, place, message);
            }
        }
    }

    fn parts(&mut self, value: Value, place: &Place) -> Result<(Map<String, Value>, Geometry<f64>), Problem> {
        let Value::Object(mut members) = value else {
            return Err((WarningKind::ObjectSkipped, "the feature is not an object"));
        };
        let geometry = match members.get("geometry") {
            None | Some(Value::Null) => return Err((WarningKind::NoGeometry, "the feature has no geometry")),
            Some(geometry) => GeometryReader { place, report: self.report }.geometry(geometry),
        };
        let geometry = geometry.ok_or((WarningKind::ObjectSkipped, "the feature's geometry cannot be used"))?;
        match members.remove("properties") {
            Some(Value::Object(properties)) => Ok((properties, geometry)),
            None | Some(Value::Null) => Ok((Map::new(), geometry)),
            Some(_) => Err((WarningKind::ObjectSkipped, "the feature's properties are not an object")),
        }
    }

    /// The system of the coordinates, checked against them where it is WGS 84.
    fn crs(&mut self) -> Result<Option<Crs>, ReadError> {
        let crs = match self.found.crs.take() {
            None | Some((Value::Null, _)) => WGS84,
            Some((member, line)) => {
                let name = member.pointer("/properties/name").and_then(Value::as_str).unwrap_or_default();
                match System::named(name, Axes::EastFirst) {
                    Ok(system) => system.crs(),
                    Err(source) if self.options.refuses_unknown_crs => {
                        return Err(ReadError::UnknownCrs { file: self.file.clone(), line, source });
                    }
                    Err(error) => {
                        let place = self.place(line, None);
                        self.report.warn(WarningKind::CrsMissing, place, format!("member crs: {error}"));
                        return Ok(None);
                    }
                }
            }
        };
        if crs == WGS84 && !self.found.collection.features.iter().all(|feature| in_degrees(&feature.geometry)) {
            let message = "the coordinates are no degrees, although the file names no other system";
            self.report.warn(WarningKind::CrsMissing, self.place(0, None), message);
            return Ok(None);
        }
        Ok(Some(crs))
    }
}

fn in_degrees(geometry: &Geometry<f64>) -> bool {
    let world = Rect::new(coord! { x: -180.0, y: -90.0 }, coord! { x: 180.0, y: 90.0 });
    geometry.bounding_rect().is_none_or(|bounds| {
        bounds.min().x >= world.min().x
            && bounds.min().y >= world.min().y
            && bounds.max().x <= world.max().x
            && bounds.max().y <= world.max().y
    })
}

struct TopLevel<'r, 'a>(&'r mut Reading<'a>);

impl<'de> DeserializeSeed<'de> for TopLevel<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for TopLevel<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            self.0.meter.restart();
            match key.as_str() {
                "type" => self.0.found.kind = map.next_value::<Value>()?.as_str().map(str::to_owned),
                "crs" => self.0.found.crs = Some((map.next_value()?, self.0.meter.line())),
                "features" => map.next_value_seed(FeatureList(self.0))?,
                "id" | "geometry" | "properties" => {
                    let value = map.next_value()?;
                    self.0.found.single.insert(key, value);
                }
                _ => {
                    self.0.meter.unlimited();
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

struct FeatureList<'r, 'a>(&'r mut Reading<'a>);

impl<'de> DeserializeSeed<'de> for FeatureList<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for FeatureList<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        loop {
            self.0.meter.restart();
            let Some(OneFeature { line, value }) = seq.next_element_seed(OneFeatureSeed(self.0.meter))? else {
                return Ok(());
            };
            self.0.feature(value, line);
        }
    }
}

/// A feature with the line on which it begins.
struct OneFeature {
    line: u64,
    value: Value,
}

struct OneFeatureSeed<'a>(&'a Meter);

impl<'de> DeserializeSeed<'de> for OneFeatureSeed<'_> {
    type Value = OneFeature;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<OneFeature, D::Error> {
        let line = self.0.line();
        Ok(OneFeature { line, value: serde::Deserialize::deserialize(deserializer)? })
    }
}
