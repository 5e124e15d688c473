//! City objects → buildings: parts and installations find their building, geometry is placed, heights are filled in.

use super::document::{Document, Transform};
use super::family::{Below, families};
use super::object::{CityObject, ObjectKind};
use super::placement::{Placement, Templates};
use crate::geo::{Bounds3, Crs};
use crate::model::{Building, BuildingId, Geometry, Lod, RawValue, Surface, SurfaceKind};
use crate::report::{Report, WarningKind};
use crate::source::ReadOptions;

/// What the first object of a file gives to every feature after it.
pub(super) struct Shared {
    pub(super) transform: Option<Transform>,
    pub(super) crs: Option<Crs>,
    pub(super) templates: Templates,
}

impl Shared {
    /// Takes transform and templates out of a file's first object. Without a transform, version 1.0 has plain
    /// coordinates; later versions ask for one.
    pub(super) fn new(first: &mut Document, crs: Option<Crs>) -> Self {
        let is_version_1_0 = first.version.as_deref().is_some_and(|version| version.starts_with("1.0"));
        Self {
            transform: first.transform.or(is_version_1_0.then_some(Transform::IDENTITY)),
            crs,
            templates: Templates::new(
                std::mem::take(&mut first.templates),
                std::mem::take(&mut first.template_vertices),
            ),
        }
    }
}

/// Gives the buildings of one document to `give` in the order of the file. Gives back how many objects were left out.
pub(super) fn assemble(
    mut document: Document,
    shared: &Shared,
    options: &ReadOptions,
    report: &mut Report,
    give: &mut dyn FnMut(Building, &mut Report),
) -> u64 {
    let transform = document.transform.or(shared.transform);
    if let Some(transform) = transform {
        document.vertices.iter_mut().for_each(|vertex| *vertex = transform.apply(*vertex));
    }
    let placement =
        transform.map(|_| Placement { options, vertices: &document.vertices, templates: &shared.templates });
    let (families, skipped) = families(&document.objects, &document.other_ids, report);
    let mut makers: Vec<Option<CityObject>> = document.objects.into_iter().map(Some).collect();
    for family in families {
        let mut maker = Maker { objects: &mut makers, placement: placement.as_ref(), crs: shared.crs, report };
        if let Some(building) = maker.building(&family) {
            give(building, report);
        }
    }
    skipped
}

struct Maker<'a> {
    /// Objects not yet used up.
    objects: &'a mut Vec<Option<CityObject>>,
    /// `None` where the transform is missing, so that nothing has a place.
    placement: Option<&'a Placement<'a>>,
    crs: Option<Crs>,
    report: &'a mut Report,
}

impl Maker<'_> {
    fn building(&mut self, family: &Below) -> Option<Building> {
        let mut building = self.member(family.index)?;
        for part in &family.parts {
            let Some(mut made) = self.member(part.index) else { continue };
            self.install(&mut made, part);
            building.parts.push(made);
        }
        drop_coarser_than_parts(&mut building);
        self.install(&mut building, family);
        if building.bounds().is_empty() {
            let message = "the building has no usable geometry";
            self.report.warn(WarningKind::NoGeometry, building.place.clone(), message);
        }
        building.parts.iter_mut().for_each(fill_height);
        fill_height(&mut building);
        Some(building)
    }

    fn member(&mut self, index: usize) -> Option<Building> {
        let object = self.objects.get_mut(index)?.take()?;
        let geometry = self.geometry(&object);
        Some(Building {
            id: BuildingId(object.id),
            place: object.place,
            crs: self.crs,
            geometry,
            attributes: object.attributes,
            addresses: object.addresses,
            parts: Vec::new(),
        })
    }

    fn geometry(&mut self, object: &CityObject) -> Option<Geometry> {
        self.placement?.best(&object.geometries, &object.place, self.report)
    }

    /// Adds the polygons of the installations to the geometry of what they belong to.
    fn install(&mut self, building: &mut Building, below: &Below) {
        for index in &below.installations {
            let Some(object) = self.objects.get_mut(*index).and_then(Option::take) else { continue };
            debug_assert_eq!(object.kind, ObjectKind::Installation);
            let Some(Geometry { lod, surfaces, .. }) = self.geometry(&object) else { continue };
            let polygons = surfaces.into_iter().flat_map(|surface| surface.polygons).collect();
            let surface = Surface { kind: SurfaceKind::Installation, id: Some(object.id), polygons };
            building
                .geometry
                .get_or_insert_with(|| Geometry { lod, is_solid: false, surfaces: Vec::new() })
                .surfaces
                .push(surface);
        }
    }
}

fn major(lod: Lod) -> u8 {
    if lod.0 >= 10 { lod.0 / 10 } else { lod.0 }
}

/// At a level of detail a building is its own geometry and its parts' at that level; a coarser one of its own, such as
/// a footprint, stands for the whole and would double the parts.
fn drop_coarser_than_parts(building: &mut Building) {
    let finest =
        building.parts.iter().filter_map(|part| part.geometry.as_ref()).map(|geometry| major(geometry.lod)).max();
    if building.geometry.as_ref().is_some_and(|own| finest.is_some_and(|finest| finest > major(own.lod))) {
        building.geometry = None;
    }
}

/// Sets a missing `measuredHeight` to the height of the geometry above its own lowest point, to the millimetre.
fn fill_height(building: &mut Building) {
    const NAME: &str = "measuredHeight";
    if building.attributes.get(NAME).is_some() {
        return;
    }
    let bodies = building.geometries().filter(|geometry| major(geometry.lod) > 0);
    let bounds = bodies.fold(Bounds3::EMPTY, |bounds, geometry| bounds.union(geometry.bounds()));
    let height_m = bounds.size().z;
    if height_m.is_finite() && height_m > 0.0 {
        building.attributes.set(NAME, RawValue::real((height_m * 1000.0).round() / 1000.0));
    }
}
