//! The classes of ground: what a city's file calls its sources, what the tiles carry and what viewers colour.

use serde::Deserialize;

/// What a piece of ground is. The names are stable: city files are written with them, viewers colour by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GroundClass {
    /// Nothing else is known: what is left over where no source says more, so none can be of this class.
    #[serde(skip_deserializing)]
    Terrain,
    /// Sealed: yards, car parks.
    Paved,
    /// Carriageways.
    Street,
    /// Ways for people on foot and on bicycles.
    Path,
    /// Grass, gardens, parks, fields.
    Green,
    /// Woods.
    Wood,
    /// Rivers, lakes, canals.
    Water,
    /// Railway land.
    Rail,
    /// Squares for people on foot.
    Square,
}

impl GroundClass {
    /// All classes, in the order of their numbers in the tiles.
    pub const ALL: [Self; 9] = [
        Self::Terrain,
        Self::Paved,
        Self::Street,
        Self::Path,
        Self::Green,
        Self::Wood,
        Self::Water,
        Self::Rail,
        Self::Square,
    ];

    /// Its name in the tiles' property `class`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Terrain => "terrain",
            Self::Paved => "paved",
            Self::Street => "street",
            Self::Path => "path",
            Self::Green => "green",
            Self::Wood => "wood",
            Self::Water => "water",
            Self::Rail => "rail",
            Self::Square => "square",
        }
    }

    /// Its number in the tiles, and its place in [`GroundClass::ALL`].
    pub fn number(self) -> usize {
        self as usize
    }
}
