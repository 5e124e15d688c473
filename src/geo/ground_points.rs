//! Single points on the ground, gathered one by one, of which only so many are kept as memory allows.
//!
//! Filled with the feet of buildings, one after the other, where a city has no terrain; [`super::Terrain`] is laid over what
//! comes out. Points that share a square of a grid are one, at their mean; the more squares there are, the larger they
//! become.

use std::collections::BTreeMap;

use glam::DVec3;

/// Edge of the first grid's squares, in metres.
const FINEST_M: f64 = 4.0;
/// Squares kept at most: a city of 300 km² then has one every 130 m or so. That is coarse on a slope; a city on hills
/// needs a terrain.
const MOST: usize = 1 << 14;

/// Points on the ground, thinned as they come.
#[derive(Clone, Debug)]
pub struct GroundPoints {
    edge_m: f64,
    most: usize,
    /// Sum and number of the points by column and row.
    squares: BTreeMap<(i64, i64), (DVec3, f64)>,
}

impl Default for GroundPoints {
    fn default() -> Self {
        Self::at_most(MOST)
    }
}

impl GroundPoints {
    fn at_most(most: usize) -> Self {
        Self { edge_m: FINEST_M, most, squares: BTreeMap::new() }
    }

    /// Adds a point in a projected system; one that is no number is left out.
    pub fn add(&mut self, point: DVec3) {
        if !point.is_finite() {
            return;
        }
        let square = (point.truncate() / self.edge_m).floor();
        add(&mut self.squares, (square.x as i64, square.y as i64), (point, 1.0));
        while self.squares.len() > self.most {
            self.coarsen();
        }
    }

    /// The means of the points in each square, from west to east.
    pub fn means(&self) -> Vec<DVec3> {
        self.squares.values().map(|(sum, count)| sum / count).collect()
    }

    /// Makes one square of each four.
    fn coarsen(&mut self) {
        self.edge_m *= 2.0;
        let finer = std::mem::take(&mut self.squares);
        finer.into_iter().for_each(|((column, row), some)| add(&mut self.squares, (column >> 1, row >> 1), some));
    }
}

fn add(squares: &mut BTreeMap<(i64, i64), (DVec3, f64)>, square: (i64, i64), (point, number): (DVec3, f64)) {
    let (sum, count) = squares.entry(square).or_default();
    (*sum, *count) = (*sum + point, *count + number);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_points_are_one_at_their_mean() {
        let mut points = GroundPoints::default();
        for (x, z) in [(1.0, 500.0), (3.0, 502.0), (5.0, 510.0), (f64::NAN, 0.0)] {
            points.add(DVec3::new(x, -1.0, z));
        }
        assert_eq!(points.means(), [DVec3::new(2.0, -1.0, 501.0), DVec3::new(5.0, -1.0, 510.0)]);
    }

    #[test]
    fn there_are_never_more_than_allowed_and_they_stay_on_their_plane() {
        let mut points = GroundPoints::at_most(100);
        for index in 0..10_000 {
            let (x, y) = (f64::from(index % 100) * 7.0 - 350.0, f64::from(index / 100) * 7.0 - 350.0);
            points.add(DVec3::new(x, y, 500.0 + x * 0.01 - y * 0.02));
        }
        let means = points.means();
        assert!((25..=100).contains(&means.len()), "{}", means.len());
        assert!(means.iter().all(|mean| (mean.z - (500.0 + mean.x * 0.01 - mean.y * 0.02)).abs() < 1e-9));
    }
}
