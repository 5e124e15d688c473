//! The release's attributes as a schema of the 3D Metadata Specification, and values as columns of a property table.
//!
//! All tiles of a release have the same schema: types are chosen from the whole release, the smallest that keep every
//! released value exactly.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::TilesError;
use super::glb::{Column, PropertyTable};
use crate::privacy::ReleasedValue;
use crate::twin::{AttributeInfo, AttributeKind, CategoryValue, Language, Text};

/// The class of buildings in the schema.
pub(super) const CLASS: &str = "building";
/// "No data" of numbers with a fraction: the lowest single-precision number, exact in both precisions and in JSON.
const NO_REAL: f32 = f32::MIN;

/// What the values of one attribute have been so far; independent of their order.
#[derive(Clone, Copy, Debug)]
struct Range {
    min: i64,
    max: i64,
    is_single_precision: bool,
}

/// Checks values and finds the smallest types that hold them.
#[derive(Clone, Debug)]
pub(super) struct SchemaBuilder {
    attributes: Vec<AttributeInfo>,
    ids: Vec<String>,
    ranges: Vec<Range>,
}

/// A property's type in the tables.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stored {
    Text,
    /// Bytes; the lowest value is "no data".
    Integer(usize),
    Real32,
    Real64,
    /// Enum of `false`, `true` and "no data": the standard has no "no data" for `BOOLEAN`.
    Boolean,
    /// Enum with one byte.
    Enum8,
    /// Enum with two bytes.
    Enum16,
}

/// The schema of a release.
#[derive(Clone, Debug)]
pub(super) struct Schema {
    properties: Vec<(String, Stored)>,
    json: Value,
    /// `json` as text, shared by all tables.
    text: Arc<str>,
}

impl SchemaBuilder {
    /// For the attributes of a release, in their order.
    pub fn new(attributes: Vec<AttributeInfo>) -> Result<Self, TilesError> {
        let mut ids = vec!["id".to_owned()];
        for attribute in &attributes {
            let id = identifier(&attribute.name);
            if ids.contains(&id) {
                return Err(TilesError::AttributeName(attribute.name.clone()));
            }
            ids.push(id);
        }
        ids.remove(0);
        let ranges = vec![Range { min: 0, max: 0, is_single_precision: true }; attributes.len()];
        Ok(Self { attributes, ids, ranges })
    }

    /// Takes note of a building's values; fails where they do not fit the attributes.
    pub fn observe(&mut self, building: &str, values: &[Option<ReleasedValue>]) -> Result<(), TilesError> {
        if values.len() != self.attributes.len() {
            let (building, found, expected) = (building.to_owned(), values.len(), self.attributes.len());
            return Err(TilesError::ValueCount { building, found, expected });
        }
        for ((attribute, range), value) in self.attributes.iter().zip(&mut self.ranges).zip(values) {
            if value.as_ref().is_some_and(|value| !range.observe(&attribute.kind, value)) {
                let (building, attribute) = (building.to_owned(), attribute.name.clone());
                return Err(TilesError::ValueKind { building, attribute });
            }
        }
        Ok(())
    }

    /// The schema for everything observed.
    pub fn finish(self) -> Schema {
        let stored = |(attribute, range): (&AttributeInfo, &Range)| match &attribute.kind {
            AttributeKind::Text => Stored::Text,
            AttributeKind::Integer { .. } => Stored::Integer(range.width()),
            AttributeKind::Real { .. } if range.is_single_precision => Stored::Real32,
            AttributeKind::Real { .. } => Stored::Real64,
            AttributeKind::Boolean => Stored::Boolean,
            AttributeKind::Category { values } if values.len() < usize::from(u8::MAX) => Stored::Enum8,
            AttributeKind::Category { .. } => Stored::Enum16,
        };
        let properties: Vec<(String, Stored)> =
            self.ids.iter().cloned().zip(self.attributes.iter().zip(&self.ranges).map(stored)).collect();
        let json = schema_json(&self.attributes, &properties);
        let text = json.to_string().into();
        Schema { properties, json, text }
    }
}

impl Range {
    /// Whether a value fits its attribute's kind; widens the range to hold it.
    fn observe(&mut self, kind: &AttributeKind, value: &ReleasedValue) -> bool {
        match (kind, value) {
            (AttributeKind::Text, ReleasedValue::Text(_)) | (AttributeKind::Boolean, ReleasedValue::Boolean(_)) => true,
            (AttributeKind::Integer { .. }, &ReleasedValue::Integer(number)) => {
                (self.min, self.max) = (self.min.min(number), self.max.max(number));
                number > i64::MIN
            }
            (AttributeKind::Real { .. }, value) => real(value).is_some_and(|number| {
                self.is_single_precision &= f64::from(number as f32) == number;
                number.is_finite() && number != f64::from(NO_REAL)
            }),
            (AttributeKind::Category { values }, &ReleasedValue::Category(index)) => {
                usize::from(index) < values.len() && index < u16::MAX
            }
            _ => false,
        }
    }

    /// Bytes that hold the range and, below it, "no data".
    fn width(&self) -> usize {
        let fits = |bits: u32| self.min > -(1_i64 << (bits - 1)) && self.max < 1_i64 << (bits - 1);
        [8, 16, 32].into_iter().find(|&bits| fits(bits)).map_or(8, |bits| bits as usize / 8)
    }
}

impl Schema {
    /// The schema as JSON, for `tileset.json`.
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// The property table of some buildings, one row each. A property that none of them has is left out.
    pub fn table(&self, rows: &[(&str, &[Option<ReleasedValue>])]) -> PropertyTable {
        let mut columns = vec![("id".to_owned(), Column::strings(rows.iter().map(|(id, _)| *id)))];
        for (index, (name, stored)) in self.properties.iter().enumerate() {
            let values = || rows.iter().map(move |(_, values)| values.get(index).and_then(Option::as_ref));
            if values().any(|value| value.is_some()) {
                columns.push((name.clone(), stored.column(values())));
            }
        }
        PropertyTable { schema: self.text.clone(), class: CLASS.to_owned(), count: rows.len(), columns }
    }
}

impl Stored {
    fn column<'a>(self, values: impl Iterator<Item = Option<&'a ReleasedValue>>) -> Column {
        match self {
            Self::Text => Column::strings(values.map(|value| match value {
                Some(ReleasedValue::Text(text)) => text.as_str(),
                _ => "",
            })),
            Self::Integer(width) => Column::integers(values.map(|value| integer(value, width)), width),
            Self::Real32 => Column::f32(values.map(|value| value.and_then(real).map_or(NO_REAL, |real| real as f32))),
            Self::Real64 => Column::f64(values.map(|value| value.and_then(real).unwrap_or(f64::from(NO_REAL)))),
            Self::Boolean => Column::u8(values.map(|value| match value {
                Some(ReleasedValue::Boolean(yes)) => u8::from(*yes),
                _ => u8::MAX,
            })),
            Self::Enum8 => Column::u8(values.map(|value| category(value).map_or(u8::MAX, |index| index as u8))),
            Self::Enum16 => Column::u16(values.map(|value| category(value).unwrap_or(u16::MAX))),
        }
    }

    /// The members of the class property that say its type and its "no data".
    fn json(self, enum_type: &str, no_data: &str) -> Value {
        match self {
            Self::Text => json!({ "type": "STRING", "noData": "" }),
            Self::Integer(width) => {
                json!({ "type": "SCALAR", "componentType": format!("INT{}", width * 8), "noData": lowest(width) })
            }
            Self::Real32 => json!({ "type": "SCALAR", "componentType": "FLOAT32", "noData": f64::from(NO_REAL) }),
            Self::Real64 => json!({ "type": "SCALAR", "componentType": "FLOAT64", "noData": f64::from(NO_REAL) }),
            Self::Boolean | Self::Enum8 | Self::Enum16 => {
                json!({ "type": "ENUM", "enumType": enum_type, "noData": no_data })
            }
        }
    }
}

fn integer(value: Option<&ReleasedValue>, width: usize) -> i64 {
    match value {
        Some(ReleasedValue::Integer(number)) => *number,
        _ => lowest(width),
    }
}

fn lowest(width: usize) -> i64 {
    i64::MIN >> (64 - 8 * width.clamp(1, 8))
}

/// A number as double precision; whole numbers count too where they are exact.
fn real(value: &ReleasedValue) -> Option<f64> {
    match value {
        ReleasedValue::Real(number) => Some(*number),
        ReleasedValue::Integer(number) if number.unsigned_abs() <= 1 << 53 => Some(*number as f64),
        _ => None,
    }
}

fn category(value: Option<&ReleasedValue>) -> Option<u16> {
    match value {
        Some(ReleasedValue::Category(index)) => Some(*index),
        _ => None,
    }
}

/// A name as the standard asks for property ids: letters, digits and underscores, no digit first.
fn identifier(name: &str) -> String {
    let mut id: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if id.starts_with(|c: char| c.is_ascii_digit()) || id.is_empty() {
        id.insert(0, '_');
    }
    id
}

fn schema_json(attributes: &[AttributeInfo], properties: &[(String, Stored)]) -> Value {
    let mut class = Map::new();
    class.insert("id".into(), json!({ "name": "id", "type": "STRING", "required": true, "semantic": "ID" }));
    let mut enums = Map::new();
    let named = properties.iter().position(|(id, stored)| id == "address" && *stored == Stored::Text);
    for (index, (attribute, (id, stored))) in attributes.iter().zip(properties).enumerate() {
        let (no_data, values) = enum_values(attribute, *stored);
        let mut property = json!({ "name": attribute.name, "description": description(attribute) });
        if let (Some(property), Value::Object(more)) = (property.as_object_mut(), stored.json(id, &no_data)) {
            property.extend(more);
            property.insert("required".into(), false.into());
        }
        if Some(index) == named {
            property["semantic"] = "NAME".into();
        }
        // The standard has no place for a unit but this one; programs need not take the description apart.
        if let Some(unit) = unit(attribute) {
            property["extras"] = json!({ "unit": unit });
        }
        class.insert(id.clone(), property);
        if let Some(values) = values {
            let kind = if *stored == Stored::Enum16 { "UINT16" } else { "UINT8" };
            enums.insert(id.clone(), json!({ "valueType": kind, "values": values }));
        }
    }
    let mut schema = json!({ "id": "stadtzwilling", "classes": { CLASS: { "properties": class } } });
    if !enums.is_empty() {
        schema["enums"] = enums.into();
    }
    schema
}

/// Labels and unit: `Dachhöhe / height of the roof (m)`.
fn description(attribute: &AttributeInfo) -> String {
    let label = both(&attribute.label);
    match unit(attribute) {
        Some(unit) => format!("{label} ({unit})"),
        None => label,
    }
}

fn unit(attribute: &AttributeInfo) -> Option<&str> {
    match &attribute.kind {
        AttributeKind::Integer { unit } | AttributeKind::Real { unit, .. } => unit.as_deref(),
        AttributeKind::Text | AttributeKind::Boolean | AttributeKind::Category { .. } => None,
    }
}

/// German and English, once where they are the same.
fn both(text: &Text) -> String {
    let (german, english) = (text.get(Language::De), text.get(Language::En));
    if german == english { german.to_owned() } else { format!("{german} / {english}") }
}

/// The name of "no data" among an attribute's enum values, and the values; `None` for what is no enum.
fn enum_values(attribute: &AttributeInfo, stored: Stored) -> (String, Option<Vec<Value>>) {
    let none = if stored == Stored::Enum16 { u16::MAX } else { u16::from(u8::MAX) };
    let mut no_data = "no_data".to_owned();
    let mut values = match &attribute.kind {
        AttributeKind::Boolean => vec![json!({ "name": "false", "value": 0 }), json!({ "name": "true", "value": 1 })],
        AttributeKind::Category { values } => {
            while values.iter().any(|value| value.key == no_data) {
                no_data.push('_');
            }
            values.iter().enumerate().map(category_json).collect()
        }
        _ => return (no_data, None),
    };
    values.push(json!({ "name": no_data, "value": none }));
    (no_data, Some(values))
}

fn category_json((index, value): (usize, &CategoryValue)) -> Value {
    json!({ "name": value.key, "description": both(&value.label), "value": index })
}
