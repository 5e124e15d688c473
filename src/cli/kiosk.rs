//! `kiosk`: validates the arguments, then looks after a screen in a process of its own (`watchdog`), or is that process.

mod watchdog;

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Time;

use super::CliError;
use super::args::KioskArgs;
use super::view;
use crate::viewer::{self, Kiosk, Pin, RESTART_CODE, StateLog, ViewerError, ViewerOptions, check_counts};
use watchdog::{Patience, Screen};

/// Shortest and longest time after its last touch that a visit is over, seconds.
const IDLE_SECS: std::ops::RangeInclusive<f64> = 5.0..=3600.0;
/// How long a screen whose keeper is gone may take to end, before it is ended.
const ORPHAN_PATIENCE: Duration = Duration::from_secs(5);

/// Looks after a public screen until its operator leaves; or is the screen that is looked after.
pub(super) fn run(args: KioskArgs) -> Result<ExitCode, CliError> {
    let watched = args.watched;
    let options = options(args)?;
    if !watched {
        return look_after();
    }
    match viewer::run(options) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(ViewerError::Ended(code)) => Ok(ExitCode::from(code)),
        Err(error) => Err(error.into()),
    }
}

/// Starts the screen with the arguments that this program was given, again and again.
fn look_after() -> Result<ExitCode, CliError> {
    let program = std::env::current_exe().map_err(CliError::Output)?;
    let given: Vec<OsString> = std::env::args_os().skip(1).collect();
    let start = || {
        Command::new(&program)
            .args(&given)
            .arg("--watched")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map(Screen::new)
    };
    watchdog::look_after(start, RESTART_CODE, &Patience::default(), &mut |what| super::print_note(what))
        .map_err(CliError::Output)?;
    Ok(ExitCode::SUCCESS)
}

fn options(args: KioskArgs) -> Result<ViewerOptions, CliError> {
    let source = view::source(&args.twin)?;
    if !IDLE_SECS.contains(&args.idle_secs) {
        return Err(CliError::Arguments(format!("--idle-secs {} is not between 5 and 3600", args.idle_secs)));
    }
    if let Some(file) = &args.counts {
        check_counts(file).map_err(CliError::Arguments)?;
    }
    let kiosk = Kiosk {
        windowed: args.windowed,
        night: args.night.as_deref().map(night).transpose()?,
        pin: pin(args.pin.as_deref(), args.pin_file.as_deref())?,
        counts: args.counts,
        alive: args.watched.then(alive),
        clock: args.clock.map(clock),
        ..Kiosk::new(args.idle_secs)
    };
    Ok(ViewerOptions {
        size: view::size(&args.size)?,
        language: args.language,
        theme: view::theme(args.theme),
        state_log: args.state_log.map(StateLog::File),
        kiosk: Some(kiosk),
        ..ViewerOptions::new(source)
    })
}

fn pin(given: Option<&str>, file: Option<&Path>) -> Result<Option<Pin>, CliError> {
    let given = match (given, file) {
        (Some(pin), _) => pin.to_owned(),
        (None, Some(file)) => std::fs::read_to_string(file).map_err(|error| CliError::io(file, error))?,
        (None, None) => return Ok(None),
    };
    // What was given is not told: it may be nearly right.
    Pin::new(&given)
        .map(Some)
        .ok_or_else(|| CliError::Arguments("a PIN has 4 to 16 digits and nothing else".to_owned()))
}

/// For tests: the time that stands in a file, seconds.
fn clock(file: PathBuf) -> Arc<dyn Fn() -> Option<f64> + Send + Sync> {
    Arc::new(move || std::fs::read_to_string(&file).ok()?.trim().parse().ok())
}

/// `22:00-06:00`.
fn night(given: &str) -> Result<[Time; 2], CliError> {
    let time = |text: &str| text.trim().parse::<Time>().ok();
    given
        .split_once('-')
        .and_then(|(from, to)| Some([time(from)?, time(to)?]))
        .ok_or_else(|| CliError::Arguments(format!("--night \"{given}\" is not two times such as 22:00-06:00")))
}

/// Tells the keeper that all is well: a line on standard output. Standard input ends when the keeper does, even if it
/// was killed; then the screen ends as well, by itself or, if it hangs, by force.
#[expect(
    clippy::disallowed_methods,
    reason = "a screen that hangs cannot be asked to end; it has no half-written files"
)]
fn alive() -> Arc<dyn Fn() -> bool + Send + Sync> {
    std::thread::spawn(|| {
        let mut rest = Vec::new();
        // Nobody writes there; whatever comes, it is over when it ends.
        let _ = std::io::stdin().lock().read_to_end(&mut rest);
        std::thread::sleep(watchdog::BEAT + ORPHAN_PATIENCE);
        std::process::exit(1);
    });
    Arc::new(|| {
        let mut out = std::io::stdout().lock();
        out.write_all(b"\n").and_then(|()| out.flush()).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_comes_from_an_argument_or_a_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("pin");
        std::fs::write(&file, "4711\n").expect("it is written");
        assert!(pin(None, None).expect("none").is_none());
        assert!(pin(None, Some(&file)).expect("a PIN").is_some_and(|pin| pin.is("4711")));
        assert!(pin(Some("0815"), None).expect("a PIN").is_some_and(|pin| pin.is("0815")));
        let Err(error) = pin(Some("secret"), None) else { panic!("no PIN") };
        assert!(!error.to_string().contains("secret"), "{error}");
        assert!(pin(None, Some(&folder.path().join("none"))).is_err());
    }

    #[test]
    fn a_night_is_two_times() {
        let at = |hour| jiff::civil::time(hour, 0, 0, 0);
        assert_eq!(night("22:00-06:00").expect("a night"), [at(22), at(6)]);
        for given in ["22:00", "22:00-", "-", "25:00-06:00", "night"] {
            assert!(night(given).is_err(), "{given}");
        }
    }
}
