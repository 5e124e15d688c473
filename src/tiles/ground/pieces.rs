//! The class polygons of a square: cut down from square to square, simplified for far views.
//!
//! A piece's borders become edges of triangles in `flat`, and its even-odd inside gives their class; so nothing here has
//! to be a valid polygon, only roughly the right one.

use std::sync::Arc;

use geo::{Area, BooleanOps, BoundingRect, CoordsIter, Euclidean, Intersects, Length, Polygon, Rect, Simplify};
use glam::DVec2;

use super::{GroundPolygon, Square};
use crate::twin::GroundClass;

/// A piece reaches this part of the square's edge beyond it, so that simplifying does not pull its border inside.
const MARGIN: f64 = 1.0 / 32.0;
/// Corners that a leaf's pieces have at most, before they are simplified more and more.
const LEAF_CORNERS: usize = 40_000;
/// The same for an inner square, which keeps its largest pieces.
const INNER_CORNERS: usize = 6_000;
/// A piece narrower than this many pixels is left out of an inner square.
const LEAST_PIXELS: f64 = 1.5;
/// Strips that a piece's edges are sorted into at most.
const MOST_STRIPS: usize = 64;
/// Corners of a piece for each strip.
const PER_STRIP: usize = 4;
/// Fields of a class map along its edge.
const FIELDS: usize = 16;

/// Ground of one class in a square.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub class: GroundClass,
    /// Shared by all squares in which it lies whole.
    pub polygon: Arc<Polygon>,
    bounds: Rect,
}

impl Piece {
    fn new(class: GroundClass, polygon: Polygon) -> Option<Self> {
        let is_finite = polygon.coords_iter().all(|coord| coord.x.is_finite() && coord.y.is_finite());
        let bounds = polygon.bounding_rect().filter(|_| is_finite)?;
        Some(Self { class, polygon: polygon.into(), bounds })
    }

    /// The edges of all rings.
    pub fn edges(&self) -> impl Iterator<Item = (DVec2, DVec2)> + '_ {
        let rings = std::iter::once(self.polygon.exterior()).chain(self.polygon.interiors());
        rings.flat_map(|ring| ring.lines()).map(|line| (vec2(line.start), vec2(line.end)))
    }

    /// Its parts in a square and a little around it.
    fn within(&self, square: &Square) -> Vec<Self> {
        let rect = square.rect(square.edge_m * MARGIN);
        if !self.bounds.intersects(&rect) {
            return Vec::new();
        }
        let corners = [self.bounds.min(), self.bounds.max()];
        if corners.iter().all(|corner| rect.intersects(corner)) {
            return vec![self.clone()];
        }
        let parts = self.polygon.intersection(&rect.to_polygon());
        parts.into_iter().filter_map(|part| Self::new(self.class, part)).collect()
    }

    /// Whether it is wide enough to be seen in an inner square: its mean width by area and length of its border.
    fn is_seen(&self, pixel_m: f64) -> bool {
        let area_m2 = self.polygon.unsigned_area();
        let border_m: f64 = Euclidean.length(self.polygon.exterior());
        area_m2 > (4.0 * pixel_m).powi(2) && 2.0 * area_m2 > LEAST_PIXELS * pixel_m * border_m
    }

    /// Fewer corners, none farther off than `within_m`; holes too small to see are filled.
    fn simplified(&self, within_m: f64) -> Option<Self> {
        let simple = self.polygon.simplify(within_m);
        let (exterior, mut interiors) = simple.into_inner();
        interiors.retain(|ring| Polygon::new(ring.clone(), Vec::new()).unsigned_area() > (2.0 * within_m).powi(2));
        Self::new(self.class, Polygon::new(exterior, interiors))
    }

    fn corners(&self) -> usize {
        self.polygon.coords_count()
    }
}

/// The pieces of the whole ground, in order of precedence.
pub(super) fn of_polygons(polygons: &[GroundPolygon]) -> Vec<Piece> {
    polygons.iter().filter_map(|ground| Piece::new(ground.class, ground.polygon.clone())).collect()
}

/// The parts of pieces in a square, in the same order.
pub(super) fn within(pieces: &[Piece], square: &Square) -> Vec<Piece> {
    pieces.iter().flat_map(|piece| piece.within(square)).collect()
}

/// What a square draws of its pieces: a leaf all of them, unless they are too many corners; an inner square those that
/// can be seen, the largest first until its corners are spent.
pub(super) fn drawn(pieces: &[Piece], square: &Square, is_leaf: bool) -> Vec<Piece> {
    if is_leaf { drawn_in_leaf(pieces, square) } else { drawn_from_afar(pieces, square) }
}

fn drawn_in_leaf(pieces: &[Piece], square: &Square) -> Vec<Piece> {
    let mut drawn = pieces.to_vec();
    // A leaf far outside of the city is large; a two-thousandth of a square of 500 m is 25 cm.
    let mut within_m = (square.edge_m - 1_000.0).max(0.0) / 2_000.0;
    while within_m > 0.0 || drawn.iter().map(Piece::corners).sum::<usize>() > LEAF_CORNERS {
        within_m = within_m.max(0.125);
        drawn = pieces.iter().filter_map(|piece| piece.simplified(within_m)).collect();
        if drawn.iter().map(Piece::corners).sum::<usize>() <= LEAF_CORNERS || within_m > square.edge_m {
            break;
        }
        within_m *= 2.0;
    }
    drawn
}

fn drawn_from_afar(pieces: &[Piece], square: &Square) -> Vec<Piece> {
    let pixel_m = square.pixel_m();
    let seen = pieces.iter().enumerate().filter(|(_, piece)| piece.is_seen(pixel_m));
    let mut seen: Vec<(usize, f64, Piece)> = seen
        .filter_map(|(order, piece)| {
            let simple = piece.simplified(pixel_m)?;
            Some((order, simple.polygon.unsigned_area(), simple))
        })
        .collect();
    seen.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut left = INNER_CORNERS;
    seen.retain(|(.., piece)| {
        let fits = piece.corners() <= left;
        left -= if fits { piece.corners() } else { 0 };
        fits
    });
    seen.sort_by_key(|(order, ..)| *order);
    seen.into_iter().map(|(.., piece)| piece).collect()
}

/// Answers which class a place has, quickly: pieces sorted into fields, the edges of each into strips from south to north.
pub(super) struct ClassMap {
    outlines: Vec<Outline>,
    low: DVec2,
    /// Extent of a field.
    field: DVec2,
    /// The outlines that reach into each field, in their order; row after row.
    fields: Vec<Vec<usize>>,
}

struct Outline {
    class: GroundClass,
    bounds: Rect,
    strip_m: f64,
    strips: Vec<Vec<(DVec2, DVec2)>>,
}

impl ClassMap {
    pub fn new(pieces: &[Piece]) -> Self {
        let outlines: Vec<Outline> = pieces.iter().map(Outline::new).collect();
        let low = pieces.iter().map(|piece| vec2(piece.bounds.min())).fold(DVec2::INFINITY, DVec2::min);
        let high = pieces.iter().map(|piece| vec2(piece.bounds.max())).fold(DVec2::NEG_INFINITY, DVec2::max);
        let field = ((high - low) / FIELDS as f64).max(DVec2::splat(f64::MIN_POSITIVE));
        let mut map = Self { outlines, low, field, fields: vec![Vec::new(); FIELDS * FIELDS] };
        for (index, piece) in pieces.iter().enumerate() {
            let [first, last] = [piece.bounds.min(), piece.bounds.max()].map(|corner| map.column_and_row(vec2(corner)));
            for row in first.1..=last.1 {
                let fields = map.fields[row * FIELDS..].iter_mut().take(last.0 + 1).skip(first.0);
                fields.for_each(|field| field.push(index));
            }
        }
        map
    }

    fn column_and_row(&self, place: DVec2) -> (usize, usize) {
        // The cast takes what lies below the bounds to 0.
        let at = (place - self.low) / self.field;
        ((at.x as usize).min(FIELDS - 1), (at.y as usize).min(FIELDS - 1))
    }

    /// The class of the first piece that covers the place.
    pub fn class_at(&self, place: DVec2) -> GroundClass {
        let (column, row) = self.column_and_row(place);
        let mut near = self.fields[row * FIELDS + column].iter().map(|&index| &self.outlines[index]);
        near.find(|outline| outline.covers(place)).map_or(GroundClass::Terrain, |outline| outline.class)
    }
}

impl Outline {
    fn new(piece: &Piece) -> Self {
        let strips = (piece.corners() / PER_STRIP).clamp(1, MOST_STRIPS);
        let strip_m = (piece.bounds.height() / strips as f64).max(f64::MIN_POSITIVE);
        let mut outline = Self { class: piece.class, bounds: piece.bounds, strip_m, strips: vec![Vec::new(); strips] };
        for (a, b) in piece.edges() {
            let (first, last) = (outline.strip(a.y.min(b.y)), outline.strip(a.y.max(b.y)));
            outline.strips.iter_mut().take(last + 1).skip(first).for_each(|strip| strip.push((a, b)));
        }
        outline
    }

    fn strip(&self, y: f64) -> usize {
        // The cast takes what lies below the bounds to 0.
        (((y - self.bounds.min().y) / self.strip_m) as usize).min(self.strips.len() - 1)
    }

    /// By the even-odd rule.
    fn covers(&self, place: DVec2) -> bool {
        if !self.bounds.intersects(&geo::coord! { x: place.x, y: place.y }) {
            return false;
        }
        let Some(edges) = self.strips.get(self.strip(place.y)) else { return false };
        let crosses = |&&(a, b): &&(DVec2, DVec2)| {
            (a.y > place.y) != (b.y > place.y) && place.x < a.x + (b.x - a.x) * (place.y - a.y) / (b.y - a.y)
        };
        edges.iter().filter(crosses).count() % 2 == 1
    }
}

fn vec2(coord: geo::Coord) -> DVec2 {
    DVec2::new(coord.x, coord.y)
}
