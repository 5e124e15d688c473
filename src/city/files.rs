//! The text of a configuration, and patterns → files, sorted, so that the order of a folder's entries never reaches an
//! output.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::CityError;

/// Largest file that is read for a configuration or a policy; real ones have some ten kilobytes.
const MAX_TEXT_BYTES: u64 = 1 << 20;

/// The text of a configuration or a policy. A file that is too large for one is refused before it fills the memory.
pub fn read_text(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_TEXT_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_TEXT_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it has more than {MAX_TEXT_BYTES} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
}

/// The files that `patterns` of the city file `city_file` match, sorted by path and each once.
pub(super) fn resolve(city_file: &Path, patterns: &[String]) -> Result<Vec<PathBuf>, CityError> {
    let folder = city_file.parent().unwrap_or(Path::new(""));
    let mut found = Vec::new();
    for pattern in patterns {
        let before = found.len();
        for path in matches(city_file, folder, pattern)? {
            found.push(path);
        }
        if found.len() == before {
            return Err(CityError::NoMatch { file: city_file.to_owned(), pattern: pattern.clone() });
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// The finished files of a download folder, sorted; none where the folder is not there.
pub(super) fn downloaded(folder: &Path) -> Result<Vec<PathBuf>, CityError> {
    let io = |source| CityError::Io { file: folder.to_owned(), source };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(io(error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(io)?.path();
        if path.is_file() && is_data(&path) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Whether a file of a download folder is data: not half a download and not what the downloader wrote beside it.
fn is_data(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    !matches!(extension, None | Some("part" | "state" | "txt" | "meta4"))
        && path.file_name().is_some_and(|name| name != "sources.json")
}

fn matches(city_file: &Path, folder: &Path, pattern: &str) -> Result<Vec<PathBuf>, CityError> {
    // The folder's own name may hold characters that mean something in a pattern.
    let prefix = glob::Pattern::escape(&folder.to_string_lossy());
    let full = Path::new(&prefix).join(pattern);
    let invalid = |message: String| CityError::Invalid { file: city_file.to_owned(), line: 1, message };
    let paths = glob::glob(&full.to_string_lossy())
        .map_err(|error| invalid(format!("\"{pattern}\" is not a pattern: {}", error.msg)))?;
    let mut found = Vec::new();
    for path in paths {
        let path = path.map_err(|error| {
            let file = error.path().to_owned();
            CityError::Io { file, source: error.into() }
        })?;
        if path.is_file() {
            found.push(path);
        }
    }
    Ok(found)
}
