//! A building's geometry on release: open data for every audience. Kinds and polygons pass, ids of surfaces do not.

use crate::model::Building;
use crate::privacy::ReleasedSurface;

/// The surfaces of a building and of its parts, in the order of the source. Surfaces without a polygon are left out.
pub(super) fn release_geometry(building: &Building) -> Vec<ReleasedSurface> {
    let surfaces = building.geometries().flat_map(|geometry| &geometry.surfaces);
    surfaces
        .filter(|surface| !surface.polygons.is_empty())
        .map(|surface| ReleasedSurface { kind: surface.kind, polygons: surface.polygons.clone() })
        .collect()
}
