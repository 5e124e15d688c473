//! A web server on loopback for the tests of downloads: it plays the layout of the state's open data, and breaks where
//! it is told to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use url::Url;

use crate::digest::Sha256;

/// A request as the server sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    pub path: String,
    /// First byte asked for.
    pub from: Option<u64>,
    pub if_range: Option<String>,
    /// How many requests for this path came before.
    pub nth: usize,
}

/// What the server answers.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// Tell no length: the body ends with the connection.
    pub no_length: bool,
    /// Break off after so many bytes of the body.
    pub cut_after: Option<usize>,
    /// Send so many bytes at a time, each in a packet of its own.
    pub piece: usize,
}

impl Answer {
    /// The whole, or the part that is asked for where it is still the same version (RFC 9110 § 13.2.2).
    pub(crate) fn file(ask: &Ask, bytes: &[u8], tag: &str) -> Self {
        let same = ask.if_range.as_ref().is_none_or(|version| version == tag);
        let mut answer = Self::new(200, bytes);
        if let Some(from) = ask.from.filter(|_| same) {
            match bytes.get(from as usize..) {
                Some(rest) if !rest.is_empty() => {
                    answer = Self::new(206, rest);
                    let range = format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len());
                    answer.headers.push(("Content-Range", range));
                }
                _ => answer = Self::new(416, b""),
            }
        }
        answer.headers.push(("ETag", tag.to_owned()));
        answer
    }

    pub(crate) fn new(status: u16, body: &[u8]) -> Self {
        let body = body.to_vec();
        Self { status, headers: Vec::new(), body, no_length: false, cut_after: None, piece: usize::MAX }
    }

    pub(crate) fn cut(self, after: usize) -> Self {
        Self { cut_after: Some(after), ..self }
    }
}

type Habit = dyn Fn(&Ask) -> Answer + Send + Sync;

/// The running server; it goes down with the process.
pub(crate) struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Ask>>>,
    most_at_once: Arc<AtomicUsize>,
}

impl Server {
    /// Starts one with this habit.
    pub(crate) fn start(habit: impl Fn(&Ask) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let most_at_once = Arc::new(AtomicUsize::new(0));
        let server = Self { address, seen: Arc::clone(&seen), most_at_once: Arc::clone(&most_at_once) };
        let habit: Arc<Habit> = Arc::new(habit);
        let now = Arc::new(AtomicUsize::new(0));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (habit, seen) = (Arc::clone(&habit), Arc::clone(&seen));
                let (now, most) = (Arc::clone(&now), Arc::clone(&most_at_once));
                std::thread::spawn(move || {
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    // A client that goes away early is part of the tests.
                    let _ = serve(stream, &*habit, &seen, &now);
                });
            }
        });
        server
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).unwrap()
    }

    /// All requests so far whose path ends with `name`.
    pub(crate) fn seen(&self, name: &str) -> Vec<Ask> {
        self.seen.lock().unwrap().iter().filter(|ask| ask.path.ends_with(name)).cloned().collect()
    }

    /// The most requests that were ever in work at a time.
    pub(crate) fn most_at_once(&self) -> usize {
        self.most_at_once.load(Ordering::SeqCst)
    }
}

/// An index of `files` (name and content), each on all `mirrors`.
pub(crate) fn index(files: &[(&str, Vec<u8>)], mirrors: &[Url]) -> Vec<u8> {
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<metalink xmlns=\"urn:ietf:params:xml:ns:metalink\">\n\
        <generator>odd</generator><published>2026-11-20T02:00:00Z</published>\n"
        .to_owned();
    for (name, bytes) in files {
        let (size, hash) = (bytes.len(), Sha256::of(bytes));
        xml += &format!("<file name=\"{name}\"><size>{size}</size><hash type=\"sha-256\">{hash}</hash>");
        for (priority, mirror) in mirrors.iter().enumerate() {
            let url = mirror.join(&format!("/a/lod2/citygml/{name}")).unwrap();
            xml += &format!("<url location=\"de\" priority=\"{}\">{url}</url>", priority + 1);
        }
        xml += "</file>\n";
    }
    (xml + "</metalink>\n").into_bytes()
}

/// An address of this machine where nothing listens.
pub(crate) fn nobody() -> Url {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    Url::parse(&format!("http://{address}/")).unwrap()
}

fn serve(mut stream: TcpStream, habit: &Habit, seen: &Mutex<Vec<Ask>>, now: &AtomicUsize) -> std::io::Result<()> {
    let ask = read(&stream, seen)?;
    let answer = habit(&ask);
    let mut head = format!("HTTP/1.1 {} X\r\nConnection: close\r\n", answer.status);
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !answer.no_length {
        head.push_str(&format!("Content-Length: {}\r\n", answer.body.len()));
    }
    head.push_str("\r\n");
    stream.set_nodelay(true)?;
    stream.write_all(head.as_bytes())?;
    let body = answer.body.get(..answer.cut_after.unwrap_or(usize::MAX)).unwrap_or(&answer.body);
    for piece in body.chunks(answer.piece.max(1)) {
        stream.write_all(piece)?;
    }
    // Before the client can see the end: what it asks next is no longer at the same time.
    now.fetch_sub(1, Ordering::SeqCst);
    stream.shutdown(std::net::Shutdown::Write)?;
    // Read until the client is gone, so that the system sends what is still under way.
    stream.read_to_end(&mut Vec::new()).map(drop)
}

fn read(stream: &TcpStream, seen: &Mutex<Vec<Ask>>) -> std::io::Result<Ask> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let (mut from, mut if_range) = (None, None);
    for line in lines {
        let line = line?;
        let Some((name, value)) = line.split_once(": ") else { break };
        match name.to_lowercase().as_str() {
            "range" => from = value.strip_prefix("bytes=").and_then(|range| range.trim_end_matches('-').parse().ok()),
            "if-range" => if_range = Some(value.to_owned()),
            _ => {}
        }
    }
    let mut seen = seen.lock().unwrap();
    let nth = seen.iter().filter(|ask| ask.path == path).count();
    let ask = Ask { path, from, if_range, nth };
    seen.push(ask.clone());
    Ok(ask)
}
