//! Where half downloads are written: the disk, or in tests something that breaks on purpose.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Opens half downloads for writing.
pub trait Storage: Send + Sync {
    /// Opens `path` to write on at its end, or from its beginning with everything before thrown away.
    fn open(&self, path: &Path, append: bool) -> io::Result<Box<dyn PartFile>>;
}

/// A half download, open for writing.
pub trait PartFile: Write + Send {
    /// Waits until everything written is safe on disk.
    fn sync(&mut self) -> io::Result<()>;
}

/// The file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Storage for Disk {
    fn open(&self, path: &Path, append: bool) -> io::Result<Box<dyn PartFile>> {
        let mut options = OpenOptions::new();
        if append {
            options.append(true)
        } else {
            options.write(true).truncate(true)
        };
        Ok(Box::new(options.create(true).open(path)?))
    }
}

impl PartFile for File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_all()
    }
}
