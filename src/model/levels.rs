//! Levels of detail of a building against those of its parts.
//!
//! Called by the readers once a building has all its parts.

use super::{Building, SurfaceKind};

/// Drops a building's own geometry where it is coarser than that of its parts.
///
/// At a level of detail a building is its own geometry and its parts' at that level; a coarser one of its own, such as a
/// footprint or a block, stands for the whole and would double the parts. Installations stay: no part has them.
pub fn drop_coarser_than_parts(building: &mut Building) {
    let levels = building.parts.iter().filter_map(|part| part.geometry.as_ref()).map(|geometry| geometry.lod.major());
    let Some(finest) = levels.max() else { return };
    if let Some(own) = building.geometry.as_mut().filter(|own| own.lod.major() < finest) {
        own.surfaces.retain(|surface| surface.kind == SurfaceKind::Installation);
        own.is_solid = false;
    }
    building.geometry.take_if(|own| own.surfaces.is_empty());
}
