//! What is opened, whose it is, and how near the eye may come.

use std::sync::Arc;

use url::Url;

use super::opening::home_of;
use super::stream::{IDLE_SLICE_SECS, SLICE_SECS, near_m, slice_secs};
use super::{Phase, Start, TheCity};
use crate::stream::{Failure, FailureKind, TileTree};
use crate::twin::CameraPose;
use crate::viewer::Thrift;
use crate::viewer::options::Audience;

#[test]
fn neither_ground_nor_roof_under_the_eye_is_cut_away() {
    assert_eq!(near_m(900.0, f64::INFINITY), 1.8);
    assert_eq!(near_m(40_000.0, f64::INFINITY), 20.0);
    // Far off in the middle of the picture, and a roof two and a half metres below.
    assert_eq!(near_m(40_000.0, 2.5), 1.25);
    assert_eq!(near_m(10.0, 0.0), 0.2);
}

#[test]
fn decoding_takes_as_long_as_the_graphics_do_and_never_feeds_on_itself() {
    let [shortest, longest] = IDLE_SLICE_SECS;
    assert_eq!(slice_secs(false, 0.08, 0.0), SLICE_SECS, "who moves the camera is not made to wait");
    assert_eq!(
        [0.0, 0.01, 0.08, 5.0].map(|busy| slice_secs(true, busy + 0.02, 0.02)),
        [shortest, shortest, 0.08, longest]
    );
    // Fast graphics, and more to decode than ever fits: a frame is busy with its slice and little else.
    let last = (0..20).fold(shortest, |sliced, _| slice_secs(true, sliced + 0.004, sliced));
    assert_eq!(last, shortest);
}

fn description() -> serde_json::Value {
    serde_json::json!({
        "format": crate::twin::FORMAT, "city": "a", "title": {"de": "A"}, "audience": "citizen", "policy_hash": "0",
        "policy_approved_by": null, "sources": [], "time_zone": "Europe/Berlin", "buildings": null, "ground": null,
        "home": {"lon_deg": 11, "lat_deg": 48, "height_m": 500, "distance_m": 900, "heading_deg": 0, "pitch_deg": -30},
        "attributes": [], "withheld": [], "layers": [], "places": [],
    })
}

fn city(change: impl FnOnce(&mut serde_json::Value), audience: Audience) -> Result<TheCity, Failure> {
    let mut twin = description();
    change(&mut twin);
    let url = Url::parse("https://city.example/twin.json").expect("an address");
    let fetch = Arc::new(crate::fetch::memory::MemoryFetch::new());
    let mut city = TheCity::new(&Start { url: url.clone(), fetch, camera: None, thrift: Thrift::default(), audience });
    city.open_twin(serde_json::from_value(twin).expect("a twin"), &url).map(|()| city)
}

fn opened(change: impl FnOnce(&mut serde_json::Value), audience: Audience) -> Result<(), Failure> {
    city(change, audience).map(drop)
}

impl TheCity {
    /// An open city with a start view and places to fly to, and no tiles.
    pub(in crate::viewer) fn with_places(home: CameraPose, places: &[CameraPose]) -> Self {
        let place = |pose: &CameraPose| serde_json::json!({ "title": {"de": "Ort"}, "pose": pose });
        let described = |twin: &mut serde_json::Value| {
            twin["home"] = serde_json::json!(home);
            twin["places"] = places.iter().map(place).collect();
        };
        let mut city = city(described, Audience::Citizen).expect("a city");
        (city.phase, city.home, city.framed) = (Phase::Open, Some(home), true);
        city
    }
}

#[test]
fn a_twin_from_elsewhere_reads_no_file_of_this_computer() {
    let own = "file:///etc/tileset.json";
    for part in ["buildings", "ground"] {
        let error = opened(|twin| twin[part] = own.into(), Audience::Citizen).expect_err("it leads into own files");
        let why = format!("{own}: it leads from elsewhere into the files of this computer");
        assert_eq!(error, Failure::new(FailureKind::Address, why));
    }
    assert_eq!(opened(|twin| twin["ground"] = "ground/tileset.json".into(), Audience::Citizen), Ok(()));
}

#[test]
fn a_release_opens_for_those_that_it_is_for() {
    let of = |name: &'static str, asked| opened(|twin| twin["audience"] = name.into(), asked);
    assert_eq!(of("citizen", Audience::Citizen), Ok(()));
    assert_eq!(of("kiosk", Audience::Citizen), Ok(()));
    assert_eq!(of("planner", Audience::Planner), Ok(()));
    let error = of("planner", Audience::Citizen).expect_err("nobody asked for it");
    let other = |why: &str| Failure::new(FailureKind::OtherAudience, why);
    assert_eq!(error, other("this is the release for \"planner\": it opens with --audience planner"));
    let error = of("citizen", Audience::Planner).expect_err("it is another one");
    assert_eq!(error, other("this is the release for \"citizen\", not the one for \"planner\" that was asked for"));
}

#[test]
fn a_country_is_framed_at_a_part_of_it() {
    let url = Url::parse("https://tiles.example/tileset.json").expect("an address");
    let region = |west: f64, size: f64| serde_json::json!({ "region": [west, 0.8, west + size, 0.8 + size, 0, 100] });
    let tileset = serde_json::json!({
        "asset": { "version": "1.1" },
        "geometricError": 1e6,
        "root": {
            "boundingVolume": { "region": [-3.1, -1.5, 3.1, 1.5, 0, 100] },
            "geometricError": 1e6,
            "children": [{ "boundingVolume": region(0.2, 0.002), "geometricError": 0 }],
        },
    });
    let home = |tileset: &serde_json::Value| {
        let tree = TileTree::parse(0, &url, tileset.to_string().as_bytes()).expect("a tileset");
        home_of(&tree).expect("a root")
    };
    let part = home(&tileset);
    assert!((part.lon_deg - 0.201f64.to_degrees()).abs() < 0.01, "{part:?}");
    assert!((5_000.0..20_000.0).contains(&part.distance_m), "{part:?}");
    let mut alone = tileset;
    alone["root"]["children"] = serde_json::json!([]);
    let earth = home(&alone);
    assert!(earth.height_m.abs() < 1000.0 && earth.distance_m.is_finite(), "{earth:?}");
}
