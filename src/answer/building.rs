//! What there is to say of a building: the released facts with why they are seen, what is not shown and why, and the
//! plans it lies in.

use super::around::{Around, NearGroup};
use super::plan::PlanLink;
use super::sources::{ServiceLink, SourceLine};
use super::value::value;
use crate::stream::{FeatureTable, Property};
use crate::texts::text;
use crate::twin::{AttributeKind, Language, PlaceInfo, ServiceSubject, Text, TwinDescription, WithheldInfo};

/// What there is to say of a building, ready to be shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BuildingView {
    /// Name of a sight, else the address, else the word for building.
    pub title: String,
    /// The public id.
    pub id: String,
    /// The facts.
    pub facts: Vec<Fact>,
    /// What is kept back.
    pub withheld: Vec<Withheld>,
    /// Plans it lies in.
    pub plans: Vec<PlanLink>,
    /// Other plans that are near, nearest first.
    pub plans_near: Vec<PlanLink>,
    /// What is near on foot.
    pub near: Vec<NearGroup>,
    /// The city's own services about buildings.
    pub services: Vec<ServiceLink>,
    /// What must be said of the data at all times, such as that it is invented.
    pub notice: Option<String>,
    /// For whom this was released.
    pub audience: String,
    /// Attributions of the sources, each once.
    pub attributions: Vec<String>,
    /// The sources with licence and date.
    pub sources: Vec<SourceLine>,
}

/// One released fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Its name.
    pub label: String,
    /// Its value; `None` is "no data".
    pub value: Option<String>,
    /// Why it is seen.
    pub why: String,
    /// The law or licence.
    pub legal_basis: String,
    /// What was done to it on release.
    pub operation: Option<String>,
}

/// One class of facts that is kept back.
#[derive(Clone, Debug, PartialEq)]
pub struct Withheld {
    /// What is kept back.
    pub label: String,
    /// Its class in words.
    pub class: String,
    /// Why it is not shown.
    pub reason: String,
    /// The law.
    pub legal_basis: String,
}

impl BuildingView {
    /// The view of a feature of a tile, in a language.
    pub fn new(twin: &TwinDescription, features: &FeatureTable, row: u32, around: Around, language: Language) -> Self {
        let Around { plans, plans_near, near } = around;
        let layers: Vec<&str> = plans.iter().chain(&plans_near).map(|plan| plan.layer.as_str()).collect();
        let id = features.id(row).unwrap_or_default();
        let released = twin.attributes.iter().map(|attribute| Fact {
            label: attribute.label.get(language).to_owned(),
            value: features.get(row, &attribute.name).map(|property| value(language, &attribute.kind, property)),
            why: attribute.why.get(language).to_owned(),
            legal_basis: attribute.legal_basis.get(language).to_owned(),
            operation: attribute.operation.as_ref().map(|text| text.get(language).to_owned()),
        });
        let sight = twin.places.iter().find(|place| place.building.as_deref() == Some(id));
        let sight = sight.map(|place| Fact::of_sight(place, language));
        let address = features.get(row, "address").map(|property| value(language, &AttributeKind::Text, property));
        let title = sight.as_ref().and_then(|sight| sight.value.clone()).or(address);
        Self {
            title: title.unwrap_or_else(|| text(language, "building.heading").to_owned()),
            id: id.to_owned(),
            facts: sight.into_iter().chain(released).collect(),
            withheld: Withheld::of(twin, language),
            audience: audience(&twin.audience, language),
            attributions: attributions(twin, &layers),
            sources: SourceLine::of(twin, &layers, language),
            services: ServiceLink::of(twin, ServiceSubject::Building, language),
            notice: twin.notice.as_ref().map(|notice| notice.get(language).to_owned()),
            near,
            plans_near: plans_near.clone(),
            plans: plans.clone(),
        }
    }

    /// The view of a feature of a tileset that others made: every property as it is.
    pub fn of_foreign(features: &FeatureTable, row: u32, language: Language) -> Self {
        let kind = AttributeKind::Text;
        let fact = |(name, property): (&str, &Property)| Fact {
            label: name.to_owned(),
            value: Some(value(language, &kind, property)),
            why: String::new(),
            legal_basis: String::new(),
            operation: None,
        };
        let id = features.id(row).unwrap_or_default().to_owned();
        Self {
            title: if id.is_empty() { format!("{} {row}", text(language, "building.heading")) } else { id.clone() },
            id,
            facts: features.row(row).map(fact).collect(),
            ..Self::default()
        }
    }

    /// The first facts that say more than the title, for who hears them: "Height: 98.5 m".
    pub fn spoken_facts(&self, most: usize) -> Vec<String> {
        let said = self.facts.iter().filter_map(|fact| Some((&fact.label, fact.value.as_ref()?)));
        let more = said.filter(|(_, value)| **value != self.title);
        more.take(most).map(|(label, value)| format!("{label}: {value}")).collect()
    }

    /// Everything as plain text, for the clipboard and for saving.
    pub fn as_text(&self, language: Language) -> String {
        let mut out = format!("{}\n{}\n", self.title, self.id);
        if !self.audience.is_empty() {
            out += &format!("{}: {}\n", text(language, "building.audience"), self.audience);
        }
        out.push('\n');
        for fact in &self.facts {
            let value = fact.value.as_deref().unwrap_or(text(language, "building.no_data"));
            out += &format!("{}: {value}\n", fact.label);
            if !fact.why.is_empty() {
                out += &format!("    {}\n", fact.why);
            }
            if let Some(operation) = &fact.operation {
                out += &format!("    {}: {operation}\n", text(language, "building.operation"));
            }
            if !fact.legal_basis.is_empty() {
                out += &format!("    {}: {}\n", text(language, "building.legal_basis"), fact.legal_basis);
            }
        }
        self.add_surroundings(&mut out, language);
        if !self.withheld.is_empty() {
            out += &format!("\n{}\n", text(language, "building.not_shown"));
            for kept in &self.withheld {
                out += &format!("- {} ({}): {} {}\n", kept.label, kept.class, kept.reason, kept.legal_basis);
            }
        }
        out.push('\n');
        out.extend(self.notice.iter().chain(&self.attributions).map(|line| format!("{line}\n")));
        out
    }

    /// Plans, places near on foot, services.
    fn add_surroundings(&self, out: &mut String, language: Language) {
        for (heading, plans) in [("building.plans", &self.plans), ("building.plans_near", &self.plans_near)] {
            if !plans.is_empty() {
                *out += &format!("\n{}\n", text(language, heading));
                out.extend(plans.iter().map(|plan| format!("- {}\n", plan.line())));
            }
        }
        if !self.near.is_empty() {
            *out += &format!("\n{}\n{}\n", text(language, "near.heading"), text(language, "near.rule"));
        }
        for group in &self.near {
            *out += &format!("{}:\n", group.title);
            out.extend(group.places.iter().map(|near| format!("- {}: {}\n", near.name, near.way)));
            if group.places.is_empty() {
                *out += &format!("- {}\n", text(language, "near.none"));
            }
        }
        *out += &ServiceLink::as_text(&self.services, language);
    }
}

impl Fact {
    /// The name of a sight. It is the city's own word in its list of places, and no part of the released data.
    fn of_sight(place: &PlaceInfo, language: Language) -> Self {
        Self {
            label: text(language, "building.sight").to_owned(),
            value: Some(place.title.get(language).to_owned()),
            why: text(language, "building.sight_why").to_owned(),
            legal_basis: String::new(),
            operation: None,
        }
    }
}

impl Withheld {
    /// Everything that is kept back. What differs in nothing but its class is one line that names both.
    fn of(twin: &TwinDescription, language: Language) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for kept in twin.withheld.iter().map(|kept| Self::new(kept, language)) {
            let same = all.iter_mut().find(|other| **other == Self { class: other.class.clone(), ..kept.clone() });
            match same {
                Some(same) if !same.class.split(", ").any(|class| class == kept.class) => {
                    same.class += &format!(", {}", kept.class);
                }
                Some(_) => {}
                None => all.push(kept),
            }
        }
        all
    }

    fn new(kept: &WithheldInfo, language: Language) -> Self {
        let get = |text: &Text| text.get(language).to_owned();
        let class = match kept.class.as_str() {
            "aggregated" => text(language, "class.aggregated").to_owned(),
            "restricted" => text(language, "class.restricted").to_owned(),
            "never" => text(language, "class.never").to_owned(),
            other => other.to_owned(),
        };
        Self { label: get(&kept.label), class, reason: get(&kept.reason), legal_basis: get(&kept.legal_basis) }
    }
}

/// The attribution of each source and of the layers whose plans are named, each once, in their order.
fn attributions(twin: &TwinDescription, layers: &[&str]) -> Vec<String> {
    let named = twin.layers.iter().filter(|layer| layers.contains(&layer.id.as_str()));
    let layers = named.map(|layer| &layer.attribution).filter(|attribution| !attribution.is_empty());
    let mut all: Vec<String> = Vec::new();
    for attribution in twin.sources.iter().map(|source| &source.attribution).chain(layers) {
        if !all.contains(attribution) {
            all.push(attribution.clone());
        }
    }
    all
}

/// The audience in words.
pub fn audience(name: &str, language: Language) -> String {
    match name {
        "citizen" => text(language, "audience.citizen").to_owned(),
        "kiosk" => text(language, "audience.kiosk").to_owned(),
        "planner" => text(language, "audience.planner").to_owned(),
        other => other.to_owned(),
    }
}
