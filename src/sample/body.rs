//! Closed bodies: what a building is made of. Every body is a solid in CityGML's sense (OGC 08-007r1 § 10.3): each edge
//! belongs to exactly two faces that run along it in opposite directions, and every face looks outward.

use glam::{DMat2, DVec2, DVec3};

use crate::geo::{Polygon3, newell};

/// What a face is to its building.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FaceKind {
    Ground,
    Wall,
    Roof,
}

/// A planar face, seen from outside counter-clockwise.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Face {
    pub(super) kind: FaceKind,
    pub(super) polygon: Polygon3,
}

/// A closed body of planar faces, in EPSG:25832 with DHHN2016 heights.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Body {
    pub(super) faces: Vec<Face>,
}

impl Body {
    /// Adds a face without holes; doubled points are left out, and so is a face that has no area.
    pub(super) fn add(&mut self, kind: FaceKind, ring: impl IntoIterator<Item = DVec3>) {
        self.add_with_holes(kind, ring.into_iter().collect(), Vec::new());
    }

    /// Adds a face with holes, which run clockwise seen from outside.
    pub(super) fn add_with_holes(&mut self, kind: FaceKind, ring: Vec<DVec3>, holes: Vec<Vec<DVec3>>) {
        let exterior = without_doubles(ring);
        if exterior.len() >= 3 && newell(&exterior).length() > 1e-6 {
            let interiors = holes.into_iter().map(without_doubles).collect();
            self.faces.push(Face { kind, polygon: Polygon3 { exterior, interiors } });
        }
    }

    /// The lowest and the highest point's height.
    pub(super) fn heights(&self) -> (f64, f64) {
        let heights = self.faces.iter().flat_map(|face| face.polygon.points()).map(|point| point.z);
        heights.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), z| (low.min(z), high.max(z)))
    }

    /// The lowest point of any roof: the lowest eaves.
    pub(super) fn eaves(&self) -> f64 {
        let roofs = self.faces.iter().filter(|face| face.kind == FaceKind::Roof);
        roofs.flat_map(|face| face.polygon.points()).map(|point| point.z).fold(f64::INFINITY, f64::min)
    }

    /// The ground outline, counter-clockwise seen from above; empty for a body without ground.
    pub(super) fn outline(&self) -> Vec<DVec2> {
        let ground = self.faces.iter().find(|face| face.kind == FaceKind::Ground);
        ground.map_or_else(Vec::new, |face| face.polygon.exterior.iter().rev().map(|point| point.truncate()).collect())
    }
}

/// To the millimetre, which is what the files keep.
pub(super) fn snapped(point: DVec3) -> DVec3 {
    (point * 1000.0).round() / 1000.0
}

/// A ring to the millimetre, without points that repeat their neighbour.
fn without_doubles(ring: Vec<DVec3>) -> Vec<DVec3> {
    let mut kept: Vec<DVec3> = Vec::with_capacity(ring.len());
    for point in ring.into_iter().map(snapped) {
        if kept.last() != Some(&point) {
            kept.push(point);
        }
    }
    while kept.len() > 1 && kept.first() == kept.last() {
        kept.pop();
    }
    kept
}

/// Ground and upright walls over a counter-clockwise outline: a body without its roof.
fn walled(outline: &[DVec2], ground_m: f64, top_m: f64) -> Body {
    let mut body = Body::default();
    body.add(FaceKind::Ground, outline.iter().rev().map(|point| point.extend(ground_m)));
    add_walls(&mut body, outline, ground_m, top_m);
    body
}

/// A body with upright walls over a counter-clockwise outline, under a flat roof.
pub(super) fn prism(outline: &[DVec2], ground_m: f64, top_m: f64) -> Body {
    let mut body = walled(outline, ground_m, top_m);
    body.add(FaceKind::Roof, outline.iter().map(|point| point.extend(top_m)));
    body
}

/// A body with upright walls whose roof planes meet in one point: tents, spires and, from many sides, cones. The
/// outline is convex and counter-clockwise.
pub(super) fn tent(outline: &[DVec2], ground_m: f64, eaves_m: f64, apex: DVec3) -> Body {
    let mut body = walled(outline, ground_m, eaves_m);
    for (from, to) in edges(outline) {
        body.add(FaceKind::Roof, [from.extend(eaves_m), to.extend(eaves_m), apex]);
    }
    body
}

/// A body with upright walls under a hipped roof: four planes of one pitch over a convex, counter-clockwise outline, which
/// need not be a rectangle, so that the ridge stands where its straight skeleton has its inner edge, and slopes if the
/// outline tapers. `rise_m` is the highest point's height over the eaves.
pub(super) fn hipped(outline: &[DVec2; 4], ground_m: f64, eaves_m: f64, rise_m: f64) -> Body {
    let mut body = walled(outline, ground_m, eaves_m);
    // Where a side's plane ends at the two beside it.
    let end = |side: usize| equidistant(outline, [side + 3, side, side + 1].map(|side| side % 4));
    // The side that ends lowest and the one across from it have the ends of the ridge.
    let hip = (0..4).min_by(|&one, &other| end(one).1.total_cmp(&end(other).1)).unwrap_or_default();
    let ends = [end(hip), end(hip + 2)];
    let [near, far] = ends.map(|(place, inward_m)| place.extend(eaves_m + rise_m * inward_m / ends[1].1));
    let corner = |at: usize| outline[at % 4].extend(eaves_m);
    body.add(FaceKind::Roof, [corner(hip), corner(hip + 1), near]);
    body.add(FaceKind::Roof, [corner(hip + 1), corner(hip + 2), far, near]);
    body.add(FaceKind::Roof, [corner(hip + 2), corner(hip + 3), far]);
    body.add(FaceKind::Roof, [corner(hip + 3), corner(hip), near, far]);
    body
}

/// The point inside that is as far from each of three sides of a convex, counter-clockwise outline, and how far.
fn equidistant(outline: &[DVec2; 4], sides: [usize; 3]) -> (DVec2, f64) {
    let [first, second, third] = sides.map(|side| {
        let (from, to) = (outline[side], outline[(side + 1) % 4]);
        let inward = (to - from).normalize_or_zero().perp();
        (inward, inward.dot(from))
    });
    let rows = DMat2::from_cols(first.0 - second.0, third.0 - second.0).transpose();
    let place = rows.inverse() * DVec2::new(first.1 - second.1, third.1 - second.1);
    (place, second.0.dot(place) - second.1)
}

/// An apse: an outline whose first edge is the open side at the nave; the roof rises to the middle of that edge.
pub(super) fn apse(outline: &[DVec2], ground_m: f64, eaves_m: f64, apex_m: f64) -> Body {
    let mut body = Body::default();
    body.add(FaceKind::Ground, outline.iter().rev().map(|point| point.extend(ground_m)));
    let (Some(&first), Some(&second)) = (outline.first(), outline.get(1)) else { return body };
    let apex = ((first + second) / 2.0).extend(apex_m);
    let open = [first.extend(ground_m), second.extend(ground_m), second.extend(eaves_m), apex, first.extend(eaves_m)];
    body.add(FaceKind::Wall, open);
    for (from, to) in edges(outline).skip(1) {
        add_wall(&mut body, from, to, ground_m, eaves_m);
        body.add(FaceKind::Roof, [from.extend(eaves_m), to.extend(eaves_m), apex]);
    }
    body
}

/// Upright walls between two heights along a counter-clockwise outline.
pub(super) fn add_walls(body: &mut Body, outline: &[DVec2], low_m: f64, high_m: f64) {
    for (from, to) in edges(outline) {
        add_wall(body, from, to, low_m, high_m);
    }
}

/// One upright wall; outside lies to the right of the way from `from` to `to`.
pub(super) fn add_wall(body: &mut Body, from: DVec2, to: DVec2, low_m: f64, high_m: f64) {
    body.add(FaceKind::Wall, [from.extend(low_m), to.extend(low_m), to.extend(high_m), from.extend(high_m)]);
}

/// The edges of an open ring, the closing one last.
pub(super) fn edges(ring: &[DVec2]) -> impl Iterator<Item = (DVec2, DVec2)> + '_ {
    ring.iter().enumerate().map(|(index, &from)| (from, ring[(index + 1) % ring.len()]))
}
