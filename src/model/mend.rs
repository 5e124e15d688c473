//! Mends a building's polygons, so that no wall has a hole and no house stands inside out.
//!
//! Called once for each building after it is read and before it is released. What was mended or left out is reported
//! for the building, not for each polygon: a file can have thousands.

use super::{Building, Geometry};
use crate::geo::{MendError, Polygon3, is_whole, mend as mend_polygon, orient_outward};
use crate::report::{Place, Report, WarningKind};

/// Mends the polygons of a building and its parts and turns them outward. Polygons that cannot be mended are left out,
/// surfaces without a polygon go with them.
pub fn mend(building: &mut Building, report: &mut Report) {
    let place = building.place.clone();
    for geometry in building.geometry.iter_mut() {
        mend_geometry(geometry, &place, report);
    }
    for part in &mut building.parts {
        let place = part.place.clone();
        if let Some(geometry) = &mut part.geometry {
            mend_geometry(geometry, &place, report);
        }
    }
}

fn mend_geometry(geometry: &mut Geometry, place: &Place, report: &mut Report) {
    let mut mended: u64 = 0;
    for surface in &mut geometry.surfaces {
        surface.polygons.retain_mut(|polygon| match mend_unless_whole(polygon) {
            Ok(is_worth_saying) => {
                mended += u64::from(is_worth_saying);
                true
            }
            Err(error) => {
                report.warn(WarningKind::PolygonSkipped, place.clone(), error.to_string());
                false
            }
        });
    }
    geometry.surfaces.retain(|surface| !surface.polygons.is_empty());
    if mended > 0 {
        report.warn(WarningKind::PolygonMended, place.clone(), format!("{mended} polygons were mended"));
    }
    // Openings lie in their walls and installations on them: only the shell is a body.
    let shell = geometry.surfaces.iter_mut().filter(|surface| surface.kind.is_shell());
    let mut polygons: Vec<_> = shell.flat_map(|surface| &mut surface.polygons).collect();
    let turned = orient_outward(&mut polygons).turned;
    if turned > 0 {
        report.warn(WarningKind::PolygonMended, place.clone(), format!("{turned} polygons were turned outward"));
    }
}

/// Mends a polygon that needs it. Gives whether that is worth saying.
fn mend_unless_whole(polygon: &mut Polygon3) -> Result<bool, MendError> {
    if is_whole(polygon) {
        return Ok(false);
    }
    let outcome = mend_polygon(polygon)?;
    *polygon = outcome.polygon;
    Ok(outcome.changes.is_worth_saying())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Attributes, BuildingId, Lod, Surface, SurfaceKind};
    use glam::DVec3;

    fn cube_inside_out() -> Building {
        let corner = |i: u32| {
            DVec3::new(f64::from(i & 1), f64::from((i >> 1) & 1), f64::from((i >> 2) & 1)) * 10.0
                + DVec3::new(691_000.0, 5_334_000.0, 520.0)
        };
        let quads = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]];
        let mut polygons: Vec<Polygon3> =
            quads.iter().map(|quad| Polygon3 { exterior: quad.map(corner).to_vec(), interiors: vec![] }).collect();
        polygons.push(Polygon3 { exterior: vec![corner(0), corner(1)], interiors: vec![] });
        Building {
            id: BuildingId("b".into()),
            place: Place { file: "f".into(), line: 1, object: Some("b".into()) },
            crs: None,
            geometry: Some(Geometry {
                lod: Lod(2),
                is_solid: true,
                surfaces: vec![Surface { kind: SurfaceKind::Wall, id: None, polygons }],
            }),
            attributes: Attributes::default(),
            addresses: vec![],
            parts: vec![],
        }
    }

    #[test]
    fn a_house_inside_out_is_turned_and_scraps_are_reported() {
        let (mut building, mut report) = (cube_inside_out(), Report::default());
        mend(&mut building, &mut report);
        let geometry = building.geometry.expect("it has one");
        assert!((geometry.signed_volume_m3() - 1000.0).abs() < 1e-6);
        assert_eq!(report.counts().get(&WarningKind::PolygonSkipped), Some(&1));
        assert_eq!(report.counts().get(&WarningKind::PolygonMended), Some(&1));
    }
}
