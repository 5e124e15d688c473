//! Bytes from a small server on the loopback address, from files and from memory.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use url::Url;

use super::lane::Exchange;
use super::memory::MemoryFetch;
use super::native::NativeFetch;
use super::queue::Queue;
use super::{Answer, Body, Fetch, FetchError, MAX_RUNNING, Request, RequestId};

/// A server that gives each connection the answer of its path, and closes it.
struct Server {
    base: Url,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port of the loopback address");
        let port = listener.local_addr().expect("an address").port();
        std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| drop(answer(stream))));
        Self { base: Url::parse(&format!("http://127.0.0.1:{port}/")).expect("an address") }
    }

    fn url(&self, path: &str) -> Url {
        self.base.join(path).expect("an address")
    }
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? > 0 {
        request.extend(byte);
    }
    let text = String::from_utf8_lossy(&request).into_owned();
    let path = text.split(' ').nth(1).unwrap_or_default();
    if path == "/silence" {
        // Holds the connection for as long as the client does.
        return stream.read(&mut byte).map(drop);
    }
    stream.write_all(&response(path))?;
    stream.flush()
}

fn response(path: &str) -> Vec<u8> {
    let whole = |status: &str, headers: &str, body: &[u8]| {
        let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
        [head.as_bytes(), body].concat()
    };
    match path {
        "/plain" => whole("200 OK", "", b"plain text"),
        "/gzip" => whole("200 OK", "Content-Encoding: gzip\r\n", &gzip(b"gzipped text")),
        "/brotli" => whole("200 OK", "Content-Encoding: br\r\n", &brotli(b"brotli text")),
        "/bomb" => whole("200 OK", "Content-Encoding: gzip\r\n", &gzip(&vec![0; 4_000_000])),
        "/large" => whole("200 OK", "", &[7; 5000]),
        "/busy" => whole("503 Service Unavailable", "", b""),
        "/gone" => whole("410 Gone", "", b""),
        "/moved" => whole("302 Found", "Location: /plain\r\n", b""),
        "/short" => b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this".to_vec(),
        _ => whole("404 Not Found", "", b""),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &Default::default()).expect("memory");
    packed
}

fn request(url: Url) -> Request {
    Request { url, priority: 1.0 }
}

/// A fetch with a channel that its waker writes to.
fn woken(max_body_bytes: u64) -> (NativeFetch, Receiver<()>) {
    let fetch = NativeFetch::with_max_body(max_body_bytes).expect("a network thread");
    let (send, receive) = channel();
    fetch.set_waker(Box::new(move || send.send(()).unwrap_or_default()));
    (fetch, receive)
}

/// The answer of one request, slept for until the waker calls.
fn get(fetch: &NativeFetch, wakes: &Receiver<()>, url: Url) -> Result<Body, FetchError> {
    let id = fetch.start(request(url));
    loop {
        if let Some((_, outcome)) = fetch.poll().into_iter().find(|(answered, _)| *answered == id) {
            return outcome;
        }
        wakes.recv().expect("the waker is called");
    }
}

#[test]
fn bodies_come_whole_and_unpacked_and_errors_say_whether_to_try_again() {
    let server = Server::start();
    let (fetch, wakes) = woken(100_000);
    let text = |path: &str| {
        let outcome = get(&fetch, &wakes, server.url(path));
        outcome.map(|body| String::from_utf8_lossy(&body.bytes).into_owned())
    };
    assert_eq!(text("plain").as_deref(), Ok("plain text"));
    assert_eq!(text("gzip").as_deref(), Ok("gzipped text"));
    assert_eq!(text("brotli").as_deref(), Ok("brotli text"));
    assert_eq!(text("moved").as_deref(), Ok("plain text"));
    assert_eq!(get(&fetch, &wakes, server.url("moved")).map(|body| body.url), Ok(server.url("plain")));
    assert_eq!(text("missing"), Err(FetchError::NotFound { url: server.url("missing") }));
    assert_eq!(text("gone"), Err(FetchError::NotFound { url: server.url("gone") }));
    let busy = text("busy").expect_err("a status");
    assert_eq!((busy.is_transient(), &busy), (true, &FetchError::Status { url: server.url("busy"), status: 503 }));
    let short = text("short").expect_err("a broken connection");
    assert!(matches!(short, FetchError::Network { .. }) && short.is_transient(), "{short}");
    let closed = get(&fetch, &wakes, Url::parse("http://127.0.0.1:1/").expect("an address")).expect_err("no server");
    assert!(matches!(closed, FetchError::Network { .. }), "{closed}");
    let ftp = Url::parse("ftp://127.0.0.1/x").expect("an address");
    assert_eq!(get(&fetch, &wakes, ftp.clone()), Err(FetchError::Scheme { url: ftp }));
}

#[test]
fn bodies_over_the_limit_are_refused_also_when_they_are_packed() {
    let server = Server::start();
    let (fetch, wakes) = woken(4000);
    for path in ["large", "bomb"] {
        let refused = get(&fetch, &wakes, server.url(path));
        assert_eq!(refused, Err(FetchError::TooLarge { url: server.url(path), limit_bytes: 4000 }));
    }
}

#[test]
fn a_cancelled_request_is_dropped_and_never_answered() {
    let server = Server::start();
    let (fetch, wakes) = woken(4000);
    let silent = fetch.start(request(server.url("silence")));
    fetch.cancel(silent);
    // The server takes one connection after the other: it comes to this one because the silent one was closed.
    assert_eq!(get(&fetch, &wakes, server.url("plain")).map(|body| body.bytes), Ok(b"plain text".to_vec()));
    assert!(fetch.poll().is_empty());
}

#[test]
fn files_are_read_like_addresses() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ä b.json");
    std::fs::write(&path, b"{}").expect("a file");
    let url = Url::from_file_path(&path).expect("an address");
    let (fetch, wakes) = woken(4000);
    let bytes = |url: &Url| get(&fetch, &wakes, url.clone()).map(|body| body.bytes);
    assert_eq!(bytes(&url), Ok(b"{}".to_vec()));
    let missing = Url::from_file_path(folder.path().join("missing")).expect("an address");
    assert_eq!(bytes(&missing), Err(FetchError::NotFound { url: missing }));
    let folder = Url::from_directory_path(folder.path()).expect("an address");
    assert!(matches!(bytes(&folder), Err(FetchError::File { .. })));
}

#[test]
fn lanes_share_a_fetch_and_see_only_their_own_answers() {
    let memory = Arc::new(MemoryFetch::new());
    let url = |name: &str| Url::parse(&format!("memory:/{name}")).expect("an address");
    memory.put(&url("a"), "a");
    memory.put(&url("b"), "b");
    let exchange = Exchange::new(memory.clone());
    let (one, two) = (exchange.lane(), exchange.lane());
    let a = one.start(request(url("a")));
    let b = two.start(request(url("b")));
    let cancelled = two.start(request(url("b")));
    one.cancel(cancelled);
    two.cancel(cancelled);
    let ids = |answers: Vec<Answer>| answers.into_iter().map(|(id, _)| id).collect::<Vec<RequestId>>();
    assert_eq!(ids(two.poll()), [b]);
    assert_eq!(ids(one.poll()), [a]);
    two.start(request(url("b")));
    drop(two);
    assert_eq!((memory.in_flight(), memory.cancelled()), (0, 2));
}

#[test]
fn what_is_answered_at_once_takes_no_place_and_can_be_cancelled() {
    let queue = Queue::default();
    let url = Url::parse("https://city.example/tile.glb").expect("an address");
    let mut asked = Vec::new();
    for _ in 0..=MAX_RUNNING {
        asked.push(queue.push(Request { url: url.clone(), priority: 0.0 }));
        let (id, url) = queue.begin().expect("there is always a place");
        assert!(queue.hand_over(id, Some(Ok(Body { url, bytes: Vec::new() }))), "somebody waits for it");
    }
    queue.cancel(asked[0]);
    let arrived: Vec<RequestId> = queue.poll().into_iter().map(|(id, _)| id).collect();
    assert_eq!(arrived, asked[1..]);
    assert!(!queue.hand_over(asked[1], None), "it was answered");
}
