//! The whole of a download: index → files, several at a time, each from the first mirror that gives it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use reqwest::Client;
use tokio::task::JoinSet;
use url::Url;

use super::client::{chain, client};
use super::mirrors::{Hosts, Mirrors};
use super::transfer::Part;
use super::{DownloadError, Index, Manners, Progress, RemoteFile, Request, Storage, record};
use crate::digest::Sha256;

/// Largest index that is read.
const LARGEST_INDEX: usize = 64 << 20;

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files that the index lists.
    pub listed: usize,
    /// Files that were already complete.
    pub unchanged: usize,
    /// Files that were transferred, wholly or in part.
    pub fetched: usize,
    /// Bytes of all files that are now complete.
    pub bytes: u64,
}

/// Downloads what `request` asks for and comes back when everything is there or nothing more can be had.
///
/// Files that are complete stay so whatever happens to others. Must not be called from async code: it runs a runtime of
/// its own.
pub fn fetch(
    request: &Request,
    manners: &Manners,
    storage: Arc<dyn Storage>,
    progress: Arc<dyn Progress>,
) -> Result<Summary, DownloadError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| DownloadError::SetUp(error.to_string()))?;
    let shared = Shared { client: client(manners)?, manners: manners.clone(), storage, progress };
    runtime.block_on(all(request, shared))
}

/// What all transfers share.
pub(super) struct Shared {
    pub client: Client,
    pub manners: Manners,
    pub storage: Arc<dyn Storage>,
    pub progress: Arc<dyn Progress>,
}

async fn all(request: &Request, shared: Shared) -> Result<Summary, DownloadError> {
    fs::create_dir_all(&request.folder).map_err(|error| DownloadError::io(&request.folder, error))?;
    let bytes = index_bytes(&shared, &request.index).await?;
    let mut index = Index::parse(&request.index, &bytes)?;
    let listed = index.files.len();
    if let Some(area) = &request.area {
        index.files = area.keep(std::mem::take(&mut index.files));
    }
    shared.progress.planned(index.files.len(), index.bytes());
    let outcome = files(request, shared, &index).await;
    let recorded = record::write(request, &index, &outcome.complete);
    // A full disk also stops the record; it is the reason to tell.
    let summary = outcome.summary(listed, index.files.len())?;
    recorded.map(|()| summary)
}

/// What became of the files.
#[derive(Default)]
struct Outcome {
    complete: Vec<RemoteFile>,
    failed: BTreeMap<String, DownloadError>,
    unchanged: usize,
    bytes: u64,
}

impl Outcome {
    fn summary(self, listed: usize, planned: usize) -> Result<Summary, DownloadError> {
        let mut failed: Vec<_> = self.failed.into_values().collect();
        match failed.iter().position(DownloadError::is_local) {
            Some(local) => Err(failed.swap_remove(local)),
            None if !failed.is_empty() => Err(DownloadError::Incomplete { planned, failed }),
            None => Ok(Summary {
                listed,
                unchanged: self.unchanged,
                fetched: self.complete.len() - self.unchanged,
                bytes: self.bytes,
            }),
        }
    }
}

/// How a file came to be complete.
struct Complete {
    fresh: bool,
    bytes: u64,
}

async fn files(request: &Request, shared: Shared, index: &Index) -> Outcome {
    let hosts = Hosts::of(&index.files, shared.manners.per_host.max(1));
    let (shared, hosts) = (Arc::new(shared), Arc::new(hosts));
    let folder: Arc<Path> = request.folder.as_path().into();
    let mut tasks = JoinSet::new();
    for (turn, file) in index.files.iter().cloned().enumerate() {
        let (shared, hosts, folder) = (Arc::clone(&shared), Arc::clone(&hosts), Arc::clone(&folder));
        tasks.spawn(async move {
            let result = one(&shared, &hosts, &folder, &file, turn).await;
            (file, result)
        });
    }
    let mut outcome = Outcome::default();
    while let Some(task) = tasks.join_next().await {
        let Ok((file, result)) = task else { continue };
        match result {
            Ok(complete) => {
                shared.progress.finished(&file.name, complete.fresh);
                outcome.unchanged += usize::from(!complete.fresh);
                outcome.bytes += complete.bytes;
                outcome.complete.push(file);
            }
            Err(error) => {
                if error.is_local() {
                    // Every other file would meet the same full disk. What is half there is kept.
                    tasks.abort_all();
                }
                outcome.failed.insert(file.name.to_string(), error);
            }
        }
    }
    outcome
}

async fn one(
    shared: &Shared,
    hosts: &Hosts,
    folder: &Path,
    file: &RemoteFile,
    turn: usize,
) -> Result<Complete, DownloadError> {
    // Never closed, so that waiting cannot fail; without a permit the file simply runs.
    let _permit = hosts.files.acquire().await.ok();
    let path = folder.join(file.name.as_str());
    if let Some(bytes) = intact(&path, file).await? {
        shared.progress.found(file.planned(bytes));
        return Ok(Complete { fresh: false, bytes });
    }
    let part = Part::of(folder, file);
    shared.progress.found(file.planned(part.length()));
    Mirrors::of(file, turn).run(shared, hosts, &part).await?;
    let bytes = fs::metadata(&path).map_err(|error| DownloadError::io(&path, error))?.len();
    Ok(Complete { fresh: true, bytes })
}

/// The size of the file at `path` if it is what the index says.
async fn intact(path: &Path, file: &RemoteFile) -> Result<Option<u64>, DownloadError> {
    let length = match fs::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(DownloadError::io(path, error)),
    };
    if file.size.is_some_and(|size| size != length) {
        return Ok(None);
    }
    let hash = hash(path).await?;
    Ok((hash == file.sha256).then_some(length))
}

/// The hash of a file, worked out beside the transfers.
pub(super) async fn hash(path: &Path) -> Result<Sha256, DownloadError> {
    let owned = path.to_owned();
    let task = tokio::task::spawn_blocking(move || Sha256::of_file(&owned));
    let result = task.await.map_err(|error| DownloadError::SetUp(error.to_string()))?;
    result.map(|(_, hash)| hash).map_err(|error| DownloadError::io(path, error))
}

/// The index itself: small, unhashed, asked for a few times.
async fn index_bytes(shared: &Shared, url: &Url) -> Result<Vec<u8>, DownloadError> {
    let mut reason = String::new();
    for round in 0..shared.manners.rounds.max(1) {
        if round > 0 {
            tokio::time::sleep(shared.manners.pause.saturating_mul(1 << round.min(10))).await;
        }
        match get(&shared.client, url).await {
            Ok(bytes) => return Ok(bytes),
            Err(why) => reason = why,
        }
    }
    Err(DownloadError::Unreachable { url: url.clone(), reason })
}

async fn get(client: &Client, url: &Url) -> Result<Vec<u8>, String> {
    let mut response = client.get(url.clone()).send().await.map_err(|error| chain(&error))?;
    if !response.status().is_success() {
        return Err(format!("answered {}", response.status()));
    }
    let mut bytes = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| chain(&error))? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > LARGEST_INDEX {
            return Err(format!("sends more than {LARGEST_INDEX} bytes"));
        }
    }
    Ok(bytes)
}
