//! Cases of the release: operations, parts, addresses, sensitive places.

use expect_test::{Expect, expect};

use super::*;
use crate::model::Address;
use crate::report::WarningKind;

fn text(value: &str) -> RawValue {
    RawValue::text(value)
}

fn check(audience: Audience, purpose: Option<&str>, building: &Building, expect: Expect) {
    let policy = munich();
    let releaser = releaser(&policy, audience, purpose);
    expect.assert_eq(&shown(&releaser, &release(&releaser, building)));
}

/// The values of DEBY_LOD2_59772 in the state's open data, with some that a city would join to them.
fn in_munich() -> Building {
    building(
        "DEBY_LOD2_59772",
        [
            ("creationDate", text("2023-06-05")),
            ("externalReference", text("DEBYvAAAAABTy70E")),
            ("function", text("31001_9998")),
            ("roofType", text("1000")),
            ("measuredHeight", RawValue::real(11.715)),
            ("storeysAboveGround", RawValue::integer(3)),
            ("HoeheDach", text("528.425")),
            ("HoeheGrund", text("516.710")),
            ("NiedrigsteTraufeDesGebaeudes", text("528.425")),
            ("Grundrissaktualitaet", text("2026-02-06")),
            ("Methode", text("2000")),
            ("yearOfConstruction", text("1958")),
            ("energy_demand_kwh_m2a", text("143.5")),
            ("owner", text("Erika Mustermann")),
            ("noise_lden_db", text("62.4")),
            ("monument", text("false")),
        ],
    )
}

#[test]
fn a_citizen_sees_a_house() {
    // 11.715 m is 23.43 halves, 516.71 m 1033.42, 528.425 m 1056.85.
    check(
        Audience::Citizen,
        None,
        &in_munich(),
        expect![[r#"
        measuredHeight Real(11.5)
        storeysAboveGround s3_5
        roofType flat
        HoeheGrund Real(516.5)
        NiedrigsteTraufeDesGebaeudes Real(528.5)
        HoeheDach Real(528.5)
        Grundrissaktualitaet Text("2026-02-06")
        monument Boolean(false)
        noise_lden_db db_60_65
    "#]],
    );
}

#[test]
fn a_planner_sees_what_the_purpose_needs() {
    check(
        Audience::Planner,
        Some("heat_planning"),
        &in_munich(),
        expect![[r#"
        measuredHeight Real(11.715)
        storeysAboveGround Integer(3)
        roofType flat
        HoeheGrund Real(516.71)
        NiedrigsteTraufeDesGebaeudes Real(528.425)
        HoeheDach Real(528.425)
        Grundrissaktualitaet Text("2026-02-06")
        monument Boolean(false)
        yearOfConstruction Integer(1958)
        energy_demand_kwh_m2a Real(143.5)
    "#]],
    );
    check(
        Audience::Planner,
        None,
        &in_munich(),
        expect![[r#"
        measuredHeight Real(11.715)
        storeysAboveGround Integer(3)
        roofType flat
        HoeheGrund Real(516.71)
        NiedrigsteTraufeDesGebaeudes Real(528.425)
        HoeheDach Real(528.425)
        Grundrissaktualitaet Text("2026-02-06")
        monument Boolean(false)
    "#]],
    );
}

/// The parts speak where the building does not: as one where they agree, the greatest of heights and storeys.
#[test]
fn parts_speak_for_the_building() {
    let part = |roof: &str, height: f64| {
        building("part", [("roofType", text(roof)), ("measuredHeight", RawValue::real(height))])
    };
    let mut whole = building("DEBY_1", [("function", text("31001_1010"))]);
    whole.parts = vec![part("3100", 8.1), part("3100", 12.3), building("part", [])];
    check(
        Audience::Citizen,
        None,
        &whole,
        expect![[r#"
        function residential
        measuredHeight Real(12.5)
        roofType gabled
    "#]],
    );
    whole.parts.push(part("1000", 12.4));
    whole.attributes.set("measuredHeight", RawValue::real(3.0));
    check(
        Audience::Citizen,
        None,
        &whole,
        expect![[r#"
        function residential
        measuredHeight Real(3.0)
    "#]],
    );
}

#[test]
fn addresses_become_one_text() {
    let address = |street: &str, number: &str| Address {
        street: Some(text(street)),
        house_number: (!number.is_empty()).then(|| text(number)),
        postal_code: Some(text("80331")),
        locality: Some(text("München")),
    };
    let mut whole = building("DEBY_1", []);
    whole.addresses = vec![address("Marienplatz", "8"), address("Marienplatz", "8")];
    let mut part = building("part", []);
    part.addresses =
        vec![address("Dienerstraße", "2a"), Address { locality: Some(text("München")), ..Address::default() }];
    whole.parts = vec![part];
    check(
        Audience::Citizen,
        None,
        &whole,
        expect![[r#"
        address Text("Marienplatz 8, 80331 München; Dienerstraße 2a, 80331 München; München")
    "#]],
    );
}

/// A sensitive place loses use and name for every audience and looks like a place whose use is not known.
#[test]
fn sensitive_places_look_like_no_data() {
    let place = |function: &str| {
        building("DEBY_1", [("function", text(function)), ("name", text("Rathaus")), ("roofType", text("1000"))])
    };
    let policy = munich();
    for (audience, purpose) in [(Audience::Citizen, None), (Audience::Planner, Some("urban_planning"))] {
        let releaser = releaser(&policy, audience, purpose);
        let unnamed = building("DEBY_1", [("function", text("31001_9998")), ("roofType", text("1000"))]);
        for code in ["31001_3041", "31001_3046", "31001_3060", "31001_3071", "31001_2522"] {
            assert_eq!(release(&releaser, &place(code)), release(&releaser, &unnamed), "{code}");
        }
        expect![[r#"
            function public
            name rathaus
            roofType flat
        "#]]
        .assert_eq(&shown(&releaser, &release(&releaser, &place("31001_3012"))));
    }
}

#[test]
fn a_sensitive_part_hides_the_whole() {
    let mut whole = building("DEBY_1", [("function", text("31001_3012")), ("name", text("Rathaus"))]);
    whole.parts = vec![building("part", [("function", text("31001_3074"))])];
    check(Audience::Citizen, None, &whole, expect![""]);
}

/// An allow-list may name what is never shown, and does not know most names.
#[test]
fn a_sensitive_name_hides_the_whole() {
    let listed = "key = \"public_institutions\"\n";
    let sensitive =
        "no_data = [\"-\"]\nsensitive = [{ label = { de = \"s\", en = \"s\" }, codes = [\"Frauenhaus\"] }]\n";
    let policy = Policy::parse(&MUNICH.replacen(listed, &format!("{listed}{sensitive}"), 1), "policy.toml");
    let policy = policy.unwrap_or_else(|error| panic!("{error}"));
    let releaser = releaser(&policy, Audience::Citizen, None);
    let named = |name| {
        let told = [("function", text("31001_3012")), ("name", text(name)), ("roofType", text("1000"))];
        shown(&releaser, &release(&releaser, &building("DEBY_1", told)))
    };
    assert!(named("Rathaus").contains("function public") && named("Haus Mustermann").contains("function public"));
    let hidden = named("Frauenhaus");
    assert!(!hidden.contains("function") && !hidden.contains("name"), "{hidden}");
}

/// What stands for a missing number is none, however the source writes it.
#[test]
fn numbers_that_mean_no_data_are_none() {
    let height = "name = \"measuredHeight\"\n";
    for written in ["-9999", "-9999.0", "-9.999e3"] {
        let with = MUNICH.replacen(height, &format!("{height}no_data = [\"{written}\"]\n"), 1);
        let policy = Policy::parse(&with, "policy.toml").unwrap_or_else(|error| panic!("{error}"));
        let releaser = releaser(&policy, Audience::Citizen, None);
        let said = |value| shown(&releaser, &release(&releaser, &building("DEBY_1", [("measuredHeight", value)])));
        for missing in [RawValue::real(-9999.0), RawValue::integer(-9999), text("-9999"), text("-9999.0")] {
            assert_eq!(said(missing), "", "{written}");
        }
        assert_eq!(said(RawValue::real(11.7)), "measuredHeight Real(11.5)\n");
    }
}

/// CityGML allows several functions, and a table may know another one: none may hide behind the first.
#[test]
fn a_sensitive_second_code_hides_the_whole() {
    let policy = munich();
    let releaser = releaser(&policy, Audience::Citizen, None);
    let with = |second: &str| {
        let mut house = building("DEBY_1", [("function", text("31001_1110")), ("name", text("Rathaus"))]);
        house.attributes.add("function", text(second));
        house
    };
    let unnamed = building("DEBY_1", [("function", text("31001_9998"))]);
    assert_eq!(release(&releaser, &with("31001_3066")), release(&releaser, &unnamed));
    let mut whole = unnamed.clone();
    whole.parts = vec![with("31001_3066")];
    check(Audience::Citizen, None, &whole, expect![""]);
    let harmless = release(&releaser, &with("31001_2020"));
    expect![[r#"
        function mixed
        name rathaus
    "#]]
    .assert_eq(&shown(&releaser, &harmless));
    let error = try_release(&releaser, &with("1179")).expect_err("an unknown code");
    expect![[r#"a.gml:7 (DEBY_1): the policy does not name the code "1179" of the attribute "function""#]]
        .assert_eq(&error.to_string());
}

/// A name that is not on the allow-list is left out and does not fail the build.
#[test]
fn other_names_are_left_out() {
    let named = building("DEBY_1", [("name", text("Haus Mustermann")), ("roofType", text("3100"))]);
    check(
        Audience::Citizen,
        None,
        &named,
        expect![[r#"
        roofType gabled
    "#]],
    );
}

#[test]
fn what_fails_the_build() {
    let policy = munich();
    let releaser = releaser(&policy, Audience::Citizen, None);
    let fails = |name: &str, value: RawValue, expect: Expect| {
        let error = try_release(&releaser, &building("DEBY_1", [(name, value)])).expect_err("an error");
        expect.assert_eq(&error.to_string());
    };
    fails(
        "Owner",
        text("Erika Mustermann"),
        expect![[r#"a.gml:7 (DEBY_1): the policy does not name the attribute "Owner""#]],
    );
    fails(
        "roofType",
        text("1030"),
        expect![[r#"a.gml:7 (DEBY_1): the policy does not name the code "1030" of the attribute "roofType""#]],
    );
    fails(
        "function",
        text("1179"),
        expect![[r#"a.gml:7 (DEBY_1): the policy does not name the code "1179" of the attribute "function""#]],
    );
    fails(
        "measuredHeight",
        text("hoch"),
        expect![[r#"a.gml:7 (DEBY_1): the attribute "measuredHeight" has a value that is not of the type real"#]],
    );
    fails(
        "measuredHeight",
        RawValue::real(f64::NAN),
        expect![[r#"a.gml:7 (DEBY_1): the attribute "measuredHeight" has a value that is not of the type real"#]],
    );
    fails(
        "storeysAboveGround",
        RawValue::real(2.5),
        expect![[
            r#"a.gml:7 (DEBY_1): the attribute "storeysAboveGround" has a value that is not of the type integer"#
        ]],
    );
    fails(
        "monument",
        text("vielleicht"),
        expect![[r#"a.gml:7 (DEBY_1): the attribute "monument" has a value that is not of the type boolean"#]],
    );
    // A kept-back value is not read.
    assert!(try_release(&releaser, &building("DEBY_1", [("yearOfConstruction", text("nie"))])).is_ok());
}

#[test]
fn a_building_without_geometry_is_left_out() {
    let policy = munich();
    let mut empty = in_munich();
    empty.geometry = None;
    let mut report = Report::default();
    let released = releaser(&policy, Audience::Citizen, None).release(&empty, UTM32, &mut report);
    assert_eq!(released, Ok(None));
    assert_eq!(report.counts().get(&WarningKind::NoGeometry), Some(&1));
}

#[test]
fn surfaces_lose_their_ids_and_keep_their_kinds() {
    let policy = munich();
    let releaser = releaser(&policy, Audience::Citizen, None);
    let mut whole = in_munich();
    whole.parts = vec![building("part", [])];
    let released = release(&releaser, &whole);
    assert_eq!(released.surfaces().len(), 2);
    assert_eq!((released.id(), released.crs()), ("DEBY_LOD2_59772", UTM32));
    assert!(!format!("{released:?}").contains("secret-surface-id"));
}

/// What a broken source runs together may be anybody's: the second wall behind the readers.
#[test]
fn a_text_that_is_no_single_value_is_not_released() {
    let policy = munich();
    let releaser = releaser(&policy, Audience::Citizen, None);
    let long = "B".repeat(201);
    for zone in ["BRW-1\nErika Mustermann", "BRW-1\u{85}Erika", "BRW-1\u{2028}Erika", &long] {
        let mut report = Report::default();
        let house = building("DEBY_1", [("land_value_zone", text(zone))]);
        let released = releaser.release(&house, UTM32, &mut report).unwrap().unwrap();
        assert_eq!(shown(&releaser, &released), "");
        let said: String = report.warnings().iter().map(|warning| format!("{warning}\n")).collect();
        let expected =
            "a.gml:7 (DEBY_1): the attribute \"land_value_zone\" has a text with line breaks or too long for a value\n";
        assert_eq!(said, expected);
    }
    let house = building("DEBY_1", [("land_value_zone", text(&"B".repeat(200)))]);
    assert!(shown(&releaser, &release(&releaser, &house)).contains("land_value_zone"));
    let mut house = building("DEBY_1", []);
    let street = |street: &str| Address { street: Some(text(street)), ..Address::default() };
    house.addresses = vec![street("Marienplatz"), street("Am Anger\nErika Mustermann")];
    assert_eq!(shown(&releaser, &release(&releaser, &house)), "");
}
