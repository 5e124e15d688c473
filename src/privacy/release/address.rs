//! A building's addresses as one text, under the policy's attribute `address`.

use super::value::{Fault, is_one_line};
use crate::model::{Address, Building, RawValue, Value};

/// The attribute that addresses are released under.
pub const NAME: &str = "address";

/// All addresses of a building and of its parts, each once, in the order of the source: "Marienplatz 8, 80331 München;
/// Dienerstraße 2, 80331 München". `None` where there is none.
pub(super) fn released(building: &Building) -> Result<Option<String>, Fault> {
    let mut texts: Vec<String> = Vec::new();
    for one in std::iter::once(building).chain(&building.parts) {
        for address in &one.addresses {
            let text = address_text(address)?;
            if !is_one_line(&text) {
                return Err(Fault::NotOneLine);
            }
            if !text.is_empty() && !texts.contains(&text) {
                texts.push(text);
            }
        }
    }
    Ok((!texts.is_empty()).then(|| texts.join("; ")))
}

/// "Street 5a, 80331 München", with what there is of it.
fn address_text(address: &Address) -> Result<String, Fault> {
    let street = joined(&address.street, &address.house_number)?;
    let town = joined(&address.postal_code, &address.locality)?;
    let lines: Vec<_> = [street, town].into_iter().filter(|line| !line.is_empty()).collect();
    Ok(lines.join(", "))
}

fn joined(a: &Option<RawValue>, b: &Option<RawValue>) -> Result<String, Fault> {
    let mut words = Vec::new();
    for raw in [a, b].into_iter().flatten() {
        let word = match raw.expose() {
            Value::Text(text) => text.to_string(),
            Value::Integer(number) => number.to_string(),
            Value::Real(_) | Value::Bool(_) => return Err(Fault::WrongType),
        };
        if !word.is_empty() {
            words.push(word);
        }
    }
    Ok(words.join(" "))
}
