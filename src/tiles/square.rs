//! A square of a quadtree, as the buildings' tileset and the ground's both have them.

use glam::DVec2;

/// A square of a quadtree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Square {
    /// 0 is the root.
    pub level: u32,
    pub column: u32,
    pub row: u32,
    /// South-west corner, metres: local for buildings, in the projected system for the ground.
    pub corner: DVec2,
    pub edge_m: f64,
}

impl Square {
    /// The four quarters, south-west first.
    pub fn quarters(self) -> [Self; 4] {
        [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(east, north)| Self {
            level: self.level + 1,
            column: self.column * 2 + east,
            row: self.row * 2 + north,
            corner: self.corner + DVec2::new(f64::from(east), f64::from(north)) * self.edge_m * 0.5,
            edge_m: self.edge_m * 0.5,
        })
    }

    /// The path of its tile's content.
    pub fn path(&self) -> String {
        format!("{}-{}-{}.glb", self.level, self.column, self.row)
    }
}
