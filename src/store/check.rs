//! Is a published twin still what was published? Hashes, missing and additional files, one policy everywhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path};
use std::sync::Arc;

use serde_json::Value;

use super::manifest::{Contents, FileEntry};
use super::{MANIFEST, Manifest, StoreError, TWIN, audience_folder};
use crate::digest::Sha256;
use crate::report::{Place, Report, WarningKind};
use crate::search::Index;
use crate::twin::{FORMAT, SearchInfo, TwinDescription};

/// Reads every file of the twin in `folder` and reports what is not as its manifest says. Gives the manifest.
pub fn check(folder: &Path, report: &mut Report) -> Result<Manifest, StoreError> {
    let manifest = Manifest::read(folder)?;
    let contents = Contents::of(folder)?;
    let mut check = Check { folder, manifest: &manifest, report };
    check.listed_files();
    check.other_files(&contents);
    check.audiences();
    check.tilesets();
    Ok(manifest)
}

struct Check<'a> {
    folder: &'a Path,
    manifest: &'a Manifest,
    report: &'a mut Report,
}

impl Check<'_> {
    fn warn(&mut self, file: &str, message: impl Into<String>) {
        let file: Arc<str> = self.folder.join(file).to_string_lossy().into();
        self.report.warn(WarningKind::BrokenTwin, Place { file, line: 0, object: None }, message);
    }

    /// Everything that the manifest lists is there and unchanged.
    fn listed_files(&mut self) {
        for (name, entry) in &self.manifest.files {
            if let Err(message) = unchanged(self.folder, name, entry) {
                self.warn(name, message);
            }
        }
    }

    /// Nothing is there that the manifest does not list.
    fn other_files(&mut self, contents: &Contents) {
        for name in contents.files.iter().filter(|name| *name != MANIFEST) {
            if !self.manifest.files.contains_key(name) {
                self.warn(name, "is not in the manifest");
            }
        }
        for name in &contents.strange {
            self.warn(name, "is not a plain file");
        }
    }

    /// Each audience has its description, and the files that it names.
    fn audiences(&mut self) {
        let mut folders = BTreeSet::new();
        for audience in &self.manifest.audiences {
            let Some(folder) = audience_folder(audience) else {
                self.warn(MANIFEST, format!("names the audience \"{audience}\", which is not known"));
                continue;
            };
            if folders.insert(folder) {
                self.description(folder);
            }
        }
    }

    fn description(&mut self, folder: &str) {
        let file = format!("{folder}/{TWIN}");
        let bytes = fs::read(self.folder.join(&file)).map_err(|error| error.to_string());
        let parse = |bytes: Vec<u8>| serde_json::from_slice(&bytes).map_err(|error| error.to_string());
        let twin: TwinDescription = match bytes.and_then(parse) {
            Ok(twin) => twin,
            Err(message) => return self.warn(&file, message),
        };
        if twin.format != FORMAT {
            self.warn(&file, format!("the format is \"{}\", not \"{FORMAT}\"", twin.format));
        }
        if twin.policy_hash != self.manifest.policy_hash {
            self.warn(&file, "was released under another policy than the manifest says");
        }
        if let Err(message) = twin.clone().checked() {
            self.warn(&file, message);
        }
        if audience_folder(&twin.audience) != Some(folder) {
            self.warn(&file, format!("is the release for \"{}\" and stands in the wrong folder", twin.audience));
        }
        let layers = twin.layers.iter().map(|layer| &layer.data);
        let points = twin.points.iter().map(|points| &points.data);
        let index = twin.search.iter().flat_map(|search| [&search.names, &search.addresses]);
        for named in twin.buildings.iter().chain(&twin.ground).chain(layers).chain(points).chain(index) {
            if !self.manifest.files.contains_key(&format!("{folder}/{named}")) {
                self.warn(&file, format!("names {named}, which is not in the manifest"));
            }
        }
        if let Some(search) = &twin.search {
            self.search(folder, search);
        }
    }

    /// The two files of the index belong together and to the manifest's policy.
    fn search(&mut self, folder: &str, search: &SearchInfo) {
        let [names, addresses] = [&search.names, &search.addresses].map(|file| format!("{folder}/{file}"));
        let read = |file: &str| fs::read(self.folder.join(file)).map_err(|error| error.to_string());
        let parsed = read(&names).and_then(|bytes| Index::parse(&bytes).map_err(|error| error.to_string()));
        let mut index = match parsed {
            Ok(index) => index,
            Err(message) => return self.warn(&names, message),
        };
        let added = read(&addresses).and_then(|bytes| index.add_addresses(&bytes).map_err(|error| error.to_string()));
        if index.policy_hash() != self.manifest.policy_hash {
            self.warn(&names, "was released under another policy than the manifest says");
        }
        if let Err(message) = added {
            self.warn(&addresses, message);
        }
    }

    /// Every tileset carries the manifest's policy and the audience of its folder.
    fn tilesets(&mut self) {
        // One that leads out of the twin has been named already.
        let names = self.manifest.files.keys().filter(|name| name.ends_with("/tileset.json") && stays_inside(name));
        for name in names {
            if let Err(message) = self.tileset(name) {
                self.warn(name, message);
            }
        }
    }

    fn tileset(&self, name: &str) -> Result<(), String> {
        let bytes = fs::read(self.folder.join(name)).map_err(|error| error.to_string())?;
        let tileset: Value = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
        let extra = |key: &str| tileset.pointer(&format!("/asset/extras/{key}")).and_then(Value::as_str);
        if extra("policyHash") != Some(&self.manifest.policy_hash) {
            return Err("was released under another policy than the manifest says".to_owned());
        }
        let folder = name.split('/').next();
        if extra("audience").and_then(audience_folder) != folder {
            return Err("is a release for another audience than its folder".to_owned());
        }
        Ok(())
    }
}

/// Whether a path in a manifest leads to a file of its twin.
pub fn stays_inside(name: &str) -> bool {
    Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

/// Compares one file with its entry. A manifest that leads out of the twin is not followed.
fn unchanged(folder: &Path, name: &str, entry: &FileEntry) -> Result<(), String> {
    if !stays_inside(name) {
        return Err("the manifest names a file outside of the twin".to_owned());
    }
    match Sha256::of_file(&folder.join(name)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err("is missing".to_owned()),
        Err(error) => Err(error.to_string()),
        Ok((bytes, _)) if bytes != entry.bytes => Err(format!("has {bytes} bytes, the manifest says {}", entry.bytes)),
        Ok((_, sha256)) if sha256 != entry.sha256 => Err("is not what was published: its SHA-256 differs".to_owned()),
        Ok(_) => Ok(()),
    }
}
