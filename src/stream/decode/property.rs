//! Single values of property tables and batch tables → [`Property`].

use serde_json::Value;

use super::scalar::{Number, Scalar};
use crate::stream::mesh::Property;

/// A stored number as a property: whole where it is whole and fits.
pub(super) fn property_of_number(number: Number) -> Property {
    match number {
        Number::Whole(whole) => i64::try_from(whole).map_or(Property::Real(whole as f64), Property::Integer),
        Number::Real(real) => Property::Real(real),
    }
}

/// A JSON value as a property; arrays and objects become text, `null` is "no data".
pub(super) fn property_of_json(value: &Value) -> Option<Property> {
    match value {
        Value::Null => None,
        Value::Bool(truth) => Some(Property::Boolean(*truth)),
        Value::Number(number) => number.as_i64().map(Property::Integer).or(number.as_f64().map(Property::Real)),
        Value::String(text) => Some(Property::Text(text.clone())),
        Value::Array(values) => Some(Property::Text(text_of(values.iter().filter_map(property_of_json)))),
        Value::Object(_) => Some(Property::Text(value.to_string())),
    }
}

/// A row's values as one property: itself where it is one, a text where there are more, nothing where there is none.
pub(super) fn join(mut values: Vec<Property>) -> Option<Property> {
    match values.len() {
        0 => None,
        1 => values.pop(),
        _ => Some(Property::Text(text_of(values.into_iter()))),
    }
}

/// Values of an array or vector as text.
pub(super) fn text_of(values: impl Iterator<Item = Property>) -> String {
    let texts: Vec<String> = values.map(|value| text(&value)).collect();
    texts.join(", ")
}

fn text(value: &Property) -> String {
    match value {
        Property::Text(text) => text.clone(),
        Property::Integer(whole) => whole.to_string(),
        Property::Real(real) => real_text(*real),
        Property::Boolean(truth) => truth.to_string(),
    }
}

/// A number as text, with an exponent where it would have more than a dozen zeros.
fn real_text(real: f64) -> String {
    let is_plain = real == 0.0 || (1e-9..1e15).contains(&real.abs());
    if is_plain { real.to_string() } else { format!("{real:e}") }
}

/// How stored numbers become values: `normalized`, then `scale`, then `offset` (3D Metadata § Property Values Offset
/// and Scale).
#[derive(Clone, Debug, Default)]
pub(super) struct Transform {
    pub normalized: bool,
    /// By component; empty for none. A single number stands for all.
    pub scale: Vec<f64>,
    pub offset: Vec<f64>,
}

impl Transform {
    /// The value of component `component`.
    pub fn apply(&self, scalar: Scalar, number: Number, component: usize) -> Property {
        if !self.normalized && self.scale.is_empty() && self.offset.is_empty() {
            return property_of_number(number);
        }
        let value = if self.normalized { scalar.normalized(number.as_f64()) } else { number.as_f64() };
        let pick = |list: &[f64], neutral| list.get(component).or(list.first()).copied().unwrap_or(neutral);
        Property::Real(value * pick(&self.scale, 1.0) + pick(&self.offset, 0.0))
    }
}

/// The numbers in a JSON number or in nested arrays of such, in order.
pub(super) fn numbers(value: Option<&Value>) -> Vec<f64> {
    match value {
        Some(Value::Array(values)) => values.iter().flat_map(|value| numbers(Some(value))).collect(),
        Some(value) => value.as_f64().into_iter().collect(),
        None => Vec::new(),
    }
}
