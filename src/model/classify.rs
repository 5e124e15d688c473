//! Says which polygons are roof, wall and ground where the source does not (LoD1, solids without thematic surfaces).
//!
//! Called by the readers on each geometry; surfaces whose kind is known are left as they are.

use super::{Geometry, Surface, SurfaceKind};
use crate::geo::Polygon3;

/// A polygon whose unit normal rises less than this is a wall: about 70° steep.
const WALL_RISE: f64 = 0.35;
/// How near the lowest point an upward polygon counts as ground, as a part of the height.
const AT_THE_BOTTOM: f64 = 0.02;

/// Makes unclassified polygons roof, wall or ground by their normal. An upward polygon at the very bottom is ground: files
/// have ground surfaces facing either way. For a solid that is turned inside out the normals are taken the other way
/// round; the polygons themselves are not changed.
pub fn classify(geometry: &mut Geometry) {
    if geometry.surfaces.iter().all(|surface| surface.kind != SurfaceKind::Unclassified) {
        return;
    }
    let bounds = geometry.bounds();
    let outward = if geometry.is_solid && geometry.signed_volume_m3() < 0.0 { -1.0 } else { 1.0 };
    let bottom_m = bounds.min.z + bounds.size().z * AT_THE_BOTTOM;
    let kind_of = |polygon: &Polygon3| {
        let rise = polygon.normal().map_or(0.0, |normal| normal.z * outward);
        if rise.abs() <= WALL_RISE {
            SurfaceKind::Wall
        } else if rise < 0.0 || polygon.bounds().max.z <= bottom_m {
            SurfaceKind::Ground
        } else {
            SurfaceKind::Roof
        }
    };
    geometry.surfaces = std::mem::take(&mut geometry.surfaces)
        .into_iter()
        .flat_map(|surface| match surface.kind {
            SurfaceKind::Unclassified => split(surface, kind_of),
            _ => vec![surface],
        })
        .collect();
}

/// One surface for each kind that comes up: roof, wall, ground. The id goes with all of them.
fn split(surface: Surface, kind_of: impl Fn(&Polygon3) -> SurfaceKind) -> Vec<Surface> {
    let part = |kind| Surface { kind, id: surface.id.clone(), polygons: Vec::new() };
    let mut parts = [part(SurfaceKind::Roof), part(SurfaceKind::Wall), part(SurfaceKind::Ground)];
    for polygon in surface.polygons {
        let kind = kind_of(&polygon);
        if let Some(part) = parts.iter_mut().find(|part| part.kind == kind) {
            part.polygons.push(polygon);
        }
    }
    parts.into_iter().filter(|part| !part.polygons.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use glam::DVec3;

    use super::*;
    use crate::model::Lod;

    /// A box of 4 × 3 × 2 m, facing outwards or inwards.
    fn block(inside_out: bool) -> Geometry {
        let corner = |i: usize| {
            let (x, y, z) = [(0, 0, 0), (4, 0, 0), (4, 3, 0), (0, 3, 0), (0, 0, 2), (4, 0, 2), (4, 3, 2), (0, 3, 2)][i];
            DVec3::new(f64::from(x), f64::from(y), f64::from(z))
        };
        let faces = [[0, 3, 2, 1], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]];
        let polygon = |face: [usize; 4]| {
            let mut exterior: Vec<DVec3> = face.into_iter().map(corner).collect();
            if inside_out {
                exterior.reverse();
            }
            Polygon3 { exterior, interiors: Vec::new() }
        };
        let polygons = faces.into_iter().map(polygon).collect();
        let surfaces = vec![Surface { kind: SurfaceKind::Unclassified, id: Some("x".into()), polygons }];
        Geometry { lod: Lod(1), is_solid: true, surfaces }
    }

    fn kinds(geometry: &Geometry) -> Vec<(SurfaceKind, usize)> {
        geometry.surfaces.iter().map(|surface| (surface.kind, surface.polygons.len())).collect()
    }

    #[test]
    fn a_box_has_a_roof_four_walls_and_a_ground_whichever_way_it_faces() {
        for inside_out in [false, true] {
            let mut geometry = block(inside_out);
            let volume_m3 = geometry.signed_volume_m3();
            classify(&mut geometry);
            assert_eq!(kinds(&geometry), [(SurfaceKind::Roof, 1), (SurfaceKind::Wall, 4), (SurfaceKind::Ground, 1)]);
            assert_eq!(geometry.signed_volume_m3(), volume_m3, "polygons stay as they are");
        }
    }

    #[test]
    fn an_upward_polygon_at_the_bottom_is_ground() {
        let mut geometry = block(false);
        geometry.is_solid = false;
        geometry.surfaces[0].polygons[0].exterior.reverse();
        classify(&mut geometry);
        assert_eq!(kinds(&geometry), [(SurfaceKind::Roof, 1), (SurfaceKind::Wall, 4), (SurfaceKind::Ground, 1)]);
    }

    #[test]
    fn known_kinds_and_degenerate_polygons_do_no_harm() {
        let mut geometry = block(false);
        geometry.surfaces[0].kind = SurfaceKind::Closure;
        let before = geometry.clone();
        classify(&mut geometry);
        assert_eq!(geometry, before);
        geometry.surfaces[0] =
            Surface { kind: SurfaceKind::Unclassified, id: None, polygons: vec![Polygon3::default()] };
        classify(&mut geometry);
        assert_eq!(kinds(&geometry), [(SurfaceKind::Wall, 1)]);
    }
}
