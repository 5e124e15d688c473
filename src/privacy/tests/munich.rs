//! The shipped policy of Munich: every cell, what people are told, and that it names all that the sources have.

use std::collections::BTreeSet;

use expect_test::{expect, expect_file};

use super::*;
use crate::privacy::{Class, Code, Decision};
use crate::twin::Language;

#[test]
fn every_cell() {
    expect_file!["cells.txt"].assert_eq(&munich().cell_table());
    assert_eq!(munich().cells().len(), munich().attributes().len() * 5);
}

/// What a citizen is told: names, operations, and what is kept back, in every language.
#[test]
fn what_a_citizen_is_told() {
    let policy = munich();
    let releaser = releaser(&policy, Audience::Citizen, None);
    let mut told = String::new();
    for &language in Language::ALL {
        for info in releaser.attributes() {
            let operation = info.operation.as_ref().map(|text| format!(" ({})", text.get(language)));
            told += &format!("{}{}\n", info.label.get(language), operation.unwrap_or_default());
        }
        told += "–\n";
        for info in releaser.withheld() {
            told += &format!("{}: {} [{}]\n", info.class, info.label.get(language), info.legal_basis.get(language));
        }
        told += "\n";
    }
    expect_file!["told.txt"].assert_eq(&told);
}

/// The public never gets a value of a single building that is not public, but for the allow-list of names.
#[test]
fn the_public_sees_public_values_only() {
    let policy = munich();
    for cell in policy.cells() {
        let class = policy.attribute(cell.attribute).unwrap().class;
        if cell.audience != Audience::Planner && matches!(cell.decision, Decision::Release(_)) {
            assert!(class == Class::Public || cell.attribute == "name", "{}", cell.attribute);
        }
        assert!(class != Class::Never || matches!(cell.decision, Decision::Withhold(_)));
    }
}

/// How the codes of a building's function are divided. The sum is the catalogue: 233 of ALKIS 31001 and 65 others.
#[test]
fn functions_in_groups() {
    let policy = munich();
    let list = policy.attribute("function").unwrap().code_list.clone().unwrap();
    let mut counts = String::new();
    for (index, value) in list.values().iter().enumerate() {
        let count = list.codes().filter(|(_, code)| *code == Code::Value(index as u16)).count();
        counts += &format!("{} {count}\n", value.key);
    }
    for (name, code) in [("sensitive", Code::Sensitive), ("no data", Code::NoData)] {
        counts += &format!("{name} {}\n", list.codes().filter(|(_, meaning)| *meaning == code).count());
    }
    let buildings = list.codes().filter(|(code, _)| code.starts_with("31001_")).count();
    counts += &format!("of buildings {buildings}, in all {}\n", list.codes().count());
    expect![[r#"
        residential 9
        mixed 13
        leisure_home 4
        commercial 16
        hospitality 16
        industrial 23
        transport 23
        parking 7
        agricultural 14
        education 6
        culture_sport 42
        public 15
        structure 48
        sensitive 64
        no data 2
        of buildings 234, in all 302
    "#]]
    .assert_eq(&counts);
}

/// The columns of the city's tables.
#[test]
fn the_policy_names_every_column() {
    let columns = [
        "gml_id",
        "monument",
        "ensemble",
        "yearOfConstruction",
        "owner",
        "residents",
        "households",
        "energy_demand_kwh_m2a",
        "heating_type",
        "energy_carrier",
        "purchase_price_eur",
        "social_housing",
        "solar_yield_kwh_a",
        "solar_suitability",
        "dwelling_units",
        "living_area_m2",
        "energy_certificate",
        "installed_pv_kw",
        "land_value_zone",
        "flood_zone",
        "conservation_area",
        "noise_lden_db",
    ];
    let policy = munich();
    for column in columns {
        assert!(policy.attribute(column).is_some(), "{column}");
    }
}

/// Every generic attribute of the official product, on buildings and on surfaces, in two states' files.
#[test]
fn the_policy_names_every_attribute_of_the_official_product() {
    let policy = munich();
    let files = [
        "munich_DEBY_LOD2_59772.gml",
        "munich_DEBY_LOD2_4959322.gml",
        "munich_DEBY_LOD2_4959323.gml",
        "nrw_280_5657.gml",
    ];
    for file in files {
        let Some(path) = crate::test_data::shared(&format!("citygml/{file}")) else { return };
        let text = std::fs::read_to_string(path).unwrap();
        let names: BTreeSet<_> = between(&text, "Attribute name=\"", '"').collect();
        for name in names {
            assert!(policy.attribute(name).is_some(), "{file}: {name}");
        }
        for (name, end) in [("function", "<bldg:function>"), ("roofType", "<bldg:roofType>")] {
            let list = policy.attribute(name).unwrap().code_list.clone().unwrap();
            for code in between(&text, end, '<') {
                assert!(list.lookup(code).is_some(), "{file}: {name} {code}");
            }
        }
    }
}

fn between<'a>(text: &'a str, start: &'a str, end: char) -> impl Iterator<Item = &'a str> {
    text.split(start).skip(1).filter_map(move |rest| rest.split(end).next())
}

#[test]
fn the_hash_is_that_of_the_bytes() {
    // `printf '' | sha256sum` and `sha256sum data/muenchen/policy.toml` agree with the crate; here only that one byte
    // makes another policy.
    let other = Policy::parse(&format!("{MUNICH}\n"), "policy.toml").unwrap();
    assert_eq!(other.hash().len(), 64);
    assert_ne!(other.hash(), munich().hash());
}
