//! Random policies and buildings for the properties. A policy is made as data and written as TOML, so that a rule can
//! be taken away from it.

use std::fmt::Write;

use proptest::prelude::*;

use super::building;
use crate::model::{Building, RawValue};

pub(super) const PURPOSES: [&str; 2] = ["first", "second"];
/// Codes of the attribute `kind`: two that become one value, two sensitive ones, two for "no data".
pub(super) const KIND_CODES: [&str; 6] = ["k1", "k2", "s1", "s2", "n1", "n2"];

#[derive(Clone, Debug)]
pub(super) struct RandomRule {
    pub op: &'static str,
    /// 0 to 2: first, second, both; 3: any.
    pub purposes: u8,
}

#[derive(Clone, Debug)]
pub(super) struct RandomAttribute {
    pub value_type: &'static str,
    pub class: &'static str,
    pub hidden: bool,
    pub parts_max: bool,
    pub citizen: Option<RandomRule>,
    pub planner: Option<RandomRule>,
}

#[derive(Clone, Debug)]
pub(super) struct RandomPolicy {
    /// The attribute `kind`, with the code list of [`KIND_CODES`]; then `a0`, `a1` and so on; `None` is taken away.
    pub attributes: Vec<Option<RandomAttribute>>,
    pub has_sensitive_row: bool,
    pub expires_on: &'static str,
}

/// The operations that an attribute's type and class allow an audience.
fn operations(value_type: &str, class: &str, is_citizen: bool, is_kind: bool) -> Vec<&'static str> {
    let mut ops = vec![r#"op = "suppress""#, r#"op = "suppress", technical = true"#];
    let is_number = matches!(value_type, "integer" | "real");
    if class == "never" {
        return ops;
    }
    if class != "restricted" || !is_citizen {
        ops.push(r#"op = "aggregate", statistic = "count""#);
    }
    if class == "public" || !is_citizen {
        // More often than suppress: else few values would go out.
        ops.extend([r#"op = "as_is""#; 3]);
        if is_number {
            ops.push(r#"op = "round", step = 10"#);
            ops.push(
                r#"op = "bin", edges = [0, 50], bins = [{ key = "a", label = { de = "a", en = "a" } }, { key = "b", label = { de = "b", en = "b" } }, { key = "c", label = { de = "c", en = "c" } }]"#,
            );
        }
        if is_kind {
            ops.push(r#"op = "map""#);
        }
    }
    ops
}

fn rule(
    value_type: &'static str,
    class: &'static str,
    is_citizen: bool,
    is_kind: bool,
) -> BoxedStrategy<Option<RandomRule>> {
    let ops = operations(value_type, class, is_citizen, is_kind);
    let rule = (prop::sample::select(ops), 0..4u8).prop_map(|(op, purposes)| RandomRule { op, purposes });
    prop::option::weighted(0.85, rule).boxed()
}

fn attribute(is_kind: bool) -> impl Strategy<Value = RandomAttribute> {
    let types = if is_kind { vec!["text"] } else { vec!["text", "integer", "real", "boolean"] };
    // Public twice: else few values would be released at all.
    let classes = vec!["public", "public", "aggregated", "restricted", "never"];
    (prop::sample::select(types), prop::sample::select(classes), any::<bool>(), any::<bool>()).prop_flat_map(
        move |(value_type, class, hidden, parts_max)| {
            (rule(value_type, class, true, is_kind), rule(value_type, class, false, is_kind)).prop_map(
                move |(citizen, planner)| RandomAttribute { value_type, class, hidden, parts_max, citizen, planner },
            )
        },
    )
}

pub(super) fn policy() -> impl Strategy<Value = RandomPolicy> {
    (attribute(true), prop::collection::vec(attribute(false), 1..6)).prop_map(|(kind, others)| RandomPolicy {
        attributes: std::iter::once(kind).chain(others).map(Some).collect(),
        has_sensitive_row: true,
        expires_on: "2027-12-31",
    })
}

/// The name of the attribute at an index.
pub(super) fn name_of(index: usize) -> String {
    if index == 0 { "kind".to_owned() } else { format!("a{}", index - 1) }
}

impl RandomPolicy {
    pub fn toml(&self) -> String {
        let mut toml = format!(
            "title = {{ de = \"t\", en = \"t\" }}\nversion = \"1\"\ncity = \"c\"\nexpires_on = {}\n\
             [aggregation]\nsmallest_cell_m = 100\nlargest_cell_m = 400\nmin_households = 5\nmin_buildings = 4\n\
             max_contribution = 0.6\n[sensitive_places]\n{TEXTS}",
            self.expires_on
        );
        for purpose in PURPOSES {
            let _ = writeln!(toml, "[[purpose]]\nkey = \"{purpose}\"\nlabel = {{ de = \"p\", en = \"p\" }}");
        }
        toml.push_str("[[code_list]]\nkey = \"kinds\"\nno_data = [\"n1\", \"n2\"]\n");
        toml.push_str("value = [{ key = \"k\", label = { de = \"k\", en = \"k\" }, codes = [\"k1\", \"k2\"] }]\n");
        if self.has_sensitive_row {
            toml.push_str("sensitive = [{ label = { de = \"s\", en = \"s\" }, codes = [\"s1\", \"s2\"] }]\n");
        }
        for (index, attribute) in self.attributes.iter().enumerate() {
            if let Some(attribute) = attribute {
                toml.push_str(&attribute.toml(index));
            }
        }
        toml
    }
}

const TEXTS: &str =
    "label = { de = \"l\", en = \"l\" }\nlegal_basis = { de = \"b\", en = \"b\" }\nwhy = { de = \"w\", en = \"w\" }\n";

impl RandomAttribute {
    fn toml(&self, index: usize) -> String {
        let Self { value_type, class, hidden, .. } = self;
        let name = name_of(index);
        let mut toml =
            format!("[[attribute]]\nname = \"{name}\"\nclass = \"{class}\"\ntype = \"{value_type}\"\n{TEXTS}");
        let _ = writeln!(toml, "hidden_at_sensitive_places = {hidden}");
        if *value_type == "real" {
            toml.push_str("decimals = 3\n");
        }
        if self.parts_max && matches!(*value_type, "integer" | "real") {
            toml.push_str("parts = \"max\"\n");
        }
        if index == 0 {
            toml.push_str("code_list = \"kinds\"\n");
        }
        if let Some(rule) = &self.citizen {
            let _ = writeln!(toml, "release.citizen = {{ {} }}", rule.op);
        }
        if let Some(rule) = &self.planner {
            let purposes = [r#""first""#, r#""second""#, r#""first", "second""#, r#""any""#];
            let _ = writeln!(
                toml,
                "release.planner = {{ {}, purpose = [{}] }}",
                rule.op,
                purposes[usize::from(rule.purposes)]
            );
        }
        toml
    }
}

/// A value of a type; numbers lie around the edges and steps of the rules.
pub(super) fn raw(value_type: &str) -> BoxedStrategy<RawValue> {
    match value_type {
        "integer" => (-100..100i64).prop_map(RawValue::integer).boxed(),
        "real" => (-100.0..100.0f64).prop_map(RawValue::real).boxed(),
        "boolean" => any::<bool>().prop_map(RawValue::bool).boxed(),
        _ => "[a-z]{0,3}".prop_map(RawValue::text).boxed(),
    }
}

/// A value of any type and size, or none: what a kept-back attribute may hold.
pub(super) fn anything() -> impl Strategy<Value = Option<RawValue>> {
    prop::option::of(prop_oneof![
        any::<i64>().prop_map(RawValue::integer),
        any::<f64>().prop_map(RawValue::real),
        any::<bool>().prop_map(RawValue::bool),
        ".{0,40}".prop_map(RawValue::text),
    ])
}

type Values = Vec<(String, Option<RawValue>)>;

fn values(policy: &RandomPolicy) -> BoxedStrategy<Values> {
    let attributes = policy.attributes.iter().enumerate().filter_map(|(index, attribute)| {
        let value_type = attribute.as_ref()?.value_type;
        let value = if index == 0 {
            prop::sample::select(KIND_CODES.to_vec()).prop_map(RawValue::text).boxed()
        } else {
            raw(value_type)
        };
        Some(prop::option::weighted(0.8, value).prop_map(move |value| (name_of(index), value)))
    });
    attributes.collect::<Vec<_>>().boxed()
}

/// A building that the policy can release, with up to three parts.
pub(super) fn buildings(policy: &RandomPolicy) -> impl Strategy<Value = Building> + use<> {
    let parts = prop::collection::vec(values(policy), 0..3);
    (values(policy), parts).prop_map(|(own, parts)| {
        let mut whole = of_values("DEBY_1", &own);
        whole.parts = parts.iter().map(|part| of_values("DEBY_1_part", part)).collect();
        whole
    })
}

fn of_values(id: &str, values: &Values) -> Building {
    building(id, values.iter().filter_map(|(name, value)| Some((name.as_str(), value.clone()?))))
}
