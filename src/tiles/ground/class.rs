//! What ground is: the polygons that say which class is where, the trees, and the classes in 3D Tiles' words.

use glam::DVec2;
use serde_json::{Value, json};

use crate::tiles::glb::{Column, PropertyTable};
use crate::twin::GroundClass;

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
        schema: schema().to_string().into(),
        class: "ground".into(),
        count: classes.len(),
        columns: vec![("class".into(), numbers)],
    }
}
