//! Why a command could not be done.

use thiserror::Error;

/// Why a command could not be done. Each message names the file or argument it is about.
#[derive(Debug, Error)]
pub enum CliError {
    /// An argument that clap lets through but that says nothing sensible; answered with exit code 2.
    #[error("{0}")]
    Arguments(String),
    /// Standard output or standard error is closed.
    #[error("cannot write the answer: {0}")]
    Output(std::io::Error),
    /// The city configuration.
    #[error(transparent)]
    City(#[from] crate::city::CityError),
    /// The window or the screenshot.
    #[cfg(feature = "viewer")]
    #[error(transparent)]
    Viewer(#[from] crate::viewer::ViewerError),
}
