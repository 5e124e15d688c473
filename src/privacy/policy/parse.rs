//! Text → [`Policy`]: the head of the file, its lists, and the attributes one after the other.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;

use super::attribute::{Attribute, AttributeContext};
use super::codes::CodeList;
use super::error::{Fault, PolicyError, Problem, line_of};
use super::rules::Purposes;
use super::text::{checked_text, day_of, key_of};
use super::wire::{
    WireAggregation, WireAttribute, WireCodeList, WireGroup, WireNames, WireNotice, WirePolicy, WirePurpose,
};
use super::{Aggregation, Approval, Notice, Policy, Purpose};
use crate::digest::Sha256;
use crate::twin::Text;

/// Reads a policy.
pub(super) fn parse(text: &str, file: &str) -> Result<Policy, PolicyError> {
    let source = Source { text, file: file.into() };
    let wire: WirePolicy = toml::from_str(text).map_err(|error| source.shape_error(&error))?;
    Lists::of(&wire).map_err(|fault| source.rule_error(fault, None))?.policy(wire, &source)
}

/// The text with its name, to turn spans into lines.
struct Source<'a> {
    text: &'a str,
    file: Arc<str>,
}

impl Source<'_> {
    fn shape_error(&self, error: &toml::de::Error) -> PolicyError {
        let offset = error.span().map_or(0, |span| span.start);
        PolicyError::Shape {
            file: self.file.clone(),
            line: line_of(self.text, offset),
            attribute: self.attribute_at(offset),
            message: error.message().replace('\n', ", "),
        }
    }

    fn rule_error(&self, Fault { span, problem }: Fault, attribute: Option<String>) -> PolicyError {
        PolicyError::Rule { file: self.file.clone(), line: line_of(self.text, span.start), attribute, problem }
    }

    /// The name of the attribute that an offset lies in; `None` where the text is no TOML at all.
    fn attribute_at(&self, offset: usize) -> Option<String> {
        let names: WireNames = toml::from_str(self.text).ok()?;
        let attribute = names.attribute.iter().rfind(|attribute| attribute.span().start <= offset)?;
        // The span of a table in an array may end with its header, so that the next header of another kind is looked for.
        let between = self.text.get(attribute.span().start..offset)?;
        let is_other_table =
            |line: &str| line.starts_with('[') && !line.trim_start_matches('[').starts_with("attribute");
        if between.lines().any(is_other_table) {
            return None;
        }
        let attribute = attribute.get_ref();
        attribute.name.clone().or_else(|| attribute.names.as_ref()?.first().cloned())
    }
}

/// What attributes refer to.
struct Lists {
    purposes: Vec<Purpose>,
    groups: BTreeMap<String, Notice>,
    code_lists: BTreeMap<String, Arc<CodeList>>,
}

impl Lists {
    fn of(wire: &WirePolicy) -> Result<Self, Fault> {
        Ok(Self { purposes: purposes(&wire.purpose)?, groups: groups(&wire.group)?, code_lists: BTreeMap::new() })
    }

    fn policy(mut self, mut wire: WirePolicy, source: &Source) -> Result<Policy, PolicyError> {
        let wire_attributes = std::mem::take(&mut wire.attribute);
        let mut policy = self.head(wire, source).map_err(|fault| source.rule_error(fault, None))?;
        let group_keys = policy.groups.keys().cloned().collect();
        let purpose_keys = policy.purposes.iter().map(|purpose| purpose.key.clone()).collect();
        let context = AttributeContext {
            groups: &group_keys,
            purposes: &purpose_keys,
            code_lists: &self.code_lists,
            has_aggregation: policy.aggregation.is_some(),
        };
        let mut names = BTreeSet::new();
        for attribute in wire_attributes {
            let name = first_name(attribute.get_ref());
            let found = context.attributes(attribute).map_err(|fault| source.rule_error(fault, name.clone()))?;
            for (span, mut attribute) in found {
                attribute.line = line_of(source.text, span.start);
                add(&mut policy, &mut names, span, attribute)
                    .map_err(|fault| source.rule_error(fault, name.clone()))?;
            }
        }
        Ok(policy)
    }

    /// The policy without its attributes.
    fn head(&mut self, wire: WirePolicy, source: &Source) -> Result<Policy, Fault> {
        let approval = approval(&wire)?;
        let has_sensitive = self.add_code_lists(wire.code_list)?;
        let title_span = wire.title.span();
        let sensitive_places = wire.sensitive_places.map(notice).transpose()?;
        if has_sensitive && sensitive_places.is_none() {
            let because = ": code lists have sensitive codes";
            return Err(Fault::at(title_span, Problem::KeyMissing { key: "[sensitive_places]", because }));
        }
        Ok(Policy {
            file: source.file.clone(),
            hash: Sha256::of(source.text.as_bytes()).to_string(),
            title: checked_text("title", wire.title)?,
            version: wire.version,
            city: wire.city,
            approval,
            expires_on: day_of("expires_on", &wire.expires_on)?,
            aggregation: wire.aggregation.map(aggregation).transpose()?,
            sensitive_places,
            purposes: std::mem::take(&mut self.purposes),
            groups: std::mem::take(&mut self.groups),
            attributes: Vec::new(),
            index: BTreeMap::new(),
        })
    }

    /// Adds the code lists; says whether one of them has sensitive codes.
    fn add_code_lists(&mut self, wire: Vec<WireCodeList>) -> Result<bool, Fault> {
        for list in wire {
            let span = list.key.span();
            let key = key_of(&list.key)?;
            if self.code_lists.insert(key.clone(), Arc::new(CodeList::of(list)?)).is_some() {
                return Err(twice(span, "code list", key));
            }
        }
        Ok(self.code_lists.values().any(|list| list.has_sensitive()))
    }
}

/// Adds an attribute unless its name is taken, in whatever case: aliases are a way around a rule.
fn add(
    policy: &mut Policy,
    names: &mut BTreeSet<String>,
    span: Range<usize>,
    attribute: Attribute,
) -> Result<(), Fault> {
    if !names.insert(attribute.name.to_lowercase()) {
        return Err(twice(span, "attribute", attribute.name));
    }
    policy.index.insert(attribute.name.clone(), policy.attributes.len());
    policy.attributes.push(attribute);
    Ok(())
}

fn first_name(wire: &WireAttribute) -> Option<String> {
    let name = wire.name.as_ref().or_else(|| wire.names.as_ref()?.first())?;
    Some(name.get_ref().clone())
}

fn approval(wire: &WirePolicy) -> Result<Option<Approval>, Fault> {
    let (by, on) = match (&wire.approved_by, &wire.approved_on) {
        (None, None) => return Ok(None),
        (Some(by), Some(on)) => (by, on),
        (Some(by), None) => return Err(Fault::at(by.span(), Problem::HalfApproved)),
        (None, Some(on)) => return Err(Fault::at(on.span(), Problem::HalfApproved)),
    };
    let approval = Approval { by: by.get_ref().trim().to_owned(), on: day_of("approved_on", on)? };
    if approval.by.is_empty() || approval.on > day_of("expires_on", &wire.expires_on)? {
        return Err(Fault::at(by.span(), Problem::HalfApproved));
    }
    Ok(Some(approval))
}

fn purposes(wire: &[WirePurpose]) -> Result<Vec<Purpose>, Fault> {
    let mut keys = BTreeSet::new();
    let mut purposes = Vec::new();
    for purpose in wire {
        let key = key_of(&purpose.key)?;
        if key == Purposes::ANY {
            let because = "the word stands for all purposes";
            return Err(Fault::at(purpose.key.span(), Problem::KeyMisplaced { key: Purposes::ANY, because }));
        }
        if !keys.insert(key.clone()) {
            return Err(twice(purpose.key.span(), "purpose", key));
        }
        let label = in_both("label", purpose.key.span(), &purpose.label)?;
        purposes.push(Purpose { key, label });
    }
    Ok(purposes)
}

fn groups(wire: &[WireGroup]) -> Result<BTreeMap<String, Notice>, Fault> {
    let mut groups = BTreeMap::new();
    for group in wire {
        let (span, key) = (group.key.span(), key_of(&group.key)?);
        let notice = Notice {
            label: in_both("label", span.clone(), &group.label)?,
            legal_basis: in_both("legal_basis", span.clone(), &group.legal_basis)?,
            why: in_both("why", span.clone(), &group.why)?,
        };
        if groups.insert(key.clone(), notice).is_some() {
            return Err(twice(span, "group", key));
        }
    }
    Ok(groups)
}

fn notice(wire: Spanned<WireNotice>) -> Result<Notice, Fault> {
    let (span, wire) = (wire.span(), wire.into_inner());
    Ok(Notice {
        label: in_both("label", span.clone(), &wire.label)?,
        legal_basis: in_both("legal_basis", span.clone(), &wire.legal_basis)?,
        why: in_both("why", span, &wire.why)?,
    })
}

fn aggregation(wire: Spanned<WireAggregation>) -> Result<Aggregation, Fault> {
    let (span, wire) = (wire.span(), wire.into_inner());
    let bad = |key, because| Err(Fault::at(span.clone(), Problem::BadNumber { key, because }));
    if wire.smallest_cell_m == 0 || wire.smallest_cell_m > wire.largest_cell_m {
        return bad("smallest_cell_m", "must be above 0 and not above largest_cell_m");
    }
    if wire.min_households < 2 || wire.min_buildings < 2 {
        return bad("min_households and min_buildings", "must be 2 at least: one is a single building");
    }
    if !(wire.max_contribution > 0.0 && wire.max_contribution < 1.0) {
        return bad("max_contribution", "must lie between 0 and 1");
    }
    Ok(Aggregation {
        smallest_cell_m: wire.smallest_cell_m,
        largest_cell_m: wire.largest_cell_m,
        min_households: wire.min_households,
        min_buildings: wire.min_buildings,
        max_contribution: wire.max_contribution,
    })
}

fn in_both(key: &'static str, span: Range<usize>, text: &Text) -> Result<Text, Fault> {
    checked_text(key, Spanned::new(span, text.clone()))
}

fn twice(span: Range<usize>, what: &'static str, name: String) -> Fault {
    Fault::at(span, Problem::Twice { what, name })
}
