//! One [`Fetch`] for several users: each gets a lane and sees only its own answers.
//!
//! The tiles, the planning layers and the search index share one set of connections this way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use super::queue::lock;
use super::{Answer, Fetch, Request, RequestId, Waker};

/// Shares a [`Fetch`].
pub struct Exchange {
    fetch: Arc<dyn Fetch>,
    boxes: Arc<Mutex<Boxes>>,
}

#[derive(Default)]
struct Boxes {
    lanes: usize,
    owners: BTreeMap<RequestId, usize>,
    arrived: BTreeMap<usize, Vec<Answer>>,
}

/// One user's [`Fetch`]. Dropping it cancels its requests.
struct Lane {
    number: usize,
    fetch: Arc<dyn Fetch>,
    boxes: Arc<Mutex<Boxes>>,
}

impl Exchange {
    /// Takes over `fetch`, which must not be polled by anyone else from now on.
    pub fn new(fetch: Arc<dyn Fetch>) -> Self {
        Self { fetch, boxes: Arc::default() }
    }

    /// A lane for one user. [`Fetch::set_waker`] of any lane sets the one waker of all.
    pub fn lane(&self) -> Arc<dyn Fetch> {
        let mut boxes = lock(&self.boxes);
        boxes.lanes += 1;
        Arc::new(Lane { number: boxes.lanes, fetch: Arc::clone(&self.fetch), boxes: Arc::clone(&self.boxes) })
    }
}

impl Fetch for Lane {
    fn start(&self, request: Request) -> RequestId {
        // Locked over the start, so that an answer cannot come before its owner is known.
        let mut boxes = lock(&self.boxes);
        let id = self.fetch.start(request);
        boxes.owners.insert(id, self.number);
        id
    }

    fn cancel(&self, id: RequestId) {
        let mut boxes = lock(&self.boxes);
        if boxes.owners.get(&id) == Some(&self.number) {
            boxes.owners.remove(&id);
            self.fetch.cancel(id);
        } else if let Some(arrived) = boxes.arrived.get_mut(&self.number) {
            arrived.retain(|(answered, _)| *answered != id);
        }
    }

    fn poll(&self) -> Vec<Answer> {
        let mut boxes = lock(&self.boxes);
        for (id, outcome) in self.fetch.poll() {
            if let Some(owner) = boxes.owners.remove(&id) {
                boxes.arrived.entry(owner).or_default().push((id, outcome));
            }
        }
        boxes.arrived.remove(&self.number).unwrap_or_default()
    }

    fn set_waker(&self, waker: Waker) {
        self.fetch.set_waker(waker);
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        let mut boxes = lock(&self.boxes);
        let own: BTreeSet<RequestId> =
            boxes.owners.iter().filter(|(_, owner)| **owner == self.number).map(|(id, _)| *id).collect();
        boxes.owners.retain(|_, owner| *owner != self.number);
        boxes.arrived.remove(&self.number);
        own.into_iter().for_each(|id| self.fetch.cancel(id));
    }
}
