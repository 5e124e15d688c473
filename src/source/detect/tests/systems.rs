//! One house in every system that files come in: whatever a reader is given, what it gives is whole and in metres.

use glam::DVec3;

use super::read_buildings;
use crate::geo::{Crs, Ecef, HeightReference, Projector};
use crate::model::{Building, SurfaceKind};
use crate::report::Report;
use crate::source::ReadOptions;

/// Corner of a house of 12 × 10 × 8 m in Munich, in EPSG:25832 with the height above the ellipsoid.
const CORNER: DVec3 = DVec3::new(691_501.0, 5_334_764.0, 563.7);
/// The corners of each face; bits of x, y and z.
const FACES: [[u8; 4]; 6] = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];

fn projector(code: u32) -> Projector {
    Projector::with_grid_folders(Crs::horizontal(code), HeightReference::Ellipsoidal, &[]).unwrap()
}

/// The house's corners in a system, east first.
fn corners(code: u32) -> Vec<DVec3> {
    let (utm, system) = (projector(25832), projector(code));
    let bit = |corner: u8, bit: u8| f64::from(corner >> bit & 1);
    let metres = |corner| CORNER + DVec3::new(bit(corner, 0) * 12.0, bit(corner, 1) * 10.0, bit(corner, 2) * 8.0);
    (0..8).map(|corner| system.projected_from_geodetic(utm.geodetic(metres(corner)).unwrap()).unwrap()).collect()
}

/// A CityGML file with the house, under a name of its system.
fn citygml(name: &str, corners: &[DVec3]) -> String {
    let ring = |face: &[u8; 4]| {
        let closed = face.iter().chain(face.first()).map(|corner| corners[usize::from(*corner)]);
        closed.map(|at| format!("{:.12} {:.12} {:.6} ", at.x, at.y, at.z)).collect::<String>()
    };
    let polygon = |face| {
        format!(
            "<g:surfaceMember><g:Polygon><g:exterior><g:LinearRing><g:posList>{}</g:posList></g:LinearRing></g:exterior></g:Polygon></g:surfaceMember>",
            ring(face)
        )
    };
    format!(
        "<CityModel xmlns='http://www.opengis.net/citygml/2.0' xmlns:b='http://www.opengis.net/citygml/building/2.0' xmlns:g='http://www.opengis.net/gml'>
        <g:boundedBy><g:Envelope srsName='{name}'/></g:boundedBy><cityObjectMember><b:Building g:id='house'><b:lod2Solid><g:Solid><g:exterior><g:CompositeSurface>{}</g:CompositeSurface></g:exterior></g:Solid></b:lod2Solid></b:Building></cityObjectMember></CityModel>",
        FACES.iter().map(polygon).collect::<String>()
    )
}

fn cityjson(name: &str, corners: &[DVec3]) -> String {
    let faces = FACES.map(|face| vec![face]);
    let vertices: Vec<[f64; 3]> = corners.iter().map(DVec3::to_array).collect();
    serde_json::json!({
        "type": "CityJSON", "version": "1.0", "metadata": { "referenceSystem": name }, "vertices": vertices,
        "CityObjects": { "house": { "type": "Building", "geometry": [{ "type": "Solid", "lod": 2, "boundaries": [faces] }] } },
    })
    .to_string()
}

fn read(file: &str) -> (Building, Report) {
    let path = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(path.path(), file).unwrap();
    let (mut buildings, mut report) = (Vec::new(), Report::default());
    read_buildings(path.path(), &ReadOptions::of("f"), &mut report, &mut |building, _| buildings.push(building))
        .unwrap();
    (buildings.pop().unwrap(), report)
}

/// Checks that the house is whole: its faces, its size, its height, and where its corner is.
fn check(name: &str, file: &str, crs: &str) {
    let (house, report) = read(file);
    assert_eq!(report.warnings(), [], "{name}");
    let geometry = house.geometry.as_ref().unwrap();
    let faces: Vec<_> = geometry.surfaces.iter().map(|surface| (surface.kind, surface.polygons.len())).collect();
    assert_eq!(faces, [(SurfaceKind::Roof, 1), (SurfaceKind::Wall, 4), (SurfaceKind::Ground, 1)], "{name}");
    // A metre of one zone of UTM is a metre of another, but for the scale.
    let volume_m3 = geometry.signed_volume_m3();
    assert!((volume_m3 - 960.0).abs() < 2.0, "{name}: {volume_m3} m³");
    let size = house.bounds().size();
    assert!((size.z - 8.0).abs() < 1e-4 && house.attributes.get("measuredHeight").is_some(), "{name}: {size}");
    let found = house.crs.unwrap();
    assert_eq!(found.to_string(), crs, "{name}");
    let to_ecef = Projector::with_grid_folders(found, HeightReference::Ellipsoidal, &[]).unwrap();
    let Ecef(expected) = projector(25832).ecef(CORNER).unwrap();
    let points =
        house.geometry.iter().flat_map(|geometry| geometry.polygons()).flat_map(|(_, polygon)| polygon.points());
    let nearest = points.map(|point| to_ecef.ecef(point).unwrap().0.distance(expected)).fold(f64::INFINITY, f64::min);
    assert!(nearest < 0.001, "{name}: {nearest} m off");
}

#[test]
fn the_same_house_in_every_system() {
    let latitude_first = |code| corners(code).iter().map(|at| DVec3::new(at.y, at.x, at.z)).collect::<Vec<_>>();
    for (name, corners, crs) in [
        ("EPSG:25832", corners(25832), "EPSG:25832"),
        ("EPSG:25833", corners(25833), "EPSG:25833"),
        ("EPSG:31468", corners(31468), "EPSG:31468"),
        ("urn:ogc:def:crs:EPSG::4979", latitude_first(4979), "EPSG:32632+4979"),
        ("http://www.opengis.net/def/crs/EPSG/0/4979", latitude_first(4979), "EPSG:32632+4979"),
        ("urn:ogc:def:crs:EPSG::4326", latitude_first(4326), "EPSG:32632"),
        ("urn:adv:crs:ETRS89_Lat-Lon-h", latitude_first(4937), "EPSG:32632+4979"),
        ("EPSG:4979", corners(4979), "EPSG:32632+4979"),
        ("EPSG:4936", corners(4936), "EPSG:32632+4979"),
    ] {
        check(name, &citygml(name, &corners), crs);
    }
    for (code, crs) in [(25832, "EPSG:25832"), (4979, "EPSG:32632+4979"), (4978, "EPSG:32632+4979")] {
        let name = format!("https://www.opengis.net/def/crs/EPSG/0/{code}");
        check(&name, &cityjson(&name, &corners(code)), crs);
    }
}

/// A file that says degrees and gives metres has no place anywhere; it costs its own building and says so.
#[test]
fn coordinates_that_are_nowhere_on_earth() {
    let (house, report) = read(&citygml("EPSG:4979", &corners(25832)));
    assert!(house.geometry.is_none());
    let said = report.warnings().first().map(|warning| warning.message.clone()).unwrap_or_default();
    assert!(said.starts_with("the building lies nowhere: "), "{said}");
}
