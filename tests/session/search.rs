//! Searching in the window: by keys and by mouse, and nothing else moves meanwhile.

use std::time::Duration;

use serde_json::Value;
use stadtzwilling::search::{ADDRESSES_FORMAT, AddressesFile, NamesFile};
use stadtzwilling::twin::Language;

use crate::open;
use crate::program::Program;
use crate::sample::{DESCRIPTION, TWIN};

const STREET: &str = "Sendlinger Straße";

/// A number of the street and the public id of its house, from the published index.
fn a_house() -> (String, String) {
    let read = |file: &str| std::fs::read(TWIN.join("public/search").join(file)).expect("the index is there");
    let names = NamesFile::parse(&read("names.json")).expect("names");
    let addresses = AddressesFile::parse(&read("addresses.json")).expect("addresses");
    assert_eq!(addresses.format, ADDRESSES_FORMAT);
    let street = names.streets.iter().position(|street| street.0 == STREET).expect("the sample has the street");
    let house = addresses.streets[street].first().expect("it has houses");
    (house.0.clone(), format!("{}{}", addresses.id_prefix, house.4))
}

/// Ctrl + F, faster than a frame is drawn.
fn call(program: &mut Program) {
    program.key("ctrl+f");
}

/// Types words as a hand does.
fn write(program: &mut Program, text: &str) {
    for (number, word) in text.split(' ').enumerate() {
        if number > 0 {
            program.display.hands("key space");
        }
        program.display.hands(&format!("type --delay 40 {word}"));
    }
    let typed = Value::from(text);
    program.wait_for("all letters have come", |state| state["search"]["query"] == typed);
    program.rest();
}

#[test]
fn a_search_flies_to_the_house_and_opens_it() {
    let (number, building) = a_house();
    let Some(mut session) = open(&[]) else { return };
    let program = &mut session.program;
    program.wait_for("house numbers can be found", |state| state["search"]["addresses"] == true);
    program.rest();
    let before = program.camera();
    call(program);
    assert_eq!(program.frames_in(Duration::from_secs(2)), 0, "the cursor of the field blinks");
    write(program, &format!("sendlinger str {number}"));
    assert_eq!(program.camera(), before, "the letters moved the camera");
    let hit = format!("{STREET} {number}");
    assert_eq!(program.state["search"]["hits"][0], hit.as_str());
    assert!(program.draws("Altstadt-Lehel"));
    program.look("search-en-light");
    program.key("Return");
    program.wait_for("its panel is open", |state| state["panel"].as_str().is_some_and(|panel| panel.contains(&hit)));
    program.rest();
    assert_eq!(program.state["selected"]["building"], building.as_str());
    assert_ne!(program.camera(), before);
    assert_eq!(program.state["search"]["query"], "", "what was typed is forgotten");
    program.look("search-found");

    // Escape empties the field and leaves everything else.
    let there = program.camera();
    program.key("slash");
    write(program, "wasdqe");
    program.key("Escape");
    assert_eq!((&program.state["search"]["query"], program.camera()), (&Value::from(""), there));
    assert_eq!(program.state["selected"]["building"], building.as_str());

    // A click picks too, and a place closes the panel of the house.
    call(program);
    write(program, "frauenk");
    program.key("Down");
    program.press("Frauenkirche, Sight");
    program.wait_for("the sight's panel is open", |state| state["selected"]["building"] == crate::FRAUENKIRCHE_ID);
    program.rest();
    assert!(program.distance_m(crate::FRAUENKIRCHE) < 450.0);
    a_name_in_the_picture_leads_there(program);
}

/// What stands behind the name is not what the click is for.
fn a_name_in_the_picture_leads_there(program: &mut Program) {
    program.key("Escape");
    program.key("Home");
    program.rest();
    program.look("names");
    let (name, building, at) = a_named_building(&program.state);
    program.click(at);
    program.wait_for("its panel is open", |state| state["selected"]["building"] == building.as_str());
    program.rest();
    assert!(program.panel().starts_with(&name), "{}", program.panel());
    program.look("named");
    program.key("Escape");
    program.press("View");
    program.press("Names in the picture");
    assert_eq!(program.state["sights"], Value::Array(Vec::new()));
}

#[test]
fn a_search_fits_into_a_small_window() {
    let Some(mut session) = open(&["--language", "de", "--theme", "dark"]) else { return };
    let program = &mut session.program;
    program.wait_for("house numbers can be found", |state| state["search"]["addresses"] == true);
    program.resize(480, 640);
    call(program);
    write(program, "s");
    program.look("search-small-de-dark");
    let hits = program.state["search"]["hits"].as_array().map_or(0, Vec::len);
    assert_eq!(hits, 8);
    let Some([left, top, right, bottom]) = program.widget("Ebenen") else { panic!("the tools are not drawn") };
    assert!(left >= 0.0 && top >= 0.0 && right <= 480.0 && bottom <= 640.0);
    program.key("Escape");
    write_nothing(program);
}

/// A sight that has its name in the picture and is a building: the name, the building's public id, and the middle of where
/// the name stands, points.
fn a_named_building(state: &Value) -> (String, String, [f64; 2]) {
    let names = state["sights"].as_array().expect("sights are named");
    let building = |name: &Value| {
        let place = DESCRIPTION.places.iter().find(|place| name["name"] == place.title.get(Language::En))?;
        let [left, top, right, bottom]: [f64; 4] = serde_json::from_value(name["at"].clone()).ok()?;
        let middle = [(left + right) * 0.5, (top + bottom) * 0.5];
        Some((place.title.get(Language::En).to_owned(), place.building.clone()?, middle))
    };
    names.iter().find_map(building).expect("one of them is a building")
}

/// A query without a hit says so.
fn write_nothing(program: &mut Program) {
    call(program);
    write(program, "qqqqqqqq");
    assert!(program.draws("Nichts gefunden."));
    program.look("search-nothing-de-dark");
}
