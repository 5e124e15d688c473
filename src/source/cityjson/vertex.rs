//! Vertices as JSON arrays of three numbers, read without ever failing: what is no vertex becomes NaN, so that the
//! indices of the others stay right and only the polygons that use it are lost.

use std::fmt;

use glam::DVec3;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A vertex; NaN where the JSON is something else.
pub(super) struct LooseVertex(pub(super) DVec3);

impl<'de> Deserialize<'de> for LooseVertex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Loose { sequence, .. } = deserializer.deserialize_any(LooseVisitor)?;
        Ok(Self(sequence))
    }
}

/// Any JSON value as far as a vertex can use it.
struct Loose {
    number: f64,
    sequence: DVec3,
}

impl Loose {
    const NOTHING: Self = Self { number: f64::NAN, sequence: DVec3::NAN };
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor)
    }
}

struct LooseVisitor;

impl<'de> Visitor<'de> for LooseVisitor {
    type Value = Loose;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_f64<E>(self, number: f64) -> Result<Loose, E> {
        Ok(Loose { number, ..Loose::NOTHING })
    }

    fn visit_i64<E>(self, number: i64) -> Result<Loose, E> {
        Ok(Loose { number: number as f64, ..Loose::NOTHING })
    }

    fn visit_u64<E>(self, number: u64) -> Result<Loose, E> {
        Ok(Loose { number: number as f64, ..Loose::NOTHING })
    }

    fn visit_bool<E>(self, _: bool) -> Result<Loose, E> {
        Ok(Loose::NOTHING)
    }

    fn visit_str<E>(self, _: &str) -> Result<Loose, E> {
        Ok(Loose::NOTHING)
    }

    fn visit_unit<E>(self) -> Result<Loose, E> {
        Ok(Loose::NOTHING)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loose, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Loose::NOTHING)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Loose, A::Error> {
        let mut numbers = [f64::NAN; 3];
        for slot in &mut numbers {
            match seq.next_element::<Loose>()? {
                Some(Loose { number, .. }) => *slot = number,
                None => return Ok(Loose::NOTHING),
            }
        }
        let mut more = false;
        while seq.next_element::<IgnoredAny>()?.is_some() {
            more = true;
        }
        let sequence = if more { DVec3::NAN } else { DVec3::from_array(numbers) };
        Ok(Loose { sequence, ..Loose::NOTHING })
    }
}
