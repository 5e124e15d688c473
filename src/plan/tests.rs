//! Round trips, places, labels and what canonical GeoJSON refuses.

use ::geo::{MultiPolygon, Point, Rect, coord};
use expect_test::expect;
use proptest::prelude::*;

use super::*;
use crate::twin::Language;

fn square(lon: f64, lat: f64, size: f64) -> MultiPolygon<f64> {
    Rect::new(coord! { x: lon, y: lat }, coord! { x: lon + size, y: lat + size }).to_polygon().into()
}

fn plan(id: &str, permitted_use: &str, geometry: MultiPolygon<f64>) -> DevelopmentPlan {
    DevelopmentPlan {
        id: id.to_owned(),
        number: Some("1930a".to_owned()),
        name: "Am Beispiel".to_owned(),
        status: PlanStatus::InForce,
        resolved_on: Some("2019-07-24".parse().unwrap()),
        in_force_since: None,
        permitted_use: Some(permitted_use.to_owned()),
        max_height_m: Some(21.5),
        max_storeys: Some(6),
        site_coverage: Some(0.4),
        floor_area_ratio: None,
        link: Some("https://example.org/1930a.pdf".to_owned()),
        geometry,
    }
}

#[test]
fn the_canonical_form() {
    let layer =
        PlanLayer::new(vec![plan("b", "WA", square(11.5, 48.0, 0.123_456_789)), plan("a", "MU", MultiPolygon(vec![]))]);
    expect![[r#"
        {"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"id":"a","name":"Am Beispiel","status":"in_force","number":"1930a","resolvedOn":"2019-07-24","use":"MU","maxHeight":21.5,"maxStoreys":6,"grz":0.4,"link":"https://example.org/1930a.pdf"},"geometry":{"type":"MultiPolygon","coordinates":[]}},
        {"type":"Feature","properties":{"id":"b","name":"Am Beispiel","status":"in_force","number":"1930a","resolvedOn":"2019-07-24","use":"WA","maxHeight":21.5,"maxStoreys":6,"grz":0.4,"link":"https://example.org/1930a.pdf"},"geometry":{"type":"MultiPolygon","coordinates":[[[[11.62345679,48.0],[11.62345679,48.12345679],[11.5,48.12345679],[11.5,48.0],[11.62345679,48.0]]]]}}
        ]}
    "#]].assert_eq(&layer.to_geojson().unwrap());
}

#[test]
fn plans_by_place() {
    let layer = PlanLayer::new(vec![
        plan("west", "WA", square(11.0, 48.0, 1.0)),
        plan("east", "MI", square(12.0, 48.0, 1.0)),
        plan("all", "GB", square(11.0, 48.0, 2.0)),
        plan("nowhere", "SO", MultiPolygon(vec![])),
    ]);
    let ids = |plans: Vec<&DevelopmentPlan>| plans.iter().map(|plan| plan.id.clone()).collect::<Vec<_>>().join(" ");
    let at = |lon, lat| ids(layer.plans_at(lon, lat).collect());
    assert_eq!(at(11.5, 48.5), "all west");
    assert_eq!(at(12.0, 48.5), "all east west");
    assert_eq!(at(11.5, 49.5), "all");
    assert_eq!(at(f64::NAN, 48.5), "");
    let under = |lon: f64, size: f64| ids(layer.plans_under(&square(lon, 48.2, size)).collect());
    assert_eq!(under(12.1, 0.1), "all east");
    assert_eq!(under(11.95, 0.1), "all east west");
    assert_eq!(under(13.5, 0.1), "");
    assert_eq!(layer.get("east").unwrap().permitted_use.as_deref(), Some("MI"));
    assert!(layer.get("none").is_none());
}

#[test]
fn a_house_lies_in_the_plans_that_cover_something_of_it() {
    // An L of three squares of ten metres, and plans in degrees: 1e-5 degrees are 1.1 m north, 0.74 m east.
    let part = |x: f64, y: f64| square(11.5 + x * 1.34e-4, 48.0 + y * 9e-5, 1.0).0.remove(0);
    let tenth = |polygon: &::geo::Polygon<f64>| {
        use ::geo::MapCoords;
        let (x0, y0) = (polygon.exterior().0[0].x, polygon.exterior().0[0].y);
        polygon.map_coords(|at| ::geo::Coord { x: x0 + (at.x - x0) * 1.34e-4, y: y0 + (at.y - y0) * 9e-5 })
    };
    let house = ::geo::unary_union(&[tenth(&part(0., 0.)), tenth(&part(1., 0.)), tenth(&part(0., 1.))]);
    let plan_at = |id: &str, x: f64, y: f64| plan(id, "WA", MultiPolygon(vec![tenth(&part(x, y))]));
    let layer = PlanLayer::new(vec![
        plan_at("in the corner of the L", 1.0, 1.0),
        plan_at("over a part", 0.5, 0.5),
        plan_at("beside", -1.0, 0.0),
        plan_at("beside by a line's width", 1.99, 0.0),
        plan_at("half a metre in", 1.94, 0.0),
    ]);
    let under: Vec<&str> = layer.plans_under(&house).map(|plan| plan.id.as_str()).collect();
    assert_eq!(under, ["half a metre in", "over a part"]);
    assert_eq!(layer.plans_under(&MultiPolygon(Vec::new())).count(), 0);
}

#[test]
fn legends_follow_the_law() {
    let uses = ["xx", "SO", "WR", "MU", "WR", "AB"];
    let plans = (0..).zip(uses).map(|(index, code): (u32, _)| plan(&index.to_string(), code, square(11.0, 48.0, 1.0)));
    let legend = legend(&PlanLayer::new(plans.collect()));
    let lines: Vec<String> = legend
        .iter()
        .map(|entry| {
            format!(
                "{} {} / {} {}",
                entry.key,
                entry.label.get(Language::De),
                entry.label.get(Language::En),
                entry.color
            )
        })
        .collect();
    expect![[r#"
        WR Reines Wohngebiet / purely residential area #f0aaa4
        MU Urbanes Gebiet / urban area #b98d5c
        SO Sondergebiet / special area #f2b268
        AB AB / AB #d9d2e6
        xx xx / xx #d9d2e6"#]]
    .assert_eq(&lines.join("\n"));
    for status in PlanStatus::ALL {
        assert_ne!(status_label(status).get(Language::De), status_label(status).get(Language::En));
    }
}

#[test]
fn only_https_links() {
    assert_eq!(checked_link(" https://a.example/x y ").as_deref(), Some("https://a.example/x%20y"));
    for link in ["http://a.example", "javascript:alert(1)", "https://", "//a.example", "https://u:p@a.example", "x"] {
        assert_eq!(checked_link(link), None, "{link}");
    }
}

#[test]
fn what_is_not_canonical_is_refused() {
    let good = PlanLayer::new(vec![plan("a", "WA", square(11.0, 48.0, 1.0))]).to_geojson().unwrap();
    assert!(PlanLayer::from_geojson(good.as_bytes()).is_ok());
    let mut text = String::new();
    for (from, to) in [
        ("FeatureCollection", "Feature"),
        ("in_force", "valid"),
        ("2019-07-24", "24.07.2019"),
        ("https:", "http:"),
        ("0.4", "-0.4"),
        ("MultiPolygon", "Polygon"),
        ("48.0", "480.0"),
        ("[[[[12.0,48.0],", "[[[["),
        ("\"id\":\"a\",", ""),
    ] {
        assert!(good.contains(from), "{from}");
        let error = PlanLayer::from_geojson(good.replacen(from, to, 1).as_bytes()).unwrap_err();
        text.push_str(&format!("{error}\n"));
    }
    let (_, feature) = good.split_once('\n').unwrap();
    let feature = feature.trim_end().trim_end_matches("]}").trim();
    let twice = format!("{{\"type\":\"FeatureCollection\",\"features\":[{feature},{feature}]}}");
    text.push_str(&PlanLayer::from_geojson(twice.as_bytes()).unwrap_err().to_string());
    expect![[r#"
        the planning layer is a Feature, not a FeatureCollection
        the planning layer is not canonical GeoJSON: unknown variant `valid`, expected one of `in_preparation`, `public_display`, `resolved`, `in_force`, `repealed` at line 2 column 78
        plan a: a date is not of ISO 8601
        plan a: the link is no https address
        plan a: a limit is negative or beyond all measure
        plan a: the geometry is not made of closed rings in degrees
        plan a: the geometry is not made of closed rings in degrees
        the planning layer is not canonical GeoJSON: invalid type: sequence, expected f64 at line 2 column 270
        the planning layer is not canonical GeoJSON: missing field `id` at line 2 column 208
        plan a: the id stands more than once"#]].assert_eq(&text);
}

fn any_plan() -> impl Strategy<Value = DevelopmentPlan> {
    let limits = (prop::option::of(0.0..300.0_f64), prop::option::of(0..60_u32), prop::option::of(0.0..1.0_f64));
    (("[a-z]{1,8}", "\\PC{0,12}", 0..5_usize, -170.0..170.0_f64, -80.0..80.0_f64, 0.0001..5.0_f64), limits).prop_map(
        |((id, name, status, lon, lat, size), (max_height_m, max_storeys, site_coverage))| DevelopmentPlan {
            name,
            status: PlanStatus::ALL[status],
            max_height_m,
            max_storeys,
            site_coverage,
            ..plan(&id, "WA", square(lon, lat, size))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn canonical_is_a_fixed_point(mut plans in prop::collection::vec(any_plan(), 0..6)) {
        plans.sort_by(|a, b| a.id.cmp(&b.id));
        plans.dedup_by(|a, b| a.id == b.id);
        let written = PlanLayer::new(plans.clone()).to_geojson().unwrap();
        plans.reverse();
        prop_assert_eq!(&written, &PlanLayer::new(plans.clone()).to_geojson().unwrap());
        let read = PlanLayer::from_geojson(written.as_bytes()).unwrap();
        prop_assert_eq!(read.plans().len(), plans.len());
        prop_assert_eq!(written, read.to_geojson().unwrap());
    }

    #[test]
    fn the_index_finds_what_a_scan_finds(plans in prop::collection::vec(any_plan(), 0..20), lon in -170.0..170.0_f64, lat in -80.0..80.0_f64) {
        use ::geo::Intersects;
        let layer = PlanLayer::new(plans);
        let scan = layer.plans().iter().filter(|plan| plan.geometry.intersects(&Point::new(lon, lat))).count();
        prop_assert_eq!(layer.plans_at(lon, lat).count(), scan);
    }

    #[test]
    fn any_bytes_never_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = PlanLayer::new(vec![plan("a", "WA", square(11.0, 48.0, 1.0))]).to_geojson().unwrap().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = PlanLayer::from_geojson(&bytes);
    }
}
