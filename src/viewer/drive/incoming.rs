//! A file of the release on its way: asked for once, and again when it is due after a failure.
//!
//! Who asks says what the bytes mean; what is kept of them is theirs.

use std::fmt::Display;

use url::Url;

use crate::fetch::{Body, Fetch, FetchError, Request, RequestId};
use crate::stream::{Failure, FailureKind, Setback, join};

/// How far a file has come.
#[derive(Debug, Default)]
pub struct Incoming {
    request: Option<RequestId>,
    setback: Option<Setback>,
    is_there: bool,
}

impl Incoming {
    /// Asks for the file at a path from `base` where it has not been asked for, or is due again.
    pub fn ask(&mut self, base: &Url, path: &str, priority: f32, lane: &dyn Fetch, now_secs: f64) {
        let due = self.setback.as_ref().is_none_or(|setback| setback.retry_at_secs.is_some_and(|at| at <= now_secs));
        if self.is_there || self.request.is_some() || !due {
            return;
        }
        match join(base, path) {
            Ok(url) => self.request = Some(lane.start(Request { url, priority })),
            Err(error) => self.give_up(Failure::new(FailureKind::Address, format!("{path}: {error}"))),
        }
    }

    /// Whether an answer is the one that it waits for.
    pub fn awaits(&self, id: RequestId) -> bool {
        self.request == Some(id)
    }

    /// Takes its answer; gives what `read` makes of the bytes. Bytes that are no such file do not get better.
    pub fn take_in<T, E: Display>(
        &mut self,
        answer: Result<Body, FetchError>,
        now_secs: f64,
        read: impl FnOnce(Body) -> Result<T, E>,
    ) -> Option<T> {
        self.request = None;
        let read = match answer {
            Ok(body) => {
                let url = body.url.clone();
                let broken = |error| Failure::new(FailureKind::Broken, format!("{url}: {error}"));
                read(body).map_err(|error| Setback::for_good(broken(error)))
            }
            Err(error) => Err(Setback::after(self.setback.as_ref(), &error, now_secs)),
        };
        self.is_there = read.is_ok();
        let (content, setback) = match read {
            Ok(content) => (Some(content), None),
            Err(setback) => (None, Some(setback)),
        };
        self.setback = setback;
        content
    }

    /// It is of no use, for good.
    pub fn give_up(&mut self, why: Failure) {
        (self.is_there, self.setback) = (false, Some(Setback::for_good(why)));
    }

    /// It is asked for again if it has failed, without waiting for its time.
    pub fn retry(&mut self) {
        if let Some(setback) = self.setback.as_mut().filter(|_| self.request.is_none()) {
            setback.retry_at_secs = Some(f64::NEG_INFINITY);
        }
    }

    /// Whether it has come.
    pub fn is_there(&self) -> bool {
        self.is_there
    }

    /// Whether it is on its way.
    pub fn is_asked_for(&self) -> bool {
        self.request.is_some()
    }

    /// Why it has not come so far, or is of no use.
    pub fn setback(&self) -> Option<&Setback> {
        self.setback.as_ref()
    }

    /// When it is due again.
    pub fn due_secs(&self) -> Option<f64> {
        self.setback.as_ref()?.retry_at_secs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::memory::MemoryFetch;

    fn base() -> Url {
        Url::parse("https://city.example/twin.json").expect("an address")
    }

    /// Asks at a time; gives how often was asked so far.
    fn asked(file: &mut Incoming, fetch: &MemoryFetch, now_secs: f64) -> usize {
        file.ask(&base(), "names.json", 0.5, fetch, now_secs);
        fetch.started().len()
    }

    fn broken(_: Body) -> Result<(), &'static str> {
        Err("no names")
    }

    #[test]
    fn a_file_is_asked_for_once_and_again_when_it_is_due() {
        let (mut file, fetch) = (Incoming::default(), MemoryFetch::new());
        assert_eq!([0.0, 1.0, 2.0].map(|now_secs| asked(&mut file, &fetch, now_secs)), [1, 1, 1]);
        let url = base();
        let lost = FetchError::Status { url: url.clone(), status: 503 };
        assert_eq!(file.take_in(Err(lost), 2.0, broken), None);
        assert_eq!([2.5, 3.0, 9.0].map(|now_secs| asked(&mut file, &fetch, now_secs)), [1, 2, 2]);
        let body = Body { url, bytes: b"names".to_vec() };
        let read = |body: Body| Ok::<_, String>(body.bytes.len());
        assert_eq!((file.take_in(Ok(body), 9.0, read), file.is_there(), file.setback()), (Some(5), true, None));
        assert_eq!(asked(&mut file, &fetch, 99.0), 2);
    }

    #[test]
    fn what_is_of_no_use_is_asked_for_again_only_by_hand() {
        let (mut file, fetch) = (Incoming::default(), MemoryFetch::new());
        asked(&mut file, &fetch, 0.0);
        let body = Body { url: base(), bytes: Vec::new() };
        assert_eq!(file.take_in(Ok(body), 0.0, broken), None);
        let why = file.setback().map(|setback| (setback.why.kind, &*setback.why.detail));
        assert_eq!(
            (why, file.due_secs()),
            (Some((FailureKind::Broken, "https://city.example/twin.json: no names")), None)
        );
        assert_eq!(asked(&mut file, &fetch, 1e6), 1);
        file.retry();
        assert_eq!(asked(&mut file, &fetch, 1e6), 2);
    }
}
