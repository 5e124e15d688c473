//! Publishing in one step, and finding what changed since.

pub(in crate::store) mod ends;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use expect_test::{Expect, expect};

use super::{Draft, MANIFEST, MANIFEST_FORMAT, Manifest, StoreError, check};
use crate::report::Report;
use crate::twin::{CameraPose, FORMAT, Text, TwinDescription};

const POLICY: &str = "0123456789abcdef";

fn head() -> Manifest {
    Manifest {
        format: MANIFEST_FORMAT.to_owned(),
        city: "musterstadt".to_owned(),
        title: Text::new("Musterstadt", "Sampleton"),
        policy_hash: POLICY.to_owned(),
        audiences: vec!["citizen".to_owned()],
        sources: Vec::new(),
        files: BTreeMap::new(),
    }
}

fn description() -> TwinDescription {
    let home =
        CameraPose { lon_deg: 11.5, lat_deg: 48.1, height_m: 5e2, distance_m: 9e2, heading_deg: 0.0, pitch_deg: -30.0 };
    TwinDescription {
        format: FORMAT.to_owned(),
        city: "musterstadt".to_owned(),
        title: Text::new("Musterstadt", "Sampleton"),
        notice: None,
        audience: "citizen".to_owned(),
        policy_hash: POLICY.to_owned(),
        policy_approved_by: None,
        purpose: None,
        sources: Vec::new(),
        home,
        time_zone: "Europe/Berlin".to_owned(),
        buildings: Some("tiles/tileset.json".to_owned()),
        ground: None,
        attributes: Vec::new(),
        withheld: Vec::new(),
        layers: Vec::new(),
        places: Vec::new(),
        search: None,
        points: Vec::new(),
        services: Vec::new(),
    }
}

/// Writes a small twin into `folder`, with `mark` in one of its files.
fn write(folder: &Path, mark: &str) {
    let tiles = folder.join("public/tiles");
    fs::create_dir_all(&tiles).unwrap();
    let tileset = format!("{{\"asset\":{{\"extras\":{{\"policyHash\":\"{POLICY}\",\"audience\":\"citizen\"}}}}}}");
    fs::write(tiles.join("tileset.json"), tileset).unwrap();
    fs::write(tiles.join("0.glb"), mark).unwrap();
    fs::write(folder.join("public/twin.json"), serde_json::to_vec(&description()).unwrap()).unwrap();
}

fn publish(target: &Path, mark: &str) -> Manifest {
    let draft = Draft::begin(target).unwrap();
    write(draft.folder(), mark);
    draft.publish(head()).unwrap()
}

fn mark(target: &Path) -> String {
    fs::read_to_string(target.join("public/tiles/0.glb")).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Changes a published twin and compares what `check` finds.
fn check_after(change: impl Fn(&Path), expected: Expect) {
    let root = tempfile::tempdir().unwrap();
    let target = root.path().join("twin");
    publish(&target, "one");
    change(&target);
    let mut report = Report::default();
    let found = match check(&target, &mut report) {
        Ok(_) => report.warnings().iter().map(|warning| format!("{warning}\n")).collect(),
        Err(error) => format!("error: {error}\n"),
    };
    expected.assert_eq(&found.replace(&format!("{}/", target.display()), ""));
}

#[test]
fn a_published_twin_is_whole() {
    check_after(|_| {}, expect![""]);
    let root = tempfile::tempdir().unwrap();
    let manifest = publish(&root.path().join("new/twin"), "one");
    assert_eq!(Manifest::read(&root.path().join("new/twin")).unwrap(), manifest);
    let files: Vec<_> = manifest.files.keys().map(String::as_str).collect();
    assert_eq!(files, ["public/tiles/0.glb", "public/tiles/tileset.json", "public/twin.json"]);
    assert_eq!(names(&root.path().join("new")), ["twin"]);
}

#[test]
fn every_change_is_found() {
    let glb = "public/tiles/0.glb";
    check_after(
        |twin| fs::write(twin.join(glb), "two").unwrap(),
        expect![[r#"
        public/tiles/0.glb: is not what was published: its SHA-256 differs
    "#]],
    );
    check_after(
        |twin| fs::write(twin.join(glb), "longer").unwrap(),
        expect![[r#"
        public/tiles/0.glb: has 6 bytes, the manifest says 3
    "#]],
    );
    check_after(
        |twin| fs::remove_file(twin.join(glb)).unwrap(),
        expect![[r#"
        public/tiles/0.glb: is missing
    "#]],
    );
    check_after(
        |twin| fs::write(twin.join("public/old.glb"), "stale").unwrap(),
        expect![[r#"
        public/old.glb: is not in the manifest
    "#]],
    );
    check_after(
        |twin| fs::write(twin.join(MANIFEST), "{}").unwrap(),
        expect![[r#"
        error: manifest.json: missing field `format` at line 1 column 2
    "#]],
    );
    check_after(
        |twin| edit(twin, "\"citizen\"", "\"mayor\""),
        expect![[r#"
        manifest.json: names the audience "mayor", which is not known
    "#]],
    );
    check_after(
        |twin| edit(twin, "\"citizen\"", "\"citizen\",\"planner\""),
        expect![[r#"
        planner/twin.json: No such file or directory (os error 2)
    "#]],
    );
    check_after(
        |twin| edit(twin, POLICY, "another"),
        expect![[r#"
        public/twin.json: was released under another policy than the manifest says
        public/tiles/tileset.json: was released under another policy than the manifest says
    "#]],
    );
    check_after(
        |twin| edit(twin, "public/tiles/0.glb", "../0.glb"),
        expect![[r#"
        ../0.glb: the manifest names a file outside of the twin
        public/tiles/0.glb: is not in the manifest
    "#]],
    );
    // Whatever stands there is not read.
    check_after(
        |twin| {
            let beside = twin.parent().unwrap().join("beside");
            fs::create_dir(&beside).unwrap();
            fs::write(beside.join("tileset.json"), "{}").unwrap();
            edit(twin, "public/tiles/tileset.json", "../beside/tileset.json");
        },
        expect![[r#"
        ../beside/tileset.json: the manifest names a file outside of the twin
        public/tiles/tileset.json: is not in the manifest
        public/twin.json: names tiles/tileset.json, which is not in the manifest
    "#]],
    );
    check_after(
        |twin| {
            let path = twin.join("public/twin.json");
            let mut named: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            let stops =
                serde_json::json!({ "id": "a", "title": { "de": "A" }, "category": "stop", "data": "points/a.json" });
            named["points"] = serde_json::json!([stops]);
            fs::write(&path, named.to_string()).unwrap();
        },
        expect![[r#"
            public/twin.json: has 515 bytes, the manifest says 433
            public/twin.json: names points/a.json, which is not in the manifest
        "#]],
    );
}

fn edit(twin: &Path, from: &str, to: &str) {
    let path = twin.join(MANIFEST);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from));
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn a_new_twin_replaces_the_old_one_whole() {
    let root = tempfile::tempdir().unwrap();
    let target = root.path().join("twin");
    publish(&target, "one");
    fs::write(target.join("public/stale.glb"), "").unwrap();
    publish(&target, "two");
    assert_eq!(mark(&target), "two");
    assert_eq!(names(&target.join("public")), ["tiles", "twin.json"]);
    assert_eq!(names(root.path()), ["twin"]);
}

#[test]
fn a_build_that_ends_early_leaves_the_old_twin() {
    let root = tempfile::tempdir().unwrap();
    let target = root.path().join("twin");
    publish(&target, "one");
    let draft = Draft::begin(&target).unwrap();
    write(draft.folder(), "two");
    drop(draft);
    assert_eq!((mark(&target).as_str(), names(root.path())), ("one", vec!["twin".to_owned()]));
}

#[test]
fn the_draft_of_a_dead_build_is_cleared_away() {
    let root = tempfile::tempdir().unwrap();
    let target = root.path().join("twin");
    write(&root.path().join("twin.part-dead"), "half");
    let lock = root.path().join("twin.stadtzwilling-lock");
    fs::write(&lock, "twin.part-dead").unwrap();
    publish(&target, "one");
    assert_eq!(names(root.path()), ["twin"]);
    // A note that leads elsewhere is followed nowhere.
    write(&root.path().join("album"), "whole");
    for note in ["album", "../album", "twin.part-/../album", "twin.part-no such folder"] {
        fs::write(&lock, note).unwrap();
        drop(Draft::begin(&target).unwrap());
        assert_eq!(names(root.path()), ["album", "twin"], "{note}");
    }
}

/// Everything beside a twin whose name looks like one of ours, and a folder of another program in its place.
#[test]
fn nothing_is_deleted_that_is_not_ours() {
    let root = tempfile::tempdir().unwrap();
    let keep = |name: &str, file: &str, content: &str| {
        let folder = root.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(file), content).unwrap();
    };
    keep("photos", "beach.jpg", "");
    for name in ["photos.old-2023", "photos.old-1", "photos.part-2", "twin.old-2023", "twin.old-1", "twin.part-2"] {
        keep(name, "mountain.jpg", "");
        keep(name, MANIFEST, r#"{"name":"an album"}"#);
    }
    keep("www", MANIFEST, r#"{"name":"a web app","start_url":"/"}"#);
    let before = names(root.path());
    for taken in ["photos", "www"] {
        let error = Draft::begin(&root.path().join(taken)).unwrap_err();
        assert!(matches!(error, StoreError::NotATwin { .. }), "{taken}: {error}");
    }
    assert_eq!(names(root.path()), before);
    // Where nothing stands a twin comes to stand, and no backup is taken for an old one.
    publish(&root.path().join("twin"), "one");
    publish(&root.path().join("twin"), "two");
    let after: Vec<_> = names(root.path()).into_iter().filter(|name| name != "twin").collect();
    assert_eq!(after, before);
    for name in before.iter().filter(|name| name.contains('.')) {
        assert_eq!(names(&root.path().join(name)), [MANIFEST, "mountain.jpg"], "{name}");
    }
}

#[test]
fn what_came_to_stand_there_meanwhile_is_not_deleted() {
    let root = tempfile::tempdir().unwrap();
    let target = root.path().join("twin");
    let draft = Draft::begin(&target).unwrap();
    write(draft.folder(), "one");
    fs::create_dir(&target).unwrap();
    fs::write(target.join("photo.jpg"), "").unwrap();
    assert!(matches!(draft.publish(head()), Err(StoreError::NotATwin { .. })));
    assert_eq!((names(&target), names(root.path())), (vec!["photo.jpg".to_owned()], vec!["twin".to_owned()]));
}

/// The longest part of publishing is hashing and making it last. Another build that starts then must wait for its turn.
#[test]
fn a_draft_that_is_being_published_is_left_alone() {
    let root = tempfile::tempdir().unwrap();
    let target = root.path().join("twin");
    let draft = Draft::begin(&target).unwrap();
    write(draft.folder(), "one");
    let large = fs::File::create(draft.folder().join("public/large.glb")).unwrap();
    large.set_len(64 << 20).unwrap();
    std::thread::scope(|scope| {
        let publishing = scope.spawn(|| draft.publish(head()));
        // In between, every other build is told that this one is at work.
        let second = loop {
            match Draft::begin(&target) {
                Ok(second) => break second,
                Err(StoreError::Busy { .. }) => std::thread::yield_now(),
                Err(error) => panic!("{error}"),
            }
        };
        publishing.join().unwrap().unwrap();
        assert_eq!(mark(&target), "one");
        drop(second);
    });
    assert_eq!(names(root.path()), ["twin"]);
}

#[test]
fn an_old_twin_that_was_moved_aside_comes_back() {
    let root = tempfile::tempdir().unwrap();
    let (target, aside) = (root.path().join("twin"), root.path().join("twin.old-1"));
    publish(&target, "one");
    fs::rename(&target, &aside).unwrap();
    drop(Draft::begin(&target).unwrap());
    assert_eq!((mark(&target).as_str(), names(root.path())), ("one", vec!["twin".to_owned()]));
}

#[test]
fn two_builds_of_one_twin_do_not_meet() {
    let root = tempfile::tempdir().unwrap();
    let target = root.path().join("twin");
    let first = Draft::begin(&target).unwrap();
    assert!(matches!(Draft::begin(&target), Err(StoreError::Busy { .. })));
    // Another twin beside it is another matter.
    Draft::begin(&root.path().join("other")).unwrap();
    drop(first);
    Draft::begin(&target).unwrap();
}

#[test]
fn what_is_no_twin_is_not_deleted() {
    let root = tempfile::tempdir().unwrap();
    let holiday: PathBuf = root.path().join("holiday");
    fs::create_dir(&holiday).unwrap();
    // An empty folder may be taken.
    drop(Draft::begin(&holiday).unwrap());
    fs::write(holiday.join("photo.jpg"), "").unwrap();
    assert!(matches!(Draft::begin(&holiday), Err(StoreError::NotATwin { .. })));
    assert!(matches!(Draft::begin(&holiday.join("photo.jpg")), Err(StoreError::NotATwin { .. })));
    assert!(matches!(Draft::begin(Path::new("/")), Err(StoreError::NoName { .. })));
}
