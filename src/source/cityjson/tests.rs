//! What the tests share: reading bytes, and outcomes as text. `files` has real files and the conformance corpus,
//! `objects` small files, `broken` versions, breaks and mutated bytes.

mod broken;
mod files;
mod objects;

use std::fmt::Write as _;

use expect_test::Expect;

use super::read;
use crate::model::{Building, Summary, Value};
use crate::report::Report;
use crate::source::{FileHeader, ReadError, ReadOptions};

type Outcome = (Result<FileHeader, ReadError>, Vec<Building>, Report);

fn read_bytes(bytes: &[u8], options: &ReadOptions) -> Outcome {
    let mut report = Report::default();
    let mut buildings = Vec::new();
    let header = read(bytes, options, &mut report, &mut |building, _| buildings.push(building));
    (header, buildings, report)
}

fn summary((header, buildings, report): &Outcome) -> String {
    let mut text = String::new();
    let _ = match header {
        Ok(header) => writeln!(text, "{}, {} buildings, {} skipped", header.format, header.buildings, header.skipped),
        Err(error) => writeln!(text, "error: {error}"),
    };
    for (name, count) in header.iter().flat_map(|header| &header.other_objects) {
        let _ = writeln!(text, "other {name} {count}");
    }
    let mut counts = Summary::default();
    buildings.iter().for_each(|building| counts.add(building));
    let counts = counts.to_string().replace("\nattribute ", "; ");
    let _ = writeln!(text, "{}", counts.trim_end());
    for (kind, count) in report.counts() {
        let _ = writeln!(text, "{kind:?} {count}");
    }
    text
}

/// A building, its parts and their surfaces in a few words a line, and then the warnings.
fn outline((header, buildings, report): &Outcome) -> String {
    let mut text = String::new();
    if let Err(error) = header {
        let _ = writeln!(text, "error: {error}");
    }
    for building in buildings {
        outline_one(building, "", &mut text);
        building.parts.iter().for_each(|part| outline_one(part, "  ", &mut text));
    }
    for warning in report.warnings() {
        let _ = writeln!(text, "{warning}");
    }
    text
}

fn outline_one(building: &Building, indent: &str, text: &mut String) {
    let _ = write!(text, "{indent}{}:{}", building.id.0, building.place.line);
    if let Some(geometry) = &building.geometry {
        let _ = write!(text, " lod{}{}", geometry.lod.0, if geometry.is_solid { " solid" } else { "" });
        for surface in &geometry.surfaces {
            let _ = write!(text, " {:?}×{}", surface.kind, surface.polygons.len());
        }
    }
    for (name, value) in building.attributes.iter() {
        let _ = write!(text, " {name}={}", shown(value));
    }
    if !building.addresses.is_empty() {
        let _ = write!(text, " addresses×{}", building.addresses.len());
    }
    let _ = writeln!(text);
}

/// A value in words; tests alone may print it, and their data is invented.
fn shown(value: &crate::model::RawValue) -> String {
    match value.expose() {
        Value::Text(text) => format!("{text:?}"),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => format!("{number:?}"),
        Value::Bool(truth) => truth.to_string(),
    }
}

fn check(json: &str, expected: Expect) {
    expected.assert_eq(&outline(&read_bytes(json.as_bytes(), &ReadOptions::of("f"))));
}

/// A cube of 2 m with its lowest corner at 10 10 10, and the rest of a CityJSON 2.0 file around some objects.
fn around(objects: &str) -> String {
    format!(
        r#"{{"type":"CityJSON","version":"2.0","transform":{{"scale":[0.001,0.001,0.001],"translate":[10,10,10]}},
"metadata":{{"referenceSystem":"https://www.opengis.net/def/crs/EPSG/0/25832"}},
"CityObjects":{{{objects}}},
"vertices":[[0,0,0],[2000,0,0],[2000,2000,0],[0,2000,0],[0,0,2000],[2000,0,2000],[2000,2000,2000],[0,2000,2000],"x",[1,2]]}}"#
    )
}

const CUBE: &str = "[[[0,3,2,1]],[[4,5,6,7]],[[0,1,5,4]],[[1,2,6,5]],[[2,3,7,6]],[[3,0,4,7]]]";

fn solid(semantics: &str) -> String {
    format!(r#"{{"type":"Solid","lod":"2","boundaries":[{CUBE}]{semantics}}}"#)
}
