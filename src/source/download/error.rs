//! Why a download failed.

use std::path::PathBuf;

use thiserror::Error;
use url::Url;

use super::FileName;

/// Why a download failed. What was complete before stays; what is half there is resumed the next time.
#[derive(Debug, Error)]
pub enum DownloadError {
    /// The index is not a Metalink that can be used.
    #[error("{index}:{line}: {message}")]
    Index {
        /// Its address.
        index: String,
        /// Line, counted from 1.
        line: u64,
        /// What is wrong.
        message: String,
    },
    /// Nothing could be had from this address.
    #[error("{url}: {reason}")]
    Unreachable {
        /// The address.
        url: Url,
        /// What happened last.
        reason: String,
    },
    /// No mirror gave the file.
    #[error("{file}: no mirror gave it; {reason}")]
    NoMirror {
        /// The file.
        file: FileName,
        /// What each mirror's last failure was.
        reason: String,
    },
    /// The disk is full. What was downloaded stays and is resumed when there is room.
    #[error("{}: the disk is full; make room and start again, the download goes on where it stopped", path.display())]
    DiskFull {
        /// The file that could not grow.
        path: PathBuf,
    },
    /// The system does not let a file be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The secure connection's trusted roots, or the runtime, could not be set up.
    #[error("cannot set up downloads: {0}")]
    SetUp(String),
    /// Some files could not be had; the others are complete.
    #[error("{} of {planned} files failed: {}", failed.len(), list(failed))]
    Incomplete {
        /// How many files there were to be.
        planned: usize,
        /// Why, for each that failed, by name.
        failed: Vec<DownloadError>,
    },
}

impl DownloadError {
    /// An error of the file system, with a full disk told apart.
    pub(super) fn io(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        let path = path.into();
        match source.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            _ => Self::Io { path, source },
        }
    }

    /// Whether every other file would fail the same way.
    pub(super) fn is_local(&self) -> bool {
        matches!(self, Self::DiskFull { .. } | Self::Io { .. } | Self::SetUp(_))
    }
}

/// The first three reasons; more would fill the screen.
fn list(failed: &[DownloadError]) -> String {
    let mut text = failed.iter().take(3).map(ToString::to_string).collect::<Vec<_>>().join("; ");
    if failed.len() > 3 {
        text.push_str("; …");
    }
    text
}
