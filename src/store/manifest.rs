//! `manifest.json`: which files a twin has, with their hashes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{MANIFEST, StoreError};
use crate::digest::Sha256;
use crate::twin::{SourceInfo, Text};

/// The value of [`Manifest::format`] that this version reads and writes.
pub const MANIFEST_FORMAT: &str = "stadtzwilling-manifest/1";

/// `manifest.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`MANIFEST_FORMAT`].
    pub format: String,
    /// Short id of the city configuration.
    pub city: String,
    /// Name of the city.
    pub title: Text,
    /// SHA-256 of the policy file, hexadecimal; the same in every tileset.
    pub policy_hash: String,
    /// For whom there is a release, by name.
    pub audiences: Vec<String>,
    /// Where the data comes from, with dates and licences.
    pub sources: Vec<SourceInfo>,
    /// Every file but the manifest, by its path.
    pub files: BTreeMap<String, FileEntry>,
}

/// A file of a twin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its length.
    pub bytes: u64,
    /// Its hash.
    pub sha256: Sha256,
}

impl Manifest {
    /// Reads the manifest of the twin in `folder`.
    pub fn read(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(MANIFEST);
        let bytes = fs::read(&path).map_err(|error| StoreError::io(&path, error))?;
        let malformed = |message: String| StoreError::Malformed { path: path.clone(), message };
        let manifest: Self = serde_json::from_slice(&bytes).map_err(|error| malformed(error.to_string()))?;
        if manifest.format != MANIFEST_FORMAT {
            return Err(malformed(format!("the format is \"{}\", not \"{MANIFEST_FORMAT}\"", manifest.format)));
        }
        Ok(manifest)
    }

    /// The manifest as it stands in the file.
    pub(super) fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut json = serde_json::to_vec_pretty(self)?;
        json.push(b'\n');
        Ok(json)
    }
}

/// The hash of every file of a folder, by path, read from the disk in parallel. `hashed` is called after each.
pub(super) fn hash_all(
    folder: &Path,
    files: &[String],
    hashed: &(dyn Fn() + Sync),
) -> Result<BTreeMap<String, FileEntry>, StoreError> {
    let hash = |name: &String| {
        let path = folder.join(name);
        let (bytes, sha256) = Sha256::of_file(&path).map_err(|error| StoreError::io(&path, error))?;
        hashed();
        Ok((name.clone(), FileEntry { bytes, sha256 }))
    };
    files.par_iter().map(hash).collect()
}

/// What stands in a folder, by kind; paths relative to it with `/` between their parts, sorted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Contents {
    pub files: Vec<String>,
    pub folders: Vec<String>,
    /// Links, sockets and names that are not Unicode: nothing that a twin has.
    pub strange: Vec<String>,
}

impl Contents {
    /// Lists a folder with everything in it; links are not followed.
    pub(super) fn of(folder: &Path) -> Result<Self, StoreError> {
        let mut contents = Self::default();
        contents.add(folder, "")?;
        contents.files.sort();
        contents.folders.sort();
        contents.strange.sort();
        Ok(contents)
    }

    fn add(&mut self, root: &Path, prefix: &str) -> Result<(), StoreError> {
        let folder: PathBuf = root.join(prefix);
        let io = |error| StoreError::io(&folder, error);
        for entry in fs::read_dir(&folder).map_err(io)? {
            let entry = entry.map_err(io)?;
            let kind = entry.file_type().map_err(io)?;
            let Ok(name) = entry.file_name().into_string() else {
                self.strange.push(format!("{prefix}{}", entry.file_name().to_string_lossy()));
                continue;
            };
            let path = format!("{prefix}{name}");
            if kind.is_dir() {
                self.add(root, &format!("{path}/"))?;
                self.folders.push(path);
            } else if kind.is_file() {
                self.files.push(path);
            } else {
                self.strange.push(path);
            }
        }
        Ok(())
    }
}

/// Makes the content of a file or folder last through a power failure.
pub(super) fn sync(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(|error| StoreError::io(path, error))
}
