//! The invariants of PRIVACY by their names.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::Config;

use super::random::{self, KIND_CODES, PURPOSES, RandomPolicy};
use super::*;
use crate::privacy::{Decision, ReleasedValue};

fn config() -> Config {
    Config { cases: 400, failure_persistence: None, ..Config::default() }
}

/// Audience and purpose.
type View = (Audience, Option<&'static str>);

/// Every view that there is.
const VIEWS: [View; 5] = [
    (Audience::Citizen, None),
    (Audience::Kiosk, None),
    (Audience::Planner, None),
    (Audience::Planner, Some(PURPOSES[0])),
    (Audience::Planner, Some(PURPOSES[1])),
];

fn views() -> impl Strategy<Value = View> {
    prop::sample::select(VIEWS.to_vec())
}

fn parse(policy: &RandomPolicy) -> Policy {
    let toml = policy.toml();
    Policy::parse(&toml, "p.toml").unwrap_or_else(|error| panic!("{error}\n{toml}"))
}

/// Everything that a released building holds, to the last bit of its numbers.
fn bytes(building: &ReleasedBuilding) -> String {
    format!("{building:?}")
}

/// A policy with a building that it can release, and something else in place of each attribute.
fn cases() -> impl Strategy<Value = (RandomPolicy, Building, Vec<Option<RawValue>>)> {
    random::policy().prop_flat_map(|policy| {
        let others = prop::collection::vec(random::anything(), policy.attributes.len());
        let buildings = random::buildings(&policy);
        (Just(policy), buildings, others)
    })
}

/// The building with every value replaced that is not released, in itself and in its parts.
fn replaced(policy: &Policy, view: View, building: &Building, others: &[Option<RawValue>]) -> Building {
    let is_sensitive = codes(building).iter().any(|code| code.starts_with('s'));
    let mut other = building.clone();
    for one in std::iter::once(&mut other.attributes).chain(other.parts.iter_mut().map(|part| &mut part.attributes)) {
        let mut attributes = Attributes::default();
        for (index, attribute) in policy.attributes().iter().enumerate() {
            let is_hidden = is_sensitive && attribute.hidden_at_sensitive_places;
            let is_released = matches!(policy.decide(attribute, view.0, view.1), Decision::Release(_)) && !is_hidden;
            let value = match one.get(&attribute.name) {
                // The code says whether the place is sensitive; any other that says the same must do the same.
                Some(code) if index == 0 && !is_released => Some(RawValue::text(twin_code(&text_of(code)))),
                kept if is_released || index == 0 => kept.cloned(),
                _ => others[index].clone(),
            };
            if let Some(value) = value {
                attributes.set(&attribute.name, value);
            }
        }
        *one = attributes;
    }
    other
}

fn codes(building: &Building) -> Vec<String> {
    let all = std::iter::once(building).chain(&building.parts);
    all.filter_map(|one| one.attributes.get("kind")).map(text_of).collect()
}

fn text_of(raw: &RawValue) -> String {
    match raw.expose() {
        crate::model::Value::Text(text) => text.to_string(),
        _ => String::new(),
    }
}

/// The other code of the same meaning.
fn twin_code(code: &str) -> &'static str {
    let index = KIND_CODES.iter().position(|known| *known == code).expect("a known code");
    KIND_CODES[index ^ 1]
}

/// What goes out, by name; an error releases nothing.
fn released(policy: &Policy, view: View, building: &Building) -> BTreeMap<String, ReleasedValue> {
    let data = DataOrigin::Synthetic;
    let releaser = match view.1 {
        Some(purpose) => Releaser::for_purpose(policy, view.0, purpose, TODAY, data),
        None => Releaser::new(policy, view.0, TODAY, data),
    };
    let Ok(releaser) = releaser else { return BTreeMap::new() };
    let Ok(released) = try_release(&releaser, building) else { return BTreeMap::new() };
    let values = releaser.attributes().iter().zip(released.values());
    values.filter_map(|(info, value)| Some((info.name.clone(), value.clone()?))).collect()
}

/// Takes something away from a policy: a rule, an attribute, a purpose, its days, a sensitive row; or raises a class.
fn take_away(policy: &mut RandomPolicy, what: u8, which: usize) {
    let index = which % policy.attributes.len();
    match (what, &mut policy.attributes[index]) {
        (0, Some(attribute)) => attribute.citizen = None,
        (1, Some(attribute)) => attribute.planner = None,
        (2, attribute) => *attribute = None,
        (3, Some(attribute)) => {
            if let Some(rule) = &mut attribute.planner {
                // Any becomes both, both becomes the first.
                rule.purposes = [0, 1, 0, 2][usize::from(rule.purposes)];
            }
        }
        (4, Some(attribute)) => {
            attribute.class = "never";
            (attribute.citizen, attribute.planner) = (None, None);
        }
        (5, Some(attribute)) => attribute.hidden = true,
        (6, _) => policy.has_sensitive_row = false,
        _ => policy.expires_on = "2026-11-30",
    }
}

proptest! {
    #![proptest_config(config())]

    /// Every value that is not released can be replaced by anything else, and no released byte changes.
    #[test]
    fn non_interference((policy, building, others) in cases(), view in views()) {
        let policy = parse(&policy);
        let releaser = releaser(&policy, view.0, view.1);
        let other = replaced(&policy, view, &building, &others);
        let (first, second) = (release(&releaser, &building), release(&releaser, &other));
        prop_assert_eq!(&first, &second);
        prop_assert_eq!(bytes(&first), bytes(&second));
    }

    /// Raw values that are released alike are alike: no count, comparison or maximum sees more than the release.
    #[test]
    fn derived_from_released_only((policy, building, _) in cases(), view in views()) {
        let policy = parse(&policy);
        let releaser = releaser(&policy, view.0, view.1);
        let mut other = building.clone();
        for attribute in policy.attributes() {
            let Decision::Release(rule) = policy.decide(attribute, view.0, view.1) else { continue };
            for one in std::iter::once(&mut other.attributes).chain(other.parts.iter_mut().map(|p| &mut p.attributes)) {
                let Some(raw) = one.get(&attribute.name).cloned() else { continue };
                one.set(&attribute.name, released_alike(&raw, &rule.operation));
            }
        }
        prop_assert_eq!(bytes(&release(&releaser, &building)), bytes(&release(&releaser, &other)));
    }

    #[test]
    fn deterministic((policy, building, _) in cases(), view in views()) {
        let (first, second) = (parse(&policy), parse(&policy));
        let (first, second) = (releaser(&first, view.0, view.1), releaser(&second, view.0, view.1));
        prop_assert_eq!(first.attributes(), second.attributes());
        prop_assert_eq!(first.withheld(), second.withheld());
        prop_assert_eq!(bytes(&release(&first, &building)), bytes(&release(&second, &building.clone())));
    }

    #[test]
    fn kiosk_equals_citizen((policy, building, _) in cases()) {
        let policy = parse(&policy);
        let (citizen, kiosk) = (releaser(&policy, Audience::Citizen, None), releaser(&policy, Audience::Kiosk, None));
        prop_assert_eq!(citizen.attributes(), kiosk.attributes());
        prop_assert_eq!(citizen.withheld(), kiosk.withheld());
        prop_assert_eq!(bytes(&release(&citizen, &building)), bytes(&release(&kiosk, &building)));
    }

    /// Taking something away from a policy never adds a value.
    #[test]
    fn monotone((mut policy, building, _) in cases(), view in views(), steps in prop::collection::vec((0..8u8, 0..6usize), 1..4)) {
        let before = released(&parse(&policy), view, &building);
        for (what, which) in steps {
            take_away(&mut policy, what, which);
        }
        // A policy that is refused releases nothing.
        let Ok(policy) = Policy::parse(&policy.toml(), "p.toml") else { return Ok(()) };
        for (name, value) in released(&policy, view, &building) {
            prop_assert_eq!(before.get(&name), Some(&value), "{}", name);
        }
    }

    /// A name, a code or a type that the policy does not know releases nothing, and says what is missing.
    #[test]
    fn unknown_fails_the_build((policy, mut building, _) in cases(), view in views(), in_part in any::<bool>()) {
        let policy = parse(&policy);
        let releaser = releaser(&policy, view.0, view.1);
        if in_part && building.parts.is_empty() {
            building.parts.push(super::building("DEBY_1_part", []));
        }
        let (id, attributes) = match in_part {
            true => ("DEBY_1_part", &mut building.parts[0].attributes),
            false => ("DEBY_1", &mut building.attributes),
        };
        attributes.set("Kind", RawValue::text("secret"));
        let error = try_release(&releaser, &building).expect_err("an unknown name");
        prop_assert_eq!(error.to_string(), format!("a.gml:7 ({id}): the policy does not name the attribute \"Kind\""));
    }
}

/// Another raw value that the operation releases as the same value.
fn released_alike(raw: &RawValue, operation: &crate::privacy::Operation) -> RawValue {
    use crate::model::Value;
    use crate::privacy::Operation;
    match (operation, raw.expose()) {
        (Operation::Round { step }, Value::Real(number)) => RawValue::real((number / step).round() * step + step * 0.3),
        (Operation::Round { step }, Value::Integer(number)) => {
            RawValue::integer(((*number as f64 / step).round() * step) as i64 + 3)
        }
        (Operation::Bin { edges, .. }, Value::Real(number)) => {
            RawValue::real(edges.iter().rev().find(|edge| *edge <= number).map_or(-1e6, |edge| edge + 0.25))
        }
        (Operation::Bin { edges, .. }, Value::Integer(number)) => {
            let floor = edges.iter().rev().find(|edge| **edge <= *number as f64);
            RawValue::integer(floor.map_or(-1_000_000, |edge| *edge as i64 + 2))
        }
        (Operation::Map, Value::Text(code)) => RawValue::text(twin_code(code)),
        _ => raw.clone(),
    }
}

/// Else the properties above would hold of nothing.
#[test]
fn the_random_policies_release_something() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut counts = [0; 5];
    for _ in 0..200 {
        let (policy, building, _) = cases().new_tree(&mut runner).unwrap().current();
        let policy = parse(&policy);
        for (count, view) in counts.iter_mut().zip(VIEWS) {
            *count += released(&policy, view, &building).len();
        }
    }
    assert!(counts.iter().all(|count| *count > 30), "{counts:?}");
}
