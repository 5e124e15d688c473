//! File names as a server gives them: taken only where they are one plain name inside the folder.

use std::fmt;

/// The name of a downloaded file: one component that no system reads as a path, a drive or a hidden file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileName(String);

/// Longest name in bytes; file systems take 255, and `.part.state` comes on top.
const LONGEST: usize = 200;

/// Endings and names that the downloader itself uses.
const OWN: [&str; 4] = [".part", ".state", "sources.json", "attribution.txt"];

impl FileName {
    /// Takes a name, or says why not (RFC 5854 § 4.2.1 and § 7.1 ask for care).
    pub fn new(name: &str) -> Result<Self, String> {
        let plain = |c: char| c.is_alphanumeric() || "._-+ ()".contains(c);
        let lower = name.to_lowercase();
        if name.is_empty() || name.len() > LONGEST {
            return Err(format!("a file name of {} bytes", name.len()));
        }
        if !name.chars().all(plain) || name.starts_with(['.', ' ', '-']) || name.ends_with(['.', ' ']) {
            return Err(format!("the file name {name:?} is not a plain name"));
        }
        if OWN.iter().any(|own| lower.ends_with(own)) {
            return Err(format!("the file name {name:?} is kept for the downloader's own files"));
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
