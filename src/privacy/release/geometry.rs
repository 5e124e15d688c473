//! A building's geometry on release: open data for every audience. Kinds and polygons pass, ids of surfaces do not.

use crate::model::{Building, Surface};
use crate::privacy::ReleasedSurface;

/// The surfaces of a building and of its parts, in the order of the source. Surfaces without a polygon are left out.
pub(super) fn release_geometry(building: &Building) -> Vec<ReleasedSurface> {
    let surfaces = building.geometries().flat_map(|geometry| &geometry.surfaces);
    surfaces.filter(|surface| is_released(surface)).map(|surface| released(surface.clone())).collect()
}

/// The same, taken out of the building.
pub(super) fn take_geometry(building: &mut Building) -> Vec<ReleasedSurface> {
    let parts = building.parts.iter_mut().filter_map(|part| part.geometry.as_mut());
    let surfaces =
        building.geometry.iter_mut().chain(parts).flat_map(|geometry| std::mem::take(&mut geometry.surfaces));
    surfaces.filter(is_released).map(released).collect()
}

fn is_released(surface: &Surface) -> bool {
    !surface.polygons.is_empty()
}

fn released(Surface { kind, polygons, .. }: Surface) -> ReleasedSurface {
    ReleasedSurface { kind, polygons }
}
