//! `build`: a twin from a city's data, with progress on the way and a summary at the end.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Instant;

use indicatif::ProgressBar;
use jiff::civil::Date;

use super::CliError;
use super::args::{AudienceArg, BuildArgs};
use super::progress::{bar, say};
use crate::city::CityConfig;
use crate::privacy::Audience;
use crate::store::build::{BuildOptions, BuildProgress, BuildSummary, build};

/// Warnings that are printed one by one; all are counted.
const WARNINGS_SHOWN: usize = 20;

/// Builds what the arguments name.
pub(super) fn run(args: BuildArgs) -> Result<ExitCode, CliError> {
    let today = args.date.as_deref().map(date).transpose()?;
    let wanted = Wanted {
        audiences: args.audience.iter().map(|&audience| audience.into()).collect(),
        purpose: args.purpose,
        downloads: args.data,
        today,
        ..Wanted::at(&args.out)
    };
    let start = Instant::now();
    let summary = build_twin(&args.city, &wanted)?;
    for warning in summary.warnings.iter().take(WARNINGS_SHOWN) {
        eprintln!("warning: {warning}");
    }
    let hidden = summary.warnings.len().saturating_sub(WARNINGS_SHOWN);
    if hidden > 0 {
        eprintln!("warning: {hidden} more; stadtzwilling check names them");
    }
    let seconds = start.elapsed().as_secs_f64();
    super::tell(&format!("{summary}done     {} in {seconds:.1} s\n", args.out.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn date(given: &str) -> Result<Date, CliError> {
    given.parse().map_err(|_| CliError::Arguments(format!("--date \"{given}\" is not a date such as 2026-06-21")))
}

impl From<AudienceArg> for Audience {
    fn from(audience: AudienceArg) -> Self {
        match audience {
            AudienceArg::Citizen => Self::Citizen,
            AudienceArg::Planner => Self::Planner,
        }
    }
}

/// A build as the command line knows it; what is `None` has its usual value.
pub(super) struct Wanted<'a> {
    pub out: &'a Path,
    pub audiences: Vec<Audience>,
    pub purpose: Option<String>,
    pub downloads: Option<PathBuf>,
    pub today: Option<Date>,
}

impl<'a> Wanted<'a> {
    /// The citizens' release at `out`.
    pub(super) fn at(out: &'a Path) -> Self {
        Self { out, audiences: vec![Audience::Citizen], purpose: None, downloads: None, today: None }
    }
}

/// Builds a twin with a bar on standard error.
pub(super) fn build_twin(city: &Path, wanted: &Wanted<'_>) -> Result<BuildSummary, CliError> {
    let city = CityConfig::load(city)?;
    let options = BuildOptions {
        out: wanted.out.to_owned(),
        audiences: wanted.audiences.clone(),
        purpose: wanted.purpose.clone(),
        downloads: wanted.downloads.clone().unwrap_or_else(|| city.default_downloads()),
        today: wanted.today.unwrap_or_else(|| jiff::Zoned::now().date()),
    };
    Ok(build(&city, &options, &BuildBar::default())?)
}

/// One bar after the other, for each stage of a build.
#[derive(Default)]
struct BuildBar {
    current: Mutex<Option<ProgressBar>>,
}

impl BuildProgress for BuildBar {
    fn stage(&self, name: &'static str, total: u64) {
        let Ok(mut current) = self.current.lock() else { return };
        if let Some(old) = current.take() {
            old.finish_and_clear();
        }
        let template = if total > 0 { "{prefix} [{bar:28}] {pos}/{len} {eta} left" } else { "{prefix} {elapsed}" };
        let bar = bar(template, name);
        bar.set_length(total);
        say(&bar, &format!("build: {name}"));
        *current = Some(bar);
    }

    fn advanced(&self, done: u64) {
        if let Some(bar) = self.current.lock().ok().as_deref().and_then(Option::as_ref) {
            bar.set_position(done);
        }
    }
}

impl Drop for BuildBar {
    fn drop(&mut self) {
        if let Some(bar) = self.current.lock().ok().as_deref().and_then(Option::as_ref) {
            bar.finish_and_clear();
        }
    }
}
