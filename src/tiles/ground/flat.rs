//! A square's terrain posts and class borders → flat triangles with classes, without gaps and overlaps.
//!
//! A constrained Delaunay triangulation by `spade`. The square's own edge is its hull, so that the triangles cover exactly
//! the square whatever the borders are: a border that cannot be worked in costs a ragged edge between two classes and
//! never a hole. Coordinates are metres from the square's corner. Heights come later.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use glam::DVec2;
use spade::handles::FixedVertexHandle;
use spade::{ConstrainedDelaunayTriangulation, Point2, Triangulation};

use super::noding::{Corner, Line, line, noded};
use super::pieces::{ClassMap, Piece};
use super::{CELLS, Square};
use crate::twin::GroundClass;

/// Corners lie on a grid of this many to a metre, 8 mm; a power of two, so that every corner is exact.
const CORNERS_PER_M: f64 = 128.0;

type Mesh = ConstrainedDelaunayTriangulation<Point2<f64>>;

/// The triangulated posts of squares, made once for all of a level, which are of one size.
#[derive(Default)]
pub(super) struct Posts(Mutex<BTreeMap<u32, Arc<Grid>>>);

/// The posts of a square without anything between them.
#[derive(Default)]
struct Grid {
    mesh: Mesh,
    /// Row after row.
    posts: Vec<FixedVertexHandle>,
}

impl Posts {
    /// `None` where a number is beyond reason.
    fn of(&self, square: &Square) -> Option<Arc<Grid>> {
        if let Some(known) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&square.level) {
            return Some(known.clone());
        }
        // Two threads may make the same grid at once; it is the same.
        let grid = Arc::new(Grid::new(square)?);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(square.level, grid.clone());
        Some(grid)
    }
}

impl Grid {
    fn new(square: &Square) -> Option<Self> {
        let mut grid = Self::default();
        for (column, row) in (0..=CELLS).flat_map(|row| (0..=CELLS).map(move |column| (column, row))) {
            let along = |count: u32| if count == CELLS { square.edge_m } else { f64::from(count) * square.spacing_m() };
            grid.posts.push(grid.mesh.insert(Point2::new(along(column), along(row))).ok()?);
        }
        Some(grid)
    }

    /// The post next to a place in a square.
    fn post(&self, place: DVec2, square: &Square) -> Option<FixedVertexHandle> {
        let [column, row] = (place / square.spacing_m()).round().to_array().map(|count| count as usize);
        self.posts.get(row * (CELLS as usize + 1) + column).or(self.posts.first()).copied()
    }
}

/// Triangles over a square.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Flat {
    /// From the square's corner.
    pub points: Vec<DVec2>,
    /// Counter-clockwise.
    pub triangles: Vec<([u32; 3], GroundClass)>,
    /// The edges along the square's border, the square to their left, with the class there.
    pub border: Vec<([u32; 2], GroundClass)>,
    /// Whether class borders are missing because they could not be worked in.
    pub is_plain: bool,
    /// Parts of borders that crossed others even after they were cut at their crossings.
    pub borders_left_out: u64,
}

impl Flat {
    /// The triangles of a square with pieces in it; `posts` are those of its tree.
    pub fn new(square: &Square, pieces: &[Piece], posts: &Posts) -> Self {
        let classes = ClassMap::new(pieces);
        // The triangulation is trusted with borders that others drew. Should it ever give up on some, this one square
        // goes without borders, and the build goes on.
        let with_borders = catch_unwind(AssertUnwindSafe(|| mesh(square, pieces, posts)));
        match with_borders.ok().flatten() {
            Some((mesh, left_out)) => Self { borders_left_out: left_out, ..Self::of(&mesh, square, &classes) },
            None => {
                let (mesh, _) = mesh(square, &[], posts).unwrap_or_default();
                Self { is_plain: true, ..Self::of(&mesh, square, &classes) }
            }
        }
    }

    fn of(mesh: &Mesh, square: &Square, classes: &ClassMap) -> Self {
        let points = mesh.vertices().map(|vertex| DVec2::new(vertex.position().x, vertex.position().y)).collect();
        let mut flat = Self { points, ..Self::default() };
        for face in mesh.inner_faces() {
            let corners = face.vertices().map(|vertex| vertex.index() as u32);
            let middle = corners.iter().filter_map(|&corner| flat.points.get(corner as usize)).sum::<DVec2>() / 3.0;
            let class = classes.class_at(square.corner + middle);
            flat.triangles.push((corners, class));
            for edge in face.adjacent_edges().iter().filter(|edge| edge.rev().is_outer_edge()) {
                flat.border.push(([edge.from().index() as u32, edge.to().index() as u32], class));
            }
        }
        flat
    }
}

/// The triangulation of a square's posts and its pieces' borders; `None` where a number is beyond reason.
fn mesh(square: &Square, pieces: &[Piece], posts: &Posts) -> Option<(Mesh, u64)> {
    let grid = posts.of(square)?;
    let mut mesh = grid.mesh.clone();
    let insert = |mesh: &mut Mesh, corner: Corner| {
        let place = DVec2::from_array(corner.map(|steps| steps as f64 / CORNERS_PER_M));
        // The way to a corner's place in the mesh starts at the post next to it.
        mesh.insert_with_hint(Point2::new(place.x, place.y), grid.post(place, square)?).ok()
    };
    let mut left_out = 0;
    for (from, to) in borders(square, pieces) {
        let [from, to] = [insert(&mut mesh, from)?, insert(&mut mesh, to)?];
        let is_in = from == to || !mesh.try_add_constraint(from, to).is_empty();
        left_out += u64::from(!is_in);
    }
    Some((mesh, left_out))
}

/// The borders of the pieces inside a square, in parts that do not cross.
fn borders(square: &Square, pieces: &[Piece]) -> Vec<Line> {
    let corner = |point: DVec2| (point * CORNERS_PER_M).round().to_array().map(|steps| steps as i64);
    let inside = |(from, to): (DVec2, DVec2)| {
        let (from, to) = clipped(snapped(from - square.corner), snapped(to - square.corner), square.edge_m)?;
        line(corner(from), corner(to))
    };
    noded(pieces.iter().flat_map(Piece::edges).filter_map(inside))
}

fn snapped(point: DVec2) -> DVec2 {
    // Adding zero makes a minus zero a plain one.
    (point * CORNERS_PER_M).round() / CORNERS_PER_M + 0.0
}

/// The part of a line between 0 and `edge_m` on both axes, its ends on the grid (Liang and Barsky); `None` where it
/// passes by or only touches.
fn clipped(from: DVec2, to: DVec2, edge_m: f64) -> Option<(DVec2, DVec2)> {
    let along = to - from;
    let (mut start, mut end) = (0.0f64, 1.0f64);
    for (step, low, high) in [(along.x, -from.x, edge_m - from.x), (along.y, -from.y, edge_m - from.y)] {
        if step == 0.0 {
            if low > 0.0 || high < 0.0 {
                return None;
            }
            continue;
        }
        let (enters, leaves) = if step > 0.0 { (low / step, high / step) } else { (high / step, low / step) };
        start = start.max(enters);
        end = end.min(leaves);
    }
    let at = |part: f64| snapped(from + along * part).clamp(DVec2::ZERO, DVec2::splat(edge_m));
    (start < end).then(|| (at(start), at(end)))
}
