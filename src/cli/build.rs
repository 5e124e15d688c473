//! `build`: a twin from a city's data, with progress on the way and a summary at the end.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Instant;

use indicatif::{HumanCount, ProgressBar};
use jiff::civil::Date;

use super::CliError;
use super::args::{AudienceArg, BuildArgs};
use super::progress::{bar, say};
use crate::city::{CityConfig, DataKind};
use crate::privacy::Audience;
use crate::report::Report;
use crate::store::build::{Amount, BuildOptions, BuildProgress, BuildSummary, build};

/// Warnings that are printed one by one; all are counted.
const WARNINGS_SHOWN: usize = 20;

/// Builds what the arguments name.
pub(super) fn run(args: BuildArgs) -> Result<ExitCode, CliError> {
    let day = args.date.as_deref().map(|given| super::day("--date", given)).transpose()?;
    if args.purpose.is_some() && !args.audience.contains(&AudienceArg::Planner) {
        let message = "--purpose is what planners need the twin for, and --audience does not name them";
        return Err(CliError::Arguments(message.to_owned()));
    }
    let wanted = Wanted {
        audiences: args.audience.iter().map(|&audience| audience.into()).collect(),
        purpose: args.purpose,
        downloads: args.data,
        day,
        ..Wanted::at(&args.out)
    };
    let start = Instant::now();
    let mut report = Report::default();
    let result = build_twin(&args.city, &wanted, jiff::Zoned::now().date(), &mut report);
    // Also of a build that failed: they often say why.
    eprint!("{}", shown(&report));
    let summary = result?;
    let seconds = start.elapsed().as_secs_f64();
    super::tell(&format!("{summary}done     {} in {seconds:.1} s\n", args.out.display()))?;
    Ok(ExitCode::SUCCESS)
}

/// The first warnings, a line each, and how many more there were.
fn shown(report: &Report) -> String {
    let mut lines: Vec<String> =
        report.warnings().iter().take(WARNINGS_SHOWN).map(|warning| format!("warning: {warning}\n")).collect();
    let hidden = report.total() - lines.len() as u64;
    if hidden > 0 {
        lines.push(format!("warning: {hidden} more; stadtzwilling check names them\n"));
    }
    lines.concat()
}

/// The day by which the policy is judged. What has run out must not release real data by a date that is set back.
fn day(data: DataKind, given: Option<Date>, today: Date) -> Result<Date, CliError> {
    match given {
        Some(day) if data == DataKind::Real && day < today => {
            let message = format!("--date {day} has passed: real data is released by the policy of {today} or later");
            Err(CliError::Arguments(message))
        }
        given => Ok(given.unwrap_or(today)),
    }
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
    pub day: Option<Date>,
}

impl<'a> Wanted<'a> {
    /// The citizens' release at `out`.
    pub(super) fn at(out: &'a Path) -> Self {
        Self { out, audiences: vec![Audience::Citizen], purpose: None, downloads: None, day: None }
    }
}

/// Builds a twin with a bar on standard error. What was met on the way stands in `report`, also if it fails.
pub(super) fn build_twin(
    city: &Path,
    wanted: &Wanted<'_>,
    today: Date,
    report: &mut Report,
) -> Result<BuildSummary, CliError> {
    let city = CityConfig::load(city)?;
    let options = BuildOptions {
        out: wanted.out.to_owned(),
        audiences: wanted.audiences.clone(),
        purpose: wanted.purpose.clone(),
        downloads: wanted.downloads.clone().unwrap_or_else(|| city.default_downloads()),
        today: day(city.data, wanted.day, today)?,
    };
    Ok(build(&city, &options, &BuildBar::default(), report)?)
}

/// One bar after the other, for each stage of a build.
#[derive(Default)]
struct BuildBar {
    current: Mutex<Option<ProgressBar>>,
}

impl BuildProgress for BuildBar {
    fn stage(&self, name: &'static str, total: Amount) {
        let Ok(mut current) = self.current.lock() else { return };
        if let Some(old) = current.take() {
            old.finish_and_clear();
        }
        let (length, template) = match total {
            Amount::Bytes(0) | Amount::Steps(0) => (0, "{prefix} {msg} {elapsed}"),
            Amount::Bytes(bytes) => (bytes, "{prefix} [{bar:28}] {bytes}/{total_bytes} {eta} left"),
            Amount::Steps(steps) => (steps, "{prefix} [{bar:28}] {pos}/{len} {eta} left"),
        };
        let bar = bar(template, name);
        bar.set_length(length);
        say(&bar, &format!("build: {name}"));
        *current = Some(bar);
    }

    fn advanced(&self, done: u64) {
        if let Some(bar) = self.current.lock().ok().as_deref().and_then(Option::as_ref) {
            bar.set_position(done);
            // A stage whose end nobody knows shows how much it has done.
            if bar.length() == Some(0) {
                bar.set_message(HumanCount(done).to_string());
            }
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

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::report::{Place, WarningKind};

    #[test]
    fn real_data_needs_a_policy_of_today() {
        let today = date(2026, 11, 26);
        let of = |data, given| day(data, given, today).map_err(|error| error.to_string());
        assert_eq!(of(DataKind::Real, None), Ok(today));
        assert_eq!(of(DataKind::Real, Some(today)), Ok(today));
        assert_eq!(of(DataKind::Real, Some(date(2027, 1, 1))), Ok(date(2027, 1, 1)));
        assert_eq!(of(DataKind::Synthetic, Some(date(2020, 1, 1))), Ok(date(2020, 1, 1)));
        let error = "--date 2026-11-25 has passed: real data is released by the policy of 2026-11-26 or later";
        assert_eq!(of(DataKind::Real, Some(date(2026, 11, 25))), Err(error.to_owned()));
    }

    /// A stage of which the end is known has a bar of that length, which begins anew with the next stage.
    #[test]
    fn every_stage_has_a_bar_of_its_own() {
        let bar = BuildBar::default();
        let shown = || {
            let current = bar.current.lock().unwrap();
            current.as_ref().map(|bar| (bar.prefix(), bar.position(), bar.length(), bar.message()))
        };
        bar.advanced(3);
        assert_eq!(shown(), None, "nothing has begun");
        bar.stage("buildings", Amount::Bytes(9_000));
        bar.advanced(4_000);
        assert_eq!(shown(), Some(("buildings".to_owned(), 4_000, Some(9_000), String::new())));
        bar.stage("tiles", Amount::Steps(20));
        assert_eq!(shown(), Some(("tiles".to_owned(), 0, Some(20), String::new())));
        bar.stage("ground", Amount::Steps(0));
        bar.advanced(1_500);
        assert_eq!(shown(), Some(("ground".to_owned(), 1_500, Some(0), "1,500".to_owned())));
    }

    #[test]
    fn all_warnings_are_counted_whatever_is_shown() {
        let mut report = Report::default();
        assert_eq!(shown(&report), "");
        for line in 1..=500 {
            let place = Place { file: "a.gml".into(), line, object: None };
            report.warn(WarningKind::PolygonMended, place, "the ring was closed");
        }
        let shown = shown(&report);
        assert_eq!(shown.lines().count(), WARNINGS_SHOWN + 1);
        assert!(shown.starts_with("warning: a.gml:1: the ring was closed\n"), "{shown}");
        assert!(shown.ends_with("warning: 480 more; stadtzwilling check names them\n"), "{shown}");
    }
}
