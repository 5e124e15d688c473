//! `view`, and the program without a command: validates the arguments and hands over to the viewer.

use std::path::Path;
use std::process::ExitCode;

use jiff::civil::{Date, DateTime, Time};
use url::Url;

use super::CliError;
use super::args::{AudienceArg, ThemeArg, ViewArgs};
use super::sample::sample_twin;
use crate::twin::CameraPose;
use crate::viewer::{self, Audience, Screenshot, StateLog, Theme, ViewerOptions, ViewerSource};

/// The largest picture: what every GPU of the last ten years can draw at once.
const LARGEST_SIDE: u32 = 8192;

/// Opens what the arguments name; without any the sample city.
pub(super) fn run(args: ViewArgs) -> Result<ExitCode, CliError> {
    let source = match &args.source {
        Some(given) => source(given)?,
        None => ViewerSource::Path(sample_twin()?),
    };
    viewer::run(options(args, source)?)?;
    Ok(ExitCode::SUCCESS)
}

fn options(args: ViewArgs, source: ViewerSource) -> Result<ViewerOptions, CliError> {
    Ok(ViewerOptions {
        audience: match args.audience {
            AudienceArg::Citizen => Audience::Citizen,
            AudienceArg::Planner => Audience::Planner,
        },
        camera: args.camera.as_deref().map(camera).transpose()?,
        size: size(&args.size)?,
        screenshot: args.screenshot.map(|path| Screenshot { path }),
        language: args.language,
        theme: theme(args.theme),
        time: time(args.date.as_deref(), args.time.as_deref())?,
        state_log: args.state_log.map(StateLog::File),
        ..ViewerOptions::new(source)
    })
}

pub(super) fn theme(given: ThemeArg) -> Theme {
    match given {
        ThemeArg::Light => Theme::Light,
        ThemeArg::Dark => Theme::Dark,
    }
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
    let numbers: Vec<f64> = given.split(',').map_while(|number| number.trim().parse().ok()).collect();
    let &[lon_deg, lat_deg, height_m, distance_m, heading_deg, pitch_deg] = numbers.as_slice() else {
        return Err(wrong());
    };
    let sensible = lon_deg.abs() <= 180.0
        && lat_deg.abs() <= 90.0
        && height_m.abs() <= 20_000.0
        && (0.1..=1e8).contains(&distance_m)
        && heading_deg.abs() <= 360.0
        && pitch_deg.abs() <= 90.0;
    if !sensible || given.split(',').count() != 6 {
        return Err(wrong());
    }
    Ok(CameraPose { lon_deg, lat_deg, height_m, distance_m, heading_deg, pitch_deg })
}

pub(super) fn size(given: &str) -> Result<(u32, u32), CliError> {
    let side = |text: &str| text.parse().ok().filter(|side| (16..=LARGEST_SIDE).contains(side));
    given.split_once('x').and_then(|(width, height)| Some((side(width)?, side(height)?))).ok_or_else(|| {
        CliError::Arguments(format!("--size \"{given}\" is not a size of 16x16 to 8192x8192, such as 1280x720"))
    })
}

/// The moment for the sun; a date alone is its noon, a time alone is of midsummer's day.
fn time(date: Option<&str>, time: Option<&str>) -> Result<Option<DateTime>, CliError> {
    if date.is_none() && time.is_none() {
        return Ok(None);
    }
    let day = match date {
        Some(given) => given
            .parse::<Date>()
            .map_err(|_| CliError::Arguments(format!("--date \"{given}\" is not a date such as 2026-06-21")))?,
        None => jiff::civil::date(2026, 6, 21),
    };
    let hour = match time {
        Some(given) => given
            .parse::<Time>()
            .map_err(|_| CliError::Arguments(format!("--time \"{given}\" is not a time such as 17:30")))?,
        None => jiff::civil::time(12, 0, 0, 0),
    };
    Ok(Some(day.to_datetime(hour)))
}
