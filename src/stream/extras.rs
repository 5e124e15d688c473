//! `asset.extras` of a tileset: anything at all by the standard, of which two texts are understood. Read without holding
//! the rest, which may be of any size and shape.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// What is understood of the extras. Members of another type count as absent.
#[derive(Debug, Default)]
pub(super) struct ExtrasWire {
    /// `policyHash`.
    pub policy_hash: Option<String>,
    /// `audience`.
    pub audience: Option<String>,
    /// The value itself, where it is a text.
    text: Option<String>,
}

impl<'de> Deserialize<'de> for ExtrasWire {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = ExtrasWire;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_str<E>(self, text: &str) -> Result<ExtrasWire, E> {
        Ok(ExtrasWire { text: Some(text.to_owned()), ..ExtrasWire::default() })
    }

    fn visit_bool<E>(self, _: bool) -> Result<ExtrasWire, E> {
        Ok(ExtrasWire::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<ExtrasWire, E> {
        Ok(ExtrasWire::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<ExtrasWire, E> {
        Ok(ExtrasWire::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<ExtrasWire, E> {
        Ok(ExtrasWire::default())
    }

    fn visit_unit<E>(self) -> Result<ExtrasWire, E> {
        Ok(ExtrasWire::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<ExtrasWire, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(ExtrasWire::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ExtrasWire, A::Error> {
        let mut found = ExtrasWire::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "policyHash" => found.policy_hash = map.next_value::<ExtrasWire>()?.text,
                "audience" => found.audience = map.next_value::<ExtrasWire>()?.text,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(found)
    }
}
