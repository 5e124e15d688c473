//! Little-endian numbers at places that may not be there.

/// The `N` bytes at an offset.
pub(super) fn array_at<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

/// The unsigned 32-bit number at an offset.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    array_at(bytes, at).map(u32::from_le_bytes)
}

/// The types of numbers in glTF, property tables and batch tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,
    F32,
    F64,
}

/// A number as it is stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    /// A whole number of any type.
    Whole(i128),
    /// A floating-point number.
    Real(f64),
}

impl Number {
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Whole(whole) => whole as f64,
            Self::Real(real) => real,
        }
    }
}

impl Scalar {
    /// By the name that EXT_structural_metadata gives it.
    pub fn of_metadata(name: &str) -> Option<Self> {
        Some(match name {
            "INT8" => Self::I8,
            "UINT8" => Self::U8,
            "INT16" => Self::I16,
            "UINT16" => Self::U16,
            "INT32" => Self::I32,
            "UINT32" => Self::U32,
            "INT64" => Self::I64,
            "UINT64" => Self::U64,
            "FLOAT32" => Self::F32,
            "FLOAT64" => Self::F64,
            _ => return None,
        })
    }

    /// By the name that a batch table gives it.
    pub fn of_batch_table(name: &str) -> Option<Self> {
        Some(match name {
            "BYTE" => Self::I8,
            "UNSIGNED_BYTE" => Self::U8,
            "SHORT" => Self::I16,
            "UNSIGNED_SHORT" => Self::U16,
            "INT" => Self::I32,
            "UNSIGNED_INT" => Self::U32,
            "FLOAT" => Self::F32,
            "DOUBLE" => Self::F64,
            _ => return None,
        })
    }

    /// Bytes that a number takes.
    pub fn size(self) -> usize {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::I64 | Self::U64 | Self::F64 => 8,
        }
    }

    /// The number at a byte offset.
    pub fn read(self, bytes: &[u8], at: usize) -> Option<Number> {
        Some(match self {
            Self::I8 => Number::Whole(i8::from_le_bytes(array_at(bytes, at)?).into()),
            Self::U8 => Number::Whole(u8::from_le_bytes(array_at(bytes, at)?).into()),
            Self::I16 => Number::Whole(i16::from_le_bytes(array_at(bytes, at)?).into()),
            Self::U16 => Number::Whole(u16::from_le_bytes(array_at(bytes, at)?).into()),
            Self::I32 => Number::Whole(i32::from_le_bytes(array_at(bytes, at)?).into()),
            Self::U32 => Number::Whole(u32::from_le_bytes(array_at(bytes, at)?).into()),
            Self::I64 => Number::Whole(i64::from_le_bytes(array_at(bytes, at)?).into()),
            Self::U64 => Number::Whole(u64::from_le_bytes(array_at(bytes, at)?).into()),
            Self::F32 => Number::Real(f32::from_le_bytes(array_at(bytes, at)?).into()),
            Self::F64 => Number::Real(f64::from_le_bytes(array_at(bytes, at)?)),
        })
    }

    /// The same as a real number.
    pub fn read_real(self, bytes: &[u8], at: usize) -> Option<f64> {
        Some(match self {
            Self::I8 => i8::from_le_bytes(array_at(bytes, at)?).into(),
            Self::U8 => u8::from_le_bytes(array_at(bytes, at)?).into(),
            Self::I16 => i16::from_le_bytes(array_at(bytes, at)?).into(),
            Self::U16 => u16::from_le_bytes(array_at(bytes, at)?).into(),
            Self::F32 => f32::from_le_bytes(array_at(bytes, at)?).into(),
            _ => self.read(bytes, at)?.as_f64(),
        })
    }

    /// A normalized whole number as a part of one (glTF 2.0 § 3.11); others as they are.
    pub fn normalized(self, number: f64) -> f64 {
        let largest = match self {
            Self::I8 => f64::from(i8::MAX),
            Self::U8 => f64::from(u8::MAX),
            Self::I16 => f64::from(i16::MAX),
            Self::U16 => f64::from(u16::MAX),
            Self::I32 => f64::from(i32::MAX),
            Self::U32 => f64::from(u32::MAX),
            Self::I64 => i64::MAX as f64,
            Self::U64 => u64::MAX as f64,
            Self::F32 | Self::F64 => return number,
        };
        (number / largest).max(-1.0)
    }
}
