//! A grid of terrain heights in a projected system, as DGM tiles give them.
//!
//! Filled by `source::geotiff`; asked by whoever drapes something on the ground. Knows no file.

use glam::DVec2;

use super::Crs;

/// Heights at posts on a square grid that runs along the axes of its system.
#[derive(Clone, Debug, PartialEq)]
pub struct HeightGrid {
    /// The system of the posts and, where it names one, of the heights.
    pub crs: Option<Crs>,
    /// Easting and northing of the south-western post itself: the first column of the first row.
    pub origin: DVec2,
    /// Distance between neighbouring posts, in metres.
    pub spacing_m: f64,
    /// Posts from west to east.
    pub columns: u32,
    /// Posts from south to north.
    pub rows: u32,
    /// Heights in metres, row after row from the south, each from west to east; NaN where there is none.
    pub heights_m: Vec<f32>,
}

impl HeightGrid {
    /// The height at a post; `None` outside the grid or where there is none.
    pub fn post_m(&self, column: u32, row: u32) -> Option<f32> {
        if column >= self.columns || row >= self.rows {
            return None;
        }
        let index = u64::from(row) * u64::from(self.columns) + u64::from(column);
        let height_m = self.heights_m.get(usize::try_from(index).ok()?)?;
        (!height_m.is_nan()).then_some(*height_m)
    }

    /// The smallest and largest easting and northing that have a height: half a spacing beyond the outermost posts.
    pub fn bounds(&self) -> (DVec2, DVec2) {
        let half = DVec2::splat(self.spacing_m * 0.5);
        let across = DVec2::new(f64::from(self.columns) - 1.0, f64::from(self.rows) - 1.0) * self.spacing_m;
        (self.origin - half, self.origin + across + half)
    }

    /// The height between the four posts around a point, weighted by nearness (bilinear).
    ///
    /// Up to half a spacing beyond the outermost posts, these count on, so that neighbouring tiles leave no gap. `None`
    /// farther out, and where one of the posts that count has no height.
    pub fn height_m(&self, easting: f64, northing: f64) -> Option<f64> {
        let steps = (DVec2::new(easting, northing) - self.origin) / self.spacing_m;
        let (west, east_weight) = between(steps.x, self.columns)?;
        let (south, north_weight) = between(steps.y, self.rows)?;
        let along = |row: u32| self.mixed(east_weight, || self.post_m(west, row), || self.post_m(west + 1, row));
        self.mixed(north_weight, || along(south), || along(south + 1))
    }

    /// Mixes two heights; one that has no weight is not asked for.
    fn mixed<T: Into<f64>>(
        &self,
        weight: f64,
        first: impl FnOnce() -> Option<T>,
        second: impl FnOnce() -> Option<T>,
    ) -> Option<f64> {
        if weight <= 0.0 {
            return first().map(Into::into);
        }
        if weight >= 1.0 {
            return second().map(Into::into);
        }
        Some(first()?.into() * (1.0 - weight) + second()?.into() * weight)
    }
}

/// The post before a position, counted in spacings, and how far it is from there to the next one.
fn between(steps: f64, count: u32) -> Option<(u32, f64)> {
    let last = f64::from(count.checked_sub(1)?);
    if !(-0.5..=last + 0.5).contains(&steps) {
        return None;
    }
    let inside = steps.clamp(0.0, last);
    let before = inside.floor();
    Some((before as u32, inside - before))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Posts at 100/200, 102/200, … with heights 1 2 3 in the south and 4 5 none in the north.
    fn grid() -> HeightGrid {
        HeightGrid {
            crs: None,
            origin: DVec2::new(100.0, 200.0),
            spacing_m: 2.0,
            columns: 3,
            rows: 2,
            heights_m: vec![1.0, 2.0, 3.0, 4.0, 5.0, f32::NAN],
        }
    }

    #[test]
    fn posts_have_their_heights_and_points_between_are_mixed() {
        let grid = grid();
        assert_eq!(grid.height_m(100.0, 200.0), Some(1.0));
        assert_eq!(grid.height_m(104.0, 200.0), Some(3.0));
        assert_eq!(grid.height_m(101.0, 201.0), Some(3.0));
        assert_eq!(grid.height_m(102.0, 202.0), Some(5.0));
    }

    #[test]
    fn half_a_spacing_beyond_is_covered_and_no_more() {
        let grid = grid();
        assert_eq!(grid.bounds(), (DVec2::new(99.0, 199.0), DVec2::new(105.0, 203.0)));
        assert_eq!(grid.height_m(99.0, 199.0), Some(1.0));
        assert_eq!(grid.height_m(98.9, 199.0), None);
        assert_eq!(grid.height_m(100.0, 203.1), None);
        assert_eq!(grid.height_m(f64::NAN, 200.0), None);
    }

    #[test]
    fn holes_have_no_height_where_they_count() {
        let grid = grid();
        assert_eq!(grid.height_m(104.0, 202.0), None);
        assert_eq!(grid.height_m(103.0, 201.0), None);
        assert_eq!(grid.height_m(103.0, 200.0), Some(2.5));
    }

    #[test]
    fn grids_of_one_post_or_none() {
        let one = HeightGrid { columns: 1, rows: 1, heights_m: vec![7.0], ..grid() };
        assert_eq!(one.height_m(100.9, 199.1), Some(7.0));
        let none = HeightGrid { columns: 0, rows: 0, heights_m: vec![], ..grid() };
        assert_eq!(none.height_m(100.0, 200.0), None);
    }
}
