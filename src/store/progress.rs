//! How far a build is, its publication with it: told by several threads at once.

use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How much a stage has to do; 0 where nobody can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Bytes to be read.
    Bytes(u64),
    /// Pieces of work that take about as long as each other.
    Steps(u64),
}

/// Hears how far a build is.
pub trait BuildProgress: Sync {
    /// A stage begins; `total` is what [`BuildProgress::advanced`] will count up to.
    fn stage(&self, name: &'static str, total: Amount);
    /// So much of the stage is done.
    fn advanced(&self, done: u64);
}

/// Hears nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl BuildProgress for Quiet {
    fn stage(&self, _name: &'static str, _total: Amount) {}
    fn advanced(&self, _done: u64) {}
}

/// A stage that several threads work at: adds up what each has done, so that it only ever goes on. What is done of it
/// before it begins, beside the stage before, counts when it does.
pub(super) struct Tally<'a> {
    progress: &'a dyn BuildProgress,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    has_begun: bool,
    done: u64,
}

impl<'a> Tally<'a> {
    /// A stage that has not begun.
    pub fn new(progress: &'a dyn BuildProgress) -> Self {
        Self { progress, state: Mutex::default() }
    }

    /// Begins the stage.
    pub fn begin(&self, name: &'static str, total: Amount) {
        let mut state = self.state();
        state.has_begun = true;
        self.progress.stage(name, total);
        self.progress.advanced(state.done);
    }

    /// So much more is done.
    pub fn add(&self, more: u64) {
        let mut state = self.state();
        state.done += more;
        // Told while it is held: what is told later is more.
        if state.has_begun {
            self.progress.advanced(state.done);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The bytes of one file in a stage: as they are read, never more than it has, and all of them when this is dropped.
pub(super) struct FileBytes<'a> {
    tally: &'a Tally<'a>,
    left: Cell<u64>,
}

impl<'a> FileBytes<'a> {
    /// None of the file is read.
    pub fn of(path: &Path, tally: &'a Tally<'a>) -> Self {
        Self { tally, left: Cell::new(size(path)) }
    }

    /// So many bytes were read.
    pub fn read(&self, bytes: u64) {
        let bytes = bytes.min(self.left.get());
        self.left.set(self.left.get() - bytes);
        self.tally.add(bytes);
    }
}

impl Drop for FileBytes<'_> {
    fn drop(&mut self) {
        self.tally.add(self.left.get());
    }
}

/// How many bytes a file has; none where it is not there, which whoever opens it will say.
pub(super) fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything that is told, in its order.
    #[derive(Default)]
    struct Told(Mutex<Vec<u64>>);

    impl BuildProgress for Told {
        fn stage(&self, _name: &'static str, _total: Amount) {
            self.0.lock().unwrap().clear();
        }

        fn advanced(&self, done: u64) {
            self.0.lock().unwrap().push(done);
        }
    }

    #[test]
    fn what_many_threads_do_is_added_up_and_never_goes_back() {
        let told = Told::default();
        let tally = Tally::new(&told);
        tally.add(5);
        assert!(told.0.lock().unwrap().is_empty(), "the stage before is still told of");
        tally.begin("tiles", Amount::Steps(4_005));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..1_000).for_each(|_| tally.add(1)));
            }
        });
        let told = told.0.into_inner().unwrap();
        assert_eq!(told, (5..=4_005).collect::<Vec<u64>>());
    }

    #[test]
    fn a_file_counts_for_its_bytes_whatever_is_read_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, [0; 100]).unwrap();
        // To its end; not to its end, as a broken one is; and more than it had when it was looked at.
        for pieces in [&[60, 40][..], &[30], &[], &[90, 90]] {
            let told = Told::default();
            let tally = Tally::new(&told);
            tally.begin("buildings", Amount::Bytes(size(&path)));
            let file = FileBytes::of(&path, &tally);
            pieces.iter().for_each(|&bytes| file.read(bytes));
            drop(file);
            assert_eq!(told.0.lock().unwrap().last(), Some(&100), "{pieces:?}");
        }
        assert_eq!(size(&folder.path().join("nothing")), 0);
    }
}
