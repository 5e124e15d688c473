//! What ground is: the classes, the polygons that say where, the trees, and the classes in 3D Tiles' words.

use glam::DVec2;
use serde_json::{Value, json};

use crate::tiles::glb::{Column, PropertyTable};

/// What a piece of ground is. The names in the tiles are stable: viewers colour by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroundClass {
    /// Nothing else is known.
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
    pub(super) fn number(self) -> usize {
        self as usize
    }
}

/// Ground of one class. Polygons need not be valid: rings may cross, overlap and repeat points.
#[derive(Clone, Debug)]
pub struct GroundPolygon {
    /// What it is.
    pub class: GroundClass,
    /// Where, in the projected system.
    pub polygon: geo::Polygon,
}

/// One tree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tree {
    /// Its foot in the projected system.
    pub place: DVec2,
    /// From the ground to the top, in metres.
    pub height_m: f64,
    /// Diameter of the crown, in metres.
    pub crown_m: f64,
}

/// The schema of the ground's tiles (EXT_structural_metadata).
pub(super) fn schema() -> Value {
    let values: Vec<Value> =
        GroundClass::ALL.iter().map(|class| json!({ "name": class.name(), "value": class.number() })).collect();
    json!({
        "id": "stadtzwilling",
        "classes": { "ground": { "properties": {
            "class": { "type": "ENUM", "enumType": "groundClass", "required": true },
        } } },
        "enums": { "groundClass": { "valueType": "UINT8", "values": values } },
    })
}

/// A table with a row for each of the classes.
pub(super) fn table(classes: &[GroundClass]) -> PropertyTable {
    let numbers = Column::u8(classes.iter().map(|class| class.number() as u8));
    PropertyTable {
        schema: schema(),
        class: "ground".into(),
        count: classes.len(),
        columns: vec![("class".into(), numbers)],
    }
}
