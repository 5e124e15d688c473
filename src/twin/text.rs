//! Text in more than one language.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// German.
    #[default]
    De,
    /// English.
    En,
}

/// A text by language. In TOML and JSON a table `{ de = "…", en = "…" }`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text(pub BTreeMap<Language, String>);

impl Text {
    /// A text in German and English.
    pub fn new(de: &str, en: &str) -> Self {
        Self([(Language::De, de.to_owned()), (Language::En, en.to_owned())].into())
    }

    /// The text in `language`, else in any other; empty where there is none.
    pub fn get(&self, language: Language) -> &str {
        self.0.get(&language).or_else(|| self.0.values().next()).map_or("", String::as_str)
    }
}
