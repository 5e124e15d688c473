//! Why a twin cannot be written or read.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a twin cannot be written or read.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The system does not let a file or folder be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The disk is full. The twin that was there before is untouched.
    #[error("{}: the disk is full; the twin that was there before is untouched", path.display())]
    DiskFull {
        /// The file that could not grow.
        path: PathBuf,
    },
    /// The place of the new twin is taken by something that is no twin; it is not deleted.
    #[error("{}: there is something here that is not a twin; please choose another place or remove it", path.display())]
    NotATwin {
        /// The place.
        path: PathBuf,
    },
    /// The place of the new twin has no name to write beside, such as `/` or `..`.
    #[error("{}: a twin needs a folder of its own, with a name", path.display())]
    NoName {
        /// The place.
        path: PathBuf,
    },
    /// Another build writes to the same place right now.
    #[error("{}: another build of this twin is running", path.display())]
    Busy {
        /// The place.
        path: PathBuf,
    },
    /// A file of a twin is not what it should be.
    #[error("{}: {message}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
}

impl StoreError {
    /// An error of the file system, with a full disk told apart.
    pub fn io(path: &Path, source: std::io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            _ => Self::Io { path, source },
        }
    }
}
