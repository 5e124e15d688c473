//! Projection: every system that cities publish in, against published points and the city's own pair of files.

use std::process::Command;

use expect_test::expect;
use glam::DVec3;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::test_data::shared;

const GEOID: HeightReference = HeightReference::Geoid { undulation_constant_m: 45.7 };

fn projector(code: u32) -> Projector {
    Projector::with_grid_folders(Crs::horizontal(code), GEOID, &[]).unwrap()
}

/// A place in Munich's old town in UTM 32.
const OLD_TOWN: DVec3 = DVec3::new(691_501.0, 5_334_764.0, 518.0);

fn said(code: u32, point: DVec3) -> String {
    let projector = projector(code);
    let there = projector.geodetic(point).unwrap();
    let way = projector.position_method(point).unwrap();
    format!(
        "{:.7} {:.7} {:.3} | {} | {:?}",
        there.lon_deg, there.lat_deg, there.height_m, way.description, way.accuracy_m
    )
}

#[test]
fn every_system_a_city_comes_in() {
    let there = projector(25832).geodetic(OLD_TOWN).unwrap();
    let mut lines = vec![said(25832, OLD_TOWN)];
    for code in [25833, 4326, 3857, 5555, 4979, 4937, 4936] {
        let here = projector(code).projected_from_geodetic(there).unwrap();
        lines.push(format!("{code}: {:.4} {:.4} {:.4} | {}", here.x, here.y, here.z, said(code, here)));
    }
    expect![[r#"
        11.5741227 48.1372866 563.700 | Inverse of UTM zone 32N + ETRS89 to WGS 84 (1) + axis order change (2D) | Some(1.0)
        25833: 245140.2037 5337236.9744 518.0000 | 11.5741227 48.1372866 563.700 | Inverse of UTM zone 33N + ETRS89 to WGS 84 (1) + axis order change (2D) | Some(1.0)
        4326: 11.5741 48.1373 518.0000 | 11.5741227 48.1372866 563.700 | axis order change (2D) + Null geographic offset from WGS 84 to WGS 84 + axis order change (2D) | Some(0.0)
        3857: 1288425.4486 6129724.9041 518.0000 | 11.5741227 48.1372866 563.700 | Inverse of Popular Visualisation Pseudo-Mercator + axis order change (2D) | Some(0.0)
        5555: 691501.0000 5334764.0000 518.0000 | 11.5741227 48.1372866 563.700 | Inverse of UTM zone 32N + ETRS89 to WGS 84 (1) + axis order change (2D) | Some(1.0)
        4979: 11.5741 48.1373 563.7000 | 11.5741227 48.1372866 563.700 | axis order change (2D) + Null geographic offset from WGS 84 (geog3D) to WGS 84 (geog2D) + axis order change (2D) | Some(0.0)
        4937: 11.5741 48.1373 563.7000 | 11.5741227 48.1372866 563.700 | axis order change (2D) + ETRS89 to WGS 84 (1) + axis order change (2D) | Some(1.0)
        4936: 4178018.2387 855657.6752 4727496.9070 | 11.5741227 48.1372866 563.700 | earth-centred already | Some(0.0)"#]].assert_eq(&lines.join("\n"));
}

/// The old system of Bavaria. The surveying authorities' grid BETA2007 leads from it exactly, where PROJ finds it (in
/// Debian's package proj-data); else there are seven parameters for the whole country. The place by the grid was
/// computed by hand from the four nodes around it.
#[test]
fn gauss_krueger_goes_by_the_grid_where_it_is_there() {
    let point = DVec3::new(4_468_410.910_1, 5_333_338.228_2, 518.0);
    let is_there =
        |folder: PathBuf| ["BETA2007.gsb", "de_adv_BETA2007.tif"].iter().any(|name| folder.join(name).is_file());
    let (lon_deg, lat_deg, most_m) = match database::grid_folders().into_iter().any(is_there) {
        true => (11.574_130_096, 48.137_293_606, 1.0),
        false => (11.574_122_7, 48.137_286_6, 3.0),
    };
    let projector = projector(31468);
    let there = projector.geodetic(point).unwrap();
    let expected = Geodetic { lon_deg, lat_deg, height_m: there.height_m };
    let apart_m = Ecef::from(there).0.distance(Ecef::from(expected).0);
    let way = projector.position_method(point).unwrap();
    assert!(apart_m < 0.01, "{apart_m} m off by {way:?}");
    assert!(way.accuracy_m.is_some_and(|accuracy_m| accuracy_m <= most_m), "{way:?}");
}

#[test]
fn earth_centred_points_pass_through() {
    let ecef = projector(25832).ecef(OLD_TOWN).unwrap();
    assert_eq!(projector(4978).ecef(ecef.0), Ok(ecef));
}

/// What is given in degrees or earth-centred has its metres in the UTM zone around it, at heights of the same sort.
#[test]
fn what_is_not_on_a_plane_has_a_zone_of_utm() {
    let there = projector(25832).geodetic(OLD_TOWN).unwrap();
    let zone = |crs| {
        let projector = Projector::with_grid_folders(crs, GEOID, &[]).unwrap();
        let here = projector.projected_from_geodetic(there).unwrap();
        (projector.is_on_a_plane(), projector.utm_around(here).unwrap().to_string())
    };
    assert_eq!(zone(Crs::horizontal(25832)), (true, "EPSG:32632".into()));
    assert_eq!(zone(Crs::horizontal(5555)), (true, "EPSG:32632+5783".into()));
    assert_eq!(zone(Crs::horizontal(4326)), (false, "EPSG:32632".into()));
    assert_eq!(zone(Crs { horizontal: 4258, vertical: Some(7837) }), (false, "EPSG:32632+7837".into()));
    for code in [4979, 4937, 4978, 4936] {
        assert_eq!(zone(Crs::horizontal(code)), (false, "EPSG:32632+4979".into()));
    }
    let zone_of = |lon_deg, lat_deg| projector(4326).utm_around(DVec3::new(lon_deg, lat_deg, 0.0)).unwrap().horizontal;
    assert_eq!([zone_of(-180.0, 1.0), zone_of(179.9, 1.0), zone_of(151.0, -33.0)], [32601, 32660, 32756]);
    // In metres it stays where it is.
    let given = projector(4979).projected_from_geodetic(there).unwrap();
    let utm = Projector::with_grid_folders(Crs { horizontal: 32632, vertical: Some(4979) }, GEOID, &[]).unwrap();
    let metres = utm.projected_from_geodetic(projector(4979).geodetic(given).unwrap()).unwrap();
    assert!(utm.ecef(metres).unwrap().0.distance(projector(25832).ecef(OLD_TOWN).unwrap().0) < 1e-6);
}

#[test]
fn what_is_no_system_or_out_of_range() {
    let fails = |code| Projector::new(Crs::horizontal(code), GEOID).unwrap_err().to_string();
    let outside = projector(25832).geodetic(DVec3::new(1e12, 1e12, 0.0)).unwrap_err().to_string();
    let batch = projector(25832).geodetic_all(&[OLD_TOWN, DVec3::new(f64::NAN, 0.0, 0.0)]).unwrap_err().to_string();
    expect![[r#"
        no way is known from EPSG:999999 to WGS 84: PROJ's database does not have it
        no way is known from EPSG:7837 to WGS 84: it is no system of positions on the earth
        the point 1000000000000 1000000000000 cannot be taken from EPSG:25832 to WGS 84: The conversion failed with the following error: Point outside of projection domain
        the point NaN 0 cannot be taken from EPSG:25832 to WGS 84: no finite result"#]].assert_eq(&[fails(999_999), fails(7837), outside, batch].join("\n"));
}

#[test]
fn heights_say_how_they_were_lifted() {
    let with = |heights, vertical| {
        let crs = Crs { horizontal: 25832, vertical };
        let projector = Projector::with_grid_folders(crs, heights, &[]).unwrap();
        (projector.height_method(), projector.geodetic(OLD_TOWN).unwrap().height_m)
    };
    assert_eq!(with(GEOID, Some(7837)), (HeightMethod::Constant(45.7), 563.7));
    assert_eq!(with(HeightReference::Ellipsoidal, None), (HeightMethod::Ellipsoidal, 518.0));
}

#[test]
fn a_grid_is_taken_where_there_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut gtx = Vec::new();
    [48.0f64, 11.0, 1.0, 1.0].iter().for_each(|real| gtx.extend(real.to_be_bytes()));
    [2i32, 2].iter().for_each(|count| gtx.extend(count.to_be_bytes()));
    [46.5f32; 4].iter().for_each(|node| gtx.extend(node.to_be_bytes()));
    std::fs::write(folder.path().join("de_bkg_gcg2016.gtx"), gtx).unwrap();
    let projector = Projector::with_grid_folders(Crs::horizontal(25832), GEOID, &[folder.path().into()]).unwrap();
    assert_eq!(projector.height_method(), HeightMethod::Grid("de_bkg_gcg2016.gtx".into()));
    assert_eq!(projector.geodetic(OLD_TOWN).unwrap().height_m, 564.5);
    // Berlin lies outside this grid.
    assert_eq!(projector.geodetic(DVec3::new(798_000.0, 5_828_000.0, 40.0)).unwrap().height_m, 85.7);
    // Dutch heights are no business of a German grid.
    let dutch = Projector::with_grid_folders(Crs::horizontal(7415), GEOID, &[folder.path().into()]).unwrap();
    assert_eq!(dutch.height_method(), HeightMethod::Constant(45.7));
}

/// Every position of every ring of a feature collection, in file order, by the district's number.
fn districts(path: &str, key: &str) -> Option<BTreeMap<u32, Vec<(f64, f64)>>> {
    fn positions(value: &Value, found: &mut Vec<(f64, f64)>) {
        let Some(list) = value.as_array() else { return };
        match list.as_slice() {
            [x, y, ..] if x.is_f64() || x.is_i64() => found.push((x.as_f64().unwrap(), y.as_f64().unwrap())),
            _ => list.iter().for_each(|value| positions(value, found)),
        }
    }
    let json: Value = serde_json::from_slice(&std::fs::read(shared(path)?).unwrap()).unwrap();
    let mut districts = BTreeMap::new();
    for feature in json["features"].as_array().unwrap() {
        let mut found = Vec::new();
        positions(&feature["geometry"]["coordinates"], &mut found);
        let number = feature["properties"][key].as_str().unwrap().parse().unwrap();
        // Two districts stand in the projected file as two features each, in the other as one.
        let all: &mut Vec<_> = districts.entry(number).or_default();
        all.extend(found);
    }
    Some(districts)
}

#[test]
fn district_pair_agrees_within_1_cm() {
    let Some(projected) = districts("geojson/munich_stadtbezirke_25832.json", "sb_nummer") else { return };
    let Some(geodetic) = districts("geojson/munich_stadtbezirke_4326.geojson", "ref") else { return };
    let projector = projector(25832);
    let (mut vertices, mut worst_m) = (0, 0.0f64);
    assert!(projected.keys().eq(geodetic.keys()));
    for (district, here) in &projected {
        let points: Vec<DVec3> = here.iter().map(|&(x, y)| DVec3::new(x, y, 500.0)).collect();
        let found = projector.geodetic_all(&points).unwrap();
        assert_eq!(found.len(), geodetic[district].len(), "district {district}");
        let expected: Vec<Ecef> = geodetic[district]
            .iter()
            .map(|&(lon_deg, lat_deg)| Geodetic { lon_deg, lat_deg, height_m: found[0].height_m }.into())
            .collect();
        for Ecef(found) in found.into_iter().map(Ecef::from) {
            let nearest = expected.iter().map(|Ecef(expected)| expected.distance(found)).fold(f64::INFINITY, f64::min);
            worst_m = worst_m.max(nearest);
            vertices += 1;
        }
    }
    assert_eq!((projected.len(), vertices), (25, 14_547));

    assert!(worst_m < 0.01, "{worst_m}");
}

proptest! {
    #[test]
    fn round_trip_within_1_mm_over_munich(x in 660_000.0..720_000.0f64, y in 5_305_000.0..5_365_000.0f64, z in 400.0..900.0f64) {
        let projector = projector(25832);
        let point = DVec3::new(x, y, z);
        let back = projector.projected_from_geodetic(projector.geodetic(point).unwrap()).unwrap();
        prop_assert!(back.distance(point) < 0.001);
        let by_ecef = projector.projected_from_geodetic(projector.ecef(point).unwrap().into()).unwrap();
        prop_assert!(by_ecef.distance(point) < 0.001);
        prop_assert_eq!(projector.geodetic_all(&[point]).unwrap(), vec![projector.geodetic(point).unwrap()]);
    }
}

#[test]
fn threads_agree() {
    let projector = projector(25832);
    let here = projector.ecef(OLD_TOWN);
    let there = std::thread::scope(|scope| scope.spawn(|| projector.ecef(OLD_TOWN)).join().unwrap());
    assert_eq!(here, there);
}

/// Runs the test below in a process of its own, which finds no PROJ folder but the cache that it fills itself.
#[test]
fn the_database_travels_with_the_program() {
    let cache = tempfile::tempdir().unwrap();
    for run in 0..2 {
        let run_alone = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "geo::projection::tests::alone", "--include-ignored"])
            .env("PROJ_DATA", "/nowhere")
            .env("PROJ_LIB", "/nowhere")
            .env("PROJ_NETWORK", "ON")
            .env("XDG_CACHE_HOME", cache.path())
            .env_remove("HOME")
            .output()
            .unwrap();
        assert!(run_alone.status.success(), "run {run}: {}", String::from_utf8_lossy(&run_alone.stdout));
        assert!(String::from_utf8_lossy(&run_alone.stdout).contains("1 passed"));
    }
    let files: Vec<_> = std::fs::read_dir(cache.path().join("stadtzwilling")).unwrap().collect();
    assert_eq!(files.len(), 1);
}

#[test]
#[ignore = "run by the test above in a process of its own"]
fn alone() {
    // The way to the projected system first: nothing before it has made PROJ ready.
    let city = projector(25832).projected_from_geodetic(Geodetic { lon_deg: 11.57, lat_deg: 48.13, height_m: 0.0 });
    assert!(city.unwrap().x > 690_000.0);
    for code in [25832, 31468, 25833] {
        assert!(!projector(code).way().unwrap().proj.network_enabled(), "{code}");
    }
    assert!(projector(31468).geodetic(DVec3::new(4_468_000.0, 5_333_000.0, 500.0)).is_ok());
}
