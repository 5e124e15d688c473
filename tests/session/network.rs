//! A twin on a web server that is out of order for a while, or lacks files: what is missing comes by itself, is said,
//! and keeps nothing else from being shown. The server is one of the loopback address.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

use crate::program::Program;
use crate::sample;

/// How often each file was asked for.
type Counts = Arc<Mutex<BTreeMap<String, usize>>>;
/// The status of an answer, by the file and how often it was asked for before.
type Habit = dyn Fn(&str, usize) -> u16 + Send + Sync;

/// A web server over the public folder of the sample's twin.
struct Server {
    address: String,
    counts: Counts,
}

impl Server {
    fn start(habit: impl Fn(&str, usize) -> u16 + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port of the loopback address");
        let port = listener.local_addr().expect("an address").port();
        let address = format!("http://127.0.0.1:{port}/");
        let counts = Counts::default();
        let (habit, counted): (Arc<Habit>, _) = (Arc::new(habit), Arc::clone(&counts));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (habit, counts) = (Arc::clone(&habit), Arc::clone(&counted));
                // A client may go away in the middle of an answer.
                std::thread::spawn(move || drop(answer(stream, habit.as_ref(), &counts)));
            }
        });
        Self { address, counts }
    }

    fn asked_for(&self, file: &str) -> usize {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner).get(file).unwrap_or(&0)
    }
}

fn answer(mut stream: TcpStream, habit: &Habit, counts: &Counts) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? > 0 {
        request.extend(byte);
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let file = request.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
    let before = {
        let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(file.clone()).or_default();
        *count += 1;
        *count - 1
    };
    let body = std::fs::read(sample::TWIN.join("public").join(&file));
    let (status, body) = match (habit(&file, before), body) {
        (200, Ok(body)) => (200, body),
        (200, Err(_)) => (404, Vec::new()),
        (status, _) => (status, Vec::new()),
    };
    write!(stream, "HTTP/1.1 {status} -\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len())?;
    stream.write_all(&body)?;
    stream.flush()
}

fn is_tile(file: &str) -> bool {
    file.starts_with("tiles/") && file.ends_with(".glb")
}

#[test]
fn what_fails_for_a_while_comes_by_itself() {
    // Twice the description and its layer, and once each tile of the buildings.
    let server = Server::start(|file, before| match file {
        "twin.json" if before < 2 => 503,
        _ if file.starts_with("layers/") && before < 2 => 503,
        _ if is_tile(file) && before < 1 => 503,
        _ => 200,
    });
    let alone = crate::ONE_WINDOW.lock().unwrap_or_else(PoisonError::into_inner);
    // Opening waits until everything is there. Nobody touches the window.
    let Some(mut program) = Program::open(&sample::FOLDER, Path::new(&server.address), &["--language", "en"]) else {
        return;
    };
    assert_eq!(server.asked_for("twin.json"), 3);
    assert_eq!(program.state["failed"], 0, "{}", program.state);
    let said = |text: &str| program.history.iter().any(|(_, state)| crate::program::draws(state, text));
    assert!(said("The city could not be opened") && said("Try again"));
    assert!(said("tiles not loaded"));
    program.look("after-failures");
    assert_eq!(program.frames_in(std::time::Duration::from_secs(3)), 0, "it sleeps again");
    drop(alone);
}

/// Takes a picture of a server's twin without a window. Gives whether all was well, what was said, and the picture.
fn shoot(server: &Server, name: &str) -> (bool, String, Vec<u8>) {
    let path = sample::FOLDER.join(name);
    let done = Command::new(env!("CARGO_BIN_EXE_stadtzwilling"))
        .args(["view", &server.address, "--size", "320x180", "--screenshot"])
        .arg(&path)
        .output()
        .expect("the program starts");
    let picture = std::fs::read(&path).unwrap_or_default();
    (done.status.success(), String::from_utf8_lossy(&done.stderr).into_owned(), picture)
}

#[test]
fn a_picture_that_lacks_something_is_written_and_says_so() {
    // Drawing takes both cores of a small machine.
    let _alone = crate::ONE_WINDOW.lock().unwrap_or_else(PoisonError::into_inner);
    if std::env::var_os("STADTZWILLING_SESSION").is_none() {
        eprintln!("skipped: pictures are drawn where STADTZWILLING_SESSION is set");
        return;
    }
    let (well, said, whole) = shoot(&Server::start(|_, _| 200), "whole.png");
    assert!(well && whole.starts_with(b"\x89PNG"), "{said}");
    let lacking = Server::start(|file, _| if file.starts_with("layers/") { 404 } else { 200 });
    let (well, said, picture) = shoot(&lacking, "lacking.png");
    assert!(!well && picture.starts_with(b"\x89PNG"));
    assert!(said.contains("not everything came") && said.contains("does not exist"), "{said}");
    // Nothing is waited for that does not come, were it the whole city.
    let (well, said, picture) = shoot(&Server::start(|_, _| 503), "nothing.png");
    assert!(!well && picture.is_empty() && said.contains("503"), "{said}");
}
