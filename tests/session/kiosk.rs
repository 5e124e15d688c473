//! A public screen: a visitor comes, leaves traces wherever one can, goes, and nothing is left; the operator's menu; and
//! what looks after the screen. Visits go by a clock that the test holds.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;
use stadtzwilling::twin::CameraPose;

use crate::program::{Program, draws};
use crate::traces::{files_below, internet_sockets};
use crate::{FRAUENKIRCHE, FRAUENKIRCHE_ID, ONE_WINDOW, attributions, memory, sample};

/// What differs from one moment of the flight to the next.
const OF_THE_MOMENT: [&str; 7] = ["awake", "camera", "clearance_m", "complete", "drawn", "failed", "pending"];

/// A public screen whose visits go by a file.
struct Screen {
    program: Program,
    clock: PathBuf,
    counts: PathBuf,
}

impl Screen {
    fn open(size: (u32, u32)) -> Option<Self> {
        let folder = tempfile::tempdir_in(&*sample::FOLDER).expect("a folder").keep();
        let (clock, counts) = (folder.join("clock"), folder.join("counts.json"));
        std::fs::write(&clock, "1000").expect("the clock is set");
        let path = |path: &PathBuf| path.to_str().expect("it is Unicode").to_owned();
        let (clock_file, counts_file) = (path(&clock), path(&counts));
        let arguments =
            ["--watched", "--language", "en", "--pin", "4711", "--clock", &clock_file, "--counts", &counts_file];
        let program = Program::start(&sample::FOLDER, "kiosk", &sample::TWIN, size, &arguments)?;
        let mut screen = Self { program, clock, counts };
        screen.wait("attract");
        screen.program.wait_for("the city is there", |state| state["phase"] == "open" && state["drawn"] != 0);
        screen.program.focus();
        let size = [f64::from(size.0), f64::from(size.1)];
        assert_eq!((screen.program.true_size(), &screen.program.state["size"]), (size, &serde_json::json!(size)));
        Some(screen)
    }

    /// Sets the clock that visits go by, and waits until it was read.
    fn at(&mut self, secs: f64) {
        std::fs::write(&self.clock, secs.to_string()).expect("the clock is set");
        self.program.wait_for("the clock was read", |state| state["kiosk"]["told_secs"] == secs);
    }

    fn wait(&mut self, stage: &str) {
        self.program.wait_for(stage, |state| stage_of(state) == stage);
    }

    /// The operator's gesture.
    fn touch_the_corners(&mut self) {
        let [width, height]: [f64; 2] = serde_json::from_value(self.program.state["size"].clone()).expect("a size");
        let (right, bottom) = (width - 10.0, height - 10.0);
        for corner in [[10.0, 10.0], [right, 10.0], [right, bottom], [10.0, bottom]] {
            assert_eq!(self.program.state["kiosk"]["menu"], "closed");
            self.program.click(corner);
        }
        self.program.wait_for("the PIN is asked for", |state| draws(state, "OK"));
    }

    /// Somebody touches the screen while nobody was there.
    fn wake(&mut self) {
        let [width, height]: [f64; 2] = serde_json::from_value(self.program.state["size"].clone()).expect("a size");
        self.program.display.hands(&format!("mousemove {} {} click 1", width / 2.0, height / 2.0));
        self.wait("visiting");
        self.program.rest();
    }
}

fn stage_of(state: &Value) -> String {
    let stage = &state["kiosk"]["stage"];
    stage.as_str().map_or_else(|| stage.to_string(), str::to_owned)
}

/// What a state tells of a visitor: all of it but what the flight changes, and of widgets their texts.
fn left_behind(state: &Value, flying: bool) -> Value {
    let mut state = state.clone();
    let fields = state.as_object_mut().expect("a state has fields");
    for field in ["clicked", "tiles"] {
        fields.remove(field);
    }
    fields["kiosk"].as_object_mut().expect("a public screen").remove("told_secs");
    if flying {
        OF_THE_MOMENT.iter().for_each(|field| _ = fields.remove(*field));
    }
    // Where a line ends is not a matter of who was there.
    let whole = fields["widgets"].as_array().expect("widgets").iter().filter(|widget| widget["role"] != "TextRun");
    let texts = whole.filter_map(|widget| widget["text"].as_str());
    let texts: BTreeSet<_> = texts.filter(|text| !text.contains("loading")).map(str::to_owned).collect();
    fields["widgets"] = serde_json::json!(texts);
    state
}

#[test]
fn a_visitor_goes_and_nothing_is_left() {
    let _alone = ONE_WINDOW.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let Some(mut screen) = Screen::open((1280, 720)) else { return };
    screen.program.wait_for("everything is there", |state| state["complete"] == true);
    let fresh = left_behind(&screen.program.state, true);
    assert!(screen.program.draws("Touch to begin") && screen.program.draws("Zum Beginnen berühren"));
    assert!(!screen.program.draws("Places"), "no panels while nobody is there");
    it_flies(&mut screen.program);
    let files = files_below(screen.program.folder());

    screen.wake();
    let first = left_behind(&screen.program.state, false);
    assert_eq!(screen.program.state["selected"], Value::Null, "the touch that wakes does nothing else");
    leave_traces(&mut screen);
    let visited = left_behind(&screen.program.state, false);
    let same: Vec<_> = ["language", "theme", "layers", "selected", "card", "camera", "sun", "text_scale", "widgets"]
        .into_iter()
        .filter(|field| visited[field] == first[field])
        .collect();
    assert_eq!(same, [""; 0], "traces were left everywhere");

    let typed = TYPED_LETTERS.concat().to_lowercase();
    let process = screen.program.process();
    assert!(memory::count(process, &typed) > 0, "memory is looked through to the bottom");

    screen.at(1049.0);
    screen.program.rest();
    assert_eq!(stage_of(&screen.program.state), "visiting");
    screen.at(1050.5);
    screen.wait("10");
    screen.program.wait_for("it is asked", |state| draws(state, "Sind Sie noch da?"));
    screen.at(1058.5);
    screen.wait("2");
    screen.program.look("kiosk-countdown");
    screen.program.display.hands("click 1");
    screen.wait("visiting");
    // The button is let go of as well, before the clock goes on.
    screen.program.rest();
    assert_eq!(screen.program.state["selected"], visited["selected"], "the touch that goes on does nothing else");
    screen.at(1117.9);
    screen.wait("1");
    screen.at(1118.6);
    screen.wait("attract");
    screen.program.wait_for("the flight goes on", |state| state["complete"] == true);

    assert_eq!(left_behind(&screen.program.state, true), fresh);
    assert_eq!(files_below(screen.program.folder()), files, "nothing is saved at home");
    nothing_came_from_a_network(process);
    assert_eq!(memory::count(process, &typed), 0, "what was typed is not in memory");
    let counts = std::fs::read_to_string(&screen.counts).expect("the counts");
    assert!(!counts.contains(FRAUENKIRCHE_ID), "{counts}");
    let counts: Value = serde_json::from_str(&counts).expect("JSON");
    let days = counts["days"].as_object().expect("days");
    let day = days.values().next().expect("a day");
    assert_eq!((&day["visits"], &day["languages"]["de"]), (&1.into(), &1.into()), "{counts}");
    assert!(day["houses"] != 0 && days.len() == 1, "{counts}");

    screen.wake();
    assert_eq!(left_behind(&screen.program.state, false), first, "the next visitor finds what the first one found");
}

/// The camera goes on by itself.
fn it_flies(program: &mut Program) {
    let metres =
        |a: CameraPose, b: CameraPose| (b.lat_deg - a.lat_deg).hypot((b.lon_deg - a.lon_deg) * 0.67) * 111_000.0;
    let before = program.camera();
    program.wait_for("the camera has gone on", |state| {
        let now = serde_json::from_value(state["camera"].clone()).expect("the camera has a pose");
        metres(before, now) > 20.0
    });
}

/// All that was shown came from the folder: the program speaks to nobody.
fn nothing_came_from_a_network(process: u32) {
    let own = std::process::id();
    let before = internet_sockets(own);
    let _listens = std::net::TcpListener::bind("127.0.0.1:0").expect("a socket");
    assert_eq!(internet_sockets(own), before + 1, "sockets are seen where there are some");
    assert_eq!(internet_sockets(process), 0, "a screen without a network has no socket of one");
}

/// Does whatever a visitor can do.
fn leave_traces(screen: &mut Screen) {
    let program = &mut screen.program;
    program.press("Search");
    // Keys are typed where they stay, which they do from the second frame on: a move of the mouse brings one.
    program.wait_for("the keyboard is there", |state| draws(state, "Hide"));
    program.point([640.0, 300.0]);
    program.point([660.0, 320.0]);
    // Who types fast loses nothing, and who types slowly neither.
    let (fast, slow) = TYPED_LETTERS.split_at(8);
    program.press_fast(fast);
    let typed = Value::from(fast.concat().to_lowercase());
    program.wait_for("all letters have come", |state| state["search"]["query"] == typed);
    slow.iter().for_each(|letter| program.press(letter));
    assert_eq!(program.state["search"]["query"], TYPED_LETTERS.concat().to_lowercase());
    nothing_is_covered_by_the_keyboard(program);
    program.look("kiosk-keyboard");
    program.press("Hide");
    program.press("Layers");
    program.press("Development plans (invented)");
    program.press("Sun");
    program.wait_for("the card is open", |state| state["card"] == "sun");
    let [left, top, _, bottom] = program.widget("Time").expect("the slider");
    let sun = program.state["sun"].clone();
    program.click([left + 150.0, (top + bottom) / 2.0]);
    program.wait_for("the sun has moved", |state| state["sun"] != sun);
    program.press("View");
    program.press("Deutsch");
    program.press("Dunkel");
    // The sizes of text stand further down in the card.
    program.wheel([200.0, 450.0], -5);
    program.press("80 %");
    program.drag(1, [640.0, 500.0], [600.0, 460.0]);
    program.click(program.place_of(FRAUENKIRCHE));
    assert_eq!(program.state["selected"]["building"], FRAUENKIRCHE_ID);
    program.press("Warum sehe ich das?");
    program.wheel([1000.0, 400.0], -3);
    program.look("kiosk-visiting");
}

/// The keyboard lies over neither the attribution nor what was found.
fn nothing_is_covered_by_the_keyboard(program: &Program) {
    assert_eq!(attributions::hidden(&program.state), [""; 0]);
    let at = |name: &str| program.widget(name).unwrap_or_else(|| panic!("{name} is not drawn"));
    let (highest, lowest) = (at("1")[1], at("Hide")[3]);
    assert!(at("Nothing found.")[3] < highest, "{:?} is above {highest}", at("Nothing found."));
    assert!(lowest < at("© ")[1], "the keyboard ends at {lowest}");
}

#[test]
fn the_operator_sees_the_counts_and_leaves() {
    let _alone = ONE_WINDOW.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let Some(mut screen) = Screen::open((1080, 1920)) else { return };
    screen.program.display.picture().save(&screen.program.folder().join("attract.ppm"));
    screen.wake();
    // Nobody gets out by the keys that usually lead there.
    for key in ["alt+F4", "ctrl+w", "ctrl+q", "Escape", "F11", "super"] {
        screen.program.key(key);
    }
    screen.program.ask_to_close();
    screen.program.look("kiosk-portrait");
    screen.touch_the_corners();
    what_was_typed_is_not_in_memory_later(&mut screen);
    screen.wake();
    screen.touch_the_corners();
    for digit in ["4", "7", "1", "2", "OK"] {
        screen.program.press(digit);
    }
    screen.program.wait_for("it is wrong", |state| draws(state, "Wrong PIN"));
    for digit in ["4", "7", "1"] {
        screen.program.press(digit);
    }
    screen.program.look("kiosk-pin");
    assert!(!screen.program.state["widgets"].to_string().contains("471"), "nobody reads along");
    screen.program.press("1");
    screen.program.press("OK");
    screen.program.wait_for("the menu is open", |state| draws(state, "End the program"));
    screen.program.look("kiosk-menu");
    screen.program.press("Use of the screen");
    screen.program.wait_for("the counts are open", |state| draws(state, "All days"));
    screen.program.look("kiosk-counts");
    // An operator who goes away leaves no open menu behind.
    screen.at(1200.0);
    screen.wait("attract");
    assert_eq!(screen.program.state["kiosk"]["menu"], "closed");
    screen.wake();
    screen.touch_the_corners();
    ["4", "7", "1", "1", "OK"].into_iter().for_each(|key| screen.program.press(key));
    let [left, top, right, bottom] = screen.program.widget("End the program").expect("the button");
    let (x, y) = ((left + right) / 2.0, (top + bottom) / 2.0);
    screen.program.display.hands(&format!("mousemove {x} {y} click 1"));
    assert!(screen.program.ended().success(), "it was left");
}

#[test]
fn a_window_for_trying_can_be_closed() {
    let _alone = ONE_WINDOW.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let arguments = ["--windowed", "--watched"];
    let Some(mut program) = Program::start(&sample::FOLDER, "kiosk", &sample::TWIN, (320, 240), &arguments) else {
        return;
    };
    program.wait_for("the city is open", |state| state["phase"] == "open");
    program.ask_to_close();
    assert!(program.ended().success());
}

#[test]
fn a_screen_that_dies_comes_back_and_goes_with_its_keeper() {
    let _alone = ONE_WINDOW.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let arguments = ["--windowed", "--idle-secs", "60"];
    let Some(program) = Program::start(&sample::FOLDER, "kiosk", &sample::TWIN, (320, 240), &arguments) else { return };
    let keeper = program.process();
    let first = awaited("a screen", || children(keeper).into_iter().next());
    kill("-KILL", first);
    let second = awaited("another screen", || children(keeper).into_iter().find(|child| *child != first));
    kill("-TERM", keeper);
    // Its child is nobody's any more, and ends.
    awaited("the screen's end", || (!is_running(second)).then_some(()));
}

/// Letters that stand nowhere by chance.
const TYPED_LETTERS: [&str; 12] = ["Q", "Z", "X", "P", "V", "W", "J", "Y", "Q", "X", "B", "Z"];

/// Digits that stand nowhere by chance.
const TYPED: [&str; 12] = ["7", "3", "9", "5", "1", "8", "2", "6", "4", "0", "7", "3"];

/// Types where something can be typed, and lets the visit end.
fn what_was_typed_is_not_in_memory_later(screen: &mut Screen) {
    TYPED.into_iter().for_each(|digit| screen.program.press(digit));
    let typed = TYPED.concat();
    let dots = "•".repeat(TYPED.len());
    screen.program.wait_for("all digits have come", |state| draws(state, &dots));
    let process = screen.program.process();
    assert!(memory::count(process, &typed) > 0, "memory is looked through to the bottom");
    screen.at(1100.0);
    screen.wait("attract");
    let frame = screen.program.frame;
    screen.program.wait_for_frame(frame + 5);
    assert_eq!(memory::count(process, &typed), 0);
}

fn kill(signal: &str, process: u32) {
    let done = Command::new("kill").args([signal, &process.to_string()]).status().expect("kill starts");
    assert!(done.success());
}

/// Waits until there is something.
fn awaited<T>(what: &str, find: impl Fn() -> Option<T>) -> T {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        match find() {
            Some(found) => return found,
            None if Instant::now() > until => panic!("waited in vain for {what}"),
            None => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// State and parent of a process; `None` if there is none.
fn process(id: u32) -> Option<(char, u32)> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name stands in parentheses and may hold anything.
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

fn is_running(id: u32) -> bool {
    process(id).is_some_and(|(state, _)| state != 'Z')
}

fn children(parent: u32) -> Vec<u32> {
    let all = std::fs::read_dir("/proc").expect("processes").flatten();
    let ids = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|id| process(*id).is_some_and(|(state, of)| of == parent && state != 'Z')).collect()
}
