//! Bytes over the browser's own `fetch`: compression, cache and connections are the browser's. What the page has asked for
//! ahead of the program is taken from there, and may be there at once.
//!
//! There is one thread: requests run as tasks of the page between frames.

use std::sync::Arc;
use std::time::Duration;

use js_sys::{Function, Promise, Reflect, Uint8Array};
use url::Url;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

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

/// Starts as many waiting requests as may run; each starts the next when it is done. What the page has already is there
/// at once.
fn run_waiting(queue: &Arc<Queue>) {
    while let Some((id, url)) = queue.begin() {
        let queue = Arc::clone(queue);
        let ahead = match asked_ahead(&url) {
            Some(Ahead::Here(bytes)) => {
                queue.hand_over(id, Some(body(&url, &url, &bytes)));
                // Whoever asks is called when it has asked.
                spawn_local(async move { queue.wake() });
                continue;
            }
            Some(Ahead::Coming(promise)) => Some(promise),
            None => None,
        };
        spawn_local(async move {
            // A request that is dropped here is aborted in the browser; what the page asked for is not.
            let outcome = queue.until_cancelled(id, get(&url, ahead)).await;
            queue.finish(id, outcome);
            run_waiting(&queue);
        });
    }
}

/// What the page has asked for before the program was there; see assets/web/ahead.js.
enum Ahead {
    Here(Uint8Array),
    Coming(Promise),
}

/// Takes what the page has of an address; `None` where it has nothing, or what it got is not for it to judge.
fn asked_ahead(url: &Url) -> Option<Ahead> {
    let take = Reflect::get(&js_sys::global(), &"askedAhead".into()).ok()?.dyn_into::<Function>().ok()?;
    let file = take.call1(&JsValue::NULL, &url.as_str().into()).ok()?;
    match file.dyn_into::<Promise>() {
        Ok(promise) => Some(Ahead::Coming(promise)),
        Err(file) => file.dyn_into().ok().map(Ahead::Here),
    }
}

/// What came for `asked` from `url`, with its bytes taken over into the program.
fn body(asked: &Url, url: &Url, bytes: &Uint8Array) -> Result<Body, FetchError> {
    check_length(asked, bytes.length().into())?;
    Ok(Body { url: url.clone(), bytes: bytes.to_vec() })
}

fn check_length(asked: &Url, length: u64) -> Result<(), FetchError> {
    if length > MAX_BODY_BYTES {
        return Err(FetchError::TooLarge { url: asked.clone(), limit_bytes: MAX_BODY_BYTES });
    }
    Ok(())
}

async fn get(url: &Url, ahead: Option<Promise>) -> Result<Body, FetchError> {
    if let Some(promise) = ahead
        && let Ok(Ok(bytes)) = JsFuture::from(promise).await.map(JsCast::dyn_into::<Uint8Array>)
    {
        return body(url, url, &bytes);
    }
    if !matches!(url.scheme(), "http" | "https") {
        return Err(FetchError::Scheme { url: url.clone() });
    }
    let broken = |error| FetchError::of_reqwest(url, error);
    let response = reqwest::Client::new().get(url.clone()).timeout(TIMEOUT).send().await.map_err(broken)?;
    if let Some(error) = FetchError::of_status(url, response.status().as_u16()) {
        return Err(error);
    }
    check_length(url, response.content_length().unwrap_or(0))?;
    let arrived_from = response.url().clone();
    let bytes = response.bytes().await.map_err(broken)?;
    check_length(url, bytes.len() as u64)?;
    Ok(Body { url: arrived_from, bytes: bytes.into() })
}
