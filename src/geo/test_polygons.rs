//! Polygons for tests: shapes by hand and those of the shared CityGML files, read by nothing but their tags.

use glam::{DMat3, DQuat, DVec3};

use super::Polygon3;
use crate::test_data::shared;

/// A ring at z = 0.
pub(super) fn flat_ring(points: &[(f64, f64)]) -> Vec<DVec3> {
    points.iter().map(|&(x, y)| DVec3::new(x, y, 0.0)).collect()
}

/// A polygon at z = 0.
pub(super) fn flat(exterior: &[(f64, f64)], interiors: &[&[(f64, f64)]]) -> Polygon3 {
    Polygon3 { exterior: flat_ring(exterior), interiors: interiors.iter().map(|ring| flat_ring(ring)).collect() }
}

/// The polygon turned and moved to where real coordinates are.
pub(super) fn placed(polygon: &Polygon3, turn: (f64, f64, f64)) -> Polygon3 {
    let turned = DMat3::from_quat(DQuat::from_euler(glam::EulerRot::XYZ, turn.0, turn.1, turn.2));
    let place =
        |ring: &Vec<DVec3>| ring.iter().map(|&p| turned * p + DVec3::new(691_000.0, 5_335_000.0, 520.0)).collect();
    Polygon3 { exterior: place(&polygon.exterior), interiors: polygon.interiors.iter().map(place).collect() }
}

/// The polygons of each building and part of a shared CityGML file with `gml:posList`s; `None` where it is absent.
pub(super) fn of_buildings(path: &str) -> Option<Vec<Vec<Polygon3>>> {
    let text = std::fs::read_to_string(shared(path)?).ok()?;
    let mut buildings = Vec::new();
    for tag in text.split('<') {
        let (name, content) = tag.split_once('>').unwrap_or((tag, ""));
        let name = name.split_whitespace().next().unwrap_or_default();
        match name.rsplit(':').next().unwrap_or_default() {
            "Building" | "BuildingPart" if !name.starts_with('/') => buildings.push(Vec::<Polygon3>::new()),
            "Polygon" if !name.starts_with('/') => buildings.last_mut()?.push(Polygon3::default()),
            "posList" if !name.starts_with('/') => {
                let Some(polygon) = buildings.last_mut().and_then(|polygons| polygons.last_mut()) else { continue };
                let ring = ring(content);
                if polygon.exterior.is_empty() { polygon.exterior = ring } else { polygon.interiors.push(ring) }
            }
            _ => {}
        }
    }
    Some(buildings)
}

fn ring(text: &str) -> Vec<DVec3> {
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    numbers.chunks_exact(3).map(DVec3::from_slice).collect()
}
