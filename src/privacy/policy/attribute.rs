//! One attribute of a policy: wire → [`Attribute`], the second of two steps.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;

use super::codes::CodeList;
use super::error::{Fault, Problem};
use super::operation::Operation;
use super::rules::{Rule, RuleContext};
use super::text::{checked_text, name_of, word_of};
use super::wire::{WireAttribute, WireCodeValue, WireRelease, WireRule};
use super::words::{Audience, Class, PartsRule, Unit, ValueType};
use crate::twin::Text;

/// What a policy says of one attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// As readers and tables name it.
    pub name: String,
    /// Line of its name in the policy file.
    pub line: u64,
    /// The ceiling over its rules.
    pub class: Class,
    /// Type of its values.
    pub value_type: ValueType,
    /// Unit of its values, for numbers that have one.
    pub unit: Option<Unit>,
    /// Digits after the point to show, for [`ValueType::Real`].
    pub decimals: u8,
    /// Name for people.
    pub label: Text,
    /// The law or licence.
    pub legal_basis: Text,
    /// Why it is shown or kept back.
    pub why: Text,
    /// Key of the group that it is named with where it is kept back.
    pub group: Option<String>,
    /// The codes it may have.
    pub code_list: Option<Arc<CodeList>>,
    /// Whether the code list is an allow-list: a value that is not on it is left out and does not fail the build.
    pub allow_list: bool,
    /// Values that mean "no data", as text; numbers where the attribute is one, see [`Attribute::is_no_data`].
    pub no_data: BTreeSet<String>,
    /// What a building without a value of its own says.
    pub parts: PartsRule,
    /// Whether it is left out at sensitive places.
    pub hidden_at_sensitive_places: bool,
    pub(super) citizen: Option<Rule>,
    pub(super) planner: Option<Rule>,
}

impl Attribute {
    /// The rule for an audience; the kiosk's is the citizen's.
    pub fn rule(&self, audience: Audience) -> Option<&Rule> {
        match audience.ruled_as() {
            Audience::Citizen | Audience::Kiosk => self.citizen.as_ref(),
            Audience::Planner => self.planner.as_ref(),
        }
    }

    /// Whether a number means "no data", however it is written: −9999, −9999.0 and −9.999e3 are the same.
    pub fn is_no_data(&self, number: f64) -> bool {
        self.no_data.iter().any(|text| text.parse() == Ok(number))
    }
}

/// What attributes are checked against.
pub(super) struct AttributeContext<'a> {
    /// Keys of the policy's groups.
    pub groups: &'a BTreeSet<String>,
    /// Keys of the policy's purposes.
    pub purposes: &'a BTreeSet<String>,
    /// The code lists by key.
    pub code_lists: &'a BTreeMap<String, Arc<CodeList>>,
    /// Whether the file has thresholds for aggregates.
    pub has_aggregation: bool,
}

impl AttributeContext<'_> {
    /// The attribute, or the attributes where it has several names, each with the span of its name.
    pub fn attributes(&self, wire: Spanned<WireAttribute>) -> Result<Vec<(Range<usize>, Attribute)>, Fault> {
        let span = wire.span();
        let mut wire = wire.into_inner();
        let names = match (wire.name.take(), wire.names.take()) {
            (Some(name), None) => vec![name],
            (None, Some(names)) if !names.is_empty() => names,
            _ => return Err(Fault::at(span, Problem::NameOrNames)),
        };
        let shares_entry = names.len() > 1;
        let release = std::mem::take(&mut wire.release);
        let mut attribute = self.attribute_without_rules(wire)?;
        self.add_rules(&mut attribute, release)?;
        if shares_entry && releases_anything(&attribute) {
            return Err(Fault::at(span, Problem::NamesReleased));
        }
        names
            .into_iter()
            .map(|name| Ok((name.span(), Attribute { name: name_of(&name)?, ..attribute.clone() })))
            .collect()
    }

    fn attribute_without_rules(&self, wire: WireAttribute) -> Result<Attribute, Fault> {
        let value_type = word_of("type", &wire.r#type)?;
        let unit = wire.unit.as_ref().map(|unit| unit_of(unit, value_type)).transpose()?;
        let decimals = decimals_of(&wire, value_type)?;
        let parts = match &wire.parts {
            Some(parts) => parts_of(parts, value_type)?,
            None => PartsRule::default(),
        };
        let group = wire.group.as_ref().map(|group| self.group(group)).transpose()?;
        let no_data = no_data_of(&wire.no_data, value_type)?;
        let code_list = self.code_list(value_type, wire.code_list, wire.values)?;
        let has_sensitive = code_list.as_ref().is_some_and(|list| list.has_sensitive());
        if wire.allow_list && code_list.is_none() {
            return Err(Fault::at(wire.class.span(), missing("code_list or values", " for an allow-list")));
        }
        Ok(Attribute {
            name: String::new(),
            line: 0,
            class: word_of("class", &wire.class)?,
            value_type,
            unit,
            decimals,
            label: checked_text("label", wire.label)?,
            legal_basis: checked_text("legal_basis", wire.legal_basis)?,
            why: checked_text("why", wire.why)?,
            group,
            code_list,
            allow_list: wire.allow_list,
            no_data,
            parts,
            hidden_at_sensitive_places: wire.hidden_at_sensitive_places || has_sensitive,
            citizen: None,
            planner: None,
        })
    }

    fn add_rules(&self, attribute: &mut Attribute, release: WireRelease) -> Result<(), Fault> {
        if let Some(kiosk) = release.kiosk {
            return Err(Fault::at(kiosk.span(), Problem::KioskIsCitizen));
        }
        let citizen = self.rule(attribute, Audience::Citizen, release.citizen)?;
        let planner = self.rule(attribute, Audience::Planner, release.planner)?;
        attribute.citizen = citizen;
        attribute.planner = planner;
        Ok(())
    }

    fn rule(
        &self,
        attribute: &Attribute,
        audience: Audience,
        wire: Option<Spanned<WireRule>>,
    ) -> Result<Option<Rule>, Fault> {
        let (purposes, has_aggregation) = (self.purposes, self.has_aggregation);
        let context = RuleContext { attribute, audience, purposes, has_aggregation };
        wire.map(|wire| context.rule(wire)).transpose()
    }

    fn group(&self, group: &Spanned<String>) -> Result<String, Fault> {
        if self.groups.contains(group.get_ref()) {
            return Ok(group.get_ref().clone());
        }
        Err(Fault::at(group.span(), Problem::Missing { what: "group", name: group.get_ref().clone() }))
    }

    fn code_list(
        &self,
        value_type: ValueType,
        key: Option<Spanned<String>>,
        values: Option<Vec<WireCodeValue>>,
    ) -> Result<Option<Arc<CodeList>>, Fault> {
        let (span, list) = match (key, values) {
            (None, None) => return Ok(None),
            (None, Some(values)) => {
                let span = values.first().map_or(0..0, |value| value.key.span());
                (span, Arc::new(CodeList::inline(values)?))
            }
            (Some(key), Some(_)) => {
                return Err(Fault::at(key.span(), misplaced("code_list", "the values stand in the attribute")));
            }
            (Some(key), None) => {
                let found = self.code_lists.get(key.get_ref()).cloned();
                let name = key.get_ref().clone();
                (key.span(), found.ok_or(Fault::at(key.span(), Problem::Missing { what: "code list", name }))?)
            }
        };
        if value_type != ValueType::Text {
            return Err(Fault::at(span, misplaced("code_list", "codes are of the type text")));
        }
        Ok(Some(list))
    }
}

/// Whether any audience gets a value of it, for whatever purpose.
fn releases_anything(attribute: &Attribute) -> bool {
    let rules = [&attribute.citizen, &attribute.planner];
    rules.into_iter().flatten().any(|rule| !matches!(rule.operation, Operation::Suppress { .. }))
}

fn unit_of(unit: &Spanned<String>, value_type: ValueType) -> Result<Unit, Fault> {
    if !value_type.is_number() {
        return Err(Fault::at(unit.span(), misplaced("unit", "only numbers have one")));
    }
    word_of("unit", unit)
}

fn decimals_of(wire: &WireAttribute, value_type: ValueType) -> Result<u8, Fault> {
    match (&wire.decimals, value_type) {
        (Some(decimals), ValueType::Real) if *decimals.get_ref() <= 9 => Ok(*decimals.get_ref()),
        (Some(decimals), ValueType::Real) => {
            Err(Fault::at(decimals.span(), Problem::BadNumber { key: "decimals", because: "must be 9 at most" }))
        }
        (Some(decimals), _) => {
            Err(Fault::at(decimals.span(), misplaced("decimals", "only the type real has digits after the point")))
        }
        (None, ValueType::Real) => Err(Fault::at(wire.r#type.span(), missing("decimals", " for the type real"))),
        (None, _) => Ok(0),
    }
}

fn parts_of(parts: &Spanned<String>, value_type: ValueType) -> Result<PartsRule, Fault> {
    let rule = word_of("parts", parts)?;
    if rule == PartsRule::Max && !value_type.is_number() {
        return Err(Fault::at(parts.span(), misplaced("parts", "only numbers have a greatest")));
    }
    Ok(rule)
}

fn no_data_of(wire: &[Spanned<String>], value_type: ValueType) -> Result<BTreeSet<String>, Fault> {
    let is_number = matches!(value_type, ValueType::Integer | ValueType::Real);
    let mut values = BTreeSet::new();
    for value in wire {
        let name = value.get_ref().clone();
        if is_number && name.parse::<f64>().is_err() {
            return Err(Fault::at(value.span(), Problem::NotANumber { key: "no_data", text: name }));
        }
        if !values.insert(name.clone()) {
            return Err(Fault::at(value.span(), Problem::Twice { what: "value", name }));
        }
    }
    Ok(values)
}

fn missing(key: &'static str, because: &'static str) -> Problem {
    Problem::KeyMissing { key, because }
}

fn misplaced(key: &'static str, because: &'static str) -> Problem {
    Problem::KeyMisplaced { key, because }
}
