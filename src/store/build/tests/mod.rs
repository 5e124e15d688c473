//! From an invented city's files to a published twin, and what must hold of every such build.

mod leaks;
mod names;
mod replaced;
mod strays;
mod summary;
mod systems;
mod whole;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect;
use jiff::civil::{Date, date};
use serde_json::Value;

use super::{Amount, BuildOptions, BuildProgress, BuildSummary, Quiet, build};
use crate::city::CityConfig;
use crate::privacy::Audience;
use crate::report::Report;
use crate::sample::{self, SampleFolder, SampleOptions};
use crate::store::{Manifest, check};
use crate::tiles::validate_tileset;
use crate::twin::{AttributeInfo, AttributeKind, Language, TwinDescription};

/// A day on which the sample's policy is in force.
const DAY: Date = date(2026, 11, 23);

/// Writes an invented city of so many buildings into `folder`.
fn write_sample(folder: &Path, buildings: usize) {
    let mut files = SampleFolder::create(folder.to_owned()).unwrap();
    sample::write(&SampleOptions { buildings, ..SampleOptions::default() }, &mut files).unwrap();
}

/// Builds the city in `folder`.
fn build_at(folder: &Path, out: &Path, audiences: &[Audience]) -> Result<BuildSummary, super::BuildError> {
    let city = CityConfig::load(&folder.join("city.toml"))?;
    build(&city, &options(&city, out, audiences), &Quiet, &mut Report::default())
}

fn options(city: &CityConfig, out: &Path, audiences: &[Audience]) -> BuildOptions {
    BuildOptions {
        out: out.to_owned(),
        audiences: audiences.to_vec(),
        purpose: None,
        downloads: city.default_downloads(),
        today: DAY,
    }
}

/// Every file below a folder, by its relative path.
fn all_files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_sample_becomes_a_whole_twin() {
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, 300);
    let summary = build_at(&sources, &out, &[Audience::Kiosk, Audience::Planner, Audience::Citizen]).unwrap();
    assert_eq!((summary.buildings_in, summary.joined, summary.skipped, summary.broken_files), (300, 300, 0, 0));
    let released: Vec<_> = summary.audiences.iter().map(|one| (one.audience.as_str(), one.buildings)).collect();
    assert_eq!(released, [("citizen", 300), ("planner", 300)]);

    let mut report = Report::default();
    let manifest = check(&out, &mut report).unwrap();
    assert_eq!(report.warnings(), []);
    assert_eq!(names(&out), ["manifest.json", "planner", "public"]);
    assert_eq!(names(&out.join("public")), ["ground", "layers", "points", "search", "tiles", "twin.json"]);
    let bytes: u64 = manifest.files.values().map(|file| file.bytes).sum();
    assert_eq!((summary.twin_files, summary.twin_bytes), (manifest.files.len() as u64, bytes));
    assert_eq!(summary.audiences.iter().map(|one| one.bytes).sum::<u64>(), bytes);
    for release in ["public", "planner"] {
        check_tilesets(&out.join(release));
        check_schema(&out.join(release));
    }

    let twin: TwinDescription = serde_json::from_slice(&fs::read(out.join("public/twin.json")).unwrap()).unwrap();
    assert_eq!((twin.city.as_str(), twin.audience.as_str()), ("muenchen-sample", "citizen"));
    assert_eq!(twin.sources.len(), CityConfig::load(&sources.join("city.toml")).unwrap().sources.len());
    assert_eq!(twin.layers.len(), 1);
    assert!(!twin.layers[0].legend.is_empty());
    assert_eq!(summary.layers["bplan"], 12);
    assert_eq!((twin.points.len(), summary.points["stops"], twin.services.len()), (6, 26, 3));
}

/// Holds the tilesets of a release against the rules of the standard.
fn check_tilesets(release: &Path) {
    for tileset in ["tiles", "ground"] {
        let folder = release.join(tileset);
        let json = fs::read(folder.join("tileset.json")).unwrap();
        let findings = validate_tileset(&json, &|path| fs::read(folder.join(path)).ok());
        assert_eq!(findings, [], "{}", folder.display());
    }
}

/// Every attribute that a release tells of is in the schema of its tiles, with its names in German and English and its
/// unit.
fn check_schema(release: &Path) {
    let twin: TwinDescription = serde_json::from_slice(&fs::read(release.join("twin.json")).unwrap()).unwrap();
    let tileset: Value = serde_json::from_slice(&fs::read(release.join("tiles/tileset.json")).unwrap()).unwrap();
    let properties = &tileset["schema"]["classes"]["building"]["properties"];
    assert_eq!(properties.as_object().unwrap().len(), twin.attributes.len() + 1, "the attributes and the id");
    let mut units = Vec::new();
    for AttributeInfo { name, label, kind, .. } in &twin.attributes {
        let property = properties.as_object().unwrap().values().find(|one| one["name"] == name.as_str()).unwrap();
        let description = property["description"].as_str().unwrap();
        for language in [Language::De, Language::En] {
            assert!(description.contains(label.get(language)), "{name}: {description}");
        }
        let unit = match kind {
            AttributeKind::Integer { unit } | AttributeKind::Real { unit, .. } => unit.as_deref(),
            _ => None,
        };
        assert_eq!(property["extras"]["unit"].as_str(), unit, "{name}");
        assert!(unit.is_none_or(|unit| description.ends_with(&format!(" ({unit})"))), "{name}: {description}");
        units.extend(unit.map(|unit| format!("{name} {unit}")));
    }
    assert!(units.contains(&"measuredHeight m".to_owned()), "{units:?}");
}

#[test]
fn deterministic() {
    let root = tempfile::tempdir().unwrap();
    let audiences = [Audience::Citizen, Audience::Planner];
    let twins: Vec<_> = ["one", "another/place"]
        .iter()
        .map(|name| {
            let folder = root.path().join(name);
            write_sample(&folder, 60);
            build_at(&folder, &folder.join("twin"), &audiences).unwrap();
            all_files(&folder.join("twin"))
        })
        .collect();
    assert!(twins[0].len() > 100);
    for (name, bytes) in &twins[0] {
        assert!(twins[1].get(name) == Some(bytes), "{name} differs");
    }
    assert_eq!(twins[0].len(), twins[1].len());
}

/// Remembers each stage with its total and what it came to.
#[derive(Default)]
struct Heard(std::sync::Mutex<Vec<(&'static str, Amount, u64)>>);

impl BuildProgress for Heard {
    fn stage(&self, name: &'static str, total: Amount) {
        self.0.lock().unwrap().push((name, total, 0));
    }

    fn advanced(&self, done: u64) {
        let mut stages = self.0.lock().unwrap();
        let (name, _, last) = stages.last_mut().unwrap();
        assert!(done >= *last, "{name} goes back from {last} to {done}");
        *last = done;
    }
}

#[test]
fn every_stage_is_told_apart_and_comes_to_its_end() {
    let root = tempfile::tempdir().unwrap();
    let sources = root.path().join("sources");
    write_sample(&sources, 20);
    let city = CityConfig::load(&sources.join("city.toml")).unwrap();
    let (heard, mut report) = (Heard::default(), Report::default());
    let options = options(&city, &root.path().join("twin"), &[Audience::Citizen, Audience::Planner]);
    build(&city, &options, &heard, &mut report).unwrap();
    assert_eq!(report.warnings(), []);
    let stages = heard.0.into_inner().unwrap();
    let names: Vec<&str> = stages.iter().map(|(name, ..)| *name).collect();
    assert_eq!(names, ["buildings", "tiles", "ground", "layers", "search", "publish"]);
    let bytes = fs::read_dir(sources.join("citygml")).unwrap().map(|file| file.unwrap().metadata().unwrap().len());
    assert_eq!(stages[0].1, Amount::Bytes(bytes.sum()));
    assert_eq!(stages[1].1, Amount::Steps(40), "20 buildings for either audience");
    for (name, total, done) in stages {
        let (Amount::Bytes(all) | Amount::Steps(all)) = total;
        assert!(all > 0 && done == all, "{name} ends at {done} of {all}");
    }
}

/// A city whose camera looks where nothing is.
#[test]
fn a_home_far_from_all_buildings_is_named() {
    let root = tempfile::tempdir().unwrap();
    let sources = root.path().join("sources");
    write_sample(&sources, 20);
    let path = sources.join("city.toml");
    let text = fs::read_to_string(&path).unwrap();
    let (here, beside) = ("[home]\nlon_deg = 11.5754", "[home]\nlon_deg = 11.6754");
    assert!(text.contains(here));
    fs::write(&path, text.replacen(here, beside, 1)).unwrap();
    let city = CityConfig::load(&path).unwrap();
    let mut report = Report::default();
    build(&city, &options(&city, &root.path().join("twin"), &[Audience::Citizen]), &Quiet, &mut report).unwrap();
    let said: Vec<String> = report.warnings().iter().map(|warning| warning.message.clone()).collect();
    assert!(said.contains(&"the home lies more than 2000 m away from all buildings".to_owned()), "{said:?}");
}

/// Stops for ever in a stage and leaves a sign that it is there.
struct Stop {
    sign: PathBuf,
}

impl BuildProgress for Stop {
    fn stage(&self, name: &'static str, _total: Amount) {
        if name == "layers" {
            fs::write(&self.sign, "").unwrap();
            loop {
                std::thread::park();
            }
        }
    }

    fn advanced(&self, _done: u64) {}
}

/// The process that `a_killed_build_leaves_the_old_twin` kills: builds what its environment names.
#[test]
fn child_that_builds() {
    let Ok(root) = std::env::var("BUILD_ROOT") else { return };
    let root = PathBuf::from(root);
    let city = CityConfig::load(&root.join("sources/city.toml")).unwrap();
    let options = options(&city, &root.join("twins/twin"), &[Audience::Citizen]);
    build(&city, &options, &Stop { sign: root.join("sign") }, &mut Report::default()).unwrap();
}

#[test]
fn a_killed_build_leaves_the_old_twin() {
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twins/twin"));
    write_sample(&sources, 20);
    build_at(&sources, &out, &[Audience::Citizen]).unwrap();
    let before = all_files(&out);
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "store::build::tests::child_that_builds"])
        .env("BUILD_ROOT", root.path())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while !root.path().join("sign").exists() {
        assert!(child.try_wait().unwrap().is_none(), "the child ended by itself");
        std::thread::yield_now();
    }
    let while_running = build_at(&sources, &out, &[Audience::Citizen]).unwrap_err();
    assert!(while_running.to_string().ends_with("another build of this twin is running"), "{while_running}");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(names(out.parent().unwrap()).len(), 3, "the dead build's draft and lock are there");
    assert!(all_files(&out) == before);
    check(&out, &mut Report::default()).unwrap();
    // The next build clears away what the dead one left, and comes to the same.
    build_at(&sources, &out, &[Audience::Citizen]).unwrap();
    assert_eq!(names(out.parent().unwrap()), ["twin"]);
    assert!(all_files(&out) == before);
}

/// The process that `a_full_disk_leaves_the_old_twin` runs: builds what its environment names and tells what came of it.
#[test]
fn child_that_fills_the_disk() {
    let Ok(root) = std::env::var("FULL_ROOT").map(PathBuf::from) else { return };
    let built = build_at(&root.join("sources"), &root.join("twins/twin"), &[Audience::Citizen, Audience::Planner]);
    println!("built: {:?}", built.map(|summary| summary.twin_files).map_err(|error| error.to_string()));
}

/// A few bytes to each file, so that hardly anything is written, and some thousand, so that much is.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_old_twin() {
    const CHILD: [&str; 3] = ["--exact", "store::build::tests::child_that_fills_the_disk", "--nocapture"];
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twins/twin"));
    write_sample(&sources, 20);
    build_at(&sources, &out, &[Audience::Citizen]).unwrap();
    let before = all_files(&out);
    for blocks in [1, 16] {
        let said = crate::store::tests::ends::with_small_files(blocks, &CHILD, "FULL_ROOT", root.path());
        assert!(said.contains("built: Err(") && said.contains("File too large"), "{blocks} blocks: {said}");
        assert!(all_files(&out) == before);
        assert_eq!(names(out.parent().unwrap()), ["twin"], "nothing half is left");
    }
}

#[test]
fn a_broken_file_costs_its_own_buildings_only() {
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, 60);
    fs::write(sources.join("citygml/000.gml"), "not at all CityGML").unwrap();
    let twice = fs::read(sources.join("citygml/690_5334.gml")).unwrap();
    fs::write(sources.join("citygml/999.gml"), twice.get(..twice.len() / 2).unwrap()).unwrap();
    let summary = build_at(&sources, &out, &[Audience::Citizen]).unwrap();
    assert_eq!((summary.broken_files, summary.audiences[0].buildings), (1, 60));
    assert_eq!(summary.audiences[0].duplicates, summary.buildings_in - 60);
    assert!(summary.audiences[0].duplicates > 0);
}

/// Changes one text of a file of a sample of 20 buildings and gives why it is not built.
fn error_after(file: &str, from: &str, to: &str) -> String {
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, 20);
    let path = sources.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no {from:?}");
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    let error = build_at(&sources, &out, &[Audience::Citizen]).unwrap_err().to_string();
    assert!(!out.exists() && names(root.path()) == ["sources"], "something was left behind");
    error.replace(&format!("{}/", sources.display()), "")
}

#[test]
fn unknown_fails_the_build() {
    let check = |file, from, to, expected: expect_test::Expect| expected.assert_eq(&error_after(file, from, to));
    check(
        "tables/attributes.csv",
        "monument,",
        "cat_owners,",
        expect![[
            r#"citygml/690_5334.gml:12 (BEISPIEL_LOD2_W001): the policy does not name the attribute "cat_owners""#
        ]],
    );
    check(
        "policy.toml",
        "expires_on = 2027",
        "expires_on = 2025",
        expect!["policy.toml: the policy expired on 2025-12-31; on 2026-11-23 it releases nothing"],
    );
    check(
        "city.toml",
        "data = \"synthetic\"",
        "data = \"real\"",
        expect![[
            r#"policy.toml: the policy is approved for "muenchen" and releases no real data of "muenchen-sample""#
        ]],
    );
    check("city.toml", "citygml/*.gml", "citygml/*.xml", expect![[r#"city.toml: no file matches "citygml/*.xml""#]]);
    check(
        "city.toml",
        "EPSG:25832",
        "EPSG:99999",
        expect!["the city's coordinates: no way is known from EPSG:99999 to WGS 84: PROJ's database does not have it"],
    );
}

#[test]
fn kiosk_equals_citizen() {
    let root = tempfile::tempdir().unwrap();
    let sources = root.path().join("sources");
    write_sample(&sources, 20);
    let twin = |audience| {
        let out = root.path().join(format!("{audience}"));
        build_at(&sources, &out, &[audience]).unwrap();
        all_files(&out)
    };
    assert!(twin(Audience::Kiosk) == twin(Audience::Citizen));
}

#[test]
fn policy_hash_everywhere() {
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, 20);
    build_at(&sources, &out, &[Audience::Citizen, Audience::Planner]).unwrap();
    let hash = Manifest::read(&out).unwrap().policy_hash;
    let stamped = all_files(&out);
    let stamped = stamped.iter().filter(|(name, _)| name.ends_with("tileset.json") || name.ends_with("twin.json"));
    for (name, bytes) in stamped {
        assert!(String::from_utf8_lossy(bytes).contains(&hash), "{name}");
    }
}
