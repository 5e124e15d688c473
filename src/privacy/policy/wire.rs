//! A policy file as it is written: the first of two steps. Nothing is checked here but the shape.
//!
//! Every table refuses keys that it does not know. Words stay text with the place they were read from, so that the
//! second step can say line and attribute.

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use crate::twin::Text;

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WirePolicy {
    pub title: Spanned<Text>,
    pub version: String,
    pub city: String,
    pub approved_by: Option<Spanned<String>>,
    pub approved_on: Option<Spanned<Datetime>>,
    pub expires_on: Spanned<Datetime>,
    pub aggregation: Option<Spanned<WireAggregation>>,
    pub sensitive_places: Option<Spanned<WireNotice>>,
    #[serde(default)]
    pub purpose: Vec<WirePurpose>,
    #[serde(default)]
    pub group: Vec<WireGroup>,
    #[serde(default)]
    pub code_list: Vec<WireCodeList>,
    #[serde(default)]
    pub attribute: Vec<Spanned<WireAttribute>>,
}

/// `[aggregation]`: the thresholds of every leaf.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireAggregation {
    pub smallest_cell_m: u32,
    pub largest_cell_m: u32,
    pub min_households: u32,
    pub min_buildings: u32,
    pub max_contribution: f64,
}

/// `[sensitive_places]`: what everyone is told about them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireNotice {
    pub label: Text,
    pub legal_basis: Text,
    pub why: Text,
}

/// `[[purpose]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WirePurpose {
    pub key: Spanned<String>,
    pub label: Text,
}

/// `[[group]]`: one line for several attributes that are kept back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireGroup {
    pub key: Spanned<String>,
    pub label: Text,
    pub legal_basis: Text,
    pub why: Text,
}

/// `[[code_list]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireCodeList {
    pub key: Spanned<String>,
    #[serde(default)]
    pub no_data: Vec<Spanned<String>>,
    #[serde(default)]
    pub value: Vec<WireCodeValue>,
    #[serde(default)]
    pub sensitive: Vec<WireSensitive>,
}

/// One value of a code list and the codes that become it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireCodeValue {
    pub key: Spanned<String>,
    pub label: Text,
    pub codes: Vec<Spanned<String>>,
}

/// Codes of sensitive places, with the reason.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireSensitive {
    pub label: Spanned<Text>,
    pub codes: Vec<Spanned<String>>,
}

/// `[[attribute]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireAttribute {
    pub name: Option<Spanned<String>>,
    pub names: Option<Vec<Spanned<String>>>,
    pub class: Spanned<String>,
    pub r#type: Spanned<String>,
    pub unit: Option<Spanned<String>>,
    pub decimals: Option<Spanned<u8>>,
    pub label: Spanned<Text>,
    pub legal_basis: Spanned<Text>,
    pub why: Spanned<Text>,
    pub group: Option<Spanned<String>>,
    pub code_list: Option<Spanned<String>>,
    pub values: Option<Vec<WireCodeValue>>,
    #[serde(default)]
    pub allow_list: bool,
    #[serde(default)]
    pub no_data: Vec<Spanned<String>>,
    pub parts: Option<Spanned<String>>,
    #[serde(default)]
    pub hidden_at_sensitive_places: bool,
    #[serde(default)]
    pub release: WireRelease,
}

/// `release.*`: one rule for each audience.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireRelease {
    pub citizen: Option<Spanned<WireRule>>,
    pub kiosk: Option<Spanned<toml::Value>>,
    pub planner: Option<Spanned<WireRule>>,
}

/// What one audience gets.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireRule {
    pub op: Spanned<String>,
    pub purpose: Option<Vec<Spanned<String>>>,
    pub step: Option<Spanned<f64>>,
    pub edges: Option<Spanned<Vec<f64>>>,
    pub bins: Option<Spanned<Vec<WireBin>>>,
    pub statistic: Option<Spanned<String>>,
    pub technical: Option<Spanned<bool>>,
    pub legal_basis: Option<Spanned<Text>>,
    pub why: Option<Spanned<Text>>,
}

/// A class of numbers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireBin {
    pub key: String,
    pub label: Text,
}

/// The names alone, to say in which attribute the shape broke.
#[derive(Deserialize)]
pub(super) struct WireNames {
    #[serde(default)]
    pub attribute: Vec<Spanned<WireName>>,
}

/// One attribute's name or names, whatever else it holds.
#[derive(Deserialize)]
pub(super) struct WireName {
    pub name: Option<String>,
    pub names: Option<Vec<String>>,
}
