//! The index of the search: everything that was released can be found, and nothing else is in it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::super::names::addresses;
use super::{all_files, build_at, write_sample};
use crate::city::CityConfig;
use crate::privacy::Audience;
use crate::report::{Report, WarningKind};
use crate::search::{AddressesFile, HitKind, Index, NamesFile};
use crate::store::build::districts::{Districts, read_districts};
use crate::store::build::projection::CityProjector;
use crate::store::{ADDRESSES, NAMES, check};
use crate::test_data::shared;
use crate::tiles::decoded_strings;
use crate::twin::Language;

const BOTH: [Audience; 2] = [Audience::Citizen, Audience::Planner];

fn files(release: &Path) -> (NamesFile, AddressesFile) {
    let read = |file: &str| fs::read(release.join(file)).unwrap();
    (NamesFile::parse(&read(NAMES)).unwrap(), AddressesFile::parse(&read(ADDRESSES)).unwrap())
}

fn index(release: &Path) -> Index {
    let mut index = Index::parse(&fs::read(release.join(NAMES)).unwrap()).unwrap();
    index.add_addresses(&fs::read(release.join(ADDRESSES)).unwrap()).unwrap();
    index
}

/// Street and number of every address in the tiles of a release.
fn in_tiles(release: &Path) -> BTreeSet<(String, String)> {
    let glbs = all_files(&release.join("tiles")).into_iter().filter(|(name, _)| name.ends_with(".glb"));
    let texts: BTreeSet<String> = glbs.flat_map(|(_, bytes)| decoded_strings(&bytes)).collect();
    let is_address = |text: &&String| text.contains(", 8");
    let addresses = texts.iter().filter(is_address).flat_map(|text| addresses(text));
    addresses.map(|(street, number, _)| (street.to_owned(), number.to_owned())).collect()
}

/// Street and number of every house in the index of a release.
fn in_index(release: &Path) -> BTreeSet<(String, String)> {
    let (names, addresses) = files(release);
    let streets = names.streets.into_iter().zip(addresses.streets);
    streets.flat_map(|(street, houses)| houses.into_iter().map(move |house| (street.0.clone(), house.0))).collect()
}

/// Keeps addresses back from citizens.
fn suppress_addresses(policy: &Path) {
    let text = fs::read_to_string(policy).unwrap();
    let (before, of_address) = text.split_once("name = \"address\"").unwrap();
    let hidden =
        of_address.replacen("release.citizen = { op = \"as_is\" }", "release.citizen = { op = \"suppress\" }", 1);
    fs::write(policy, format!("{before}name = \"address\"{hidden}")).unwrap();
}

#[test]
fn derived_from_released_only() {
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, 400);
    build_at(&sources, &out, &BOTH).unwrap();
    let public = out.join("public");
    let released = in_tiles(&public);
    assert!(released.len() > 200, "only {} addresses are released", released.len());
    assert_eq!(in_index(&public), released);
    // The control: with addresses kept back from citizens nothing of them is left for them, and all of it for planners.
    let policy = sources.join("policy.toml");
    suppress_addresses(&policy);
    build_at(&sources, &out, &BOTH).unwrap();
    assert_eq!(in_index(&public), BTreeSet::new());
    let (names, _) = files(&public);
    assert_eq!((names.streets.len(), names.towns.len()), (0, 0));
    assert!(!names.districts.is_empty() && !names.places.is_empty());
    assert_eq!(in_index(&out.join("planner")), released);
    for (street, _) in &released {
        for file in [NAMES, ADDRESSES] {
            let text = fs::read_to_string(public.join(file)).unwrap();
            let is_place = names.places.iter().any(|record| record.place.title.get(Language::De).contains(street));
            assert!(is_place || !text.contains(&format!("\"{street}\"")), "{street} is in {file}");
        }
    }
}

#[test]
fn the_sample_can_be_searched() {
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, 3000);
    build_at(&sources, &out, &BOTH).unwrap();
    let public = out.join("public");
    let index = index(&public);
    let first = |query: &str| index.find(query, Language::De, 1).remove(0);
    let house = first("Sendlinger str 5");
    assert_eq!(house.kind, HitKind::Address);
    assert!(house.title.starts_with("Sendlinger Straße ") && !house.detail.is_empty(), "{house:?}");
    // Numbers of the sample are invented: what was typed may be the beginning of one, else the hit says that it is not.
    assert!(house.title.starts_with("Sendlinger Straße 5") || house.instead_of.as_deref() == Some("5"), "{house:?}");
    let church = first("frauenkirche");
    let expected = (HitKind::Landmark, "Altstadt-Lehel", Some("BEISPIEL_LOD2_W001"));
    assert_eq!((church.kind, church.detail.as_str(), church.building.as_deref()), expected);
    // Its name is released, and the city's file does not name it.
    let named = first("neues rathaus");
    assert_eq!((named.kind, named.title.as_str()), (HitKind::Landmark, "Neues Rathaus"));
    assert_eq!((named.building.as_deref(), named.mark()), (Some("BEISPIEL_LOD2_W002"), None));
    let district = first("ludwigsvorstadt");
    assert_eq!((district.kind, district.title.as_str()), (HitKind::District, "Ludwigsvorstadt-Isarvorstadt"));
    let street = first("kaufinger");
    assert_eq!((street.kind, street.title.as_str()), (HitKind::Street, "Kaufingerstraße"));
    assert!(street.mark().is_some_and(|mark| mark.lon_deg == street.lon_deg), "a street is pointed at");
    let is_near = (street.lon_deg - 11.5735).abs() < 0.003 && (street.lat_deg - 48.1376).abs() < 0.002;
    assert!(is_near && street.detail.contains("Altstadt-Lehel"), "{street:?}");
    // Every street by its name, and every house by its address: the id is the one of a building in the tiles.
    let (names, addresses) = files(&public);
    let ids: BTreeSet<String> = all_files(&public.join("tiles"))
        .into_iter()
        .filter(|(name, _)| name.ends_with(".glb"))
        .flat_map(|(_, bytes)| decoded_strings(&bytes))
        .collect();
    assert!(names.streets.len() > 30, "{} streets", names.streets.len());
    for (street, houses) in names.streets.iter().zip(&addresses.streets) {
        let hits = index.find(&street.0, Language::De, 8);
        assert!(hits.iter().any(|hit| hit.kind == HitKind::Street && hit.title == street.0), "{}", street.0);
        for house in houses.iter().step_by(7) {
            // An invented street may be called as another one's house is.
            let wanted = format!("{} {}", street.0, house.0);
            let hits = index.find(&wanted, Language::De, 2);
            let hit = hits.iter().find(|hit| hit.kind == HitKind::Address && hit.title == wanted);
            let building = hit.and_then(|hit| hit.building.as_deref());
            assert!(building.is_some_and(|id| ids.contains(id)), "{wanted}: {hits:?}");
        }
    }
}

/// A city whose buildings come without addresses has them from a list.
#[test]
fn a_house_has_its_address_from_the_list_of_addresses() {
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, 60);
    let indexed = || {
        build_at(&sources, &out, &[Audience::Citizen]).unwrap();
        let public = out.join("public");
        assert_eq!(in_index(&public), in_tiles(&public));
        in_index(&public)
    };
    let both = indexed();
    assert!(both.len() > 30, "only {} addresses", both.len());
    for file in fs::read_dir(sources.join("citygml")).unwrap() {
        let path = file.unwrap().path();
        let mut text = fs::read_to_string(&path).unwrap();
        while let Some((before, rest)) = text.split_once("<bldg:address>") {
            text = format!("{before}{}", rest.split_once("</bldg:address>").unwrap().1);
        }
        fs::write(&path, text).unwrap();
    }
    assert_eq!(indexed(), both, "the list says the same as the buildings");
    // The control: without either there is nothing to be found.
    fs::write(sources.join("tables/addresses.csv"), "gml_id;address\n").unwrap();
    assert_eq!(indexed(), BTreeSet::new());
}

#[test]
fn a_changed_index_is_found() {
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, 20);
    build_at(&sources, &out, &[Audience::Citizen]).unwrap();
    let path = out.join("public").join(ADDRESSES);
    let whole = fs::read_to_string(&path).unwrap();
    let says = |text: &str| {
        fs::write(&path, text).unwrap();
        let mut report = Report::default();
        check(&out, &mut report).unwrap();
        let said = report.warnings().iter().filter(|warning| warning.kind == WarningKind::BrokenTwin);
        said.map(|warning| warning.message.clone()).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(says(&whole), "");
    assert!(says("{").contains("the index of the search cannot be read"));
    let hash = whole.split("\"policy_hash\":\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(says(&whole.replace(hash, "00")).contains("released under another policy"));
}

/// Munich's own files: 25 districts in two systems, two of them twice in one file; each place of a stop in one of them.
#[test]
fn munichs_districts_are_read() {
    let files =
        [("geojson/munich_stadtbezirke_4326.geojson", "name"), ("geojson/munich_stadtbezirke_25832.json", "name")];
    for (file, column) in files {
        let Some(path) = shared(file) else { return };
        let root = tempfile::tempdir().unwrap();
        write_sample(root.path(), 10);
        let city = CityConfig::load(&root.path().join("city.toml")).unwrap();
        let projector = CityProjector::new(&city, super::super::home(&city)).unwrap();
        let mut found = std::collections::BTreeMap::new();
        let mut report = Report::default();
        read_districts(&path, column, &projector, city.crs, &mut found, &mut report).unwrap();
        assert_eq!((found.len(), report.warnings().len()), (25, 0), "{file}");
        let districts = Districts::of(found);
        let at = |lon_deg, lat_deg| districts.at(lon_deg, lat_deg).map(|number| districts.0[number].name.as_str());
        assert_eq!(at(11.5755, 48.1374), Some("Altstadt-Lehel"), "Marienplatz, {file}");
        assert_eq!(at(11.5869, 48.1617), Some("Schwabing-Freimann"), "Münchner Freiheit, {file}");
        assert_eq!(at(11.4614, 48.1497), Some("Pasing-Obermenzing"), "Pasing, {file}");
        assert_eq!(at(11.2, 48.1), None, "{file}");
    }
}
