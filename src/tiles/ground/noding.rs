//! Lines that cross, touch and overlap → the same lines in parts that meet only at their ends.
//!
//! On a grid of whole numbers, so that every test is exact. A crossing is rounded to the grid, which bends two lines by
//! at most half a step and may make them cross others; the work is repeated until nothing crosses.

/// A corner in steps of the grid. Up to 2³⁰ steps from zero, all products stay exact.
pub(super) type Corner = [i64; 2];

/// A line between two corners, the smaller first.
pub(super) type Line = (Corner, Corner);

/// Crossings of bent lines come to an end after two or three rounds; lines that still cross then are left so.
const MOST_ROUNDS: usize = 12;

/// A line in the order in which equal ones are equal; `None` for one without length.
pub(super) fn line(a: Corner, b: Corner) -> Option<Line> {
    (a != b).then(|| (a.min(b), a.max(b)))
}

/// The parts of lines, each once, in order.
pub(super) fn noded(lines: impl Iterator<Item = Line>) -> Vec<Line> {
    let mut lines: Vec<Part> = lines.map(|line| Part { line, is_new: true }).collect();
    for _ in 0..MOST_ROUNDS {
        in_order(&mut lines);
        let cuts = cuts(&lines);
        if cuts.iter().all(Vec::is_empty) {
            break;
        }
        lines = lines.iter().zip(cuts).flat_map(|(part, cuts)| parts(part, cuts)).collect();
    }
    in_order(&mut lines);
    lines.into_iter().map(|part| part.line).collect()
}

/// A part of a line, and whether it came of the last round's cuts. Two that did not have met and left each other whole.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    line: Line,
    is_new: bool,
}

/// Sorts parts and leaves each once.
fn in_order(parts: &mut Vec<Part>) {
    // Of two that are the same, one not new comes first and stays: it has met all the others.
    parts.sort_unstable();
    parts.dedup_by_key(|part| part.line);
}

/// Where each line has to be cut. Only lines that come into the same bin of a grid are held against each other, and only
/// if one of them is new.
fn cuts(parts: &[Part]) -> Vec<Vec<Corner>> {
    let mut cuts = vec![Vec::new(); parts.len()];
    let bins = Bins::of(parts);
    // The line that each was last held against: two lines can share many bins.
    let mut held = vec![usize::MAX; parts.len()];
    for (index, Part { line, .. }) in parts.iter().enumerate().filter(|(_, part)| part.is_new) {
        bins.grid.each_of(line, |bin| {
            for other in bins.lines(bin) {
                let Part { line: beside, is_new } = &parts[other];
                let is_first_time = !is_new || other < index;
                if is_first_time && std::mem::replace(&mut held[other], index) != index && overlap(line, beside) {
                    let (here, there) = meeting(line, beside);
                    cuts[index].extend(here.into_iter().flatten());
                    cuts[other].extend(there.into_iter().flatten());
                }
            }
        });
    }
    cuts
}

/// Bins along the edge of their grid at most.
const MOST_BINS: f64 = 256.0;

/// A grid over lines, about four times as many bins as there are lines: they stand close together in a part of them.
struct Grid {
    low: Corner,
    /// Edge of a bin.
    step: i64,
    side: i64,
}

/// Which lines come into each bin of a grid.
struct Bins {
    grid: Grid,
    /// The link of the line that was put into each bin last, counted from 1; 0 for none.
    last: Vec<u32>,
    /// Each a line, and the link of the one before it in the same bin.
    links: Vec<(u32, u32)>,
}

impl Bins {
    fn of(parts: &[Part]) -> Self {
        let grid = Grid::around(parts);
        let mut last = vec![0; (grid.side * grid.side) as usize];
        let mut links = Vec::with_capacity(2 * parts.len());
        for (index, part) in parts.iter().enumerate() {
            grid.each_of(&part.line, |bin| {
                links.push((index as u32, last[bin]));
                last[bin] = links.len() as u32;
            });
        }
        Self { grid, last, links }
    }

    fn lines(&self, bin: usize) -> impl Iterator<Item = usize> {
        let mut link = self.last[bin] as usize;
        std::iter::from_fn(move || {
            let (line, before) = *self.links.get(link.checked_sub(1)?)?;
            link = before as usize;
            Some(line as usize)
        })
    }
}

impl Grid {
    fn around(parts: &[Part]) -> Self {
        let ends = || parts.iter().flat_map(|part| [part.line.0, part.line.1]);
        let least = |axis: usize| ends().map(|end| end[axis]).min().unwrap_or_default();
        let low = [least(0), least(1)];
        let reach = ends().map(|end| (end[0] - low[0]).max(end[1] - low[1])).max().unwrap_or_default();
        let side = (2.0 * (parts.len() as f64).sqrt()).ceil().clamp(1.0, MOST_BINS) as i64;
        Self { low, step: reach / side + 1, side }
    }

    /// Calls `with` for every bin that a line may come into, row by row.
    fn each_of(&self, line: &Line, mut with: impl FnMut(usize)) {
        let bin = |corner: Corner, axis: usize| (corner[axis] - self.low[axis]) / self.step;
        let (column, row) = (bin(line.0, 0), bin(line.0, 1));
        if (column, row) == (bin(line.1, 0), bin(line.1, 1)) {
            return with((row * self.side + column) as usize);
        }
        let at = |corner: Corner, axis: usize| (corner[axis] - self.low[axis]) as f64 / self.step as f64;
        let (from, to) = ((at(line.0, 0), at(line.0, 1)), (at(line.1, 0), at(line.1, 1)));
        let (south, north) = (from.1.min(to.1), from.1.max(to.1));
        let slope = (to.0 - from.0) / (to.1 - from.1);
        for row in south as i64..=north as i64 {
            // The part of the line in the row, and a little more for what rounding takes.
            let column = |y: f64| from.0 + (y.clamp(south, north) - from.1) * slope;
            let (mut west, mut east) = (from.0, to.0);
            if slope.is_finite() {
                let (one, other) = (column(row as f64), column((row + 1) as f64));
                (west, east) = (west.max(one.min(other) - 1e-3), east.min(one.max(other) + 1e-3));
            }
            for column in west as i64..=east as i64 {
                with((row * self.side + column.clamp(0, self.side - 1)) as usize);
            }
        }
    }
}

/// Whether the boxes of two lines meet.
fn overlap(a: &Line, b: &Line) -> bool {
    let (low, high) = (|line: &Line| line.0[1].min(line.1[1]), |line: &Line| line.0[1].max(line.1[1]));
    a.0[0] <= b.1[0] && b.0[0] <= a.1[0] && low(a) <= high(b) && low(b) <= high(a)
}

/// Where each of two lines has to be cut because of the other.
fn meeting(first: &Line, second: &Line) -> (Cuts, Cuts) {
    let ends = |line: &Line| [line.0, line.1];
    match crossing(first, second) {
        Some(corner) => {
            let cut = |line: &Line| [(!ends(line).contains(&corner)).then_some(corner), None];
            (cut(first), cut(second))
        }
        None => {
            let ends_on = |line: &Line, of: &Line| ends(of).map(|end| is_inside(line, end).then_some(end));
            (ends_on(first, second), ends_on(second, first))
        }
    }
}

/// Where one line is cut because of another: twice at most.
type Cuts = [Option<Corner>; 2];

/// The place, rounded, where two lines cross at the inside of both.
fn crossing(first: &Line, second: &Line) -> Option<Corner> {
    let (a, b) = (side(first, second.0), side(first, second.1));
    let (c, d) = (side(second, first.0), side(second, first.1));
    if a.signum() * b.signum() >= 0 || c.signum() * d.signum() >= 0 {
        return None;
    }
    let along = a as f64 / (a - b) as f64;
    let at = |axis: usize| second.0[axis] + ((second.1[axis] - second.0[axis]) as f64 * along).round() as i64;
    Some([at(0), at(1)])
}

/// Whether a corner lies on a line and is none of its ends.
fn is_inside(line: &Line, corner: Corner) -> bool {
    let between = |axis: usize| {
        let (low, high) = (line.0[axis].min(line.1[axis]), line.0[axis].max(line.1[axis]));
        (low..=high).contains(&corner[axis])
    };
    between(0) && between(1) && corner != line.0 && corner != line.1 && side(line, corner) == 0
}

/// Above zero for a corner left of a line, zero on it.
fn side((from, to): &Line, corner: Corner) -> i64 {
    (to[0] - from[0]) * (corner[1] - from[1]) - (to[1] - from[1]) * (corner[0] - from[0])
}

/// The parts of a line between its ends and its cuts.
fn parts(part: &Part, mut cuts: Vec<Corner>) -> Vec<Part> {
    if cuts.is_empty() {
        return vec![Part { is_new: false, ..*part }];
    }
    let (from, to) = part.line;
    cuts.extend([from, to]);
    // Rounded cuts lie beside the line; their order along it is by what they have of its direction.
    let along = |corner: &Corner| (corner[0] - from[0]) * (to[0] - from[0]) + (corner[1] - from[1]) * (to[1] - from[1]);
    cuts.sort_by_key(|corner| (along(corner), *corner));
    cuts.dedup();
    let lines = cuts.windows(2).filter_map(|pair| line(pair[0], pair[1]));
    lines.map(|line| Part { line, is_new: true }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(ends: &[(i64, i64, i64, i64)]) -> Vec<Line> {
        ends.iter().filter_map(|&(a, b, c, d)| line([a, b], [c, d])).collect()
    }

    #[test]
    fn lines_are_cut_where_they_meet() {
        let cross = noded(lines(&[(0, 0, 10, 10), (0, 10, 10, 0)]).into_iter());
        assert_eq!(cross, lines(&[(0, 0, 5, 5), (0, 10, 5, 5), (5, 5, 10, 0), (5, 5, 10, 10)]));
        let touch = noded(lines(&[(0, 0, 10, 0), (4, 0, 4, 7)]).into_iter());
        assert_eq!(touch, lines(&[(0, 0, 4, 0), (4, 0, 4, 7), (4, 0, 10, 0)]));
        let overlap = noded(lines(&[(0, 0, 6, 0), (10, 0, 3, 0), (3, 0, 10, 0)]).into_iter());
        assert_eq!(overlap, lines(&[(0, 0, 3, 0), (3, 0, 6, 0), (6, 0, 10, 0)]));
    }

    proptest! {
        #[test]
        fn parts_meet_only_at_their_ends(ends in proptest::collection::vec((0i64..60, 0i64..60, 0i64..60, 0i64..60), 0..25)) {
            let parts = noded(lines(&ends).into_iter());
            for (index, first) in parts.iter().enumerate() {
                for second in &parts[index + 1..] {
                    let (here, there) = meeting(first, second);
                    prop_assert!(here == [None; 2] && there == [None; 2], "{first:?} {second:?}");
                }
            }
            // No end is lost.
            for (a, b) in lines(&ends) {
                prop_assert!([a, b].iter().all(|end| parts.iter().any(|part| part.0 == *end || part.1 == *end)));
            }
        }
    }
}
