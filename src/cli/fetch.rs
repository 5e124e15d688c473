//! `fetch`: the sources of a city that have an index, downloaded one after the other.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use super::CliError;
use super::args::FetchArgs;
use super::progress::DownloadBar;
use crate::city::{CityConfig, Source};
use crate::source::download::{Area, Disk, Manners, Notice, Request, Summary, fetch};
use crate::twin::Language;

/// More at a time than this from one host is impolite whoever asks for it.
const MOST_PER_HOST: usize = 8;

/// Downloads what the arguments name.
pub(super) fn run(args: FetchArgs) -> Result<ExitCode, CliError> {
    if !(1..=MOST_PER_HOST).contains(&args.per_host) {
        return Err(CliError::Arguments(format!("--per-host {} is not within 1 to {MOST_PER_HOST}", args.per_host)));
    }
    let city = CityConfig::load(&args.city)?;
    let area = match &args.bbox {
        Some(text) => {
            Some(Area::parse(text, city.crs).map_err(|error| CliError::Arguments(format!("--bbox: {error}")))?)
        }
        None => None,
    };
    let out = args.out.clone().unwrap_or_else(|| city.default_downloads());
    let manners = Manners { per_host: args.per_host, ..Manners::default() };
    for (source, request) in requests(&city, &args.sources, &out, area)? {
        let summary = fetch(&request, &manners, Arc::new(Disk), Arc::new(DownloadBar::new(&source.id)))?;
        super::tell(&closing(source, &request, &summary))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// One request for each source that is asked for.
fn requests<'a>(
    city: &'a CityConfig,
    wanted: &[String],
    out: &Path,
    area: Option<Area>,
) -> Result<Vec<(&'a Source, Request)>, CliError> {
    let with_index: Vec<_> = city.sources.iter().filter_map(|source| Some((source, source.index.clone()?))).collect();
    let ids: Vec<&str> = with_index.iter().map(|(source, _)| source.id.as_str()).collect();
    if let Some(unknown) = wanted.iter().find(|id| !ids.contains(&id.as_str())) {
        let known = ids.join(", ");
        return Err(CliError::Arguments(format!(
            "--source {unknown}: the city has no such source to download; it has {known}"
        )));
    }
    if ids.is_empty() {
        return Err(CliError::Arguments(format!("{}: no source has an index to download from", city.file.display())));
    }
    let chosen = with_index.into_iter().filter(|(source, _)| wanted.is_empty() || wanted.contains(&source.id));
    Ok(chosen
        .map(|(source, index)| (source, Request { index, folder: out.join(&source.id), area, notice: notice(source) }))
        .collect())
}

fn notice(source: &Source) -> Notice {
    let info = &source.info;
    Notice {
        title: info.title.get(Language::De).to_owned(),
        attribution: info.attribution.clone(),
        licence: info.licence.clone(),
        licence_url: info.licence_url.clone(),
        date: info.date.clone(),
    }
}

fn closing(source: &Source, request: &Request, summary: &Summary) -> String {
    let bytes = indicatif::HumanBytes(summary.bytes);
    format!(
        "{}: {} files fetched, {} already there, of {} in the index; {bytes} in {}\n",
        source.id,
        summary.fetched,
        summary.unchanged,
        summary.listed,
        request.folder.display()
    )
}
