//! `check`: reads files of any known kind and twins, and says what is wrong with them.

mod files;

#[cfg(test)]
mod tests;

use std::fmt;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use jiff::civil::Date;
use serde::Serialize;

use super::CliError;
use super::args::CheckArgs;
use crate::report::{Report, Warning};
use crate::store;

/// Exit code of a check that could not open a file: there is nothing to be said of it.
const NOT_THERE: u8 = 1;
/// Exit code of a check that found something.
const FOUND_SOMETHING: u8 = 3;

/// What was found in one file.
#[derive(Serialize)]
struct Checked {
    file: String,
    /// What it is, in words.
    kind: String,
    /// What it holds, line by line; counts and names, never a value.
    content: Vec<String>,
    /// Why it could not be read to its end.
    error: Option<String>,
    /// Whether it could be opened at all.
    #[serde(skip)]
    is_there: bool,
    /// How many warnings there are.
    warning_count: u64,
    /// The first of each kind.
    warnings: Vec<Warning>,
}

impl Checked {
    fn is_fine(&self) -> bool {
        self.error.is_none() && self.warning_count == 0
    }
}

/// Checks what the arguments name.
pub(super) fn run(args: CheckArgs) -> Result<ExitCode, CliError> {
    let today = jiff::Zoned::now().date();
    let checked: Vec<Checked> = args.files.iter().map(|file| check(file, today)).collect();
    let text = match args.json {
        true => json(&checked)?,
        false => checked.iter().map(Checked::to_string).collect(),
    };
    super::tell(&text)?;
    Ok(ExitCode::from(exit_code(&checked)))
}

/// A list with an object for each file.
fn json(checked: &[Checked]) -> Result<String, CliError> {
    Ok(serde_json::to_string_pretty(checked).map_err(|error| CliError::Output(error.into()))? + "\n")
}

fn exit_code(checked: &[Checked]) -> u8 {
    if !checked.iter().all(|one| one.is_there) {
        return NOT_THERE;
    }
    if checked.iter().all(Checked::is_fine) { 0 } else { FOUND_SOMETHING }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.file, self.kind)?;
        self.content.iter().try_for_each(|line| writeln!(f, "  {line}"))?;
        if let Some(error) = &self.error {
            writeln!(f, "  error: {error}")?;
        }
        self.warnings.iter().try_for_each(|warning| writeln!(f, "  warning: {warning}"))?;
        let hidden = self.warning_count.saturating_sub(self.warnings.len() as u64);
        if hidden > 0 {
            writeln!(f, "  {hidden} more warnings of the same kinds")?;
        }
        if self.is_fine() {
            writeln!(f, "  nothing wrong found")?;
        }
        Ok(())
    }
}

/// What a file is and what it holds, or why that cannot be said.
type Found = Result<(String, String), String>;

fn check(file: &Path, today: Date) -> Checked {
    let mut report = Report::default();
    let opened = if file.is_dir() { Ok(()) } else { fs::File::open(file).map(drop) };
    let is_there = opened.is_ok();
    let found = match opened {
        Err(error) => Err(error.to_string()),
        Ok(()) if file.is_dir() => folder(file, &mut report),
        Ok(()) => files::single(file, today, &mut report),
    };
    let (kind, content, error) = match found {
        Ok((kind, content)) => (kind, content, None),
        Err(error) => ("not readable".to_owned(), String::new(), Some(error)),
    };
    let warnings = report.warnings().to_vec();
    let content = content.lines().map(str::to_owned).collect();
    Checked {
        file: file.display().to_string(),
        kind,
        content,
        error,
        is_there,
        warning_count: report.total(),
        warnings,
    }
}

/// A twin, or one of its releases as it stands on a web server.
fn folder(folder: &Path, report: &mut Report) -> Found {
    match (folder.join(store::MANIFEST).is_file(), folder.join(store::TWIN).is_file()) {
        (true, _) => twin(folder, report),
        (false, true) => files::release(&folder.join(store::TWIN), report),
        (false, false) => {
            let (manifest, twin) = (store::MANIFEST, store::TWIN);
            Err(format!("this folder is no twin, it has neither {manifest} nor {twin}; name the files in it"))
        }
    }
}

fn twin(folder: &Path, report: &mut Report) -> Found {
    let manifest = store::check(folder, report).map_err(|error| error.to_string())?;
    let is_inside = |name: &&String| store::stays_inside(name);
    let tilesets = manifest.files.keys().filter(|name| name.ends_with("/tileset.json"));
    for path in tilesets.filter(is_inside).map(|name| folder.join(name)) {
        // One that is missing has been reported already.
        if let Ok(json) = fs::read(&path) {
            files::against_the_standard(&path, &json, report);
        }
    }
    let bytes: u64 = manifest.files.values().map(|entry| entry.bytes).sum();
    let (files, audiences) = (manifest.files.len(), manifest.audiences.join(", "));
    let content = format!("{files} files, {bytes} bytes, for {audiences}\npolicy {}", manifest.policy_hash);
    Ok((format!("twin of {}", manifest.city), content))
}
