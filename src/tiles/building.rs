//! A released building in the tileset's local frame, reduced to what tiles need: drawn faces and ground outlines.

use glam::DVec3;

use super::spool::Cell;
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

/// A released building that a [`Placer`](super::Placer) has taken to the tileset's frame: packed, and only good to be
/// added to the tileset whose placer it was.
#[derive(Debug)]
pub struct PlacedBuilding {
    pub(super) id: String,
    pub(super) values: Vec<Option<ReleasedValue>>,
    /// The cell it stands in; `None` where there is nothing to draw.
    pub(super) cell: Option<Cell>,
    /// As the spool keeps it; empty without a cell.
    pub(super) packed: Vec<u8>,
}

impl LocalBuilding {
    /// Takes a released building to the local frame.
    pub fn of(building: &ReleasedBuilding, frame: &EastNorthUp, to_ecef: &dyn ToEcef) -> Result<Self, TilesError> {
        let polygons = || building.surfaces().iter().flat_map(|surface| &surface.polygons);
        let projected: Vec<DVec3> = polygons().flat_map(Polygon3::points).collect();
        let projection = |source| TilesError::Projection { building: building.id().to_owned(), source };
        let earth = to_ecef.ecef_all(building.crs(), &projected).map_err(projection)?;
        let mut local = earth.into_iter().map(|position| frame.local(position));
        let mut faces = Vec::with_capacity(polygons().count());
        for surface in building.surfaces() {
            for polygon in &surface.polygons {
                let polygon = with_points_of(polygon, &mut local);
                // Also false for what is not a number.
                let is_near = |point: DVec3| point.abs().max_element() < REACH_M && point.is_finite();
                if !polygon.points().all(is_near) {
                    let (building, limit_km) = (building.id().to_owned(), (REACH_M / 1000.0) as u32);
                    return Err(TilesError::OutOfReach { building, limit_km });
                }
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

/// The polygon with its points, in their order, taken from elsewhere.
fn with_points_of(polygon: &Polygon3, points: &mut impl Iterator<Item = DVec3>) -> Polygon3 {
    let mut ring = |ring: &Vec<DVec3>| points.by_ref().take(ring.len()).collect::<Vec<_>>();
    Polygon3 { exterior: ring(&polygon.exterior), interiors: polygon.interiors.iter().map(ring).collect() }
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
