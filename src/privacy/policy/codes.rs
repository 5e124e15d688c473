//! Code lists: which code of a source becomes which released value, is a sensitive place, or says nothing.
//!
//! Closed: a code that is not listed fails the build, unless the attribute says that its list is an allow-list.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::error::{Fault, Problem};
use super::text::{checked_text, key_of};
use super::wire::{WireCodeList, WireCodeValue};
use crate::twin::CategoryValue;

/// What a code stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The value of that index in [`CodeList::values`].
    Value(u16),
    /// A sensitive place: released as "no data".
    Sensitive,
    /// The source knows nothing: released as "no data".
    NoData,
}

/// A closed list of codes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CodeList {
    values: Vec<CategoryValue>,
    codes: BTreeMap<String, Code>,
}

impl CodeList {
    /// The values in order.
    pub fn values(&self) -> &[CategoryValue] {
        &self.values
    }

    /// What a code stands for; `None` where it is not listed.
    pub fn lookup(&self, code: &str) -> Option<Code> {
        self.codes.get(code).copied()
    }

    /// All codes in order.
    pub fn codes(&self) -> impl Iterator<Item = (&str, Code)> {
        self.codes.iter().map(|(code, meaning)| (code.as_str(), *meaning))
    }

    /// Whether any code marks a sensitive place.
    pub fn has_sensitive(&self) -> bool {
        self.codes.values().any(|code| *code == Code::Sensitive)
    }

    /// Whether several codes become one value, so that the value says less than the code.
    pub fn is_coarse(&self) -> bool {
        let mapped = self.codes.values().filter(|code| matches!(code, Code::Value(_))).count();
        mapped > self.values.len()
    }

    /// The list that stands in the file under a key.
    pub(super) fn of(wire: WireCodeList) -> Result<Self, Fault> {
        let mut list = Self::default();
        list.add_values(wire.value)?;
        for row in wire.sensitive {
            checked_text("label", row.label)?;
            list.add_codes(row.codes, Code::Sensitive)?;
        }
        list.add_codes(wire.no_data, Code::NoData)?;
        if list.has_sensitive() && !list.codes.values().any(|code| *code == Code::NoData) {
            let key = wire.key.get_ref().clone();
            return Err(Fault::at(wire.key.span(), Problem::SensitiveStandOut(key)));
        }
        Ok(list)
    }

    /// The list that stands in an attribute.
    pub(super) fn inline(wire: Vec<WireCodeValue>) -> Result<Self, Fault> {
        let mut list = Self::default();
        list.add_values(wire)?;
        Ok(list)
    }

    fn add_values(&mut self, wire: Vec<WireCodeValue>) -> Result<(), Fault> {
        let mut keys = BTreeSet::new();
        for value in wire {
            let span = value.key.span();
            let key = key_of(&value.key)?;
            if !keys.insert(key.clone()) {
                return Err(Fault::at(span, Problem::Twice { what: "key", name: key }));
            }
            let label = checked_text("label", Spanned::new(span.clone(), value.label))?;
            // One index is left free for those who need a mark for "no data".
            let index = u16::try_from(self.values.len()).ok().filter(|index| *index < u16::MAX);
            let because = "may have 65535 values at most";
            let index = index.ok_or(Fault::at(span, Problem::BadNumber { key: "values", because }))?;
            self.add_codes(value.codes, Code::Value(index))?;
            self.values.push(CategoryValue { key, label });
        }
        Ok(())
    }

    fn add_codes(&mut self, codes: Vec<Spanned<String>>, meaning: Code) -> Result<(), Fault> {
        for code in codes {
            let span = code.span();
            // Readers trim what they read, so that a code with white space around it could never be met.
            let name = code.into_inner();
            if name.trim() != name || name.is_empty() {
                return Err(Fault::at(span, Problem::NotAName(name)));
            }
            if self.codes.insert(name.clone(), meaning).is_some() {
                return Err(Fault::at(span, Problem::Twice { what: "code", name }));
            }
        }
        Ok(())
    }
}
