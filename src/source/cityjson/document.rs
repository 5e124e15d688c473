//! The top level of a CityJSON or CityJSONFeature object, taken apart while it streams: each city object is turned
//! into its compact form before the next is read. Nothing is resolved here.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::Arc;

use glam::DVec3;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::geometry::WireGeometry;
use super::object::{CityObject, NotOfBuilding};
use super::vertex::LooseVertex;
use crate::report::{Place, Report, WarningKind};
use crate::source::json::Meter;

/// What one CityJSON or CityJSONFeature object holds, indices not yet resolved.
#[derive(Default)]
pub(super) struct Document {
    /// Member `type`.
    pub(super) kind: Option<String>,
    /// Member `version`.
    pub(super) version: Option<String>,
    /// Member `transform`.
    pub(super) transform: Option<Transform>,
    /// `metadata.referenceSystem`, and the line on which the metadata end.
    pub(super) srs_name: Option<(String, u64)>,
    /// Buildings, parts and installations in the order of the file.
    pub(super) objects: Vec<CityObject>,
    /// Ids of all other objects; looked up only.
    pub(super) other_ids: HashSet<Arc<str>>,
    /// How many of them there are of each type of the standard.
    pub(super) other_objects: BTreeMap<&'static str, u64>,
    /// Vertices as they stand, before the transform.
    pub(super) vertices: Vec<DVec3>,
    /// Whether the vertices were read to their end.
    pub(super) vertices_complete: bool,
    /// Template geometries; `None` holds the place of one that is unusable.
    pub(super) templates: Vec<Option<WireGeometry>>,
    /// The templates' own vertices, in metres.
    pub(super) template_vertices: Vec<DVec3>,
    /// Objects that were left out with a warning.
    pub(super) skipped: u64,
}

/// Member `transform` (CityJSON 2.0.1 § 4): coordinates are `vertex * scale + translate`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Transform {
    pub(super) scale: DVec3,
    pub(super) translate: DVec3,
}

impl Transform {
    /// The transform of version 1.0 files that state none: vertices are coordinates.
    pub(super) const IDENTITY: Self = Self { scale: DVec3::ONE, translate: DVec3::ZERO };

    fn parse(value: &Value) -> Option<Self> {
        Some(Self { scale: vector(value.get("scale")?)?, translate: vector(value.get("translate")?)? })
    }

    /// A vertex in the file's CRS.
    pub(super) fn apply(self, vertex: DVec3) -> DVec3 {
        vertex * self.scale + self.translate
    }
}

fn vector(value: &Value) -> Option<DVec3> {
    match value.as_array()?.as_slice() {
        [x, y, z] => Some(DVec3::new(x.as_f64()?, y.as_f64()?, z.as_f64()?)),
        _ => None,
    }
}

/// Reads a document into place, so that what came before a break is kept.
pub(super) struct DocumentSeed<'a> {
    pub(super) into: &'a mut Document,
    pub(super) file: &'a Arc<str>,
    pub(super) meter: &'a Meter,
    pub(super) report: &'a mut Report,
}

impl DocumentSeed<'_> {
    fn warn(&mut self, kind: WarningKind, message: &str) {
        let place = Place { file: self.file.clone(), line: self.meter.line(), object: None };
        self.report.warn(kind, place, message);
    }

    fn transform(&mut self, value: &Value) {
        self.into.transform = Transform::parse(value);
        if self.into.transform.is_none() {
            self.warn(WarningKind::BadValue, "the transform is not made of three scales and three translations");
        }
    }

    fn templates(&mut self, value: &Value) {
        let place =
            Place { file: self.file.clone(), line: self.meter.line(), object: Some("geometry-templates".into()) };
        let list = |name: &str| value.get(name).and_then(Value::as_array).into_iter().flatten();
        self.into.templates =
            list("templates").map(|template| WireGeometry::parse(template, &place, self.report)).collect();
        self.into.template_vertices =
            list("vertices-templates").map(|vertex| vector(vertex).unwrap_or(DVec3::NAN)).collect();
    }

    fn object(&mut self, id: &str, value: &Value) {
        let id: Arc<str> = id.into();
        let place = Place { file: self.file.clone(), line: self.meter.line(), object: Some(id.clone()) };
        match CityObject::parse(id.clone(), value, place, self.report) {
            Ok(object) => self.into.objects.push(object),
            Err(reason) => {
                self.into.other_ids.insert(id);
                match reason {
                    NotOfBuilding::Other(name) => *self.into.other_objects.entry(name).or_default() += 1,
                    NotOfBuilding::NotUnderstood => self.into.skipped += 1,
                }
            }
        }
    }
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

impl<'de> DeserializeSeed<'de> for DocumentSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for DocumentSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(super::EXPECTED)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            self.meter.restart();
            match key.as_str() {
                "type" => self.into.kind = text(map.next_value()?),
                "version" => self.into.version = text(map.next_value()?),
                "transform" => self.transform(&map.next_value()?),
                "metadata" => {
                    let metadata: Value = map.next_value()?;
                    let name = metadata.get("referenceSystem").and_then(Value::as_str);
                    self.into.srs_name = name.map(|name| (name.to_owned(), self.meter.line()));
                }
                "CityObjects" => map.next_value_seed(ObjectsSeed(&mut self))?,
                "vertices" => {
                    map.next_value_seed(VerticesSeed(&mut self))?;
                    self.into.vertices_complete = true;
                }
                "geometry-templates" => self.templates(&map.next_value()?),
                _ => {
                    self.meter.unlimited();
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

struct ObjectsSeed<'s, 'a>(&'s mut DocumentSeed<'a>);

impl<'de> DeserializeSeed<'de> for ObjectsSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ObjectsSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("city objects by id")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(id) = map.next_key::<String>()? {
            self.0.meter.restart();
            let value: Value = map.next_value()?;
            self.0.object(&id, &value);
        }
        Ok(())
    }
}

struct VerticesSeed<'s, 'a>(&'s mut DocumentSeed<'a>);

impl<'de> DeserializeSeed<'de> for VerticesSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for VerticesSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of vertices")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        self.0.into.vertices.clear();
        while let Some(LooseVertex(vertex)) = seq.next_element()? {
            self.0.meter.restart();
            self.0.into.vertices.push(vertex);
        }
        Ok(())
    }
}
