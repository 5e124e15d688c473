//! Buildings as CityGML 1.0 in the AdV's profile for LoD2, in the form in which Bavaria publishes it.
//!
//! The core's elements stand in the default namespace, surfaces are given once under `boundedBy` and referred to by the
//! solid, and every surface carries its area, slope and heights as generic attributes.

use std::io::{self, Write};

use glam::DVec3;

use super::body::{Body, Face, FaceKind};
use super::building::{Part, RoofType, SampleBuilding};

/// Day that the files give as the date of every outline; invented, and fixed so that the same city has the same bytes.
const DATE: &str = "2026-02-06";

/// Writes the beginning of a tile whose south-west corner lies at these kilometres.
pub(super) fn begin(out: &mut dyn Write, (east_km, north_km): (i32, i32)) -> io::Result<()> {
    let (east, north) = (i64::from(east_km) * 1000, i64::from(north_km) * 1000);
    write!(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <core:CityModel xmlns=\"http://www.opengis.net/citygml/1.0\" xmlns:core=\"http://www.opengis.net/citygml/1.0\" \
         xmlns:bldg=\"http://www.opengis.net/citygml/building/1.0\" \
         xmlns:gen=\"http://www.opengis.net/citygml/generics/1.0\" xmlns:gml=\"http://www.opengis.net/gml\" \
         xmlns:xAL=\"urn:oasis:names:tc:ciq:xsdschema:xAL:2.0\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">\n\
         <gml:description>Erfundene Beispieldaten, keine amtlichen Gebäude</gml:description>\n\
         <gml:name>LoD2_32_{east_km}_{north_km}_2_BY</gml:name>\n\
         <gml:boundedBy>\n<gml:Envelope srsName=\"urn:adv:crs:ETRS89_UTM32*DE_DHHN2016_NH\" srsDimension=\"3\">\n\
         <gml:lowerCorner>{east} {north} 400</gml:lowerCorner>\n\
         <gml:upperCorner>{} {} 900</gml:upperCorner>\n</gml:Envelope>\n</gml:boundedBy>\n",
        east + 2000,
        north + 2000
    )
}

/// Writes the end of a tile.
pub(super) fn end(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"</core:CityModel>\n")
}

/// Writes a building.
pub(super) fn building(out: &mut dyn Write, building: &SampleBuilding) -> io::Result<()> {
    writeln!(out, "<core:cityObjectMember>\n<bldg:Building gml:id=\"{}\">", building.id)?;
    if let Some(name) = &building.name {
        writeln!(out, "<gml:name>{}</gml:name>", escaped(name))?;
    }
    write!(
        out,
        "<creationDate>{DATE}</creationDate>\n<externalReference>\n<informationSystem>\
         http://repository.gdi-de.org/schemas/adv/citygml/fdv/art.htm#_9100</informationSystem>\n\
         <externalObject>\n<name>{}</name>\n</externalObject>\n</externalReference>\n",
        reference(&building.id)
    )?;
    let (top_m, eaves_m) = (building.top_m(), building.eaves_m());
    generics(out, building, top_m, eaves_m, true)?;
    thematic(out, &building.function, building.roof(), top_m - building.ground_m, building.storeys)?;
    match building.parts.as_slice() {
        [only] => geometry(out, &building.id, &only.body, building.ground_m)?,
        parts => {
            for (number, part) in parts.iter().enumerate() {
                building_part(out, building, part, number + 1)?;
            }
        }
    }
    address(out, building)?;
    writeln!(out, "</bldg:Building>\n</core:cityObjectMember>")
}

fn building_part(out: &mut dyn Write, building: &SampleBuilding, part: &Part, number: usize) -> io::Result<()> {
    let id = format!("{}_T{number:02}", building.id);
    let (_, top_m) = part.body.heights();
    writeln!(out, "<bldg:consistsOfBuildingPart>\n<bldg:BuildingPart gml:id=\"{id}\">")?;
    writeln!(out, "<creationDate>{DATE}</creationDate>")?;
    generics(out, building, top_m, part.body.eaves(), false)?;
    thematic(out, &building.function, part.roof, top_m - building.ground_m, building.storeys)?;
    geometry(out, &id, &part.body, building.ground_m)?;
    writeln!(out, "</bldg:BuildingPart>\n</bldg:consistsOfBuildingPart>")
}

fn generics(
    out: &mut dyn Write,
    building: &SampleBuilding,
    top_m: f64,
    eaves_m: f64,
    with_place: bool,
) -> io::Result<()> {
    string_attribute(out, "DatenquelleBodenhoehe", "1100")?;
    string_attribute(out, "DatenquelleDachhoehe", "1000")?;
    string_attribute(out, "DatenquelleLage", "1000")?;
    if with_place {
        string_attribute(out, "Gemeindeschluessel", "09162000")?;
    }
    string_attribute(out, "HoeheDach", &format!("{top_m:.3}"))?;
    string_attribute(out, "HoeheGrund", &format!("{:.3}", building.ground_m))?;
    string_attribute(out, "Methode", "2000")?;
    string_attribute(out, "NiedrigsteTraufeDesGebaeudes", &format!("{eaves_m:.3}"))?;
    string_attribute(out, "Grundrissaktualitaet", DATE)?;
    string_attribute(out, "Geometrietyp2DReferenz", "3000")
}

fn thematic(out: &mut dyn Write, function: &str, roof: RoofType, height_m: f64, storeys: u32) -> io::Result<()> {
    write!(
        out,
        "<bldg:function>{function}</bldg:function>\n<bldg:roofType>{}</bldg:roofType>\n\
         <bldg:measuredHeight uom=\"urn:adv:uom:m\">{height_m:.3}</bldg:measuredHeight>\n\
         <bldg:storeysAboveGround>{storeys}</bldg:storeysAboveGround>\n",
        roof.code()
    )
}

fn geometry(out: &mut dyn Write, id: &str, body: &Body, ground_m: f64) -> io::Result<()> {
    out.write_all(b"<bldg:lod2Solid>\n<gml:Solid srsDimension=\"3\">\n<gml:exterior>\n<gml:CompositeSurface>\n")?;
    for number in 1..=body.faces.len() {
        writeln!(out, "<gml:surfaceMember xlink:href=\"#{id}_{number}_2_poly\"/>")?;
    }
    out.write_all(b"</gml:CompositeSurface>\n</gml:exterior>\n</gml:Solid>\n</bldg:lod2Solid>\n")?;
    for (index, face) in body.faces.iter().enumerate() {
        surface(out, &format!("{id}_{}_2", index + 1), face, ground_m)?;
    }
    Ok(())
}

fn surface(out: &mut dyn Write, id: &str, face: &Face, ground_m: f64) -> io::Result<()> {
    let element = match face.kind {
        FaceKind::Ground => "GroundSurface",
        FaceKind::Wall => "WallSurface",
        FaceKind::Roof => "RoofSurface",
    };
    writeln!(out, "<bldg:boundedBy>\n<bldg:{element} gml:id=\"{id}\">")?;
    surface_generics(out, face, ground_m)?;
    write!(
        out,
        "<bldg:lod2MultiSurface>\n<gml:MultiSurface srsDimension=\"3\">\n<gml:surfaceMember>\n\
         <gml:Polygon gml:id=\"{id}_poly\">\n"
    )?;
    ring(out, "exterior", &face.polygon.exterior)?;
    for hole in &face.polygon.interiors {
        ring(out, "interior", hole)?;
    }
    out.write_all(b"</gml:Polygon>\n</gml:surfaceMember>\n</gml:MultiSurface>\n</bldg:lod2MultiSurface>\n")?;
    writeln!(out, "</bldg:{element}>\n</bldg:boundedBy>")
}

/// Slope and direction of roofs, area and heights of every surface. The slope is given as the profile has it: 90 for a
/// level roof, 0 for an upright one; the direction as a compass bearing, -1 for a level roof.
fn surface_generics(out: &mut dyn Write, face: &Face, ground_m: f64) -> io::Result<()> {
    if let (FaceKind::Roof, Some(normal)) = (face.kind, face.polygon.normal()) {
        let slope_deg = normal.z.clamp(-1.0, 1.0).asin().to_degrees();
        let level = slope_deg > 89.95;
        let bearing_deg = if level { -1.0 } else { normal.x.atan2(normal.y).to_degrees().rem_euclid(360.0) };
        string_attribute(out, "Dachneigung", &format!("{:.3}", if level { 90.0 } else { slope_deg }))?;
        string_attribute(out, "Dachorientierung", &format!("{bearing_deg:.3}"))?;
    }
    let bounds = face.polygon.bounds();
    string_attribute(out, "Flaeche", &format!("{:.3}", face.polygon.area_m2()))?;
    string_attribute(out, "Z_MAX", &format!("{:.3}", bounds.max.z - ground_m))?;
    string_attribute(out, "Z_MAX_ASL", &format!("{:.3}", bounds.max.z))?;
    string_attribute(out, "Z_MIN", &format!("{:.3}", bounds.min.z - ground_m))?;
    string_attribute(out, "Z_MIN_ASL", &format!("{:.3}", bounds.min.z))
}

fn ring(out: &mut dyn Write, role: &str, points: &[DVec3]) -> io::Result<()> {
    write!(out, "<gml:{role}>\n<gml:LinearRing>\n<gml:posList>")?;
    for (index, point) in points.iter().chain(points.first()).enumerate() {
        let gap = if index == 0 { "" } else { " " };
        write!(out, "{gap}{:.3} {:.3} {:.3}", point.x, point.y, point.z)?;
    }
    writeln!(out, "</gml:posList>\n</gml:LinearRing>\n</gml:{role}>")
}

fn string_attribute(out: &mut dyn Write, name: &str, value: &str) -> io::Result<()> {
    writeln!(out, "<gen:stringAttribute name=\"{name}\">\n<gen:value>{value}</gen:value>\n</gen:stringAttribute>")
}

fn address(out: &mut dyn Write, building: &SampleBuilding) -> io::Result<()> {
    let Some(address) = &building.address else { return Ok(()) };
    write!(
        out,
        "<bldg:address>\n<Address>\n<xalAddress>\n<xAL:AddressDetails>\n<xAL:Country>\n\
         <xAL:CountryName>Germany</xAL:CountryName>\n<xAL:Locality Type=\"Town\">\n\
         <xAL:LocalityName>München</xAL:LocalityName>\n<xAL:Thoroughfare Type=\"Street\">\n\
         <xAL:ThoroughfareNumber>{}</xAL:ThoroughfareNumber>\n\
         <xAL:ThoroughfareName>{}</xAL:ThoroughfareName>\n</xAL:Thoroughfare>\n\
         <xAL:PostalCode>\n<xAL:PostalCodeNumber>{}</xAL:PostalCodeNumber>\n</xAL:PostalCode>\n\
         </xAL:Locality>\n</xAL:Country>\n</xAL:AddressDetails>\n</xalAddress>\n</Address>\n</bldg:address>\n",
        escaped(&address.number),
        escaped(&address.street),
        escaped(&address.postcode)
    )
}

/// An object id of the cadastre's length, made from the building's own.
fn reference(id: &str) -> String {
    let digest = id
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3));
    format!("DEBYv{:011X}", digest >> 20)
}

/// Text safe inside an XML element.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
