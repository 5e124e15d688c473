//! A sample's files in a folder on disk.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

use super::SampleFiles;

/// Writes a sample into a folder.
#[derive(Clone, Debug)]
pub struct SampleFolder {
    root: PathBuf,
}

impl SampleFolder {
    /// The folder `root`, made if it is not there. Refuses one that has something in it: files of an earlier sample
    /// would be taken for parts of the new one.
    pub fn create(root: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&root)?;
        match fs::read_dir(&root)?.next() {
            None => Ok(Self { root }),
            Some(_) => Err(io::Error::new(io::ErrorKind::DirectoryNotEmpty, "the folder is not empty")),
        }
    }
}

impl SampleFiles for SampleFolder {
    fn create(&mut self, path: &str) -> io::Result<Box<dyn Write + '_>> {
        let path = self.root.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(Box::new(File::create_new(path)?))
    }
}
