//! The program under test: the real binary in a window, and what it says of itself in its state log.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use stadtzwilling::geo::Geodetic;
use stadtzwilling::twin::CameraPose;

use crate::closing;
use crate::display::{Display, number};
use crate::picture::Picture;
use crate::sight::{FRAME, Sight};

/// How long anything may take on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long nothing must be drawn, and nothing ask for it, until the window counts as at rest: hands may have done more
/// than it has heard of.
const REST: Duration = Duration::from_millis(150);

/// A window that shows a twin.
pub struct Program {
    pub display: Display,
    child: Child,
    log: File,
    unread: String,
    folder: PathBuf,
    /// Frames drawn so far.
    pub frame: u64,
    /// The last state that was written.
    pub state: Value,
    /// All states with the number of their frame.
    pub history: Vec<(u64, Value)>,
}

impl Program {
    /// Opens a twin in a window on a screen of its own and waits until all of it is there. `None` where there is no
    /// X server to be had.
    pub fn open(folder: &Path, twin: &Path, arguments: &[&str]) -> Option<Self> {
        let mut program = Self::start(folder, "view", twin, (1280, 720), arguments)?;
        program.wait_for("the city is there", |state| state["phase"] == "open" && state["complete"] == true);
        program.focus();
        program.rest();
        Some(program)
    }

    /// Starts a command that shows a twin on a screen of its own of that size. `None` where there is no X server to be
    /// had.
    pub fn start(
        folder: &Path,
        command: &str,
        twin: &Path,
        (width, height): (u32, u32),
        arguments: &[&str],
    ) -> Option<Self> {
        let folder = tempfile::tempdir_in(folder).expect("a folder for the session").keep();
        let display = Display::start(&folder, (width, height))?;
        let log = folder.join("state.jsonl");
        File::create(&log).expect("the log can be made");
        let child = Command::new(env!("CARGO_BIN_EXE_stadtzwilling"))
            .arg(command)
            .arg(twin)
            .args(["--size", &format!("{width}x{height}"), "--state-log"])
            .arg(&log)
            .args(arguments)
            .env("DISPLAY", display.name())
            .env_remove("WAYLAND_DISPLAY")
            .env("XDG_RUNTIME_DIR", &folder)
            .env("HOME", &folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(File::create(folder.join("stderr.txt")).expect("a file for what it says"))
            .spawn()
            .expect("the program starts");
        let log = File::open(&log).expect("the log is there");
        let (unread, state) = (String::new(), Value::Null);
        Some(Self { display, child, log, unread, folder, frame: 0, state, history: Vec::new() })
    }

    /// Gives the window the keyboard.
    pub fn focus(&self) {
        self.display.hands(&format!("windowfocus --sync {}", self.window()));
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// A folder of its own, for files of the session.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Waits until it has ended.
    pub fn ended(&mut self) -> ExitStatus {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.child.try_wait().expect("it can be asked") {
                Some(status) => return status,
                None if Instant::now() > until => self.fail("it does not end"),
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    /// Reads what has been written since, and says whether frames were drawn.
    fn read(&mut self) -> bool {
        let before = self.frame;
        self.log.read_to_string(&mut self.unread).expect("the log can be read");
        while let Some((line, rest)) = self.unread.split_once('\n') {
            let mut line: Value = serde_json::from_str(line).expect("each line is JSON");
            self.frame = line["frame"].as_u64().expect("each line has a frame");
            if let Some(state) = line.get_mut("state").map(Value::take) {
                self.history.push((self.frame, state.clone()));
                self.state = state;
            }
            self.unread = rest.to_owned();
        }
        self.frame != before
    }

    /// Waits until the state is as said.
    pub fn wait_for(&mut self, what: &str, is: impl Fn(&Value) -> bool) {
        let until = Instant::now() + PATIENCE;
        loop {
            self.read();
            if is(&self.state) {
                return;
            }
            if let Some(status) = self.child.try_wait().expect("it can be asked") {
                let said = std::fs::read_to_string(self.folder.join("stderr.txt")).unwrap_or_default();
                panic!("waiting until {what}: the program ended with {status}: {said}");
            }
            if Instant::now() > until {
                self.fail(&format!("waited in vain until {what}"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until a frame was drawn.
    pub fn wait_for_frame(&mut self, frame: u64) {
        let until = Instant::now() + PATIENCE;
        while self.frame < frame {
            self.read();
            if Instant::now() > until {
                self.fail("no frames are drawn any more");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until everything is there and no more frames are drawn.
    pub fn rest(&mut self) {
        let until = Instant::now() + PATIENCE;
        let mut still_since = Instant::now();
        loop {
            let asks_for_more = self.state["awake"].as_array().is_some_and(|why| !why.is_empty());
            if self.read() || self.state["complete"] != true || asks_for_more {
                still_since = Instant::now();
            }
            if still_since.elapsed() > REST {
                return;
            }
            if Instant::now() > until {
                self.fail("the window did not come to rest");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until what hands did was taken in, and until the window has come to rest after it. What changes nothing,
    /// such as a move to where the mouse is already, brings no frame.
    fn taken_in(&mut self) {
        let (before, until) = (self.frame, Instant::now() + Duration::from_millis(700));
        while self.frame == before && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(10));
            self.read();
        }
        self.rest();
    }

    /// Frames drawn in a time in which nobody touches anything.
    pub fn frames_in(&mut self, time: Duration) -> u64 {
        self.read();
        let before = self.frame;
        std::thread::sleep(time);
        self.read();
        self.frame - before
    }

    fn fail(&self, what: &str) -> ! {
        let picture = self.folder.join("failed.ppm");
        self.display.picture().save(&picture);
        panic!("{what}; the screen is in {}; state: {:#}", picture.display(), self.state)
    }

    /// Moves the mouse to a point of the window.
    pub fn point(&mut self, at: [f64; 2]) {
        let [x, y] = at.map(f64::round);
        // Of a move to where it is already no window hears.
        if self.display.pointer() != [x, y] {
            self.display.hands(&format!("mousemove {x} {y}"));
            self.taken_in();
        }
    }

    /// Moves the mouse to a point of the window and clicks.
    pub fn click(&mut self, at: [f64; 2]) {
        self.point(at);
        self.display.hands("click 1");
        self.taken_in();
    }

    /// Clicks on buttons of the panels one after the other, faster than frames are drawn. All of them must be in sight.
    pub fn press_fast(&mut self, names: &[&str]) {
        let click = |name: &&str| {
            let Some([left, top, right, bottom]) = self.widget(name) else { self.fail(&format!("no button {name}")) };
            format!("mousemove {} {} click 1", ((left + right) / 2.0).round(), ((top + bottom) / 2.0).round())
        };
        let clicks: Vec<String> = names.iter().map(click).collect();
        self.display.hands(&clicks.join(" "));
        self.taken_in();
    }

    /// Drags with a button from a point to another, in some steps as a hand does.
    pub fn drag(&mut self, button: u8, from: [f64; 2], to: [f64; 2]) {
        self.point(from);
        self.display.hands(&format!("mousedown {button}"));
        for step in 1..=8 {
            let at = |axis: usize| from[axis] + (to[axis] - from[axis]) * f64::from(step) / 8.0;
            self.display.hands(&format!("mousemove {} {} sleep 0.03", at(0).round(), at(1).round()));
        }
        self.taken_in();
        self.display.hands(&format!("mouseup {button}"));
        self.taken_in();
    }

    /// Turns the wheel at a point: positive is towards the city. A wheel that is moved by software counts twice, on
    /// press and on release: real ones are told of as motion.
    pub fn wheel(&mut self, at: [f64; 2], steps: i32) {
        self.point(at);
        let button = if steps > 0 { 4 } else { 5 };
        self.display.hands(&format!("click --repeat {} --delay 30 {button}", steps.abs()));
        self.taken_in();
    }

    /// Presses a key.
    pub fn key(&mut self, key: &str) {
        self.display.hands(&format!("key {key}"));
        self.taken_in();
    }

    /// The window's number.
    fn window(&self) -> String {
        let found = self.display.hands("search --sync --onlyvisible --name Stadtzwilling");
        found.lines().next().unwrap_or_default().to_owned()
    }

    /// Asks it to close its window, as a window manager does.
    pub fn ask_to_close(&self) {
        closing::ask_to_close(self.display.name(), self.window().parse().expect("a window has a number"));
    }

    /// Width and height of the window as the screen has it.
    pub fn true_size(&self) -> [f64; 2] {
        let told = self.display.hands(&format!("getwindowgeometry --shell {}", self.window()));
        ["WIDTH=", "HEIGHT="].map(|name| number(&told, name))
    }

    /// Changes the size of the window.
    pub fn resize(&mut self, width: u32, height: u32) {
        self.display.hands(&format!("windowsize {} {width} {height}", self.window()));
        let size = serde_json::json!([f64::from(width), f64::from(height)]);
        self.wait_for("the window has its new size", |state| state["size"] == size);
        self.rest();
    }

    /// What is on the screen, when nothing moves.
    pub fn picture(&mut self) -> Picture {
        self.rest();
        self.display.picture()
    }

    /// The same, kept under a name for eyes if `STADTZWILLING_SESSION_PICTURES` names a folder.
    pub fn look(&mut self, name: &str) -> Picture {
        let picture = self.picture();
        if let Some(folder) = std::env::var_os("STADTZWILLING_SESSION_PICTURES") {
            picture.save(&Path::new(&folder).join(format!("{name}.ppm")));
        }
        picture
    }

    /// The panel as text, with what is folded up; empty if there is none.
    pub fn panel(&self) -> &str {
        self.state["panel"].as_str().unwrap_or_default()
    }

    /// Whether a text is drawn somewhere in the panels, in this state.
    pub fn draws(&self, text: &str) -> bool {
        draws(&self.state, text)
    }

    /// Borders of the widget whose name is that, or else is the shortest that it is part of.
    pub fn widget(&self, name: &str) -> Option<[f64; 4]> {
        let widgets = self.state["widgets"].as_array()?;
        // Labels hold runs of text that are named alike.
        let whole = widgets.iter().filter(|widget| widget["role"] != "TextRun");
        let named =
            whole.filter_map(|widget| Some((widget["text"].as_str().filter(|text| text.contains(name))?, widget)));
        let (_, widget) = named.min_by_key(|(text, widget)| (text.len(), widget["at"].to_string()))?;
        serde_json::from_value(widget["at"].clone()).ok()
    }

    /// Clicks on a button of the panels, scrolled into sight if need be.
    pub fn press(&mut self, name: &str) {
        let Some(size) = self.state["size"][1].as_f64() else { self.fail("the window has no size") };
        let mut before = None;
        for attempt in 0..30 {
            let Some([left, top, right, bottom]) = self.widget(name) else { self.fail(&format!("no button {name}")) };
            let middle = [(left + right) * 0.5, (top + bottom) * 0.5];
            // Below that line the panels are cut off, but for what stands there and does not scroll.
            let stays = attempt > 1 && before == Some(middle) && middle[1] < size - 40.0;
            if middle[1] < size - 85.0 || stays {
                return self.click(middle);
            }
            before = Some(middle);
            // Sheets stand below, cards above.
            self.wheel([middle[0], size * if attempt % 2 == 0 { 0.75 } else { 0.3 }], -4);
        }
        self.fail(&format!("{name} cannot be scrolled to"))
    }

    /// The frame in which the last click was handled, with its state.
    pub fn last_click(&self) -> (u64, &Value) {
        let clicked = self.history.iter().rev().find(|(_, state)| !state["clicked"].is_null());
        clicked.map(|(frame, state)| (*frame, state)).expect("there was a click")
    }

    /// Every state so far in which the city was open.
    pub fn open_states(&self) -> impl Iterator<Item = &Value> {
        self.history.iter().map(|(_, state)| state).filter(|state| state["phase"] == "open")
    }

    /// Where the camera is.
    pub fn camera(&self) -> CameraPose {
        serde_json::from_value(self.state["camera"].clone()).expect("the camera has a pose")
    }

    /// Where the camera is and what it sees where.
    pub fn sight(&self) -> Sight {
        Sight::of(&self.state)
    }

    /// Where a point of the city stands in the window, logical pixels.
    pub fn place_of(&self, point: Geodetic) -> [f64; 2] {
        self.sight().place_of(FRAME.local(point.into()))
    }

    /// Metres from the eye to a point of the city.
    pub fn distance_m(&self, point: Geodetic) -> f64 {
        self.sight().eye.distance(FRAME.local(point.into()))
    }
}

/// Whether a text is drawn somewhere in the panels.
pub fn draws(state: &Value, text: &str) -> bool {
    let is = |widget: &Value| widget["text"].as_str().is_some_and(|drawn| drawn.contains(text));
    state["widgets"].as_array().is_some_and(|widgets| widgets.iter().any(is))
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
