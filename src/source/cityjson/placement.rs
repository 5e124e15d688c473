//! Vertex indices → polygons in space: chooses the level of detail, resolves templates, checks rings.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::mem::size_of;

use glam::{DMat4, DVec3};

use super::geometry::{LodNumber, Shape, WireGeometry, WirePolygon};
use crate::geo::Polygon3;
use crate::model::{Geometry, Surface, SurfaceKind, classify};
use crate::report::{Place, Report, WarningKind};
use crate::source::ReadOptions;

/// Points that all instances of a file may come to: a small file can ask for a large template any number of times.
const MAX_INSTANCED_POINTS: usize = 500_000_000;

/// Template geometries with their own vertices (CityJSON 2.0.1 § 3.4).
pub(super) struct Templates {
    geometries: Vec<Option<WireGeometry>>,
    vertices: Vec<DVec3>,
    points_left: Cell<usize>,
}

impl Templates {
    pub(super) fn new(geometries: Vec<Option<WireGeometry>>, vertices: Vec<DVec3>) -> Self {
        Self { geometries, vertices, points_left: Cell::new(MAX_INSTANCED_POINTS) }
    }
}

/// Places the geometries of one document.
pub(super) struct Placement<'a> {
    pub(super) options: &'a ReadOptions,
    /// Vertices in the file's CRS.
    pub(super) vertices: &'a [DVec3],
    pub(super) templates: &'a Templates,
}

/// A geometry with where its vertices come from.
struct Placed<'a> {
    lod: LodNumber,
    is_solid: bool,
    kinds: &'a [SurfaceKind],
    polygons: &'a [WirePolygon],
    vertices: &'a [DVec3],
    /// Matrix and reference point of an instance.
    moved: Option<(DMat4, DVec3)>,
}

impl Placed<'_> {
    fn point(&self, index: u32) -> Option<DVec3> {
        let vertex = *self.vertices.get(index as usize)?;
        Some(match self.moved {
            None => vertex,
            Some((matrix, reference)) => matrix.transform_point3(vertex) + reference,
        })
    }

    /// A mirroring matrix turns every ring around.
    fn is_mirrored(&self) -> bool {
        self.moved.is_some_and(|(matrix, _)| matrix.determinant() < 0.0)
    }
}

impl Placement<'_> {
    /// The geometry of the highest level of detail up to the limit that leaves any polygon. Of one level, solids are
    /// taken before surfaces, and several of the same sort together.
    pub(super) fn best(&self, wires: &[WireGeometry], place: &Place, report: &mut Report) -> Option<Geometry> {
        let mut levels: BTreeMap<(LodNumber, bool), Vec<Placed<'_>>> = BTreeMap::new();
        for wire in wires {
            let Some(placed) = self.placed(wire, place, report) else { continue };
            if placed.lod.major <= self.options.max_lod {
                levels.entry((placed.lod, placed.is_solid)).or_default().push(placed);
            }
        }
        levels.into_iter().rev().find_map(|((lod, is_solid), placed)| {
            let surfaces = self.surfaces(&placed, place, report);
            let mut geometry = Geometry { lod: lod.model(), is_solid, surfaces };
            classify(&mut geometry);
            (!geometry.surfaces.is_empty()).then_some(geometry)
        })
    }

    fn placed<'s>(&'s self, wire: &'s WireGeometry, place: &Place, report: &mut Report) -> Option<Placed<'s>> {
        match &wire.shape {
            Shape::Surfaces { is_solid, kinds, polygons } => Some(Placed {
                lod: wire.lod,
                is_solid: *is_solid,
                kinds,
                polygons,
                vertices: self.vertices,
                moved: None,
            }),
            Shape::Instance { template, reference, matrix } => {
                let instance = self.instance(*template, *reference, *matrix);
                if instance.is_none() {
                    let message = "a geometry instance leads to no template or vertex";
                    report.warn(WarningKind::DanglingReference, place.clone(), message);
                }
                instance
            }
        }
    }

    /// A template cannot be an instance itself, so this does not recurse.
    fn instance(&self, template: usize, reference: u32, matrix: DMat4) -> Option<Placed<'_>> {
        let wire = self.templates.geometries.get(template)?.as_ref()?;
        let reference = *self.vertices.get(reference as usize)?;
        let Shape::Surfaces { is_solid, kinds, polygons } = &wire.shape else { return None };
        let vertices = &self.templates.vertices;
        Some(Placed { lod: wire.lod, is_solid: *is_solid, kinds, polygons, vertices, moved: Some((matrix, reference)) })
    }

    /// One surface a semantic object, in the order in which they are first used.
    fn surfaces(&self, placed: &[Placed<'_>], place: &Place, report: &mut Report) -> Vec<Surface> {
        let mut surfaces: Vec<Surface> = Vec::new();
        let mut points_left = self.options.max_object_bytes / size_of::<DVec3>();
        for one in placed {
            let mut surface_of: BTreeMap<Option<usize>, usize> = BTreeMap::new();
            for wire in one.polygons {
                if !self.affords(one, wire, &mut points_left) {
                    report.warn(WarningKind::LimitReached, place.clone(), "the object has more points than the limit");
                    return surfaces;
                }
                let Some(polygon) = polygon(one, wire, place, report) else { continue };
                let slot = *surface_of.entry(wire.semantic).or_insert(surfaces.len());
                if slot == surfaces.len() {
                    let kind = wire.semantic.and_then(|semantic| one.kinds.get(semantic).copied());
                    let kind = kind.unwrap_or(SurfaceKind::Unclassified);
                    surfaces.push(Surface { kind, id: None, polygons: Vec::new() });
                }
                if let Some(surface) = surfaces.get_mut(slot) {
                    surface.polygons.push(polygon);
                }
            }
        }
        surfaces
    }

    /// Takes a polygon's points off the object's limit and, for an instance, off the file's.
    fn affords(&self, placed: &Placed<'_>, wire: &WirePolygon, object_left: &mut usize) -> bool {
        let count = wire.rings.iter().map(Vec::len).sum();
        let file_left = &self.templates.points_left;
        let of_instances = if placed.moved.is_some() { count } else { 0 };
        match (object_left.checked_sub(count), file_left.get().checked_sub(of_instances)) {
            (Some(object), Some(file)) => {
                *object_left = object;
                file_left.set(file);
                true
            }
            _ => false,
        }
    }
}

/// The polygon in space; `None` with a warning where its outer ring is unusable. A broken hole is left out.
fn polygon(placed: &Placed<'_>, wire: &WirePolygon, place: &Place, report: &mut Report) -> Option<Polygon3> {
    let mut rings = wire.rings.iter().map(|ring| points(placed, ring));
    let exterior = match rings.next().unwrap_or(Err("a polygon has no ring")) {
        Ok(ring) => ring,
        Err(message) => {
            report.warn(WarningKind::PolygonSkipped, place.clone(), message);
            return None;
        }
    };
    let mut is_mended = exterior.is_mended;
    let mut interiors = Vec::new();
    for ring in rings {
        match ring {
            Ok(ring) => {
                is_mended |= ring.is_mended;
                interiors.push(ring.points);
            }
            Err(_) => is_mended = true,
        }
    }
    if is_mended {
        let message = "a ring repeated a point, or a broken hole was left out";
        report.warn(WarningKind::PolygonMended, place.clone(), message);
    }
    let mut polygon = Polygon3 { exterior: exterior.points, interiors };
    if placed.is_mirrored() {
        polygon.exterior.reverse();
        polygon.interiors.iter_mut().for_each(|ring| ring.reverse());
    }
    Some(polygon)
}

struct Ring {
    points: Vec<DVec3>,
    is_mended: bool,
}

/// An open ring of at least three points that enclose an area.
fn points(placed: &Placed<'_>, indices: &[u32]) -> Result<Ring, &'static str> {
    let points: Option<Vec<DVec3>> = indices.iter().map(|index| placed.point(*index)).collect();
    let mut points = points.ok_or("a polygon's index leads to no vertex")?;
    if !points.iter().all(|point| point.is_finite()) {
        return Err("a polygon's vertex is not made of three finite numbers");
    }
    let count = points.len();
    points.dedup();
    while points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    if points.len() < 3 {
        return Err("a polygon's ring has fewer than three different points");
    }
    if crate::geo::newell(&points).try_normalize().is_none() {
        return Err("a polygon's ring has no area");
    }
    Ok(Ring { is_mended: points.len() < count, points })
}
