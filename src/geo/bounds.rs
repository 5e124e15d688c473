//! Axis-aligned boxes in any one frame.

use glam::DVec3;

/// An axis-aligned box in metres. The empty box has `min > max` and contains nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds3 {
    /// The smallest coordinate on each axis.
    pub min: DVec3,
    /// The largest coordinate on each axis.
    pub max: DVec3,
}

impl Default for Bounds3 {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl Bounds3 {
    /// The box of no points.
    pub const EMPTY: Self = Self { min: DVec3::INFINITY, max: DVec3::NEG_INFINITY };

    /// The smallest box around `points`; empty for none.
    pub fn of(points: impl IntoIterator<Item = DVec3>) -> Self {
        points.into_iter().fold(Self::EMPTY, Self::with)
    }

    /// This box grown to hold `point`.
    pub fn with(self, point: DVec3) -> Self {
        Self { min: self.min.min(point), max: self.max.max(point) }
    }

    /// The smallest box around both.
    pub fn union(self, other: Self) -> Self {
        Self { min: self.min.min(other.min), max: self.max.max(other.max) }
    }

    /// Whether no point was ever added.
    pub fn is_empty(&self) -> bool {
        self.min.cmpgt(self.max).any()
    }

    /// The middle; NaN for the empty box.
    pub fn center(&self) -> DVec3 {
        (self.min + self.max) * 0.5
    }

    /// Edge lengths; negative infinite for the empty box.
    pub fn size(&self) -> DVec3 {
        self.max - self.min
    }

    /// Whether `point` lies inside or on the border.
    pub fn contains(&self, point: DVec3) -> bool {
        self.min.cmple(point).all() && self.max.cmpge(point).all()
    }
}
