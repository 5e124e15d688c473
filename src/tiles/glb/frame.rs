//! The grid that a glb's positions are stored on, and the turn from z up to y up.
//!
//! Vertices are stored as (up, south, east) and the node turns them to glTF's (east, up, south). What lies one above the
//! other, as nearly all corners of buildings do, then shares six bytes in a row: a tenth less over the wire than with
//! the height in the middle. The turn is a third of a full one around (1, 1, 1), exact in every arithmetic.
//!
//! Steps and origins are powers of two and their multiples, so that `origin + n · step` is exact in f32: neighbouring
//! tiles and every reader, whatever its arithmetic, agree on a shared corner.

use glam::DVec3;

use crate::geo::Bounds3;

/// The finest step: 2⁻⁷ m = 7.8 mm, a rounding of at most 3.9 mm on each axis and 6.8 mm in space.
const FINEST_STEP_M: f64 = 0.007_812_5;

/// A stored normal may be longer or shorter than 1 by this, a little less than validators let pass.
const LENGTH_WITHIN: f64 = 0.006;

/// An origin and a step in the tileset's local frame, and how numbers on that grid are stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GridFrame {
    origin_m: DVec3,
    step_m: f64,
    quantized: bool,
}

impl GridFrame {
    /// The frame for content in `bounds` (local metres): 16-bit integers with the finest step that reaches across the
    /// box and rounds by at most `max_error_m` in space; where there is none, 32-bit floats on the finest grid.
    pub fn around(bounds: Bounds3, max_error_m: f64) -> Self {
        if bounds.is_empty() {
            return Self { origin_m: DVec3::ZERO, step_m: FINEST_STEP_M, quantized: true };
        }
        let extent_m = bounds.size().max_element();
        let mut step_m = FINEST_STEP_M;
        // One step is kept free at either end for the rounding of the origin.
        while extent_m / step_m > f64::from(u16::MAX - 2) {
            step_m *= 2.0;
        }
        let error_m = step_m * 0.5 * 3.0_f64.sqrt();
        if step_m <= FINEST_STEP_M || error_m <= max_error_m {
            Self { origin_m: (bounds.min / step_m).floor() * step_m, step_m, quantized: true }
        } else {
            Self { origin_m: bounds.center().floor(), step_m: FINEST_STEP_M, quantized: false }
        }
    }

    /// Whether positions are 16-bit integers; else 32-bit floats.
    pub fn is_quantized(&self) -> bool {
        self.quantized
    }

    /// Distance of two grid points on an axis, in metres.
    pub fn step_m(&self) -> f64 {
        self.step_m
    }

    /// The grid point next to `point`, as whole steps from the origin.
    pub fn steps(&self, point: DVec3) -> [i32; 3] {
        let steps = ((point - self.origin_m) / self.step_m).round();
        [steps.x as i32, steps.y as i32, steps.z as i32]
    }

    /// The point that a reader gets for `point`, in local metres.
    pub fn snap(&self, point: DVec3) -> DVec3 {
        self.at(self.steps(point))
    }

    /// The point so many steps from the origin.
    pub(in crate::tiles) fn at(&self, steps: [i32; 3]) -> DVec3 {
        self.origin_m + DVec3::from_array(steps.map(f64::from)) * self.step_m
    }

    /// As stored. The origin is the corner that keeps all three numbers positive, see [`GridFrame::node`].
    pub(super) fn stored_u16(&self, point: DVec3) -> [u16; 3] {
        let [east, north, up] = self.steps(point).map(|step| step.clamp(0, i32::from(u16::MAX)) as u16);
        [up, u16::MAX - north, east]
    }

    pub(super) fn stored_f32(&self, point: DVec3) -> [f32; 3] {
        let local = self.snap(point) - self.origin_m;
        // Never -0: it would print and compress as another number.
        [local.z as f32 + 0.0, -local.y as f32 + 0.0, local.x as f32 + 0.0]
    }

    /// Translation, rotation and scale of the node.
    pub(super) fn node(&self) -> ([f64; 3], [f64; 4], [f64; 3]) {
        let turn = [0.5; 4];
        let DVec3 { x, y, z } = self.origin_m;
        if !self.quantized {
            return ([x, z, -y + 0.0], turn, [1.0; 3]);
        }
        // South is counted from the northern end: -north = (65535 - n) · step - 65535 · step.
        let far_m = f64::from(u16::MAX) * self.step_m;
        ([x, z, -(y + far_m) + 0.0], turn, [self.step_m; 3])
    }
}

/// A unit normal in 8 bits, turned as positions are, with the padding byte that keeps elements at multiples of four bytes.
pub(super) fn normal_i8(normal: DVec3) -> [i8; 4] {
    let scaled = DVec3::new(normal.z, -normal.y, normal.x) * 127.0;
    let rounded = scaled.round();
    if has_unit_length(rounded) {
        // Nothing is nearer.
        return stored(rounded);
    }
    // Rounding the three parts away from each other can stretch a normal by 0.7 %, just over what validators let pass.
    let best = [rounded, scaled.trunc()].into_iter().chain(axis_nudges(rounded, scaled));
    let best = best.min_by(|a, b| normal_fault(*a, scaled).total_cmp(&normal_fault(*b, scaled))).unwrap_or(rounded);
    stored(best)
}

fn stored(normal: DVec3) -> [i8; 4] {
    [normal.x as i8, normal.y as i8, normal.z as i8, 0]
}

/// Whether a stored normal's length is off by so little that it does not count.
fn has_unit_length(stored: DVec3) -> bool {
    (stored.length() / 127.0 - 1.0).abs() <= LENGTH_WITHIN
}

/// The neighbours of `rounded` with one part rounded the other way.
fn axis_nudges(rounded: DVec3, scaled: DVec3) -> impl Iterator<Item = DVec3> {
    [DVec3::X, DVec3::Y, DVec3::Z].into_iter().map(move |axis| {
        let direction = if (scaled - rounded).dot(axis) > 0.0 { 1.0 } else { -1.0 };
        (rounded + axis * direction).clamp(DVec3::splat(-127.0), DVec3::splat(127.0))
    })
}

/// How bad a stored normal is: its distance from the true one, and a length that is off by more than half a percent.
fn normal_fault(stored: DVec3, scaled: DVec3) -> f64 {
    let too_long = ((stored.length() / 127.0 - 1.0).abs() - LENGTH_WITHIN).max(0.0);
    stored.distance(scaled) + too_long * 1e6
}
