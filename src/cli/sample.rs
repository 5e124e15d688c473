//! `sample`: an invented city as files; and the sample twin that opens when nothing else is named.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::civil::{Date, date};

use super::CliError;
use super::args::SampleArgs;
use super::build::{Wanted, build_twin};
use crate::geo::cache_folder;
use crate::privacy::Audience;
use crate::report::Report;
use crate::sample::{self, SampleFolder, SampleOptions, SampleSummary};

/// What the sample's planners do, by its key in the policy.
const PURPOSE: &str = "urban_planning";
/// The day by which the sample's policy is judged. The sample is about nobody and comes with the program: it opens for
/// as long as the program is there, not only until its policy runs out.
const POLICY_DAY: Date = date(2026, 7, 1);

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
    let cache = cache_folder().ok_or(CliError::NoCache)?;
    sample_twin_in(&cache.join("sample"), &SampleOptions::default(), jiff::Zoned::now().date())
}

/// The sample twin in a folder of its own; `built-by` beside it says which program built it.
fn sample_twin_in(folder: &Path, options: &SampleOptions, today: Date) -> Result<PathBuf, CliError> {
    let (twin, mark) = (folder.join("twin"), folder.join("built-by"));
    let key = program_key()?;
    if std::fs::read_to_string(&mark).is_ok_and(|found| found == key) && twin.join(crate::store::MANIFEST).is_file() {
        return Ok(twin);
    }
    eprintln!("building the invented sample city; this is done once");
    std::fs::create_dir_all(folder).map_err(|error| CliError::io(folder, error))?;
    let sources = tempfile::Builder::new().prefix("sources-").tempdir_in(folder);
    let sources = sources.map_err(|error| CliError::io(folder, error))?;
    write(sources.path(), options)?;
    let wanted = Wanted {
        audiences: vec![Audience::Citizen, Audience::Planner],
        purpose: Some(PURPOSE.to_owned()),
        day: Some(POLICY_DAY),
        ..Wanted::at(&twin)
    };
    build_twin(&sources.path().join("city.toml"), &wanted, today, &mut Report::default())?;
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const SMALL: SampleOptions = SampleOptions { buildings: 20, seed: 1158 };

    fn at(folder: &Path, today: Date) -> PathBuf {
        sample_twin_in(folder, &SMALL, today).expect("the sample is built")
    }

    /// The policy that the sample carries runs out at the end of 2027; the program does not.
    #[test]
    fn the_sample_opens_on_any_day() {
        let folder = tempfile::tempdir().expect("a folder");
        let twins = [date(2026, 1, 1), date(2028, 1, 1), date(2100, 12, 31)].map(|today| {
            let twin = at(&folder.path().join(today.to_string()), today);
            crate::store::check(&twin, &mut Report::default()).expect("the twin is whole")
        });
        assert_eq!(twins[0].audiences, ["citizen", "planner"]);
        assert!(twins[0] == twins[1] && twins[1] == twins[2], "the day changes nothing of it");
    }

    /// What stands in the twin and not in its manifest is gone as soon as the twin is built anew.
    #[test]
    fn the_sample_is_built_once_by_each_program() {
        let folder = tempfile::tempdir().expect("a folder");
        let twin = at(folder.path(), POLICY_DAY);
        let (built_by, sign) = (folder.path().join("built-by"), twin.join("sign"));
        assert_eq!(fs::read_to_string(&built_by).expect("a mark"), program_key().expect("a key"));
        let left = || fs::read_dir(folder.path()).expect("the folder").count();
        assert_eq!(left(), 2, "nothing but the twin and its mark stays");

        let is_built_anew = || {
            fs::write(&sign, "").expect("the sign is set");
            assert_eq!(at(folder.path(), POLICY_DAY), twin);
            !sign.exists()
        };
        assert!(!is_built_anew(), "the second start takes what is there");
        fs::write(&built_by, "0.0.1 1 1").expect("a mark");
        assert!(is_built_anew(), "another program has built it");
        fs::remove_dir_all(&twin).expect("the twin goes");
        assert_eq!(at(folder.path(), POLICY_DAY), twin);
        assert!(twin.join(crate::store::MANIFEST).is_file(), "a twin that is gone comes back");
        assert!(!is_built_anew() && left() == 2);
    }

    #[test]
    fn the_key_names_this_program() {
        let key = program_key().expect("a key");
        let parts: Vec<&str> = key.split(' ').collect();
        let size = fs::metadata(std::env::current_exe().expect("a path")).expect("a file").len();
        assert_eq!((parts[0], parts[1]), (env!("CARGO_PKG_VERSION"), size.to_string().as_str()));
        assert!(parts[2].parse::<u128>().expect("nanoseconds") > 0);
    }
}
