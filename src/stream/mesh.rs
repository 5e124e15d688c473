//! Plain meshes with their features: what a tile's content is after decoding, before any renderer.

use glam::DMat4;

use crate::geo::Bounds3;

/// What a mesh is drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MeshClass {
    /// Roofs of buildings (material `roof`).
    Roof,
    /// Walls of buildings (material `wall`).
    Wall,
    /// Ground; the feature's `class` tells which (material `ground`).
    Ground,
    /// Crowns of trees (material `tree`).
    Tree,
    /// Content that others made: its own colour.
    Other {
        /// Base colour, sRGB with alpha.
        color: [u8; 4],
    },
}

/// Triangles in a frame of their own.
#[derive(Clone, Debug)]
pub struct Mesh {
    /// What it is drawn as.
    pub class: MeshClass,
    /// Takes mesh coordinates (z up, metres, small numbers) to the earth-centred frame.
    pub ecef_from_mesh: DMat4,
    /// Positions in mesh coordinates.
    pub positions: Vec<[f32; 3]>,
    /// Unit normals, one a position; empty where the content has none.
    pub normals: Vec<[f32; 3]>,
    /// Linear colours per vertex, where the content has them.
    pub colors: Vec<[u8; 4]>,
    /// Row in [`TileContent::features`] of each position, `u32::MAX` for none; empty where the content has none.
    pub features: Vec<u32>,
    /// Three a triangle, counter-clockwise from outside.
    pub indices: Vec<u32>,
    /// Whether its triangles are seen from both sides.
    pub double_sided: bool,
    /// Box around the positions in mesh coordinates.
    pub bounds: Bounds3,
}

/// A decoded tile.
#[derive(Clone, Debug, Default)]
pub struct TileContent {
    /// Its meshes.
    pub meshes: Vec<Mesh>,
    /// Its features with their properties.
    pub features: FeatureTable,
    /// What was not understood, named once each (extensions, image formats, modes).
    pub not_understood: Vec<String>,
    /// Copyright texts of the content (`asset.copyright`), for the attribution line.
    pub attributions: Vec<String>,
}

/// A property's value.
#[derive(Clone, Debug, PartialEq)]
pub enum Property {
    /// Text, or an enum's name.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number.
    Real(f64),
    /// Yes or no.
    Boolean(bool),
}

/// Features by row, properties by name: EXT_structural_metadata's property table or b3dm's batch table, decoded.
#[derive(Clone, Debug, Default)]
pub struct FeatureTable {
    /// How many rows.
    pub count: u32,
    /// Columns by name; `None` is "no data".
    pub columns: Vec<(String, Vec<Option<Property>>)>,
}

impl FeatureTable {
    /// The value of property `name` of a row; `None` where there is no such row, column or data.
    pub fn get(&self, row: u32, name: &str) -> Option<&Property> {
        let (_, column) = self.columns.iter().find(|(column, _)| column == name)?;
        column.get(row as usize)?.as_ref()
    }

    /// All properties of a row that have data, in column order.
    pub fn row(&self, row: u32) -> impl Iterator<Item = (&str, &Property)> {
        self.columns.iter().filter_map(move |(name, column)| Some((name.as_str(), column.get(row as usize)?.as_ref()?)))
    }

    /// The row's public id: property `id`, else `gml_id`, else `name`.
    pub fn id(&self, row: u32) -> Option<&str> {
        ["id", "gml_id", "name"].iter().find_map(|name| match self.get(row, name)? {
            Property::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }
}
