//! The texts that a citizen reads, one file a language (assets/texts), and numbers, dates and lengths as each language
//! writes them.
//!
//! Stands before everything that speaks to people and knows nothing of what it is asked to say. Texts that come with a
//! city's data are no part of it: those are [`crate::twin::Text`].

mod language;

use std::collections::BTreeMap;
use std::sync::LazyLock;

pub use language::Language;

static TEXTS: LazyLock<BTreeMap<Language, BTreeMap<String, String>>> =
    LazyLock::new(|| Language::ALL.iter().map(|&language| (language, parse(language.file()))).collect());

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
    let (decimal, thousands) = (language.row().decimal, language.row().thousands);
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

/// The day that a text names in the one form that is meant for days, `2019-07-03`. Eight digits are a key of a register
/// much more often than a day.
pub fn day(text: &str) -> Option<jiff::civil::Date> {
    let form = |(index, byte): (usize, u8)| if matches!(index, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    let is_day = text.len() == 10 && text.bytes().enumerate().all(form);
    text.parse().ok().filter(|_| is_day)
}

/// A [`day`] as the language writes it; anything else as it is.
pub fn date(language: Language, iso: &str) -> String {
    let Some(date) = day(iso) else { return iso.to_owned() };
    let months = text(language, "date.months");
    let name = months.split_whitespace().nth(usize::from(date.month().unsigned_abs()) - 1).unwrap_or_default();
    let written = language.row().date.replace("{day}", &date.day().to_string());
    let written = written.replace("{month}", &date.month().to_string()).replace("{name}", name);
    written.replace("{year}", &date.year().to_string())
}

/// A length in metres.
pub fn metres(language: Language, value: f64, decimals: u8) -> String {
    format!("{} m", number(language, value, decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_the_same_keys() {
        let keys = |language| TEXTS[&language].keys().collect::<Vec<_>>();
        assert!(keys(Language::De).len() > 60);
        for &language in Language::ALL {
            assert_eq!(keys(language), keys(Language::De), "{}", language.code());
        }
    }

    /// What is filled in stands in every language's text, and nothing else does.
    #[test]
    fn every_language_fills_in_the_same() {
        let names = |text: &str| {
            let mut names: Vec<String> =
                text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap_or_default().to_owned()).collect();
            names.sort();
            names
        };
        for &language in Language::ALL {
            for (key, text) in &TEXTS[&language] {
                assert!(!text.trim().is_empty(), "{} {key}", language.code());
                assert_eq!(names(text), names(&TEXTS[&Language::De][key]), "{} {key}", language.code());
            }
            assert_eq!(TEXTS[&language]["date.months"].split_whitespace().count(), 12);
        }
    }

    /// Everything that stands in the sources.
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
        sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
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
        assert_eq!(date(Language::Leicht, "2019-03-03"), "3. März 2019");
        assert_eq!(number(Language::Leicht, 12_345.678, 1), "12.345,7");
        assert_eq!(date(Language::En, "no date"), "no date");
        for text in ["20190703", "2019-07-03T10:00", "2019-07-03 10:00", "+002019-07-03", "2019-02-30", "09162000"] {
            assert_eq!(date(Language::De, text), text);
        }
    }
}
