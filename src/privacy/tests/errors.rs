//! What a broken policy says: file, line, attribute and what cannot be. And that no text makes it panic.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{MUNICH, Policy};

/// A small policy that is right: an attribute stands in lines 6 to 12.
const HEAD: &str = r#"title = { de = "t", en = "t" }
version = "1"
city = "c"
expires_on = 2027-12-31

"#;

fn check(rest: &str, expect: Expect) {
    let policy = format!("{HEAD}{}", rest.trim_start());
    expect.assert_eq(&Policy::parse(&policy, "policy.toml").expect_err("a broken policy").to_string());
}

/// An attribute in lines 6 to 11, then more lines of it.
fn check_attribute(class: &str, value_type: &str, more: &str, expect: Expect) {
    check(&attribute("height", class, value_type, more), expect);
}

fn attribute(name: &str, class: &str, value_type: &str, more: &str) -> String {
    format!(
        "[[attribute]]\nname = \"{name}\"\nclass = \"{class}\"\ntype = \"{value_type}\"\n\
         label = {{ de = \"l\", en = \"l\" }}\nlegal_basis = {{ de = \"b\", en = \"b\" }}\n\
         why = {{ de = \"w\", en = \"w\" }}\n{more}\n"
    )
}

#[test]
fn no_toml() {
    check("[[attribute", expect!["policy.toml:6: unclosed array table, expected `]]`"]);
    check("title = 1", expect!["policy.toml:6: duplicate key"]);
}

#[test]
fn unknown_and_missing_keys() {
    check(
        "sources = []",
        expect![
            "policy.toml:6: unknown field `sources`, expected one of `title`, `version`, `city`, `approved_by`, `approved_on`, `expires_on`, `aggregation`, `sensitive_places`, `purpose`, `group`, `code_list`, `attribute`"
        ],
    );
    check_attribute(
        "public",
        "text",
        "colour = \"red\"",
        expect![
            "policy.toml:13: attribute height: unknown field `colour`, expected one of `name`, `names`, `class`, `type`, `unit`, `decimals`, `label`, `legal_basis`, `why`, `group`, `code_list`, `values`, `allow_list`, `no_data`, `parts`, `hidden_at_sensitive_places`, `release`"
        ],
    );
    check_attribute(
        "public",
        "text",
        "release.citizen = { op = \"as_is\", until = 3 }",
        expect![
            "policy.toml:13: attribute height: unknown field `until`, expected one of `op`, `purpose`, `step`, `edges`, `bins`, `statistic`, `technical`, `legal_basis`, `why`"
        ],
    );
    check_attribute(
        "public",
        "text",
        "release.visitor = { op = \"as_is\" }",
        expect![
            "policy.toml:13: attribute height: unknown field `visitor`, expected one of `citizen`, `kiosk`, `planner`"
        ],
    );
    check_attribute(
        "public",
        "real",
        "decimals = 1\nno_data = [\"-9999\", \"none\"]",
        expect![[r#"policy.toml:14: attribute height: no_data: "none" is no number"#]],
    );
    check("[[attribute]]\nname = \"height\"", expect!["policy.toml:6: attribute height: missing field `class`"]);
}

#[test]
fn unknown_words() {
    check_attribute(
        "secret",
        "text",
        "",
        expect![[
            r#"policy.toml:8: attribute height: class: "secret" is none of public, aggregated, restricted, never"#
        ]],
    );
    check_attribute(
        "public",
        "date",
        "",
        expect![[r#"policy.toml:9: attribute height: type: "date" is none of text, integer, real, boolean"#]],
    );
    check_attribute(
        "public",
        "integer",
        "unit = \"feet\"",
        expect![[
            r#"policy.toml:13: attribute height: unit: "feet" is none of m, m², m³, °, %, kW, kWh/a, kWh/(m²·a), €, €/m², dB(A)"#
        ]],
    );
    check_attribute(
        "public",
        "text",
        "release.citizen = { op = \"blur\" }",
        expect![[
            r#"policy.toml:13: attribute height: op: "blur" is none of as_is, map, round, bin, aggregate, suppress"#
        ]],
    );
    check_attribute(
        "public",
        "text",
        "group = \"people\"",
        expect![[r#"policy.toml:13: attribute height: there is no group "people""#]],
    );
    check_attribute(
        "public",
        "text",
        "code_list = \"roofs\"",
        expect![[r#"policy.toml:13: attribute height: there is no code list "roofs""#]],
    );
    check_attribute(
        "public",
        "text",
        "release.planner = { op = \"as_is\", purpose = [\"fun\"] }",
        expect![[r#"policy.toml:13: attribute height: there is no purpose "fun""#]],
    );
}

#[test]
fn texts_in_both_languages() {
    let only_german = attribute("height", "public", "text", "").replace("{ de = \"w\", en = \"w\" }", "{ de = \"w\" }");
    check(&only_german, expect!["policy.toml:12: attribute height: why needs a German and an English text"]);
    let french = attribute("height", "public", "text", "").replace("en = \"w\"", "fr = \"w\"");
    check(
        &french,
        expect!["policy.toml:12: attribute height: unknown variant `fr`, expected one of `de`, `en`, `leicht`"],
    );
}

#[test]
fn audiences_and_classes() {
    check_attribute(
        "public",
        "text",
        "release.kiosk = { op = \"as_is\" }",
        expect![
            "policy.toml:13: attribute height: the kiosk shows the citizen's release byte for byte and has no rules of its own"
        ],
    );
    check_attribute(
        "public",
        "text",
        "release.citizen = { op = \"as_is\", purpose = [\"any\"] }",
        expect!["policy.toml:13: attribute height: citizens need no purpose"],
    );
    check_attribute(
        "public",
        "text",
        "release.planner = { op = \"as_is\" }",
        expect!["policy.toml:13: attribute height: purpose is missing: planners need one, or the word any"],
    );
    check_attribute(
        "aggregated",
        "text",
        "release.citizen = { op = \"as_is\" }",
        expect!["policy.toml:13: attribute height: class aggregated does not allow as_is for the audience citizen"],
    );
    check_attribute(
        "restricted",
        "integer",
        "release.citizen = { op = \"round\", step = 5 }",
        expect!["policy.toml:13: attribute height: class restricted does not allow round for the audience citizen"],
    );
    check_attribute(
        "never",
        "text",
        "release.planner = { op = \"as_is\", purpose = [\"any\"] }",
        expect!["policy.toml:13: attribute height: class never does not allow as_is for the audience planner"],
    );
}

#[test]
fn operations_and_their_parameters() {
    check_attribute(
        "public",
        "integer",
        "release.citizen = { op = \"round\" }",
        expect!["policy.toml:13: attribute height: step is missing for op round"],
    );
    check_attribute(
        "public",
        "integer",
        "release.citizen = { op = \"round\", step = 0 }",
        expect!["policy.toml:13: attribute height: step must be above 0"],
    );
    check_attribute(
        "public",
        "real",
        "decimals = 0\nrelease.citizen = { op = \"round\", step = 0.5 }",
        expect!["policy.toml:14: attribute height: step has more digits than decimals shows"],
    );
    check_attribute(
        "public",
        "real",
        "",
        expect!["policy.toml:9: attribute height: decimals is missing for the type real"],
    );
    check_attribute(
        "public",
        "text",
        "release.citizen = { op = \"round\", step = 1 }",
        expect![
            "policy.toml:13: attribute height: op means nothing here: only numbers can be rounded or put into classes"
        ],
    );
    check_attribute(
        "public",
        "integer",
        "release.citizen = { op = \"as_is\", step = 1 }",
        expect!["policy.toml:13: attribute height: step means nothing here: it belongs to another operation"],
    );
    check_attribute(
        "public",
        "integer",
        "release.citizen = { op = \"bin\", edges = [3, 2], bins = [] }",
        expect!["policy.toml:13: attribute height: edges must be at least one number, each above the one before"],
    );
    check_attribute(
        "public",
        "integer",
        "release.citizen = { op = \"bin\", edges = [3], bins = [] }",
        expect!["policy.toml:13: attribute height: bins must be one more than edges"],
    );
    check_attribute(
        "public",
        "text",
        "release.citizen = { op = \"map\" }",
        expect!["policy.toml:13: attribute height: code_list or values is missing for op map"],
    );
    check_attribute(
        "public",
        "text",
        "release.citizen = { op = \"aggregate\", statistic = \"sum\" }",
        expect![
            "policy.toml:13: attribute height: [aggregation] is missing: without thresholds nothing may be aggregated"
        ],
    );
}

#[test]
fn names() {
    let twice = attribute("height", "public", "text", "") + &attribute("Height", "public", "text", "");
    check(&twice, expect![[r#"policy.toml:15: attribute Height: attribute "Height" stands more than once"#]]);
    check_attribute(
        "public",
        "text",
        "names = [\"a\"]",
        expect!["policy.toml:6: attribute height: an attribute has either name or names"],
    );
    let many = attribute("height", "public", "text", "release.citizen = { op = \"as_is\" }");
    check(
        &many.replace("name = \"height\"", "names = [\"a\", \"b\"]"),
        expect!["policy.toml:6: attribute a: names may share one entry only where nobody gets a value of them"],
    );
    check(
        &attribute(" height", "public", "text", ""),
        expect![[r#"policy.toml:7: attribute  height: " height" is not the name of an attribute or a code"#]],
    );
}

#[test]
fn code_lists() {
    let list = |rows: &str| format!("[[code_list]]\nkey = \"roofs\"\n{rows}\n");
    let value = "value = [{ key = \"flat\", label = { de = \"f\", en = \"f\" }, codes = [\"1\", \"1\"] }]";
    check(&list(value), expect![[r#"policy.toml:8: code "1" stands more than once"#]]);
    check(
        &list("sensitive = [{ label = { de = \"s\", en = \"s\" }, codes = [\"1\"] }]"),
        expect![
            "policy.toml:7: code list roofs has sensitive codes and therefore needs a no_data code to hide them among"
        ],
    );
    let hidden = "no_data = [\"0\"]\nsensitive = [{ label = { de = \"s\", en = \"s\" }, codes = [\"1\"] }]";
    check(&list(hidden), expect!["policy.toml:1: [sensitive_places] is missing: code lists have sensitive codes"]);
}

#[test]
fn approval_and_days() {
    check(
        "approved_by = \"DSB\"",
        expect!["policy.toml:6: approved_by and approved_on belong together, and the approval comes before expires_on"],
    );
    check(
        "approved_by = \"DSB\"\napproved_on = 2028-01-01",
        expect!["policy.toml:6: approved_by and approved_on belong together, and the approval comes before expires_on"],
    );
    check(
        "approved_by = \"DSB\"\napproved_on = 2026-01-01T12:00:00",
        expect!["policy.toml:7: approved_on must be a day such as 2027-12-31"],
    );
}

/// Pieces of policies, to be put where they do not belong.
const PIECES: [&str; 14] = [
    "[[attribute]]\n",
    "name = \"x\"\n",
    "\"",
    "{",
    "}",
    "[",
    "]",
    "=",
    "release.citizen = { op = \"bin\", edges = [] }\n",
    "1e999",
    "-9223372036854775808",
    "nan",
    "2026-02-31",
    "\u{0}",
];

proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 200, failure_persistence: None, ..Default::default() })]

    /// Whatever is cut out of a policy or put into it: it is taken or refused with a line that exists.
    #[test]
    fn mutated_policies_never_panic(
        cut in any::<prop::sample::Index>(), length in 0..200usize,
        at in any::<prop::sample::Index>(), piece in prop::sample::select(PIECES.to_vec()),
    ) {
        let mut characters: Vec<char> = MUNICH.chars().collect();
        let start = cut.index(characters.len());
        characters.drain(start..(start + length).min(characters.len()));
        let mut text: String = characters.iter().collect();
        let at = at.index(characters.len());
        let at = text.char_indices().nth(at).map_or(0, |(offset, _)| offset);
        text.insert_str(at, piece);
        if let Err(error) = Policy::parse(&text, "policy.toml") {
            let message = error.to_string();
            let line: usize = message.split(':').nth(1).unwrap().parse().unwrap();
            prop_assert!(line >= 1 && line <= text.lines().count() + 1, "{}", message);
            prop_assert!(!message.contains('\n'), "{}", message);
        }
    }
}
