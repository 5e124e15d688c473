//! What stands beside the files: ATTRIBUTION.txt for people, sources.json for programs.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{DownloadError, Index, RemoteFile, Request};
use crate::digest::Sha256;

/// Licence and attribution of a source, word for word.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What it is.
    pub title: String,
    /// The attribution that the licence asks for.
    pub attribution: String,
    /// Short name of the licence.
    pub licence: String,
    /// Where the licence stands.
    pub licence_url: Option<String>,
    /// Date of the data, where the city's configuration names one.
    pub date: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Sources {
    #[serde(flatten)]
    notice: Notice,
    index: String,
    index_published: Option<String>,
    files: Vec<SourceFile>,
}

#[derive(Clone, Serialize, Deserialize)]
struct SourceFile {
    name: String,
    size: u64,
    sha256: Sha256,
}

const ATTRIBUTION: &str = "ATTRIBUTION.txt";
const SOURCES: &str = "sources.json";

/// Writes both files. `complete` are the files of this run; those of earlier ones stay listed while they are there.
pub(super) fn write(request: &Request, index: &Index, complete: &[RemoteFile]) -> Result<(), DownloadError> {
    let folder = &request.folder;
    let mut files = earlier(folder);
    files.retain(|file| !complete.iter().any(|new| new.name.as_str() == file.name));
    for file in complete {
        let path = folder.join(file.name.as_str());
        let size = fs::metadata(&path).map_err(|error| DownloadError::io(&path, error))?.len();
        files.push(SourceFile { name: file.name.to_string(), size, sha256: file.sha256 });
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let sources = Sources {
        notice: request.notice.clone(),
        index: request.index.to_string(),
        index_published: index.published.clone(),
        files,
    };
    let mut json = serde_json::to_vec_pretty(&sources).map_err(|error| DownloadError::io(folder, error.into()))?;
    json.push(b'\n');
    replace(folder, ATTRIBUTION, attribution(request, index).as_bytes())?;
    replace(folder, SOURCES, &json)
}

/// The files that an earlier run listed and that are still there.
fn earlier(folder: &Path) -> Vec<SourceFile> {
    let listed = fs::read(folder.join(SOURCES)).ok().and_then(|bytes| serde_json::from_slice::<Sources>(&bytes).ok());
    let mut files = listed.map(|sources| sources.files).unwrap_or_default();
    let is_there = |file: &SourceFile| super::FileName::new(&file.name).is_ok() && folder.join(&file.name).is_file();
    files.retain(is_there);
    files
}

fn attribution(request: &Request, index: &Index) -> String {
    let notice = &request.notice;
    let mut lines = vec![notice.title.clone(), notice.attribution.clone(), notice.licence.clone()];
    lines.extend(notice.licence_url.clone());
    lines.extend(notice.date.clone().or_else(|| index.published.clone()));
    lines.push(request.index.to_string());
    lines.join("\n") + "\n"
}

/// Writes a file in one step: it has the old bytes or the new ones, never half.
pub(super) fn replace(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), DownloadError> {
    let path = folder.join(name);
    let write = || -> std::io::Result<()> {
        let mut builder = tempfile::Builder::new();
        // Temporary files are for their owner alone; these are for whoever may read the folder.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = builder.prefix(".").suffix(".part").tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(&path)?;
        Ok(())
    };
    write().map_err(|error| DownloadError::io(&path, error))
}
