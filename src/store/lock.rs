//! The lock of a twin's place: one build at a time.
//!
//! A file beside the twin, never in it: what is published and exchanged must not take the lock along. The system lets go
//! of it when the process dies, however it dies; the file that stays behind then says what that build was writing, and
//! the next one takes it over.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::StoreError;

/// Nobody notes more.
const LONGEST_NOTE: u64 = 1024;

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    file: File,
    keeps_note: bool,
}

impl Lock {
    /// Takes the lock of the twin `name` in `parent`, or says that another build has it.
    pub(super) fn take(parent: &Path, name: &str) -> Result<Self, StoreError> {
        let path = parent.join(format!("{name}.stadtzwilling-lock"));
        let io = |error| StoreError::io(&path, error);
        loop {
            let mut options = OpenOptions::new();
            let file = options.create(true).truncate(false).read(true).write(true).open(&path).map_err(io)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(StoreError::Busy { path: parent.join(name) }),
                Err(TryLockError::Error(error)) => return Err(io(error)),
            }
            // A build that ended in between has taken its file away: a lock on that one would keep nobody out.
            if stands_at(&file, &path) {
                return Ok(Self { path, file, keeps_note: false });
            }
        }
    }

    /// What the one noted who held it before and died; empty if nobody did.
    pub(super) fn note(&mut self) -> Result<String, StoreError> {
        let mut note = Vec::new();
        let read = self.file.rewind().and_then(|()| (&self.file).take(LONGEST_NOTE).read_to_end(&mut note));
        read.map_err(|error| StoreError::io(&self.path, error))?;
        Ok(String::from_utf8_lossy(&note).into_owned())
    }

    /// Leaves the note to the next one although this one does not die.
    pub(super) fn keep_note(&mut self) {
        self.keeps_note = true;
    }

    /// Notes what the next one is to know if this one dies.
    pub(super) fn write_note(&mut self, note: &str) -> Result<(), StoreError> {
        let written = self.file.set_len(0).and_then(|()| self.file.rewind());
        written.and_then(|()| self.file.write_all(note.as_bytes())).map_err(|error| StoreError::io(&self.path, error))
    }
}

impl Drop for Lock {
    /// Takes the file away while it is still held. Where a path cannot be told from the file behind it, it stays, empty.
    fn drop(&mut self) {
        if self.keeps_note {
            return;
        }
        let _ = if cfg!(unix) { fs::remove_file(&self.path) } else { self.file.set_len(0) };
    }
}

/// Whether a path still leads to the file that was opened at it.
fn stands_at(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let id = |metadata: &fs::Metadata| (metadata.dev(), metadata.ino());
        matches!((file.metadata(), fs::metadata(path)), (Ok(one), Ok(other)) if id(&one) == id(&other))
    }
    #[cfg(not(unix))]
    {
        let _ = (file, path);
        true
    }
}
