//! The objects of a tileset and of its metadata schema, member by member (the JSON schemas of OGC 22-025r4): what a
//! member may hold by itself. What has to fit together is checked in `mod` and `schema`.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Check;

/// What may stand in a member.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Anything: free, or checked elsewhere.
    Any,
    /// A text with something in it.
    Text,
    /// A text that names something: letters, digits, underscores, no digit first.
    Identifier,
    /// `true` or `false`.
    Flag,
    /// A number.
    Number,
    /// A whole number, this one or more.
    Integer(i64),
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// Names of extensions: different texts, at least one.
    Names,
    /// Objects by the names of extensions.
    Extensions,
    /// An object.
    Object(&'static [Member]),
    /// Objects by identifiers, at least one.
    Map(&'static [Member]),
    /// Objects by any names.
    Dictionary(&'static [Member]),
    /// A list of objects, at least one.
    List(&'static [Member]),
}

/// A member of an object.
pub(super) struct Member {
    name: &'static str,
    kind: Kind,
    required: bool,
}

const fn may(name: &'static str, kind: Kind) -> Member {
    Member { name, kind, required: false }
}

const fn must(name: &'static str, kind: Kind) -> Member {
    Member { name, kind, required: true }
}

const EXTENSIONS: Member = may("extensions", Kind::Extensions);
const EXTRAS: Member = may("extras", Kind::Any);
const NAME: Member = may("name", Kind::Text);
const DESCRIPTION: Member = may("description", Kind::Text);

pub(super) const TILESET: &[Member] = &[
    may("asset", Kind::Any),
    may(
        "properties",
        Kind::Dictionary(&[must("minimum", Kind::Number), must("maximum", Kind::Number), EXTENSIONS, EXTRAS]),
    ),
    may("schema", Kind::Object(SCHEMA)),
    may("schemaUri", Kind::Text),
    may("statistics", Kind::Object(&[may("classes", Kind::Map(STATISTICS)), EXTENSIONS, EXTRAS])),
    may("groups", Kind::List(ENTITY)),
    may("metadata", Kind::Object(ENTITY)),
    may("geometricError", Kind::Any),
    may("root", Kind::Any),
    may("extensionsUsed", Kind::Names),
    may("extensionsRequired", Kind::Names),
    EXTENSIONS,
    EXTRAS,
];

pub(super) const ASSET: &[Member] = &[may("version", Kind::Any), may("tilesetVersion", Kind::Text), EXTENSIONS, EXTRAS];

pub(super) const TILE: &[Member] = &[
    may("boundingVolume", Kind::Any),
    may("viewerRequestVolume", Kind::Any),
    may("geometricError", Kind::Any),
    may("refine", Kind::Any),
    may("transform", Kind::Any),
    may("content", Kind::Object(CONTENT)),
    may("contents", Kind::List(CONTENT)),
    may("metadata", Kind::Object(ENTITY)),
    may("implicitTiling", Kind::Object(IMPLICIT_TILING)),
    may("children", Kind::Any),
    EXTENSIONS,
    EXTRAS,
];

pub(super) const VOLUME: &[Member] =
    &[may("box", Kind::Any), may("sphere", Kind::Any), may("region", Kind::Any), EXTENSIONS, EXTRAS];

const CONTENT: &[Member] = &[
    may("uri", Kind::Any),
    may("boundingVolume", Kind::Any),
    may("metadata", Kind::Object(ENTITY)),
    may("group", Kind::Integer(0)),
    EXTENSIONS,
    EXTRAS,
];

const IMPLICIT_TILING: &[Member] = &[
    must("subdivisionScheme", Kind::OneOf(&["QUADTREE", "OCTREE"])),
    must("subtreeLevels", Kind::Integer(1)),
    must("availableLevels", Kind::Integer(1)),
    must("subtrees", Kind::Object(&[must("uri", Kind::Text), EXTENSIONS, EXTRAS])),
    EXTENSIONS,
    EXTRAS,
];

const ENTITY: &[Member] = &[must("class", Kind::Identifier), may("properties", Kind::Any), EXTENSIONS, EXTRAS];

const SCHEMA: &[Member] = &[
    must("id", Kind::Identifier),
    NAME,
    DESCRIPTION,
    may("version", Kind::Text),
    may("classes", Kind::Map(CLASS)),
    may("enums", Kind::Map(ENUM)),
    EXTENSIONS,
    EXTRAS,
];

const CLASS: &[Member] = &[NAME, DESCRIPTION, may("properties", Kind::Map(PROPERTY)), EXTENSIONS, EXTRAS];

/// Types of properties whose values are made of numbers.
pub(super) const NUMERIC_TYPES: &[&str] = &["SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4"];
const TYPES: &[&str] = &["SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4", "STRING", "BOOLEAN", "ENUM"];
const INTEGER_TYPES: &[&str] = &["INT8", "UINT8", "INT16", "UINT16", "INT32", "UINT32", "INT64", "UINT64"];
const COMPONENT_TYPES: &[&str] =
    &["INT8", "UINT8", "INT16", "UINT16", "INT32", "UINT32", "INT64", "UINT64", "FLOAT32", "FLOAT64"];

const PROPERTY: &[Member] = &[
    NAME,
    DESCRIPTION,
    must("type", Kind::OneOf(TYPES)),
    may("componentType", Kind::OneOf(COMPONENT_TYPES)),
    may("enumType", Kind::Identifier),
    may("array", Kind::Flag),
    may("count", Kind::Integer(2)),
    may("normalized", Kind::Flag),
    may("offset", Kind::Any),
    may("scale", Kind::Any),
    may("max", Kind::Any),
    may("min", Kind::Any),
    may("required", Kind::Flag),
    may("noData", Kind::Any),
    may("default", Kind::Any),
    may("semantic", Kind::Text),
    EXTENSIONS,
    EXTRAS,
];

const ENUM: &[Member] = &[
    NAME,
    DESCRIPTION,
    may("valueType", Kind::OneOf(INTEGER_TYPES)),
    must(
        "values",
        Kind::List(&[
            must("name", Kind::Text),
            DESCRIPTION,
            must("value", Kind::Integer(i64::MIN)),
            EXTENSIONS,
            EXTRAS,
        ]),
    ),
    EXTENSIONS,
    EXTRAS,
];

const STATISTICS: &[Member] =
    &[may("count", Kind::Integer(0)), may("properties", Kind::Map(PROPERTY_STATISTICS)), EXTENSIONS, EXTRAS];

const PROPERTY_STATISTICS: &[Member] = &[
    may("min", Kind::Any),
    may("max", Kind::Any),
    may("mean", Kind::Any),
    may("median", Kind::Any),
    may("standardDeviation", Kind::Any),
    may("variance", Kind::Any),
    may("sum", Kind::Any),
    may("occurrences", Kind::Any),
    EXTENSIONS,
    EXTRAS,
];

impl Check<'_> {
    /// Checks the members of an object that stands at `place`.
    pub(super) fn shape(&mut self, place: &str, json: &Value, members: &[Member]) {
        let Some(object) = json.as_object() else { return self.find(place, "is no object") };
        for (name, value) in object {
            match members.iter().find(|member| member.name == name) {
                Some(member) => self.member(place, name, value, member.kind),
                None => self.find(place, format!("{name} is no member of the standard")),
            }
        }
        for member in members.iter().filter(|member| member.required && !object.contains_key(member.name)) {
            self.find(place, format!("has no {}", member.name));
        }
    }

    fn member(&mut self, place: &str, name: &str, value: &Value, kind: Kind) {
        if let Some(fault) = fault(value, kind) {
            return self.find(place, format!("{name} is {fault}"));
        }
        let here = || format!("{place}/{name}");
        match kind {
            Kind::Object(members) => self.shape(&here(), value, members),
            Kind::Map(members) | Kind::Dictionary(members) => {
                for (key, value) in value.as_object().into_iter().flatten() {
                    self.shape(&format!("{}/{key}", here()), value, members);
                }
            }
            Kind::List(members) => {
                for (index, value) in value.as_array().into_iter().flatten().enumerate() {
                    self.shape(&format!("{}/{index}", here()), value, members);
                }
            }
            Kind::Extensions => self.extensions.extend(value.as_object().into_iter().flat_map(Map::keys).cloned()),
            _ => {}
        }
    }
}

/// What a value is instead of what it should be; the objects in it are not looked at.
fn fault(value: &Value, kind: Kind) -> Option<String> {
    let text = value.as_str();
    let (holds, fault) = match kind {
        Kind::Any => (true, ""),
        Kind::Text => (text.is_some_and(|text| !text.is_empty()), "no text, or an empty one"),
        Kind::Identifier => (text.is_some_and(is_identifier), "no identifier"),
        Kind::Flag => (value.is_boolean(), "neither true nor false"),
        Kind::Number => (value.is_number(), "no number"),
        Kind::Integer(least) => return (!is_integer_from(value, least)).then(|| integer_fault(least)),
        Kind::OneOf(known) => {
            let holds = text.is_some_and(|text| known.contains(&text));
            return (!holds).then(|| format!("none of {}", known.join(", ")));
        }
        Kind::Names => (are_different_texts(value), "no list of different names, or an empty one"),
        Kind::Extensions => {
            (value.as_object().is_some_and(|all| all.values().all(Value::is_object)), "no object of objects")
        }
        Kind::Object(_) | Kind::Dictionary(_) => (value.is_object(), "no object"),
        Kind::Map(_) => (
            value.as_object().is_some_and(|all| !all.is_empty() && all.keys().all(|key| is_identifier(key))),
            "no object by identifiers, or an empty one",
        ),
        Kind::List(_) => (value.as_array().is_some_and(|list| !list.is_empty()), "no list, or an empty one"),
    };
    (!holds).then(|| fault.to_owned())
}

fn integer_fault(least: i64) -> String {
    if least == i64::MIN { "no whole number".to_owned() } else { format!("no whole number from {least} on") }
}

fn is_integer_from(value: &Value, least: i64) -> bool {
    // 1.0 is one as well (JSON Schema, "integer").
    value.as_f64().is_some_and(|number| number.fract() == 0.0 && number >= least as f64)
}

fn are_different_texts(value: &Value) -> bool {
    let texts: Option<Vec<&str>> = value.as_array().and_then(|list| list.iter().map(Value::as_str).collect());
    texts.is_some_and(|texts| !texts.is_empty() && texts.iter().collect::<BTreeSet<_>>().len() == texts.len())
}

/// `^[a-zA-Z_][a-zA-Z0-9_]*$` (3D Metadata Specification, "Identifiers").
fn is_identifier(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.chars().all(word) && text.starts_with(|c: char| !c.is_ascii_digit())
}
