//! A published sample, asked without drawing it: files go in as they are wanted, and every house answers.

use std::fs;
use std::path::Path;

use url::Url;

use super::Desk;
use crate::city::CityConfig;
use crate::geo::Geodetic;
use crate::privacy::Audience;
use crate::report::Report;
use crate::sample::{self, SampleFolder, SampleOptions};
use crate::store::build::{BuildOptions, Quiet, build};
use crate::texts::Language;
use crate::twin::{Link, LinkTarget};
use crate::web::Address;

/// A city of so many houses, published for citizens in a folder.
fn publish(folder: &Path, buildings: usize) {
    let mut files = SampleFolder::create(folder.join("sources")).unwrap();
    sample::write(&SampleOptions { buildings, ..SampleOptions::default() }, &mut files).unwrap();
    let city = CityConfig::load(&folder.join("sources/city.toml")).unwrap();
    let options = BuildOptions {
        out: folder.join("twin"),
        audiences: vec![Audience::Citizen],
        purpose: None,
        downloads: city.default_downloads(),
        today: jiff::civil::date(2026, 7, 1),
    };
    build(&city, &options, &Quiet, &mut Report::default()).unwrap();
}

fn bring(desk: &mut Desk, urls: Vec<Url>) {
    for url in urls {
        let bytes = fs::read(url.to_file_path().unwrap()).unwrap();
        desk.take(&url, bytes).unwrap();
    }
}

/// The desk of the twin in a folder, with everything but tiles.
fn open(folder: &Path) -> Desk {
    let path = folder.join("twin/public/twin.json");
    let url = Url::from_file_path(&path).unwrap();
    let mut desk = Desk::open(&url, &fs::read(path).unwrap()).unwrap();
    let wanted = desk.wanted().cloned().collect();
    bring(&mut desk, wanted);
    desk
}

/// Brings everything within a distance of a place.
fn know(desk: &mut Desk, place: Geodetic, radius_m: f64) {
    loop {
        let missing = desk.missing(place, radius_m);
        if missing.is_empty() {
            return;
        }
        bring(desk, missing);
    }
}

fn lines(json: &str) -> Vec<serde_json::Value> {
    serde_json::from_str(json).unwrap()
}

#[test]
fn every_house_answers_without_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    publish(folder.path(), 150);
    let mut desk = open(folder.path());
    let home = desk.twin.home;
    let middle = Geodetic { lon_deg: home.lon_deg, lat_deg: home.lat_deg, height_m: 0.0 };
    assert_eq!(desk.around(middle, 1e5, Language::De), "[]");
    know(&mut desk, middle, 1e5);
    let houses = lines(&desk.around(middle, 1e5, Language::De));
    assert_eq!(houses.len(), 150);
    let distances: Vec<f64> = houses.iter().map(|house| house["distance_m"].as_f64().unwrap()).collect();
    assert!(distances.is_sorted(), "the nearest come first");
    let mut plans = 0;
    for house in &houses {
        let html = desk.house(house["house"].as_str().unwrap(), Language::De).unwrap();
        assert!(html.contains(house["house"].as_str().unwrap()), "{html}");
        assert!(house["view"].as_str().unwrap().contains("&house="), "{house}");
        plans += every_plan_answers(&desk, &html);
    }
    assert!(plans > 0, "no house of the sample lies near a plan");
    assert_eq!(desk.house("nobody", Language::De), None);
    let layer = &desk.twin.layers[0].id;
    assert_eq!((desk.plan(layer, "none", Language::De), desk.plan("none", "none", Language::De)), (None, None));
}

/// Follows the links to plans in what is said of a house; gives how many there are.
fn every_plan_answers(desk: &Desk, house: &str) -> usize {
    let links = house.split("<a href=\"").skip(1).filter_map(|link| link.split_once("\" rel"));
    let plans = links.filter_map(|(address, rest)| {
        let Link { camera, target, .. } = Address::parse(&address.replace("&amp;", "&")).link;
        let Some(LinkTarget::Plan { layer, plan }) = target else { return None };
        let answer = desk.plan(&layer, &plan, Language::De).unwrap();
        let heading = answer.split("<h1><bdi>").nth(1).unwrap().split("</bdi>").next().unwrap();
        assert!(rest.contains(heading), "{rest} leads to {answer}");
        assert!(answer.contains(">Stand<") && camera.is_some(), "{answer}");
        Some(())
    });
    plans.count()
}

/// Where a text is more than a name, whoever reads plain language is given their own. Names and single words stand in.
#[test]
fn what_the_sample_explains_it_explains_in_every_language() {
    let folder = tempfile::tempdir().unwrap();
    publish(folder.path(), 50);
    let twin = fs::read(folder.path().join("twin/public/twin.json")).unwrap();
    let twin: serde_json::Value = serde_json::from_slice(&twin).unwrap();
    let all = |part: &str| twin[part].as_array().unwrap().iter();
    let attributes = all("attributes").flat_map(|one| ["why", "operation", "legal_basis"].map(|key| &one[key]));
    let withheld = all("withheld").flat_map(|one| ["reason", "legal_basis"].map(|key| &one[key]));
    let layers = all("layers").flat_map(|one| ["title", "legal_basis"].map(|key| &one[key]));
    let services = all("services").map(|one| &one["title"]);
    let texts = attributes.chain(withheld).chain(layers).chain(services).chain([&twin["notice"]]);
    let texts: Vec<_> = texts.filter(|text| !text.is_null()).collect();
    assert!(texts.len() > 20, "{} texts", texts.len());
    for text in texts {
        for language in Language::ALL {
            assert!(text[language.code()].is_string(), "there is no {} of {text}", language.own_name());
        }
    }
}

#[test]
fn a_hit_leads_to_the_house_that_it_names() {
    let folder = tempfile::tempdir().unwrap();
    publish(folder.path(), 150);
    let mut desk = open(folder.path());
    let home = desk.twin.home;
    know(&mut desk, Geodetic { lon_deg: home.lon_deg, lat_deg: home.lat_deg, height_m: 0.0 }, 1e5);
    let streets = lines(&desk.find("strasse 1", Language::De, 8, 0.0));
    let hit = streets.iter().find(|hit| hit["kind"] == "address").expect("a house number");
    let id = hit["house"].as_str().unwrap();
    let html = desk.house(id, Language::De).unwrap();
    assert!(html.contains(hit["title"].as_str().unwrap()), "{hit} leads to {html}");
    let stands = desk.houses.as_ref().unwrap().of_id(id).unwrap().place;
    assert!((stands.lon_deg - hit["lon"].as_f64().unwrap()).abs() < 0.002, "{hit} stands at {stands:?}");
}

/// The page asks before it takes the first hit for a number.
#[test]
fn names_are_wanted_until_everything_can_be_found() {
    let folder = tempfile::tempdir().unwrap();
    publish(folder.path(), 150);
    let path = folder.path().join("twin/public/twin.json");
    let url = Url::from_file_path(&path).unwrap();
    let mut desk = Desk::open(&url, &fs::read(path).unwrap()).unwrap();
    let first = desk.wanted().next().cloned().into_iter().collect();
    bring(&mut desk, first);
    let hits = |desk: &Desk| lines(&desk.find("strasse 1", Language::De, 8, 0.0));
    assert!(hits(&desk).iter().all(|hit| hit["kind"] != "address"));
    let names: Vec<Url> = desk.wanted_names().cloned().collect();
    assert_eq!(names.len(), 1 + desk.twin.points.len());
    bring(&mut desk, names);
    assert_eq!(desk.wanted_names().count(), 0);
    assert_eq!(desk.wanted().count(), 1 + desk.twin.layers.len(), "houses and plans are not waited for");
    assert!(hits(&desk).iter().any(|hit| hit["kind"] == "address"));
}

#[test]
fn only_the_tiles_of_a_place_are_wanted_for_it() {
    let folder = tempfile::tempdir().unwrap();
    publish(folder.path(), 1500);
    let mut desk = open(folder.path());
    let home = desk.twin.home;
    let middle = Geodetic { lon_deg: home.lon_deg, lat_deg: home.lat_deg, height_m: 0.0 };
    let (near, all) = (desk.missing(middle, 50.0).len(), desk.missing(middle, 1e5).len());
    assert!(near > 0 && near * 4 < all, "{near} of {all} tiles");
    know(&mut desk, middle, 50.0);
    assert!(desk.missing(middle, 50.0).is_empty());
    // A file that does not come is not waited for.
    let lost = desk.missing(middle, 1e5);
    lost.iter().for_each(|url| desk.lose(url));
    assert!(desk.missing(middle, 1e5).is_empty());
}
