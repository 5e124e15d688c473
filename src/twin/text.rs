//! Text in more than one language.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use crate::texts::Language;

/// A text by language. In TOML and JSON a table `{ de = "…", en = "…" }`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text(pub BTreeMap<Language, String>);

impl Text {
    /// A text in German and English.
    pub fn new(de: &str, en: &str) -> Self {
        Self([(Language::De, de.to_owned()), (Language::En, en.to_owned())].into())
    }

    /// The same text with another language.
    pub fn with(mut self, language: Language, text: &str) -> Self {
        self.0.insert(language, text.to_owned());
        self
    }

    /// The text in `language`, else in the one that stands in for it, else in any other; empty where there is none.
    pub fn get(&self, language: Language) -> &str {
        let instead = || self.0.get(&language.instead()?);
        let any = || self.0.values().next();
        self.0.get(&language).or_else(instead).or_else(any).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_language_stands_in() {
        let mut text = Text::new("Haus", "House");
        let all = |text: &Text| Language::ALL.iter().map(|&l| text.get(l).to_owned()).collect::<Vec<_>>();
        assert_eq!(all(&text), ["Haus", "House", "Haus"]);
        assert_eq!(all(&text.clone().with(Language::Leicht, "Ein Haus")), ["Haus", "House", "Ein Haus"]);
        text.0.remove(&Language::De);
        assert_eq!(all(&text), ["House"; 3]);
        assert_eq!(all(&Text::default()), [""; 3]);
    }
}
