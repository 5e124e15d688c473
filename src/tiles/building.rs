//! A released building in the tileset's local frame, reduced to what tiles need: drawn faces and ground outlines.

use std::collections::HashMap;

use glam::DVec3;

use super::{TilesError, ToEcef};
use crate::geo::{Bounds3, EastNorthUp, Polygon3};
use crate::model::SurfaceKind;
use crate::privacy::{ReleasedBuilding, ReleasedValue};

/// Buildings further from the origin are not of this city; it also keeps grid numbers small.
const REACH_M: f64 = 100_000.0;

/// What a face is to the tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FaceClass {
    /// Drawn with material `roof`.
    Roof,
    /// Drawn with material `wall`.
    Wall,
    /// Not drawn, since it is never seen from above; gives the footprint.
    Ground,
}

/// One polygon with what it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Face {
    pub class: FaceClass,
    /// Local metres, outside counter-clockwise.
    pub polygon: Polygon3,
}

/// A building in the tileset's local frame.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LocalBuilding {
    pub id: String,
    pub values: Vec<Option<ReleasedValue>>,
    pub faces: Vec<Face>,
}

impl LocalBuilding {
    /// Takes a released building to the local frame.
    pub fn of(building: &ReleasedBuilding, frame: &EastNorthUp, to_ecef: &dyn ToEcef) -> Result<Self, TilesError> {
        let mut known = HashMap::new();
        let mut local = |point: DVec3| -> Result<DVec3, TilesError> {
            // Each corner belongs to three faces or more; projecting is the dear part.
            let key = point.to_array().map(f64::to_bits);
            if let Some(&local) = known.get(&key) {
                return Ok(local);
            }
            let local = to_local(building, point, frame, to_ecef)?;
            known.insert(key, local);
            Ok(local)
        };
        let mut faces = Vec::new();
        for surface in building.surfaces() {
            for polygon in &surface.polygons {
                let polygon = try_map(polygon, &mut local)?;
                faces.extend(class_of(surface.kind, &polygon).map(|class| Face { class, polygon }));
            }
        }
        Ok(Self { id: building.id().to_owned(), values: building.values().to_vec(), faces })
    }

    /// The faces that are drawn.
    pub fn drawn(&self) -> impl Iterator<Item = &Face> {
        self.faces.iter().filter(|face| face.class != FaceClass::Ground)
    }

    /// The box around everything that it has; empty without faces.
    pub fn bounds(&self) -> Bounds3 {
        bounds(&self.faces)
    }
}

/// The box around some faces.
pub(super) fn bounds(faces: &[Face]) -> Bounds3 {
    faces.iter().fold(Bounds3::EMPTY, |bounds, face| bounds.union(face.polygon.bounds()))
}

fn to_local(
    building: &ReleasedBuilding,
    point: DVec3,
    frame: &EastNorthUp,
    to_ecef: &dyn ToEcef,
) -> Result<DVec3, TilesError> {
    let ecef = to_ecef
        .ecef(building.crs(), point)
        .map_err(|source| TilesError::Projection { building: building.id().to_owned(), source })?;
    let local = frame.local(ecef);
    // Also false for what is not a number.
    if local.abs().max_element() < REACH_M && local.is_finite() {
        return Ok(local);
    }
    Err(TilesError::OutOfReach { building: building.id().to_owned(), limit_km: (REACH_M / 1000.0) as u32 })
}

fn try_map(
    polygon: &Polygon3,
    map: &mut impl FnMut(DVec3) -> Result<DVec3, TilesError>,
) -> Result<Polygon3, TilesError> {
    let mut ring = |ring: &Vec<DVec3>| ring.iter().map(|&point| map(point)).collect::<Result<Vec<_>, _>>();
    Ok(Polygon3 {
        exterior: ring(&polygon.exterior)?,
        interiors: polygon.interiors.iter().map(ring).collect::<Result<_, _>>()?,
    })
}

/// What a surface is drawn as; `None` for one that only closes a body.
fn class_of(kind: SurfaceKind, polygon: &Polygon3) -> Option<FaceClass> {
    match kind {
        SurfaceKind::Roof => Some(FaceClass::Roof),
        SurfaceKind::Ground => Some(FaceClass::Ground),
        SurfaceKind::Closure => None,
        // Bare solids say nothing: what faces up is a roof, what faces straight down stands on the ground.
        SurfaceKind::Unclassified => Some(match polygon.normal().map_or(0.0, |normal| normal.z) {
            up if up > 0.3 => FaceClass::Roof,
            up if up < -0.99 => FaceClass::Ground,
            _ => FaceClass::Wall,
        }),
        SurfaceKind::Wall
        | SurfaceKind::OuterFloor
        | SurfaceKind::OuterCeiling
        | SurfaceKind::Window
        | SurfaceKind::Door
        | SurfaceKind::Installation => Some(FaceClass::Wall),
    }
}
