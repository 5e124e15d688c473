//! Wings: four-cornered bodies along a street under one of the roofs of the AdV's code list.
//!
//! The corners run counter-clockwise, the first two along the street. The back lies parallel to the front; the ends may
//! be askew, so that wings meet on the mitre of a street corner. A roof is a profile across the depth, which makes
//! every roof plane exactly planar however askew the ends are.

use glam::{DVec2, DVec3};

use super::body::{Body, FaceKind, add_wall};

/// How a roof ends at a side wall.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum End {
    /// The wall rises to the ridge.
    Gable,
    /// A roof plane comes down to the eaves; the ridge ends this far in.
    Hip(f64),
    /// The wall rises to this share of the roof's height, a roof plane covers the rest; the ridge ends this far in.
    HalfHip(f64, f64),
}

/// A roof's profile across the depth: share of the depth and height over the eaves, from the street to the back.
pub(super) type Profile = Vec<(f64, f64)>;

/// A four-cornered footprint: front left, front right, back right, back left, seen from above with the front below.
pub(super) type Quad = [DVec2; 4];

/// Even.
pub(super) fn flat() -> Profile {
    vec![(0.0, 0.0), (1.0, 0.0)]
}

/// One slope, rising to the back.
pub(super) fn pent(rise_m: f64) -> Profile {
    vec![(0.0, 0.0), (1.0, rise_m)]
}

/// Two steep slopes below, two gentle ones above.
pub(super) fn mansard(rise_m: f64) -> Profile {
    vec![(0.0, 0.0), (0.13, rise_m * 0.62), (0.5, rise_m), (0.87, rise_m * 0.62), (1.0, 0.0)]
}

/// A barrel of eight planes.
pub(super) fn barrel(rise_m: f64) -> Profile {
    let at = |step: u32| {
        let angle = std::f64::consts::PI * f64::from(step) / 8.0;
        ((1.0 - angle.cos()) / 2.0, rise_m * angle.sin())
    };
    (0..=8).map(|step| if step == 8 { (1.0, 0.0) } else { at(step) }).collect()
}

/// A wing whose roof runs through to both ends.
pub(super) fn through(quad: &Quad, ground_m: f64, eaves_m: f64, profile: &[(f64, f64)]) -> Body {
    let mut body = base(quad, ground_m);
    let [a, b, c, d] = *quad;
    let left: Vec<DVec3> = profile.iter().map(|&(u, rise)| a.lerp(d, u).extend(eaves_m + rise)).collect();
    let right: Vec<DVec3> = profile.iter().map(|&(u, rise)| b.lerp(c, u).extend(eaves_m + rise)).collect();
    let back_m = eaves_m + profile.last().map_or(0.0, |&(_, rise)| rise);
    add_wall(&mut body, a, b, ground_m, eaves_m);
    add_wall(&mut body, c, d, ground_m, back_m);
    body.add(FaceKind::Wall, [b.extend(ground_m), c.extend(ground_m)].into_iter().chain(right.iter().rev().copied()));
    body.add(FaceKind::Wall, [d.extend(ground_m), a.extend(ground_m)].into_iter().chain(left.iter().copied()));
    for (l, r) in left.windows(2).zip(right.windows(2)) {
        body.add(FaceKind::Roof, [l[0], r[0], r[1], l[1]]);
    }
    body
}

/// A wing with a ridge in the middle and an end of its own on either side.
pub(super) fn ridged(quad: &Quad, ground_m: f64, eaves_m: f64, rise_m: f64, left: End, right: End) -> Body {
    let mut body = base(quad, ground_m);
    let [a, b, c, d] = *quad;
    add_wall(&mut body, a, b, ground_m, eaves_m);
    add_wall(&mut body, c, d, ground_m, eaves_m);
    let along = (b - a).normalize_or_zero();
    let end_right = RoofEnd::of(right, [b, c], -along, eaves_m, rise_m);
    let end_left = RoofEnd::of(left, [d, a], along, eaves_m, rise_m);
    end_right.add(&mut body, ground_m);
    end_left.add(&mut body, ground_m);
    body.add(FaceKind::Roof, end_right.front.iter().chain(end_left.back.iter().rev()).copied());
    body.add(FaceKind::Roof, end_left.front.iter().chain(end_right.back.iter().rev()).copied());
    body
}

/// The ground of a wing.
fn base(quad: &Quad, ground_m: f64) -> Body {
    let mut body = Body::default();
    body.add(FaceKind::Ground, quad.iter().rev().map(|point| point.extend(ground_m)));
    body
}

/// Where a roof ends over a side wall that runs from `from` to `to`.
struct RoofEnd {
    from: DVec2,
    to: DVec2,
    /// The wall's upper edge, from `to` back to `from`.
    wall_top: Vec<DVec3>,
    /// The hip's corners; empty for a gable.
    hip: Vec<DVec3>,
    /// The end of the roof plane on the side of `from`, from the eaves to the ridge.
    front: Vec<DVec3>,
    /// The end of the roof plane on the side of `to`, from the eaves to the ridge.
    back: Vec<DVec3>,
}

impl RoofEnd {
    fn of(end: End, [from, to]: [DVec2; 2], inward: DVec2, eaves_m: f64, rise_m: f64) -> Self {
        let (low_from, low_to) = (from.extend(eaves_m), to.extend(eaves_m));
        let over_wall = ((from + to) / 2.0).extend(eaves_m + rise_m);
        let ridge = |inset: f64| over_wall + (inward * inset).extend(0.0);
        match end {
            End::Gable => Self {
                from,
                to,
                wall_top: vec![low_to, over_wall, low_from],
                hip: Vec::new(),
                front: vec![low_from, over_wall],
                back: vec![low_to, over_wall],
            },
            End::Hip(inset) => Self {
                from,
                to,
                wall_top: vec![low_to, low_from],
                hip: vec![low_from, low_to, ridge(inset)],
                front: vec![low_from, ridge(inset)],
                back: vec![low_to, ridge(inset)],
            },
            End::HalfHip(share, inset) => {
                let (mid_from, mid_to) = (low_from.lerp(over_wall, share), low_to.lerp(over_wall, share));
                Self {
                    from,
                    to,
                    wall_top: vec![low_to, mid_to, mid_from, low_from],
                    hip: vec![mid_from, mid_to, ridge(inset)],
                    front: vec![low_from, mid_from, ridge(inset)],
                    back: vec![low_to, mid_to, ridge(inset)],
                }
            }
        }
    }

    fn add(&self, body: &mut Body, ground_m: f64) {
        let foot = [self.from.extend(ground_m), self.to.extend(ground_m)];
        body.add(FaceKind::Wall, foot.into_iter().chain(self.wall_top.iter().copied()));
        body.add(FaceKind::Roof, self.hip.iter().copied());
    }
}
