//! Typed arrays in a glb's binary chunk, each checked against the chunk once before anything of it is read.

use gltf::json::accessor::{ComponentType, Type};
use gltf::json::validation::Checked;

use super::DecodeError;
use super::glb::Glb;
use super::scalar::{Number, Scalar, array_at, u32_at};

/// The elements of an accessor (glTF 2.0 § 3.6.2).
pub(super) struct Elements<'a> {
    data: &'a [u8],
    stride: usize,
    scalar: Scalar,
    normalized: bool,
    /// How many elements there are.
    pub count: usize,
    /// Numbers in an element.
    pub width: usize,
}

impl Elements<'_> {
    /// Number `component` of element `index`, normalized where the accessor says so.
    pub fn real(&self, index: usize, component: usize) -> Option<f64> {
        let at = self.at(index, component)?;
        let number = self.scalar.read_real(self.data, at)?;
        Some(if self.normalized { self.scalar.normalized(number) } else { number })
    }

    /// The first number of an element as an unsigned whole one. Ids may be stored as floats.
    pub fn whole(&self, index: usize) -> Option<u32> {
        let at = self.at(index, 0)?;
        match self.scalar {
            // Indices and ids, of which there are many.
            Scalar::U16 => return array_at(self.data, at).map(|bytes| u16::from_le_bytes(bytes).into()),
            Scalar::U32 => return u32_at(self.data, at),
            _ => {}
        }
        match self.scalar.read(self.data, at)? {
            Number::Whole(whole) => u32::try_from(whole).ok(),
            Number::Real(real) if real >= 0.0 && real <= f64::from(u32::MAX) => Some(real as u32),
            Number::Real(_) => None,
        }
    }

    /// Three numbers of an element.
    pub fn triple(&self, index: usize) -> Option<[f64; 3]> {
        Some([self.real(index, 0)?, self.real(index, 1)?, self.real(index, 2)?])
    }

    /// Whether the numbers are indices: unsigned and whole.
    pub fn is_unsigned(&self) -> bool {
        matches!(self.scalar, Scalar::U8 | Scalar::U16 | Scalar::U32)
    }

    /// Where a number begins.
    fn at(&self, index: usize, component: usize) -> Option<usize> {
        let is_there = component < self.width && index < self.count;
        is_there.then(|| index * self.stride + component * self.scalar.size())
    }
}

impl Glb {
    /// The elements of accessor `index`, all of them inside the binary chunk.
    pub(super) fn accessor(&self, index: usize) -> Result<Elements<'_>, DecodeError> {
        let truncated = || DecodeError::Truncated { what: "accessor" };
        let accessor = self.root.accessors.get(index).ok_or(DecodeError::Dangling { what: "accessor", index })?;
        if accessor.sparse.is_some() {
            return Err(DecodeError::NotUnderstood("sparse accessor"));
        }
        let (scalar, width) = element_type(&accessor.component_type, &accessor.type_)?;
        // Without a view the elements are zeros: no geometry, and a count that nothing vouches for.
        let view = accessor.buffer_view.ok_or(DecodeError::NotUnderstood("accessor without bytes"))?.value();
        let size = scalar.size() * width;
        let stride = self.stride(view).unwrap_or(size);
        let count = usize::try_from(accessor.count.0).map_err(|_| truncated())?;
        let offset = accessor.byte_offset.map_or(Ok(0), |at| usize::try_from(at.0)).map_err(|_| truncated())?;
        let data = self.view(view)?.get(offset..).ok_or_else(truncated)?;
        let needed = match count {
            0 => Some(0),
            _ => stride.checked_mul(count - 1).and_then(|last| last.checked_add(size)),
        };
        if stride < size || needed.is_none_or(|needed| needed > data.len()) {
            return Err(truncated());
        }
        Ok(Elements { data, stride, scalar, normalized: accessor.normalized, count, width })
    }
}

fn element_type(
    component: &Checked<gltf::json::accessor::GenericComponentType>,
    shape: &Checked<Type>,
) -> Result<(Scalar, usize), DecodeError> {
    let (Checked::Valid(component), Checked::Valid(shape)) = (component, shape) else {
        return Err(DecodeError::Type("accessor"));
    };
    let scalar = match component.0 {
        ComponentType::I8 => Scalar::I8,
        ComponentType::U8 => Scalar::U8,
        ComponentType::I16 => Scalar::I16,
        ComponentType::U16 => Scalar::U16,
        ComponentType::U32 => Scalar::U32,
        ComponentType::F32 => Scalar::F32,
    };
    let width = match shape {
        Type::Scalar => 1,
        Type::Vec2 => 2,
        Type::Vec3 => 3,
        Type::Vec4 => 4,
        // Matrices are no vertex attributes here; their columns are padded.
        Type::Mat2 | Type::Mat3 | Type::Mat4 => return Err(DecodeError::Type("accessor")),
    };
    Ok((scalar, width))
}
