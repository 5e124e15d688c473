//! What can be wrong with a city configuration.

use std::path::PathBuf;

use thiserror::Error;

/// Why a city configuration cannot be used.
#[derive(Debug, Error)]
pub enum CityError {
    /// The file, or a folder it names, could not be read.
    #[error("{}: {source}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Not TOML, a key that is unknown or missing, or a value out of its range.
    #[error("{}:{line}: {message}", file.display())]
    Invalid {
        /// The file.
        file: PathBuf,
        /// Line, counted from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A pattern that matches no file, or a file that is not there.
    #[error("{}: no file matches \"{pattern}\"", file.display())]
    NoMatch {
        /// The city file.
        file: PathBuf,
        /// The pattern as it stands in the file.
        pattern: String,
    },
    /// A source of downloads of which nothing was downloaded yet.
    #[error("{}: source \"{source_id}\" is not downloaded yet; run \"stadtzwilling fetch\" first", file.display())]
    NotFetched {
        /// The city file.
        file: PathBuf,
        /// The source.
        source_id: String,
    },
}
