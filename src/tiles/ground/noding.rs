//! Lines that cross, touch and overlap → the same lines in parts that meet only at their ends.
//!
//! On a grid of whole numbers, so that every test is exact. A crossing is rounded to the grid, which bends two lines by
//! at most half a step and may make them cross others; the work is repeated until nothing crosses.

use std::collections::BTreeSet;

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
    let mut lines: Vec<Line> = lines.collect::<BTreeSet<_>>().into_iter().collect();
    for _ in 0..MOST_ROUNDS {
        let cuts = cuts(&lines);
        if cuts.iter().all(Vec::is_empty) {
            break;
        }
        let parts = lines.iter().zip(cuts).flat_map(|(line, cuts)| parts(line, cuts));
        lines = parts.collect::<BTreeSet<_>>().into_iter().collect();
    }
    lines
}

/// Where each line has to be cut. The lines are in order of their western ends, so that a line only has to look at those
/// before it which reach as far east as it begins.
fn cuts(lines: &[Line]) -> Vec<Vec<Corner>> {
    let mut cuts = vec![Vec::new(); lines.len()];
    let mut open: Vec<usize> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        open.retain(|&other| lines[other].1[0] >= line.0[0]);
        for &other in &open {
            if overlap(line, &lines[other]) {
                let (here, there) = meeting(line, &lines[other]);
                cuts[index].extend(here);
                cuts[other].extend(there);
            }
        }
        open.push(index);
    }
    cuts
}

/// Whether the boxes of two lines share a northing.
fn overlap(a: &Line, b: &Line) -> bool {
    let (low, high) = (|line: &Line| line.0[1].min(line.1[1]), |line: &Line| line.0[1].max(line.1[1]));
    low(a) <= high(b) && low(b) <= high(a)
}

/// Where each of two lines has to be cut because of the other.
fn meeting(first: &Line, second: &Line) -> (Vec<Corner>, Vec<Corner>) {
    let ends = |line: &Line| [line.0, line.1];
    let on_first: Vec<Corner> = ends(second).into_iter().filter(|&end| is_inside(first, end)).collect();
    let on_second: Vec<Corner> = ends(first).into_iter().filter(|&end| is_inside(second, end)).collect();
    match crossing(first, second) {
        Some(corner) => {
            let cut = |line: &Line| if ends(line).contains(&corner) { Vec::new() } else { vec![corner] };
            (cut(first), cut(second))
        }
        None => (on_first, on_second),
    }
}

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
fn parts(&(from, to): &Line, mut cuts: Vec<Corner>) -> Vec<Line> {
    cuts.extend([from, to]);
    // Rounded cuts lie beside the line; their order along it is by what they have of its direction.
    let along = |corner: &Corner| (corner[0] - from[0]) * (to[0] - from[0]) + (corner[1] - from[1]) * (to[1] - from[1]);
    cuts.sort_by_key(|corner| (along(corner), *corner));
    cuts.dedup();
    cuts.windows(2).filter_map(|pair| line(pair[0], pair[1])).collect()
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
                    prop_assert!(here.is_empty() && there.is_empty(), "{first:?} {second:?}");
                }
            }
            // No end is lost.
            for (a, b) in lines(&ends) {
                prop_assert!([a, b].iter().all(|end| parts.iter().any(|part| part.0 == *end || part.1 == *end)));
            }
        }
    }
}
