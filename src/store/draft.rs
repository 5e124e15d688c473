//! A twin while it is built, and the one step in which it takes its place.
//!
//! A draft is a folder `TWIN.part-…` beside the place of the twin, so that the last step is a rename on one file system.
//! Until then the old twin stays as it was; a build that is killed leaves a draft that the next one clears away. A lock
//! beside the twin is held all that time and names the draft. Nothing is ever removed for its name alone: a twin has our
//! manifest, a dead draft was noted by the build that made it.

use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Deserialize;

use super::lock::Lock;
use super::manifest::{Contents, hash_all, sync};
use super::progress::{Amount, BuildProgress, Quiet, Tally};
use super::{MANIFEST, MANIFEST_FORMAT, Manifest, StoreError};
use crate::report::{Report, WarningKind};

const PART: &str = ".part-";
/// What is put behind the name of the old twin while the new one takes its place.
const OLD: &str = ".old-1";
/// Files that the disk is waited for at a time. That takes no processor, and a disk writes several as quickly as one.
const SYNCED_AT_ONCE: usize = 16;

/// A twin that is being written. Dropped before it is published, it is deleted.
#[derive(Debug)]
pub struct Draft {
    place: Place,
    folder: tempfile::TempDir,
    /// Let go of last, after the folder is published or deleted.
    lock: Lock,
}

impl Draft {
    /// Begins a twin that is to stand at `target`. Clears away what dead builds left there; refuses if something else
    /// than a twin stands at `target` or another build is at work.
    pub fn begin(target: &Path) -> Result<Self, StoreError> {
        let place = Place::of(target)?;
        place.refuse_others()?;
        fs::create_dir_all(&place.parent).map_err(|error| StoreError::io(&place.parent, error))?;
        let mut lock = Lock::take(&place.parent, &place.name)?;
        place.clear_away(&mut lock)?;
        let folder = tempfile::Builder::new().prefix(&place.draft_prefix()).tempdir_in(&place.parent);
        let folder = folder.map_err(|error| StoreError::io(&place.parent, error))?;
        lock.write_note(&folder.path().file_name().unwrap_or_default().to_string_lossy())?;
        Ok(Self { place, folder, lock })
    }

    /// Where to write. Everything in it when [`Draft::publish`] is called is part of the twin.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Completes the manifest with the hash of every file, makes everything last, and puts the twin in its place. Gives
    /// the manifest. If anything fails the old twin stays.
    pub fn publish(self, head: Manifest) -> Result<Manifest, StoreError> {
        self.publish_telling(head, &Quiet, &mut Report::default())
    }

    /// As [`Draft::publish`]; `progress` hears of a stage `publish`, its steps from 0 on and one call at a time. Where the
    /// new twin has its place and the old one cannot be deleted, `report` hears of it and the next build tries again.
    pub fn publish_telling(
        mut self,
        head: Manifest,
        progress: &dyn BuildProgress,
        report: &mut Report,
    ) -> Result<Manifest, StoreError> {
        let path = self.folder.path();
        let contents = Contents::of(path)?;
        if let Some(strange) = contents.strange.first() {
            return Err(StoreError::Malformed { path: path.join(strange), message: "not a plain file".to_owned() });
        }
        // Every file is read once and waited for once, every folder is waited for.
        let steps = 2 * contents.files.len() + contents.folders.len();
        let tally = Tally::new(progress);
        tally.begin("publish", Amount::Steps(steps as u64));
        let manifest = Manifest { files: hash_all(path, &contents.files, &|| tally.add(1))?, ..head };
        write_manifest(path, &manifest)?;
        sync_all(path, &contents, &tally)?;
        sync(path)?;
        make_readable(path)?;
        if let Some(error) = self.place.take(path)? {
            let place =
                crate::report::Place { file: self.place.target().to_string_lossy().into(), line: 0, object: None };
            report.warn(
                WarningKind::OldTwinLeft,
                place,
                format!("stands, but what was there before does too: {error}"),
            );
            self.lock.keep_note();
        }
        Ok(manifest)
    }
}

/// Makes every file and folder last.
fn sync_all(path: &Path, contents: &Contents, tally: &Tally<'_>) -> Result<(), StoreError> {
    let names = contents.files.par_iter().chain(contents.folders.par_iter());
    let sync_each = || names.try_for_each(|name| sync(&path.join(name)).map(|()| tally.add(1)));
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

/// Whether a folder has the manifest of a twin, of whatever version. Other programs have files of that name too.
fn has_our_manifest(folder: &Path) -> bool {
    #[derive(Deserialize)]
    struct Head {
        format: String,
    }
    let family = |format: &str| format.split('/').next().map(str::to_owned);
    let head = fs::read(folder.join(MANIFEST)).ok().and_then(|json| serde_json::from_slice::<Head>(&json).ok());
    head.is_some_and(|head| family(&head.format) == family(MANIFEST_FORMAT))
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

/// The place of a twin: the folder that it stands in, and its name there.
#[derive(Debug)]
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

    fn target(&self) -> PathBuf {
        self.parent.join(&self.name)
    }

    /// Where the old twin stands for the moment in which the new one takes its place.
    fn aside(&self) -> PathBuf {
        self.parent.join(format!("{}{OLD}", self.name))
    }

    /// Fails where something stands that is neither a twin nor an empty folder.
    fn refuse_others(&self) -> Result<(), StoreError> {
        let target = self.target();
        if !target.exists() || has_our_manifest(&target) || is_empty(&target) {
            return Ok(());
        }
        Err(StoreError::NotATwin { path: target })
    }

    /// What the names of drafts begin with.
    fn draft_prefix(&self) -> String {
        format!("{}{PART}", self.name)
    }

    /// Deletes what a dead build noted as its draft, and puts back an old twin that it had moved aside.
    fn clear_away(&self, lock: &mut Lock) -> Result<(), StoreError> {
        let noted = lock.note()?;
        // One name in this folder: a note leads nowhere else, whoever wrote it.
        if noted.starts_with(&self.draft_prefix()) && Path::new(&noted).file_name() == Some(noted.as_ref()) {
            let draft = self.parent.join(&noted);
            if draft.exists() {
                remove(&draft)?;
            }
        }
        let (target, aside) = (self.target(), self.aside());
        if !has_our_manifest(&aside) {
            return Ok(());
        }
        if target.exists() {
            return remove(&aside);
        }
        fs::rename(&aside, &target).map_err(|error| StoreError::io(&aside, error))
    }

    /// Moves the finished draft to its place. Where the system can swap two folders in one step, there is never a
    /// moment without a twin; elsewhere the next build mends what a crash in that moment leaves. If it fails the old twin
    /// stays; gives what went wrong after the new one had its place.
    fn take(&self, draft: &Path) -> Result<Option<StoreError>, StoreError> {
        // A build takes its time, and who knows what has come to stand there.
        self.refuse_others()?;
        let target = self.target();
        let cleared = if !target.exists() {
            fs::rename(draft, &target).map_err(|error| StoreError::io(&target, error))?;
            Ok(())
        } else if swap(draft, &target) {
            remove(draft)
        } else {
            self.take_in_two_steps(draft)?;
            remove(&self.aside())
        };
        Ok(sync(&self.parent).and(cleared).err())
    }

    /// First the old twin aside, then the draft in its place; if that fails the old one comes back.
    fn take_in_two_steps(&self, draft: &Path) -> Result<(), StoreError> {
        let (target, aside) = (self.target(), self.aside());
        fs::rename(&target, &aside).map_err(|error| StoreError::io(&target, error))?;
        if let Err(error) = fs::rename(draft, &target) {
            fs::rename(&aside, &target).map_err(|error| StoreError::io(&aside, error))?;
            return Err(StoreError::io(&target, error));
        }
        Ok(())
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

fn remove(folder: &Path) -> Result<(), StoreError> {
    fs::remove_dir_all(folder).map_err(|error| StoreError::io(folder, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that is a twin of that content.
    fn twin(folder: &Path, mark: &str) {
        fs::create_dir(folder).unwrap();
        fs::write(folder.join(MANIFEST), format!("{{\"format\":\"{MANIFEST_FORMAT}\"}}")).unwrap();
        fs::write(folder.join("mark"), mark).unwrap();
    }

    /// What stands in `root` after `act` was the last that a build did, and after the next one has begun.
    fn after_death(act: impl Fn(&Place, &Path)) -> (String, Vec<String>) {
        let root = tempfile::tempdir().unwrap();
        let (target, draft) = (root.path().join("twin"), root.path().join("twin.part-dead"));
        twin(&target, "old");
        twin(&draft, "new");
        fs::write(root.path().join("twin.stadtzwilling-lock"), "twin.part-dead").unwrap();
        act(&Place::of(&target).unwrap(), &draft);
        drop(Draft::begin(&target).unwrap());
        let names = fs::read_dir(root.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        (fs::read_to_string(target.join("mark")).unwrap(), names.collect())
    }

    /// Each moment of the last step in which a build may die: one whole twin is there, and nothing else is left.
    #[test]
    fn a_death_in_the_last_step_leaves_one_whole_twin() {
        let whole = |mark: &str| (mark.to_owned(), vec!["twin".to_owned()]);
        assert_eq!(after_death(|_, _| ()), whole("old"));
        if cfg!(any(target_os = "linux", target_vendor = "apple")) {
            assert_eq!(after_death(|place, draft| assert!(swap(draft, &place.target()))), whole("new"));
        }
        let aside = |place: &Place| fs::rename(place.target(), place.aside()).unwrap();
        assert_eq!(after_death(|place, _| aside(place)), whole("old"));
        let both = |place: &Place, draft: &Path| {
            aside(place);
            fs::rename(draft, place.target()).unwrap();
        };
        assert_eq!(after_death(both), whole("new"));
    }

    /// A twin of another user, say: the new one is published all the same, and what stays behind is not forgotten.
    #[test]
    fn what_could_not_be_deleted_is_deleted_by_the_next_build() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().join("twin");
        twin(&target, "new");
        let Draft { folder, mut lock, .. } = Draft::begin(&target).unwrap();
        let left = folder.keep();
        lock.keep_note();
        drop(lock);
        assert!(left.exists());
        drop(Draft::begin(&target).unwrap());
        let names: Vec<_> = fs::read_dir(root.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["twin"]);
    }

    #[test]
    fn a_failing_second_step_brings_the_old_twin_back() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().join("twin");
        fs::create_dir(&target).unwrap();
        fs::write(target.join("mark"), "old").unwrap();
        let place = Place::of(&target).unwrap();
        assert!(place.take_in_two_steps(&root.path().join("no such draft")).is_err());
        assert_eq!(fs::read_to_string(target.join("mark")).unwrap(), "old");
        assert!(!place.aside().exists());
        let draft = root.path().join("draft");
        fs::create_dir(&draft).unwrap();
        place.take_in_two_steps(&draft).unwrap();
        assert!(is_empty(&target) && place.aside().join("mark").exists());
    }
}
