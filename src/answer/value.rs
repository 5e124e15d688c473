//! A released value as a person reads it.

use crate::stream::Property;
use crate::texts::{Language, date, number, text};
use crate::twin::AttributeKind;

/// A released value as a person reads it.
pub fn value(language: Language, kind: &AttributeKind, property: &Property) -> String {
    let with_unit = |text: String, unit: &Option<String>| match unit {
        Some(unit) => format!("{text} {unit}"),
        None => text,
    };
    match (kind, property) {
        (AttributeKind::Category { values }, Property::Text(key)) => {
            values.iter().find(|value| value.key == *key).map_or(key.clone(), |v| v.label.get(language).to_owned())
        }
        (AttributeKind::Real { unit, decimals }, Property::Real(value)) => {
            with_unit(number(language, *value, *decimals), unit)
        }
        (AttributeKind::Real { unit, decimals }, Property::Integer(value)) => {
            with_unit(number(language, *value as f64, *decimals), unit)
        }
        (AttributeKind::Integer { unit }, Property::Integer(value)) => {
            // A year is no quantity: it has no thousands separator.
            with_unit(if unit.is_none() { value.to_string() } else { number(language, *value as f64, 0) }, unit)
        }
        // Tiles hold truth values as an enum, so that "no data" is one of its values.
        (AttributeKind::Boolean, Property::Text(truth)) if truth == "true" => text(language, "bool.yes").to_owned(),
        (AttributeKind::Boolean, Property::Text(truth)) if truth == "false" => text(language, "bool.no").to_owned(),
        (_, Property::Boolean(true)) => text(language, "bool.yes").to_owned(),
        (_, Property::Boolean(false)) => text(language, "bool.no").to_owned(),
        (_, Property::Text(text)) => date(language, text),
        (_, Property::Integer(value)) => value.to_string(),
        (_, Property::Real(value)) => number(language, *value, 2),
    }
}
