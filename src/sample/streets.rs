//! Which street a house stands at, and with which number.

use glam::DVec2;

/// A stretch of a street.
#[derive(Clone, Debug)]
struct Stretch {
    name: u32,
    from: DVec2,
    to: DVec2,
    /// Metres from the street's beginning to `from`.
    start_m: f64,
    half_width_m: f64,
}

/// All stretches of all streets in a grid of cells.
#[derive(Clone, Debug, Default)]
pub(super) struct StreetIndex {
    names: Vec<String>,
    stretches: Vec<Stretch>,
    cells: std::collections::BTreeMap<(i64, i64), Vec<u32>>,
}

/// Edge length of a cell in metres.
const CELL_M: f64 = 100.0;
/// How far beyond a street's edge its houses may stand, in metres.
const REACH_M: f64 = 22.0;

impl StreetIndex {
    /// Adds a street along its course; `start_m` metres of it lie before.
    pub(super) fn add(&mut self, name: &str, course: &[DVec2], width_m: f64, start_m: f64) {
        let number = self.names.len() as u32;
        self.names.push(name.to_owned());
        let mut start_m = start_m;
        for pair in course.windows(2) {
            let stretch = Stretch { name: number, from: pair[0], to: pair[1], start_m, half_width_m: width_m / 2.0 };
            start_m += pair[0].distance(pair[1]);
            self.enter(&stretch);
            self.stretches.push(stretch);
        }
    }

    /// Notes the stretch that comes next in every cell it can serve.
    fn enter(&mut self, stretch: &Stretch) {
        let reach = DVec2::splat(stretch.half_width_m + REACH_M);
        let low = ((stretch.from.min(stretch.to) - reach) / CELL_M).floor().as_i64vec2();
        let high = ((stretch.from.max(stretch.to) + reach) / CELL_M).floor().as_i64vec2();
        let number = self.stretches.len() as u32;
        for x in low.x..=high.x {
            for y in low.y..=high.y {
                self.cells.entry((x, y)).or_default().push(number);
            }
        }
    }

    /// The street nearest to a house front and the house number there: odd on the left, even on the right, rising
    /// with the way along the street.
    pub(super) fn address(&self, front: DVec2) -> Option<(&str, u32)> {
        let cell = (front / CELL_M).floor().as_i64vec2();
        let near = self.cells.get(&(cell.x, cell.y))?;
        let measured = near.iter().map(|&number| self.stretches[number as usize].measure(front));
        let (gap_m, along_m, left, name) = measured.min_by(|one, other| one.0.total_cmp(&other.0))?;
        let number = (along_m / 9.0).floor() as u32 * 2 + if left { 1 } else { 2 };
        (gap_m < REACH_M).then(|| (self.names[name as usize].as_str(), number))
    }
}

impl Stretch {
    /// Metres between a point and the street's edge, metres along the street, whether left, and the street.
    fn measure(&self, point: DVec2) -> (f64, f64, bool, u32) {
        let way = self.to - self.from;
        let length_m = way.length().max(1e-9);
        let share = ((point - self.from).dot(way) / (length_m * length_m)).clamp(0.0, 1.0);
        let gap_m = point.distance(self.from + way * share) - self.half_width_m;
        (gap_m, self.start_m + share * length_m, way.perp_dot(point - self.from) > 0.0, self.name)
    }
}
