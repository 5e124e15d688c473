//! All polygons of a building's shell → outsides outside.
//!
//! Works on what neighbours share: in a closed body each edge is used twice, once in each direction (ISO 19107). Polygons
//! that run along a shared edge in the same direction contradict each other, and the fewer are turned; then a body whose
//! volume is negative is turned as a whole. Nothing is moved and nothing is closed.

use std::collections::VecDeque;

use glam::DVec3;

use super::plane::edges;
use super::{Bounds3, Polygon3, newell};

/// What [`orient_outward`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Oriented {
    /// How many polygons were turned.
    pub turned: u32,
    /// Whether every edge is shared by exactly two polygons: a closed body.
    pub is_closed: bool,
}

/// Turns polygons so that their normals point out of the body that they enclose together. Coordinates are metres with z
/// up; points within a millimetre's grid cell are the same corner.
///
/// A shell that is not closed is judged as if its open side were at the bottom, which is how buildings without a ground
/// surface come; a flat sheet alone stays as it is.
pub fn orient_outward(polygons: &mut [&mut Polygon3]) -> Oriented {
    let shell = Shell::new(polygons);
    let sides = shell.consistent_sides();
    let mut turned = vec![false; polygons.len()];
    let mut open = Vec::new();
    for piece in sides {
        let volume: f64 = piece.members.iter().map(|&(index, flip)| shell.signed_cone(index, flip)).sum();
        let turn_all = if piece.is_closed { volume < 0.0 } else { piece.turns_fewer_by_turning_all() };
        for &(index, flip) in &piece.members {
            turned[index] = flip != turn_all;
        }
        if !piece.is_closed {
            open.extend(piece.members.iter().map(|(index, _)| *index));
        }
    }
    let open_volume: f64 = open.iter().map(|&index| shell.signed_cone(index, turned[index])).sum();
    if open_volume < -shell.noise_m3() {
        open.iter().for_each(|&index| turned[index] = !turned[index]);
    }
    polygons.iter_mut().zip(&turned).filter(|(_, turn)| **turn).for_each(|(polygon, _)| turn(polygon));
    Oriented { turned: turned.iter().filter(|turn| **turn).count() as u32, is_closed: open.is_empty() }
}

/// Turns every ring round, keeping its first point.
fn turn(polygon: &mut Polygon3) {
    for ring in std::iter::once(&mut polygon.exterior).chain(&mut polygon.interiors) {
        if let Some((_, rest)) = ring.split_first_mut() {
            rest.reverse();
        }
    }
}

/// A corner's cell in a grid of one millimetre.
type Corner = [i64; 3];

/// One polygon's use of an edge: whether it runs from the smaller corner to the larger.
#[derive(Clone, Copy)]
struct Use {
    edge: (Corner, Corner),
    polygon: usize,
    ascending: bool,
}

/// A polygon beside another, and whether one of the two must be turned.
#[derive(Clone, Copy)]
struct Neighbour {
    of: usize,
    polygon: usize,
    contradicts: bool,
}

/// Who shares edges with whom.
struct Shell {
    /// All neighbours, by the polygon that they are beside.
    neighbours: Vec<Neighbour>,
    /// Whether each polygon's edges are all shared by exactly two.
    is_closed: Vec<bool>,
    /// Six times the signed volume of each polygon's cone to the middle of the shell's bottom.
    cones: Vec<f64>,
    bounds: Bounds3,
}

impl Shell {
    fn new(polygons: &[&mut Polygon3]) -> Self {
        let bounds = polygons.iter().fold(Bounds3::EMPTY, |bounds, polygon| bounds.union(polygon.bounds()));
        let bottom = bounds.center().with_z(bounds.min.z);
        let uses = edge_uses(polygons);
        let mut shell = Self {
            neighbours: Vec::with_capacity(uses.len()),
            is_closed: vec![true; polygons.len()],
            cones: polygons.iter().map(|polygon| cone(polygon, bottom)).collect(),
            bounds,
        };
        uses.chunk_by(|a, b| a.edge == b.edge).for_each(|uses| shell.note_edge(uses));
        // In the order of the edges for each of them.
        shell.neighbours.sort_by_key(|neighbour| neighbour.of);
        shell
    }

    fn note_edge(&mut self, uses: &[Use]) {
        match uses {
            [a, b] => {
                let contradicts = a.ascending == b.ascending;
                self.neighbours.push(Neighbour { of: a.polygon, polygon: b.polygon, contradicts });
                self.neighbours.push(Neighbour { of: b.polygon, polygon: a.polygon, contradicts });
            }
            _ => uses.iter().for_each(|used| self.is_closed[used.polygon] = false),
        }
    }

    /// The pieces that hang together by shared edges, each with its polygons set to the side of its first one.
    fn consistent_sides(&self) -> Vec<Piece> {
        let mut seen = vec![false; self.cones.len()];
        let mut pieces = Vec::new();
        for first in 0..self.cones.len() {
            if !seen[first] {
                pieces.push(self.piece_from(first, &mut seen));
            }
        }
        pieces
    }

    fn piece_from(&self, first: usize, seen: &mut [bool]) -> Piece {
        let mut piece = Piece { members: Vec::new(), is_closed: true };
        let mut next = VecDeque::from([(first, false)]);
        seen[first] = true;
        while let Some((index, flip)) = next.pop_front() {
            piece.members.push((index, flip));
            piece.is_closed &= self.is_closed[index];
            for &Neighbour { polygon, contradicts, .. } in self.neighbours_of(index) {
                if !std::mem::replace(&mut seen[polygon], true) {
                    next.push_back((polygon, flip != contradicts));
                }
            }
        }
        piece
    }

    fn neighbours_of(&self, polygon: usize) -> impl Iterator<Item = &Neighbour> {
        let start = self.neighbours.partition_point(|neighbour| neighbour.of < polygon);
        self.neighbours.iter().skip(start).take_while(move |neighbour| neighbour.of == polygon)
    }

    fn signed_cone(&self, index: usize, flip: bool) -> f64 {
        if flip { -self.cones[index] } else { self.cones[index] }
    }

    /// A volume too small to tell a side by: a sheet as thick as the corners' grid.
    fn noise_m3(&self) -> f64 {
        let size = self.bounds.size();
        6.0 * 0.001 * (size.x * size.y + size.y * size.z + size.z * size.x)
    }
}

/// Polygons that hang together, each with whether it is to be turned to agree with the first.
struct Piece {
    members: Vec<(usize, bool)>,
    is_closed: bool,
}

impl Piece {
    fn turns_fewer_by_turning_all(&self) -> bool {
        self.members.iter().filter(|(_, flip)| *flip).count() * 2 > self.members.len()
    }
}

/// All uses of edges, by edge, those of one edge in the order of the polygons.
fn edge_uses(polygons: &[&mut Polygon3]) -> Vec<Use> {
    let mut uses = Vec::with_capacity(polygons.iter().map(|polygon| polygon.exterior.len()).sum());
    let mut corners = Vec::new();
    for (index, ring) in
        polygons.iter().enumerate().flat_map(|(index, polygon)| polygon.rings().map(move |r| (index, r)))
    {
        corners.clear();
        corners.extend(ring.iter().map(|&point| corner(point)));
        for (from, to) in edges(&corners).filter(|(from, to)| from != to) {
            uses.push(Use { edge: (from.min(to), from.max(to)), polygon: index, ascending: from < to });
        }
    }
    uses.sort_by_key(|used| used.edge);
    uses
}

fn corner(point: DVec3) -> Corner {
    (point * 1000.0).round().to_array().map(|cell| cell as i64)
}

fn cone(polygon: &Polygon3, apex: DVec3) -> f64 {
    polygon.rings().filter_map(|ring| Some((*ring.first()? - apex).dot(newell(ring)))).sum()
}

#[cfg(test)]
mod tests;
