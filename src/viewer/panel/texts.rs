//! The window's own texts in German and English (assets/texts), and numbers and dates as each language writes them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::twin::{AttributeKind, Language};

const FILES: [(Language, &str); 2] = [
    (Language::De, include_str!("../../../assets/texts/de.toml")),
    (Language::En, include_str!("../../../assets/texts/en.toml")),
];

static TEXTS: LazyLock<BTreeMap<Language, BTreeMap<String, String>>> =
    LazyLock::new(|| FILES.into_iter().map(|(language, file)| (language, parse(file))).collect());

/// `section.key` → text. The files are part of the program and a test reads them, so a broken one gives no texts here.
fn parse(file: &str) -> BTreeMap<String, String> {
    let sections: BTreeMap<String, BTreeMap<String, String>> = toml::from_str(file).unwrap_or_default();
    sections
        .into_iter()
        .flat_map(|(section, texts)| texts.into_iter().map(move |(key, text)| (format!("{section}.{key}"), text)))
        .collect()
}

/// The text of a key; the key itself where there is none.
pub fn text(language: Language, key: &'static str) -> &'static str {
    TEXTS.get(&language).and_then(|texts| texts.get(key)).map_or(key, String::as_str)
}

/// The text of a key with one `{name}` filled in.
pub fn fill(language: Language, key: &'static str, name: &str, value: &str) -> String {
    text(language, key).replace(&format!("{{{name}}}"), value)
}

/// A number with the language's decimal sign and thousands separator.
pub fn number(language: Language, value: f64, decimals: u8) -> String {
    let (decimal, thousands) = match language {
        Language::De => (',', '.'),
        Language::En => ('.', ','),
    };
    let plain = format!("{:.*}", usize::from(decimals), value.abs());
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut out = String::new();
    if value < 0.0 {
        out.push('\u{2212}');
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) && whole.len() > 4 {
            out.push(thousands);
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push(decimal);
        out.push_str(fraction);
    }
    out
}

/// An ISO date as the language writes it; anything else as it is.
pub fn date(language: Language, iso: &str) -> String {
    match (language, iso.parse::<jiff::civil::Date>()) {
        (Language::De, Ok(date)) => format!("{}.{}.{}", date.day(), date.month(), date.year()),
        (Language::En, Ok(date)) => date.strftime("%-d %B %Y").to_string(),
        (_, Err(_)) => iso.to_owned(),
    }
}

/// A length in metres.
pub fn metres(language: Language, value: f64, decimals: u8) -> String {
    format!("{} m", number(language, value, decimals))
}

/// A released value as a person reads it.
pub fn value(language: Language, kind: &AttributeKind, property: &crate::stream::Property) -> String {
    use crate::stream::Property;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_the_same_keys() {
        let keys = |language| TEXTS[&language].keys().collect::<Vec<_>>();
        assert!(keys(Language::De).len() > 60);
        assert_eq!(keys(Language::De), keys(Language::En));
    }

    /// Everything that stands in the sources of the viewer.
    fn sources(folder: &std::path::Path, into: &mut String) {
        for entry in std::fs::read_dir(folder).expect("a folder of the sources") {
            let path = entry.expect("its entries").path();
            if path.is_dir() {
                sources(&path, into);
            } else {
                into.push_str(&std::fs::read_to_string(&path).expect("a source"));
            }
        }
    }

    #[test]
    fn every_text_is_used() {
        let mut all = String::new();
        sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/viewer"), &mut all);
        let unused: Vec<_> = TEXTS[&Language::De].keys().filter(|key| !all.contains(&format!("\"{key}\""))).collect();
        assert!(unused.is_empty(), "{unused:?}");
    }

    #[test]
    fn numbers_and_dates_follow_the_language() {
        assert_eq!(number(Language::De, 12_345.678, 1), "12.345,7");
        assert_eq!(number(Language::En, -12_345.678, 1), "\u{2212}12,345.7");
        assert_eq!(number(Language::De, 1918.0, 0), "1918");
        assert_eq!(date(Language::De, "2019-07-03"), "3.7.2019");
        assert_eq!(date(Language::En, "2019-07-03"), "3 July 2019");
        assert_eq!(date(Language::En, "no date"), "no date");
    }
}
