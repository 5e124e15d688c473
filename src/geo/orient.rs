//! All polygons of a building's shell → outsides outside.
//!
//! Works on what neighbours share: in a closed body each edge is used twice, once in each direction (ISO 19107). Polygons
//! that run along a shared edge in the same direction contradict each other, and the fewer are turned; then a body whose
//! volume is negative is turned as a whole. Nothing is moved and nothing is closed.

use std::collections::{BTreeMap, VecDeque};

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
    polygon: usize,
    ascending: bool,
}

/// Who shares edges with whom.
struct Shell {
    /// For each polygon its neighbours, and whether one of the two must be turned.
    neighbours: Vec<Vec<(usize, bool)>>,
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
        let mut shell = Self {
            neighbours: vec![Vec::new(); polygons.len()],
            is_closed: vec![true; polygons.len()],
            cones: polygons.iter().map(|polygon| cone(polygon, bottom)).collect(),
            bounds,
        };
        for uses in edge_uses(polygons).values() {
            shell.note_edge(uses);
        }
        shell
    }

    fn note_edge(&mut self, uses: &[Use]) {
        match uses {
            [a, b] => {
                let contradict = a.ascending == b.ascending;
                self.neighbours[a.polygon].push((b.polygon, contradict));
                self.neighbours[b.polygon].push((a.polygon, contradict));
            }
            _ => uses.iter().for_each(|used| self.is_closed[used.polygon] = false),
        }
    }

    /// The pieces that hang together by shared edges, each with its polygons set to the side of its first one.
    fn consistent_sides(&self) -> Vec<Piece> {
        let mut seen = vec![false; self.neighbours.len()];
        let mut pieces = Vec::new();
        for first in 0..self.neighbours.len() {
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
            for &(neighbour, contradict) in &self.neighbours[index] {
                if !std::mem::replace(&mut seen[neighbour], true) {
                    next.push_back((neighbour, flip != contradict));
                }
            }
        }
        piece
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

fn edge_uses(polygons: &[&mut Polygon3]) -> BTreeMap<(Corner, Corner), Vec<Use>> {
    let mut uses: BTreeMap<(Corner, Corner), Vec<Use>> = BTreeMap::new();
    for (polygon, rings) in polygons.iter().enumerate().map(|(index, polygon)| (index, polygon.rings())) {
        for (from, to) in rings.flat_map(|ring| edges(ring).map(|(a, b)| (corner(a), corner(b))).collect::<Vec<_>>()) {
            if from != to {
                uses.entry((from.min(to), from.max(to))).or_default().push(Use { polygon, ascending: from < to });
            }
        }
    }
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
