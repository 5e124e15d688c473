//! The city configuration: what is read, and which line an error points at.

use std::path::Path;

use expect_test::{Expect, expect};

use super::{CityConfig, CityError, DataKind, Heights, SourceKind};
use crate::source::points::PointMapping;
use crate::twin::{GroundClass, PointCategory, ServiceSubject};

const CITY: &str = r#"id = "musterstadt"
title = { de = "Musterstadt", en = "Sampleton" }
notice = { de = "Erfundene Daten", en = "Invented data" }
crs = "EPSG:25832"
heights = "DHHN2016"
geoid_undulation_m = 45.6
policy = "policy.toml"
time_zone = "Europe/Berlin"
data = "synthetic"

[home]
lon_deg = 11.5755
lat_deg = 48.1372
height_m = 565.0
distance_m = 900.0
heading_deg = 20.0
pitch_deg = -35.0

[[sources]]
id = "lod2"
kind = "buildings"
title = { de = "Gebäudemodelle LoD2", en = "Building models LoD2" }
paths = ["buildings/*.gml"]
index = "https://geodaten.example/meta/09162000.meta4"
attribution = "Datenquelle: Beispielverwaltung"
licence = "CC BY 4.0"
licence_url = "https://creativecommons.org/licenses/by/4.0/"
date = "2026-11-01"

[[sources]]
id = "water"
kind = "ground"
class = "water"
title = { de = "Gewässer", en = "Waters" }
paths = ["ground/water.geojson"]
attribution = "Beispielstadt"
licence = "CC0 1.0"

[[sources]]
id = "parts"
kind = "districts"
name = "SB_NAME"
title = { de = "Stadtbezirke", en = "Districts" }
paths = ["districts.geojson"]
attribution = "Beispielstadt"
licence = "CC0 1.0"

[[sources]]
id = "facts"
kind = "table"
key = "externalReference"
title = { de = "Sachdaten", en = "Facts" }
paths = ["facts.csv"]
attribution = "Beispielstadt"
licence = "CC0 1.0"

[[layers]]
id = "plans"
kind = "development_plans"
title = { de = "Bebauungspläne", en = "Development plans" }
paths = ["plans/*.gml"]
visible = true
opacity = 0.5
legal_basis = { de = "§ 10 Abs. 3 BauGB", en = "§ 10(3) BauGB" }
attribution = "Beispielstadt, Planungsamt"
licence = "dl-de/by-2-0"
licence_url = "https://www.govdata.de/dl-de/by-2-0"

[[places]]
title = { de = "Dom", en = "Cathedral" }
pose = { lon_deg = 11.57, lat_deg = 48.13, height_m = 565, distance_m = 300, heading_deg = 0, pitch_deg = -20 }
building = "DEBY_LOD2_1"
"#;

fn parse(text: &str) -> Result<CityConfig, CityError> {
    CityConfig::parse(Path::new("data/city.toml"), text)
}

/// Parses [`CITY`] with one text in it replaced, and compares the error.
fn check_broken(from: &str, to: &str, expected: Expect) {
    assert!(CITY.contains(from), "the sample has no {from:?}");
    expected.assert_eq(&parse(&CITY.replacen(from, to, 1)).unwrap_err().to_string());
}

#[test]
fn reads_everything() {
    let city = parse(CITY).unwrap();
    assert_eq!((city.crs.horizontal, city.crs.vertical), (25832, Some(7837)));
    assert_eq!((city.heights, city.data), (Heights::DHHN2016, DataKind::Synthetic));
    assert_eq!(city.policy, Path::new("data/policy.toml"));
    let kinds: Vec<_> = city.sources.iter().map(|source| source.kind.clone()).collect();
    let parts = SourceKind::Districts { name: "SB_NAME".to_owned() };
    let facts = SourceKind::Table { key: "externalReference".to_owned() };
    assert_eq!(kinds, [SourceKind::Buildings, SourceKind::Ground(GroundClass::Water), parts, facts]);
    assert_eq!(city.sources[0].index.as_ref().unwrap().host_str(), Some("geodaten.example"));
    assert_eq!((city.layers[0].visible, city.layers[0].opacity), (true, 0.5));
    let layer = &city.layers[0];
    let licence = (layer.attribution.as_str(), layer.licence.as_str(), layer.licence_url.as_deref());
    let expected = ("Beispielstadt, Planungsamt", "dl-de/by-2-0", Some("https://www.govdata.de/dl-de/by-2-0"));
    assert_eq!(licence, expected);
    assert_eq!(city.places[0].pose.distance_m, 300.0);
    assert_eq!(city.places[0].building.as_deref(), Some("DEBY_LOD2_1"));
}

#[test]
fn places_of_everyday_life_and_services_are_read() {
    let more = r#"
[[sources]]
id = "schools"
kind = "points"
category = "school"
mapping = { name = "Titel", note = "Art" }
title = { de = "Schulen", en = "Schools" }
paths = ["points/schools.geojson"]
attribution = "Beispielstadt"
licence = "CC0 1.0"

[[services]]
title = { de = "Baupläne einsehen", en = "Look at plans" }
url = "https://stadt.example/plaene"
for = "plan"
"#;
    let city = parse(&format!("{CITY}{more}")).unwrap();
    let mapping = PointMapping { name: "Titel".into(), note: Some("Art".into()) };
    let school = SourceKind::Points { category: PointCategory::School, mapping };
    assert_eq!(city.sources.last().unwrap().kind, school);
    assert_eq!(
        (city.services[0].url.as_str(), city.services[0].subject),
        ("https://stadt.example/plaene", ServiceSubject::Plan)
    );
    let broken =
        |from: &str, to: &str| parse(&format!("{CITY}{}", more.replacen(from, to, 1))).unwrap_err().to_string();
    for url in ["http://stadt.example", "javascript:alert(1)", "https://a:b@stadt.example", "//stadt.example"] {
        let said = broken("https://stadt.example/plaene", url);
        assert!(said.ends_with("is not an https address without a login"), "{said}");
    }
    assert!(broken("\"school\"", "\"prison\"").contains("unknown variant `prison`"));
    assert!(broken("category = \"school\"\n", "").contains("needs a \"category\""));
    assert!(broken("for = \"plan\"", "for = \"owner\"").contains("unknown variant `owner`"));
    assert!(broken("note =", "owner =").contains("unknown field `owner`"));
    assert!(broken("\"points\"\n", "\"trees\"\n").contains("has a \"category\""));
}

#[test]
fn the_shipped_configurations_are_in_order() {
    for folder in ["data/muenchen", "data/sample"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join("city.toml");
        let city = CityConfig::load(&path).unwrap();
        assert_eq!((city.crs.horizontal, city.heights), (25832, Heights::DHHN2016), "{folder}");
        assert!(city.sources.iter().any(|source| source.kind == SourceKind::Buildings), "{folder}");
    }
}

#[test]
fn errors_point_at_their_line() {
    check_broken(
        "data =",
        "date =",
        expect![
            "data/city.toml:9: unknown field `date`, expected one of `id`, `title`, `notice`, `crs`, `heights`, `geoid_undulation_m`, `policy`, `time_zone`, `data`, `home`, `sources`, `layers`, `places`, `services`"
        ],
    );
    check_broken(
        "EPSG:25832",
        "UTM32",
        expect![[r#"data/city.toml:4: "UTM32" is not a coordinate reference system such as "EPSG:25832""#]],
    );
    check_broken(
        "DHHN2016",
        "NHN",
        expect![
            "data/city.toml:5: unknown variant `NHN`, expected one of `DHHN2016`, `EPSG:7837`, `DHHN92`, `EPSG:5783`, `ellipsoid`"
        ],
    );
    check_broken("= 45.6", "= 456.0", expect!["data/city.toml:6: geoid_undulation_m is 456, not within -110 to 90"]);
    check_broken(
        "lat_deg = 48.1372",
        "lat_deg = 481.372",
        expect!["data/city.toml:11: lat_deg is 481.372, not within -90 to 90"],
    );
    check_broken(
        "Europe/Berlin",
        "Europe/Munich",
        expect![[r#"data/city.toml:8: "Europe/Munich" is not a time zone such as "Europe/Berlin""#]],
    );
    check_broken(
        "id = \"water\"",
        "id = \"lod2\"",
        expect![[r#"data/city.toml:31: the id "lod2" stands more than once"#]],
    );
    check_broken(
        "id = \"water\"",
        "id = \"../x\"",
        expect![[r#"data/city.toml:31: "../x" is not an id: 1 to 64 of a–z, 0–9, "-" and "_""#]],
    );
    check_broken(
        "class = \"water\"\n",
        "",
        expect![[r#"data/city.toml:31: a source of kind "ground" needs a "class""#]],
    );
    check_broken(
        "key = \"externalReference\"\n",
        "",
        expect![[r#"data/city.toml:49: a source of kind "table" needs a "key""#]],
    );
    check_broken(
        "name = \"SB_NAME\"\n",
        "",
        expect![[r#"data/city.toml:40: a source of kind "districts" needs a "name""#]],
    );
    check_broken(
        "kind = \"table\"",
        "kind = \"csv\"",
        expect![
            "data/city.toml:50: unknown variant `csv`, expected one of `buildings`, `terrain`, `ground`, `trees`, `districts`, `table`, `points`"
        ],
    );
    check_broken(
        "2026-11-01",
        "November",
        expect![[r#"data/city.toml:28: "November" is not a date such as "2026-11-01""#]],
    );
    check_broken(
        "https://geodaten",
        "file://geodaten",
        expect![[
            r#"data/city.toml:24: "file://geodaten.example/meta/09162000.meta4" is not an http or https address"#
        ]],
    );
    check_broken("opacity = 0.5", "opacity = 5", expect!["data/city.toml:63: opacity is 5, not within 0 to 1"]);
    check_broken("[home]", "[home", expect!["data/city.toml:11: unclosed table, expected `]`"]);
}

#[test]
fn a_layer_of_real_data_says_whose_it_is() {
    let without = CITY.replacen("attribution = \"Beispielstadt, Planungsamt\"\n", "", 1);
    assert_eq!(parse(&without).unwrap().layers[0].attribution, "");
    let error = parse(&without.replacen("\"synthetic\"", "\"real\"", 1)).unwrap_err();
    expect![[r#"data/city.toml:58: a layer of real data needs an "attribution" and a "licence""#]]
        .assert_eq(&error.to_string());
}

#[test]
fn files_are_sorted_and_missing_ones_named() {
    // Brackets mean something in a pattern; here they are part of the folder's name.
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("stadt [1]");
    std::fs::create_dir_all(folder.join("buildings")).unwrap();
    for name in ["b.gml", "a.gml", "c.json"] {
        std::fs::write(folder.join("buildings").join(name), "").unwrap();
    }
    let city = CityConfig::parse(&folder.join("city.toml"), CITY).unwrap();
    let downloads = folder.join("downloads");
    std::fs::create_dir_all(downloads.join("lod2")).unwrap();
    for name in ["690_5334.gml", "692_5334.gml.part", "sources.json", "ATTRIBUTION.txt"] {
        std::fs::write(downloads.join("lod2").join(name), "").unwrap();
    }
    let found = city.source_files(&city.sources[0], &downloads).unwrap();
    let names: Vec<_> = found.iter().map(|path| path.strip_prefix(&folder).unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["buildings/a.gml", "buildings/b.gml", "downloads/lod2/690_5334.gml"]);
    let missing = city.source_files(&city.sources[1], &downloads).unwrap_err();
    assert!(missing.to_string().ends_with("no file matches \"ground/water.geojson\""), "{missing}");
}

#[test]
fn downloads_that_are_not_there_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let text = CITY.replacen("paths = [\"buildings/*.gml\"]\n", "", 1);
    let city = CityConfig::parse(&folder.path().join("city.toml"), &text).unwrap();
    let error = city.source_files(&city.sources[0], &city.default_downloads()).unwrap_err();
    assert!(matches!(&error, CityError::NotFetched { source_id, .. } if source_id == "lod2"), "{error}");
}

#[test]
fn what_is_too_large_for_a_configuration_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("city.toml");
    std::fs::write(&path, vec![b'#'; (1 << 20) + 1]).unwrap();
    let error = CityConfig::load(&path).unwrap_err().to_string();
    assert!(error.ends_with("it has more than 1048576 bytes"), "{error}");
    std::fs::write(&path, b"\xFF").unwrap();
    let error = CityConfig::load(&path).unwrap_err().to_string();
    assert!(error.ends_with("it is not UTF-8"), "{error}");
}
