//! Queries as people type them, and what holds for any text.

mod properties;

use expect_test::{Expect, expect};

use super::{
    ADDRESSES_FORMAT, AddressesFile, DistrictRecord, HitKind, HouseRecord, Index, NAMES_FORMAT, NamedPoint, NamesFile,
    PlaceRecord, PointRecord, SearchError, StreetRecord,
};
use crate::twin::{CameraPose, Language, PlaceInfo, Text};

/// Streets of a small town that has Munich's names, each with the district that it lies in and its house numbers.
const STREETS: [(&str, u16, &[&str]); 14] = [
    ("Bräuhausstraße", 0, &["1", "2"]),
    ("Josephspitalstraße", 0, &["7", "8"]),
    ("Karl-Theodor-Straße", 1, &["10", "12"]),
    ("Ludwigstraße", 1, &["1", "2", "11", "16"]),
    ("Marienplatz", 0, &["1", "8", "22"]),
    ("Marienstraße", 0, &["3"]),
    ("Münchner Freiheit", 1, &["6"]),
    ("Sankt-Anna-Straße", 0, &["2"]),
    ("Sendlinger Straße", 0, &["1", "5", "5a", "7-9", "50", "62"]),
    ("Sendlinger-Tor-Platz", 0, &["5", "14"]),
    ("Straße des 17. Juni", 1, &["4"]),
    ("Tal", 0, &["1", "44"]),
    ("Talstraße", 1, &["2"]),
    ("Thomas-Wimmer-Ring", 0, &["1 1/2"]),
];

pub(super) fn names() -> NamesFile {
    let at = |number: usize| PointRecord(11_570_000 + 100 * number as i32, 48_130_000, 560);
    let street = |(number, (name, district, _)): (usize, &(&str, u16, &[&str]))| {
        StreetRecord((*name).to_owned(), at(number), 100, vec![*district], 0)
    };
    let district = |name: &str| DistrictRecord(name.to_owned(), at(50), 1500);
    let place = |de: &str, en: &str, building: Option<&str>| {
        let pose = CameraPose {
            lon_deg: 11.57,
            lat_deg: 48.13,
            height_m: 570.0,
            distance_m: 300.0,
            heading_deg: 0.0,
            pitch_deg: -20.0,
        };
        let building = building.map(str::to_owned);
        PlaceRecord { place: PlaceInfo { title: Text::new(de, en), pose, building }, district: Some(0) }
    };
    NamesFile {
        format: NAMES_FORMAT.to_owned(),
        policy_hash: "ab".to_owned(),
        towns: vec!["München".to_owned()],
        districts: vec![district("Altstadt-Lehel"), district("Schwabing-Freimann")],
        streets: STREETS.iter().enumerate().map(street).collect(),
        places: vec![
            place("Marienplatz", "Marienplatz", None),
            place("Residenz", "Residence", Some("DEBY_9")),
            place("Café Münchner Kindl", "Café Munich Child", None),
        ],
    }
}

pub(super) fn addresses() -> AddressesFile {
    let house = |street: usize, number: &str| {
        HouseRecord(number.to_owned(), 10, -10, 1, format!("{street}_{}", number.replace(' ', "_")), 1)
    };
    let houses = |(street, (_, _, numbers)): (usize, &(&str, u16, &[&str]))| {
        numbers.iter().map(|number| house(street, number)).collect()
    };
    AddressesFile {
        format: ADDRESSES_FORMAT.to_owned(),
        policy_hash: "ab".to_owned(),
        id_prefix: "DEBY_".to_owned(),
        streets: STREETS.iter().enumerate().map(houses).collect(),
    }
}

pub(super) fn index() -> Index {
    let mut index = Index::of(names()).unwrap();
    index.add_addresses(&serde_json::to_vec(&addresses()).unwrap()).unwrap();
    let stop = |name: &str, lon_deg| NamedPoint {
        name: name.to_owned(),
        detail: Text::new("U-Bahn", "Underground"),
        lon_deg,
        lat_deg: 48.16,
        height_m: 550.0,
    };
    let stops = [stop("Münchner Freiheit", 11.586), stop("Münchner Freiheit", 11.587), stop("Sendlinger Tor", 11.567)];
    index.add_points(HitKind::Stop, stops);
    index
}

/// The first hits of a query, one a line.
fn found(query: &str, language: Language) -> String {
    let line = |hit: super::Hit| {
        let kind = format!("{:?}", hit.kind).to_lowercase();
        let instead = hit.instead_of.map(|asked| format!(" instead of {asked}")).unwrap_or_default();
        let building = hit.building.map(|id| format!(" = {id}")).unwrap_or_default();
        format!("{kind} {}{instead} ({}){building}\n", hit.title, hit.detail)
    };
    index().find(query, language, 5).into_iter().map(line).collect()
}

fn check(query: &str, expected: Expect) {
    expected.assert_eq(&found(query, Language::De));
}

#[test]
fn umlauts_may_be_written_in_every_way() {
    let freedom = expect![[r#"
        stop Münchner Freiheit (U-Bahn)
        street Münchner Freiheit (Schwabing-Freimann)
    "#]];
    check("Muenchner Freiheit", freedom);
    for query in [
        "münchner freiheit",
        "MUNCHNER FREIHEIT",
        "Muenchnerfreiheit",
        "Freiheit, Münchner",
        "mu\u{308}nchner freiheit",
    ] {
        assert_eq!(found(query, Language::De), found("Muenchner Freiheit", Language::De), "{query}");
    }
    check(
        "cafe",
        expect![[r#"
        place Café Münchner Kindl (Altstadt-Lehel)
    "#]],
    );
}

#[test]
fn streets_may_be_abbreviated_and_written_together() {
    check(
        "Sendlinger str 5",
        expect![[r#"
        address Sendlinger Straße 5 (Altstadt-Lehel) = DEBY_8_5
        address Sendlinger Straße 5a (Altstadt-Lehel) = DEBY_8_5a
        address Sendlinger Straße 50 (Altstadt-Lehel) = DEBY_8_50
    "#]],
    );
    for query in ["sendlingerstr. 5", "Sendlinger Strasse 5", "5 Sendlinger Straße", "Sendlinger-Str. 5, 80331 München"]
    {
        assert!(found(query, Language::De).starts_with("address Sendlinger Straße 5 ("), "{query}");
    }
    check(
        "Marienpl",
        expect![[r#"
        place Marienplatz (Altstadt-Lehel)
        street Marienplatz (Altstadt-Lehel)
        street Marienstraße (Altstadt-Lehel)
    "#]],
    );
    check(
        "St.-Anna-Str. 2",
        expect![[r#"
        address Sankt-Anna-Straße 2 (Altstadt-Lehel) = DEBY_7_2
    "#]],
    );
    check(
        "karltheodorstr",
        expect![[r#"
        street Karl-Theodor-Straße (Schwabing-Freimann)
    "#]],
    );
    check(
        "Tal",
        expect![[r#"
        street Tal (Altstadt-Lehel)
        street Talstraße (Schwabing-Freimann)
    "#]],
    );
}

#[test]
fn slips_of_the_finger_are_forgiven() {
    check(
        "Sendlnger Straße",
        expect![[r#"
        street Sendlinger Straße (Altstadt-Lehel)
    "#]],
    );
    check(
        "Marienpaltz",
        expect![[r#"
        place Marienplatz (Altstadt-Lehel)
        street Marienplatz (Altstadt-Lehel)
    "#]],
    );
    check(
        "josefspital",
        expect![[r#"
        street Josephspitalstraße (Altstadt-Lehel)
    "#]],
    );
    check(
        "Residnez",
        expect![[r#"
        landmark Residenz (Altstadt-Lehel) = DEBY_9
    "#]],
    );
    check("Tla", expect![""]);
}

#[test]
fn words_stand_in_any_order() {
    check(
        "tor sendlinger",
        expect![[r#"
        stop Sendlinger Tor (U-Bahn)
        street Sendlinger-Tor-Platz (Altstadt-Lehel)
    "#]],
    );
    check(
        "ring wimmer",
        expect![[r#"
        street Thomas-Wimmer-Ring (Altstadt-Lehel)
    "#]],
    );
    check(
        "straße schwabing ludwig",
        expect![[r#"
        street Ludwigstraße (Schwabing-Freimann)
    "#]],
    );
}

#[test]
fn house_numbers_are_read_with_letters_ranges_and_fractions() {
    check(
        "Sendlinger Straße 5 a",
        expect![[r#"
        address Sendlinger Straße 5a (Altstadt-Lehel) = DEBY_8_5a
    "#]],
    );
    check(
        "Sendlinger Straße 5A",
        expect![[r#"
        address Sendlinger Straße 5a (Altstadt-Lehel) = DEBY_8_5a
    "#]],
    );
    check(
        "Sendlinger Straße 9",
        expect![[r#"
        address Sendlinger Straße 7-9 (Altstadt-Lehel) = DEBY_8_7-9
    "#]],
    );
    check(
        "Sendlinger Straße 7 – 9",
        expect![[r#"
        address Sendlinger Straße 7-9 (Altstadt-Lehel) = DEBY_8_7-9
    "#]],
    );
    check(
        "thomas wimmer ring 1 1/2",
        expect![[r#"
        address Thomas-Wimmer-Ring 1 1/2 (Altstadt-Lehel) = DEBY_13_1_1/2
    "#]],
    );
    check(
        "Straße des 17. Juni",
        expect![[r#"
            street Straße des 17. Juni (Schwabing-Freimann)
        "#]],
    );
    check(
        "straße des 17. juni 4",
        expect![[r#"
        address Straße des 17. Juni 4 (Schwabing-Freimann) = DEBY_10_4
    "#]],
    );
}

#[test]
fn who_asks_for_a_number_that_is_not_there_is_told_so() {
    check(
        "Tal 40",
        expect![[r#"
        address Tal 44 instead of 40 (Altstadt-Lehel) = DEBY_11_44
        address Talstraße 2 instead of 40 (Schwabing-Freimann) = DEBY_12_2
    "#]],
    );
    check(
        "Tal 2",
        expect![[r#"
            address Tal 1 instead of 2 (Altstadt-Lehel) = DEBY_11_1
            address Talstraße 2 (Schwabing-Freimann) = DEBY_12_2
        "#]],
    );
}

#[test]
fn neighbours_of_a_number_that_is_not_there_come_before_what_begins_so() {
    check(
        "Sendlinger str 6",
        expect![[r#"
            address Sendlinger Straße 5 instead of 6 (Altstadt-Lehel) = DEBY_8_5
            address Sendlinger Straße 5a instead of 6 (Altstadt-Lehel) = DEBY_8_5a
            address Sendlinger Straße 7-9 instead of 6 (Altstadt-Lehel) = DEBY_8_7-9
            address Sendlinger Straße 62 (Altstadt-Lehel) = DEBY_8_62
        "#]],
    );
    // Far away are no neighbours, and the nearest of all is told as what it is.
    check(
        "Karl-Theodor-Straße 1",
        expect![[r#"
            address Karl-Theodor-Straße 10 instead of 1 (Schwabing-Freimann) = DEBY_2_10
            address Karl-Theodor-Straße 12 (Schwabing-Freimann) = DEBY_2_12
        "#]],
    );
    // Its own side of the street comes first.
    check(
        "Josephspitalstraße 6",
        expect![[r#"
            address Josephspitalstraße 8 instead of 6 (Altstadt-Lehel) = DEBY_1_8
            address Josephspitalstraße 7 instead of 6 (Altstadt-Lehel) = DEBY_1_7
        "#]],
    );
}

#[test]
fn a_number_of_its_own_comes_before_a_range_that_has_it() {
    let mut file = addresses();
    let house = |number: &str| HouseRecord(number.to_owned(), 0, 0, 0, number.to_owned(), 1);
    file.streets[11] = vec![house("1-5"), house("3")];
    let mut index = Index::of(names()).unwrap();
    index.add_addresses(&serde_json::to_vec(&file).unwrap()).unwrap();
    let titles: Vec<String> = index.find("Tal 3", Language::De, 2).into_iter().map(|hit| hit.title).collect();
    assert_eq!(titles, ["Tal 3", "Tal 1-5"]);
}

#[test]
fn a_name_is_shown_in_the_language_and_found_in_all() {
    check(
        "residence",
        expect![[r#"
        landmark Residenz (Altstadt-Lehel) = DEBY_9
    "#]],
    );
    expect![[r#"
        landmark Residence (Altstadt-Lehel) = DEBY_9
    "#]]
    .assert_eq(&found("residenz", Language::En));
    check(
        "schwabing",
        expect![[r#"
        district Schwabing-Freimann ()
    "#]],
    );
}

#[test]
fn without_addresses_streets_are_found() {
    let index = Index::of(names()).unwrap();
    assert!(!index.has_addresses());
    let hits = index.find("Sendlinger Straße 5", Language::De, 8);
    assert_eq!((hits[0].kind, hits[0].title.as_str()), (HitKind::Street, "Sendlinger Straße"));
    assert_eq!(index.len(), (STREETS.len() + 2 + 3, 0));
}

#[test]
fn platforms_of_a_stop_are_one_stop() {
    let stops = |hits: Vec<super::Hit>| hits.into_iter().filter(|hit| hit.kind == HitKind::Stop).count();
    assert_eq!(stops(index().find("Münchner Freiheit", Language::De, 20)), 1);
}

#[test]
fn files_that_do_not_belong_together_are_refused() {
    let refused = |change: fn(&mut AddressesFile)| {
        let mut file = addresses();
        change(&mut file);
        let mut index = Index::of(names()).unwrap();
        let refused = index.add_addresses(&serde_json::to_vec(&file).unwrap()).unwrap_err();
        assert!(!index.has_addresses());
        refused
    };
    assert!(matches!(refused(|file| file.policy_hash = "cd".to_owned()), SearchError::OtherPolicy));
    assert!(matches!(refused(|file| drop(file.streets.pop())), SearchError::OtherStreets { addresses: 13, names: 14 }));
    assert!(matches!(refused(|file| file.format = NAMES_FORMAT.to_owned()), SearchError::Format { .. }));
    let mut nowhere = names();
    nowhere.streets[0].1.1 = 91_000_000;
    assert!(matches!(Index::of(nowhere), Err(SearchError::NowhereOnEarth(name)) if name == "Bräuhausstraße"));
}

#[test]
fn hits_say_where_to_fly() {
    let index = index();
    let first = |query| index.find(query, Language::De, 1).remove(0);
    let house = first("Tal 44");
    assert_eq!((house.lon_deg, house.lat_deg, house.height_m), (11.57111, 48.12999, 561.0));
    let pose = house.pose(40.0);
    assert_eq!((pose.heading_deg, pose.distance_m, pose.height_m), (40.0, 230.0, 569.0));
    assert_eq!(first("Residenz").pose(40.0).distance_m, 300.0);
    assert_eq!(first("Altstadt-Lehel").pose(0.0).distance_m, 3900.0);
}
