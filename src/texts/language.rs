//! The languages of the interface: one table, and whatever asks which there are asks it.
//!
//! A further language is a line here and a file of that name in assets/texts.

use serde::{Deserialize, Serialize};

/// A line of the table.
pub(super) struct Row {
    /// In files and addresses.
    code: &'static str,
    /// BCP 47.
    tag: &'static str,
    /// What it is called by those who read it.
    own_name: &'static str,
    /// The language whose text stands in where there is none of this one.
    instead: Option<Language>,
    /// Its texts.
    file: &'static str,
    /// Decimal sign.
    pub(super) decimal: char,
    /// Between thousands.
    pub(super) thousands: char,
    /// A date: `{day}`, `{month}`, `{year}` as numbers, `{name}` for the month's name (`date.months` in the file).
    pub(super) date: &'static str,
}

/// `Name = code, tag, own name, stand-in, decimal sign, thousands, date`, one line a language.
macro_rules! languages {
    ($($(#[$about:meta])* $name:ident = $code:tt, $tag:tt, $own_name:tt, $instead:expr, $decimal:tt, $thousands:tt, $date:tt;)+) => {
        /// A language of the interface.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Language {
            $($(#[$about])* #[serde(rename = $code)] $name,)+
        }

        impl Language {
            /// All of them, in the order in which they are offered.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            pub(super) const fn row(self) -> &'static Row {
                match self {
                    $(Self::$name => &Row {
                        code: $code,
                        tag: $tag,
                        own_name: $own_name,
                        instead: $instead,
                        file: include_str!(concat!("../../assets/texts/", $code, ".toml")),
                        decimal: $decimal,
                        thousands: $thousands,
                        date: $date,
                    },)+
                }
            }
        }
    };
}

languages! {
    /// German.
    #[default]
    De = "de", "de", "Deutsch", None, ',', '.', "{day}.{month}.{year}";
    /// English.
    En = "en", "en", "English", None, '.', ',', "{day} {name} {year}";
    /// Plain German for people who find reading hard (Leichte Sprache).
    Leicht = "leicht", "de-simple", "Leichte Sprache", Some(Language::De), ',', '.', "{day}. {name} {year}";
}

impl Language {
    /// What it is called in files, in addresses and on the command line.
    pub const fn code(self) -> &'static str {
        self.row().code
    }

    /// Its BCP 47 tag, for a page that says what it is written in.
    pub const fn tag(self) -> &'static str {
        self.row().tag
    }

    /// What it is called by those who read it.
    pub const fn own_name(self) -> &'static str {
        self.row().own_name
    }

    /// Its file of texts, word for word.
    pub const fn file(self) -> &'static str {
        self.row().file
    }

    /// The language whose text stands in where there is none of this one.
    pub const fn instead(self) -> Option<Self> {
        self.row().instead
    }

    /// The language of a code; `None` for any other word.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|language| language.code() == code)
    }

    /// The language that a system asks for by a BCP 47 tag or a POSIX locale, such as `en-GB` or `de_DE.UTF-8`; the one
    /// that says most where several fit.
    pub fn of_locale(locale: &str) -> Option<Self> {
        let tag = locale.split(['.', '@']).next().unwrap_or_default().replace('_', "-").to_ascii_lowercase();
        let fits = |language: &&Self| {
            tag.strip_prefix(language.tag()).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        Self::ALL.iter().filter(fits).max_by_key(|language| language.tag().len()).copied()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_language_is_found_by_what_it_is_called() {
        for &language in Language::ALL {
            assert_eq!(Language::of_code(language.code()), Some(language));
            assert_eq!(Language::of_locale(language.tag()), Some(language));
            assert_eq!(serde_json::to_string(&language).expect("a word"), format!("\"{}\"", language.code()));
        }
        let codes: BTreeSet<_> = Language::ALL.iter().map(|language| language.code()).collect();
        assert_eq!(codes.len(), Language::ALL.len());
    }

    #[test]
    fn a_systems_words_for_a_language_are_understood() {
        let asked = ["de_DE.UTF-8", "de-AT", "en", "en_GB@euro", "DE-simple", "fr", "C", "", "dex", "leicht"];
        let found = asked.map(|locale| Language::of_locale(locale).map(Language::code));
        let (de, en) = (Some("de"), Some("en"));
        assert_eq!(found, [de, de, en, en, Some("leicht"), None, None, None, None, None]);
    }
}
