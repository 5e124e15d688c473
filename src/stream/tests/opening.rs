//! What is found behind what a person typed.

use expect_test::{Expect, expect};
use url::Url;

use super::fixtures::{after, unavailable};
use crate::fetch::FetchError;
use crate::fetch::memory::MemoryFetch;
use crate::stream::{JoinError, Opened, Opening};

const TWIN: &str = r#"{
    "format": "stadtzwilling-twin/1", "city": "muenchen", "title": {"de": "München"}, "audience": "citizen",
    "policy_hash": "ab", "policy_approved_by": null, "time_zone": "Europe/Berlin", "sources": [],
    "home": {"lon_deg": 11.5, "lat_deg": 48.1, "height_m": 560, "distance_m": 900, "heading_deg": 0, "pitch_deg": -30},
    "buildings": "tiles/tileset.json", "ground": null, "attributes": [], "withheld": [], "layers": [], "places": []
}"#;
const TILESET: &str = r#"{"asset": {"version": "1.1"}, "root": {}}"#;

fn check(files: &[(&str, &str)], address: &str, expected: Expect) {
    let fetch = MemoryFetch::new();
    for (path, text) in files {
        fetch.put(&Url::parse(path).expect("a test address"), *text);
    }
    let mut opening = Opening::new(Url::parse(address).expect("a test address"));
    let opened = (0..20).find_map(|_| opening.poll(&fetch, 0.0)).expect("an end");
    expected.assert_eq(&match opened {
        Ok(Opened::Twin(twin, base)) => format!("twin of {} at {base}", twin.city),
        Ok(Opened::Tileset(body)) => format!("tileset at {}", body.url),
        Err(error) => error.to_string(),
    });
}

#[test]
fn files_and_folders_are_opened() {
    let twin = [("https://city.example/munich/public/twin.json", TWIN)];
    check(
        &twin,
        "https://city.example/munich/public/twin.json",
        expect!["twin of muenchen at https://city.example/munich/public/twin.json"],
    );
    check(
        &twin,
        "https://city.example/munich/public",
        expect!["twin of muenchen at https://city.example/munich/public/twin.json"],
    );
    check(
        &twin,
        "https://city.example/munich/",
        expect!["twin of muenchen at https://city.example/munich/public/twin.json"],
    );
    check(
        &[("https://city.example/tiles/tileset.json", TILESET)],
        "https://city.example/tiles",
        expect!["tileset at https://city.example/tiles/tileset.json"],
    );
    check(
        &[("https://city.example/any.json", TILESET)],
        "https://city.example/any.json",
        expect!["tileset at https://city.example/any.json"],
    );
}

#[test]
fn what_fails_for_a_while_is_opened_later() {
    let fetch = MemoryFetch::new();
    let (folder, file) =
        (Url::parse("https://city.example/").unwrap(), Url::parse("https://city.example/twin.json").unwrap());
    let timeout = FetchError::Timeout { url: file.clone() };
    fetch.script(&file, [after(0, Err(unavailable(&file))), after(0, Err(timeout)), after(0, Ok(TWIN.into()))]);
    let mut opening = Opening::new(folder);
    let mut opened = None;
    let (mut now_secs, mut waits) = (0.0, Vec::new());
    while opened.is_none() && now_secs < 60.0 {
        opened = opening.poll(&fetch, now_secs);
        waits.extend(opening.setback().and_then(|setback| setback.retry_at_secs));
        now_secs += 0.1;
    }
    assert!(matches!(opened, Some(Ok(Opened::Twin(..)))), "{opened:?}");
    assert_eq!(fetch.started(), [file.clone(), file.clone(), file.clone()], "the same file each time");
    assert!(waits.first().is_some_and(|at| (1.0..1.5).contains(at)));
    // Whoever does not want to wait does not have to.
    fetch.script(&file, [after(0, Err(unavailable(&file))), after(0, Ok(TWIN.into()))]);
    let mut opening = Opening::new(file);
    assert!((0..10).all(|_| opening.poll(&fetch, 0.0).is_none()), "it waits for its time");
    opening.retry_now();
    assert!((0..3).any(|_| opening.poll(&fetch, 0.0).is_some()));
}

#[test]
fn a_store_that_does_not_say_what_is_missing_is_searched_all_the_same() {
    let fetch = MemoryFetch::new();
    let address = |path: &str| Url::parse("https://store.example/munich/").and_then(|base| base.join(path)).unwrap();
    let forbidden = |url: Url| after(0, Err(FetchError::Status { url, status: 403 }));
    fetch.script(&address("twin.json?key=1"), [forbidden(address("twin.json?key=1"))]);
    fetch.put(&address("public/twin.json?key=1"), TWIN);
    let mut opening = Opening::new(address("?key=1"));
    let opened = (0..20).find_map(|_| opening.poll(&fetch, 0.0));
    let Some(Ok(Opened::Twin(_, base))) = opened else { panic!("{opened:?}") };
    assert_eq!(base, address("public/twin.json?key=1"));
}

#[test]
fn what_cannot_be_opened_is_named() {
    check(
        &[],
        "https://city.example/nothing",
        expect!["https://city.example/nothing holds neither twin.json nor public/twin.json nor tileset.json"],
    );
    check(&[], "https://city.example/nothing.json", expect!["https://city.example/nothing.json does not exist"]);
    check(
        &[("https://x.example/a.json", "{}")],
        "https://x.example/a.json",
        expect![[r#"https://x.example/a.json is neither a twin nor a tileset: it has neither "format" nor "root""#]],
    );
    check(
        &[("https://x.example/a.json", "{")],
        "https://x.example/a.json",
        expect![
            "https://x.example/a.json is neither a twin nor a tileset: EOF while parsing an object at line 1 column 1"
        ],
    );
    let newer = r#"{"format": "stadtzwilling-twin/2"}"#;
    check(
        &[("https://x.example/a.json", newer)],
        "https://x.example/a.json",
        expect![[
            r#"https://x.example/a.json has the format "stadtzwilling-twin/2", this program reads "stadtzwilling-twin/1""#
        ]],
    );
}

/// A twin from elsewhere would else read the visitor's files, and say on the screen whether they are there.
#[test]
fn what_comes_from_elsewhere_does_not_lead_into_the_visitors_files() {
    let join = |base: &str, address: &str| {
        crate::stream::join(&Url::parse(base).expect("a base"), address).map(|url| url.to_string())
    };
    for address in ["file:///etc/passwd", "FILE:///etc/passwd", " file:///etc/passwd", "file:etc/passwd", "fi\nle:///a"]
    {
        assert_eq!(join("https://city.example/twin.json", address), Err(JoinError::OwnFiles), "{address:?}");
    }
    assert_eq!(join("file:///twins/a/twin.json", "tiles/0.glb").as_deref(), Ok("file:///twins/a/tiles/0.glb"));
    let away = join("file:///twins/a/twin.json", "https://city.example/0.glb");
    assert_eq!(away.as_deref(), Ok("https://city.example/0.glb"));
}

#[test]
fn a_view_that_is_none_is_no_twin() {
    check(
        &[("https://x.example/twin.json", &TWIN.replace("48.1", "4810"))],
        "https://x.example/twin.json",
        expect![
            "https://x.example/twin.json is neither a twin nor a tileset: home: lat_deg is 4810, not within -90 to 90"
        ],
    );
}

#[test]
fn what_is_there_already_is_opened_at_once() {
    let fetch = MemoryFetch::new();
    let address = Url::parse("https://city.example/tileset.json").expect("a test address");
    fetch.put(&address, TILESET);
    let opened = Opening::new(address).poll(&fetch, 0.0).expect("no second step is needed");
    assert!(matches!(opened, Ok(Opened::Tileset(_))));
}
