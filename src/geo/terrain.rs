//! The ground's height everywhere, from what a city has of it: terrain grids, or the feet of its buildings.
//!
//! Asked by the ground's tiles. A surface without steps and without gaps: where a better source ends, the next takes over,
//! and far outside of everything the ground runs out level. Reads no file.

use std::collections::BTreeMap;

use glam::{DVec2, DVec3};
use spade::handles::VertexHandle;
use spade::{DelaunayTriangulation, FloatTriangulation, HasPosition, HierarchyHintGenerator, Point2, Triangulation};

use super::HeightGrid;

/// Feet of buildings closer together than this are one point of the ground.
const THINNED_TO_M: f64 = 4.0;
/// Ground that rises more than this between neighbouring points…
const STEEP_M: f64 = 20.0;
/// … and more than this for each metre between them is a mistake in the data, not a slope that people build on.
const STEEPEST: f64 = 0.5;
/// Rounds in which points off the ground are taken out, the corners of a cluster first.
const ROUNDS: usize = 16;
/// How far outside of all points the ground has reached its mean height.
const LEVEL_AFTER_M: f64 = 4_000.0;

/// A point of the ground.
#[derive(Clone, Copy, Debug)]
struct Foot {
    place: DVec2,
    height_m: f64,
}

impl HasPosition for Foot {
    type Scalar = f64;

    fn position(&self) -> Point2<f64> {
        spade::mitigate_underflow(Point2::new(self.place.x, self.place.y))
    }
}

type Feet = DelaunayTriangulation<Foot, (), (), (), HierarchyHintGenerator<f64>>;

/// Heights by easting and northing, in metres of one projected system.
#[derive(Debug, Default)]
pub struct Terrain {
    grids: Vec<HeightGrid>,
    /// The grids that meet each square cell of `bucket_m`.
    buckets: BTreeMap<(i64, i64), Vec<usize>>,
    bucket_m: f64,
    feet: Feet,
    mean_m: f64,
}

impl Terrain {
    /// The terrain of grids, the finest first, and of single points on the ground (such as the feet of buildings) for
    /// where no grid is. Points closer than four metres count as one at their mean; what is no number is left out, and so
    /// is a point that lies far above or below most of those around it, such as a building drawn at height 0.
    pub fn new(mut grids: Vec<HeightGrid>, points: &[DVec3]) -> Self {
        grids.retain(|grid| grid.spacing_m > 0.0 && grid.columns > 0 && grid.rows > 0);
        grids.sort_by(|a, b| a.spacing_m.total_cmp(&b.spacing_m));
        let feet = triangulated(points);
        let mean_m = mean_m(&grids, &feet);
        let mut terrain = Self { grids, buckets: BTreeMap::new(), bucket_m: 1.0, feet, mean_m };
        terrain.fill_buckets();
        terrain
    }

    /// The ground's height at a place; 0 where there is neither a grid nor a point at all.
    ///
    /// In a grid bilinear; between points linear over their Delaunay triangles; outside of these the height of the
    /// nearest place of their hull, running out into the mean height over four kilometres.
    pub fn height_m(&self, place: DVec2) -> f64 {
        self.height_by_grid(place).unwrap_or_else(|| self.height_by_points(place))
    }

    /// The direction straight up from the ground, smoothed over `reach_m` to each side.
    pub fn normal(&self, place: DVec2, reach_m: f64) -> DVec3 {
        let at = |x: f64, y: f64| self.height_m(place + DVec2::new(x, y));
        let east = at(-reach_m, 0.0) - at(reach_m, 0.0);
        let north = at(0.0, -reach_m) - at(0.0, reach_m);
        DVec3::new(east, north, 2.0 * reach_m).normalize()
    }

    fn height_by_grid(&self, place: DVec2) -> Option<f64> {
        let cell = (place / self.bucket_m).floor();
        let near = self.buckets.get(&(cell.x as i64, cell.y as i64))?;
        near.iter().find_map(|&index| self.grids.get(index)?.height_m(place.x, place.y))
    }

    fn height_by_points(&self, place: DVec2) -> f64 {
        if !place.is_finite() {
            return self.mean_m;
        }
        let inside = self.feet.barycentric().interpolate(|foot| foot.data().height_m, Point2::new(place.x, place.y));
        inside.or_else(|| self.height_beside(place)).unwrap_or(self.mean_m)
    }

    /// Beyond the hull: the nearest place of it, and the farther away the more the mean.
    fn height_beside(&self, place: DVec2) -> Option<f64> {
        let on_edge = |a: &Foot, b: &Foot| {
            let edge = b.place - a.place;
            let along = ((place - a.place).dot(edge) / edge.length_squared()).clamp(0.0, 1.0);
            (place.distance(a.place + edge * along), a.height_m + (b.height_m - a.height_m) * along)
        };
        let edges = self.feet.convex_hull().map(|edge| on_edge(edge.from().data(), edge.to().data()));
        let lonely = self.feet.vertices().take(1).map(|foot| (place.distance(foot.data().place), foot.data().height_m));
        let (away_m, height_m) = edges.chain(lonely).min_by(|a, b| a.0.total_cmp(&b.0))?;
        let part = (away_m / LEVEL_AFTER_M).min(1.0);
        let eased = part * part * (3.0 - 2.0 * part);
        Some(height_m + (self.mean_m - height_m) * eased)
    }

    fn fill_buckets(&mut self) {
        let largest = self.grids.iter().map(|grid| extent_of(grid).max_element()).fold(1.0, f64::max);
        self.bucket_m = largest;
        for (index, grid) in self.grids.iter().enumerate() {
            let (low, high) = grid.bounds();
            let (first, last) = ((low / largest).floor(), (high / largest).floor());
            for column in first.x as i64..=last.x as i64 {
                for row in first.y as i64..=last.y as i64 {
                    self.buckets.entry((column, row)).or_default().push(index);
                }
            }
        }
    }
}

fn extent_of(grid: &HeightGrid) -> DVec2 {
    let (low, high) = grid.bounds();
    high - low
}

/// The mean of the points, or of the grids' posts where there is no point.
fn mean_m(grids: &[HeightGrid], feet: &Feet) -> f64 {
    let posts = grids.iter().flat_map(|grid| &grid.heights_m).filter(|m| m.is_finite()).map(|&m| f64::from(m));
    let mean = |(sum, count): (f64, u64)| if count > 0 { sum / count as f64 } else { 0.0 };
    let add = |(sum, count): (f64, u64), height_m: f64| (sum + height_m, count + 1);
    match feet.num_vertices() {
        0 => mean(posts.fold((0.0, 0), add)),
        _ => mean(feet.vertices().map(|foot| foot.data().height_m).fold((0.0, 0), add)),
    }
}

fn triangulated(points: &[DVec3]) -> Feet {
    let mut cells: BTreeMap<(i64, i64), (DVec3, f64)> = BTreeMap::new();
    for &point in points.iter().filter(|point| point.is_finite()) {
        let cell = (point.truncate() / THINNED_TO_M).floor();
        let (sum, count) = cells.entry((cell.x as i64, cell.y as i64)).or_default();
        (*sum, *count) = (*sum + point, *count + 1.0);
    }
    let feet = cells.into_values().map(|(sum, count)| sum / count);
    let feet = feet.map(|point| Foot { place: point.truncate(), height_m: point.z }).collect();
    // Fails only for numbers beyond 10⁶⁰, which no projected system has.
    let load = |feet: Vec<Foot>| Feet::bulk_load_stable(feet).unwrap_or_default();
    let mut feet: Feet = load(feet);
    for _ in 0..ROUNDS {
        let level: Vec<Foot> = feet.vertices().filter(|foot| !is_off(*foot)).map(|foot| *foot.data()).collect();
        if level.len() == feet.num_vertices() {
            break;
        }
        feet = load(level);
    }
    feet
}

/// Whether the ground would be too steep to most of a point's neighbours.
fn is_off(foot: VertexHandle<'_, Foot>) -> bool {
    let (mut steep, mut all) = (0, 0);
    for edge in foot.out_edges() {
        let (one, other) = (*foot.data(), *edge.to().data());
        let rise_m = (one.height_m - other.height_m).abs();
        steep += usize::from(rise_m > STEEP_M + STEEPEST * one.place.distance(other.place));
        all += 1;
    }
    steep * 2 > all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::geo::Crs;

    fn grid(origin: (f64, f64), spacing_m: f64, heights_m: Vec<f32>) -> HeightGrid {
        let side = (heights_m.len() as f64).sqrt() as u32;
        let origin = DVec2::new(origin.0, origin.1);
        HeightGrid { crs: Some(Crs::horizontal(25832)), origin, spacing_m, columns: side, rows: side, heights_m }
    }

    #[test]
    fn the_finest_grid_counts_and_points_fill_in() {
        let fine = grid((0.0, 0.0), 1.0, vec![500.0, 501.0, 500.0, 501.0]);
        let coarse = grid((-10.0, -10.0), 20.0, vec![400.0, 400.0, f32::NAN, f32::NAN]);
        let points = [(-100.0, -100.0), (100.0, -100.0), (0.0, 100.0)].map(|(x, y)| DVec3::new(x, y, 450.0));
        let terrain = Terrain::new(vec![coarse, fine], &points);
        assert_eq!(terrain.height_m(DVec2::new(0.5, 0.5)), 500.5);
        assert_eq!(terrain.height_m(DVec2::new(0.0, -10.0)), 400.0);
        assert!((terrain.height_m(DVec2::new(0.0, 9.0)) - 450.0).abs() < 1e-9);
        assert!((terrain.height_m(DVec2::new(90_000.0, 9.0)) - 450.0).abs() < 1e-9);
    }

    /// A street of flat outlines at height 0 among houses on a hillside that is as steep as people build on.
    #[test]
    fn buildings_without_a_height_dig_no_pit() {
        let hill = |x: f64, y: f64| 500.0 + x * 0.3 - y * 0.1;
        let houses = (0..20).flat_map(|x| (0..20).map(move |y| (f64::from(x) * 30.0, f64::from(y) * 30.0)));
        let flat = |x: f64, y: f64| (150.0..350.0).contains(&x) && (200.0..220.0).contains(&y);
        let points: Vec<DVec3> =
            houses.map(|(x, y)| DVec3::new(x, y, if flat(x, y) { 0.0 } else { hill(x, y) })).collect();
        assert_eq!(points.iter().filter(|point| point.z == 0.0).count(), 7);
        let terrain = Terrain::new(Vec::new(), &points);
        for (x, y) in [(210.0, 210.0), (300.0, 215.0), (20.0, 10.0), (560.0, 565.0)] {
            let found_m = terrain.height_m(DVec2::new(x, y));
            assert!((found_m - hill(x, y)).abs() < 0.5, "{found_m} at {x} {y}, not {}", hill(x, y));
        }
    }

    #[test]
    fn there_is_ground_without_any_data() {
        assert_eq!(Terrain::new(Vec::new(), &[]).height_m(DVec2::ZERO), 0.0);
        let one = Terrain::new(Vec::new(), &[DVec3::new(5.0, 5.0, 520.0), DVec3::NAN]);
        assert_eq!(one.height_m(DVec2::new(100.0, 0.0)), 520.0);
        assert_eq!(one.height_m(DVec2::NAN), 520.0);
        assert_eq!(one.normal(DVec2::ZERO, 5.0), DVec3::Z);
    }

    proptest! {
        /// A plane through any points is given back inside their hull; outside nothing jumps.
        #[test]
        fn points_make_a_surface_without_steps(
            places in proptest::collection::vec((-2_000.0..2_000.0f64, -2_000.0..2_000.0f64), 3..40),
            x in -9_000.0..9_000.0f64, y in -9_000.0..9_000.0f64,
        ) {
            let plane = |x: f64, y: f64| 500.0 + x * 0.01 - y * 0.02;
            let points: Vec<DVec3> = places.iter().map(|&(x, y)| DVec3::new(x, y, plane(x, y))).collect();
            let terrain = Terrain::new(Vec::new(), &points);
            let middle = points.iter().sum::<DVec3>() / points.len() as f64;
            prop_assert!((terrain.height_m(middle.truncate()) - middle.z).abs() < 0.3);
            let step = terrain.height_m(DVec2::new(x, y)) - terrain.height_m(DVec2::new(x + 0.01, y));
            prop_assert!(step.abs() < 0.05, "{step}");
            prop_assert!((400.0..600.0).contains(&terrain.height_m(DVec2::new(x, y))));
        }
    }
}
