//! What a whole twin says and names: the standards' rules on every tile of the sample, sources, the policy's city and
//! purposes.

use std::fs;
use std::path::Path;

use expect_test::expect;

use super::{all_files, build_at, check_tilesets, options, write_sample};
use crate::city::CityConfig;
use crate::privacy::Audience;
use crate::report::Report;
use crate::sample::DEFAULT_BUILDINGS;
use crate::store::build::{BuildError, BuildOptions, BuildSummary, Quiet, build};
use crate::twin::TwinDescription;

const BOTH: [Audience; 2] = [Audience::Citizen, Audience::Planner];

/// The sample that opens when nothing else is named, tile by tile: 3D Tiles by our own rules, glTF by Khronos'.
#[test]
fn the_whole_sample_is_as_the_standards_ask() {
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, DEFAULT_BUILDINGS);
    let summary = build_at(&sources, &out, &BOTH).unwrap();
    assert!(summary.audiences.iter().all(|audience| audience.buildings == DEFAULT_BUILDINGS as u64));
    check_tilesets(&out.join("public"));
    check_tilesets(&out.join("planner"));
    crate::test_data::assert_valid_gltf(&out);
}

/// Builds for citizens and for planners who plan the city.
fn build_for_planning(folder: &Path, out: &Path) -> Result<BuildSummary, BuildError> {
    let city = CityConfig::load(&folder.join("city.toml"))?;
    let options = BuildOptions { purpose: Some("urban_planning".to_owned()), ..options(&city, out, &BOTH) };
    build(&city, &options, &Quiet, &mut Report::default())
}

/// Two tables more: one of which planners get a column, one of which nobody gets anything.
#[test]
fn a_release_names_only_sources_that_gave_it_something() {
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, 20);
    let table = |title: &str, id: &str| {
        format!(
            "\n[[sources]]\nid = \"{id}\"\nkind = \"table\"\nkey = \"gml_id\"\ntitle = {{ de = \"{title}\", en = \"{title}\" }}\n\
             paths = [\"tables/{id}.csv\"]\nattribution = \"Amt für {title}\"\nlicence = \"intern\"\n"
        )
    };
    let city = sources.join("city.toml");
    let text = fs::read_to_string(&city).unwrap();
    fs::write(&city, text + &table("Kellerkataster", "cellars") + &table("Melderegister", "register")).unwrap();
    fs::write(sources.join("tables/cellars.csv"), "gml_id,storeysBelowGround\nBEISPIEL_LOD2_W001,2\n").unwrap();
    fs::write(sources.join("tables/register.csv"), "gml_id,smart_meter\nBEISPIEL_LOD2_W001,yes\n").unwrap();
    build_for_planning(&sources, &out).unwrap();
    let says = |file: &str, word: &str| {
        let holds = |bytes: &[u8]| bytes.windows(word.len()).any(|window| window == word.as_bytes());
        all_files(&out).iter().any(|(name, bytes)| name.starts_with(file) && holds(bytes))
    };
    assert!(says("public/tiles/", "Stadtzwilling, erfundene") && says("public/twin.json", "Sachdaten (erfunden)"));
    assert_eq!(["public/", "planner/"].map(|folder| says(folder, "Kellerkataster")), [false, true]);
    assert!(says("planner/tiles/", "Amt für Kellerkataster"), "the tiles name whose they are");
    assert!(says("manifest.json", "Kellerkataster") && !says("", "Melderegister"));
    let twin: TwinDescription = serde_json::from_slice(&fs::read(out.join("planner/twin.json")).unwrap()).unwrap();
    let titles: Vec<_> = twin.sources.iter().map(|source| source.attribution.as_str()).collect();
    assert_eq!(titles.last(), Some(&"Amt für Kellerkataster"), "in the order of the configuration");
    assert_eq!(twin.purpose.as_deref(), Some("urban_planning"));
    assert!(says("planner/twin.json", "\"purpose\"") && !says("public/twin.json", "\"purpose\""));
}

/// Approves the sample's policy, which is Munich's, or not, and calls the sample real data of `city`.
fn real_data_of(city: &str, is_approved: bool) -> Result<BuildSummary, BuildError> {
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, 20);
    let replace = |file: &str, pairs: &[(&str, &str)]| {
        let mut text = fs::read_to_string(sources.join(file)).unwrap();
        for (from, to) in pairs {
            assert!(text.contains(from), "{file} has no {from:?}");
            text = text.replacen(from, to, 1);
        }
        fs::write(sources.join(file), text).unwrap();
    };
    let approved = "\napproved_by = \"DSB\"\napproved_on = 2026-01-01\nexpires_on";
    if is_approved {
        replace("policy.toml", &[("\nexpires_on", approved)]);
    }
    let id = format!("id = \"{city}\"");
    replace("city.toml", &[("id = \"muenchen-sample\"", &id), ("data = \"synthetic\"", "data = \"real\"")]);
    build_at(&sources, &out, &[Audience::Citizen])
}

/// Invented data is about nobody, and any policy serves: the sample itself is not called as its policy is.
#[test]
fn a_policy_releases_real_data_of_its_own_city_only() {
    assert_eq!(real_data_of("muenchen", true).unwrap().audiences[0].buildings, 20);
    let error = real_data_of("muenchen", false).unwrap_err().to_string();
    assert!(error.ends_with("the policy is not approved and releases invented data only"), "{error}");
    let error = real_data_of("augsburg", true).unwrap_err();
    assert!(matches!(error, BuildError::OtherCity { .. }), "{error}");
    let error = error.to_string();
    let shown = error.rsplit('/').next().unwrap();
    expect![[r#"policy.toml: the policy is approved for "muenchen" and releases no real data of "augsburg""#]]
        .assert_eq(shown);
}

#[test]
fn a_purpose_is_checked_whoever_is_released_to() {
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, 20);
    let city = CityConfig::load(&sources.join("city.toml")).unwrap();
    let error = |purpose: &str, audiences: &[Audience]| {
        let options = BuildOptions { purpose: Some(purpose.to_owned()), ..options(&city, &out, audiences) };
        let error = build(&city, &options, &Quiet, &mut Report::default()).unwrap_err().to_string();
        error.rsplit('/').next().unwrap().to_owned()
    };
    let planner = error("gossip", &BOTH);
    expect![[r#"policy.toml: "gossip" is no purpose of the audience planner"#]].assert_eq(&planner);
    let citizen = error("urban_planning", &[Audience::Citizen]);
    expect![[r#"policy.toml: "urban_planning" is no purpose of the audience citizen"#]].assert_eq(&citizen);
}
