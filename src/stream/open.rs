//! What a person wants to open — a folder, a `twin.json` or any `tileset.json`, as a path or an address — and what is
//! found there.

use serde::Deserialize;
use serde::de::IgnoredAny;
use url::Url;

use crate::fetch::{Body, Fetch, FetchError, Request, RequestId};
use crate::twin::{FORMAT, TwinDescription};

use super::retry::Setback;
use super::tileset::{MAX_JSON_BYTES, looks_like_json, strip_byte_order_mark};

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub enum Opened {
    /// A published twin with the address that its paths are relative to.
    Twin(Box<TwinDescription>, Url),
    /// A tileset of anyone's, as it came: whoever opens it need not ask for it again.
    Tileset(Body),
}

/// Why nothing can be opened there.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum OpenError {
    /// Nothing came from there.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// A folder that holds none of the files looked for.
    #[error("{url} holds neither twin.json nor public/twin.json nor tileset.json")]
    NothingThere {
        /// The folder.
        url: Url,
    },
    /// JSON that is neither a twin nor a tileset, or broken.
    #[error("{url} is neither a twin nor a tileset: {why}")]
    Content {
        /// The file.
        url: Url,
        /// What the reader met.
        why: String,
    },
    /// A twin of another version.
    #[error("{url} has the format \"{found}\", this program reads \"{FORMAT}\"")]
    Format {
        /// The file.
        url: Url,
        /// What it says.
        found: String,
    },
}

/// What is looked for in a folder, in this order.
const IN_A_FOLDER: [&str; 3] = ["twin.json", "public/twin.json", "tileset.json"];

/// An opening on its way; [`Opening::poll`] it each frame.
#[derive(Debug)]
pub struct Opening {
    given: Url,
    /// Addresses still to be tried, the next one last.
    candidates: Vec<Url>,
    running: Option<(RequestId, Url)>,
    setback: Option<Setback>,
}

impl Opening {
    /// Begins. A file is an address that ends in `.json`, everything else a folder.
    pub fn new(url: Url) -> Self {
        let candidates = if url.path().ends_with(".json") { vec![url.clone()] } else { in_folder(&url) };
        Self { given: url, candidates, running: None, setback: None }
    }

    /// What has gone wrong so far, as long as it is tried again.
    pub fn setback(&self) -> Option<&Setback> {
        self.setback.as_ref()
    }

    /// Does not wait any longer before it tries again.
    pub fn retry_now(&mut self) {
        if let Some(setback) = &mut self.setback {
            setback.retry_at_secs = Some(f64::NEG_INFINITY);
        }
    }

    /// Takes one step; `None` while it is on its way. `fetch` must have no other user while it runs. What may succeed
    /// later is tried again, for as long as somebody polls. `now_secs` is any time that only grows.
    pub fn poll(&mut self, fetch: &dyn Fetch, now_secs: f64) -> Option<Result<Opened, OpenError>> {
        if let Some((id, url)) = self.running.take() {
            let Some((_, outcome)) = fetch.poll().into_iter().find(|(answered, _)| *answered == id) else {
                self.running = Some((id, url));
                return None;
            };
            match outcome {
                Ok(body) => return Some(Opened::recognise(body)),
                Err(error) => {
                    if let Err(error) = self.failed(url, error, now_secs) {
                        return Some(Err(error));
                    }
                }
            }
        }
        if self.setback.as_ref().and_then(|setback| setback.retry_at_secs).is_some_and(|at| at > now_secs) {
            return None;
        }
        let Some(url) = self.candidates.pop() else {
            return Some(Err(OpenError::NothingThere { url: self.given.clone() }));
        };
        let id = fetch.start(Request { url: url.clone(), priority: f32::INFINITY });
        self.running = Some((id, url));
        // It may be there at once. Each candidate is asked for once, and a setback ends the step.
        self.poll(fetch, now_secs)
    }

    /// Goes on with the next candidate, or with the same one later; else says how it ends.
    fn failed(&mut self, url: Url, error: FetchError, now_secs: f64) -> Result<(), OpenError> {
        // Stores of objects say 403 for a key that is not there, so that nobody can tell what is.
        let is_absent = matches!(error, FetchError::NotFound { .. } | FetchError::Status { status: 401 | 403, .. });
        if error.is_transient() {
            self.setback = Some(Setback::after(self.setback.as_ref(), &error, now_secs));
            self.candidates.push(url);
            return Ok(());
        }
        self.setback = None;
        if is_absent && !self.candidates.is_empty() {
            return Ok(());
        }
        let nothing_there = matches!(error, FetchError::NotFound { .. }) && url != self.given;
        Err(if nothing_there { OpenError::NothingThere { url: self.given.clone() } } else { error.into() })
    }
}

fn in_folder(url: &Url) -> Vec<Url> {
    let mut folder = url.clone();
    if !folder.path().ends_with('/') {
        folder.set_path(&format!("{}/", url.path()));
    }
    IN_A_FOLDER.iter().rev().filter_map(|name| join(&folder, name).ok()).collect()
}

/// Why an address that stands in a file is not followed.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum JoinError {
    /// It is no address.
    #[error(transparent)]
    Parse(#[from] url::ParseError),
    /// It stands in a file from elsewhere and leads into this computer's own files.
    #[error("it leads from elsewhere into the files of this computer")]
    OwnFiles,
}

/// An address that stands in a file at `base`; every address of a twin and of a tileset goes through here. A key that
/// `base` was asked for with (`?token=…`) goes along where the address has none of its own and leads to the same server.
/// What comes from elsewhere does not lead into the visitor's own files.
pub fn join(base: &Url, address: &str) -> Result<Url, JoinError> {
    let mut url = base.join(address)?;
    if url.scheme() == "file" && base.scheme() != "file" {
        return Err(JoinError::OwnFiles);
    }
    if url.query().is_none() && url.origin() == base.origin() && url.origin().is_tuple() {
        url.set_query(base.query());
    }
    Ok(url)
}

/// The members by which a twin and a tileset are told apart; nothing of them is held.
#[derive(Deserialize)]
struct Members {
    root: Option<IgnoredAny>,
    asset: Option<IgnoredAny>,
    format: Option<String>,
}

impl Opened {
    /// Tells a twin from a tileset by what the JSON holds.
    pub fn recognise(body: Body) -> Result<Self, OpenError> {
        let (url, bytes) = (body.url.clone(), &body.bytes);
        let content = |why: String| OpenError::Content { url: url.clone(), why };
        if bytes.len() > MAX_JSON_BYTES {
            return Err(content(format!("it has more than {MAX_JSON_BYTES} bytes")));
        }
        if !looks_like_json(bytes) {
            return Err(content("it is no JSON object".to_owned()));
        }
        let json = strip_byte_order_mark(bytes);
        let members: Members = serde_json::from_slice(json).map_err(|error| content(error.to_string()))?;
        if members.root.is_some() && members.asset.is_some() {
            return Ok(Self::Tileset(body));
        }
        match members.format {
            Some(format) if format == FORMAT => {
                let twin: TwinDescription = serde_json::from_slice(json).map_err(|error| content(error.to_string()))?;
                let twin = twin.checked().map_err(content)?;
                Ok(Self::Twin(Box::new(twin), url))
            }
            Some(found) => Err(OpenError::Format { found, url }),
            None => Err(content("it has neither \"format\" nor \"root\"".to_owned())),
        }
    }
}
