//! The lock of a twin's place: one build at a time.
//!
//! A file beside the twin, never in it: what is published and exchanged must not take the lock along. The system lets go
//! of it when the process dies, however it dies; the file that stays behind then is nobody's and the next build takes it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use super::StoreError;

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// Takes the lock of the twin `name` in `parent`, or says that another build has it.
    pub(super) fn take(parent: &Path, name: &str) -> Result<Self, StoreError> {
        let path = parent.join(format!("{name}.stadtzwilling-lock"));
        let io = |error| StoreError::io(&path, error);
        loop {
            let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(io)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(StoreError::Busy { path: parent.join(name) }),
                Err(TryLockError::Error(error)) => return Err(io(error)),
            }
            // A build that ended in between has taken its file away: a lock on that one would keep nobody out.
            if stands_at(&file, &path) {
                return Ok(Self { path, _file: file });
            }
        }
    }
}

impl Drop for Lock {
    /// Takes the file away while it is still held. Where a path cannot be told from the file behind it, it stays.
    fn drop(&mut self) {
        if cfg!(unix) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Whether a path still leads to the file that was opened at it.
fn stands_at(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let id = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
        matches!((file.metadata(), fs::metadata(path)), (Ok(one), Ok(other)) if id(one) == id(other))
    }
    #[cfg(not(unix))]
    {
        let _ = (file, path);
        true
    }
}
