//! Bytes over HTTP and from local files on a desktop, with a network thread of its own.
//!
//! No retries and no cache: `stream` decides about the one, the server's headers about the other.

use std::sync::{Arc, Once};
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::runtime::{Builder, Handle, Runtime};
use url::{Host, Url};

use super::queue::Queue;
use super::{Answer, Body, Bytes, Fetch, FetchError, MAX_BODY_BYTES, Request, RequestId, Waker};

/// Time for making a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest silence in the middle of an answer.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// [`Fetch`] for desktops.
pub struct NativeFetch {
    core: Arc<Core>,
    handle: Handle,
    /// Taken on drop: a runtime must not be waited for inside another one.
    runtime: Option<Runtime>,
}

struct Core {
    queue: Queue,
    clients: Clients,
    max_body_bytes: u64,
}

impl NativeFetch {
    /// Starts the network thread. Fails where the system has no certificates or no thread to give.
    pub fn new() -> Result<Self, FetchError> {
        Self::with_max_body(MAX_BODY_BYTES)
    }

    /// The same with another limit for the size of a body.
    pub fn with_max_body(max_body_bytes: u64) -> Result<Self, FetchError> {
        let core = Core { queue: Queue::default(), clients: Clients::new(READ_TIMEOUT)?, max_body_bytes };
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("fetch")
            .enable_all()
            .build()
            .map_err(|error| FetchError::Setup { why: error.to_string() })?;
        Ok(Self { core: Arc::new(core), handle: runtime.handle().clone(), runtime: Some(runtime) })
    }
}

impl Drop for NativeFetch {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Fetch for NativeFetch {
    fn start(&self, request: Request) -> RequestId {
        let id = self.core.queue.push(request);
        run_waiting(&self.core, &self.handle);
        id
    }

    fn cancel(&self, id: RequestId) {
        self.core.queue.cancel(id);
        run_waiting(&self.core, &self.handle);
    }

    fn poll(&self) -> Vec<Answer> {
        self.core.queue.poll()
    }

    fn set_waker(&self, waker: Waker) {
        self.core.queue.set_waker(waker);
    }
}

/// Starts as many waiting requests as may run; each starts the next when it is done.
fn run_waiting(core: &Arc<Core>, handle: &Handle) {
    while let Some((id, url)) = core.queue.begin() {
        let (core, next) = (Arc::clone(core), handle.clone());
        handle.spawn(async move {
            let outcome = core.queue.until_cancelled(id, core.clients.get(&url, core.max_body_bytes)).await;
            core.queue.finish(id, outcome);
            run_waiting(&core, &next);
        });
    }
}

/// HTTP clients: the machine's own addresses are never asked through a proxy.
struct Clients {
    outside: reqwest::Client,
    loopback: reqwest::Client,
}

impl Clients {
    fn new(read_timeout: Duration) -> Result<Self, FetchError> {
        install_tls_provider();
        let setup = |error: reqwest::Error| FetchError::Setup { why: error.to_string() };
        let builder = || {
            reqwest::Client::builder()
                .user_agent(concat!("stadtzwilling/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(CONNECT_TIMEOUT)
                .read_timeout(read_timeout)
        };
        Ok(Self { outside: builder().build().map_err(setup)?, loopback: builder().no_proxy().build().map_err(setup)? })
    }

    async fn get(&self, url: &Url, max_bytes: u64) -> Result<Body, FetchError> {
        match url.scheme() {
            "http" | "https" => self.get_http(url, max_bytes).await,
            "file" => Ok(Body { url: url.clone(), bytes: read_file(url, max_bytes).await? }),
            _ => Err(FetchError::Scheme { url: url.clone() }),
        }
    }

    async fn get_http(&self, url: &Url, max_bytes: u64) -> Result<Body, FetchError> {
        let client = if is_loopback(url) { &self.loopback } else { &self.outside };
        let broken = |error| FetchError::of_reqwest(url, error);
        let mut response = client.get(url.clone()).send().await.map_err(broken)?;
        if let Some(error) = FetchError::of_status(url, response.status().as_u16()) {
            return Err(error);
        }
        let arrived_from = response.url().clone();
        let mut bytes = Bytes::new();
        // Chunk by chunk, so that a body without a length (or with a false one) cannot fill the memory.
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            if bytes.len() as u64 + chunk.len() as u64 > max_bytes {
                return Err(FetchError::TooLarge { url: url.clone(), limit_bytes: max_bytes });
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Body { url: arrived_from, bytes })
    }
}

/// One provider for the whole process; whoever was first stays.
fn install_tls_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

async fn read_file(url: &Url, max_bytes: u64) -> Result<Bytes, FetchError> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => FetchError::NotFound { url: url.clone() },
        _ => FetchError::File { url: url.clone(), why: error.to_string() },
    };
    let path = url.to_file_path().map_err(|()| FetchError::Scheme { url: url.clone() })?;
    let file = tokio::fs::File::open(path).await.map_err(failed)?;
    let mut body = Bytes::new();
    file.take(max_bytes.saturating_add(1)).read_to_end(&mut body).await.map_err(failed)?;
    if body.len() as u64 > max_bytes {
        return Err(FetchError::TooLarge { url: url.clone(), limit_bytes: max_bytes });
    }
    Ok(body)
}
