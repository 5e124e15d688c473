//! GML geometry elements: solids, surfaces, polygons, rings (GML 3.1.1 § 9 to 11, GML 3.2 § 10 to 12, GML 2).
//!
//! Reads what stands inside of a `lodN…` property into [`super::gathered`]. Containers (`MultiSurface`,
//! `CompositeSurface`, `Solid`, `Shell`, `TriangulatedSurface`, …) are all read alike: what counts is which polygons and
//! references stand in them. Polygons are not mended here, beside taking the repeated last point off a closed ring.

use std::ops::Range;

use glam::DVec3;

use super::Handler;
use super::coordinates::{Separators, Spelling, numbers};
use super::gathered::{Index, Item};
use super::namespaces::Ns;
use super::pull::Stop;
use crate::geo::Polygon3;
use crate::report::WarningKind;
use crate::source::ReadOptions;

/// Larger than any coordinate of a projected system in metres.
const MAX_COORDINATE: f64 = 1e9;

/// How many times its bytes a list of coordinates may become as numbers and points.
const NUMBERS_PER_TEXT: usize = 8;

/// What holds for everything inside of an element.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Frame {
    /// Whether polygons are to be turned.
    reversed: bool,
    /// The `srsDimension` in force.
    dimension: Option<usize>,
}

/// What a geometry's own tag says.
#[derive(Default)]
struct Head {
    id: Option<Range<Index>>,
    href: Option<Range<Index>>,
    frame: Frame,
}

impl Handler<'_> {
    /// Reads the geometries inside of the element at hand. Gives whether there was a solid.
    pub(super) fn geometries(&mut self, frame: Frame) -> Result<bool, Stop> {
        let mut is_solid = false;
        while let Some(ns) = self.child()? {
            is_solid |= match (ns, self.pull.local()) {
                (Ns::Gml, "surfaceMember" | "exterior" | "solidMember" | "geometryMember") => self.container(frame)?,
                (Ns::Gml, "Polygon" | "PolygonPatch" | "Triangle" | "Rectangle") => self.polygon(frame)?,
                (Ns::Gml, "Solid") => {
                    self.container(frame)?;
                    true
                }
                (Ns::Gml, "Point" | "MultiPoint" | "LineString" | "Curve" | "CompositeCurve" | "MultiCurve") => {
                    self.pass()?
                }
                (Ns::Gml, "name" | "description" | "metaDataProperty" | "boundedBy" | "identifier") => self.pass()?,
                (Ns::Gml, _) => self.container(frame)?,
                (Ns::Core, "ImplicitGeometry") => self.implicit()?,
                _ => self.leave_out(ns)?,
            };
        }
        Ok(is_solid)
    }

    /// Passes over an element that says nothing about surfaces.
    fn pass(&mut self) -> Result<bool, Stop> {
        self.pull.skip().map(|()| false)
    }

    /// An implicit geometry (OGC 12-019 § 8.3) has its shape in another place; it is left out.
    pub(super) fn implicit(&mut self) -> Result<bool, Stop> {
        self.warn(WarningKind::ObjectSkipped, "an implicit geometry is left out");
        self.header.skipped += 1;
        self.pass()
    }

    fn container(&mut self, outer: Frame) -> Result<bool, Stop> {
        if !self.pull.has_attributes() {
            return self.geometries(outer);
        }
        let head = self.head(outer);
        let start = self.gathered.next_item();
        if let Some(target) = head.href {
            self.gathered.items.push(Item::Reference { target, reversed: head.frame.reversed });
        }
        let is_solid = self.geometries(head.frame)?;
        self.gathered.call(head.id, start, outer.reversed);
        Ok(is_solid)
    }

    /// Reads id, reference, orientation, dimension and CRS off the tag at hand.
    fn head(&mut self, outer: Frame) -> Head {
        let mut head = Head { frame: outer, ..Head::default() };
        let (gathered, crs) = (&mut self.gathered, &mut self.crs);
        self.pull.each_attribute(|ns, local, value| match (ns, local) {
            (Some(Ns::Gml), "id") => head.id = Some(gathered.keep(value.trim())),
            (Some(Ns::XLink), "href") => head.href = Some(gathered.keep(value.trim())),
            (None, "orientation") => head.frame.reversed ^= value.trim() == "-",
            (None, "srsDimension") => head.frame.dimension = value.trim().parse().ok(),
            (None, "srsName") => crs.see_on_geometry(value),
            _ => {}
        });
        head
    }

    fn polygon(&mut self, outer: Frame) -> Result<bool, Stop> {
        let head = if self.pull.has_attributes() { self.head(outer) } else { Head { frame: outer, ..Head::default() } };
        let start = self.gathered.next_item();
        if let Some(polygon) = self.rings(head.frame)? {
            self.gathered.add_polygon(polygon, outer.reversed);
            self.gathered.call(head.id, start, outer.reversed);
        } else {
            self.warn(WarningKind::PolygonSkipped, "a polygon without three points that make sense is left out");
        }
        Ok(false)
    }

    /// A polygon's rings; `None` without a usable exterior.
    fn rings(&mut self, frame: Frame) -> Result<Option<Polygon3>, Stop> {
        let (mut exterior, mut interiors) = (None, Vec::new());
        while let Some(ns) = self.child()? {
            match (ns, self.pull.local()) {
                (Ns::Gml, "exterior" | "outerBoundaryIs") => exterior = self.ring(frame)?,
                (Ns::Gml, "interior" | "innerBoundaryIs") => match self.ring(frame)? {
                    Some(hole) => interiors.push(hole),
                    None => {
                        self.warn(
                            WarningKind::PolygonSkipped,
                            "a hole without three points that make sense is left out",
                        );
                    }
                },
                _ => self.pull.skip()?,
            }
        }
        Ok(exterior.map(|exterior| Polygon3 { exterior, interiors }))
    }

    /// A ring's points without the repeated last one; `None` where they make no sense or are fewer than three.
    fn ring(&mut self, frame: Frame) -> Result<Option<Vec<DVec3>>, Stop> {
        let mut points = Vec::new();
        let makes_sense = self.ring_points(frame, &mut points)?;
        if points.len() > 1 && points.first() == points.last() {
            points.pop();
        }
        Ok((makes_sense && points.len() > 2).then_some(points))
    }

    /// Gathers the points of a ring, whatever the elements between (`LinearRing`, `Ring`, `LineString`, …).
    fn ring_points(&mut self, outer: Frame, points: &mut Vec<DVec3>) -> Result<bool, Stop> {
        let mut makes_sense = true;
        while let Some(ns) = self.child()? {
            let frame = if self.pull.has_attributes() { self.ring_frame(outer) } else { outer };
            makes_sense &= match (ns, self.pull.local()) {
                (Ns::Gml, "posList" | "pos") => self.positions(frame, points)?,
                (Ns::Gml, "coordinates") => self.old_coordinates(frame, points)?,
                (Ns::Gml, _) => self.ring_points(frame, points)?,
                _ => self.leave_out(ns).map(|_| true)?,
            };
        }
        Ok(makes_sense)
    }

    fn ring_frame(&mut self, mut frame: Frame) -> Frame {
        let crs = &mut self.crs;
        self.pull.each_attribute(|ns, local, value| match (ns, local) {
            (None, "srsDimension") => frame.dimension = value.trim().parse().ok(),
            (None, "srsName") => crs.see_on_geometry(value),
            _ => {}
        });
        frame
    }

    fn positions(&mut self, frame: Frame, points: &mut Vec<DVec3>) -> Result<bool, Stop> {
        self.numbers.clear();
        let text = affordable(self.pull.text()?, self.options)?;
        let spelling = numbers(text, &mut self.numbers);
        if spelling == Some(Spelling::Commas) {
            self.warn_once(WarningKind::BadValue, "commas in a list of coordinates");
        }
        Ok(spelling.is_some() && self.points_from_numbers(frame, points)?)
    }

    fn old_coordinates(&mut self, frame: Frame, points: &mut Vec<DVec3>) -> Result<bool, Stop> {
        let mut separators = Separators::default();
        self.pull.each_attribute(|ns, local, value| match (ns, local) {
            (None, "decimal") => separators.decimal = value.into(),
            (None, "cs") => separators.coordinate = value.into(),
            (None, "ts") => separators.tuple = value.into(),
            _ => {}
        });
        self.numbers.clear();
        let text = affordable(self.pull.text()?, self.options)?;
        let read = separators.numbers(text, &mut self.numbers);
        Ok(read.is_some() && self.points_from_numbers(frame, points)?)
    }

    /// Turns `self.numbers` into points. Without `srsDimension` there are three numbers to a point where that comes out
    /// even, else two. Heights that are not there are 0.
    fn points_from_numbers(&mut self, frame: Frame, points: &mut Vec<DVec3>) -> Result<bool, Stop> {
        let count = self.numbers.len();
        let dimension = frame.dimension.unwrap_or(if count.is_multiple_of(3) { 3 } else { 2 });
        if dimension < 2 || !count.is_multiple_of(dimension) {
            return Ok(false);
        }
        self.points_left = self.points_left.checked_sub(count / dimension).ok_or(Stop::ObjectTooLarge)?;
        match dimension {
            2 => self.warn_once(WarningKind::BadValue, "coordinates without heights; they are taken as 0"),
            3 => {}
            _ => self.warn_once(WarningKind::BadValue, "coordinates of more than three dimensions; three are taken"),
        }
        let point = |tuple: &[f64]| match *tuple {
            [x, y, z, ..] => DVec3::new(x, y, z),
            [x, y] => DVec3::new(x, y, 0.0),
            _ => DVec3::INFINITY,
        };
        points.reserve(count / dimension);
        for tuple in self.numbers.chunks_exact(dimension) {
            let next = point(tuple);
            if next.abs().max_element() > MAX_COORDINATE {
                return Ok(false);
            }
            points.push(next);
        }
        Ok(true)
    }
}

/// A list of coordinates that may be read: "1 1 1 …" becomes four times as many bytes of numbers, and as many of points.
fn affordable<'t>(text: &'t str, options: &ReadOptions) -> Result<&'t str, Stop> {
    if text.len() > options.max_object_bytes / NUMBERS_PER_TEXT { Err(Stop::ObjectTooLarge) } else { Ok(text) }
}
