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

/// Works something out for one thing after the other, anew only where a thing differs from the one before: the corners of
/// a facet follow each other and share their normal.
pub fn once_a_run<T: Copy + PartialEq, R: Copy>(work: impl Fn(T) -> R) -> impl FnMut(T) -> R {
    let mut last: Option<(T, R)> = None;
    move |thing| match last {
        Some((before, result)) if before == thing => result,
        _ => last.insert((thing, work(thing))).1,
    }
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
    /// The column that its schema calls the id (semantic `ID`).
    pub(super) id_column: Option<String>,
    /// The rows that have an id, by it and then by their number, to be found without going over all of them.
    by_id: Vec<u32>,
}

/// Columns that hold ids where no schema says which one does. A name is none: there are as many Hauptstraßen as villages.
const ID_COLUMNS: [&str; 2] = ["id", "gml_id"];

impl FeatureTable {
    /// A table of whole columns.
    pub fn new(count: u32, columns: Vec<(String, Vec<Option<Property>>)>) -> Self {
        let mut table = Self { count, columns, ..Self::default() };
        table.index();
        table
    }

    /// Has rows found by their ids, once all columns are there.
    pub(super) fn index(&mut self) {
        let mut ids: Vec<(&str, u32)> = (0..self.count).filter_map(|row| Some((self.id(row)?, row))).collect();
        ids.sort_unstable();
        self.by_id = ids.into_iter().map(|(_, row)| row).collect();
    }

    /// The first row with an id.
    pub fn row_of(&self, id: &str) -> Option<u32> {
        let place = self.by_id.partition_point(|row| self.id(*row) < Some(id));
        self.by_id.get(place).copied().filter(|row| self.id(*row) == Some(id))
    }

    /// The value of property `name` of a row; `None` where there is no such row, column or data.
    pub fn get(&self, row: u32, name: &str) -> Option<&Property> {
        let (_, column) = self.columns.iter().find(|(column, _)| column == name)?;
        column.get(row as usize)?.as_ref()
    }

    /// All properties of a row that have data, in column order.
    pub fn row(&self, row: u32) -> impl Iterator<Item = (&str, &Property)> {
        self.columns.iter().filter_map(move |(name, column)| Some((name.as_str(), column.get(row as usize)?.as_ref()?)))
    }

    /// The row's public id, a text that is not empty: what the schema calls the id, else property `id`, else `gml_id`.
    pub fn id(&self, row: u32) -> Option<&str> {
        let names = self.id_column.as_deref().into_iter().chain(ID_COLUMNS);
        names.filter_map(|name| self.get(row, name)).find_map(|property| match property {
            Property::Text(text) if !text.is_empty() => Some(text.as_str()),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: &[&str]) -> Vec<Option<Property>> {
        values.iter().map(|value| (!value.is_empty()).then(|| Property::Text((*value).to_owned()))).collect()
    }

    #[test]
    fn what_repeats_is_worked_out_once() {
        let worked_out = std::cell::Cell::new(0);
        let mut doubled = once_a_run(|number: f64| {
            worked_out.set(worked_out.get() + 1);
            number * 2.0
        });
        let results: Vec<f64> = [1.0, 1.0, 1.0, 2.0, 2.0, 1.0].map(&mut doubled).to_vec();
        assert_eq!((results, worked_out.get()), (vec![2.0, 2.0, 2.0, 4.0, 4.0, 2.0], 3));
    }

    #[test]
    fn rows_are_found_by_their_ids() {
        let ids = ["m", "", "a", "z", "a", "k"];
        let table = FeatureTable::new(6, vec![("id".to_owned(), texts(&ids))]);
        let found = |id: &str| table.row_of(id);
        assert_eq!([found("m"), found("a"), found("z"), found("k")], [Some(0), Some(2), Some(3), Some(5)]);
        assert_eq!([found(""), found("b"), found("zz")], [None; 3]);
        assert_eq!(FeatureTable::default().row_of("a"), None);
    }

    #[test]
    fn a_name_is_no_id() {
        let name = ("name".to_owned(), texts(&["Hauptstraße 1", "Hauptstraße 1"]));
        assert_eq!(FeatureTable::new(2, vec![name.clone()]).id(0), None);
        let own = ("cadastre".to_owned(), texts(&["x", "y"]));
        let mut table = FeatureTable::new(2, vec![name, own]);
        table.id_column = Some("cadastre".to_owned());
        table.index();
        assert_eq!((table.id(1), table.row_of("y")), (Some("y"), Some(1)));
    }
}
