//! Where tiles go. The tile writers know no file system: `store` gives them one of these.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, PoisonError};

/// Takes the files of a tileset, from several threads at once. Paths are relative to the tileset's folder, with `/`
/// between parts.
pub trait TileWriter: Sync {
    /// Takes one file. Each path is written once, in no order that anyone may rely on.
    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()>;
}

/// A tileset in memory, by path: for tests and for measuring.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryTiles(pub BTreeMap<String, Vec<u8>>);

impl TileWriter for Mutex<MemoryTiles> {
    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        match self.lock().unwrap_or_else(PoisonError::into_inner).0.insert(path.to_owned(), bytes.to_vec()) {
            None => Ok(()),
            Some(_) => Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("{path} was written twice"))),
        }
    }
}
