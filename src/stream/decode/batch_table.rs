//! The batch table of a b3dm (3D Tiles 1.0, Batch Table): one array a property, in JSON or in binary.

use std::collections::VecDeque;

use serde_json::Value;

use super::features::{Rows, add_rows, allow_column, set_column};
use super::property::{join, property_of_json, property_of_number};
use super::scalar::Scalar;
use super::{DecodeError, Unfolding};

/// A batch table on its way into the features, a column at a time.
pub(super) struct BatchTable {
    rows: Rows,
    columns: VecDeque<(String, Value)>,
    binary: Vec<u8>,
}

impl BatchTable {
    /// Reserves rows for `count` features; `evidence_bytes` is the length of the whole b3dm.
    pub fn new(
        json: Value,
        binary: &[u8],
        count: u64,
        evidence_bytes: usize,
        out: &mut Unfolding,
    ) -> Result<Self, DecodeError> {
        let columns: VecDeque<(String, Value)> = match json {
            Value::Object(columns) => columns.into_iter().collect(),
            _ => return Err(DecodeError::Json { part: "batch table", why: "it is not an object".to_owned() }),
        };
        let rows = add_rows(out, count, evidence_bytes)?;
        Ok(Self { rows, columns, binary: binary.to_vec() })
    }

    /// Where its features stand.
    pub fn rows(&self) -> Rows {
        self.rows
    }

    /// Decodes the next column; false when there was none.
    pub fn advance(&mut self, out: &mut Unfolding) -> Result<bool, DecodeError> {
        let Some((name, values)) = self.columns.pop_front() else { return Ok(false) };
        if matches!(name.as_str(), "extensions" | "extras" | "HIERARCHY") {
            name_extensions(&name, &values, out);
            return Ok(true);
        }
        let column = match &values {
            Value::Array(values) => {
                allow_column(out, self.rows)?;
                values.iter().map(property_of_json).collect()
            }
            reference => self.binary_column(reference, out)?,
        };
        set_column(&mut out.decoded.content.features, &name, self.rows, column);
        Ok(true)
    }

    /// `{"byteOffset": …, "componentType": …, "type": …}`
    fn binary_column(
        &self,
        reference: &Value,
        out: &mut Unfolding,
    ) -> Result<Vec<Option<super::Property>>, DecodeError> {
        let truncated = || DecodeError::Truncated { what: "batch table" };
        let text = |name: &str| reference.get(name).and_then(Value::as_str);
        let scalar = text("componentType").and_then(Scalar::of_batch_table);
        let scalar = scalar.ok_or(DecodeError::Type("batch table property"))?;
        let width = match text("type") {
            Some("SCALAR") => 1,
            Some("VEC2") => 2,
            Some("VEC3") => 3,
            Some("VEC4") => 4,
            _ => return Err(DecodeError::Type("batch table property")),
        };
        let offset = reference.get("byteOffset").and_then(Value::as_u64).ok_or_else(truncated)?;
        let start = usize::try_from(offset).map_err(|_| truncated())?;
        let row_bytes = scalar.size() * width;
        let end = (self.rows.count as usize).checked_mul(row_bytes).and_then(|length| start.checked_add(length));
        let data = end.and_then(|end| self.binary.get(start..end)).ok_or_else(truncated)?;
        allow_column(out, self.rows)?;
        let value = |row: &[u8]| {
            let numbers = (0..width).filter_map(|k| scalar.read(row, k * scalar.size())).map(property_of_number);
            join(numbers.collect())
        };
        Ok(data.chunks_exact(row_bytes).map(value).collect())
    }
}

fn name_extensions(name: &str, values: &Value, out: &mut Unfolding) {
    match values {
        Value::Object(extensions) if name == "extensions" => {
            extensions.keys().for_each(|name| out.not_understood(name))
        }
        _ if name == "HIERARCHY" => out.not_understood("HIERARCHY (batch table)"),
        _ => {}
    }
}
