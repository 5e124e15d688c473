//! One raw value → one released value, by an attribute's type and one operation.
//!
//! The only place beside `address` that looks into a raw value.

use crate::model::{Building, RawValue, Value};
use crate::privacy::ReleasedValue;
use crate::privacy::policy::{Attribute, Code, Operation, PartsRule, ValueType};

/// What is wrong with a value.
pub(super) enum Fault {
    /// Not of the attribute's type.
    WrongType,
    /// Not on the attribute's list.
    UnknownCode(String),
    /// A text that is no single value.
    NotOneLine,
}

/// More than any one value that is meant for people has.
const LONGEST_TEXT: usize = 200;

/// Whether a text can be one value: a line, and not too long a one. What a broken source has run together is neither, and
/// may hold the values of other attributes, or of other houses.
pub(super) fn is_one_line(text: &str) -> bool {
    text.chars().count() <= LONGEST_TEXT
        && !text.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
}

/// A value of the type that the policy says.
enum Typed {
    Text(String),
    Integer(i64),
    Real(f64),
    Boolean(bool),
}

/// Releases a value; `None` is "no data".
pub(super) fn release(
    raw: &RawValue,
    attribute: &Attribute,
    operation: &Operation,
) -> Result<Option<ReleasedValue>, Fault> {
    match released(raw, attribute, operation)? {
        Some(ReleasedValue::Text(text)) if !is_one_line(&text) => Err(Fault::NotOneLine),
        value => Ok(value),
    }
}

fn released(raw: &RawValue, attribute: &Attribute, operation: &Operation) -> Result<Option<ReleasedValue>, Fault> {
    let Some(typed) = typed(raw, attribute)? else { return Ok(None) };
    if let (Typed::Text(code), Some(_)) = (&typed, &attribute.code_list) {
        return release_code(code, attribute, operation);
    }
    Ok(match operation {
        Operation::AsIs => Some(as_is(typed)),
        Operation::Round { step } => number(&typed).map(|number| rounded(number, *step, attribute)),
        Operation::Bin { edges, .. } => number(&typed).map(|number| ReleasedValue::Category(bin(number, edges))),
        Operation::Map | Operation::Aggregate { .. } | Operation::Suppress { .. } => None,
    })
}

/// A code: on the list, or an error; on an allow-list, or nothing.
fn release_code(code: &str, attribute: &Attribute, operation: &Operation) -> Result<Option<ReleasedValue>, Fault> {
    let meaning = attribute.code_list.as_ref().and_then(|list| list.lookup(code));
    match (operation, meaning) {
        (Operation::AsIs, None) if attribute.allow_list => Ok(Some(ReleasedValue::Text(code.to_owned()))),
        (_, None) if attribute.allow_list => Ok(None),
        (_, None) => Err(Fault::UnknownCode(code.to_owned())),
        (_, Some(Code::Sensitive | Code::NoData)) => Ok(None),
        (Operation::Map, Some(Code::Value(index))) => Ok(Some(ReleasedValue::Category(index))),
        (Operation::AsIs, Some(Code::Value(_))) => Ok(Some(ReleasedValue::Text(code.to_owned()))),
        _ => Ok(None),
    }
}

/// The codes of one building or part by itself, those beside its value too, for the search for sensitive places; "no data"
/// is none.
pub(super) fn codes_of(attribute: &Attribute, building: &Building) -> Result<Vec<String>, Fault> {
    let mut codes = Vec::new();
    for raw in building.attributes.all(&attribute.name) {
        match typed(raw, attribute)? {
            Some(Typed::Text(code)) => codes.push(code),
            Some(_) => return Err(Fault::WrongType),
            None => {}
        }
    }
    Ok(codes)
}

/// What the released values of parts say together.
pub(super) fn together(values: Vec<ReleasedValue>, rule: PartsRule) -> Option<ReleasedValue> {
    let mut values = values.into_iter();
    let first = values.next()?;
    match rule {
        PartsRule::Equal => values.all(|value| value == first).then_some(first),
        PartsRule::Max => Some(values.fold(first, greater)),
    }
}

fn greater(a: ReleasedValue, b: ReleasedValue) -> ReleasedValue {
    use ReleasedValue::{Category, Integer, Real};
    let b_is_greater = match (&a, &b) {
        (Integer(a), Integer(b)) => b > a,
        (Real(a), Real(b)) => b > a,
        (Category(a), Category(b)) => b > a,
        _ => false,
    };
    if b_is_greater { b } else { a }
}

/// The value in the policy's type. Text is read as a number or a truth value where the policy says so: CityGML's
/// string attributes and table columns carry both. `None` is an empty text or a value that the policy calls "no data".
fn typed(raw: &RawValue, attribute: &Attribute) -> Result<Option<Typed>, Fault> {
    let raw = raw.expose();
    if matches!(raw, Value::Text(text) if text.is_empty() || attribute.no_data.contains(&**text)) {
        return Ok(None);
    }
    let typed = match attribute.value_type {
        ValueType::Text => text(raw).map(Typed::Text),
        ValueType::Integer => integer(raw).map(Typed::Integer),
        ValueType::Real => real(raw).map(Typed::Real),
        ValueType::Boolean => boolean(raw).map(Typed::Boolean),
    };
    let typed = typed.ok_or(Fault::WrongType)?;
    let is_missing = match &typed {
        Typed::Text(text) => attribute.no_data.contains(text),
        Typed::Integer(_) | Typed::Real(_) => number(&typed).is_some_and(|number| attribute.is_no_data(number)),
        Typed::Boolean(_) => false,
    };
    Ok((!is_missing).then_some(typed))
}

fn text(raw: &Value) -> Option<String> {
    match raw {
        Value::Text(text) => Some(text.to_string()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Real(_) | Value::Bool(_) => None,
    }
}

fn integer(raw: &Value) -> Option<i64> {
    // Above 2^53 a float is no longer one certain whole number.
    const CERTAIN: f64 = 9_007_199_254_740_992.0;
    match raw {
        Value::Integer(number) => Some(*number),
        Value::Real(number) if number.fract() == 0.0 && number.abs() < CERTAIN => Some(*number as i64),
        Value::Text(text) => text.parse().ok(),
        Value::Real(_) | Value::Bool(_) => None,
    }
}

fn real(raw: &Value) -> Option<f64> {
    let number = match raw {
        Value::Integer(number) => *number as f64,
        Value::Real(number) => *number,
        Value::Text(text) => text.parse().ok()?,
        Value::Bool(_) => return None,
    };
    number.is_finite().then_some(number)
}

fn boolean(raw: &Value) -> Option<bool> {
    match raw {
        Value::Bool(truth) => Some(*truth),
        Value::Integer(1) => Some(true),
        Value::Integer(0) => Some(false),
        Value::Text(text) => match &**text {
            "true" | "1" | "ja" | "yes" => Some(true),
            "false" | "0" | "nein" | "no" => Some(false),
            _ => None,
        },
        Value::Integer(_) | Value::Real(_) => None,
    }
}

fn as_is(typed: Typed) -> ReleasedValue {
    match typed {
        Typed::Text(text) => ReleasedValue::Text(text),
        Typed::Integer(number) => ReleasedValue::Integer(number),
        Typed::Real(number) => ReleasedValue::Real(without_negative_zero(number)),
        Typed::Boolean(truth) => ReleasedValue::Boolean(truth),
    }
}

fn number(typed: &Typed) -> Option<f64> {
    match typed {
        Typed::Integer(number) => Some(*number as f64),
        Typed::Real(number) => Some(*number),
        Typed::Text(_) | Typed::Boolean(_) => None,
    }
}

/// Rounded to a multiple of `step`, and then to the digits shown, so that 0.3 comes out as 0.3 and not as 3 × 0.1.
fn rounded(number: f64, step: f64, attribute: &Attribute) -> ReleasedValue {
    let rounded = (number / step).round() * step;
    if attribute.value_type == ValueType::Integer {
        return ReleasedValue::Integer(rounded as i64);
    }
    let scale = 10f64.powi(i32::from(attribute.decimals));
    let shown = (rounded * scale).round() / scale;
    let fits = if shown.is_finite() { shown } else { rounded };
    ReleasedValue::Real(without_negative_zero(fits))
}

/// -0 and 0 are one value; two encodings of it would tell which side of zero it came from.
fn without_negative_zero(number: f64) -> f64 {
    if number == 0.0 { 0.0 } else { number }
}

/// The class of a number: how many edges it has reached.
fn bin(number: f64, edges: &[f64]) -> u16 {
    u16::try_from(edges.partition_point(|edge| number >= *edge)).unwrap_or(u16::MAX)
}
