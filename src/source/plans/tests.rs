//! Canonical files back in, and files as a city might have them.

use expect_test::expect;

use super::{PlanMapping, read_plans};
use crate::plan::{PlanLayer, PlanStatus};
use crate::report::Report;
use crate::source::{ReadOptions, geojson};

fn read(json: &str, mapping: &PlanMapping, to_geodetic: super::ToGeodetic<'_>) -> (PlanLayer, String) {
    let mut report = Report::default();
    let collection = geojson::read(json.as_bytes(), &ReadOptions::of("f"), &mut report).unwrap();
    let layer = read_plans(&collection.features, mapping, to_geodetic, &mut report);
    let text = report.warnings().iter().map(|warning| format!("{warning}\n")).collect();
    (layer, text)
}

const AREA: &str = r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[0,1],[0,0]]]}"#;

fn collection(properties: &[&str]) -> String {
    let features: Vec<String> = properties
        .iter()
        .map(|properties| format!("\n{{\"type\":\"Feature\",\"properties\":{{{properties}}},\"geometry\":{AREA}}}"))
        .collect();
    format!("{{\"type\":\"FeatureCollection\",\"features\":[{}]}}", features.join(","))
}

#[test]
fn the_canonical_form_needs_no_mapping() {
    let json = collection(&[
        r#""id":"b","name":"B","status":"resolved","resolvedOn":"2019-07-24","use":"WA","maxHeight":21.5,"maxStoreys":6,"grz":0.4,"gfz":1.2,"link":"https://a.example/b""#,
        r#""id":"a","name":"A","status":"in_force","inForceSince":"2020-02-29""#,
    ]);
    let (layer, warnings) = read(&json, &PlanMapping::default(), &Some);
    assert_eq!(warnings, "");
    let written = layer.to_geojson().unwrap();
    let (again, _) = read(&written, &PlanMapping::default(), &Some);
    assert_eq!(again.to_geojson().unwrap(), written);
    expect![[r#"
        {"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"id":"a","name":"A","status":"in_force","inForceSince":"2020-02-29"},"geometry":{"type":"MultiPolygon","coordinates":[[[[0.0,0.0],[1.0,0.0],[0.0,1.0],[0.0,0.0]]]]}},
        {"type":"Feature","properties":{"id":"b","name":"B","status":"resolved","resolvedOn":"2019-07-24","use":"WA","maxHeight":21.5,"maxStoreys":6,"grz":0.4,"gfz":1.2,"link":"https://a.example/b"},"geometry":{"type":"MultiPolygon","coordinates":[[[[0.0,0.0],[1.0,0.0],[0.0,1.0],[0.0,0.0]]]]}}
        ]}
    "#]].assert_eq(&written);
}

#[test]
fn a_citys_own_columns() {
    let mapping = PlanMapping {
        number: "Nr".into(),
        name: "Titel".into(),
        status: "Stand".into(),
        permitted_use: "Art".into(),
        use_values: [("Wohnen".to_owned(), "WA".to_owned())].into(),
        max_height_m: "Hoehe".into(),
        in_force_since: "Datum".into(),
        ..PlanMapping::default()
    };
    let json = collection(&[
        r#""Nr":"1930a","Titel":" Am Beispiel ","Stand":"Rechtsverbindlich","Art":"Wohnen","Hoehe":"21,5","Datum":"24.07.2019","link":"http://a.example""#,
        r#""Nr":57,"Stand":"In Aufstellung","Art":"MU","Hoehe":"hoch","Datum":"31.02.2019","maxStoreys":-2"#,
        r#""Nr":58,"Stand":"irgendwie""#,
        r#""Nr":59"#,
        r#""Stand":"In Kraft""#,
        r#""Nr":57,"Stand":"In Kraft""#,
    ]);
    let shifted = |[x, y]: [f64; 2]| Some([x + 11.0, y + 48.0]);
    let (layer, warnings) = read(&json, &mapping, &shifted);
    expect![[r#"
        {"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"id":"1930a","name":"Am Beispiel","status":"in_force","number":"1930a","inForceSince":"2019-07-24","use":"WA","maxHeight":21.5},"geometry":{"type":"MultiPolygon","coordinates":[[[[11.0,48.0],[12.0,48.0],[11.0,49.0],[11.0,48.0]]]]}},
        {"type":"Feature","properties":{"id":"57","name":"57","status":"in_preparation","number":"57","use":"MU"},"geometry":{"type":"MultiPolygon","coordinates":[[[[11.0,48.0],[12.0,48.0],[11.0,49.0],[11.0,48.0]]]]}}
        ]}
        f:2 (feature 1): property link is no https address
        f:3 (feature 2): property Datum is no date
        f:3 (feature 2): property Hoehe is no number from 0 on
        f:3 (feature 2): property maxStoreys is no whole number from 0 on
        f:4 (feature 3): the plan's status is not known
        f:5 (feature 4): the plan has no status
        f:6 (feature 5): the plan has neither id nor number
        f:7 (feature 6): the plan's id stands more than once; the first is kept
    "#]].assert_eq(&(layer.to_geojson().unwrap() + &warnings));
    assert_eq!(layer.plans_at(11.2, 48.2).count(), 2);
    let all = PlanMapping { status_of_all: Some(PlanStatus::InForce), ..mapping };
    assert_eq!(read(&json, &all, &shifted).0.plans().len(), 3);
}

#[test]
fn what_has_no_area_or_place_is_left_out() {
    let point = r#"{"type":"Feature","properties":{"id":"a","name":"A","status":"in_force"},"geometry":{"type":"Point","coordinates":[1,2]}}"#;
    let (layer, warnings) = read(point, &PlanMapping::default(), &Some);
    assert!(layer.plans().is_empty());
    expect![[r#"
        f:1 (feature 1): the plan's geometry is not an area
    "#]]
    .assert_eq(&warnings);
    let (layer, warnings) =
        read(&collection(&[r#""id":"a","name":"A","status":"in_force""#]), &PlanMapping::default(), &|_| None);
    assert!(layer.plans().is_empty());
    expect![[r#"
        f:2 (feature 1): the plan's coordinates cannot be taken to degrees
    "#]]
    .assert_eq(&warnings);
}
