//! Towers and domes: sections of regular polygons stacked into one closed body.

use std::f64::consts::TAU;

use glam::DVec2;

use super::body::{Body, FaceKind};

/// A stretch of a tower with one number of sides.
#[derive(Clone, Debug)]
pub(super) struct Section {
    /// Corners of the polygon.
    pub(super) sides: u32,
    /// Direction of the middle of the first side, in radians counter-clockwise from east.
    pub(super) turn: f64,
    /// Half widths across the sides and heights above sea level, upwards. A half width of zero is a point on top.
    pub(super) profile: Vec<(f64, f64)>,
}

impl Section {
    /// The ring of this section at a half width, counter-clockwise.
    fn ring(&self, middle: DVec2, half_m: f64) -> Vec<DVec2> {
        let step = TAU / f64::from(self.sides);
        let reach_m = half_m / (step / 2.0).cos();
        let corner = |index: u32| middle + DVec2::from_angle(self.turn + step * (f64::from(index) + 0.5)) * reach_m;
        (0..self.sides).map(corner).collect()
    }
}

/// Stacks sections; the first begins at the ground. Between two sections of other sides lies an even shoulder: the
/// upper one must fit into the lower one.
pub(super) fn stacked(middle: DVec2, sections: &[Section]) -> Body {
    let mut body = Body::default();
    for (index, section) in sections.iter().enumerate() {
        let Some(&(half_m, low_m)) = section.profile.first() else { continue };
        let foot = section.ring(middle, half_m);
        if index == 0 {
            body.add(FaceKind::Ground, foot.iter().rev().map(|point| point.extend(low_m)));
        } else {
            add_shoulder(&mut body, middle, &sections[index - 1], &foot, low_m);
        }
        add_rings(&mut body, middle, section);
    }
    add_lid(&mut body, middle, sections.last());
    body
}

/// The faces between the heights of a section's profile.
fn add_rings(body: &mut Body, middle: DVec2, section: &Section) {
    for (index, pair) in section.profile.windows(2).enumerate() {
        let [(low_half, low_m), (high_half, high_m)] = [pair[0], pair[1]];
        let kind = kind(&section.profile[index..]);
        let (low, high) = (section.ring(middle, low_half), section.ring(middle, high_half));
        for index in 0..low.len() {
            let next = (index + 1) % low.len();
            let ring = [low[index].extend(low_m), low[next].extend(low_m), high[next].extend(high_m)];
            body.add(kind, ring.into_iter().chain([high[index].extend(high_m)]));
        }
    }
}

/// Whether the first stretch of what is left of a profile is wall or roof: upright stretches are wall, and so are
/// cornices and setbacks that carry another upright stretch.
fn kind(rest: &[(f64, f64)]) -> FaceKind {
    const UPRIGHT: f64 = 0.06;
    const CORNICE_M: f64 = 1.0;
    let lean = |pair: &[(f64, f64)]| ((pair[1].0 - pair[0].0).abs(), pair[1].1 - pair[0].1);
    let upright = |&(aside_m, up_m): &(f64, f64)| aside_m < up_m * UPRIGHT;
    let mut stretches = rest.windows(2).map(lean);
    let Some(first) = stretches.next() else { return FaceKind::Roof };
    let carries = first.0 < CORNICE_M && stretches.any(|later| upright(&later) && later.1 > 1.5);
    if upright(&first) || carries { FaceKind::Wall } else { FaceKind::Roof }
}

/// The even face between the top of a section and the foot of the next.
fn add_shoulder(body: &mut Body, middle: DVec2, below: &Section, foot: &[DVec2], height_m: f64) {
    let Some(&(half_m, _)) = below.profile.last() else { return };
    let outer = below.ring(middle, half_m).into_iter().map(|point| point.extend(height_m)).collect();
    let inner = foot.iter().rev().map(|point| point.extend(height_m)).collect();
    body.add_with_holes(FaceKind::Roof, outer, vec![inner]);
}

/// The even top of the last section; none where it ends in a point.
fn add_lid(body: &mut Body, middle: DVec2, last: Option<&Section>) {
    let Some((section, &(half_m, top_m))) = last.and_then(|last| Some((last, last.profile.last()?))) else { return };
    body.add(FaceKind::Roof, section.ring(middle, half_m).into_iter().map(|point| point.extend(top_m)));
}
