//! Trees as a few triangles each: enough for shade and for where the green is.
//!
//! A crown that comes to a point at the ground, so that no trunk has to be drawn: rounded for broad trees, a cone for
//! slender ones. Size and turn vary a little by place, always the same way for the same tree.

use std::f64::consts::TAU;

use glam::{DVec2, DVec3};

use super::{GroundError, Place, Tree};

/// A tree taller than its crown is wide by more than this is drawn as a cone.
const SLENDER: f64 = 2.4;
/// Trees that a square of the second level has at most.
const MOST_FROM_AFAR: usize = 2_000;
/// Heights and crowns outside of these are mistakes of the source.
const HEIGHT_M: std::ops::RangeInclusive<f64> = 1.0..=60.0;
const CROWN_M: std::ops::RangeInclusive<f64> = 0.5..=30.0;

/// How trees are drawn in a square.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// Each tree, 18 triangles.
    Near,
    /// The largest, 8 triangles each.
    Far,
    /// None.
    Without,
}

/// Rings of a crown from below: height as a part of the tree's, radius as a part of the crown's.
struct Shape {
    sides: u32,
    rings: &'static [(f64, f64)],
}

const BROAD: Shape = Shape { sides: 5, rings: &[(0.38, 0.85), (0.72, 0.9)] };
const CONE: Shape = Shape { sides: 6, rings: &[(0.2, 1.0)] };
const FROM_AFAR: Shape = Shape { sides: 4, rings: &[(0.55, 1.0)] };

/// The crowns of a square, local metres.
#[derive(Default)]
pub(super) struct Crowns {
    pub positions: Vec<DVec3>,
    pub normals: Vec<DVec3>,
    pub triangles: Vec<[u32; 3]>,
}

impl Crowns {
    /// The crowns of trees, in their order.
    pub fn new(trees: &[&Tree], detail: Detail, place: &Place<'_>) -> Result<Self, GroundError> {
        let mut crowns = Self::default();
        let drawn = drawn(trees, detail);
        let feet: Vec<DVec3> = drawn.iter().map(|tree| place.on_ground(tree.place)).collect();
        for (tree, foot) in drawn.into_iter().zip(place.local_all(&feet)?) {
            let shape = match detail {
                Detail::Near if tree.height_m > SLENDER * tree.crown_m => &CONE,
                Detail::Near => &BROAD,
                _ => &FROM_AFAR,
            };
            crowns.add(foot, tree, shape);
        }
        Ok(crowns)
    }

    fn add(&mut self, foot: DVec3, tree: &Tree, shape: &Shape) {
        let (turn, size) = jitter(tree.place);
        let height_m = tree.height_m.clamp(*HEIGHT_M.start(), *HEIGHT_M.end()) * size;
        let radius_m = tree.crown_m.clamp(*CROWN_M.start(), *CROWN_M.end()) * 0.5 * size;
        let heart = foot + DVec3::Z * (0.45 * height_m);
        let mut corner = |point: DVec3| {
            self.positions.push(point);
            self.normals.push(((point - heart) / DVec3::new(radius_m, radius_m, height_m)).normalize_or(DVec3::Z));
            (self.positions.len() - 1) as u32
        };
        let bottom = corner(foot);
        let rings: Vec<Vec<u32>> = shape
            .rings
            .iter()
            .enumerate()
            .map(|(ring, &(up, out))| {
                let at = |side: u32| {
                    // Every other ring is turned by half a side, which makes the crown rounder.
                    let angle = turn + (f64::from(side) + ring as f64 * 0.5) / f64::from(shape.sides) * TAU;
                    foot + DVec3::new(angle.cos() * out * radius_m, angle.sin() * out * radius_m, up * height_m)
                };
                (0..shape.sides).map(|side| corner(at(side))).collect()
            })
            .collect();
        let top = corner(foot + DVec3::Z * height_m);
        self.add_triangles(bottom, &rings, top);
    }

    /// A fan from the bottom, bands between rings, a fan to the top.
    fn add_triangles(&mut self, bottom: u32, rings: &[Vec<u32>], top: u32) {
        let around = |ring: &[u32]| -> Vec<(u32, u32)> {
            ring.iter().copied().zip(ring.iter().copied().cycle().skip(1)).collect()
        };
        if let Some(lowest) = rings.first() {
            self.triangles.extend(around(lowest).into_iter().map(|(a, b)| [bottom, b, a]));
        }
        for pair in rings.windows(2) {
            for ((a, b), (c, d)) in around(&pair[0]).into_iter().zip(around(&pair[1])) {
                self.triangles.extend([[a, b, c], [b, d, c]]);
            }
        }
        if let Some(highest) = rings.last() {
            self.triangles.extend(around(highest).into_iter().map(|(a, b)| [a, b, top]));
        }
    }
}

/// The trees that are drawn: all, or the largest.
fn drawn<'a>(trees: &[&'a Tree], detail: Detail) -> Vec<&'a Tree> {
    let mut drawn: Vec<&Tree> = match detail {
        Detail::Without => Vec::new(),
        _ => trees.iter().copied().filter(|tree| tree.height_m.is_finite() && tree.crown_m.is_finite()).collect(),
    };
    if detail == Detail::Far {
        let size = |tree: &Tree| tree.height_m * tree.crown_m;
        drawn.sort_by(|a, b| size(b).total_cmp(&size(a)));
        drawn.truncate((drawn.len() / 3).min(MOST_FROM_AFAR));
    }
    drawn
}

/// A turn of up to a full circle and a size around 1, by a hash of the place in decimetres (SplitMix64).
fn jitter(place: DVec2) -> (f64, f64) {
    let (x, y) = ((place.x * 10.0).round() as i64, (place.y * 10.0).round() as i64);
    let mut hash = (x as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (y as u64).rotate_left(32);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    hash ^= hash >> 31;
    let part = |bits: u64| (bits & 0xffff) as f64 / 65_536.0;
    (part(hash) * TAU, 0.88 + 0.24 * part(hash >> 16))
}
