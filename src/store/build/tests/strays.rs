//! One thing wrong among many that are right: it costs itself and nothing else, and is named.

use std::fs;
use std::path::Path;

use expect_test::expect;
use glam::DVec3;

use super::{options, write_sample};
use crate::city::CityConfig;
use crate::plan::PlanLayer;
use crate::privacy::Audience;
use crate::report::Report;
use crate::store::build::{BuildSummary, Quiet, build};

pub(super) const GML: &str = "citygml/690_5334.gml";

/// Builds the city in `folder` for citizens; gives the warnings too, one a line.
fn build_and_tell(folder: &Path, out: &Path) -> (BuildSummary, String) {
    let city = CityConfig::load(&folder.join("city.toml")).unwrap();
    let mut report = Report::default();
    let summary = build(&city, &options(&city, out, &[Audience::Citizen]), &Quiet, &mut report).unwrap();
    let lines: String = report.warnings().iter().map(|warning| format!("{warning}\n")).collect();
    (summary, lines.replace(&format!("{}/", folder.display()), ""))
}

/// CityGML with another id in the place of one, and each corner moved.
fn moved(text: &str, [from, to]: [&str; 2], moved: impl Fn(DVec3) -> DVec3) -> String {
    let line = |line: &str| match line.split_once("<gml:posList>") {
        None if from.is_empty() => format!("{line}\n"),
        None => line.replace(from, to) + "\n",
        Some((before, rest)) => {
            let numbers: Vec<f64> =
                rest.split('<').next().unwrap().split(' ').map(|number| number.parse().unwrap()).collect();
            let corners = numbers.chunks(3).map(|corner| moved(DVec3::from_slice(corner)));
            let corners: Vec<String> = corners.map(|at| format!("{:.3} {:.3} {:.3}", at.x, at.y, at.z)).collect();
            format!("{before}<gml:posList>{}</gml:posList>\n", corners.join(" "))
        }
    };
    text.lines().map(line).collect()
}

/// Adds a copy of a file's first building under another id, each of its corners moved.
pub(super) fn add_moved(file: &Path, id: &str, by: DVec3) {
    let text = fs::read_to_string(file).unwrap();
    let end = "</core:cityObjectMember>\n";
    let member = &text[text.find("<core:cityObjectMember>").unwrap()..text.find(end).unwrap()];
    let own = member.split("gml:id=\"").nth(1).unwrap().split('"').next().unwrap();
    let copy = moved(member, [own, id], |at| at + by);
    fs::write(file, text.replace("</core:CityModel>", &format!("{copy}{end}</core:CityModel>"))).unwrap();
}

#[test]
fn a_building_far_away_costs_itself_only() {
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, 20);
    let (before, warnings) = build_and_tell(&sources, &out);
    assert_eq!(warnings, "");
    // The same houses once more, elsewhere; local coordinates that nobody moved to their place; a slip of a digit.
    let (file, slip) = (sources.join(GML), DVec3::X * 80_000.0);
    let again = moved(&fs::read_to_string(&file).unwrap(), ["", ""], |at| at + slip);
    fs::write(sources.join("citygml/999_9999.gml"), again).unwrap();
    add_moved(&file, "LOCAL", DVec3::new(-690_000.0, -5_334_000.0, -500.0));
    add_moved(&file, "SLIP", slip);
    let (after, warnings) = build_and_tell(&sources, &out);
    let (one, other) = (&before.audiences[0], &after.audiences[0]);
    assert_eq!((other.buildings, other.out_of_reach), (one.buildings + 1, 1));
    assert!(other.duplicates > 0 && other.duplicates == after.buildings_in - 22);
    assert_eq!(after.ground, before.ground, "the ground is as large as it was");
    let own: String =
        warnings.lines().filter(|line| !line.contains("999_9999")).map(|line| format!("{line}\n")).collect();
    expect![[r#"
        citygml/690_5334.gml:51292 (LOCAL): building LOCAL lies nowhere, or more than 100 km from the origin of the tileset
        citygml/690_5334.gml:67205 (SLIP): this building is so far away from most others that the ground does not reach it
    "#]]
    .assert_eq(&own);
}

#[test]
fn a_plan_that_stands_in_two_files_is_taken_once() {
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, 20);
    let plans = sources.join("plans");
    fs::copy(plans.join("plans.geojson"), plans.join("district.geojson")).unwrap();
    let city = sources.join("city.toml");
    let text = fs::read_to_string(&city).unwrap();
    fs::write(&city, text.replace("plans/plans.geojson", "plans/*.geojson")).unwrap();
    let (summary, warnings) = build_and_tell(&sources, &out);
    assert_eq!((summary.layers["bplan"], warnings.lines().count()), (12, 12));
    let layer = fs::read(out.join("public/layers/bplan.geojson")).unwrap();
    assert_eq!(PlanLayer::from_geojson(&layer).unwrap().plans().len(), 12);
    let first = warnings.lines().next().unwrap();
    expect![
        "plans/plans.geojson (beispielplan-01): the plan's id stands in an earlier file of the layer; the first is kept"
    ]
    .assert_eq(first);
}

#[test]
fn a_build_that_fails_keeps_what_it_met() {
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, 20);
    fs::write(sources.join("citygml/000.gml"), "not at all CityGML").unwrap();
    fs::write(sources.join("ground/water.geojson"), "broken").unwrap();
    let city = CityConfig::load(&sources.join("city.toml")).unwrap();
    let mut report = Report::default();
    build(&city, &options(&city, &out, &[Audience::Citizen]), &Quiet, &mut report).unwrap_err();
    assert_eq!(report.total(), 1);
    assert!(report.warnings()[0].to_string().contains("000.gml"), "{:?}", report.warnings());
}
