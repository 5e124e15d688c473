//! Why a tile's content cannot be decoded.

use thiserror::Error;

/// Why a tile's content cannot be decoded. The address is known to whoever asked for it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum DecodeError {
    /// The first bytes are none of a known format.
    #[error("no content format that is known (it begins with {magic})")]
    Format {
        /// The first four bytes, escaped.
        magic: String,
    },
    /// The bytes end before something that must be there.
    #[error("the file ends early or a length in it is wrong: {what}")]
    Truncated {
        /// What was being read.
        what: &'static str,
    },
    /// A container's version.
    #[error("version {version} of {format} is not understood")]
    Version {
        /// `glb`, `b3dm` or `cmpt`.
        format: &'static str,
        /// What it says.
        version: u32,
    },
    /// JSON in it is broken.
    #[error("the {part} is broken: {why}")]
    Json {
        /// Which JSON.
        part: &'static str,
        /// What the reader met.
        why: String,
    },
    /// A required extension is not understood, so that it cannot be drawn.
    #[error("required extension {0} is not understood")]
    Extension(String),
    /// Something that is allowed and not understood stands in the way.
    #[error("{0} is not understood")]
    NotUnderstood(&'static str),
    /// A number leads to something that is not there.
    #[error("{what} {index} does not exist")]
    Dangling {
        /// What it should be.
        what: &'static str,
        /// Which.
        index: usize,
    },
    /// An accessor or property is not of a type that fits its use.
    #[error("{0} has a type that does not fit")]
    Type(&'static str),
    /// It unfolds to more than is taken.
    #[error("it unfolds to more than {limit_bytes} bytes")]
    TooLarge {
        /// The limit.
        limit_bytes: u64,
    },
    /// Containers or nodes are nested too deep, or in a circle.
    #[error("{0} are nested too deep")]
    TooDeep(&'static str),
}
