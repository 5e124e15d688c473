//! Bytes by URL: one trait and one file for each platform behind the name [`PlatformFetch`].
//!
//! Stands between a published twin (or any web server) and `stream`. It knows neither tiles nor retries: it answers
//! each request once, with the whole body or with an error that says whether trying again may help.

mod error;
pub mod lane;
pub mod memory;
#[cfg(not(target_arch = "wasm32"))]
pub mod native;
mod queue;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "wasm32")]
pub mod web;

pub use error::FetchError;
#[cfg(not(target_arch = "wasm32"))]
pub use native::NativeFetch as PlatformFetch;
#[cfg(target_arch = "wasm32")]
pub use web::WebFetch as PlatformFetch;

use url::Url;

/// The body of an answer, decompressed.
pub type Bytes = Vec<u8>;

/// Largest body that is taken, bytes: far above any sensible tile, far below what would end a browser tab.
pub const MAX_BODY_BYTES: u64 = 256 * 1024 * 1024;

/// How many requests run at once; the rest waits in order of priority.
pub const MAX_RUNNING: usize = 24;

/// Names a request of one [`Fetch`]; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub u64);

/// What to get.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Absolute address; natively `http`, `https` or `file`, on the web `http` or `https`.
    pub url: Url,
    /// Greater goes first among those that wait.
    pub priority: f32,
}

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// The address that it came from in the end, after all redirections.
    pub url: Url,
    /// The bytes.
    pub bytes: Bytes,
}

/// A request with its outcome.
pub type Answer = (RequestId, Result<Body, FetchError>);

/// Called when something arrived, from any thread.
pub type Waker = Box<dyn Fn() + Send + Sync>;

/// Gets bytes without ever blocking the caller.
///
/// Every request that is not cancelled is answered exactly once by [`Fetch::poll`]. `poll` hands out everything that
/// arrived, so one `Fetch` belongs to one user; [`lane::Exchange`] shares one among several.
pub trait Fetch: Send + Sync {
    /// Asks for bytes.
    fn start(&self, request: Request) -> RequestId;
    /// Lets go of a request: its answer never comes. Unknown and answered requests are ignored.
    fn cancel(&self, id: RequestId);
    /// Everything that arrived since the last call.
    fn poll(&self) -> Vec<Answer>;
    /// Sets what is called when something arrived, so that an idle window can sleep until then.
    fn set_waker(&self, waker: Waker);
}
