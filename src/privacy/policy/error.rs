//! Why a policy file is not taken, with file, line and attribute.

use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;
use thiserror::Error;

use super::words::{Audience, UnknownWord};

/// Why a policy cannot be read or used.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum PolicyError {
    /// The file is not TOML, or has a key that no policy has, or lacks one that every policy has.
    #[error("{file}:{line}: {}{message}", in_attribute(attribute))]
    Shape {
        /// The policy file.
        file: Arc<str>,
        /// Line, counted from 1.
        line: u64,
        /// The attribute it stands in, where it can be told.
        attribute: Option<String>,
        /// What the TOML reader says.
        message: String,
    },
    /// The file has the right shape and says something that cannot be.
    #[error("{file}:{line}: {}{problem}", in_attribute(attribute))]
    Rule {
        /// The policy file.
        file: Arc<str>,
        /// Line, counted from 1.
        line: u64,
        /// The attribute it stands in; `None` for the head of the file and its lists.
        attribute: Option<String>,
        /// What cannot be.
        problem: Problem,
    },
    /// The policy has run out: it releases nothing.
    #[error("{file}: the policy expired on {expired_on}; on {today} it releases nothing")]
    Expired {
        /// The policy file.
        file: Arc<str>,
        /// Its last day.
        expired_on: Date,
        /// The day asked about.
        today: Date,
    },
    /// Nobody has approved the policy (yet): it releases synthetic data only.
    #[error("{file}: the policy is not approved and releases invented data only")]
    Unapproved {
        /// The policy file.
        file: Arc<str>,
    },
    /// A purpose that the policy does not name, or a purpose for an audience that has none.
    #[error("{file}: \"{purpose}\" is no purpose of the audience {audience}")]
    UnknownPurpose {
        /// The policy file.
        file: Arc<str>,
        /// What was asked for.
        purpose: String,
        /// For whom.
        audience: Audience,
    },
}

/// The attribute's name for the front of a message.
fn in_attribute(attribute: &Option<String>) -> String {
    attribute.as_ref().map(|name| format!("attribute {}: ", name.escape_debug())).unwrap_or_default()
}

/// What cannot be in a policy.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum Problem {
    /// A word outside its closed list.
    #[error("{key}: {word}")]
    Word {
        /// The key it stands at.
        key: &'static str,
        /// The word and its list.
        word: UnknownWord,
    },
    /// A text that lacks German or English.
    #[error("{key} needs a German and an English text")]
    TextMissing {
        /// The key it stands at.
        key: &'static str,
    },
    /// A date with a time of day, or a day that does not exist.
    #[error("{key} must be a day such as 2027-12-31")]
    NotADay {
        /// The key it stands at.
        key: &'static str,
    },
    /// A text that should be a number.
    #[error("{key}: {text:?} is no number")]
    NotANumber {
        /// The key it stands at.
        key: &'static str,
        /// The text.
        text: String,
    },
    /// Only one of `approved_by` and `approved_on`, or an approval after the last day.
    #[error("approved_by and approved_on belong together, and the approval comes before expires_on")]
    HalfApproved,
    /// A key that is not a small ASCII identifier.
    #[error("{0:?} is not a key: small ASCII letters, digits and underscores, a letter first")]
    NotAKey(String),
    /// A name or code that is empty, too long, or has control characters or white space around it.
    #[error("{0:?} is not the name of an attribute or a code")]
    NotAName(String),
    /// The same name, key or code twice; names count as the same without regard to case.
    #[error("{what} {name:?} stands more than once")]
    Twice {
        /// What it is.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A reference to something that the file does not have.
    #[error("there is no {what} {name:?}")]
    Missing {
        /// What was looked for.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A key that must be there in this place.
    #[error("{key} is missing{because}")]
    KeyMissing {
        /// The key.
        key: &'static str,
        /// When it is needed.
        because: &'static str,
    },
    /// A key that means nothing in this place.
    #[error("{key} means nothing here: {because}")]
    KeyMisplaced {
        /// The key.
        key: &'static str,
        /// Why.
        because: &'static str,
    },
    /// `name` and `names` together or neither.
    #[error("an attribute has either name or names")]
    NameOrNames,
    /// Several names under one label where someone would see them.
    #[error("names may share one entry only where nobody gets a value of them")]
    NamesReleased,
    /// A rule for the kiosk.
    #[error("the kiosk shows the citizen's release byte for byte and has no rules of its own")]
    KioskIsCitizen,
    /// A citizen's rule with a purpose.
    #[error("citizens need no purpose")]
    PurposeForCitizen,
    /// An operation beyond what the class allows this audience.
    #[error("class {class} does not allow {operation} for the audience {audience}")]
    ClassForbids {
        /// The class.
        class: super::Class,
        /// The operation.
        operation: &'static str,
        /// The audience.
        audience: Audience,
    },
    /// A number out of its range.
    #[error("{key} {because}")]
    BadNumber {
        /// The key.
        key: &'static str,
        /// What it must be.
        because: &'static str,
    },
    /// Sensitive codes without a code for "no data": who has no value would be known to be one.
    #[error("code list {0} has sensitive codes and therefore needs a no_data code to hide them among")]
    SensitiveStandOut(String),
}

/// A problem with the place it was read from, before file and line are known.
pub(super) struct Fault {
    pub span: Range<usize>,
    pub problem: Problem,
}

impl Fault {
    /// A problem at a span of bytes.
    pub fn at(span: Range<usize>, problem: Problem) -> Self {
        Self { span, problem }
    }
}

/// The line of a byte offset, counted from 1.
pub(super) fn line_of(text: &str, offset: usize) -> u64 {
    1 + text.bytes().take(offset).filter(|&byte| byte == b'\n').count() as u64
}
