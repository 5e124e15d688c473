//! Files that are made to break a reader and are too large to be kept: each goes through every target that it could be
//! meant for, with what that asserts of errors and memory.
//!
//! Others of their kind stand beside their readers: `entities_are_never_expanded` (XML), `deep_nesting_is_passed_over`,
//! `false_claims_are_refused` (GeoTIFF), `claims_are_not_believed` (glb), `bombs_are_an_error` (gzip), and in `fetch`
//! bodies that unpack to too much.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use crate::targets::run;

/// Levels of nesting.
const LEVELS: usize = 1_000_000;

const CITY_MODEL: &str = "<CityModel xmlns='http://www.opengis.net/citygml/2.0' \
    xmlns:bldg='http://www.opengis.net/citygml/building/2.0' xmlns:gml='http://www.opengis.net/gml'>";

/// Targets that read JSON, or text that may be taken for it.
const JSON: [&str; 9] =
    ["cityjson", "content", "detect", "geojson", "manifest", "plan_layer", "plans", "tileset", "twin"];

#[test]
fn a_million_levels_of_xml_end_in_a_word() {
    let nested = |start: &str, tag: &str| format!("{start}{}", format!("<{tag}>").repeat(LEVELS));
    let house = format!("{CITY_MODEL}<cityObjectMember><bldg:Building gml:id='a'>");
    for file in [
        nested(CITY_MODEL, "a"),
        nested(CITY_MODEL, "cityObjectMember"),
        nested(&house, "bldg:consistsOfBuildingPart"),
        nested(&format!("{house}<bldg:lod2Solid>"), "gml:surfaceMember"),
        nested("<metalink xmlns='urn:ietf:params:xml:ns:metalink'>", "file"),
    ] {
        let closed = format!("{file}</a>");
        for bytes in [file.as_bytes(), closed.as_bytes()] {
            ["citygml", "detect", "metalink"].iter().for_each(|target| run(target, bytes));
        }
    }
}

#[test]
fn a_million_levels_of_json_end_in_a_word() {
    let starts = [
        "",
        "{\"type\":\"CityJSON\",\"x\":",
        "{\"type\":\"CityJSON\",\"CityObjects\":{\"a\":",
        "{\"type\":\"CityJSON\",\"vertices\":",
        "{\"type\":\"CityJSON\",\"metadata\":",
        "{\"type\":\"FeatureCollection\",\"features\":[",
        "{\"type\":\"FeatureCollection\",\"x\":",
        "{\"format\":\"stadtzwilling-twin/1\",\"layers\":",
        "{\"asset\":{\"version\":\"1.1\"},\"root\":{\"children\":",
    ];
    for start in starts {
        for level in ["[", "{\"a\":", "{\"children\":[", "{\"geometries\":["] {
            let file = format!("{start}{}", level.repeat(LEVELS));
            JSON.iter().for_each(|target| run(target, file.as_bytes()));
        }
    }
    let sequence = format!("{{\"type\":\"CityJSON\",\"version\":\"2.0\"}}\n{}", "[".repeat(LEVELS));
    run("cityjson", sequence.as_bytes());
}

#[test]
fn a_million_levels_of_toml_end_in_a_word() {
    let files = [
        format!("a = {}", "[".repeat(LEVELS)),
        format!("a = {}", "{a=".repeat(LEVELS)),
        "[a".to_owned() + &".a".repeat(LEVELS),
    ];
    for file in files {
        ["city", "policy"].iter().for_each(|target| run(target, file.as_bytes()));
    }
}

/// `a` is ten of `b`, `b` is ten of `c` and so on to a gigabyte of text; and a file of the machine as an entity.
#[test]
fn entity_bombs_stay_small() {
    let entities: String = ('a'..='i')
        .zip('b'..='j')
        .map(|(name, of)| format!("<!ENTITY {name} \"{}\">", format!("&{of};").repeat(10)))
        .collect();
    for name in ["&a;", "&file;", "&remote;", "%parameter;"] {
        let file = format!(
            "<!DOCTYPE x [{entities}<!ENTITY j \"0123456789\"><!ENTITY file SYSTEM 'file:///etc/hostname'>\
            <!ENTITY remote SYSTEM 'https://entities.example/x'><!ENTITY % parameter SYSTEM 'file:///etc/hostname'>]>\
            {CITY_MODEL}<gml:name>{name}</gml:name><cityObjectMember><bldg:Building gml:id='{name}'><gml:name>{name}</gml:name>\
            <bldg:function>{name}</bldg:function></bldg:Building></cityObjectMember></CityModel>"
        );
        let index = file.replace("CityModel", "metalink");
        ["citygml", "detect"].iter().for_each(|target| run(target, file.as_bytes()));
        run("metalink", index.as_bytes());
    }
}

/// A packed file whose content is sixty times as large as what any file may unpack to.
#[test]
fn a_packed_file_of_gigabytes_is_given_up() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(b"{\"type\":\"CityJSON\",\"vertices\":[").expect("memory");
    let zeros = "[0,0,0],".repeat(1 << 17);
    (0..256).for_each(|_| encoder.write_all(zeros.as_bytes()).expect("memory"));
    run("detect", &encoder.finish().expect("memory"));
}

/// A hundred megabytes of text of which each byte pair is a value of its own, in every place that is not read item by
/// item; packed it is a tenth of a megabyte.
#[test]
fn values_are_not_held_beyond_their_limit() {
    for start in [
        "{\"type\":\"CityJSON\",\"metadata\":[",
        "{\"type\":\"CityJSON\",\"CityObjects\":{\"a\":[",
        "{\"type\":\"CityJSON\",\"version\":\"2.0\"}\n{\"type\":\"CityJSONFeature\",\"CityObjects\":{\"a\":[",
    ] {
        let file = format!("{start}{}", "0,".repeat(50 << 20));
        run("cityjson", file.as_bytes());
    }
    for start in ["{\"type\":\"FeatureCollection\",\"features\":[[", "{\"type\":\"FeatureCollection\",\"crs\":["] {
        let file = format!("{start}{}", "0,".repeat(50 << 20));
        run("geojson", file.as_bytes());
    }
}

/// The same on its way to a viewer, where a hundred kilobytes become a hundred megabytes on the wire.
#[test]
fn values_from_the_wire_are_not_held_beyond_their_limit() {
    for (target, start, piece) in [
        ("twin", "{\"format\":\"stadtzwilling-twin/1\",\"x\":[", "0,"),
        ("twin", "{\"asset\":0,\"root\":[", "0,"),
        ("tileset", "{\"asset\":{\"version\":\"1.1\",\"extras\":[", "0,"),
        ("tileset", "{\"asset\":{\"version\":\"1.1\"},\"root\":{\"contents\":[", "{},"),
        ("plan_layer", "{\"type\":\"FeatureCollection\",\"features\":[{\"geometry\":{\"coordinates\":[", "[],"),
        ("points", "{\"x\":[", "0,"),
        ("points", "{\"points\":[", "{\"name\":\"a\",\"at\":[0,0,0]},"),
    ] {
        let file = format!("{start}{}", piece.repeat((64 << 20) / piece.len()));
        run(target, &file.as_bytes()[..64 << 20]);
        run(target, file.as_bytes());
    }
    for (start, piece) in [("\"materials\":[", "{},"), ("\"nodes\":[", "{},"), ("\"extras\":[", "0,")] {
        let json = format!("{{\"asset\":{{\"version\":\"2.0\"}},{start}{}0]}}", piece.repeat(20 << 20));
        run("content", &glb(&json, &[]));
    }
}

/// As many places as a layer may have bytes for, and as many levels.
#[test]
fn a_million_places_come_to_an_end() {
    for start in ["", "{\"points\":", "{\"points\":[{\"name\":\"a\",\"at\":[0,0,0],\"x\":"] {
        for level in ["[", "{\"a\":"] {
            run("points", format!("{start}{}", level.repeat(LEVELS)).as_bytes());
        }
    }
    let points = "{\"name\":\"a\",\"at\":[0,0,0]},".repeat(1_200_000);
    run("points", format!("{{\"points\":[{}]}}", points.trim_end_matches(',')).as_bytes());
}

/// Outlines on which any method that compares each point with each other, or tries hole after hole, would work for hours.
#[test]
fn tangled_outlines_come_to_an_end() {
    let ring = |points: &mut dyn Iterator<Item = (i64, i64)>| {
        let list: String = points.map(|(x, y)| format!("{x} {y} 0 ")).collect();
        format!("<gml:LinearRing><gml:posList>{list}</gml:posList></gml:LinearRing>")
    };
    // Points that jump about, the same everywhere.
    let jump = |n: i64| ((n * n * 7919) % 10_007, (n * n * n * 104_729) % 10_009);
    let square = |n: i64| [(0, 0), (3, 0), (3, 3), (0, 3)].into_iter().map(move |(x, y)| (x + n % 300, y + n / 300));
    let there_and_back = (0..100_000).chain((0..100_000).rev()).map(|n| (n, n % 2));
    let mut comb = (0..50_000).map(|n| (n, (n % 2) * 50)).chain([(50_000, -10), (0, -10)]);
    let exteriors: [&mut dyn Iterator<Item = (i64, i64)>; 5] = [
        &mut (0..4_000).map(jump),
        &mut (0..30_000).map(jump),
        &mut std::iter::repeat_n((1, 1), 500_000).chain([(5, 5), (9, 1)]),
        &mut there_and_back.chain([(50, 9)]),
        &mut comb,
    ];
    let holes: String = (0..3_000).map(|n| format!("<gml:interior>{}</gml:interior>", ring(&mut square(n)))).collect();
    let around = ring(&mut [(-9, -9), (400, -9), (400, 400), (-9, 400)].into_iter());
    let polygons = exteriors.map(ring).into_iter().map(|ring| (ring, String::new()));
    for (exterior, holes) in polygons.chain([(around, holes)]) {
        let file = format!(
            "{CITY_MODEL}<cityObjectMember><bldg:Building gml:id='a'><bldg:lod2MultiSurface><gml:MultiSurface>\
            <gml:surfaceMember><gml:Polygon><gml:exterior>{exterior}</gml:exterior>{holes}</gml:Polygon>\
            </gml:surfaceMember></gml:MultiSurface></bldg:lod2MultiSurface></bldg:Building></cityObjectMember></CityModel>"
        );
        run("citygml", file.as_bytes());
    }
}

/// As many columns as fit, and each of them new.
#[test]
fn tables_of_columns_alone_come_to_an_end() {
    let names: String = (0..200_000).map(|n| format!("c{n};")).collect();
    run("table", format!("id;{names}\n{}", "1\n".repeat(100_000)).as_bytes());
    let columns: String = (0..200_000).map(|n| format!("\"c{n}\":[],")).collect();
    let batch = format!("{{{columns}\"z\":[]}}");
    let head = [u32::from_le_bytes(*b"b3dm"), 1, u32::MAX, 0, 0, batch.len() as u32, 0];
    let file = [head.map(u32::to_le_bytes).concat(), batch.into_bytes(), glb("{\"asset\":{\"version\":\"2.0\"}}", &[])];
    run("content", &file.concat());
    let used: String = (0..500_000).map(|n| format!("\"e{n}\",")).collect();
    let json = format!(
        "{{\"asset\":{{\"version\":\"2.0\",\"copyright\":\"{}\"}},\"extensionsUsed\":[{used}\"\"]}}",
        used.replace(['"', ','], ";")
    );
    run("content", &glb(&json, &[]));
}

/// Lengths in headers that no file keeps: ten gigabytes where the number is wide enough, else all that it can say.
#[test]
fn lengths_in_headers_are_not_believed() {
    let claiming = |total: u32, chunk: u32| {
        let words = [u32::from_le_bytes(*b"glTF"), 2, total, chunk, u32::from_le_bytes(*b"JSON")];
        [words.iter().flat_map(|word| word.to_le_bytes()).collect(), b"{}  ".to_vec()].concat()
    };
    let b3dm = |lengths: [u32; 5]| {
        let words = [u32::from_le_bytes(*b"b3dm"), 1].into_iter().chain(lengths);
        words.flat_map(u32::to_le_bytes).collect::<Vec<u8>>()
    };
    let cmpt =
        |count: u32| [b"cmpt".as_slice(), &1_u32.to_le_bytes(), &16_u32.to_le_bytes(), &count.to_le_bytes()].concat();
    for length in [u32::MAX, u32::MAX - 11, 1 << 31, 24, 0] {
        run("content", &claiming(length, 4));
        run("content", &claiming(24, length));
        run("content", &cmpt(length));
        (0..5).for_each(|field| run("content", &b3dm(std::array::from_fn(|n| if n == field { length } else { 28 }))));
    }
    let batches = format!("{{\"BATCH_LENGTH\":{}}}", 10_u64 << 30);
    run("content", &[b3dm([100, batches.len() as u32, 0, 0, 0]), batches.into_bytes()].concat());
    geoid_claims();
}

/// A property table with a million values of one byte that each become a name of two thousand: in one row, or in as many.
#[test]
fn names_are_counted_for_every_value() {
    const VALUES: usize = 1_000_000;
    let one_row = json!({"type": "ENUM", "enumType": "e", "array": true, "count": VALUES});
    for (rows, kind) in [(1, one_row), (VALUES, json!({"type": "ENUM", "enumType": "e"}))] {
        let json = json!({
            "asset": {"version": "2.0"},
            "buffers": [{"byteLength": VALUES}],
            "bufferViews": [{"buffer": 0, "byteLength": VALUES}],
            "extensions": {"EXT_structural_metadata": {
                "schema": {
                    "classes": {"c": {"properties": {"p": kind}}},
                    "enums": {"e": {"valueType": "UINT8", "values": [{"value": 0, "name": "x".repeat(2000)}]}},
                },
                "propertyTables": [{"class": "c", "count": rows, "properties": {"p": {"values": 0}}}],
            }},
        });
        run("content", &glb(&json.to_string(), &vec![0; VALUES]));
    }
}

fn glb(json: &str, binary: &[u8]) -> Vec<u8> {
    let json = json.to_owned() + &"   "[..json.len().next_multiple_of(4) - json.len()];
    let total = 28 + json.len() + binary.len();
    let head = |words: [u32; 2]| words.map(u32::to_le_bytes).concat();
    let (json_kind, binary_kind) = (u32::from_le_bytes(*b"JSON"), u32::from_le_bytes(*b"BIN\0"));
    [
        b"glTF".to_vec(),
        head([2, total as u32]),
        head([json.len() as u32, json_kind]),
        json.into_bytes(),
        head([binary.len() as u32, binary_kind]),
        binary.to_vec(),
    ]
    .concat()
}

/// NOAA's form of a geoid grid says its size in two numbers.
fn geoid_claims() {
    for (rows, columns) in [(u32::MAX, u32::MAX), (50_000, 50_000), (2, u32::MAX), (0, 0)] {
        let reals = [48.0_f64, 11.0, 0.5, 0.25].iter().flat_map(|real| real.to_be_bytes());
        let bytes: Vec<u8> = reals.chain(rows.to_be_bytes()).chain(columns.to_be_bytes()).collect();
        run("geoid", &bytes);
    }
}
