//! Flat polygons and lines → exactly on a ground of triangles.
//!
//! The viewer lays planning layers on the ground tile by tile with this, at run time and in the browser: no PROJ, no
//! engine. What is draped is clipped by each ground triangle, so that it neither floats over nor cuts through the ground.
//! Where there is no ground there is nothing.

use glam::{DVec2, DVec3};

use super::{Polygon3, triangulate};

/// Ground triangles steeper than this part of their own area count as skirts and walls, not as ground.
const LEAST_FLATNESS: f64 = 1e-3;
/// Parts of a line shorter than this part of their segment are joints between triangles.
const JOINT: f64 = 1e-9;

/// Triangles that lie on the ground, counter-clockwise from above.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DrapedMesh {
    /// Points in the ground's frame.
    pub positions: Vec<DVec3>,
    /// Three a triangle.
    pub indices: Vec<u32>,
}

/// A ground of triangles with a grid to find them by place; made once for a tile.
///
/// Any frame with x east, y north and z up in metres. Triangles seen from below and upright ones (skirts) are left out.
#[derive(Clone, Debug)]
pub struct Ground {
    triangles: Vec<[DVec3; 3]>,
    grid: Grid,
}

impl Ground {
    /// A ground from positions and three indices a triangle; triangles with an index out of range are left out.
    pub fn new(positions: &[[f32; 3]], indices: &[u32]) -> Self {
        let corner = |index: u32| positions.get(index as usize).map(|&p| DVec3::from(p.map(f64::from)));
        let (triples, _) = indices.as_chunks::<3>();
        let triangles: Vec<[DVec3; 3]> = triples
            .iter()
            .filter_map(|&[a, b, c]| Some([corner(a)?, corner(b)?, corner(c)?]))
            .filter(is_ground)
            .collect();
        let grid = Grid::new(&triangles);
        Self { triangles, grid }
    }

    /// The ground's height at a place; `None` beside the ground.
    pub fn height_m(&self, place: DVec2) -> Option<f64> {
        let hits = self.grid.between(place, place);
        hits.into_iter()
            .map(|index| &self.triangles[index])
            .find(|triangle| holds(triangle, place))
            .map(|t| height(t, place))
    }

    /// A polygon in the ground's frame, laid on it. Its triangles cover exactly what of the polygon lies over ground.
    ///
    /// A polygon whose rings cross is laid as well as it can be triangulated.
    pub fn drape(&self, polygon: &geo::Polygon) -> DrapedMesh {
        let mut mesh = DrapedMesh::default();
        for piece in flat_triangles(polygon) {
            let (low, high) = extent(&piece);
            for index in self.grid.between(low, high) {
                mesh.add_clipped(&piece, &self.triangles[index]);
            }
        }
        mesh
    }

    /// A line in the ground's frame, laid on it: the pieces over ground, each with a point wherever it passes from one
    /// triangle to the next.
    pub fn drape_line(&self, line: &geo::LineString) -> Vec<Vec<DVec3>> {
        let mut pieces: Vec<Vec<DVec3>> = Vec::new();
        for segment in line.lines() {
            let (from, to) = (DVec2::new(segment.start.x, segment.start.y), DVec2::new(segment.end.x, segment.end.y));
            for (start, end) in self.segment_on_ground(from, to) {
                match pieces.last_mut().filter(|piece| piece.last().is_some_and(|last| last.distance(start) < 1e-6)) {
                    Some(piece) => piece.push(end),
                    None => pieces.push(vec![start, end]),
                }
            }
        }
        pieces
    }

    /// The parts of a segment over each triangle, in order, no part twice.
    fn segment_on_ground(&self, from: DVec2, to: DVec2) -> Vec<(DVec3, DVec3)> {
        let candidates = self.grid.between(from.min(to), from.max(to));
        let mut parts: Vec<(f64, f64, usize)> = candidates
            .into_iter()
            .filter_map(|index| {
                let (start, end) = part_inside(from, to, &self.triangles[index])?;
                Some((start, end, index))
            })
            .collect();
        parts.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
        let mut done = 0.0;
        let mut found = Vec::new();
        for (start, end, index) in parts {
            let start = if start < done + JOINT { done.min(end) } else { start };
            if end - start <= JOINT {
                continue;
            }
            let on = |along: f64| {
                let place = from.lerp(to, along);
                place.extend(height(&self.triangles[index], place))
            };
            found.push((on(start), on(end)));
            done = end;
        }
        found
    }
}

impl DrapedMesh {
    /// Adds what a flat triangle and a ground triangle have in common, at the ground's height.
    fn add_clipped(&mut self, piece: &[DVec2; 3], ground: &[DVec3; 3]) {
        let mut outline = piece.to_vec();
        for edge in 0..3 {
            outline = clipped(&outline, ground[edge].truncate(), ground[(edge + 1) % 3].truncate());
        }
        let first = self.positions.len() as u32;
        let count = outline.len() as u32;
        if count < 3 {
            return;
        }
        self.positions.extend(outline.iter().map(|&place| place.extend(height(ground, place))));
        self.indices.extend((1..count - 1).flat_map(|next| [first, first + next, first + next + 1]));
    }
}

/// The triangles of a flat polygon, counter-clockwise.
fn flat_triangles(polygon: &geo::Polygon) -> Vec<[DVec2; 3]> {
    let flat = counter_clockwise(polygon);
    let points: Vec<DVec2> = flat.points().map(DVec3::truncate).collect();
    let triangles = match triangulate(&flat) {
        Ok(triangles) => triangles,
        Err(super::TriangulateError::NotSimple { best, .. }) => best,
        Err(_) => Vec::new(),
    };
    triangles.iter().map(|triangle| triangle.map(|index| points[index as usize])).collect()
}

/// The polygon's open rings at zero height, the exterior seen counter-clockwise from above.
fn counter_clockwise(polygon: &geo::Polygon) -> Polygon3 {
    let open = |ring: &geo::LineString| -> Vec<DVec3> {
        let closing = usize::from(ring.is_closed());
        ring.0.iter().take(ring.0.len().saturating_sub(closing)).map(|c| DVec3::new(c.x, c.y, 0.0)).collect()
    };
    let mut flat =
        Polygon3 { exterior: open(polygon.exterior()), interiors: polygon.interiors().iter().map(open).collect() };
    if flat.newell().z < 0.0 {
        flat.exterior.reverse();
    }
    flat
}

/// The part of a convex outline left of the line from `a` to `b` (Sutherland and Hodgman).
fn clipped(outline: &[DVec2], a: DVec2, b: DVec2) -> Vec<DVec2> {
    let side = |point: DVec2| (b - a).perp_dot(point - a);
    let mut kept = Vec::with_capacity(outline.len() + 1);
    for (index, &here) in outline.iter().enumerate() {
        let before = outline[(index + outline.len() - 1) % outline.len()];
        let (side_before, side_here) = (side(before), side(here));
        if (side_before < 0.0) != (side_here < 0.0) {
            kept.push(before.lerp(here, side_before / (side_before - side_here)));
        }
        if side_here >= 0.0 {
            kept.push(here);
        }
    }
    kept
}

/// The part of a segment inside a triangle, as parts of its length; `None` where it passes by.
fn part_inside(from: DVec2, to: DVec2, triangle: &[DVec3; 3]) -> Option<(f64, f64)> {
    let (mut start, mut end) = (0.0f64, 1.0f64);
    for edge in 0..3 {
        let (a, b) = (triangle[edge].truncate(), triangle[(edge + 1) % 3].truncate());
        let (at_start, at_end) = ((b - a).perp_dot(from - a), (b - a).perp_dot(to - a));
        match (at_start < 0.0, at_end < 0.0) {
            (true, true) => return None,
            (true, false) => start = start.max(at_start / (at_start - at_end)),
            (false, true) => end = end.min(at_start / (at_start - at_end)),
            (false, false) => {}
        }
    }
    (start < end).then_some((start, end))
}

fn is_ground(triangle: &[DVec3; 3]) -> bool {
    let normal = (triangle[1] - triangle[0]).cross(triangle[2] - triangle[0]);
    normal.is_finite() && normal.z > LEAST_FLATNESS * normal.length()
}

fn holds(triangle: &[DVec3; 3], place: DVec2) -> bool {
    (0..3).all(|edge| {
        let (a, b) = (triangle[edge].truncate(), triangle[(edge + 1) % 3].truncate());
        (b - a).perp_dot(place - a) >= 0.0
    })
}

/// The height of a triangle's plane at a place.
fn height(triangle: &[DVec3; 3], place: DVec2) -> f64 {
    let normal = (triangle[1] - triangle[0]).cross(triangle[2] - triangle[0]);
    let off = place - triangle[0].truncate();
    triangle[0].z - (normal.x * off.x + normal.y * off.y) / normal.z
}

fn extent(points: &[DVec2]) -> (DVec2, DVec2) {
    let start = (DVec2::INFINITY, DVec2::NEG_INFINITY);
    points.iter().fold(start, |(low, high), &point| (low.min(point), high.max(point)))
}

/// Square cells over the ground, each with the triangles whose box meets it.
#[derive(Clone, Debug, Default)]
struct Grid {
    low: DVec2,
    cell_m: f64,
    columns: usize,
    rows: usize,
    cells: Vec<Vec<u32>>,
}

impl Grid {
    /// About as many cells as triangles.
    fn new(triangles: &[[DVec3; 3]]) -> Self {
        let boxes: Vec<(DVec2, DVec2)> =
            triangles.iter().map(|triangle| extent(&triangle.map(DVec3::truncate))).collect();
        let (low, high) = extent(&boxes.iter().flat_map(|&(low, high)| [low, high]).collect::<Vec<_>>());
        let size = high - low;
        if triangles.is_empty() {
            return Self::default();
        }
        let cell_m = (size.x * size.y / triangles.len() as f64).sqrt().max(size.max_element() / 1000.0);
        let count = |length_m: f64| (length_m / cell_m).floor() as usize + 1;
        let (columns, rows) = (count(size.x), count(size.y));
        let mut grid = Self { low, cell_m, columns, rows, cells: vec![Vec::new(); columns * rows] };
        for (index, &(low, high)) in boxes.iter().enumerate() {
            grid.cells_between(low, high).for_each(|cell| grid.cells[cell].push(index as u32));
        }
        grid
    }

    /// The triangles whose cells meet a box, each once and in order.
    fn between(&self, low: DVec2, high: DVec2) -> Vec<usize> {
        let mut found: Vec<usize> =
            self.cells_between(low, high).flat_map(|cell| &self.cells[cell]).map(|&index| index as usize).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    fn cells_between(&self, low: DVec2, high: DVec2) -> impl Iterator<Item = usize> + use<> {
        let (first, last) = ((low - self.low) / self.cell_m, (high - self.low) / self.cell_m);
        let columns = self.columns;
        let across = cells_along(first.x, last.x, self.columns);
        cells_along(first.y, last.y, self.rows)
            .flat_map(move |row| across.clone().map(move |column| row * columns + column))
    }
}

/// The cells from one place to another along an axis; empty beside the grid.
fn cells_along(first: f64, last: f64, count: usize) -> std::ops::Range<usize> {
    if !(last >= 0.0 && first <= count as f64) {
        return 0..0;
    }
    let first = (first.max(0.0) as usize).min(count);
    first..(last as usize + 1).min(count)
}

#[cfg(test)]
mod tests;
