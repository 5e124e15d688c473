//! The mirrors of one file: asked in turn, left out where they are no good, until the file is whole and its hash right.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::sync::Semaphore;
use url::Url;

use super::run::{Shared, hash};
use super::transfer::{Context, Failure, Part, transfer};
use super::{DownloadError, RemoteFile};

/// How many transfers run from each host.
pub(super) struct Hosts {
    by_host: BTreeMap<String, Semaphore>,
    /// Bounds the files in work, so that not all of them are hashed at once.
    pub(super) files: Semaphore,
}

impl Hosts {
    /// The hosts of all mirrors of `files`.
    pub(super) fn of(files: &[RemoteFile], per_host: usize) -> Self {
        let hosts: BTreeSet<String> = files.iter().flat_map(|file| &file.mirrors).map(host).collect();
        let files = Semaphore::new(per_host * hosts.len().max(1));
        Self { by_host: hosts.into_iter().map(|host| (host, Semaphore::new(per_host))).collect(), files }
    }
}

fn host(url: &Url) -> String {
    let port = url.port_or_known_default().unwrap_or(0);
    format!("{}:{port}", url.host_str().unwrap_or(""))
}

/// The mirrors of one file and what each has done so far.
pub(super) struct Mirrors<'a> {
    file: &'a RemoteFile,
    /// In the order in which they are asked; the failure of one that is not asked again.
    mirrors: Vec<(&'a Url, Option<String>)>,
    /// What happened last.
    last: String,
    /// Most bytes that were ever there: the measure of getting on.
    furthest: u64,
}

/// What became of one try.
enum Tried {
    Done,
    /// Nothing, or not enough; wait at least so long.
    Again(Option<Duration>),
}

impl<'a> Mirrors<'a> {
    /// Files start at different mirrors in turn, so that all of them are used.
    pub(super) fn of(file: &'a RemoteFile, turn: usize) -> Self {
        let mut mirrors: Vec<_> = file.mirrors.iter().map(|url| (url, None)).collect();
        let count = mirrors.len().max(1);
        mirrors.rotate_left(turn % count);
        Self { file, mirrors, last: String::new(), furthest: 0 }
    }

    /// Asks one after the other until the file stands under its name.
    pub(super) async fn run(mut self, shared: &Shared, hosts: &Hosts, part: &Part) -> Result<(), DownloadError> {
        let mut round = 0;
        self.furthest = part.length();
        while round < shared.manners.rounds && self.mirrors.iter().any(|(_, gone)| gone.is_none()) {
            let before = self.furthest;
            let mut pause = shared.manners.pause.saturating_mul(1 << round.min(10));
            for index in 0..self.mirrors.len() {
                match self.attempt(index, shared, hosts, part).await? {
                    Tried::Done => return Ok(()),
                    Tried::Again(asked) => pause = pause.max(asked.unwrap_or_default()),
                }
            }
            round = if self.furthest > before { 0 } else { round + 1 };
            if round < shared.manners.rounds {
                tokio::time::sleep(pause).await;
            }
        }
        Err(DownloadError::NoMirror { file: self.file.name.clone(), reason: self.reasons() })
    }

    fn reasons(self) -> String {
        let gone = self.mirrors.iter().filter_map(|(url, reason)| Some(format!("{} {}", host(url), reason.as_ref()?)));
        let mut reasons: Vec<_> = gone.collect();
        if self.mirrors.iter().any(|(_, gone)| gone.is_none()) {
            reasons.push(self.last);
        }
        reasons.join("; ")
    }

    async fn attempt(
        &mut self,
        index: usize,
        shared: &Shared,
        hosts: &Hosts,
        part: &Part,
    ) -> Result<Tried, DownloadError> {
        let Some(&(url, None)) = self.mirrors.get(index) else { return Ok(Tried::Again(None)) };
        let _permit = match hosts.by_host.get(&host(url)) {
            Some(semaphore) => semaphore.acquire().await.ok(),
            None => None,
        };
        let context = Context {
            client: &shared.client,
            storage: shared.storage.as_ref(),
            progress: shared.progress.as_ref(),
            max_file_bytes: shared.manners.max_file_bytes,
        };
        let result = transfer(&context, self.file, part, url).await;
        self.furthest = self.furthest.max(part.length());
        let failure = match result {
            Ok(whole) => match self.check(shared, part, whole).await? {
                None => return Ok(Tried::Done),
                Some(failure) => failure,
            },
            Err(failure) => failure,
        };
        self.note(index, shared, failure)
    }

    fn note(&mut self, index: usize, shared: &Shared, failure: Failure) -> Result<Tried, DownloadError> {
        let (reason, gone, asked) = match failure {
            Failure::Local(error) => return Err(error),
            Failure::Mirror(reason) => (reason, true, None),
            Failure::Later(reason, asked) => (reason, false, asked),
        };
        shared.progress.retrying(&self.file.name, &reason);
        if let Some((url, state)) = self.mirrors.get_mut(index) {
            self.last = format!("{} {reason}", host(url));
            *state = gone.then_some(reason);
        }
        Ok(Tried::Again(asked))
    }

    /// Compares the hash of the complete half download, and publishes it if it is right.
    async fn check(&self, shared: &Shared, part: &Part, whole: bool) -> Result<Option<Failure>, DownloadError> {
        let length = part.length();
        let short = self.file.size.is_some_and(|size| length < size);
        if short {
            return Ok(Some(Failure::Later(format!("ended after {length} bytes"), None)));
        }
        if hash(&part.path()).await? == self.file.sha256 {
            part.publish(self.file)?;
            return Ok(None);
        }
        part.discard()?;
        shared.progress.lost(self.file.planned(length));
        Ok(Some(if whole {
            Failure::Mirror("gave a file with a wrong SHA-256".to_owned())
        } else {
            // Pieces of two versions: the mirror is not to blame, the whole is fetched again.
            Failure::Later("pieces of different versions; begun again".to_owned(), None)
        }))
    }
}
