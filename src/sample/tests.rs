//! What must hold of every sample city, whatever its seed and size. `facts` has what it says of Munich.

mod facts;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use geo::{Area, BooleanOps};
use glam::{DVec2, DVec3};

use super::building::SampleBuilding;
use super::city::City;
use super::facts::point;
use super::plane::polygon;
use super::{CANARIES, SampleFiles, SampleOptions, SampleSummary, write};
use crate::geo::newell;

/// Files in memory.
#[derive(Default, PartialEq)]
struct Memory(BTreeMap<String, Vec<u8>>);

impl SampleFiles for Memory {
    fn create(&mut self, path: &str) -> io::Result<Box<dyn Write + '_>> {
        let file = self.0.entry(path.to_owned()).or_default();
        file.clear();
        Ok(Box::new(file))
    }
}

impl Memory {
    fn of(buildings: usize, seed: u64) -> (Self, SampleSummary) {
        let mut files = Self::default();
        let summary = write(&SampleOptions { buildings, seed }, &mut files).unwrap();
        (files, summary)
    }

    fn text(&self, path: &str) -> &str {
        std::str::from_utf8(&self.0[path]).unwrap()
    }

    /// The CityGML of all tiles.
    fn citygml(&self) -> String {
        let tiles = self.0.keys().filter(|path| path.ends_with(".gml"));
        tiles.map(|path| self.text(path)).collect()
    }
}

fn each_building(seed: u64, count: usize, mut each: impl FnMut(&SampleBuilding)) {
    let city = City::plan(seed).unwrap();
    for origins in city.choose(count).tiles.values() {
        let mut pass = |building: &SampleBuilding| {
            each(building);
            Ok(())
        };
        city.each_building(origins, &mut pass).unwrap();
    }
}

/// A point as whole millimetres.
fn millimetres(point: DVec3) -> [i64; 3] {
    (point * 1000.0).round().as_i64vec3().to_array()
}

/// Every edge of a body must run once in either direction.
fn assert_closed(building: &SampleBuilding) {
    for (number, part) in building.parts.iter().enumerate() {
        let mut edges: BTreeMap<[[i64; 3]; 2], u32> = BTreeMap::new();
        for ring in part.body.faces.iter().flat_map(|face| face.polygon.rings()) {
            for (at, &from) in ring.iter().enumerate() {
                let to = ring[(at + 1) % ring.len()];
                *edges.entry([millimetres(from), millimetres(to)]).or_default() += 1;
            }
        }
        for (&[from, to], &count) in &edges {
            let back = edges.get(&[to, from]).copied().unwrap_or(0);
            let what = format!("{} {:?} part {number}, {from:?} to {to:?}", building.id, building.name);
            assert!(count == 1 && back == 1, "{what}: {count} times there, {back} times back");
        }
    }
}

fn assert_planar(building: &SampleBuilding) {
    for face in building.parts.iter().flat_map(|part| &part.body.faces) {
        let normal = face.polygon.normal().unwrap();
        let points: Vec<DVec3> = face.polygon.points().collect();
        let middle = points.iter().sum::<DVec3>() / points.len() as f64;
        let worst = points.iter().map(|&corner| (corner - middle).dot(normal).abs()).fold(0.0, f64::max);
        assert!(worst < 0.001, "{} {:?}: {:.2} mm off its plane", building.id, building.name, worst * 1000.0);
    }
}

/// Volume by the divergence theorem.
fn volume_m3(building: &SampleBuilding) -> Vec<f64> {
    let cone = |origin: DVec3, ring: &Vec<DVec3>| (ring[0] - origin).dot(newell(ring)) / 6.0;
    let volume = |part: &super::building::Part| {
        let origin = part.body.faces[0].polygon.exterior[0];
        part.body.faces.iter().flat_map(|face| face.polygon.rings()).map(|ring| cone(origin, ring)).sum()
    };
    building.parts.iter().map(volume).collect()
}

#[test]
fn bodies_are_closed_planar_and_right_side_out() {
    for (seed, count) in [(1158, 16_000), (7, 4000)] {
        each_building(seed, count, |building| {
            assert_closed(building);
            assert_planar(building);
            for volume in volume_m3(building) {
                assert!(volume > 1.0, "{} {:?} has {volume} m³", building.id, building.name);
            }
        });
    }
}

#[test]
fn houses_stand_on_the_ground_and_ids_are_unique() {
    let mut ids = BTreeSet::new();
    each_building(3, 9000, |building| {
        assert!(ids.insert(building.id.clone()), "{} stands twice", building.id);
        let height_m = building.top_m() - building.ground_m;
        assert!((2.5..300.0).contains(&height_m), "{} is {height_m} m high", building.id);
        assert!((470.0..590.0).contains(&building.ground_m), "{} stands at {}", building.id, building.ground_m);
    });
    assert_eq!(ids.len(), 9000);
}

#[test]
fn houses_do_not_overlap() {
    const CELL_M: f64 = 80.0;
    type Outline = (String, Vec<DVec2>);
    let mut cells: BTreeMap<(i64, i64), Vec<Outline>> = BTreeMap::new();
    let mut clashes = Vec::new();
    each_building(1158, 14_000, |building| {
        for part in building.parts.iter().filter(|part| part.body.heights().0 < building.ground_m + 0.1) {
            let ring = part.body.outline();
            let at = (ring[0] / CELL_M).floor().as_i64vec2();
            for (x, y) in (-1..=1).flat_map(|x| (-1..=1).map(move |y| (x, y))) {
                for (id, other) in cells.get(&(at.x + x, at.y + y)).into_iter().flatten() {
                    if *id != building.id {
                        let shared_m2 = polygon(&ring).intersection(&polygon(other)).unsigned_area();
                        if shared_m2 >= 1.0 {
                            clashes
                                .push(format!("{} {:?} and {id} share {shared_m2:.1} m²", building.id, building.name));
                        }
                    }
                }
            }
            cells.entry((at.x, at.y)).or_default().push((building.id.clone(), ring));
        }
    });
    assert!(clashes.is_empty(), "{clashes:#?}");
}

#[test]
fn houses_keep_off_streets_waters_and_rails() {
    let city = City::plan(1158).unwrap();
    for lot in &city.core.lots {
        let area = polygon(&lot.corners);
        for obstacle in city.obstacles_near(&lot.corners) {
            let shared_m2 = area.intersection(obstacle).unsigned_area();
            assert!(shared_m2 < 4.0, "a lot at {} lies with {shared_m2} m² on a street, water or park", lot.corners[0]);
        }
    }
}

/// Name, place, how far off it may be in metres, and height of landmarks.
const KNOWN: [(&str, &str, f64, f64); 10] = [
    ("Frauenkirche", "11.5736 48.1386", 30.0, 98.57),
    ("Neues Rathaus", "11.5755 48.1375", 45.0, 85.0),
    ("St. Peter (Alter Peter)", "11.5756 48.1364", 30.0, 91.0),
    ("Theatinerkirche", "11.5767 48.1419", 40.0, 71.0),
    ("Residenz", "11.5785 48.1411", 100.0, 49.0),
    ("Ludwigskirche", "11.5814 48.1492", 40.0, 71.0),
    ("Maximilianeum", "11.5943 48.1363", 40.0, 36.0),
    ("Mariahilfkirche", "11.5818 48.1252", 60.0, 93.0),
    ("Olympiaturm", "11.5536 48.1745", 20.0, 291.0),
    ("BMW-Vierzylinder", "11.5592 48.1769", 40.0, 101.0),
];

#[test]
fn landmarks_stand_where_they_stand() {
    let city = City::plan(1).unwrap();
    for (name, place, off_m, height_m) in KNOWN {
        let found = city.landmarks.iter().map(|landmark| &landmark.building);
        let building = found.clone().find(|building| building.name.as_deref() == Some(name)).unwrap();
        let distance_m = building.place.distance(point(place).unwrap());
        assert!(distance_m < off_m, "{name} stands {distance_m} m off");
        let height = building.top_m() - building.ground_m;
        assert!((height - height_m).abs() < 0.05, "{name} is {height} m high");
    }
}

#[test]
fn as_many_buildings_as_asked_for() {
    for count in [1, 57, 640, 25_000] {
        let (files, summary) = Memory::of(count, 5);
        assert_eq!(summary.buildings, count as u64);
        assert_eq!(files.citygml().matches("<bldg:Building gml:id=").count(), count);
        assert_eq!(files.text("tables/attributes.csv").lines().count(), count + 1);
    }
}

#[test]
fn same_options_same_bytes() {
    let (one, _) = Memory::of(3000, 42);
    let (same, _) = Memory::of(3000, 42);
    let (other, _) = Memory::of(3000, 43);
    assert!(one == same && one != other);
}

#[test]
fn a_larger_city_holds_the_smaller_one() {
    let (small, _) = Memory::of(500, 9);
    let (large, _) = Memory::of(5000, 9);
    let rows: BTreeSet<&str> = large.text("tables/attributes.csv").lines().collect();
    for row in small.text("tables/attributes.csv").lines() {
        assert!(rows.contains(row), "{row}");
    }
}

#[test]
fn canaries_sing() {
    let (files, _) = Memory::of(6000, 1158);
    for canary in CANARIES {
        assert!(files.text("tables/attributes.csv").contains(canary), "{canary}");
        let elsewhere = files.0.iter().filter(|(path, _)| !path.starts_with("tables/"));
        for (path, bytes) in elsewhere {
            assert!(!String::from_utf8_lossy(bytes).contains(canary), "{canary} in {path}");
        }
    }
}

#[test]
fn every_json_file_is_json() {
    let (files, _) = Memory::of(3000, 1158);
    let json = files.0.iter().filter(|(path, _)| path.ends_with(".geojson"));
    for (path, bytes) in json {
        let value: serde_json::Value = serde_json::from_slice(bytes).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(value["features"].as_array().is_some_and(|features| !features.is_empty()), "{path} is empty");
    }
}
