//! Geometry objects (CityJSON 2.0.1 § 3): nested boundaries and semantics → a flat list of polygons of vertex indices.

use glam::DMat4;
use serde_json::Value;

use crate::model::{Lod, SurfaceKind};
use crate::report::{Place, Report, WarningKind};

/// A geometry, indices not yet resolved.
pub(super) struct WireGeometry {
    pub(super) lod: LodNumber,
    pub(super) shape: Shape,
}

/// The geometry types that a building can use.
pub(super) enum Shape {
    /// `MultiSurface`, `CompositeSurface`, `Solid`, `MultiSolid`, `CompositeSolid`.
    Surfaces {
        /// Whether it is one of the solids.
        is_solid: bool,
        /// Kind of each semantic object, by index.
        kinds: Vec<SurfaceKind>,
        /// All polygons of all shells.
        polygons: Vec<WirePolygon>,
    },
    /// `GeometryInstance`.
    Instance {
        /// Index of the template.
        template: usize,
        /// Index of the vertex that the template's origin comes to.
        reference: u32,
        /// Applied to the template before it is moved there.
        matrix: DMat4,
    },
}

/// Rings of vertex indices, the outer one first.
pub(super) struct WirePolygon {
    pub(super) rings: Vec<Vec<u32>>,
    /// Index into the kinds; `None` where the source gives none.
    pub(super) semantic: Option<usize>,
}

/// A level of detail as CityJSON writes it: `2`, `"2"` or `"2.2"`. Ordered by value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LodNumber {
    pub(super) major: u8,
    /// The refinement (Biljecki et al. 2016).
    pub(super) minor: Option<u8>,
}

impl LodNumber {
    pub(super) fn parse(value: &Value) -> Option<Self> {
        let text = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string().trim_end_matches(".0").to_owned(),
            _ => return None,
        };
        let digit = |text: &str| text.parse::<u8>().ok().filter(|digit| *digit <= 9);
        match text.split_once('.') {
            None => Some(Self { major: digit(&text)?, minor: None }),
            Some((major, minor)) => Some(Self { major: digit(major)?, minor: Some(digit(minor)?) }),
        }
    }

    /// The model's form: 2 is 2 and 2.2 is 22; refinements of 0 are 0, since 01 would read as 1.
    pub(super) fn model(self) -> Lod {
        match (self.major, self.minor) {
            (major @ 1.., Some(minor)) => Lod(major * 10 + minor),
            (major, _) => Lod(major),
        }
    }
}

impl WireGeometry {
    /// Takes a geometry apart. `None` for points and lines, and with a warning for what is not understood.
    pub(super) fn parse(value: &Value, place: &Place, report: &mut Report) -> Option<Self> {
        let levels = match value.get("type").and_then(Value::as_str) {
            Some("MultiSurface" | "CompositeSurface") => 1,
            Some("Solid") => 2,
            Some("MultiSolid" | "CompositeSolid") => 3,
            Some("GeometryInstance") => return Self::instance(value, place, report),
            Some("MultiPoint" | "MultiLineString") => return None,
            _ => {
                report.warn(WarningKind::UnknownElement, place.clone(), "the type of a geometry is not known");
                return None;
            }
        };
        let semantics = value.get("semantics");
        let mut walk = Walk { kinds: surface_kinds(semantics), polygons: Vec::new(), place, report };
        let values = semantics.and_then(|semantics| semantics.get("values"));
        walk.nested(value.get("boundaries").unwrap_or(&Value::Null), values, levels);
        let (kinds, polygons) = (walk.kinds, walk.polygons);
        let is_solid = levels > 1;
        Some(Self { lod: lod(value, is_solid, place, report), shape: Shape::Surfaces { is_solid, kinds, polygons } })
    }

    fn instance(value: &Value, place: &Place, report: &mut Report) -> Option<Self> {
        let parsed = parse_instance(value);
        if parsed.is_none() {
            let message = "a geometry instance lacks its template, reference point or matrix";
            report.warn(WarningKind::BadValue, place.clone(), message);
        }
        // The template has the level of detail; this one is a placeholder until it is resolved.
        Some(Self { lod: LodNumber { major: 0, minor: None }, shape: parsed? })
    }
}

fn parse_instance(value: &Value) -> Option<Shape> {
    let template = usize::try_from(value.get("template")?.as_u64()?).ok()?;
    let reference = u32::try_from(value.get("boundaries")?.get(0)?.as_u64()?).ok()?;
    let numbers: Vec<f64> =
        value.get("transformationMatrix")?.as_array()?.iter().map(Value::as_f64).collect::<Option<_>>()?;
    let rows: [f64; 16] = numbers.try_into().ok()?;
    Some(Shape::Instance { template, reference, matrix: DMat4::from_cols_array(&rows).transpose() })
}

fn lod(value: &Value, is_solid: bool, place: &Place, report: &mut Report) -> LodNumber {
    value.get("lod").and_then(LodNumber::parse).unwrap_or_else(|| {
        report.warn(WarningKind::BadValue, place.clone(), "the lod of a geometry is missing or no level of detail");
        LodNumber { major: u8::from(is_solid), minor: None }
    })
}

fn surface_kinds(semantics: Option<&Value>) -> Vec<SurfaceKind> {
    let surfaces = semantics.and_then(|semantics| semantics.get("surfaces")).and_then(Value::as_array);
    surfaces.into_iter().flatten().map(|surface| surface_kind(surface.get("type").and_then(Value::as_str))).collect()
}

/// The kind of a semantic surface (CityJSON 2.0.1 § 3.3); inner surfaces and extensions are not classified.
fn surface_kind(name: Option<&str>) -> SurfaceKind {
    match name {
        Some("RoofSurface") => SurfaceKind::Roof,
        Some("WallSurface") => SurfaceKind::Wall,
        Some("GroundSurface") => SurfaceKind::Ground,
        Some("ClosureSurface") => SurfaceKind::Closure,
        Some("OuterFloorSurface") => SurfaceKind::OuterFloor,
        Some("OuterCeilingSurface") => SurfaceKind::OuterCeiling,
        Some("Window") => SurfaceKind::Window,
        Some("Door") => SurfaceKind::Door,
        _ => SurfaceKind::Unclassified,
    }
}

/// A walk over boundaries and the values that go with them.
struct Walk<'a> {
    kinds: Vec<SurfaceKind>,
    polygons: Vec<WirePolygon>,
    place: &'a Place,
    report: &'a mut Report,
}

impl Walk<'_> {
    fn warn(&mut self, kind: WarningKind, message: &str) {
        self.report.warn(kind, self.place.clone(), message);
    }

    /// `levels` arrays above the polygons; a null among the values stands for everything below it.
    fn nested(&mut self, boundaries: &Value, values: Option<&Value>, levels: u8) {
        let Some(list) = boundaries.as_array() else {
            return self.warn(WarningKind::PolygonSkipped, "boundaries are not nested as their geometry type asks for");
        };
        if levels == 0 {
            return self.polygon(list, values);
        }
        for (index, child) in list.iter().enumerate() {
            self.nested(child, values.and_then(|values| values.get(index)), levels - 1);
        }
    }

    fn polygon(&mut self, rings: &[Value], semantic: Option<&Value>) {
        let rings: Option<Vec<Vec<u32>>> = rings.iter().map(ring).collect();
        let Some(rings) = rings else {
            return self.warn(WarningKind::PolygonSkipped, "a ring is not an array of vertex indices");
        };
        let semantic = self.semantic(semantic);
        self.polygons.push(WirePolygon { rings, semantic });
    }

    fn semantic(&mut self, value: Option<&Value>) -> Option<usize> {
        let value = value.filter(|value| !value.is_null())?;
        let index = value.as_u64().and_then(|index| usize::try_from(index).ok());
        let known = index.filter(|index| *index < self.kinds.len());
        if known.is_none() {
            self.warn(WarningKind::BadValue, "a polygon's semantics lead to no semantic surface");
        }
        known
    }
}

fn ring(value: &Value) -> Option<Vec<u32>> {
    value.as_array()?.iter().map(|index| u32::try_from(index.as_u64()?).ok()).collect()
}
