//! Bytes from memory with scripted latency and failures: for tests and for data that a program carries along.
//!
//! Time passes in polls, so that a test is the same on every machine.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use url::Url;

use super::queue::lock;
use super::{Answer, Body, Bytes, Fetch, FetchError, Request, RequestId, Waker};

/// [`Fetch`] from memory. Unknown addresses are [`FetchError::NotFound`].
#[derive(Default)]
pub struct MemoryFetch {
    state: Mutex<State>,
}

/// One scripted outcome.
#[derive(Clone, Debug)]
pub struct Scripted {
    /// How many polls pass before the one that hands it over.
    pub after_polls: u32,
    /// What comes.
    pub outcome: Result<Bytes, FetchError>,
}

#[derive(Default)]
struct State {
    scripts: BTreeMap<Url, VecDeque<Scripted>>,
    next: u64,
    pending: BTreeMap<RequestId, (u32, Result<Body, FetchError>)>,
    moved: BTreeMap<Url, Url>,
    started: Vec<Url>,
    cancelled: usize,
    waker: Option<Waker>,
}

impl MemoryFetch {
    /// Empty.
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes that come at the next poll, each time they are asked for.
    pub fn put(&self, url: &Url, bytes: impl Into<Bytes>) {
        self.script(url, [Scripted { after_polls: 0, outcome: Ok(bytes.into()) }]);
    }

    /// What the requests for `url` get, one after the other; the last goes on for ever.
    pub fn script(&self, url: &Url, outcomes: impl IntoIterator<Item = Scripted>) {
        lock(&self.state).scripts.insert(url.clone(), outcomes.into_iter().collect());
    }

    /// Sends who asks for one address on to another.
    pub fn redirect(&self, from: &Url, to: &Url) {
        lock(&self.state).moved.insert(from.clone(), to.clone());
    }

    /// Every address that was asked for, in order.
    pub fn started(&self) -> Vec<Url> {
        lock(&self.state).started.clone()
    }

    /// How many requests were cancelled before they were answered.
    pub fn cancelled(&self) -> usize {
        lock(&self.state).cancelled
    }

    /// How many requests wait for their answer.
    pub fn in_flight(&self) -> usize {
        lock(&self.state).pending.len()
    }
}

impl State {
    fn next_outcome(&mut self, url: &Url) -> Scripted {
        let missing = || Scripted { after_polls: 0, outcome: Err(FetchError::NotFound { url: url.clone() }) };
        match self.scripts.get_mut(url) {
            Some(script) if script.len() > 1 => script.pop_front().unwrap_or_else(missing),
            Some(script) => script.front().cloned().unwrap_or_else(missing),
            None => missing(),
        }
    }
}

impl Fetch for MemoryFetch {
    fn start(&self, request: Request) -> RequestId {
        let mut state = lock(&self.state);
        let id = RequestId(state.next);
        state.next += 1;
        let url = state.moved.get(&request.url).unwrap_or(&request.url).clone();
        let scripted = state.next_outcome(&url);
        state.pending.insert(id, (scripted.after_polls, scripted.outcome.map(|bytes| Body { url, bytes })));
        state.started.push(request.url);
        if let Some(waker) = &state.waker {
            waker();
        }
        id
    }

    fn cancel(&self, id: RequestId) {
        let mut state = lock(&self.state);
        if state.pending.remove(&id).is_some() {
            state.cancelled += 1;
        }
    }

    fn poll(&self) -> Vec<Answer> {
        let mut state = lock(&self.state);
        let (due, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut state.pending).into_iter().partition(|(_, (polls, _))| *polls == 0);
        state.pending = later.into_iter().map(|(id, (polls, outcome))| (id, (polls - 1, outcome))).collect();
        due.into_iter().map(|(id, (_, outcome))| (id, outcome)).collect()
    }

    fn set_waker(&self, waker: Waker) {
        lock(&self.state).waker = Some(waker);
    }
}
