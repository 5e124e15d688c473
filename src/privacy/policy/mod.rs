//! The policy: who may see what of a building, in what form, for what purpose, and by which law.
//!
//! A TOML file that a lawyer can read. It is taken in two steps: `wire` is the shape of the file, the rest of this
//! module makes closed enums of it, so that every cell (attribute × audience × purpose) can be enumerated. It holds no
//! value of a building and reads no file.

mod attribute;
mod cells;
mod codes;
mod error;
mod operation;
mod parse;
mod rules;
mod text;
mod wire;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::twin::Text;

pub use attribute::Attribute;
pub use cells::Cell;
pub use codes::{Code, CodeList};
pub use error::{PolicyError, Problem};
pub use operation::Operation;
pub use rules::{Purposes, Rule};
pub(crate) use words::Word;
pub use words::{Audience, Class, PartsRule, Statistic, Unit, UnknownWord, ValueType};

/// A purpose that a planner may name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose {
    /// Short key, such as `urban_planning`.
    pub key: String,
    /// Name for people.
    pub label: Text,
}

/// What people are told of something that is kept back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    pub label: Text,
    pub legal_basis: Text,
    pub why: Text,
}

/// The thresholds that every leaf of an aggregate must hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Aggregation {
    /// Edge of the smallest cell, metres.
    pub smallest_cell_m: u32,
    /// Edge of the largest cell, metres.
    pub largest_cell_m: u32,
    /// Fewest households in a leaf.
    pub min_households: u32,
    /// Fewest buildings in a leaf.
    pub min_buildings: u32,
    /// Greatest share of one building in a leaf's total, 0 to 1.
    pub max_contribution: f64,
}

/// Who approved a policy, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Approval {
    pub by: String,
    pub on: Date,
}

/// Why nothing of an attribute goes to an audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withholding {
    /// Its class is `never`.
    Never,
    /// No rule for this audience.
    NoRule,
    /// The rule holds for other purposes.
    Purpose,
    /// The class allows no such rule.
    Class,
    /// The rule says so.
    Suppressed,
    /// The rule leaves it out because it says nothing to people; no law keeps it back.
    Technical,
    /// It goes out of many buildings together only, and there are no aggregates yet.
    AggregateOnly,
}

/// What a policy decides for one cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decision<'a> {
    /// Values go out by this rule.
    Release(&'a Rule),
    /// Nothing goes out.
    Withhold(Withholding),
}

/// A policy, checked and ready.
#[derive(Clone, Debug)]
pub struct Policy {
    file: Arc<str>,
    hash: String,
    title: Text,
    version: String,
    city: String,
    approval: Option<Approval>,
    expires_on: Date,
    aggregation: Option<Aggregation>,
    sensitive_places: Option<Notice>,
    purposes: Vec<Purpose>,
    groups: BTreeMap<String, Notice>,
    attributes: Vec<Attribute>,
    index: BTreeMap<String, usize>,
}

impl Policy {
    /// Reads a policy. `file` is its name in messages.
    pub fn parse(text: &str, file: &str) -> Result<Self, PolicyError> {
        parse::parse(text, file)
    }

    /// The file's name as it was given.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// SHA-256 of the file's bytes, hexadecimal in small letters.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Its title.
    pub fn title(&self) -> &Text {
        &self.title
    }

    /// Its version, as its authors count.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Short id of the city it is for.
    pub fn city(&self) -> &str {
        &self.city
    }

    /// Who approved it; `None` releases synthetic data only.
    pub fn approved_by(&self) -> Option<&str> {
        self.approval.as_ref().map(|approval| approval.by.as_str())
    }

    /// The day it was approved.
    pub fn approved_on(&self) -> Option<Date> {
        self.approval.as_ref().map(|approval| approval.on)
    }

    /// Its last day.
    pub fn expires_on(&self) -> Date {
        self.expires_on
    }

    /// The thresholds of aggregates.
    pub fn aggregation(&self) -> Option<Aggregation> {
        self.aggregation
    }

    /// All audiences, in the order of the documentation. The kiosk is one of them and gets the citizen's release.
    pub fn audiences(&self) -> &'static [Audience] {
        Audience::ALL
    }

    /// The purposes that planners may name, in the file's order.
    pub fn purposes(&self) -> &[Purpose] {
        &self.purposes
    }

    /// All attributes in the file's order, which is the order of the panel.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The attribute of that name, letter by letter.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.index.get(name).and_then(|index| self.attributes.get(*index))
    }

    /// What goes to an audience for a purpose: never > audience > purpose > class, and nothing where nothing says so.
    /// Sensitive places come between the first two and depend on the building: the release step decides on them.
    pub fn decide<'a>(&self, attribute: &'a Attribute, audience: Audience, purpose: Option<&str>) -> Decision<'a> {
        if attribute.class == Class::Never {
            return Decision::Withhold(Withholding::Never);
        }
        let Some(rule) = attribute.rule(audience) else { return Decision::Withhold(Withholding::NoRule) };
        if !rule.purposes.admit(purpose) {
            return Decision::Withhold(Withholding::Purpose);
        }
        if !attribute.class.admits(audience, &rule.operation, attribute.allow_list) {
            return Decision::Withhold(Withholding::Class);
        }
        match rule.operation {
            Operation::Suppress { technical: true } => Decision::Withhold(Withholding::Technical),
            Operation::Suppress { technical: false } => Decision::Withhold(Withholding::Suppressed),
            Operation::Aggregate { .. } => Decision::Withhold(Withholding::AggregateOnly),
            Operation::AsIs | Operation::Map | Operation::Round { .. } | Operation::Bin { .. } => {
                Decision::Release(rule)
            }
        }
    }

    pub(crate) fn group(&self, key: &str) -> Option<&Notice> {
        self.groups.get(key)
    }

    pub(crate) fn sensitive_places(&self) -> Option<&Notice> {
        self.sensitive_places.as_ref()
    }
}
