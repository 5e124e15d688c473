//! A screen that nobody sees: an X server of the test's own on a free display, its picture, and the hands that move
//! mouse and keys.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::picture::Picture;

/// Set by `./dev test`: what a session needs must be there.
const REQUIRED: &str = "STADTZWILLING_SESSION";

/// A running X server; it ends when this is dropped.
pub struct Display {
    server: Child,
    name: String,
    folder: PathBuf,
}

impl Display {
    /// Starts an X server with a screen of that size. `None` where Xvfb or xdotool is not installed and nothing demands them.
    pub fn start(folder: &Path, (width, height): (u32, u32)) -> Option<Self> {
        if let Some(missing) = ["Xvfb", "xdotool"].into_iter().find(|program| !is_installed(program)) {
            assert!(std::env::var_os(REQUIRED).is_none(), "{missing} is not installed, and {REQUIRED} is set");
            eprintln!("skipped: {missing} is not installed");
            return None;
        }
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", &format!("{width}x{height}x24")])
            .args(["-nolisten", "tcp", "-nocursor", "-fbdir"])
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts");
        let mut number = String::new();
        let said = server.stdout.take().expect("it is piped");
        BufReader::new(said).read_line(&mut number).expect("Xvfb says its display");
        Some(Self { server, name: format!(":{}", number.trim()), folder: folder.to_owned() })
    }

    /// Its name, for `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is on the screen.
    pub fn picture(&self) -> Picture {
        let bytes = std::fs::read(self.folder.join("Xvfb_screen0")).expect("the screen's memory can be read");
        Picture::from_xwd(&bytes).expect("Xvfb writes its screen as XWD")
    }

    /// Where the mouse is.
    pub fn pointer(&self) -> [f64; 2] {
        let told = self.hands("getmouselocation --shell");
        ["X=", "Y="].map(|name| number(&told, name))
    }

    /// Moves mouse and keys: the arguments of `xdotool`.
    pub fn hands(&self, arguments: &str) -> String {
        let done = Command::new("xdotool")
            .args(arguments.split_whitespace())
            .env("DISPLAY", &self.name)
            .output()
            .expect("xdotool starts");
        assert!(done.status.success(), "xdotool {arguments}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).trim().to_owned()
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // It may have ended by itself already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A number of what `xdotool` tells line by line.
pub fn number(told: &str, name: &str) -> f64 {
    told.lines().find_map(|line| line.strip_prefix(name)?.parse().ok()).expect("xdotool tells it")
}

fn is_installed(program: &str) -> bool {
    let Some(path) = std::env::var_os("PATH") else { return false };
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
