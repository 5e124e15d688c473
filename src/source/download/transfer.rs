//! One transfer: one request to one mirror, its body written to the end of the half download.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use reqwest::header::{CONTENT_RANGE, ETAG, HeaderMap, IF_RANGE, LAST_MODIFIED, RANGE, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use url::Url;

use super::client::chain;
use super::record::replace;
use super::{DownloadError, Progress, RemoteFile, Storage};

/// A half download on disk: `NAME.part`, and in `NAME.part.state` which version of which address it is.
pub(super) struct Part {
    folder: PathBuf,
    name: String,
}

/// Which version of a file the half download is (RFC 9110 § 8.8).
#[derive(Serialize, Deserialize)]
struct State {
    url: String,
    /// A strong ETag or a date, fit for `If-Range`.
    version: Option<String>,
}

impl Part {
    pub(super) fn of(folder: &Path, file: &RemoteFile) -> Self {
        Self { folder: folder.to_owned(), name: format!("{}.part", file.name) }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.join(&self.name)
    }

    fn state_name(&self) -> String {
        format!("{}.state", self.name)
    }

    /// How many bytes are there.
    pub(super) fn length(&self) -> u64 {
        fs::metadata(self.path()).map_or(0, |metadata| metadata.len())
    }

    fn state(&self) -> Option<State> {
        serde_json::from_slice(&fs::read(self.folder.join(self.state_name())).ok()?).ok()
    }

    fn set_state(&self, state: &State) -> Result<(), DownloadError> {
        let bytes = serde_json::to_vec(state).map_err(|error| DownloadError::io(self.path(), error.into()))?;
        replace(&self.folder, &self.state_name(), &bytes)
    }

    /// Throws away what is there.
    pub(super) fn discard(&self) -> Result<(), DownloadError> {
        for path in [self.path(), self.folder.join(self.state_name())] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(DownloadError::io(path, error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Gives the complete download its name, and makes that last.
    pub(super) fn publish(&self, file: &RemoteFile) -> Result<(), DownloadError> {
        let target = self.folder.join(file.name.as_str());
        fs::rename(self.path(), &target).map_err(|error| DownloadError::io(&target, error))?;
        self.discard()?;
        let folder = fs::File::open(&self.folder).and_then(|folder| folder.sync_all());
        folder.map_err(|error| DownloadError::io(&self.folder, error))
    }
}

/// Why a transfer ended early.
pub(super) enum Failure {
    /// Nothing good will come from this mirror.
    Mirror(String),
    /// Later it may work, at the earliest after the pause that the server asked for.
    Later(String, Option<Duration>),
    /// The trouble is here, not there.
    Local(DownloadError),
}

impl From<DownloadError> for Failure {
    fn from(error: DownloadError) -> Self {
        Self::Local(error)
    }
}

/// Where transfers write and whom they tell.
pub(super) struct Context<'a> {
    pub client: &'a Client,
    pub storage: &'a dyn Storage,
    pub progress: &'a dyn Progress,
    /// Largest file that is taken where the index names no size.
    pub max_file_bytes: u64,
}

/// Fetches what is missing of `file` from `url`. Gives whether all of it came in this one transfer.
pub(super) async fn transfer(
    context: &Context<'_>,
    file: &RemoteFile,
    part: &Part,
    url: &Url,
) -> Result<bool, Failure> {
    let there = part.length();
    if file.size.is_some_and(|size| there > size) {
        part.discard()?;
        context.progress.lost(file.planned(there));
        return Err(Failure::Later("more bytes than there should be; begun again".to_owned(), None));
    }
    if file.size == Some(there) && there > 0 {
        return Ok(false);
    }
    let response = request(context, part, url, there).await?;
    let from = match response.status() {
        StatusCode::PARTIAL_CONTENT if starts_at(response.headers()) == Some(there) => there,
        StatusCode::OK => 0,
        status => return Err(refusal(status, response.headers(), file, part, context.progress)?),
    };
    let limit = file.size.unwrap_or(context.max_file_bytes);
    check_length(&response, from, file.size, limit)?;
    part.set_state(&State { url: url.to_string(), version: version(response.headers()) })?;
    if from < there {
        context.progress.lost(file.planned(there));
    }
    receive(context, response, file, part, from).await?;
    Ok(from == 0)
}

async fn request(context: &Context<'_>, part: &Part, url: &Url, there: u64) -> Result<Response, Failure> {
    let mut request = context.client.get(url.clone());
    if there > 0 {
        request = request.header(RANGE, format!("bytes={there}-"));
        // Another mirror's version has another tag; there the hash tells at the end whether the pieces fit.
        if let Some(version) = part.state().filter(|state| state.url == url.as_str()).and_then(|state| state.version) {
            request = request.header(IF_RANGE, version);
        }
    }
    request.send().await.map_err(|error| Failure::Later(chain(&error), None))
}

/// What an answer that brings no bytes means.
fn refusal(
    status: StatusCode,
    headers: &HeaderMap,
    file: &RemoteFile,
    part: &Part,
    progress: &dyn Progress,
) -> Result<Failure, DownloadError> {
    let reason = format!("answered {status}");
    if matches!(status, StatusCode::RANGE_NOT_SATISFIABLE | StatusCode::PARTIAL_CONTENT) {
        progress.lost(file.planned(part.length()));
        part.discard()?;
        return Ok(Failure::Later(format!("{reason} to the rest; begun again"), None));
    }
    let busy = status.is_server_error() || matches!(status.as_u16(), 408 | 425 | 429);
    Ok(if busy { Failure::Later(reason, retry_after(headers)) } else { Failure::Mirror(reason) })
}

/// The pause that the server asks for, in seconds and at most a minute (RFC 9110 § 10.2.3).
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.min(60)))
}

fn starts_at(headers: &HeaderMap) -> Option<u64> {
    let range = headers.get(CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes ")?;
    range.split('-').next()?.trim().parse().ok()
}

/// A validator fit for `If-Range`: a strong ETag, else a date (RFC 9110 § 13.1.5).
fn version(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value: &reqwest::header::HeaderValue| value.to_str().ok());
    text(ETAG).filter(|tag| !tag.starts_with("W/")).or_else(|| text(LAST_MODIFIED)).map(str::to_owned)
}

/// Refuses early where the announced length cannot be right.
fn check_length(response: &Response, from: u64, size: Option<u64>, limit: u64) -> Result<(), Failure> {
    let Some(total) = response.content_length().map(|length| from.saturating_add(length)) else { return Ok(()) };
    match size {
        Some(size) if total != size => Err(Failure::Mirror(format!("has {total} bytes, the index says {size}"))),
        None if total > limit => Err(Failure::Mirror(format!("has {total} bytes, more than the limit of {limit}"))),
        _ => Ok(()),
    }
}

/// Writes the body to the half download, from byte `from` on and not beyond the file's size.
async fn receive(
    context: &Context<'_>,
    mut response: Response,
    file: &RemoteFile,
    part: &Part,
    from: u64,
) -> Result<(), Failure> {
    let limit = file.size.unwrap_or(context.max_file_bytes);
    let path = part.path();
    let io = |error| Failure::Local(DownloadError::io(&path, error));
    let mut out = context.storage.open(&path, from > 0).map_err(io)?;
    let mut length = from;
    loop {
        let piece = match response.chunk().await {
            Ok(Some(piece)) => piece,
            Ok(None) => break,
            Err(error) => return Err(Failure::Later(chain(&error), None)),
        };
        length += piece.len() as u64;
        if length > limit {
            drop(out);
            context.progress.lost(file.planned(length - piece.len() as u64));
            part.discard()?;
            return Err(Failure::Mirror(format!("sends more than {limit} bytes")));
        }
        out.write_all(&piece).map_err(io)?;
        context.progress.received(piece.len() as u64);
    }
    out.sync().map_err(io)
}
