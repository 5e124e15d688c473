//! Where tiles go. The tile writers know no file system: `store` gives them one of these.

use std::collections::BTreeMap;
use std::io;

/// Takes the files of a tileset. Paths are relative to the tileset's folder, with `/` between parts.
pub trait TileWriter {
    /// Takes one file. Each path is written once, in an order that is the same for the same input.
    fn write(&mut self, path: &str, bytes: &[u8]) -> io::Result<()>;
}

/// A tileset in memory, by path: for tests and for measuring.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryTiles(pub BTreeMap<String, Vec<u8>>);

impl TileWriter for MemoryTiles {
    fn write(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        match self.0.insert(path.to_owned(), bytes.to_vec()) {
            None => Ok(()),
            Some(_) => Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("{path} was written twice"))),
        }
    }
}
