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
    /// Downloads.
    #[error(transparent)]
    Download(#[from] crate::source::download::DownloadError),
    /// The build.
    #[error(transparent)]
    Build(#[from] crate::store::build::BuildError),
    /// The sample city.
    #[error(transparent)]
    Sample(#[from] crate::sample::SampleError),
    /// A file or folder cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// A city whose data is not downloaded.
    #[error("{file}: no source has an index to download from")]
    NothingToFetch {
        /// The city file.
        file: String,
    },
    /// There is no folder for the sample city.
    #[error("no folder for the sample city: neither XDG_CACHE_HOME nor HOME is set; name a twin to open")]
    NoCache,
    /// This program was built without the feature `viewer`.
    #[cfg(not(feature = "viewer"))]
    #[error("this build of the program has no window")]
    NoWindow,
    /// The window or the screenshot.
    #[cfg(feature = "viewer")]
    #[error(transparent)]
    Viewer(#[from] crate::viewer::ViewerError),
}

impl CliError {
    /// An error of the file system.
    pub(super) fn io(path: &std::path::Path, source: std::io::Error) -> Self {
        Self::Io { path: path.display().to_string(), source }
    }
}
