//! What `check` says of files that are not in order.

use std::fs;
use std::path::Path;

use expect_test::{Expect, expect};
use jiff::civil::{Date, date};

use super::{Checked, check, exit_code, json};
use crate::sample::{self, SampleFolder, SampleOptions};
use crate::store::{Draft, MANIFEST_FORMAT, Manifest};
use crate::twin::Text;

/// A day on which the sample's policy is in force.
const DAY: Date = date(2026, 11, 23);

fn said(file: &Path) -> String {
    let folder = file.parent().unwrap();
    check(file, DAY).to_string().replace(&format!("{}/", folder.display()), "")
}

/// Checks a file of that name and content.
fn check_file(name: &str, content: &str, expected: Expect) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    fs::write(&file, content).unwrap();
    expected.assert_eq(&said(&file));
}

#[test]
fn plans_are_read_as_plans() {
    let plan = |properties: &str| {
        format!(
            r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{{"type":"Polygon","coordinates":[[[11.5,48.1],[11.6,48.1],[11.6,48.2],[11.5,48.1]]]}}}}"#
        )
    };
    let plans = [
        plan(r#""id":"1","name":"Am Anger","status":"in_force","resolvedOn":"2020-13-01""#),
        plan(r#""id":"1","name":"Am Anger","status":"in_force""#),
        plan(r#""id":"2","name":"Im Tal","status":"dreamt of""#),
        plan(r#""id":"3","name":"Am Tor","status":"in_force","maxHeight":-3,"link":"javascript:alert(1)""#),
    ];
    let text = format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{}\n]}}\n", plans.join(",\n"));
    check_file(
        "plans.geojson",
        &text,
        expect![[r#"
        plans.geojson: GeoJSON with plans
          4 features, 0 skipped, 2 plans
          warning: plans.geojson:2 (feature 1): property resolvedOn is no date
          warning: plans.geojson:3 (feature 2): the plan's id stands more than once; the first is kept
          warning: plans.geojson:4 (feature 3): the plan's status is not known
          warning: plans.geojson:5 (feature 4): property maxHeight is no number from 0 on
          warning: plans.geojson:5 (feature 4): property link is no https address
    "#]],
    );
}

#[test]
fn tables_are_read_by_their_first_column() {
    check_file(
        "facts.csv",
        "id;height;owner\n1;3,5;A\n;4;B\n1;5;C\n2;x;D;E\n",
        expect![[r#"
        facts.csv: table
          1 rows by the first column; columns: height, owner
          warning: facts.csv:3: the row has no key
          warning: facts.csv:5: the row has more cells than columns
          warning: facts.csv:4 (1): the key stands more than once; the first row is kept
    "#]],
    );
    check_file(
        "twice.csv",
        "id,height,height\n1,2,3\n",
        expect![[r#"
        twice.csv: not readable
          error: twice.csv:1: column height stands more than once
    "#]],
    );
}

#[test]
fn tilesets_are_held_against_the_standard() {
    let tileset = r#"{"asset":{"version":"1.1"},"geometricError":1,"root":{"boundingVolume":{"sphere":[0,0,0,-1]},"geometricError":2,"content":{"uri":"0.glb"}}}"#;
    check_file(
        "tileset.json",
        tileset,
        expect![[r#"
        tileset.json: 3D Tiles tileset
          5 findings against 3D Tiles 1.1
          warning: tileset.json: tileset.json#/root: has no refine, which a root tile needs
          warning: tileset.json: tileset.json#/root: geometricError 2 is above its parent's 1
          warning: tileset.json: tileset.json#/root: boundingVolume.sphere has a negative radius
          warning: tileset.json: tileset.json#/root: 0.glb is not there
          warning: tileset.json: tileset.json#/root: is a leaf and has the geometricError 2
    "#]],
    );
    let root = tempfile::tempdir().unwrap();
    let target = root.path().join("twin");
    let draft = Draft::begin(&target).unwrap();
    let tiles = draft.folder().join("public/tiles");
    fs::create_dir_all(&tiles).unwrap();
    fs::write(tiles.join("tileset.json"), tileset).unwrap();
    let head = Manifest {
        format: MANIFEST_FORMAT.to_owned(),
        city: "musterstadt".to_owned(),
        title: Text::new("Musterstadt", "Sampleton"),
        policy_hash: "0123".to_owned(),
        audiences: Vec::new(),
        sources: Vec::new(),
        files: Default::default(),
    };
    draft.publish(head).unwrap();
    let said = said(&target);
    assert!(said.contains("public/tiles/tileset.json: tileset.json#/root"), "{said}");
}

#[test]
fn a_city_file_is_checked_with_what_it_names() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("city");
    let mut files = SampleFolder::create(folder.clone()).unwrap();
    sample::write(&SampleOptions { buildings: 20, ..SampleOptions::default() }, &mut files).unwrap();
    let city = folder.join("city.toml");
    let fine = said(&city);
    assert!(fine.contains("nothing wrong found"), "{fine}");

    let replace = |file: &str, from: &str, to: &str| {
        let path = folder.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from:?}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
    };
    replace("tables/attributes.csv", "monument,", "cat_owners,");
    replace("plans/plans.geojson", "\"status\":\"", "\"status\":\"un");
    replace("policy.toml", "op = \"as_is\"", "op = \"as_it_is\"");
    expect![[r#"
        city.toml: configuration of muenchen-sample
          18 sources and 1 layers with 22 files
          warning: city.toml: policy.toml:377: attribute address: op: "as_it_is" is none of as_is, map, round, bin, aggregate, suppress
          warning: plans/plans.geojson:2 (feature 1): the plan's status is not known
    "#]].assert_eq(&said(&city));
    replace("policy.toml", "op = \"as_it_is\"", "op = \"as_is\"");
    replace("tables/attributes.csv", "gml_id,", "gmlid,");
    replace("city.toml", "EPSG:25832", "EPSG:99999");
    expect![[r#"
        city.toml: configuration of muenchen-sample
          18 sources and 1 layers with 22 files
          warning: city.toml: no way is known from EPSG:99999 to WGS 84: PROJ's database does not have it
          warning: city.toml: tables/attributes.csv:1: there is no column gml_id
    "#]]
    .assert_eq(&said(&city));
    replace("tables/attributes.csv", "gmlid,", "gml_id,");
    replace("city.toml", "EPSG:99999", "EPSG:25832");
    expect![[r#"
        city.toml: configuration of muenchen-sample
          18 sources and 1 layers with 22 files
          warning: tables/attributes.csv:1: the policy does not name the attribute "cat_owners"
          warning: plans/plans.geojson:2 (feature 1): the plan's status is not known
    "#]]
    .assert_eq(&said(&city));
}

/// What a build refuses on this day is found before anything is built.
#[test]
fn a_policy_that_releases_nothing_is_found() {
    let root = tempfile::tempdir().unwrap();
    let mut files = SampleFolder::create(root.path().to_owned()).unwrap();
    sample::write(&SampleOptions { buildings: 20, ..SampleOptions::default() }, &mut files).unwrap();
    let (city, policy) = (root.path().join("city.toml"), root.path().join("policy.toml"));
    let on = |file: &Path, day| check(file, day).to_string().replace(&format!("{}/", root.path().display()), "");
    let late = date(2028, 1, 1);
    assert!(on(&city, DAY).contains("nothing wrong found") && on(&policy, DAY).contains("nothing wrong found"));
    let expired = "the policy expired on 2027-12-31; on 2028-01-01 it releases nothing";
    assert!(on(&city, late).contains(&format!("warning: city.toml: policy.toml: {expired}")), "{}", on(&city, late));
    assert!(on(&policy, late).contains(&format!("warning: policy.toml: {expired}")), "{}", on(&policy, late));
    let text = fs::read_to_string(&city).unwrap();
    fs::write(
        &city,
        text.replace("data = \"synthetic\"", "data = \"real\"").replace("\"muenchen-sample\"", "\"muenchen\""),
    )
    .unwrap();
    let said = on(&city, DAY);
    assert!(said.contains("city.toml: policy.toml: the policy is not approved"), "{said}");
}

#[test]
fn a_release_is_checked_without_its_twin() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = check(folder.path(), DAY).to_string();
    assert!(
        nothing.contains("this folder is no twin, it has neither manifest.json nor twin.json; name the files in it")
    );
    let twin = r#"{"format":"stadtzwilling-twin/1","city":"musterstadt","title":{"de":"M"},"audience":"citizen",
        "policy_hash":"ab","policy_approved_by":null,"time_zone":"Europe/Berlin","sources":[],
        "home":{"lon_deg":11.5,"lat_deg":48.1,"height_m":560,"distance_m":900,"heading_deg":0,"pitch_deg":-30},
        "buildings":"tiles/tileset.json","ground":"../ground.json","attributes":[],"withheld":[],"layers":[],"places":[]}"#;
    let file = folder.path().join("twin.json");
    fs::write(&file, twin).unwrap();
    expect![[r#"
        twin.json: release of musterstadt
          for citizen, 0 attributes, 0 layers
          policy ab
          warning: twin.json: names tiles/tileset.json, which is not there
          warning: twin.json: names ../ground.json, which leads out of its folder
    "#]]
    .assert_eq(&said(&file));
    assert!(check(folder.path(), DAY).to_string().contains("release of musterstadt"));
    fs::write(&file, twin.replace("48.1", "481")).unwrap();
    assert!(said(&file).contains("error: home: lat_deg is 481, not within -90 to 90"), "{}", said(&file));
}

#[test]
fn a_file_that_is_not_there_is_told_from_one_that_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let Checked { is_there, error, .. } = check(&folder.path().join("nowhere.gml"), DAY);
    assert!(!is_there && error.is_some());
    let wrong = folder.path().join("wrong.gml");
    fs::write(&wrong, "neither this nor that").unwrap();
    let Checked { is_there, error, .. } = check(&wrong, DAY);
    assert!(is_there && error.is_some());
}

/// Scripts read these names: a change here is a change for them.
#[test]
fn the_json_of_a_check_has_its_form() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| {
        let file = folder.path().join(name);
        fs::write(&file, content).unwrap();
        check(&file, DAY)
    };
    let fine = write("fine.csv", "id;height\n1;3,5\n");
    let facts = write("facts.csv", "id;height;owner\n1;3,5;A\n;4;B\n1;5;C\n");
    let broken = write("broken.gml", "neither this nor that");
    let nowhere = check(&folder.path().join("nowhere.gml"), DAY);
    let checked = [fine, facts, broken, nowhere];
    let text = json(&checked).unwrap().replace(&format!("{}/", folder.path().display()), "");
    expect![[r#"
        [
          {
            "file": "fine.csv",
            "kind": "table",
            "content": [
              "1 rows by the first column; columns: height"
            ],
            "error": null,
            "warning_count": 0,
            "warnings": []
          },
          {
            "file": "facts.csv",
            "kind": "table",
            "content": [
              "1 rows by the first column; columns: height, owner"
            ],
            "error": null,
            "warning_count": 2,
            "warnings": [
              {
                "kind": "object_skipped",
                "place": {
                  "file": "facts.csv",
                  "line": 3,
                  "object": null
                },
                "message": "the row has no key"
              },
              {
                "kind": "duplicate_id",
                "place": {
                  "file": "facts.csv",
                  "line": 4,
                  "object": "1"
                },
                "message": "the key stands more than once; the first row is kept"
              }
            ]
          },
          {
            "file": "broken.gml",
            "kind": "not readable",
            "content": [],
            "error": "this is of no format that is known here",
            "warning_count": 0,
            "warnings": []
          },
          {
            "file": "nowhere.gml",
            "kind": "not readable",
            "content": [],
            "error": "No such file or directory (os error 2)",
            "warning_count": 0,
            "warnings": []
          }
        ]
    "#]]
    .assert_eq(&text);
    let codes: Vec<u8> = [&checked[..1], &checked[..2], &checked[2..3], &checked[..]].map(exit_code).to_vec();
    assert_eq!(codes, [0, 3, 3, 1], "fine, something found, not readable, not there");
}
