//! `sample`: an invented city as files; and the sample twin that opens when nothing else is named.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::CliError;
use super::args::SampleArgs;
use super::build::{Wanted, build_twin};
use crate::geo::cache_folder;
use crate::privacy::Audience;
use crate::report::Report;
use crate::sample::{self, SampleFolder, SampleOptions, SampleSummary};

/// What the sample's planners do, by its key in the policy.
const PURPOSE: &str = "urban_planning";

/// Writes the files.
pub(super) fn run(args: SampleArgs) -> Result<ExitCode, CliError> {
    if args.buildings == 0 {
        return Err(CliError::Arguments("--buildings 0 would be no city".to_owned()));
    }
    let summary = write(&args.out, &SampleOptions { buildings: args.buildings, seed: args.seed })?;
    let SampleSummary { buildings, landmarks, tiles, trees } = summary;
    let folder = args.out.display();
    let line =
        format!("{folder}: {buildings} buildings in {tiles} tiles, {landmarks} of them landmarks; {trees} trees");
    super::tell(&(line + "\n"))?;
    Ok(ExitCode::SUCCESS)
}

fn write(folder: &Path, options: &SampleOptions) -> Result<SampleSummary, CliError> {
    let mut files = SampleFolder::create(folder.to_owned()).map_err(|error| CliError::io(folder, error))?;
    Ok(sample::write(options, &mut files)?)
}

/// The sample twin, from the cache where this very program has built it before.
pub(super) fn sample_twin() -> Result<PathBuf, CliError> {
    let folder = cache_folder().ok_or(CliError::NoCache)?.join("sample");
    let (twin, mark) = (folder.join("twin"), folder.join("built-by"));
    let key = program_key()?;
    if std::fs::read_to_string(&mark).is_ok_and(|found| found == key) && twin.join(crate::store::MANIFEST).is_file() {
        return Ok(twin);
    }
    eprintln!("building the invented sample city; this is done once");
    std::fs::create_dir_all(&folder).map_err(|error| CliError::io(&folder, error))?;
    let sources = tempfile::Builder::new().prefix("sources-").tempdir_in(&folder);
    let sources = sources.map_err(|error| CliError::io(&folder, error))?;
    write(sources.path(), &SampleOptions::default())?;
    let audiences = vec![Audience::Citizen, Audience::Planner];
    build_twin(
        &sources.path().join("city.toml"),
        &Wanted { audiences, purpose: Some(PURPOSE.to_owned()), ..Wanted::at(&twin) },
        &mut Report::default(),
    )?;
    std::fs::write(&mark, key).map_err(|error| CliError::io(&mark, error))?;
    Ok(twin)
}

/// Tells this build of the program from any other: another one may make another sample.
fn program_key() -> Result<String, CliError> {
    let program = std::env::current_exe().map_err(|error| CliError::io(Path::new("stadtzwilling"), error))?;
    let metadata = std::fs::metadata(&program).map_err(|error| CliError::io(&program, error))?;
    let changed = metadata.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let nanoseconds = changed.map_or(0, |since| since.as_nanos());
    Ok(format!("{} {} {nanoseconds}", env!("CARGO_PKG_VERSION"), metadata.len()))
}
