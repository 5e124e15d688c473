//! Tests of the CityGML reader: real files against goldens, small cases against what comes out of them, broken bytes.

mod broken;
mod coordinates;
mod geometry;
mod properties;
mod real;

use std::fmt::Write;

use expect_test::Expect;

use super::*;
use crate::model::{Address, Building, RawValue};

/// Everything that came out of a file.
struct Outcome {
    header: FileHeader,
    buildings: Vec<Building>,
    report: Report,
}

fn read_with(options: &ReadOptions, bytes: &[u8]) -> Result<Outcome, ReadError> {
    let (mut buildings, mut report) = (Vec::new(), Report::default());
    let header = read(bytes, options, &mut report, &mut |building, _| buildings.push(building))?;
    Ok(Outcome { header, buildings, report })
}

/// Reads a file called `test.gml` and compares all that comes out.
fn check(xml: &str, expected: Expect) {
    check_with(&ReadOptions::of("test.gml"), xml.as_bytes(), &expected);
}

fn check_with(options: &ReadOptions, bytes: &[u8], expected: &Expect) {
    expected.assert_eq(&match read_with(options, bytes) {
        Ok(outcome) => rendered(&outcome),
        Err(error) => format!("{error}\n"),
    });
}

/// Compares what comes out of several files, which is the same for all of them.
fn check_all(files: &[Vec<u8>], expected: Expect) {
    let read = |file: &Vec<u8>| rendered(&read_with(&ReadOptions::of("test.gml"), file).expect("it is CityGML"));
    let all: Vec<String> = files.iter().map(read).collect();
    all.iter().for_each(|one| assert_eq!(Some(one), all.first()));
    expected.assert_eq(&all.concat()[..all.first().map_or(0, String::len)]);
}

/// A file around `members`, in CityGML 2.0 with the usual prefixes.
fn city(members: &str) -> String {
    format!(
        r#"<core:CityModel xmlns:core="http://www.opengis.net/citygml/2.0" xmlns:bldg="http://www.opengis.net/citygml/building/2.0" xmlns:gen="http://www.opengis.net/citygml/generics/2.0" xmlns:gml="http://www.opengis.net/gml" xmlns:xAL="urn:oasis:names:tc:ciq:xsdschema:xAL:2.0" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:ade="http://example.org/ade">
<gml:boundedBy><gml:Envelope srsName="EPSG:25832"/></gml:boundedBy>
{members}
</core:CityModel>"#
    )
}

/// A file with one building around `properties`.
fn house(properties: &str) -> String {
    city(&format!(
        r#"<core:cityObjectMember><bldg:Building gml:id="b">{properties}</bldg:Building></core:cityObjectMember>"#
    ))
}

/// A file with one building of CityGML 3.0 around `properties`.
fn house3(properties: &str) -> String {
    format!(
        r#"<CityModel xmlns="http://www.opengis.net/citygml/3.0" xmlns:con="http://www.opengis.net/citygml/construction/3.0" xmlns:bldg="http://www.opengis.net/citygml/building/3.0" xmlns:gen="http://www.opengis.net/citygml/generics/3.0" xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:xAL="urn:oasis:names:tc:ciq:xal:3" xmlns:xlink="http://www.w3.org/1999/xlink">
<gml:boundedBy><gml:Envelope srsName="EPSG:25832"/></gml:boundedBy>
<cityObjectMember><bldg:Building gml:id="b">{properties}</bldg:Building></cityObjectMember>
</CityModel>"#
    )
}

/// A `gml:Polygon` that is a triangle at height `z`.
fn triangle(id: &str, z: u32) -> String {
    format!(
        r#"<gml:Polygon gml:id="{id}"><gml:exterior><gml:LinearRing><gml:posList>0 0 {z} 4 0 {z} 0 4 {z} 0 0 {z}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"#
    )
}

/// A `boundedBy` with a thematic surface around `members` of its `MultiSurface`.
fn bounded_by(kind: &str, lod: u8, members: &str) -> String {
    format!(
        r#"<bldg:boundedBy><bldg:{kind} gml:id="s-{kind}"><bldg:lod{lod}MultiSurface><gml:MultiSurface>{members}</gml:MultiSurface></bldg:lod{lod}MultiSurface></bldg:{kind}></bldg:boundedBy>"#
    )
}

/// A `surfaceMember` around something.
fn member(inside: &str) -> String {
    format!("<gml:surfaceMember>{inside}</gml:surfaceMember>")
}

/// A `surfaceMember` that refers to an id.
fn link(id: &str) -> String {
    format!(r##"<gml:surfaceMember xlink:href="#{id}"/>"##)
}

/// A solid of a level around the members of its shell.
fn solid(lod: u8, members: &str) -> String {
    format!(
        "<bldg:lod{lod}Solid><gml:Solid><gml:exterior><gml:CompositeSurface>{members}</gml:CompositeSurface></gml:exterior></gml:Solid></bldg:lod{lod}Solid>"
    )
}

fn rendered(outcome: &Outcome) -> String {
    let mut out = String::new();
    let header = &outcome.header;
    let crs = header.crs.map_or("no CRS".to_owned(), |crs| format!("EPSG:{}", crs.horizontal));
    let _ = write!(out, "{}, {crs}, buildings {}, skipped {}", header.format, header.buildings, header.skipped);
    let _ = writeln!(out, ", others {:?}", header.other_objects);
    for building in &outcome.buildings {
        render_building(&mut out, "", building);
    }
    for warning in outcome.report.warnings() {
        let _ = writeln!(out, "{:?}: {warning}", warning.kind);
    }
    out
}

fn render_building(out: &mut String, indent: &str, building: &Building) {
    let _ = writeln!(out, "{indent}{} at {}", building.id.0, building.place.line);
    for (name, value) in building.attributes.iter() {
        let _ = writeln!(out, "{indent}  {name} = {}", shown(value));
    }
    for address in &building.addresses {
        let Address { street, house_number, postal_code, locality } = address;
        let text = |value: &Option<RawValue>| value.as_ref().map_or("-".to_owned(), shown);
        let parts = [text(street), text(house_number), text(postal_code), text(locality)];
        let _ = writeln!(out, "{indent}  address {}", parts.join(" | "));
    }
    if let Some(geometry) = &building.geometry {
        let solid = if geometry.is_solid { " solid" } else { "" };
        let _ = writeln!(out, "{indent}  lod {}{solid}", geometry.lod.0);
        for surface in &geometry.surfaces {
            let _ = writeln!(out, "{indent}  {:?} {}", surface.kind, surface.id.as_deref().unwrap_or("-"));
            for polygon in &surface.polygons {
                let ring = |ring: &Vec<glam::DVec3>| {
                    ring.iter().map(|p| format!("{} {} {}", p.x, p.y, p.z)).collect::<Vec<_>>().join(", ")
                };
                let rings: Vec<String> = polygon.rings().map(ring).collect();
                let _ = writeln!(out, "{indent}    {}", rings.join(" without "));
            }
        }
    }
    for part in &building.parts {
        render_building(out, "  part ", part);
    }
}

fn shown(value: &RawValue) -> String {
    use crate::model::Value;
    match value.expose() {
        Value::Text(text) => format!("{text:?}"),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => format!("{number:?}"),
        Value::Bool(truth) => truth.to_string(),
    }
}
