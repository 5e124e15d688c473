//! The command line: arguments as given → validated → one command's work → an exit code.
//!
//! The last station: it composes everything and holds no logic of its own. [`run`] never ends the process, so that
//! temporary files are cleaned up on every way out.

#![expect(clippy::print_stderr, reason = "a command line says on standard error how it goes")]

mod args;
mod build;
mod check;
mod error;
mod fetch;
#[cfg(feature = "viewer")]
mod kiosk;
#[cfg(not(feature = "viewer"))]
#[path = "no_kiosk.rs"]
mod kiosk;
mod progress;
mod sample;
mod version;
#[cfg(feature = "viewer")]
mod view;
#[cfg(not(feature = "viewer"))]
#[path = "no_view.rs"]
mod view;

#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use jiff::civil::Date;

use args::{Arguments, Command};
pub use error::CliError;

/// Exit code of wrong arguments.
const WRONG_ARGUMENTS: u8 = 2;

/// Does what the arguments (the program's name first) ask for. Gives the exit code, or why it could not be done.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<ExitCode, CliError> {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(answer) => return answer_of_clap(&answer),
    };
    let name = arguments.command.as_ref().map(Command::name);
    let result = match arguments.version {
        true => tell(&version::text()).map(|()| ExitCode::SUCCESS),
        false => dispatch(arguments.command),
    };
    match result {
        Err(CliError::Arguments(message)) => answer_of_clap(&wrong(name, &message)),
        // Whoever reads the answer has seen enough of it, as `| head` does.
        Err(CliError::Output(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        result => result,
    }
}

/// Wrong arguments as clap answers those that it finds itself: with how the command is used.
fn wrong(name: Option<&str>, message: &str) -> clap::Error {
    let mut program = Arguments::command();
    program.build();
    let error = |command: &mut clap::Command| command.error(clap::error::ErrorKind::ValueValidation, message);
    match name.and_then(|name| program.find_subcommand_mut(name)) {
        Some(command) => error(command),
        None => error(&mut program),
    }
}

/// The day that an argument names.
fn day(argument: &str, given: &str) -> Result<Date, CliError> {
    let wrong = || CliError::Arguments(format!("{argument} \"{given}\" is not a date such as 2026-06-21"));
    crate::texts::day(given).ok_or_else(wrong)
}

/// Writes an answer to standard output.
fn tell(text: &str) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(CliError::Output)
}

/// Says on standard error why the program failed.
pub fn print_error(error: &CliError) {
    eprintln!("stadtzwilling: {error}");
}

/// Tells on standard error what a command that goes on for long has come to.
#[cfg(feature = "viewer")]
fn print_note(what: &str) {
    eprintln!("stadtzwilling: {what}");
}

/// Help goes to standard output and is no failure; wrong arguments go to standard error.
fn answer_of_clap(answer: &clap::Error) -> Result<ExitCode, CliError> {
    match answer.print() {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(CliError::Output(error)),
        _ => {}
    }
    Ok(if answer.use_stderr() { ExitCode::from(WRONG_ARGUMENTS) } else { ExitCode::SUCCESS })
}

fn dispatch(command: Option<Command>) -> Result<ExitCode, CliError> {
    match command {
        None => run(["stadtzwilling", "view"].map(OsString::from)),
        Some(Command::Fetch(args)) => fetch::run(args),
        Some(Command::Build(args)) => build::run(args),
        Some(Command::Check(args)) => check::run(args),
        Some(Command::View(args)) => view::run(args),
        Some(Command::Kiosk(args)) => kiosk::run(args),
        Some(Command::Sample(args)) => sample::run(args),
    }
}
