//! City objects → buildings: parts and installations find their building, geometry is placed, heights are filled in.

use glam::DVec3;

use super::document::{Document, Transform};
use super::family::{Below, families};
use super::object::{CityObject, ObjectKind};
use super::placement::{Placement, Templates};
use crate::geo::{Bounds3, Crs};
use crate::model::{Building, BuildingId, Geometry, RawValue, Surface, SurfaceKind, drop_coarser_than_parts};
use crate::report::{Place, Report, WarningKind};
use crate::source::ReadOptions;
use crate::source::system::System;

/// What the first object of a file gives to every feature after it.
pub(super) struct Shared {
    pub(super) transform: Option<Transform>,
    pub(super) system: Option<System>,
    pub(super) templates: Templates,
}

impl Shared {
    /// Takes transform and templates out of a file's first object. Without a transform, version 1.0 has plain
    /// coordinates; later versions ask for one.
    pub(super) fn new(first: &mut Document, system: Option<System>) -> Self {
        let is_version_1_0 = first.version.as_deref().is_some_and(|version| version.starts_with("1.0"));
        Self {
            transform: first.transform.or(is_version_1_0.then_some(Transform::IDENTITY)),
            system,
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
    let crs = shared.system.as_ref().map(|system| in_metres(system, &mut document.vertices, options, report));
    let placement =
        transform.map(|_| Placement { options, vertices: &document.vertices, templates: &shared.templates });
    let (families, skipped) = families(&document.objects, &document.other_ids, report);
    let mut makers: Vec<Option<CityObject>> = document.objects.into_iter().map(Some).collect();
    for family in families {
        let mut maker = Maker { objects: &mut makers, placement: placement.as_ref(), crs, report };
        if let Some(building) = maker.building(&family) {
            give(building, report);
        }
    }
    skipped
}

/// Takes vertices to metres where their system has none, and gives the system in which they are then. A vertex that lies
/// nowhere on earth becomes NaN, so that the polygons which use it are left out.
fn in_metres(system: &System, vertices: &mut [DVec3], options: &ReadOptions, report: &mut Report) -> Crs {
    let Some(example) = vertices.iter().copied().find(|vertex| vertex.is_finite()) else { return system.crs() };
    match system.to_metres(example) {
        Ok(None) => system.crs(),
        Ok(Some(to_metres)) => {
            vertices.iter_mut().for_each(|vertex| *vertex = to_metres.point(*vertex).unwrap_or(DVec3::NAN));
            to_metres.crs()
        }
        Err(error) => {
            let place = Place { file: options.file.clone(), line: 0, object: None };
            report.warn(WarningKind::ObjectSkipped, place, format!("the buildings lie nowhere: {error}"));
            vertices.fill(DVec3::NAN);
            system.crs()
        }
    }
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

/// Sets a missing `measuredHeight` to the height of the geometry above its own lowest point, to the millimetre.
fn fill_height(building: &mut Building) {
    const NAME: &str = "measuredHeight";
    if building.attributes.get(NAME).is_some() {
        return;
    }
    let bodies = building.geometries().filter(|geometry| geometry.lod.major() > 0);
    let bounds = bodies.fold(Bounds3::EMPTY, |bounds, geometry| bounds.union(geometry.bounds()));
    let height_m = bounds.size().z;
    if height_m.is_finite() && height_m > 0.0 {
        building.attributes.set(NAME, RawValue::real((height_m * 1000.0).round() / 1000.0));
    }
}
