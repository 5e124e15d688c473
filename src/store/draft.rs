//! A twin while it is built, and the one step in which it takes its place.
//!
//! A draft is a folder `TWIN.part-…` beside the place of the twin, so that the last step is a rename on one file system.
//! Until then the old twin stays as it was; a build that is killed leaves a draft that the next one clears away. A lock
//! in the draft tells one that is dead from one that is being written.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::manifest::{Contents, hash_all, sync};
use super::{MANIFEST, Manifest, StoreError};

const LOCK: &str = ".lock";
const PART: &str = ".part-";
const OLD: &str = ".old-";
/// Files that the disk is waited for at a time. That takes no processor, and a disk writes several as quickly as one.
const SYNCED_AT_ONCE: usize = 16;

/// A twin that is being written. Dropped before it is published, it is deleted.
#[derive(Debug)]
pub struct Draft {
    target: PathBuf,
    folder: tempfile::TempDir,
    /// Held as long as the draft lives; the system lets go of it when the process dies, however it dies.
    lock: File,
}

impl Draft {
    /// Begins a twin that is to stand at `target`. Clears away what dead builds left there; refuses if something else
    /// than a twin stands at `target` or another build is at work.
    pub fn begin(target: &Path) -> Result<Self, StoreError> {
        let place = Place::of(target)?;
        fs::create_dir_all(&place.parent).map_err(|error| StoreError::io(&place.parent, error))?;
        place.clear_away()?;
        if target.exists() && !is_replaceable(target)? {
            return Err(StoreError::NotATwin { path: target.to_owned() });
        }
        let prefix = format!("{}{PART}", place.name);
        let folder = tempfile::Builder::new().prefix(&prefix).tempdir_in(&place.parent);
        let folder = folder.map_err(|error| StoreError::io(&place.parent, error))?;
        let path = folder.path().join(LOCK);
        let lock = File::create(&path).map_err(|error| StoreError::io(&path, error))?;
        lock.lock().map_err(|error| StoreError::io(&path, error))?;
        Ok(Self { target: target.to_owned(), folder, lock })
    }

    /// Where to write. Everything in it when [`Draft::publish`] is called is part of the twin.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Completes the manifest with the hash of every file, makes everything last, and puts the twin in its place. Gives
    /// the manifest. If anything fails the old twin stays.
    pub fn publish(self, head: Manifest) -> Result<Manifest, StoreError> {
        let path = self.folder.path();
        let lock = path.join(LOCK);
        fs::remove_file(&lock).map_err(|error| StoreError::io(&lock, error))?;
        let contents = Contents::of(path)?;
        if let Some(strange) = contents.strange.first() {
            return Err(StoreError::Malformed { path: path.join(strange), message: "not a plain file".to_owned() });
        }
        let manifest = Manifest { files: hash_all(path, &contents.files)?, ..head };
        write_manifest(path, &manifest)?;
        sync_all(path, &contents)?;
        sync(path)?;
        make_readable(path)?;
        Place::of(&self.target)?.take(path, &self.target)?;
        // The lock's file is gone; closing it after the move keeps other builds away until then.
        drop(self.lock);
        Ok(manifest)
    }
}

/// Makes every file and folder last.
fn sync_all(path: &Path, contents: &Contents) -> Result<(), StoreError> {
    let names = contents.files.par_iter().chain(contents.folders.par_iter());
    let sync_each = || names.try_for_each(|name| sync(&path.join(name)));
    match rayon::ThreadPoolBuilder::new().num_threads(SYNCED_AT_ONCE).build() {
        Ok(threads) => threads.install(sync_each),
        // Slower where the system has no threads to give.
        Err(_) => sync_each(),
    }
}

fn write_manifest(folder: &Path, manifest: &Manifest) -> Result<(), StoreError> {
    let path = folder.join(MANIFEST);
    let json =
        manifest.to_json().map_err(|error| StoreError::Malformed { path: path.clone(), message: error.to_string() })?;
    fs::write(&path, json).map_err(|error| StoreError::io(&path, error))?;
    sync(&path)
}

/// Temporary folders are for their owner alone; a twin may be served by another user.
fn make_readable(folder: &Path) -> Result<(), StoreError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder, mode).map_err(|error| StoreError::io(folder, error))?;
    }
    Ok(())
}

/// A twin, or an empty folder.
fn is_replaceable(target: &Path) -> Result<bool, StoreError> {
    if !target.is_dir() {
        return Ok(false);
    }
    if target.join(MANIFEST).is_file() {
        return Ok(true);
    }
    let mut entries = fs::read_dir(target).map_err(|error| StoreError::io(target, error))?;
    Ok(entries.next().is_none())
}

/// The folder that a twin stands in, and its name there.
struct Place {
    parent: PathBuf,
    name: String,
}

impl Place {
    fn of(target: &Path) -> Result<Self, StoreError> {
        let no_name = || StoreError::NoName { path: target.to_owned() };
        let name = target.file_name().and_then(|name| name.to_str()).ok_or_else(no_name)?.to_owned();
        let parent = match target.parent() {
            Some(parent) if parent != Path::new("") => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        Ok(Self { parent, name })
    }

    /// The folders beside the twin whose name is the twin's with `infix` and more behind it, sorted.
    fn siblings(&self, infix: &str) -> Result<Vec<PathBuf>, StoreError> {
        let prefix = format!("{}{infix}", self.name);
        let io = |error| StoreError::io(&self.parent, error);
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.parent).map_err(io)? {
            let entry = entry.map_err(io)?;
            if entry.file_name().to_str().is_some_and(|name| name.starts_with(&prefix)) {
                found.push(entry.path());
            }
        }
        found.sort();
        Ok(found)
    }

    /// Deletes dead drafts, and puts back an old twin that was moved aside by a build that died at that moment.
    fn clear_away(&self) -> Result<(), StoreError> {
        for draft in self.siblings(PART)? {
            if is_alive(&draft) {
                return Err(StoreError::Busy { path: draft });
            }
            remove(&draft)?;
        }
        let target = self.parent.join(&self.name);
        for old in self.siblings(OLD)? {
            if target.exists() {
                remove(&old)?;
            } else {
                fs::rename(&old, &target).map_err(|error| StoreError::io(&old, error))?;
            }
        }
        Ok(())
    }

    /// Moves the finished draft to `target`. Where the system can swap two folders in one step, there is never a moment
    /// without a twin; elsewhere the next build mends what a crash in that moment leaves.
    fn take(&self, draft: &Path, target: &Path) -> Result<(), StoreError> {
        if !target.exists() {
            fs::rename(draft, target).map_err(|error| StoreError::io(target, error))?;
        } else if swap(draft, target) {
            remove(draft)?;
        } else {
            let old = self.parent.join(format!("{}{OLD}1", self.name));
            fs::rename(target, &old).map_err(|error| StoreError::io(target, error))?;
            fs::rename(draft, target).map_err(|error| StoreError::io(target, error))?;
            remove(&old)?;
        }
        sync(&self.parent)
    }
}

/// Exchanges two folders in one step, if the system can.
fn swap(one: &Path, other: &Path) -> bool {
    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).is_ok()
    }
    #[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
    {
        let _ = (one, other);
        false
    }
}

/// Whether a draft's lock is held. A draft without a lock was finished or never begun: it is dead.
fn is_alive(draft: &Path) -> bool {
    File::open(draft.join(LOCK)).is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)))
}

fn remove(folder: &Path) -> Result<(), StoreError> {
    fs::remove_dir_all(folder).map_err(|error| StoreError::io(folder, error))
}
