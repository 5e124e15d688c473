//! What a window manager does when somebody closes a window: it asks the program to, by a message of the X protocol.
//! There is no window manager on the test's screen, and xdotool has no word for it.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

/// Codes of the core protocol (X Window System Protocol, appendix B).
const INTERN_ATOM: u8 = 16;
const SEND_EVENT: u8 = 25;
const CLIENT_MESSAGE: u8 = 33;
/// First byte of an answer to a request.
const REPLY: u8 = 1;
/// Bytes of an event, and of the head of an answer.
const EVENT: usize = 32;

/// Asks whoever made a window to close it (ICCCM 4.2.8.1), and waits until the server has passed that on.
pub fn ask_to_close(display: &str, window: u32) {
    let mut server = Server::connect(display);
    let [protocols, delete] = ["WM_PROTOCOLS", "WM_DELETE_WINDOW"].map(|name| server.atom(name));
    let mut words = vec![window, 0];
    words.push(u32::from_le_bytes([CLIENT_MESSAGE, 32, 0, 0]));
    words.extend([window, protocols, delete, 0, 0, 0, 0]);
    let body: Vec<u8> = words.into_iter().flat_map(u32::to_le_bytes).collect();
    server.request(SEND_EVENT, &body);
    // Requests are answered in their order.
    server.atom("WM_PROTOCOLS");
}

/// Where X servers listen on every system.
const SOCKETS: [&str; 3] = ["/", "tmp", ".X11-unix"];

/// A connection to the X server.
struct Server(UnixStream);

impl Server {
    fn connect(display: &str) -> Self {
        let number = display.trim_start_matches(':');
        let listens: PathBuf = SOCKETS.iter().collect();
        let mut socket = UnixStream::connect(listens.join(format!("X{number}"))).expect("the server listens");
        // Little-endian, protocol 11.0, without a name and its proof.
        socket.write_all(&[b'l', 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0]).expect("it is spoken to");
        let mut head = [0; 8];
        socket.read_exact(&mut head).expect("it answers");
        let words = usize::from(u16::from_le_bytes([head[6], head[7]]));
        socket.read_exact(&mut vec![0; 4 * words]).expect("it says what it is");
        assert_eq!(head[0], 1, "it lets the test in");
        Self(socket)
    }

    fn request(&mut self, code: u8, body: &[u8]) {
        let words = u16::try_from(1 + body.len() / 4).expect("a short request");
        let [low, high] = words.to_le_bytes();
        self.0.write_all(&[&[code, 0, low, high], body].concat()).expect("it is spoken to");
    }

    /// The number of a name.
    fn atom(&mut self, name: &str) -> u32 {
        let [low, high] = u16::try_from(name.len()).expect("a short name").to_le_bytes();
        let mut body = [&[low, high, 0, 0], name.as_bytes()].concat();
        body.resize(body.len().next_multiple_of(4), 0);
        self.request(INTERN_ATOM, &body);
        let mut answer = [0; EVENT];
        while answer[0] != REPLY {
            self.0.read_exact(&mut answer).expect("it answers");
            assert_ne!(answer[0], 0, "it knows the request: {answer:?}");
        }
        u32::from_le_bytes([answer[8], answer[9], answer[10], answer[11]])
    }
}
