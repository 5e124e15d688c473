//! What went wrong, twice: as a kind, which people are told in their own language, and as a line with addresses and
//! numbers for those who mend it.

use std::fmt;
use std::sync::Arc;

use super::decode::DecodeError;
use super::{OpenError, TilesetError};
use crate::fetch::FetchError;

/// What kind of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailureKind {
    /// What was asked for is not there.
    Missing,
    /// The server does not hand it out (401, 403).
    Refused,
    /// The server has a fault of its own, or is busy.
    Server,
    /// There is no connection.
    Unreachable,
    /// This computer cannot ask at all: its network could not be set up.
    NoNetwork,
    /// The server took too long.
    Late,
    /// It is larger than this program takes.
    TooLarge,
    /// A file of this computer is there and cannot be read.
    Unreadable,
    /// The address is none that is followed here.
    Address,
    /// It came, and is not what it should be.
    Broken,
    /// It is of a version or a kind that this program does not understand.
    NotUnderstood,
    /// It belongs to another release of the city.
    OtherRelease,
    /// It is the release for another audience.
    OtherAudience,
}

impl FailureKind {
    /// All kinds.
    pub const ALL: [Self; 13] = [
        Self::Missing,
        Self::Refused,
        Self::Server,
        Self::Unreachable,
        Self::NoNetwork,
        Self::Late,
        Self::TooLarge,
        Self::Unreadable,
        Self::Address,
        Self::Broken,
        Self::NotUnderstood,
        Self::OtherRelease,
        Self::OtherAudience,
    ];
}

/// What went wrong. Written out it is the line for those who mend it, in English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What kind of thing it is.
    pub kind: FailureKind,
    /// Addresses and numbers.
    pub detail: Arc<str>,
}

impl Failure {
    /// A failure of a kind, with its line.
    pub fn new(kind: FailureKind, detail: impl Into<Arc<str>>) -> Self {
        Self { kind, detail: detail.into() }
    }

    /// Of a tile whose content cannot be decoded.
    pub fn of_tile(address: impl fmt::Display, error: &DecodeError) -> Self {
        let kind = match error {
            DecodeError::Format { .. }
            | DecodeError::Version { .. }
            | DecodeError::Extension(_)
            | DecodeError::NotUnderstood(_) => FailureKind::NotUnderstood,
            DecodeError::TooLarge { .. } | DecodeError::TooDeep(_) => FailureKind::TooLarge,
            DecodeError::Truncated { .. }
            | DecodeError::Json { .. }
            | DecodeError::Dangling { .. }
            | DecodeError::Type(_) => FailureKind::Broken,
        };
        Self::new(kind, format!("{address}: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl From<&FetchError> for Failure {
    fn from(error: &FetchError) -> Self {
        let kind = match error {
            FetchError::NotFound { .. } => FailureKind::Missing,
            FetchError::Status { status: 401 | 403, .. } => FailureKind::Refused,
            FetchError::Status { .. } => FailureKind::Server,
            FetchError::Network { .. } => FailureKind::Unreachable,
            FetchError::Setup { .. } => FailureKind::NoNetwork,
            FetchError::Timeout { .. } => FailureKind::Late,
            FetchError::TooLarge { .. } => FailureKind::TooLarge,
            FetchError::File { .. } => FailureKind::Unreadable,
            FetchError::Scheme { .. } => FailureKind::Address,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<&OpenError> for Failure {
    fn from(error: &OpenError) -> Self {
        let kind = match error {
            OpenError::Fetch(error) => return error.into(),
            OpenError::NothingThere { .. } => FailureKind::Missing,
            OpenError::Content { .. } => FailureKind::Broken,
            OpenError::Format { .. } => FailureKind::NotUnderstood,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<&TilesetError> for Failure {
    fn from(error: &TilesetError) -> Self {
        let kind = match error {
            TilesetError::Version { .. } | TilesetError::Extension { .. } => FailureKind::NotUnderstood,
            TilesetError::Address { .. } => FailureKind::Address,
            TilesetError::Limit { .. } => FailureKind::TooLarge,
            TilesetError::Policy { .. } => FailureKind::OtherRelease,
            TilesetError::Json { .. }
            | TilesetError::Volume { .. }
            | TilesetError::Transform { .. }
            | TilesetError::Cycle { .. } => FailureKind::Broken,
        };
        Self::new(kind, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use FailureKind::*;

    fn url() -> Url {
        Url::parse("https://city.example/twin.json").expect("an address")
    }

    #[test]
    fn what_did_not_come_is_of_a_kind() {
        let status = |status| FetchError::Status { url: url(), status };
        let why = || "why".to_owned();
        let kinds = [
            (FetchError::NotFound { url: url() }, Missing),
            (status(403), Refused),
            (status(503), Server),
            (FetchError::Network { url: url(), why: why() }, Unreachable),
            (FetchError::Setup { why: why() }, NoNetwork),
            (FetchError::Timeout { url: url() }, Late),
            (FetchError::TooLarge { url: url(), limit_bytes: 1 }, TooLarge),
            (FetchError::File { url: url(), why: why() }, Unreadable),
            (FetchError::Scheme { url: url() }, Address),
        ];
        for (error, kind) in kinds {
            assert_eq!(Failure::from(&error), Failure::new(kind, error.to_string()));
            assert_eq!(Failure::from(&OpenError::from(error)).kind, kind);
        }
    }

    #[test]
    fn what_came_and_is_of_no_use_is_of_a_kind() {
        let opened = [
            (OpenError::NothingThere { url: url() }, Missing),
            (OpenError::Content { url: url(), why: "why".into() }, Broken),
            (OpenError::Format { url: url(), found: "9".into() }, NotUnderstood),
        ];
        opened.iter().for_each(|(error, kind)| assert_eq!(Failure::from(error).kind, *kind, "{error}"));
        let tilesets = [
            (TilesetError::Version { url: url(), version: "2.0".into() }, NotUnderstood),
            (TilesetError::Address { url: url(), address: "file:///".into() }, Address),
            (TilesetError::Limit { url: url(), what: "tiles", limit: 1 }, TooLarge),
            (TilesetError::Policy { url: url(), expected: "a".into(), found: "b".into() }, OtherRelease),
            (TilesetError::Cycle { url: url() }, Broken),
        ];
        tilesets.iter().for_each(|(error, kind)| assert_eq!(Failure::from(error).kind, *kind, "{error}"));
        let tiles = [
            (DecodeError::NotUnderstood("points"), NotUnderstood),
            (DecodeError::TooLarge { limit_bytes: 1 }, TooLarge),
            (DecodeError::Truncated { what: "glb" }, Broken),
        ];
        tiles.iter().for_each(|(error, kind)| assert_eq!(Failure::of_tile("a.glb", error).kind, *kind, "{error}"));
    }
}
