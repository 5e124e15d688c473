//! What the operator has at a public screen: the menu behind the PIN, and the counts with their file.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bevy_egui::egui;
use glam::DVec2;
use jiff::civil::Date;

use super::corners::Corners;
use super::counts::{Counts, Tally};
use super::menu::{Menu, MenuView, Wish, menu, type_digit};
use super::pin::{Lock, Pin};
use crate::twin::Language;
use crate::viewer::platform;

/// How the operator ends a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It is to start anew.
    Anew,
    /// It is not to come back.
    ForGood,
}

/// The operator's side of the screen.
pub struct Desk {
    /// What of the menu is open.
    pub menu: Menu,
    /// What the visit has been up to so far.
    pub tally: Tally,
    pin: Option<Pin>,
    lock: Lock,
    corners: Corners,
    counts: Counts,
    file: Option<PathBuf>,
}

impl Desk {
    /// With the counts of a file; one that cannot be read is left as it is, and nothing is saved.
    pub fn open(pin: Option<Pin>, file: Option<PathBuf>) -> Self {
        let (counts, file) = match file.as_deref().map(read) {
            Some(Ok(counts)) => (counts, file),
            Some(Err(reason)) => {
                platform::complain(&format!("how often the screen is used is not saved: {reason}"));
                (Counts::default(), None)
            }
            None => (Counts::default(), None),
        };
        let (menu, tally, lock, corners) = Default::default();
        Self { menu, tally, pin, lock, corners, counts, file }
    }

    /// Whether something of the menu is open.
    pub fn is_open(&self) -> bool {
        self.menu != Menu::Closed
    }

    /// Takes in a touch at a point of the screen: the fourth corner asks for the PIN. Without a PIN there is no menu.
    pub fn feel(&mut self, at: DVec2, size: DVec2, now_secs: f64) {
        if self.pin.is_some() && !self.is_open() && self.corners.touch(at, size, now_secs) {
            self.menu = Menu::pin();
        }
    }

    /// Draws what is open, does what is asked for, and gives how the screen is to end if it is.
    pub fn draw(&mut self, context: &egui::Context, now_secs: f64, language: Language) -> Option<End> {
        let locked_secs = self.lock.until_secs(now_secs).map(|until_secs| until_secs - now_secs);
        let view = MenuView { menu: &self.menu, locked_secs, counts: &self.counts, language };
        let wish = menu(context, &view)?;
        // What comes next may have letters that were not drawn before; they are there one frame later.
        context.request_repaint();
        match wish {
            Wish::Enter => self.enter(now_secs),
            Wish::Counts => self.menu = Menu::Counts,
            Wish::Menu => self.menu = Menu::Open,
            Wish::Close => self.menu = Menu::Closed,
            Wish::Restart => return Some(End::Anew),
            Wish::Leave => return Some(End::ForGood),
            digit => {
                if let Menu::Pin { typed, .. } = &mut self.menu {
                    type_digit(typed, digit);
                }
            }
        }
        None
    }

    fn enter(&mut self, now_secs: f64) {
        let (Menu::Pin { typed, .. }, Some(pin)) = (&self.menu, &self.pin) else { return };
        self.menu = match self.lock.try_digits(pin, typed, now_secs) {
            true => Menu::Open,
            false => Menu::Pin { typed: String::new(), wrong: true },
        };
    }

    /// A visit is over: it goes into the totals of its day, and nothing else is kept of it.
    pub fn close(&mut self, language: Language, day: Date) {
        self.menu = Menu::Closed;
        self.corners = Corners::default();
        let mut visit = std::mem::take(&mut self.tally);
        visit.visits = 1;
        visit.languages = [(language, 1)].into();
        self.counts.add(day, &visit);
        if let Some(file) = &self.file
            && let Err(error) = replace(file, &self.counts.to_json())
        {
            platform::complain(&format!("how often the screen is used cannot be saved: {}: {error}", file.display()));
        }
    }
}

/// The counts of a file; none where there is no file yet.
///
/// # Errors
/// A sentence that names the file, if it is none of counts.
pub fn read(file: &Path) -> Result<Counts, String> {
    let told = |reason: &dyn std::fmt::Display| format!("{}: {reason}", file.display());
    match fs::read_to_string(file) {
        Ok(json) => Counts::parse(&json).map_err(|reason| told(&reason)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Counts::default()),
        Err(error) => Err(told(&error)),
    }
}

/// Replaces a file whole: whoever reads it, or loses power, has the old or the new one.
fn replace(file: &Path, content: &str) -> io::Result<()> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = file.with_file_name(name);
    let mut new = File::create(&beside)?;
    new.write_all(content.as_bytes())?;
    new.sync_all()?;
    fs::rename(&beside, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day() -> Date {
        jiff::civil::date(2026, 11, 26)
    }

    #[test]
    fn visits_are_added_to_the_file_and_nothing_else_is_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("counts.json");
        for _ in 0..2 {
            // As after a restart.
            let mut desk = Desk::open(None, Some(file.clone()));
            desk.tally.houses = 4;
            desk.close(Language::En, day());
            assert_eq!(desk.tally, Tally::default());
        }
        let counts = read(&file).expect("a file of counts");
        assert_eq!(counts.total().numbers(), [2, 8, 0, 0]);
        assert_eq!(counts.total().languages, [(Language::En, 2)].into());
        assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_file_that_is_none_of_counts_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("letter.txt");
        fs::write(&file, "Dear Sir").expect("it is written");
        let mut desk = Desk::open(None, Some(file.clone()));
        desk.close(Language::De, day());
        assert_eq!(fs::read_to_string(&file).expect("it is there"), "Dear Sir");
    }

    #[test]
    fn without_a_pin_there_is_no_menu() {
        let size = DVec2::new(1000.0, 1000.0);
        let corners = [DVec2::ZERO, DVec2::new(1000.0, 0.0), size, DVec2::new(0.0, 1000.0)];
        for pin in [None, Pin::new("4711")] {
            let has_one = pin.is_some();
            let mut desk = Desk::open(pin, None);
            corners.into_iter().for_each(|at| desk.feel(at, size, 1.0));
            assert_eq!(desk.menu.name(), if has_one { "pin" } else { "closed" });
        }
    }

    #[test]
    fn the_pin_opens_the_menu_and_a_visits_end_closes_it() {
        let mut desk = Desk::open(Pin::new("4711"), None);
        let mut enter = |typed: &str| {
            desk.menu = Menu::Pin { typed: typed.to_owned(), wrong: false };
            desk.enter(5.0);
            desk.menu.name()
        };
        assert_eq!([enter("0000"), enter("4711")], ["pin", "menu"]);
        desk.close(Language::De, day());
        assert_eq!(desk.menu.name(), "closed");
    }
}
