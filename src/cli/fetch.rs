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
    let manners = Manners { per_host: args.per_host, ..Manners::default() };
    fetch_all(&args, &manners, &mut |line| super::tell(line))
}

/// Downloads with these manners; `tell` has the closing line of each source.
fn fetch_all(
    args: &FetchArgs,
    manners: &Manners,
    tell: &mut dyn FnMut(&str) -> Result<(), CliError>,
) -> Result<ExitCode, CliError> {
    let city = CityConfig::load(&args.city)?;
    let area = match &args.bbox {
        Some(text) => {
            Some(Area::parse(text, city.crs).map_err(|error| CliError::Arguments(format!("--bbox: {error}")))?)
        }
        None => None,
    };
    let out = args.out.clone().unwrap_or_else(|| city.default_downloads());
    let requests = requests(&city, &args.sources, &out, area)?;
    each(&requests, |source, request| {
        let summary = fetch(request, manners, Arc::new(Disk), Arc::new(DownloadBar::new(&source.id)))?;
        tell(&closing(source, request, &summary))
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
    use std::fs;
    use std::path::PathBuf;
    use std::time::Duration;

    use url::Url;

    use super::*;
    use crate::cli::build::{Wanted, build_twin};
    use crate::report::Report;
    use crate::sample::{self, SampleFolder, SampleOptions};
    use crate::source::download::loopback::{Answer, Server, index, nobody};

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

    /// A sample of 20 buildings whose building models are not there; gives the city file and the models by name.
    fn city_without_models(folder: &Path) -> (PathBuf, Vec<(String, Vec<u8>)>) {
        let mut files = SampleFolder::create(folder.to_owned()).unwrap();
        sample::write(&SampleOptions { buildings: 20, ..SampleOptions::default() }, &mut files).unwrap();
        let read = |entry: std::io::Result<fs::DirEntry>| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap())
        };
        let folder_of_models = folder.join("citygml");
        let models = fs::read_dir(&folder_of_models).unwrap().map(read).collect();
        fs::remove_dir_all(&folder_of_models).unwrap();
        (folder.join("city.toml"), models)
    }

    /// Makes the models a download.
    fn name_index(city: &Path, url: &Url) {
        let (paths, text) = ("paths = [\"citygml/*.gml\"]", fs::read_to_string(city).unwrap());
        assert!(text.contains(paths));
        fs::write(city, text.replacen(paths, &format!("index = \"{url}\""), 1)).unwrap();
    }

    /// A server of files, and one of their index.
    fn serve(files: &[(String, Vec<u8>)]) -> (Server, Server) {
        let (served, listed) = (files.to_vec(), files.to_vec());
        let mirror = Server::start(move |ask| {
            let file = served.iter().find(|(name, _)| ask.path.ends_with(name)).unwrap();
            Answer::file(ask, &file.1, "\"v1\"")
        });
        let at = mirror.url("/");
        let list = Server::start(move |_| {
            let files: Vec<_> = listed.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
            Answer::new(200, &index(&files, std::slice::from_ref(&at)))
        });
        (mirror, list)
    }

    /// What `fetch` answers: its closing lines with the exit code, or the error.
    fn fetched(city: &Path) -> Result<String, String> {
        let args = FetchArgs { city: city.to_owned(), out: None, bbox: None, sources: Vec::new(), per_host: 2 };
        let pause = Duration::from_millis(1);
        let manners = Manners { rounds: 1, pause, system_proxy: false, ..Manners::default() };
        let mut told = String::new();
        let code = fetch_all(&args, &manners, &mut |line| {
            told.push_str(line);
            Ok(())
        });
        code.map(|code| format!("{told}{code:?}")).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_fetched_can_be_built() {
        let root = tempfile::tempdir().unwrap();
        let (folder, twin) = (root.path().join("city"), root.path().join("twin"));
        let (city, models) = city_without_models(&folder);
        let (_mirror, list) = serve(&models);
        name_index(&city, &list.url("/lod2.meta4"));
        let build = || {
            let wanted = Wanted { day: Some(jiff::civil::date(2026, 7, 1)), ..Wanted::at(&twin) };
            build_twin(&city, &wanted, jiff::civil::date(2026, 7, 1), &mut Report::default())
        };
        let before = build().unwrap_err().to_string();
        assert!(before.contains("lod2") && before.contains("fetch"), "{before}");

        let (files, place) = (models.len(), folder.join("downloads/lod2"));
        let size = indicatif::HumanBytes(models.iter().map(|(_, bytes)| bytes.len() as u64).sum());
        let closing = |fetched: usize, there: usize| {
            let place = place.display();
            let line = format!("lod2: {fetched} files fetched, {there} already there, of {files} in the index; {size}");
            format!("{line} in {place}\n{:?}", ExitCode::SUCCESS)
        };
        assert_eq!(fetched(&city), Ok(closing(files, 0)));
        assert_eq!(fetched(&city), Ok(closing(0, files)), "the second time everything is there");
        let attribution = fs::read_to_string(place.join("ATTRIBUTION.txt")).unwrap();
        assert!(attribution.contains("Stadtzwilling, erfundene Beispieldaten\nCC0 1.0\n"), "{attribution}");
        assert_eq!(build().unwrap().buildings_in, 20);
        assert!(twin.join("public/twin.json").is_file());
    }

    #[test]
    fn a_fetch_that_fails_says_so() {
        let root = tempfile::tempdir().unwrap();
        let (city, _) = city_without_models(&root.path().join("city"));
        name_index(&city, &nobody().join("lod2.meta4").unwrap());
        let error = fetched(&city).unwrap_err();
        assert!(error.contains("/lod2.meta4"), "{error}");
    }
}
