//! EXT_structural_metadata: a schema and its property tables (3D Metadata 1.0), a column at a time.
//!
//! Property textures and property attributes are named as not understood.

use std::collections::{BTreeMap, VecDeque};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::column::Column;
use super::features::{Rows, add_rows, allow_column, set_column};
use super::glb::Glb;
use super::{DecodeError, Unfolding};

/// What a class calls the property that tells its features apart (3D Metadata Semantic Reference, ID).
const ID: &str = "ID";

/// The extension on the glTF's root.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ExtensionWire {
    schema: Option<SchemaWire>,
    schema_uri: Option<String>,
    property_tables: Vec<TableWire>,
    property_textures: Vec<serde::de::IgnoredAny>,
    property_attributes: Vec<serde::de::IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SchemaWire {
    pub classes: BTreeMap<String, ClassWire>,
    pub enums: BTreeMap<String, EnumWire>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ClassWire {
    /// In the order of the file, which is the order of the panel.
    pub properties: Map<String, Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EnumWire {
    pub value_type: Option<String>,
    pub values: Vec<EnumValueWire>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct EnumValueWire {
    pub name: String,
    pub value: i64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClassPropertyWire {
    #[serde(rename = "type")]
    pub kind: String,
    pub component_type: Option<String>,
    pub enum_type: Option<String>,
    #[serde(default)]
    pub array: bool,
    pub count: Option<usize>,
    #[serde(default)]
    pub normalized: bool,
    pub offset: Option<Value>,
    pub scale: Option<Value>,
    pub no_data: Option<Value>,
    pub semantic: Option<String>,
    pub default: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct TableWire {
    class: String,
    count: u64,
    #[serde(default)]
    properties: Map<String, Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TablePropertyWire {
    pub values: usize,
    pub array_offsets: Option<usize>,
    pub string_offsets: Option<usize>,
    pub array_offset_type: Option<String>,
    pub string_offset_type: Option<String>,
    pub offset: Option<Value>,
    pub scale: Option<Value>,
}

/// Property tables on their way into the features.
#[derive(Default)]
pub(super) struct PropertyTables {
    /// Rows of each table of the file.
    pub rows: Vec<Rows>,
    columns: VecDeque<Column>,
}

impl PropertyTables {
    /// Reads the schema and reserves rows for all tables; `extension` is the one on the root.
    pub fn new(extension: &Value, glb: &Glb, out: &mut Unfolding) -> Result<Self, DecodeError> {
        let wire: ExtensionWire = parse(extension)?;
        if wire.schema_uri.is_some() {
            out.not_understood("schemaUri (EXT_structural_metadata)");
        }
        if !wire.property_textures.is_empty() {
            out.not_understood("propertyTextures (EXT_structural_metadata)");
        }
        if !wire.property_attributes.is_empty() {
            out.not_understood("propertyAttributes (EXT_structural_metadata)");
        }
        let schema = wire.schema.unwrap_or_default();
        let mut tables = Self::default();
        for table in &wire.property_tables {
            let rows = add_rows(out, table.count, glb.length())?;
            tables.rows.push(rows);
            tables.columns.extend(columns_of(table, rows, &schema, out)?);
        }
        Ok(tables)
    }

    /// Decodes the next column; false when there was none.
    pub fn advance(&mut self, glb: &Glb, out: &mut Unfolding) -> Result<bool, DecodeError> {
        let Some(column) = self.columns.pop_front() else { return Ok(false) };
        allow_column(out, column.rows)?;
        let values = column.decode(glb, out)?;
        set_column(&mut out.decoded.content.features, &column.name, column.rows, values);
        Ok(true)
    }
}

fn parse<T: serde::de::DeserializeOwned>(value: &Value) -> Result<T, DecodeError> {
    T::deserialize(value).map_err(|error| DecodeError::Json { part: "EXT_structural_metadata", why: error.to_string() })
}

/// The columns of a table in the order of its class: those that have values or a default.
fn columns_of(
    table: &TableWire,
    rows: Rows,
    schema: &SchemaWire,
    out: &mut Unfolding,
) -> Result<Vec<Column>, DecodeError> {
    let Some(class) = schema.classes.get(&table.class) else { return Ok(Vec::new()) };
    let mut columns = Vec::new();
    for (name, property) in &class.properties {
        let property: ClassPropertyWire = parse(property)?;
        let stored: Option<TablePropertyWire> = table.properties.get(name).map(parse).transpose()?;
        if property.semantic.as_deref() == Some(ID) {
            out.decoded.content.features.id_column.get_or_insert_with(|| name.clone());
        }
        if stored.is_some() || property.default.is_some() {
            columns.push(Column::new(name, rows, &property, stored, schema)?);
        }
    }
    Ok(columns)
}
