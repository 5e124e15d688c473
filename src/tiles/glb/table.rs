//! Property tables of EXT_structural_metadata: columns as bytes (3D Metadata Specification, "Binary Table Format").

use std::sync::Arc;

/// A property table with the schema that explains it.
#[derive(Clone, Debug)]
pub struct PropertyTable {
    /// The schema: the text of a JSON object as in EXT_structural_metadata.
    pub schema: Arc<str>,
    /// Which of the schema's classes the rows are of.
    pub class: String,
    /// Rows.
    pub count: usize,
    /// Property id and values, each with `count` values. A property that is not required may be left out.
    pub columns: Vec<(String, Column)>,
}

/// The values of one property, packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub(super) values: Vec<u8>,
    pub(super) string_offsets: Option<(Vec<u8>, &'static str)>,
}

impl Column {
    /// Texts in UTF-8, with offsets in the smallest type that reaches their end.
    pub fn strings<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut values = Vec::new();
        let mut offsets = vec![0_u64];
        for text in texts {
            values.extend_from_slice(text.as_bytes());
            offsets.push(values.len() as u64);
        }
        let (width, kind) = match values.len() {
            0..=0xff => (1, "UINT8"),
            0x100..=0xffff => (2, "UINT16"),
            0x1_0000..=0xffff_ffff => (4, "UINT32"),
            _ => (8, "UINT64"),
        };
        let bytes = offsets.iter().flat_map(|offset| offset.to_le_bytes().into_iter().take(width)).collect();
        // A buffer view must not be empty (glTF 2.0 § 5.11.3), even where all texts are.
        if values.is_empty() {
            values.push(0);
        }
        Self { values, string_offsets: Some((bytes, kind)) }
    }

    /// `UINT8` numbers, or an enum's values with `valueType` `UINT8`.
    pub fn u8(numbers: impl IntoIterator<Item = u8>) -> Self {
        Self::of(numbers.into_iter().collect())
    }

    /// `UINT16` numbers, or an enum's values with `valueType` `UINT16`.
    pub fn u16(numbers: impl IntoIterator<Item = u16>) -> Self {
        Self::of(numbers.into_iter().flat_map(u16::to_le_bytes).collect())
    }

    /// Whole numbers in `width` bytes (`INT8` 1, `INT16` 2, `INT32` 4, `INT64` 8), which must be wide enough.
    pub fn integers(numbers: impl IntoIterator<Item = i64>, width: usize) -> Self {
        Self::of(numbers.into_iter().flat_map(|number| number.to_le_bytes().into_iter().take(width)).collect())
    }

    /// `FLOAT32` numbers.
    pub fn f32(numbers: impl IntoIterator<Item = f32>) -> Self {
        Self::of(numbers.into_iter().flat_map(f32::to_le_bytes).collect())
    }

    /// `FLOAT64` numbers.
    pub fn f64(numbers: impl IntoIterator<Item = f64>) -> Self {
        Self::of(numbers.into_iter().flat_map(f64::to_le_bytes).collect())
    }

    fn of(values: Vec<u8>) -> Self {
        Self { values, string_offsets: None }
    }
}
