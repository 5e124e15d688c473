//! Systems of coordinates in a build: what is not understood is refused, and how each that was met came to the earth is
//! told. And what tables say of a building that its file says otherwise.

use std::fs;

use expect_test::expect;
use glam::DVec3;

use super::super::join::OpenTable;
use super::super::projection::CityProjector;
use super::super::summary::SystemSummary;
use super::{build_at, error_after, write_sample};
use crate::city::CityConfig;
use crate::geo::{Crs, Geodetic, HeightMethod};
use crate::model::{Attributes, Building, BuildingId, RawValue};
use crate::privacy::Audience;
use crate::report::{Place, Report};

#[test]
fn an_unknown_system_is_an_error_and_a_missing_one_is_not() {
    let name = "srsName=\"urn:adv:crs:ETRS89_UTM32*DE_DHHN2016_NH\"";
    expect![[r##"citygml/690_5334.gml:6: "#local-CRS-1" is not the name of a coordinate reference system"##]]
        .assert_eq(&error_after("citygml/690_5334.gml", name, "srsName=\"#local-CRS-1\""));
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, 20);
    let path = sources.join("citygml/690_5334.gml");
    fs::write(&path, fs::read_to_string(&path).unwrap().replace(name, "")).unwrap();
    assert_eq!(build_at(&sources, &out, &[Audience::Citizen]).unwrap().audiences[0].buildings, 20);
}

/// The projector of the sample's city, and a place in its middle.
fn city_projector() -> (CityProjector, Geodetic) {
    let root = tempfile::tempdir().unwrap();
    write_sample(root.path(), 20);
    let city = CityConfig::load(&root.path().join("city.toml")).unwrap();
    let home = Geodetic { lon_deg: city.home.lon_deg, lat_deg: city.home.lat_deg, height_m: city.home.height_m };
    (CityProjector::new(&city, home).unwrap(), home)
}

#[test]
fn heights_above_the_ellipsoid_come_to_the_citys() {
    let (projector, _) = city_projector();
    let place = DVec3::new(691_501.0, 5_334_764.0, 563.7);
    let from = |crs| projector.city_from(crs, place).unwrap();
    let ellipsoidal = from(Crs { horizontal: 32632, vertical: Some(4979) });
    let of_the_city = from(Crs { horizontal: 32632, vertical: None });
    assert!((of_the_city.z - 563.7).abs() < 1e-6 && of_the_city.truncate().distance(place.truncate()) < 1e-3);
    assert!((of_the_city.z - ellipsoidal.z - 45.7).abs() < 0.5, "{ellipsoidal}");
    assert_eq!(projector.geodetic(Crs::horizontal(4979), DVec3::new(11.5, 48.1, 563.7)).unwrap().height_m, 563.7);
}

/// Gauß-Krüger without BETA2007 is metres off, and the summary says so.
#[test]
fn every_system_met_says_how_exact_it_is() {
    let (projector, home) = city_projector();
    [31468, 4979, 99_999].into_iter().for_each(|code| projector.meet(Crs::horizontal(code)));
    let systems = projector.systems(home);
    // How heights come down depends on the grids of the machine, and so does the way from Gauß-Krüger.
    let old = |crs: &Crs| *crs == Crs::horizontal(31468);
    let line =
        |(crs, system): (&Crs, &SystemSummary)| format!("{crs}: {}\n", system.to_string().split("; ").next().unwrap());
    let said = systems.iter().filter(|(crs, _)| !old(crs)).map(line);
    expect![[r#"
        EPSG:4979: Null geographic offset from WGS 84 (geog3D) to WGS 84 (geog2D), within 0 m
        EPSG:25832+7837: Inverse of UTM zone 32N, ETRS89 to WGS 84 (1), within 1 m
    "#]]
    .assert_eq(&said.collect::<String>());
    let of_old = line(systems.iter().find(|(crs, _)| old(crs)).unwrap());
    assert!(of_old.starts_with("EPSG:31468: Inverse of 3-degree Gauss-Kruger zone 4, DHDN to "), "{of_old}");
    assert!(of_old.contains(", within "), "{of_old}");
    let heights = |code| &systems[&Crs::horizontal(code)].heights;
    assert_eq!(*heights(4979), HeightMethod::Ellipsoidal);
    assert_ne!(*heights(31468), HeightMethod::Ellipsoidal);
}

fn house(function: &str) -> Building {
    let mut attributes = Attributes::default();
    attributes.set("function", RawValue::text(function));
    Building {
        id: BuildingId("DEBY_1".into()),
        place: Place { file: "f".into(), line: 1, object: None },
        crs: None,
        geometry: None,
        attributes,
        addresses: Vec::new(),
        parts: Vec::new(),
    }
}

/// What only a table knows must reach those who look for sensitive places.
#[test]
fn what_a_table_says_otherwise_is_kept() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), "gml_id;function;roofType\nDEBY_1;31001_3066;1000\n").unwrap();
    let table = OpenTable::open("facts", file.path(), "gml_id").unwrap().read(&mut Report::default()).unwrap();
    let mut building = house("31001_1110");
    assert!(table.join(&mut building));
    let attributes = &building.attributes;
    assert_eq!(attributes.get("function"), Some(&RawValue::text("31001_1110")));
    assert!(attributes.all("function").any(|code| *code == RawValue::text("31001_3066")));
    assert_eq!(attributes.all("roofType").count(), 1);
}
