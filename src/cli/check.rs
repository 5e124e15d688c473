//! `check`: reads files of any known kind and twins, and says what is wrong with them.

use std::fmt;
use std::fs;
use std::io::BufRead;
use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;

use super::CliError;
use super::args::CheckArgs;
use crate::city::{CityConfig, read_text};
use crate::model::Summary;
use crate::privacy::Policy;
use crate::report::{Place, Report, Warning, WarningKind};
use crate::source::detect::{self, Format};
use crate::source::{ReadOptions, geojson, geotiff};
use crate::store;

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
    let checked: Vec<Checked> = args.files.iter().map(|file| check(file)).collect();
    let text = match args.json {
        true => serde_json::to_string_pretty(&checked).map_err(|error| CliError::Output(error.into()))? + "\n",
        false => checked.iter().map(Checked::to_string).collect(),
    };
    super::tell(&text)?;
    let is_fine = checked.iter().all(Checked::is_fine);
    Ok(if is_fine { ExitCode::SUCCESS } else { ExitCode::from(FOUND_SOMETHING) })
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

fn check(file: &Path) -> Checked {
    let mut report = Report::default();
    let found = if file.is_dir() { twin(file, &mut report) } else { single(file, &mut report) };
    let (kind, content, error) = match found {
        Ok((kind, content)) => (kind, content, None),
        Err(error) => ("not readable".to_owned(), String::new(), Some(error)),
    };
    let warnings = report.warnings().to_vec();
    let content = content.lines().map(str::to_owned).collect();
    Checked { file: file.display().to_string(), kind, content, error, warning_count: report.total(), warnings }
}

fn twin(folder: &Path, report: &mut Report) -> Found {
    let manifest = store::check(folder, report).map_err(|error| error.to_string())?;
    let bytes: u64 = manifest.files.values().map(|entry| entry.bytes).sum();
    let (files, audiences) = (manifest.files.len(), manifest.audiences.join(", "));
    let content = format!("{files} files, {bytes} bytes, for {audiences}\npolicy {}", manifest.policy_hash);
    Ok((format!("twin of {}", manifest.city), content))
}

fn single(file: &Path, report: &mut Report) -> Found {
    if file.extension().is_some_and(|extension| extension == "toml") {
        return toml(file, report);
    }
    // A check tells all that it finds; where it lies matters to nobody.
    let options = ReadOptions { refuses_unknown_crs: false, ..ReadOptions::of(&file.to_string_lossy()) };
    let source = detect::open(file).map_err(|error| error.to_string())?;
    match source.format {
        Some(Format::CityGml | Format::CityJson | Format::CityJsonSeq) => buildings(file, &options, report),
        Some(Format::GeoJson) => features(source.input, &options, report),
        Some(Format::GeoTiff) => terrain(file, &options, report),
        Some(other) => Err(format!("this is {}; there is nothing to check it with", other.name())),
        None => Err("this is of no format that is known here".to_owned()),
    }
}

fn buildings(file: &Path, options: &ReadOptions, report: &mut Report) -> Found {
    let mut summary = Summary::default();
    let header = detect::read_buildings(file, options, report, &mut |building, _| summary.add(&building));
    let header = header.map_err(|error| error.to_string())?;
    let crs = header.crs.map_or("no system of coordinates".to_owned(), |crs| format!("EPSG:{}", crs.horizontal));
    let mut content = format!("{crs}, {} objects skipped\n{summary}", header.skipped);
    for (name, count) in &header.other_objects {
        content.push_str(&format!("not read {name} {count}\n"));
    }
    Ok((header.format, content))
}

fn features(input: impl BufRead, options: &ReadOptions, report: &mut Report) -> Found {
    let collection = geojson::read(input, options, report).map_err(|error| error.to_string())?;
    let (features, skipped) = (collection.features.len(), collection.skipped);
    Ok(("GeoJSON".to_owned(), format!("{features} features, {skipped} skipped")))
}

fn terrain(file: &Path, options: &ReadOptions, report: &mut Report) -> Found {
    let input = fs::File::open(file).map_err(|error| error.to_string())?;
    let grid = geotiff::read(std::io::BufReader::new(input), options, report).map_err(|error| error.to_string())?;
    let content = format!("{} × {} posts every {} m", grid.columns, grid.rows, grid.spacing_m);
    Ok(("GeoTIFF terrain".to_owned(), content))
}

/// A city's configuration with the files that it names, or a policy.
fn toml(file: &Path, report: &mut Report) -> Found {
    let text = read_text(file).map_err(|error| error.to_string())?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    if table.contains_key("crs") {
        return city(file, &text, report);
    }
    let policy = Policy::parse(&text, &file.to_string_lossy()).map_err(|error| error.to_string())?;
    let approval = match policy.approved_by() {
        Some(by) => format!("approved by {by}"),
        None => "not approved: synthetic data only".to_owned(),
    };
    let (attributes, until) = (policy.attributes().len(), policy.expires_on());
    let head = format!("{attributes} attributes, until {until}, {approval}\nSHA-256 {}", policy.hash());
    Ok(("policy".to_owned(), format!("{head}\n\n{}", policy.cell_table())))
}

fn city(file: &Path, text: &str, report: &mut Report) -> Found {
    let city = CityConfig::parse(file, text).map_err(|error| error.to_string())?;
    let mut missing = |message: String| {
        let file = file.to_string_lossy().into();
        report.warn(WarningKind::Configuration, Place { file, line: 0, object: None }, message);
    };
    if !city.policy.is_file() {
        missing(format!("the policy {} is not there", city.policy.display()));
    }
    let downloads = city.default_downloads();
    let mut files = 0;
    for found in city
        .sources
        .iter()
        .map(|source| city.source_files(source, &downloads))
        .chain(city.layers.iter().map(|layer| city.layer_files(layer)))
    {
        match found {
            Ok(found) => files += found.len(),
            Err(error) => missing(error.to_string()),
        }
    }
    let content = format!("{} sources and {} layers with {files} files", city.sources.len(), city.layers.len());
    Ok((format!("configuration of {}", city.id), content))
}
