//! Raw attribute values. They have no `Serialize`, no `Display` and a `Debug` that tells the type only, so that they
//! cannot reach a file, a log or an error text by accident. Only the release step reads them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A value as the source gives it, not released.
///
/// ```
/// let value = stadtzwilling::model::RawValue::text("Erika Mustermann");
/// assert_eq!(format!("{value:?}"), "Text(…)"); // all that can be said of it
/// ```
/// ```compile_fail,E0277
/// let value = stadtzwilling::model::RawValue::text("Erika Mustermann");
/// println!("{value}"); // no Display
/// ```
/// ```compile_fail,E0277
/// let value = stadtzwilling::model::RawValue::text("Erika Mustermann");
/// serde_json::to_string(&value).unwrap(); // no Serialize
/// ```
/// ```compile_fail,E0624
/// let value = stadtzwilling::model::RawValue::text("Erika Mustermann");
/// value.expose(); // not outside this crate
/// ```
#[derive(Clone, PartialEq)]
pub struct RawValue(Value);

/// The value itself; readable inside this crate only.
#[derive(Clone, PartialEq)]
pub(crate) enum Value {
    /// A string, a code (`31001_1000`) or a date (`2016-05-17`), trimmed.
    Text(Arc<str>),
    /// A whole number.
    Integer(i64),
    /// A number; lengths in metres.
    Real(f64),
    /// True or false.
    Bool(bool),
}

impl RawValue {
    /// A string, code or date.
    pub fn text(text: impl AsRef<str>) -> Self {
        Self(Value::Text(text.as_ref().trim().into()))
    }

    /// A whole number.
    pub fn integer(number: i64) -> Self {
        Self(Value::Integer(number))
    }

    /// A number.
    pub fn real(number: f64) -> Self {
        Self(Value::Real(number))
    }

    /// A truth value.
    pub fn bool(truth: bool) -> Self {
        Self(Value::Bool(truth))
    }

    /// The value, for the release step and for tests of the readers.
    pub(crate) fn expose(&self) -> &Value {
        &self.0
    }
}

impl fmt::Debug for RawValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Value::Text(_) => "Text(…)",
            Value::Integer(_) => "Integer(…)",
            Value::Real(_) => "Real(…)",
            Value::Bool(_) => "Bool(…)",
        })
    }
}

/// Attributes by name, in name order.
///
/// Names are CityGML's own (`measuredHeight`, `storeysAboveGround`, `roofType`, `function`, `usage`, `class`,
/// `yearOfConstruction`, `creationDate`, `name`, `externalReference`); generic attributes and CityJSON members keep
/// the name that the source gives them.
///
/// An attribute has one value. What else a source says under its name, such as a second `function`, is kept beside it:
/// nobody is shown it, but whoever decides what may be shown at all must see it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attributes {
    /// In the order of the names.
    values: Vec<(Arc<str>, RawValue)>,
    /// Further values of names in `values`, different from the first.
    beside: BTreeMap<Arc<str>, Vec<RawValue>>,
}

/// Among so many values of a name one that is added is looked for; a file may have any number, and all of them count.
const MOST_COMPARED: usize = 64;

/// What became of a value that was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is the attribute's value.
    AsValue,
    /// It is there already.
    Already,
    /// The attribute has another value; this one is kept beside it.
    Beside,
}

impl Attributes {
    /// No attributes, with room for so many, so that the list is not moved while it grows.
    pub fn with_capacity(count: usize) -> Self {
        Self { values: Vec::with_capacity(count), beside: BTreeMap::new() }
    }

    /// Sets a value in the place of all that stood there; gives back the one that did.
    pub fn set(&mut self, name: &str, value: RawValue) -> Option<RawValue> {
        self.beside.remove(name);
        self.set_at(self.find(name), || name.into(), value)
    }

    /// The same, with a name that needs no copy.
    pub fn set_shared(&mut self, name: Arc<str>, value: RawValue) -> Option<RawValue> {
        self.beside.remove(&name);
        self.set_at(self.find(&name), || name, value)
    }

    fn set_at(
        &mut self,
        place: Result<usize, usize>,
        name: impl FnOnce() -> Arc<str>,
        value: RawValue,
    ) -> Option<RawValue> {
        match place {
            Ok(at) => Some(std::mem::replace(&mut self.values[at].1, value)),
            Err(at) => {
                self.values.insert(at, (name(), value));
                None
            }
        }
    }

    /// Adds a value: the first of a name is the attribute's value, different ones are kept beside it.
    pub fn add(&mut self, name: &str, value: RawValue) -> Added {
        self.add_shared(&name.into(), value)
    }

    /// The same, with a name that needs no copy.
    pub fn add_shared(&mut self, name: &Arc<str>, value: RawValue) -> Added {
        if let Err(at) = self.find(name) {
            self.values.insert(at, (name.clone(), value));
            return Added::AsValue;
        }
        if self.all(name).take(MOST_COMPARED).any(|known| *known == value) {
            return Added::Already;
        }
        self.beside.entry(name.clone()).or_default().push(value);
        Added::Beside
    }

    /// Adds all values of another list, as if one after the other; what stands beside them there is not taken.
    pub fn add_all(&mut self, others: &Self) {
        let merged = Vec::with_capacity(self.values.len() + others.values.len());
        let mut own = std::mem::replace(&mut self.values, merged).into_iter().peekable();
        let mut known = Vec::new();
        // Both are in the order of the names.
        for (name, value) in &others.values {
            while let Some(before) = own.next_if(|(own, _)| own < name) {
                self.values.push(before);
            }
            match own.peek() {
                Some((same, _)) if same == name => known.push((name, value)),
                _ => self.values.push((name.clone(), value.clone())),
            }
        }
        self.values.extend(own);
        for (name, value) in known {
            self.add_shared(name, value.clone());
        }
    }

    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<&RawValue> {
        self.find(name).ok().map(|at| &self.values[at].1)
    }

    /// The value of that name, and then those beside it.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &RawValue> {
        self.get(name).into_iter().chain(self.beside.get(name).into_iter().flatten())
    }

    /// Where a name stands, or where it would.
    fn find(&self, name: &str) -> Result<usize, usize> {
        // Names that come in order need no search.
        if self.values.last().is_none_or(|(last, _)| **last < *name) {
            return Err(self.values.len());
        }
        self.values.binary_search_by(|(other, _)| (**other).cmp(name))
    }

    /// All names and values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.values.iter().map(|(name, value)| (&**name, value))
    }

    /// All names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(|(name, _)| &**name)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

/// A postal address, from xAL or CityJSON.
#[derive(Clone, Default, PartialEq)]
pub struct Address {
    /// Street without number.
    pub street: Option<RawValue>,
    /// House number with its letter.
    pub house_number: Option<RawValue>,
    /// Postal code.
    pub postal_code: Option<RawValue>,
    /// Town.
    pub locality: Option<RawValue>,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// All at once is as one after the other.
        #[test]
        fn all_are_added_as_one_by_one(
            own in proptest::collection::vec((0_u8..20, 0_i64..3), 0..30),
            others in proptest::collection::vec((0_u8..20, 0_i64..3), 0..30),
        ) {
            let attributes = |from: &[(u8, i64)]| {
                let mut attributes = Attributes::default();
                for (name, value) in from {
                    attributes.add(&format!("name{name}"), RawValue::integer(*value));
                }
                attributes
            };
            let (mut at_once, others) = (attributes(&own), attributes(&others));
            let mut one_by_one = at_once.clone();
            for (name, value) in others.iter() {
                one_by_one.add(name, value.clone());
            }
            at_once.add_all(&others);
            prop_assert!(at_once == one_by_one);
            prop_assert!(at_once.names().is_sorted());
        }
    }
}
