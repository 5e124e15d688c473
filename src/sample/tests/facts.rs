//! What the sample says of Munich, held against what is generally known of the town (`data/SOURCES.md`).

use std::collections::BTreeMap;

use geo::{Intersects, Line};
use glam::DVec2;

use super::super::building::{RoofType, SampleBuilding};
use super::super::city::City;
use super::super::facts::point;
use super::super::plane::{area_m2, inside, middle_of, polygon};
use super::each_building;

/// The outlines of what stands on the ground.
fn outlines(building: &SampleBuilding) -> Vec<Vec<DVec2>> {
    let on_the_ground = building.parts.iter().filter(|part| part.body.heights().0 < building.ground_m + 0.1);
    on_the_ground.map(|part| part.body.outline()).collect()
}

fn landmark(city: &City, name: &str) -> SampleBuilding {
    let mut buildings = city.landmarks.iter().map(|landmark| &landmark.building);
    buildings.find(|building| building.name.as_deref() == Some(name)).unwrap().clone()
}

/// Length and width of the smallest rectangle around points, in metres.
fn length_and_width_m(points: &[DVec2]) -> (f64, f64) {
    let extent = |direction: DVec2| {
        let along = || points.iter().map(|point| point.dot(direction));
        along().fold(f64::NEG_INFINITY, f64::max) - along().fold(f64::INFINITY, f64::min)
    };
    let rectangle = |step: u32| {
        let direction = DVec2::from_angle((f64::from(step) * 0.25).to_radians());
        let (one, other) = (extent(direction), extent(direction.perp()));
        (one.max(other), one.min(other))
    };
    (0..360).map(rectangle).min_by(|a, b| (a.0 * a.1).total_cmp(&(b.0 * b.1))).unwrap()
}

#[test]
fn landmarks_are_as_long_and_wide_as_they_are() {
    let city = City::plan(1).unwrap();
    for (name, length_m, width_m) in
        [("Frauenkirche", 109.0, 40.0), ("Neues Rathaus", 98.0, 60.0), ("Maximilianeum", 150.0, 63.0)]
    {
        let points: Vec<DVec2> = outlines(&landmark(&city, name)).concat();
        let (length, width) = length_and_width_m(&points);
        assert!((length - length_m).abs() < 3.0, "{name} is {length:.1} m long");
        assert!((width - width_m).abs() < 3.0, "{name} is {width:.1} m wide");
    }
}

/// Wings around courtyards, a good two hundred metres across, from Max-Joseph-Platz to the Hofgarten.
#[test]
fn the_residenz_has_its_courtyards() {
    let city = City::plan(1).unwrap();
    let residenz = landmark(&city, "Residenz");
    let outlines = outlines(&residenz);
    let (length, width) = length_and_width_m(&outlines.concat());
    assert!((200.0..240.0).contains(&length) && (180.0..220.0).contains(&width), "{length:.0} m by {width:.0} m");
    let is_built = |place: DVec2| {
        residenz.parts.iter().flat_map(|part| &part.body.faces).any(|face| {
            let ring = |ring: &Vec<glam::DVec3>| ring.iter().map(|point| point.truncate()).collect::<Vec<DVec2>>();
            let is_in = |outline: &Vec<DVec2>| inside(outline, place);
            is_in(&ring(&face.polygon.exterior)) && !face.polygon.interiors.iter().map(ring).any(|hole| is_in(&hole))
        })
    };
    for (name, place, is_open) in [
        ("Königsbau", "11.57842 48.13996", false),
        ("Königsbauhof", "11.57849 48.14012", true),
        ("Kaiserhof", "11.57877 48.14126", true),
        ("Apothekenhof", "11.58007 48.14096", true),
    ] {
        assert_eq!(!is_built(point(place).unwrap()), is_open, "{name}");
    }
}

/// How many of the rays from a place meet a house within this distance.
const RAYS: u32 = 24;
const FAR_M: f64 = 90.0;

/// The closed blocks of the old town and of the nineteenth century: whoever stands in a courtyard sees houses all around.
#[test]
fn blocks_close_around_courtyards() {
    let city = City::plan(1158).unwrap();
    let lots: Vec<(DVec2, geo::Polygon)> =
        city.core.lots.iter().map(|lot| (middle_of(&lot.corners), polygon(&lot.corners))).collect();
    let is_closed = |courtyard: &&Vec<DVec2>| {
        let middle = middle_of(courtyard);
        let near: Vec<&geo::Polygon> =
            lots.iter().filter(|(place, _)| place.distance(middle) < FAR_M + 40.0).map(|(_, lot)| lot).collect();
        let met = (0..RAYS).filter(|ray| {
            let angle = f64::from(*ray) / f64::from(RAYS) * std::f64::consts::TAU;
            let end = middle + DVec2::from_angle(angle) * FAR_M;
            let line = Line::new((middle.x, middle.y), (end.x, end.y));
            near.iter().any(|lot| lot.intersects(&line))
        });
        met.count() as u32 >= RAYS - 2
    };
    let closed: Vec<&Vec<DVec2>> = city.core.courtyards.iter().filter(is_closed).collect();
    assert!(closed.len() > 100, "{} of {} courtyards are closed", closed.len(), city.core.courtyards.len());
    let mean_m2 = closed.iter().map(|courtyard| area_m2(courtyard)).sum::<f64>() / closed.len() as f64;
    assert!((300.0..8000.0).contains(&mean_m2), "a courtyard has {mean_m2:.0} m²");
}

/// Percent of the houses that have a roof.
#[test]
fn roofs_are_mixed_as_in_the_town() {
    let mut counts: BTreeMap<RoofType, u32> = BTreeMap::new();
    each_building(1158, 10_000, |building| *counts.entry(building.roof()).or_default() += 1);
    let percent = |roof: RoofType| f64::from(counts.get(&roof).copied().unwrap_or(0)) / 100.0;
    let gabled = percent(RoofType::Gabled);
    assert!((30.0..75.0).contains(&gabled), "{counts:?}");
    for roof in [RoofType::Flat, RoofType::Pent, RoofType::Mansard, RoofType::Tent] {
        assert!(percent(roof) >= 1.0 && percent(roof) < gabled, "{roof:?}: {counts:?}");
    }
    for rare in [RoofType::Hipped, RoofType::Cone, RoofType::Dome] {
        assert!(percent(rare) > 0.0, "{rare:?}: {counts:?}");
    }
}

/// 519 m at Marienplatz, falling by four to six metres a kilometre to the north, the Isar in its valley, and the eastern
/// bank high above it.
#[test]
fn the_ground_slopes_as_munich_does() {
    let terrain = &City::plan(1).unwrap().facts.terrain;
    let height_m = |place: &str| terrain.height_m(point(place).unwrap());
    let marienplatz = height_m("11.5755 48.1374");
    assert!((marienplatz - 519.0).abs() < 1.0, "{marienplatz} m");
    // From Sendling over the centre to the north, west of the valley.
    let north: Vec<f64> = ["48.110", "48.125", "48.140", "48.155", "48.170", "48.185", "48.200"]
        .map(|lat| height_m(&format!("11.5450 {lat}")))
        .to_vec();
    for pair in north.windows(2) {
        let fall_m_per_km = (pair[0] - pair[1]) / 1.668;
        assert!((3.0..7.0).contains(&fall_m_per_km), "{fall_m_per_km:.1} m/km in {north:?}");
    }
    let (river, bank) = (height_m("11.5905 48.1367"), height_m("11.5950 48.1361"));
    assert!((4.0..15.0).contains(&(marienplatz - river)), "the Isar at {river} m");
    assert!((10.0..20.0).contains(&(bank - river)), "the eastern bank at {bank} m, the Isar at {river} m");
}
