//! Bytes over the browser's own `fetch`: compression, cache and connections are the browser's.
//!
//! There is one thread: requests run as tasks of the page between frames.

use std::sync::Arc;
use std::time::Duration;

use url::Url;
use wasm_bindgen_futures::spawn_local;

use super::queue::Queue;
use super::{Answer, Body, Fetch, FetchError, MAX_BODY_BYTES, Request, RequestId, Waker};

/// Longest time for a whole answer; the browser cannot tell a slow one from a silent one.
const TIMEOUT: Duration = Duration::from_secs(120);

/// [`Fetch`] for browsers.
pub struct WebFetch {
    queue: Arc<Queue>,
}

impl WebFetch {
    /// Never fails; the result is there for the native side's sake.
    pub fn new() -> Result<Self, FetchError> {
        Ok(Self { queue: Arc::default() })
    }
}

impl Fetch for WebFetch {
    fn start(&self, request: Request) -> RequestId {
        let id = self.queue.push(request);
        run_waiting(&self.queue);
        id
    }

    fn cancel(&self, id: RequestId) {
        self.queue.cancel(id);
        run_waiting(&self.queue);
    }

    fn poll(&self) -> Vec<Answer> {
        self.queue.poll()
    }

    fn set_waker(&self, waker: Waker) {
        self.queue.set_waker(waker);
    }
}

/// Starts as many waiting requests as may run; each starts the next when it is done.
fn run_waiting(queue: &Arc<Queue>) {
    while let Some((id, url)) = queue.begin() {
        let queue = Arc::clone(queue);
        spawn_local(async move {
            // A request that is dropped here is aborted in the browser.
            let outcome = queue.until_cancelled(id, get(&url)).await;
            queue.finish(id, outcome);
            run_waiting(&queue);
        });
    }
}

async fn get(url: &Url) -> Result<Body, FetchError> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(FetchError::Scheme { url: url.clone() });
    }
    let broken = |error| FetchError::of_reqwest(url, error);
    let too_large = || FetchError::TooLarge { url: url.clone(), limit_bytes: MAX_BODY_BYTES };
    let response = reqwest::Client::new().get(url.clone()).timeout(TIMEOUT).send().await.map_err(broken)?;
    if let Some(error) = FetchError::of_status(url, response.status().as_u16()) {
        return Err(error);
    }
    if response.content_length().is_some_and(|bytes| bytes > MAX_BODY_BYTES) {
        return Err(too_large());
    }
    let arrived_from = response.url().clone();
    let bytes = response.bytes().await.map_err(broken)?;
    if bytes.len() as u64 > MAX_BODY_BYTES {
        return Err(too_large());
    }
    Ok(Body { url: arrived_from, bytes: bytes.into() })
}
