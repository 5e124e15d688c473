//! Indexes, names and areas: what is taken and what is refused.

use expect_test::{Expect, expect};
use proptest::prelude::*;
use url::Url;

use super::super::{Area, FileName, Index};
use super::{UTM32, index};
use crate::digest::Sha256;
use crate::geo::Crs;

#[test]
fn areas_that_make_no_sense() {
    let check = |text: &str, expected: Expect| {
        expected.assert_eq(&Area::parse(text, UTM32).unwrap_err().to_string());
    };
    check(
        "11.5,48.1,11.6",
        expect![[r#""11.5,48.1,11.6" is not WEST,SOUTH,EAST,NORTH, such as 11.55,48.12,11.60,48.15"#]],
    );
    check(
        "11.6,48.1,11.5,48.2",
        expect![[r#""11.6,48.1,11.5,48.2" is not WEST,SOUTH,EAST,NORTH, such as 11.55,48.12,11.60,48.15"#]],
    );
    check(
        "11.5,48.1,11.6,NaN",
        expect![[r#""11.5,48.1,11.6,NaN" is not WEST,SOUTH,EAST,NORTH, such as 11.55,48.12,11.60,48.15"#]],
    );
}

/// Runs the test below in a process of its own, which finds no PROJ but the one that it carries along and unpacks.
#[test]
fn an_area_of_degrees_needs_no_proj_of_the_machine() {
    let cache = tempfile::tempdir().unwrap();
    let alone = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "source::download::tests::index::area_alone", "--include-ignored"])
        .env("PROJ_DATA", "/nowhere")
        .env("XDG_CACHE_HOME", cache.path())
        .env_remove("HOME")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&alone.stdout);
    assert!(alone.status.success() && said.contains("1 passed"), "{said}");
    let unpacked = std::fs::read_dir(cache.path().join("stadtzwilling")).map(Iterator::count);
    assert_eq!(unpacked.ok(), Some(1), "PROJ's own database was not used");
}

#[test]
#[ignore = "run by the test above in a process of its own"]
fn area_alone() {
    Area::parse("11.55,48.12,11.60,48.15", UTM32).unwrap();
    let nowhere = Area::parse("11.55,48.12,11.60,48.15", Crs::horizontal(99_999)).unwrap_err().to_string();
    expect![[r#""11.55,48.12,11.60,48.15" cannot be taken to the system of the tiles: no way is known from EPSG:99999 to WGS 84: PROJ's database does not have it"#]].assert_eq(&nowhere);
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    for name in [
        "../690_5334.gml",
        "/etc/passwd",
        "a/b.gml",
        "a\\b.gml",
        "C:690.gml",
        "..",
        ".hidden",
        "",
        "-rf",
        "a\0b",
        "x.gml.part",
        "sources.json",
        "ATTRIBUTION.txt",
        "com.",
        &"x".repeat(300),
    ] {
        assert!(FileName::new(name).is_err(), "{name:?} was taken");
    }
    for name in ["690_5334.gml", "LoD2_32_280_5657_1_NW.gml", "Straßen (2026).geojson"] {
        assert!(FileName::new(name).is_ok(), "{name:?} was refused");
    }
}

/// Parses an index with one text in it replaced, and compares the error.
fn check_index(from: &str, to: &str, expected: Expect) {
    let address = Url::parse("https://geodaten.example/x.meta4").unwrap();
    let xml = index(&[("690_5334.gml", b"abc".to_vec())], std::slice::from_ref(&address));
    let xml = String::from_utf8(xml).unwrap();
    assert!(xml.contains(from), "the index has no {from:?}");
    let error = Index::parse(&address, xml.replacen(from, to, 1).as_bytes()).unwrap_err();
    expected.assert_eq(&error.to_string());
}

#[test]
fn broken_indexes_are_refused_with_their_line() {
    check_index(
        "690_5334.gml",
        "../690_5334.gml",
        expect![[r#"https://geodaten.example/x.meta4:4: the file name "../690_5334.gml" is not a plain name"#]],
    );
    check_index(
        "sha-256",
        "md5",
        expect!["https://geodaten.example/x.meta4:4: no SHA-256 for 690_5334.gml: it could not be checked"],
    );
    check_index(
        "<hash type=\"sha-256\">ba",
        "<hash type=\"sha-256\">",
        expect![[
            r#"https://geodaten.example/x.meta4:4: "7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" is not a SHA-256"#
        ]],
    );
    check_index("<size>3", "<size>-3", expect![[r#"https://geodaten.example/x.meta4:4: "-3" is not a size"#]]);
    check_index(
        "https://geodaten",
        "ftp://geodaten",
        expect!["https://geodaten.example/x.meta4:4: no http or https address for 690_5334.gml"],
    );
    check_index("</metalink>", "", expect!["https://geodaten.example/x.meta4:6: ends in the middle"]);
    check_index(
        "<metalink",
        "<html",
        expect!["https://geodaten.example/x.meta4:2: the root is <html>, not Metalink 4's <metalink>"],
    );
    check_index(
        "<metalink",
        "<!DOCTYPE metalink [<!ENTITY a \"b\">]>\n<metalink",
        expect!["https://geodaten.example/x.meta4:2: a document type has no place in a Metalink"],
    );
}

#[test]
fn relative_addresses_and_entities_are_resolved() {
    let address = Url::parse("https://geodaten.example/meta/x.meta4").unwrap();
    let hash = Sha256::of(b"abc");
    let xml = format!(
        "<metalink xmlns=\"urn:ietf:params:xml:ns:metalink\"><file name=\"a.gml\"><hash type=\"sha-256\">{hash}</hash>\
         <url>ftp://mirror.example/a.gml</url><url>../a.gml?x=1&amp;y=2</url><url priority=\"1\"> https://first.example/a.gml \
         </url></file></metalink>"
    );
    let file = Index::parse(&address, xml.as_bytes()).unwrap().files.remove(0);
    let mirrors: Vec<_> = file.mirrors.iter().map(Url::as_str).collect();
    assert_eq!(mirrors, ["https://first.example/a.gml", "https://geodaten.example/a.gml?x=1&y=2"]);
    assert_eq!((file.size, file.sha256), (None, hash));
}

proptest! {
    /// Broken bytes give an error or an index, never a panic; every name in it is plain.
    #[test]
    fn no_bytes_break_the_index_reader(at in 0_usize..600, with in any::<u8>(), cut in 0_usize..700) {
        let address = Url::parse("https://geodaten.example/x.meta4").unwrap();
        let mut xml = index(&[("690_5334.gml", b"abc".to_vec())], std::slice::from_ref(&address));
        let length = xml.len();
        xml[at % length] = with;
        xml.truncate(cut);
        if let Ok(index) = Index::parse(&address, &xml) {
            for file in index.files {
                prop_assert!(!file.name.as_str().contains(['/', '\\']));
            }
        }
    }
}
