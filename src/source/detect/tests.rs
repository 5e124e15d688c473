//! Every shared file by its content, packed files, bombs and any bytes.

mod systems;

use std::io::{Cursor, Read, Write};

use expect_test::expect;
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use super::{Format, detect, open, read_buildings, source};
use crate::report::Report;
use crate::source::{ReadError, ReadOptions};
use crate::test_data::shared;

#[test]
fn every_shared_file_is_what_its_folder_says() {
    for (folder, expected) in [
        ("citygml", &[Format::CityGml][..]),
        ("cityjson", &[Format::CityJson, Format::CityJsonSeq]),
        ("xplan", &[Format::XPlanGml]),
        ("geojson", &[Format::GeoJson, Format::Csv]),
    ] {
        let Some(path) = shared(folder) else { continue };
        for entry in std::fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                continue;
            }
            let format = open(&path).unwrap().format.unwrap_or_else(|| panic!("{} is not known", path.display()));
            let name = path.display().to_string();
            assert!(expected.contains(&format), "{name}: {format:?}");
            assert_eq!(format == Format::CityJsonSeq, name.ends_with(".jsonl"), "{name}");
            assert_eq!(format == Format::Csv, name.ends_with(".txt"), "{name}");
        }
    }
}

#[test]
fn first_bytes() {
    let cases: [(&[u8], Option<Format>); 22] = [
        (b"\xEF\xBB\xBF  <?xml version='1.0'?><!-- <CityModel> --><!DOCTYPE x><core:CityModel>", Some(Format::CityGml)),
        (b"\xFF\xFE<\0C\0i\0t\0y\0M\0o\0d\0e\0l\0>\0", Some(Format::CityGml)),
        (b"<CityModel/>", Some(Format::CityGml)),
        (b"<gml:FeatureCollection>", None),
        (b"<?xml", None),
        (b"<", None),
        (br#"{"a":{"type":"x"},"b":["type",":"],"type":"CityJSON"}"#, Some(Format::CityJson)),
        (b"{\"type\":\"CityJSON\"}\n{\"type\":\"CityJSONFeature\"}", Some(Format::CityJsonSeq)),
        (br#"{"type":"CityJSONFeature"}"#, Some(Format::CityJsonSeq)),
        (br#"{"CityObjects":{"a":{"#, Some(Format::CityJson)),
        (br#"{"features":[{"type":"CityJSON"},"#, Some(Format::GeoJson)),
        (br#"{"asset":{"version":"1.1"},"geometricError":3}"#, Some(Format::Tileset)),
        (br#"{"a\"type":1,"type":"Feature","#, Some(Format::GeoJson)),
        (br#"{"type":"Topology","features":[]}"#, None),
        (b"{", None),
        (b"II\x2A\0", Some(Format::GeoTiff)),
        (b"MM\0\x2B", Some(Format::GeoTiff)),
        (b"PK\x03\x04", Some(Format::Zip)),
        (b"id;name\n1;x", Some(Format::Csv)),
        (b"id;\x01", None),
        (b"Stra\xDFe,Nr\n", Some(Format::Csv)),
        (b"", None),
    ];
    for (head, expected) in cases {
        assert_eq!(detect(head), expected, "{}", String::from_utf8_lossy(head));
    }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn packed_files_are_unpacked_and_their_parts_joined() {
    let text = br#"{"type":"CityJSON"}"#;
    let (one, two) = text.split_at(7);
    let bytes = [packed(one), packed(two)].concat();
    let length = bytes.len() as u64;
    let mut source = source(Cursor::new(bytes), length).unwrap();
    let mut read = Vec::new();
    source.input.read_to_end(&mut read).unwrap();
    assert_eq!((source.format, read.as_slice()), (Some(Format::CityJson), &text[..]));
}

#[test]
fn bombs_are_an_error() {
    let bytes = packed(&vec![b' '; 100 << 20]);
    let length = bytes.len() as u64;
    let mut input = source(Cursor::new(bytes), length).unwrap().input;
    let error = std::io::copy(&mut input, &mut std::io::sink()).unwrap_err();
    expect!["the packed file unpacks to far more than its size"].assert_eq(&error.to_string());
}

#[test]
fn buildings_of_either_format_are_read() {
    let mut counts = Vec::new();
    for path in ["citygml/nrw_280_5657.gml", "cityjson/cjio_delft.json", "cityjson/fcb_small.city.jsonl"] {
        let Some(full) = shared(path) else { return };
        let packed_file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(packed_file.path(), packed(&std::fs::read(&full).unwrap())).unwrap();
        for path in [full.as_path(), packed_file.path()] {
            let mut count = 0;
            let header =
                read_buildings(path, &ReadOptions::of("f"), &mut Report::default(), &mut |_, _| count += 1).unwrap();
            assert_eq!(header.buildings, count);
            counts.push(count);
        }
    }
    assert_eq!(counts, [83, 83, 160, 160, 3, 3]);
}

#[test]
fn other_files_are_refused_by_name() {
    let Some(path) = shared("xplan/BP_6.0.gml") else { return };
    let refused = |path: &std::path::Path| {
        read_buildings(path, &ReadOptions::of("f"), &mut Report::default(), &mut |_, _| {}).unwrap_err()
    };
    expect!["f: the file is XPlanGML; buildings come as CityGML, CityJSON or CityJSONSeq"]
        .assert_eq(&refused(&path).to_string());
    assert!(matches!(refused(std::path::Path::new("/nowhere")), ReadError::Io { .. }));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..80), start in 0..4_usize) {
        let starts: [&[u8]; 4] = [b"", b"<", b"{\"", b"\xFF\xFE"];
        detect(&[starts[start], &bytes].concat());
    }
}
