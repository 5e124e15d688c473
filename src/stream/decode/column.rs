//! One column of a property table: stored numbers, bits and strings → values, with "no data" and defaults.

use std::collections::BTreeMap;

use serde_json::Value;

use super::features::Rows;
use super::glb::Glb;
use super::metadata::{ClassPropertyWire, SchemaWire, TablePropertyWire};
use super::property::{Transform, join, numbers, property_of_json, property_of_number, text_of};
use super::scalar::{Number, Scalar, array_at};
use super::{DecodeError, Unfolding};
use crate::stream::mesh::Property;

/// What one value of a row is made of.
enum Kind {
    Text,
    Boolean,
    Numbers { scalar: Scalar, components: usize },
    Enum { scalar: Scalar, names: BTreeMap<i128, String> },
}

/// One property of one table.
pub(super) struct Column {
    pub name: String,
    pub rows: Rows,
    kind: Kind,
    /// Values in a row, where that is fixed; `None` for arrays of any length.
    count: Option<usize>,
    transform: Transform,
    no_data: Option<Value>,
    default: Option<Property>,
    stored: Option<TablePropertyWire>,
}

impl Column {
    pub fn new(
        name: &str,
        rows: Rows,
        property: &ClassPropertyWire,
        stored: Option<TablePropertyWire>,
        schema: &SchemaWire,
    ) -> Result<Self, DecodeError> {
        let own = stored.as_ref();
        let scale = own.and_then(|own| own.scale.as_ref()).or(property.scale.as_ref());
        let offset = own.and_then(|own| own.offset.as_ref()).or(property.offset.as_ref());
        Ok(Self {
            name: name.to_owned(),
            rows,
            kind: Kind::of(property, schema)?,
            count: if property.array { property.count } else { Some(1) },
            transform: Transform { normalized: property.normalized, scale: numbers(scale), offset: numbers(offset) },
            no_data: property.no_data.clone(),
            default: property.default.as_ref().and_then(property_of_json),
            stored,
        })
    }

    /// The values of all rows.
    pub fn decode(&self, glb: &Glb, out: &mut Unfolding) -> Result<Vec<Option<Property>>, DecodeError> {
        let count = self.rows.count as usize;
        // A long default or name stands in every row.
        let longest = self.longest_text() as u64;
        out.allow(longest.saturating_mul(self.rows.count.into()))?;
        let Some(stored) = &self.stored else { return Ok(vec![self.default.clone(); count]) };
        let values = glb.view(stored.values)?;
        let arrays = match self.count {
            Some(_) => None,
            None => Some(Offsets::new(glb, stored.array_offsets, stored.array_offset_type.as_deref())?),
        };
        let strings = match self.kind {
            Kind::Text => Some(Offsets::new(glb, stored.string_offsets, stored.string_offset_type.as_deref())?),
            _ => None,
        };
        let reader = Reader { column: self, values, strings };
        let mut column = Vec::new();
        for row in 0..count {
            let (from, to) = match (&arrays, self.count) {
                (Some(offsets), _) => offsets.range(row)?,
                (None, fixed) => {
                    let each = fixed.unwrap_or(1);
                    let from = row.checked_mul(each).ok_or(TRUNCATED)?;
                    (from, from.checked_add(each).ok_or(TRUNCATED)?)
                }
            };
            column.push(reader.row(from, to, out)?);
        }
        Ok(column)
    }
}

impl Column {
    /// Length of the longest text that a single stored number can become.
    fn longest_text(&self) -> usize {
        let default = if let Some(Property::Text(text)) = &self.default { text.len() } else { 0 };
        let names = match &self.kind {
            Kind::Enum { names, .. } => names.values().map(String::len).max().unwrap_or(0),
            _ => 0,
        };
        default.max(names)
    }
}

const TRUNCATED: DecodeError = DecodeError::Truncated { what: "property table" };

impl Kind {
    fn of(property: &ClassPropertyWire, schema: &SchemaWire) -> Result<Self, DecodeError> {
        let misfit = DecodeError::Type("property");
        let components = match property.kind.as_str() {
            "STRING" => return Ok(Self::Text),
            "BOOLEAN" => return Ok(Self::Boolean),
            "ENUM" => return Self::of_enum(property, schema),
            "SCALAR" => 1,
            "VEC2" => 2,
            "VEC3" => 3,
            "VEC4" | "MAT2" => 4,
            "MAT3" => 9,
            "MAT4" => 16,
            _ => return Err(misfit),
        };
        let scalar = property.component_type.as_deref().and_then(Scalar::of_metadata).ok_or(misfit)?;
        Ok(Self::Numbers { scalar, components })
    }

    fn of_enum(property: &ClassPropertyWire, schema: &SchemaWire) -> Result<Self, DecodeError> {
        let wire = property.enum_type.as_ref().and_then(|name| schema.enums.get(name));
        let wire = wire.ok_or(DecodeError::Type("enum property"))?;
        let scalar = Scalar::of_metadata(wire.value_type.as_deref().unwrap_or("UINT16"));
        let scalar = scalar.ok_or(DecodeError::Type("enum property"))?;
        let names = wire.values.iter().map(|value| (i128::from(value.value), value.name.clone())).collect();
        Ok(Self::Enum { scalar, names })
    }
}

/// Where the strings or arrays of a column begin and end.
struct Offsets<'a> {
    bytes: &'a [u8],
    scalar: Scalar,
}

impl<'a> Offsets<'a> {
    fn new(glb: &'a Glb, view: Option<usize>, kind: Option<&str>) -> Result<Self, DecodeError> {
        let scalar = Scalar::of_metadata(kind.unwrap_or("UINT32")).ok_or(DecodeError::Type("offsets"))?;
        Ok(Self { bytes: glb.view(view.ok_or(TRUNCATED)?)?, scalar })
    }

    fn at(&self, index: usize) -> Option<usize> {
        match self.scalar.read(self.bytes, index.checked_mul(self.scalar.size())?)? {
            Number::Whole(whole) => usize::try_from(whole).ok(),
            Number::Real(_) => None,
        }
    }

    /// The range of entry `index`.
    fn range(&self, index: usize) -> Result<(usize, usize), DecodeError> {
        let range = (|| Some((self.at(index)?, self.at(index.checked_add(1)?)?)))();
        range.filter(|(from, to)| from <= to).ok_or(TRUNCATED)
    }
}

/// Reads the rows of a column.
struct Reader<'a> {
    column: &'a Column,
    values: &'a [u8],
    strings: Option<Offsets<'a>>,
}

impl Reader<'_> {
    /// The values `from..to` of the column's array as the value of one row.
    fn row(&self, from: usize, to: usize, out: &mut Unfolding) -> Result<Option<Property>, DecodeError> {
        let mut raw = Vec::new();
        let mut values = Vec::new();
        for index in from..to {
            self.value(index, index - from, &mut raw, &mut values, out)?;
        }
        if self.column.no_data.as_ref().is_some_and(|no_data| is_no_data(&raw, no_data)) {
            return Ok(self.column.default.clone());
        }
        let is_list = self.column.count != Some(1);
        Ok(if is_list && values.len() == 1 { Some(Property::Text(text_of(values.into_iter()))) } else { join(values) })
    }

    /// Value `index` of the array: as stored to `raw` (for "no data"), as meant to `values`.
    fn value(
        &self,
        index: usize,
        place: usize,
        raw: &mut Vec<Property>,
        values: &mut Vec<Property>,
        out: &mut Unfolding,
    ) -> Result<(), DecodeError> {
        match &self.column.kind {
            Kind::Text => {
                let (from, to) = self.strings.as_ref().ok_or(TRUNCATED)?.range(index)?;
                let bytes = self.values.get(from..to).ok_or(TRUNCATED)?;
                out.allow(2 * bytes.len() as u64)?;
                let text = Property::Text(String::from_utf8_lossy(bytes).into_owned());
                raw.push(text.clone());
                values.push(text);
            }
            Kind::Boolean => {
                let [byte] = array_at::<1>(self.values, index / 8).ok_or(TRUNCATED)?;
                values.push(Property::Boolean(byte >> (index % 8) & 1 == 1));
            }
            Kind::Enum { scalar, names } => {
                let number = self.number(*scalar, index)?;
                let name = match number {
                    Number::Whole(whole) => names.get(&whole).cloned(),
                    Number::Real(_) => None,
                };
                out.allow(2 * name.as_ref().map_or(0, String::len) as u64)?;
                let value = name.map_or_else(|| property_of_number(number), Property::Text);
                raw.push(value.clone());
                values.push(value);
            }
            Kind::Numbers { scalar, components } => {
                for component in 0..*components {
                    let at =
                        index.checked_mul(*components).and_then(|at| at.checked_add(component)).ok_or(TRUNCATED)?;
                    let number = self.number(*scalar, at)?;
                    raw.push(property_of_number(number));
                    values.push(self.column.transform.apply(*scalar, number, place * components + component));
                }
            }
        }
        Ok(())
    }

    fn number(&self, scalar: Scalar, index: usize) -> Result<Number, DecodeError> {
        index.checked_mul(scalar.size()).and_then(|at| scalar.read(self.values, at)).ok_or(TRUNCATED)
    }
}

/// Whether stored values are the class's `noData`: one value, or a list of as many.
fn is_no_data(raw: &[Property], no_data: &Value) -> bool {
    let same = |property: &Property, value: &Value| match (property, value) {
        (Property::Text(text), Value::String(no_data)) => text == no_data,
        (Property::Integer(whole), Value::Number(no_data)) => {
            no_data.as_i64() == Some(*whole) || no_data.as_f64() == Some(*whole as f64)
        }
        (Property::Real(real), Value::Number(no_data)) => {
            no_data.as_f64().is_some_and(|no_data| no_data == *real || f64::from(no_data as f32) == *real)
        }
        _ => false,
    };
    match no_data {
        Value::Array(list) if !raw.is_empty() => {
            let flat: Vec<&Value> = list.iter().flat_map(flatten).collect();
            flat.len() == raw.len() && raw.iter().zip(flat).all(|(property, value)| same(property, value))
        }
        value => matches!(raw, [single] if same(single, value)),
    }
}

/// Matrices in `noData` are arrays in arrays.
fn flatten(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(inner) => inner.iter().flat_map(flatten).collect(),
        single => vec![single],
    }
}
