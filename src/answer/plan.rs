//! What there is to say of a development plan: name, status, dates, permitted use and height, and where the plan itself
//! stands.

use super::around::distance;
use super::sources::ServiceLink;
use crate::plan::{self, DevelopmentPlan};
use crate::texts::{date, metres, number, text};
use crate::twin::{Language, LayerInfo, ServiceSubject, TwinDescription};

/// A plan that a building lies in.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanLink {
    /// The layer's id.
    pub layer: String,
    /// The plan's id.
    pub plan: String,
    /// What stands on the link.
    pub name: String,
    /// How far away it is, in words; `None` where the building lies in it.
    pub distance: Option<String>,
}

impl PlanLink {
    /// The link to a plan of a layer: its name and how far it has come.
    pub fn new(layer: &LayerInfo, plan: &DevelopmentPlan, language: Language) -> Self {
        let name = match &plan.number {
            Some(number) => format!("{number} · {}", plan.name),
            None => plan.name.clone(),
        };
        Self {
            layer: layer.id.clone(),
            plan: plan.id.clone(),
            name: format!("{name} ({})", status(plan, language)),
            distance: None,
        }
    }

    /// The link to a plan that is some metres away.
    pub fn away(layer: &LayerInfo, plan: &DevelopmentPlan, distance_m: f64, language: Language) -> Self {
        Self { distance: Some(distance(distance_m, language)), ..Self::new(layer, plan, language) }
    }

    /// What stands on the link, with the distance where there is one.
    pub fn line(&self) -> String {
        match &self.distance {
            Some(distance) => format!("{} · {distance}", self.name),
            None => self.name.clone(),
        }
    }
}

/// What there is to say of a plan, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanView {
    /// Name of the plan.
    pub title: String,
    /// Label and value of each line.
    pub facts: Vec<(String, String)>,
    /// Address of the plan.
    pub link: Option<String>,
    /// The law that the layer rests on.
    pub legal_basis: String,
    /// The attribution of the layer; empty where it asks for none.
    pub attribution: String,
    /// The city's own services about plans.
    pub services: Vec<ServiceLink>,
}

impl PlanView {
    /// What a layer of a twin says of one of its plans.
    pub fn new(twin: &TwinDescription, layer: &LayerInfo, plan: &DevelopmentPlan, language: Language) -> Self {
        let use_label = plan::use_label(plan.permitted_use.as_deref().unwrap_or_default()).get(language).to_owned();
        let mut facts =
            vec![(text(language, "plan.status"), status(plan, language)), (text(language, "plan.use"), use_label)];
        if let Some(number) = &plan.number {
            facts.insert(0, (text(language, "plan.number"), number.clone()));
        }
        let mut add = |key, value: Option<String>| facts.extend(value.map(|value| (text(language, key), value)));
        add("plan.resolved_on", plan.resolved_on.map(|day| date(language, &day.to_string())));
        add("plan.in_force_since", plan.in_force_since.map(|day| date(language, &day.to_string())));
        add("plan.max_height", plan.max_height_m.map(|height_m| metres(language, height_m, 1)));
        add("plan.max_storeys", plan.max_storeys.map(|storeys| storeys.to_string()));
        add("plan.site_coverage", plan.site_coverage.map(|ratio| number(language, ratio, 2)));
        add("plan.floor_area_ratio", plan.floor_area_ratio.map(|ratio| number(language, ratio, 2)));
        Self {
            title: plan.name.clone(),
            facts: facts.into_iter().map(|(label, value)| (label.to_owned(), value)).collect(),
            link: plan.link.clone(),
            legal_basis: layer.legal_basis.get(language).to_owned(),
            attribution: layer.attribution.clone(),
            services: ServiceLink::of(twin, ServiceSubject::Plan, language),
        }
    }

    /// Everything as plain text.
    pub fn as_text(&self, language: Language) -> String {
        let mut out = format!("{}\n{}\n\n", self.title, text(language, "plan.heading"));
        out.extend(self.facts.iter().map(|(label, value)| format!("{label}: {value}\n")));
        if let Some(link) = &self.link {
            out += &format!("{}: {link}\n", text(language, "plan.link"));
        }
        out += &format!("{}: {}\n", text(language, "plan.legal_basis"), self.legal_basis);
        out += &ServiceLink::as_text(&self.services, language);
        if !self.attribution.is_empty() {
            out += &format!("\n{}\n", self.attribution);
        }
        out
    }
}

fn status(plan: &DevelopmentPlan, language: Language) -> String {
    plan::status_label(plan.status).get(language).to_owned()
}
