//! The bodies that landmarks are put together from, as the data file writes them.

use std::f64::consts::{FRAC_PI_2, PI};

use glam::DVec2;
use serde::Deserialize;

use super::{Frame, wings_along};
use crate::sample::body::{apse, prism, tent};
use crate::sample::building::{Part, RoofType};
use crate::sample::facts::counter_clockwise;
use crate::sample::tower::{Section, stacked};
use crate::sample::wing::{self, End, Quad};

/// A roof as the data file names it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Roof {
    Flat,
    Pent,
    Gabled,
    Hipped,
    /// Hipped at the far end only.
    HippedEnd,
    /// Hipped at the near end only.
    HippedStart,
    Mansard,
    Tent,
    Arched,
}

/// One body, or a chain of them; lengths in metres of the landmark's frame, heights above its ground.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "shape", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Shape {
    /// A box under a roof; the ridge runs along x unless `along` says y.
    Wing {
        /// x and y of two opposite corners.
        #[serde(rename = "box")]
        corners: [f64; 4],
        eaves: f64,
        #[serde(default)]
        ridge: f64,
        roof: Roof,
        #[serde(default)]
        along: Axis,
        #[serde(default)]
        base: f64,
    },
    /// Wings around a courtyard, inside an outline.
    Ring {
        outline: Vec<[f64; 2]>,
        depth: f64,
        eaves: f64,
        #[serde(default)]
        ridge: f64,
        roof: Roof,
    },
    /// A flat-roofed body over any outline.
    Prism {
        outline: Vec<[f64; 2]>,
        top: f64,
        #[serde(default)]
        base: f64,
    },
    /// Stacked polygons: towers, domes, columns.
    Tower {
        at: [f64; 2],
        sections: Vec<SectionEntry>,
        #[serde(default)]
        base: f64,
    },
    /// A half-round end with its middle at `at`, bulging towards x (or the bearing `facing`, counter-clockwise from x).
    Apse {
        at: [f64; 2],
        radius: f64,
        sides: u32,
        eaves: f64,
        ridge: f64,
        #[serde(default)]
        facing: f64,
    },
    /// A round body under a pointed roof.
    Round {
        at: [f64; 2],
        radius: f64,
        sides: u32,
        eaves: f64,
        apex: f64,
        #[serde(default)]
        base: f64,
    },
}

/// The direction of a ridge.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Axis {
    #[default]
    X,
    Y,
}

/// A stretch of a tower: number of sides, then half widths and heights.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SectionEntry {
    sides: u32,
    /// Half widths across the sides and heights, upwards.
    profile: Vec<[f64; 2]>,
    /// Degrees that the first side is turned out of the frame's axis.
    #[serde(default)]
    turned: f64,
}

impl Shape {
    /// The bodies on the map.
    pub(super) fn parts(&self, frame: &Frame) -> Vec<Part> {
        match self {
            Self::Wing { corners, eaves, ridge, roof, along, base } => {
                let quad = quad(frame, corners, *along);
                vec![roofed(&quad, frame.ground_m + base, frame.ground_m + eaves, ridge - eaves, *roof)]
            }
            Self::Ring { outline, depth, eaves, ridge, roof } => {
                let wings = wings_along(&placed(frame, outline), *depth);
                let rise = ridge - eaves;
                wings.iter().map(|quad| roofed(quad, frame.ground_m, frame.ground_m + eaves, rise, *roof)).collect()
            }
            Self::Prism { outline, top, base } => {
                let body = prism(&placed(frame, outline), frame.ground_m + base, frame.ground_m + top);
                vec![Part { body, roof: RoofType::Flat }]
            }
            Self::Tower { at, sections, base } => vec![tower(frame, *at, sections, *base)],
            Self::Apse { at, radius, sides, eaves, ridge, facing } => {
                let outline = half_round(frame, *at, *radius, *sides, facing.to_radians());
                let ground_m = frame.ground_m;
                let body = apse(&outline, ground_m, ground_m + eaves, ground_m + ridge);
                vec![Part { body, roof: RoofType::Cone }]
            }
            Self::Round { at, radius, sides, eaves, apex, base } => {
                let middle = frame.place(*at);
                let ground_m = frame.ground_m;
                let body = tent(
                    &round(middle, *radius, *sides, frame.turn()),
                    ground_m + base,
                    ground_m + eaves,
                    middle.extend(ground_m + apex),
                );
                vec![Part { body, roof: if *sides < 8 { RoofType::Tent } else { RoofType::Cone } }]
            }
        }
    }
}

/// An outline on the map, counter-clockwise.
fn placed(frame: &Frame, outline: &[[f64; 2]]) -> Vec<DVec2> {
    counter_clockwise(outline.iter().map(|&corner| frame.place(corner)).collect())
}

fn quad(frame: &Frame, &[x0, y0, x1, y1]: &[f64; 4], along: Axis) -> Quad {
    match along {
        Axis::X => [[x0, y0], [x1, y0], [x1, y1], [x0, y1]].map(|corner| frame.place(corner)),
        Axis::Y => [[x1, y0], [x1, y1], [x0, y1], [x0, y0]].map(|corner| frame.place(corner)),
    }
}

/// A wing under a roof of that kind.
fn roofed(quad: &Quad, ground_m: f64, eaves_m: f64, rise_m: f64, roof: Roof) -> Part {
    let inset_m = quad[1].distance(quad[2]) / 2.0;
    let inset_m = inset_m.min(quad[0].distance(quad[1]) * 0.45);
    let (profile, kind) = match roof {
        Roof::Flat => (wing::flat(), RoofType::Flat),
        Roof::Pent => (wing::pent(rise_m), RoofType::Pent),
        Roof::Mansard => (wing::mansard(rise_m), RoofType::Mansard),
        Roof::Arched => (wing::barrel(rise_m), RoofType::Arched),
        Roof::Gabled | Roof::Hipped | Roof::HippedEnd | Roof::HippedStart => {
            let hip = |here: bool| if here { End::Hip(inset_m) } else { End::Gable };
            let left = hip(matches!(roof, Roof::Hipped | Roof::HippedStart));
            let right = hip(matches!(roof, Roof::Hipped | Roof::HippedEnd));
            let kind = if roof == Roof::Gabled { RoofType::Gabled } else { RoofType::Hipped };
            return Part { body: wing::ridged(quad, ground_m, eaves_m, rise_m, left, right), roof: kind };
        }
        Roof::Tent => {
            let apex = super::middle_of(quad).extend(eaves_m + rise_m);
            return Part { body: tent(quad, ground_m, eaves_m, apex), roof: RoofType::Tent };
        }
    };
    Part { body: wing::through(quad, ground_m, eaves_m, &profile), roof: kind }
}

fn tower(frame: &Frame, at: [f64; 2], entries: &[SectionEntry], base: f64) -> Part {
    let ground_m = frame.ground_m + base;
    let section = |(index, entry): (usize, &SectionEntry)| {
        let mut profile: Vec<(f64, f64)> = entry.profile.iter().map(|&[half, z]| (half, frame.ground_m + z)).collect();
        if let (0, Some(first)) = (index, profile.first_mut()) {
            first.1 = ground_m;
        }
        Section { sides: entry.sides, turn: frame.turn() + entry.turned.to_radians(), profile }
    };
    let sections: Vec<Section> = entries.iter().enumerate().map(section).collect();
    let ends_in_point = sections.last().and_then(|last| last.profile.last()).is_some_and(|&(half, _)| half < 0.01);
    let sides = entries.last().map_or(0, |last| last.sides);
    let roof = match (ends_in_point, sides) {
        (false, _) => RoofType::Flat,
        (true, 0..8) => RoofType::Tent,
        (true, 8..12) => RoofType::Cone,
        (true, _) => RoofType::Dome,
    };
    Part { body: stacked(frame.place(at), &sections), roof }
}

/// A half circle whose first edge is the open side, counter-clockwise.
fn half_round(frame: &Frame, at: [f64; 2], radius_m: f64, sides: u32, facing: f64) -> Vec<DVec2> {
    let (middle, turn) = (frame.place(at), frame.turn() + facing);
    let corner = |index: u32| {
        let angle = turn - FRAC_PI_2 + PI * f64::from(index) / f64::from(sides);
        middle + DVec2::from_angle(angle) * radius_m
    };
    std::iter::once(corner(sides)).chain((0..sides).map(corner)).collect()
}

/// A regular polygon, counter-clockwise.
fn round(middle: DVec2, radius_m: f64, sides: u32, turn: f64) -> Vec<DVec2> {
    let corner = |index: u32| {
        middle
            + DVec2::from_angle(turn + std::f64::consts::TAU * (f64::from(index) + 0.5) / f64::from(sides)) * radius_m
    };
    (0..sides).map(corner).collect()
}
