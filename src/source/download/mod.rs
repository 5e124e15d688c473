//! Downloads of open data: a Metalink index → its files on disk, each with the right SHA-256.
//!
//! Before the readers: what is fetched here is read by them later, from disk. Does not look into the files.
//!
//! A file stands under its name only when it is complete and its hash is right; until then it is `NAME.part`, with
//! `NAME.part.state` beside it, so that a download that was cut off or killed goes on where it stopped.

mod area;
mod client;
mod error;
mod metalink;
mod mirrors;
mod name;
mod record;
mod run;
mod storage;
mod transfer;

#[cfg(test)]
pub(crate) mod loopback;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

pub use area::{Area, AreaError};
pub use error::DownloadError;
pub use metalink::{Index, RemoteFile};
pub use name::FileName;
pub use record::Notice;
pub use run::{Summary, fetch};
pub use storage::{Disk, Storage};

/// What to download and where to.
#[derive(Clone, Debug)]
pub struct Request {
    /// Address of the Metalink index.
    pub index: Url,
    /// The folder that the files go to; made if it is not there.
    pub folder: PathBuf,
    /// Only tiles that touch this area.
    pub area: Option<Area>,
    /// Licence and attribution, written beside the files.
    pub notice: Notice,
}

/// How to behave on the way.
#[derive(Clone, Debug)]
pub struct Manners {
    /// Transfers at a time from one host.
    pub per_host: usize,
    /// How many times all mirrors of a file are tried in a row without a single new byte.
    pub rounds: u32,
    /// Pause after the first of these; each next one is twice as long.
    pub pause: Duration,
    /// Longest silence of a server.
    pub patience: Duration,
    /// Largest file that is taken, whatever the index says.
    pub max_file_bytes: u64,
    /// Whether the system's proxy settings are followed.
    pub system_proxy: bool,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            per_host: 2,
            rounds: 5,
            pause: Duration::from_secs(1),
            patience: Duration::from_secs(60),
            max_file_bytes: 16 << 30,
            system_proxy: true,
        }
    }
}

/// Hears how far the downloads are. Called from several threads.
pub trait Progress: Send + Sync {
    /// The index was read: so many files with so many bytes will be there at the end.
    fn planned(&self, files: usize, bytes: u64);
    /// So many of the planned bytes were on disk before: they are not transferred.
    fn found(&self, bytes: u64);
    /// Bytes came from a mirror and are on disk.
    fn received(&self, bytes: u64);
    /// So many of the planned bytes had to be thrown away: they are transferred again.
    fn lost(&self, bytes: u64);
    /// A file is complete; `fresh` where anything had to be transferred for it.
    fn finished(&self, file: &FileName, fresh: bool);
    /// A transfer failed and is tried again, perhaps from another mirror.
    fn retrying(&self, file: &FileName, reason: &str);
}

/// Hears nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn planned(&self, _files: usize, _bytes: u64) {}
    fn found(&self, _bytes: u64) {}
    fn received(&self, _bytes: u64) {}
    fn lost(&self, _bytes: u64) {}
    fn finished(&self, _file: &FileName, _fresh: bool) {}
    fn retrying(&self, _file: &FileName, _reason: &str) {}
}
