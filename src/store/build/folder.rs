//! Tiles and single files → a folder of the draft.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{BuildError, StoreError};
use crate::tiles::TileWriter;

/// The folder of a tileset. A file is never written twice.
pub(super) struct FolderTiles {
    root: PathBuf,
}

impl FolderTiles {
    /// Writes below `root`, which comes into being by itself.
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root }
    }
}

impl TileWriter for FolderTiles {
    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        create(&self.root.join(path), bytes)
    }
}

/// Writes a new file with the folders above it.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), BuildError> {
    Ok(create(path, bytes).map_err(|error| StoreError::io(path, error))?)
}

fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let file = match (File::create_new(path), path.parent()) {
        // The first file of its folder.
        (Err(error), Some(folder)) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(folder)?;
            File::create_new(path)
        }
        (file, _) => file,
    };
    file?.write_all(bytes)
}
