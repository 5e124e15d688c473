//! `build`: a twin from a city's data, with progress on the way and a summary at the end.

use std::path::Path;
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
    let audiences: Vec<Audience> = args.audience.iter().map(|&audience| audience.into()).collect();
    let start = Instant::now();
    let summary = build_twin(&args.city, &args.out, &audiences, args.data.as_deref(), today)?;
    for warning in summary.warnings.iter().take(WARNINGS_SHOWN) {
        eprintln!("warning: {warning}");
    }
    let hidden = summary.warnings.len().saturating_sub(WARNINGS_SHOWN);
    if hidden > 0 {
        eprintln!("warning: {hidden} more; stadtzwilling check names them");
    }
    print!("{summary}");
    println!("done     {} in {:.1} s", args.out.display(), start.elapsed().as_secs_f64());
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

/// Builds a twin with a bar on standard error. `downloads` and `today` have their usual values where they are `None`.
pub(super) fn build_twin(
    city: &Path,
    out: &Path,
    audiences: &[Audience],
    downloads: Option<&Path>,
    today: Option<Date>,
) -> Result<BuildSummary, CliError> {
    let city = CityConfig::load(city)?;
    let options = BuildOptions {
        out: out.to_owned(),
        audiences: audiences.to_vec(),
        downloads: downloads.map_or_else(|| city.default_downloads(), Path::to_owned),
        today: today.unwrap_or_else(|| jiff::Zoned::now().date()),
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
