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
    let requests = requests(&city, &args.sources, &out, area)?;
    each(&requests, |source, request| {
        let summary = fetch(request, &manners, Arc::new(Disk), Arc::new(DownloadBar::new(&source.id)))?;
        super::tell(&closing(source, request, &summary))
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Fetches all sources, also after one that fails: what came is kept, and the next call has less to do. Gives the last
/// error and says the others.
fn each(
    requests: &[(&Source, Request)],
    mut fetch: impl FnMut(&Source, &Request) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let mut last = Ok(());
    for (source, request) in requests {
        match (fetch(source, request), last) {
            (Err(error), Err(earlier)) => {
                super::print_error(&earlier);
                last = Err(error);
            }
            (Err(error), Ok(())) => last = Err(error),
            (Ok(()), earlier) => last = earlier,
        }
    }
    last
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
    if ids.is_empty() {
        return Err(CliError::NothingToFetch { file: city.file.display().to_string() });
    }
    if let Some(unknown) = wanted.iter().find(|id| !ids.contains(&id.as_str())) {
        let known = ids.join(", ");
        return Err(CliError::Arguments(format!(
            "--source {unknown}: the city has no such source to download; it has {known}"
        )));
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

#[cfg(test)]
mod tests {
    use super::*;

    const CITY: &str = r#"id = "musterstadt"
title = { de = "Musterstadt", en = "Sampleton" }
crs = "EPSG:25832"
heights = "DHHN2016"
geoid_undulation_m = 45.6
policy = "policy.toml"
time_zone = "Europe/Berlin"
data = "synthetic"
home = { lon_deg = 11.5, lat_deg = 48.1, height_m = 500, distance_m = 900, heading_deg = 0, pitch_deg = -30 }
"#;

    #[test]
    fn a_city_without_an_index_is_no_wrong_argument() {
        let city = CityConfig::parse(Path::new("city.toml"), CITY).unwrap();
        let error = requests(&city, &[], Path::new("downloads"), None).unwrap_err();
        assert!(matches!(error, CliError::NothingToFetch { .. }), "{error}");
        assert_eq!(error.to_string(), "city.toml: no source has an index to download from");
    }

    #[test]
    fn a_source_that_fails_does_not_stop_the_others() {
        let source = |id: &str| {
            format!(
                "[[sources]]\nid = \"{id}\"\nkind = \"buildings\"\ntitle = {{ de = \"A\", en = \"A\" }}\n\
                 index = \"https://geodaten.example/{id}.meta4\"\nattribution = \"A\"\nlicence = \"CC0 1.0\"\n"
            )
        };
        let text = [CITY, &source("one"), &source("two"), &source("three")].concat();
        let city = CityConfig::parse(Path::new("city.toml"), &text).unwrap();
        let requests = requests(&city, &[], Path::new("downloads"), None).unwrap();
        let mut asked = Vec::new();
        let error = each(&requests, |source, _| {
            asked.push(source.id.clone());
            if source.id == "two" { Ok(()) } else { Err(CliError::Arguments(source.id.clone())) }
        });
        assert_eq!(asked, ["one", "two", "three"]);
        assert_eq!(error.unwrap_err().to_string(), "three");
        each(&requests, |_, _| Ok(())).unwrap();
    }
}
