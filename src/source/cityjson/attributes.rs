//! Attributes and addresses of a city object: JSON values → raw values of the model.

use serde_json::{Map, Value};

use crate::model::{Address, Attributes, RawValue};
use crate::report::{Place, Report, WarningKind};

/// Attributes of which CityGML allows several values (OGC 12-019 § 10.3.1); some writers give them as an array.
const CODES: [&str; 3] = ["class", "function", "usage"];

/// The scalars of member `attributes`, under their own names. Arrays of one scalar count as that scalar, those of codes as
/// all that stand in them; other nested values are left out with a warning, null and empty text without one.
pub(super) fn attributes(value: Option<&Value>, place: &Place, report: &mut Report) -> Attributes {
    let mut attributes = Attributes::default();
    for (name, value) in members(value, "attributes", place, report) {
        let (codes, one) = match value {
            Value::Array(codes) if codes.len() > 1 && CODES.contains(&name.as_str()) => (codes.as_slice(), None),
            _ => (&[][..], Some(value)),
        };
        for value in codes.iter().chain(one) {
            add(&mut attributes, name, value, place, report);
        }
    }
    attributes
}

fn add(attributes: &mut Attributes, name: &str, value: &Value, place: &Place, report: &mut Report) {
    match scalar(value) {
        Scalar::Raw(raw) => {
            attributes.add(name, raw);
        }
        Scalar::NoData => {}
        Scalar::Nested => {
            let message = format!("attribute {name} is nested and was left out");
            report.warn(WarningKind::BadValue, place.clone(), message);
        }
    }
}

fn members<'v>(
    value: Option<&'v Value>,
    what: &str,
    place: &Place,
    report: &mut Report,
) -> impl Iterator<Item = (&'v String, &'v Value)> + use<'v> {
    let map: Option<&Map<String, Value>> = value.and_then(Value::as_object);
    if map.is_none() && value.is_some_and(|value| !value.is_null()) {
        report.warn(WarningKind::BadValue, place.clone(), format!("member {what} is not an object"));
    }
    map.into_iter().flatten()
}

enum Scalar {
    Raw(RawValue),
    NoData,
    Nested,
}

fn scalar(value: &Value) -> Scalar {
    match value {
        Value::Null => Scalar::NoData,
        Value::Bool(truth) => Scalar::Raw(RawValue::bool(*truth)),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Scalar::Raw(RawValue::integer(whole)),
            (None, Some(real)) => Scalar::Raw(RawValue::real(real)),
            (None, None) => Scalar::NoData,
        },
        Value::String(text) if text.trim().is_empty() => Scalar::NoData,
        Value::String(text) => Scalar::Raw(RawValue::text(text)),
        Value::Array(list) => match list.as_slice() {
            [one @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_))] => scalar(one),
            _ => Scalar::Nested,
        },
        Value::Object(_) => Scalar::Nested,
    }
}

/// Member `address`: one object (1.0), or an array of them (1.1, 2.0). The names of their members are matched without
/// regard to case, as 1.0 writes xAL's `ThoroughfareName` and 2.0 `thoroughfareName`.
pub(super) fn addresses(value: Option<&Value>, place: &Place, report: &mut Report) -> Vec<Address> {
    match value {
        Some(Value::Array(list)) => {
            list.iter().filter_map(|one| address(members(Some(one), "address", place, report))).collect()
        }
        other => address(members(other, "address", place, report)).into_iter().collect(),
    }
}

fn address<'v>(members: impl Iterator<Item = (&'v String, &'v Value)>) -> Option<Address> {
    let mut address = Address::default();
    for (name, value) in members {
        let slot = match name.to_ascii_lowercase().as_str() {
            "thoroughfarename" | "street" | "streetname" => &mut address.street,
            "thoroughfarenumber" | "housenumber" | "streetnumber" => &mut address.house_number,
            "postcode" | "postalcode" | "postalcodenumber" => &mut address.postal_code,
            "locality" | "localityname" | "city" => &mut address.locality,
            _ => continue,
        };
        *slot = address_text(value).or(slot.take());
    }
    (address != Address::default()).then_some(address)
}

fn address_text(value: &Value) -> Option<RawValue> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(RawValue::text(text)),
        Value::Number(number) => Some(RawValue::text(number.to_string())),
        _ => None,
    }
}
