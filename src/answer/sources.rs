//! Whose data an answer rests on, and where the city itself helps on.

use crate::plan::checked_link;
use crate::texts::{date, text};
use crate::twin::{Language, ServiceSubject, TwinDescription};

/// A source, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceLine {
    /// What it is.
    pub title: String,
    /// The attribution that its licence asks for, word for word.
    pub attribution: String,
    /// Short name of the licence; may be empty.
    pub licence: String,
    /// Date of the data, as the language writes it.
    pub date: Option<String>,
}

impl SourceLine {
    /// The sources of a twin, then the layers of plans whose ids are named.
    pub fn of(twin: &TwinDescription, layers: &[&str], language: Language) -> Vec<Self> {
        let sources = twin.sources.iter().map(|source| Self {
            title: source.title.get(language).to_owned(),
            attribution: source.attribution.clone(),
            licence: source.licence.clone(),
            date: source.date.as_ref().map(|day| date(language, day)),
        });
        let named = twin.layers.iter().filter(|layer| layers.contains(&layer.id.as_str()));
        let layers = named.filter(|layer| !layer.attribution.is_empty()).map(|layer| Self {
            title: layer.title.get(language).to_owned(),
            attribution: layer.attribution.clone(),
            licence: layer.licence.clone(),
            date: None,
        });
        sources.chain(layers).collect()
    }
}

/// A service of the city, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceLink {
    /// What stands on the link.
    pub title: String,
    /// Where it leads: an https address, the same for every house.
    pub url: String,
}

impl ServiceLink {
    /// The services of a twin about a subject. What is no https address is left out: a twin may come from anywhere.
    pub fn of(twin: &TwinDescription, subject: ServiceSubject, language: Language) -> Vec<Self> {
        let about = twin.services.iter().filter(|service| service.subject == subject);
        let link = about.filter_map(|service| {
            Some(Self { title: service.title.get(language).to_owned(), url: checked_link(&service.url)? })
        });
        link.collect()
    }

    /// Services as plain text, with a heading; nothing where there are none.
    pub(super) fn as_text(services: &[Self], language: Language) -> String {
        if services.is_empty() {
            return String::new();
        }
        let lines = services.iter().map(|service| format!("- {}: {}\n", service.title, service.url));
        format!("\n{}\n", text(language, "services.heading")) + &lines.collect::<String>()
    }
}
