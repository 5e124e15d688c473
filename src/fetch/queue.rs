//! Which request runs next, which were cancelled and what arrived: the same for every platform that has a network.
//!
//! It starts nothing itself: a platform asks [`Queue::begin`] for the next request and reports with [`Queue::finish`], or
//! with [`Queue::hand_over`] what it had already, and calls [`Queue::wake`] when whoever asked has done so.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker as TaskWaker};

use url::Url;

use super::{Answer, Body, FetchError, MAX_RUNNING, Request, RequestId, Waker};

/// Requests of one `Fetch` from asking to handing over.
#[derive(Default)]
pub(super) struct Queue {
    lines: Mutex<Lines>,
    waker: Mutex<Option<Arc<Waker>>>,
}

#[derive(Default)]
struct Lines {
    next: u64,
    waiting: Vec<(RequestId, Request)>,
    /// Running requests with what wakes their task, so that a cancelled one is dropped at once.
    running: BTreeMap<RequestId, Option<TaskWaker>>,
    arrived: Vec<Answer>,
}

/// A lock that a panic elsewhere cannot take away: the data are whole after every statement.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Queue {
    /// Puts a request in line.
    pub(super) fn push(&self, request: Request) -> RequestId {
        let mut lines = lock(&self.lines);
        let id = RequestId(lines.next);
        lines.next += 1;
        lines.waiting.push((id, request));
        id
    }

    /// The waiting request of the greatest priority, now running; `None` when enough run or none waits.
    pub(super) fn begin(&self) -> Option<(RequestId, Url)> {
        let mut lines = lock(&self.lines);
        if lines.running.len() >= MAX_RUNNING {
            return None;
        }
        // Of equal ones the oldest.
        let order = |a: &(RequestId, Request), b: &(RequestId, Request)| {
            a.1.priority.total_cmp(&b.1.priority).then(b.0.cmp(&a.0))
        };
        let (place, _) = lines.waiting.iter().enumerate().max_by(|(_, a), (_, b)| order(a, b))?;
        let (id, request) = lines.waiting.remove(place);
        lines.running.insert(id, None);
        Some((id, request.url))
    }

    /// Takes a request out of whatever line it stands in and wakes its task to be dropped.
    pub(super) fn cancel(&self, id: RequestId) {
        let mut lines = lock(&self.lines);
        lines.waiting.retain(|(waiting, _)| *waiting != id);
        lines.arrived.retain(|(arrived, _)| *arrived != id);
        let task = lines.running.remove(&id).flatten();
        drop(lines);
        if let Some(task) = task {
            task.wake();
        }
    }

    /// Runs `work` to its end, or to the moment when the request is cancelled: then `None`.
    pub(super) async fn until_cancelled<T>(&self, id: RequestId, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        poll_fn(|context| {
            match lock(&self.lines).running.get_mut(&id) {
                Some(task) => *task = Some(context.waker().clone()),
                None => return Poll::Ready(None),
            }
            work.as_mut().poll(context).map(Some)
        })
        .await
    }

    /// Hands over an outcome and calls the waker; nothing for a cancelled request.
    pub(super) fn finish(&self, id: RequestId, outcome: Option<Result<Body, FetchError>>) {
        if self.hand_over(id, outcome) {
            self.wake();
        }
    }

    /// Hands over an outcome. Gives whether anybody waits for it: not for a cancelled request.
    pub(super) fn hand_over(&self, id: RequestId, outcome: Option<Result<Body, FetchError>>) -> bool {
        let mut lines = lock(&self.lines);
        let wanted = lines.running.remove(&id).is_some();
        let Some(outcome) = outcome.filter(|_| wanted) else { return false };
        lines.arrived.push((id, outcome));
        true
    }

    /// Calls the waker.
    pub(super) fn wake(&self) {
        let waker = lock(&self.waker).clone();
        if let Some(waker) = waker {
            waker();
        }
    }

    /// Everything that arrived.
    pub(super) fn poll(&self) -> Vec<Answer> {
        std::mem::take(&mut lock(&self.lines).arrived)
    }

    /// Sets what is called when something arrived.
    pub(super) fn set_waker(&self, waker: Waker) {
        *lock(&self.waker) = Some(Arc::new(waker));
    }
}
