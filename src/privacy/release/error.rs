//! Why a building cannot be released: the build fails with the name of what is missing, never with a value.

use thiserror::Error;

use crate::privacy::policy::ValueType;
use crate::report::Place;

/// Why a building cannot be released.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum ReleaseError {
    /// The data has an attribute that the policy does not name.
    #[error("{place}: the policy does not name the attribute \"{attribute}\"")]
    UnknownAttribute {
        /// The attribute's name.
        attribute: String,
        /// File, line and building.
        place: Place,
    },
    /// A public attribute has a code that its list does not name.
    #[error("{place}: the policy does not name the code \"{code}\" of the attribute \"{attribute}\"")]
    UnknownCode {
        /// The attribute's name.
        attribute: String,
        /// The code, of a public attribute only.
        code: String,
        /// File, line and building.
        place: Place,
    },
    /// An attribute that is not public has a code that its list does not name.
    #[error("{place}: the policy does not name a code of the attribute \"{attribute}\"")]
    UnknownHiddenCode {
        /// The attribute's name.
        attribute: String,
        /// File, line and building.
        place: Place,
    },
    /// A value to be released is not of its attribute's type, or a number that is none.
    #[error("{place}: the attribute \"{attribute}\" has a value that is not of the type {expected}")]
    WrongType {
        /// The attribute's name.
        attribute: String,
        /// What the policy says.
        expected: ValueType,
        /// File, line and building.
        place: Place,
    },
}
