//! Many points of one system → the earth-centred frame, quicker than PROJ takes them one by one.
//!
//! Over a kilometre the earth bends so evenly that a polynomial through a few points that PROJ has taken is within a
//! micrometre of what PROJ gives between them. Each such patch is held against PROJ before it is used; where the two are
//! apart, as beside a seam of a correction grid, every point goes to PROJ itself. What a point comes to depends on the
//! point alone and on how far the batch it came in reaches, never on what was asked before.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use glam::{DVec2, DVec3};

use super::{Bounds3, CrsError, Ecef, Projector};

/// Edge of a patch in units of the system, metres for all that patches are good for.
const EDGE_M: f64 = 1024.0;
/// A patch is used where it is within this of PROJ.
const WITHIN_M: f64 = 1e-4;
/// Points further from the middle than this have no patches, so that scattered ones do not fill the memory.
const REACH_M: f64 = 110_000.0;
/// Batches wider than this have no patches: their points lie too far apart to share any.
const BATCH_M: f64 = 2.0 * EDGE_M;
/// The height over which the way up is measured.
const UP_M: f64 = 1000.0;
/// Places in a patch, as parts of its edge, where it is held against PROJ.
const CHECKED: [(f64, f64); 5] = [(0.25, 0.25), (0.75, 0.25), (0.5, 0.37), (0.25, 0.75), (0.75, 0.75)];

/// Column and row of a patch.
type Cell = (i64, i64);

/// A projector with the patches that were needed so far. May be shared between threads.
#[derive(Debug)]
pub struct Patches {
    projector: Projector,
    middle: DVec2,
    /// `None` where PROJ has to be asked.
    cells: RwLock<BTreeMap<Cell, Option<Arc<Patch>>>>,
}

impl Patches {
    /// No patches yet. `middle` is a place of the projector's system that most points will be near to.
    pub fn new(projector: Projector, middle: DVec2) -> Self {
        Self { projector, middle, cells: RwLock::default() }
    }

    /// The projector itself, for single points.
    pub fn projector(&self) -> &Projector {
        &self.projector
    }

    /// Points in the earth-centred frame, within a tenth of a millimetre of [`Projector::ecef`]. The first point that is
    /// out of range fails the batch.
    pub fn ecef_all(&self, points: &[DVec3]) -> Result<Vec<Ecef>, CrsError> {
        let bounds = Bounds3::of(points.iter().copied());
        let far = (bounds.min.truncate() - self.middle).abs().max((bounds.max.truncate() - self.middle).abs());
        let is_near = far.max_element() < REACH_M && points.iter().all(|point| point.is_finite());
        if !is_near || bounds.size().truncate().max_element() > BATCH_M {
            return self.projector.ecef_all(points);
        }
        let mut last: Option<(Cell, Option<Arc<Patch>>)> = None;
        let place = |&point: &DVec3| {
            let cell = cell_of(point);
            let (_, patch) = match last.take() {
                Some(known) if known.0 == cell => last.insert(known),
                _ => last.insert((cell, self.patch(cell))),
            };
            match patch {
                Some(patch) => Ok(patch.ecef(point)),
                None => self.projector.ecef(point),
            }
        };
        points.iter().map(place).collect()
    }

    fn patch(&self, cell: Cell) -> Option<Arc<Patch>> {
        if let Some(known) = self.cells.read().unwrap_or_else(PoisonError::into_inner).get(&cell) {
            return known.clone();
        }
        // Two threads may make the same patch at once; it is the same.
        let patch = Patch::new(&self.projector, cell).map(Arc::new);
        self.cells.write().unwrap_or_else(PoisonError::into_inner).entry(cell).or_insert(patch).clone()
    }
}

fn cell_of(point: DVec3) -> Cell {
    let cell = (point.truncate() / EDGE_M).floor();
    (cell.x as i64, cell.y as i64)
}

/// Positions at height 0 and the way up a metre, at nine places of a square: row after row from the south-west.
#[derive(Debug)]
struct Patch {
    corner: DVec2,
    ground: [DVec3; 9],
    up: [DVec3; 9],
}

impl Patch {
    /// The patch of a cell; `None` where it is not close enough to PROJ.
    fn new(projector: &Projector, cell: Cell) -> Option<Self> {
        let corner = DVec2::new(cell.0 as f64, cell.1 as f64) * EDGE_M;
        let exact = |x: f64, y: f64, height_m: f64| {
            let point = (corner + DVec2::new(x, y) * EDGE_M).extend(height_m);
            projector.ecef(point).ok().map(|Ecef(position)| (point, position))
        };
        let mut patch = Self { corner, ground: [DVec3::ZERO; 9], up: [DVec3::ZERO; 9] };
        for place in 0..9 {
            let (x, y) = ((place % 3) as f64 * 0.5, (place / 3) as f64 * 0.5);
            let (_, ground) = exact(x, y, 0.0)?;
            patch.ground[place] = ground;
            patch.up[place] = (exact(x, y, UP_M)?.1 - ground) / UP_M;
        }
        let is_close = CHECKED.iter().all(|&(x, y)| {
            exact(x, y, UP_M * 0.5).is_some_and(|(point, position)| patch.ecef(point).0.distance(position) < WITHIN_M)
        });
        is_close.then_some(patch)
    }

    fn ecef(&self, point: DVec3) -> Ecef {
        let along = (point.truncate() - self.corner) / EDGE_M;
        let (east, north) = (weights(along.x), weights(along.y));
        let mut position = DVec3::ZERO;
        for (row, weight) in north.into_iter().enumerate() {
            for (column, across) in east.into_iter().enumerate() {
                let place = row * 3 + column;
                position += (self.ground[place] + self.up[place] * point.z) * (weight * across);
            }
        }
        Ecef(position)
    }
}

/// Lagrange's weights of the values at 0, ½ and 1.
fn weights(at: f64) -> [f64; 3] {
    [(2.0 * at - 1.0) * (at - 1.0), 4.0 * at * (1.0 - at), at * (2.0 * at - 1.0)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::geo::{Crs, HeightReference};

    const MIDDLE: DVec2 = DVec2::new(691_500.0, 5_334_500.0);

    fn patches(code: u32, middle: DVec2) -> Patches {
        let heights = HeightReference::Geoid { undulation_constant_m: 45.7 };
        Patches::new(Projector::with_grid_folders(Crs::horizontal(code), heights, &[]).unwrap(), middle)
    }

    proptest! {
        #[test]
        fn patches_agree_with_proj_within_a_hundredth_of_a_millimetre(
            x in -90_000.0..90_000.0f64, y in -90_000.0..90_000.0f64, z in -100.0..3_000.0f64,
        ) {
            let patches = patches(25832, MIDDLE);
            let points = [(0.0, 0.0), (700.0, 20.0), (20.0, 1_300.0)].map(|(east, north)| {
                (MIDDLE + DVec2::new(x + east, y + north)).extend(z)
            });
            let quick = patches.ecef_all(&points).unwrap();
            prop_assert!(patches.cells.read().unwrap().values().all(Option::is_some));
            for (point, Ecef(quick)) in points.iter().zip(quick) {
                let Ecef(exact) = patches.projector().ecef(*point).unwrap();
                prop_assert!(quick.distance(exact) < 1e-5, "{}", quick.distance(exact));
            }
        }
    }

    #[test]
    fn what_patches_are_not_good_for_goes_to_proj() {
        // Far from the middle, spread widely, and in degrees.
        let utm = patches(25832, MIDDLE);
        let cases =
            [vec![DVec3::new(400_000.0, 5_334_500.0, 5.0)], vec![MIDDLE.extend(0.0), (MIDDLE + 5_000.0).extend(0.0)]];
        for points in cases {
            assert_eq!(utm.ecef_all(&points).unwrap(), utm.projector().ecef_all(&points).unwrap());
        }
        assert!(utm.cells.read().unwrap().is_empty());
        let degrees = patches(4326, DVec2::new(11.5, 48.1));
        let point = [DVec3::new(11.5755, 48.1372, 519.0)];
        assert_eq!(degrees.ecef_all(&point).unwrap(), degrees.projector().ecef_all(&point).unwrap());
        assert!(utm.ecef_all(&[DVec3::NAN]).is_err());
        assert_eq!(utm.ecef_all(&[]).unwrap(), []);
    }
}
