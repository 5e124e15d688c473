//! Raw attribute values. They have no `Serialize`, no `Display` and a `Debug` that tells the type only, so that they
//! cannot reach a file, a log or an error text by accident. Only the release step reads them.

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
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attributes(Vec<(Arc<str>, RawValue)>);

impl Attributes {
    /// No attributes, with room for so many, so that the list is not moved while it grows.
    pub fn with_capacity(count: usize) -> Self {
        Self(Vec::with_capacity(count))
    }

    /// Sets a value; gives back the one that stood there.
    pub fn set(&mut self, name: &str, value: RawValue) -> Option<RawValue> {
        self.set_at(self.find(name), || name.into(), value)
    }

    /// The same, with a name that needs no copy.
    pub fn set_shared(&mut self, name: Arc<str>, value: RawValue) -> Option<RawValue> {
        self.set_at(self.find(&name), || name, value)
    }

    fn set_at(
        &mut self,
        place: Result<usize, usize>,
        name: impl FnOnce() -> Arc<str>,
        value: RawValue,
    ) -> Option<RawValue> {
        match place {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, value)),
            Err(at) => {
                self.0.insert(at, (name(), value));
                None
            }
        }
    }

    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<&RawValue> {
        self.find(name).ok().map(|at| &self.0[at].1)
    }

    /// Where a name stands, or where it would.
    fn find(&self, name: &str) -> Result<usize, usize> {
        // Names that come in order need no search.
        if self.0.last().is_none_or(|(last, _)| **last < *name) {
            return Err(self.0.len());
        }
        self.0.binary_search_by(|(other, _)| (**other).cmp(name))
    }

    /// All names and values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// All names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| &**name)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
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
