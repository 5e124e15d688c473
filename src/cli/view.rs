//! `view`, and the program without a command: validates the arguments and hands over to the viewer.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::civil::{DateTime, Time};
use url::Url;

use super::CliError;
use super::args::{AudienceArg, ThemeArg, ViewArgs};
use super::sample::sample_twin;
use crate::twin::CameraPose;
use crate::viewer::{self, Audience, Screenshot, StateLog, Theme, USUAL_SUN, ViewerOptions, ViewerSource};

/// The largest picture: what every GPU of the last ten years can draw at once.
const LARGEST_SIDE: u32 = 8192;

/// Opens what the arguments name; without any the sample city.
pub(super) fn run(args: ViewArgs) -> Result<ExitCode, CliError> {
    let named = args.source.as_deref().map(source).transpose()?;
    let sample = || Ok(ViewerSource::Path(sample_twin()?));
    viewer::run(options(args, || named.map_or_else(sample, Ok))?)?;
    Ok(ExitCode::SUCCESS)
}

/// What the viewer is started with. The source comes last: to have one may take long, and wrong arguments are told before.
fn options(args: ViewArgs, source: impl FnOnce() -> Result<ViewerSource, CliError>) -> Result<ViewerOptions, CliError> {
    Ok(ViewerOptions {
        audience: match args.audience {
            AudienceArg::Citizen => Audience::Citizen,
            AudienceArg::Planner => Audience::Planner,
        },
        camera: args.camera.as_deref().map(camera).transpose()?,
        size: size(&args.size)?,
        language: args.language,
        theme: theme(args.theme),
        time: time(args.date.as_deref(), args.time.as_deref())?,
        screenshot: args.screenshot.map(screenshot).transpose()?,
        state_log: args.state_log.map(StateLog::File),
        ..ViewerOptions::new(source()?)
    })
}

pub(super) fn theme(given: ThemeArg) -> Theme {
    match given {
        ThemeArg::Light => Theme::Light,
        ThemeArg::Dark => Theme::Dark,
    }
}

/// A picture that can be written where it is asked for. The file is made when the picture is.
fn screenshot(path: PathBuf) -> Result<Screenshot, CliError> {
    if !path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("png")) {
        let message =
            format!("--screenshot \"{}\" does not end in .png, and no other pictures are written", path.display());
        return Err(CliError::Arguments(message));
    }
    let writable = if path.exists() {
        std::fs::OpenOptions::new().write(true).open(&path).map(drop)
    } else {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        tempfile::tempfile_in(folder).map(drop)
    };
    writable.map_err(|error| CliError::io(&path, error))?;
    Ok(Screenshot { path })
}

/// A web address where it looks like one, else a path that must be there.
pub(super) fn source(given: &str) -> Result<ViewerSource, CliError> {
    if given.starts_with("http://") || given.starts_with("https://") {
        return match Url::parse(given) {
            Ok(url) => Ok(ViewerSource::Url(url)),
            Err(error) => Err(CliError::Arguments(format!("\"{given}\" is not an address: {error}"))),
        };
    }
    let path = Path::new(given);
    if path.exists() {
        return Ok(ViewerSource::Path(path.to_owned()));
    }
    Err(CliError::Arguments(format!("\"{given}\" is neither a file or folder that exists nor an http(s) address")))
}

fn camera(given: &str) -> Result<CameraPose, CliError> {
    let wrong = || {
        CliError::Arguments(format!(
            "--camera \"{given}\" is not LON,LAT,HEIGHT,DISTANCE,HEADING,PITCH, such as 11.5755,48.1372,565,900,20,-35"
        ))
    };
    CameraPose::of_numbers(given).ok_or_else(wrong)
}

pub(super) fn size(given: &str) -> Result<(u32, u32), CliError> {
    let side = |text: &str| text.parse().ok().filter(|side| (16..=LARGEST_SIDE).contains(side));
    given.split_once('x').and_then(|(width, height)| Some((side(width)?, side(height)?))).ok_or_else(|| {
        CliError::Arguments(format!("--size \"{given}\" is not a size of 16x16 to 8192x8192, such as 1280x720"))
    })
}

/// The moment for the sun; what is not given is as without both.
fn time(date: Option<&str>, time: Option<&str>) -> Result<Option<DateTime>, CliError> {
    if date.is_none() && time.is_none() {
        return Ok(None);
    }
    let day = date.map_or(Ok(USUAL_SUN.date()), |given| super::day("--date", given))?;
    let hour = match time {
        Some(given) => given
            .parse::<Time>()
            .map_err(|_| CliError::Arguments(format!("--time \"{given}\" is not a time such as 17:30")))?,
        None => USUAL_SUN.time(),
    };
    Ok(Some(day.to_datetime(hour)))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::args::{Arguments, Command};

    fn said(arguments: &[&str]) -> String {
        let given = Arguments::try_parse_from([&["stadtzwilling", "view"], arguments].concat()).expect("clap lets it");
        let Some(Command::View(args)) = given.command else { panic!("it is a view") };
        let never = || Err(CliError::Arguments("the sample was asked for".to_owned()));
        options(args, never).map(drop).expect_err("there is no source").to_string()
    }

    /// The sample takes a while to be built; who has mistyped a number is told before.
    #[test]
    fn wrong_arguments_are_told_before_a_city_is_built() {
        assert!(said(&["--camera", "bad"]).starts_with("--camera \"bad\" is not"));
        assert!(said(&["--size", "0x0"]).starts_with("--size"));
        assert!(said(&["--date", "20260621"]).starts_with("--date \"20260621\" is not a date"));
        assert_eq!(said(&["--camera", "11,48,500,900,0,-30"]), "the sample was asked for");
    }

    #[test]
    fn a_picture_that_cannot_be_written_is_refused_before_anything_is_opened() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name).display().to_string();
        assert!(
            said(&["--screenshot", &at("x.jpg")]).ends_with("does not end in .png, and no other pictures are written")
        );
        assert!(said(&["--screenshot", &at("no/x.png")]).starts_with(&at("no/x.png")));
        std::fs::create_dir(at("folder.png")).expect("a folder");
        assert!(said(&["--screenshot", &at("folder.png")]).starts_with(&at("folder.png")));
        assert_eq!(said(&["--screenshot", &at("x.PNG")]), "the sample was asked for");
        assert!(!Path::new(&at("x.PNG")).exists(), "nothing is left behind");
    }
}
