//! The arguments as given: what clap reads and what `--help` says. No file is touched here.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::sample::{DEFAULT_BUILDINGS, SampleOptions};
use crate::twin::Language;

/// A digital twin of a city: from its open data to a click on a house.
#[derive(Debug, Parser)]
#[command(
    name = "stadtzwilling",
    disable_version_flag = true,
    max_term_width = 100,
    long_about = "A digital twin of a city that anyone can open.\n\n\
        Stadtzwilling takes a city's open data (building models, terrain, plans) the whole way to a picture that \
        answers questions: it downloads the data, releases what each audience may know, writes 3D Tiles that any \
        viewer of that standard opens, and shows them. Without a command it opens an invented sample city.",
    after_long_help = MANUAL
)]
pub(super) struct Arguments {
    /// Print the version, and those of PROJ and of the twin's format
    #[arg(short = 'V', long, global = false)]
    pub version: bool,
    #[command(subcommand)]
    pub command: Option<Command>,
}

const MANUAL: &str = "\
Examples:
  Open the invented sample city:
      stadtzwilling
  Munich's centre, from the state's open data to the window:
      stadtzwilling fetch data/muenchen/city.toml --bbox 11.55,48.12,11.60,48.15
      stadtzwilling build data/muenchen/city.toml --out twin
      stadtzwilling view twin
  (The policy there is a draft: `build` releases real data only after the city has approved one.)
  Any 3D Tiles tileset on the web:
      stadtzwilling view https://example.org/tileset.json
  Is this file in order?
      stadtzwilling check 690_5334.gml

Files:
  city.toml         a city: sources with licences, layers, places; names its policy
  policy.toml       what is released, to whom, in what form, on which legal basis
  TWIN/public/      the public release: copy this folder alone to any web server
  TWIN/planner/     the release for city staff: never under a public host
  TWIN/manifest.json
                    every file of the twin with its SHA-256

Exit codes:
  0  done
  1  could not be done; the reason stands on standard error
  2  wrong arguments
  3  check: read, and something is wrong with it";

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Fetch(FetchArgs),
    Build(BuildArgs),
    Check(CheckArgs),
    View(ViewArgs),
    Kiosk(KioskArgs),
    Sample(SampleArgs),
}

impl Command {
    /// The word that it is called by.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Fetch(_) => "fetch",
            Self::Build(_) => "build",
            Self::Check(_) => "check",
            Self::View(_) => "view",
            Self::Kiosk(_) => "kiosk",
            Self::Sample(_) => "sample",
        }
    }
}

/// Download a city's open data
///
/// Reads the Metalink index of every source that has one and downloads its files, each checked against its SHA-256.
/// What is complete already is left alone; what is half there is resumed. If a mirror fails, the next one is asked.
/// Beside the files stand their licence and attribution (ATTRIBUTION.txt) and their dates and hashes (sources.json).
#[derive(Debug, Args)]
pub(super) struct FetchArgs {
    /// The city's configuration file
    #[arg(value_name = "CITY.toml")]
    pub city: PathBuf,
    /// Where to put the files, in one folder for each source [default: `downloads` beside CITY.toml]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Only tiles that touch this box: longitudes and latitudes in degrees, or metres in the city's CRS
    ///
    /// Tiles are known by their names: `690_5334` begins at easting 690 km, northing 5334 km.
    #[arg(long, value_name = "WEST,SOUTH,EAST,NORTH", allow_hyphen_values = true)]
    pub bbox: Option<String>,
    /// Only this source; may be given more than once [default: all that have an index]
    #[arg(long = "source", value_name = "ID")]
    pub sources: Vec<String>,
    /// How many downloads run at a time from one host
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub per_host: usize,
}

/// Build a twin from a city's data
///
/// Reads all sources, releases to each audience what the policy lets it know, and writes 3D Tiles. The twin appears
/// only when it is complete: a build that is stopped leaves the old one as it was. The same data gives the same bytes.
#[derive(Debug, Args)]
pub(super) struct BuildArgs {
    /// The city's configuration file
    #[arg(value_name = "CITY.toml")]
    pub city: PathBuf,
    /// Where to put the twin; one that is already there is replaced when the new one is complete
    #[arg(long, value_name = "TWIN")]
    pub out: PathBuf,
    /// Whom to release to: `citizen` (also for kiosks), `planner`, or both with a comma between
    #[arg(long, value_name = "AUDIENCE", value_delimiter = ',', default_values = ["citizen", "planner"])]
    pub audience: Vec<AudienceArg>,
    /// What planners need it for, by its key in the policy; without one they see what every purpose may see
    #[arg(long, value_name = "PURPOSE")]
    pub purpose: Option<String>,
    /// Where `fetch` put the downloads [default: `downloads` beside CITY.toml]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The day on which the policy must be in force; for real data none that has passed [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub date: Option<String>,
}

/// Read files and say what is wrong with them
///
/// Takes building models (CityGML, CityJSON), plans, tables, terrain, tilesets, city and policy files, and whole twins,
/// and names file, line and object of everything it would mend, skip or refuse. Of a city file it reads the policy, the
/// tables and the plans that it names as well. Writes nothing. Exits with 3 if anything was found, with 1 if a file
/// cannot be opened.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Files, or folders of twins or of one release
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Print a JSON list with an object for each file instead of text
    #[arg(long)]
    pub json: bool,
}

/// Open a twin or any 3D Tiles tileset in a window
///
/// With --screenshot no window opens: the picture is written when everything in view has come.
#[derive(Debug, Args)]
pub(super) struct ViewArgs {
    /// A twin's folder, a tileset.json, or the address of one [default: the sample city]
    #[arg(value_name = "TWIN|URL")]
    pub source: Option<String>,
    /// Whose release of the twin to open
    #[arg(long, value_name = "AUDIENCE", default_value = "citizen")]
    pub audience: AudienceArg,
    /// Write one picture to this file and end. If something did not come, the picture is written without it, what
    /// it was is told, and the exit code is not 0
    #[arg(long, value_name = "OUT.png")]
    pub screenshot: Option<PathBuf>,
    /// Look at a point: longitude and latitude in degrees, height above the ellipsoid and distance of the eye in
    /// metres, heading clockwise from north and pitch (negative looks down) in degrees
    #[arg(long, value_name = "LON,LAT,HEIGHT,DISTANCE,HEADING,PITCH", allow_hyphen_values = true)]
    pub camera: Option<String>,
    /// Size of the window or picture in pixels
    #[arg(long, value_name = "WIDTHxHEIGHT", default_value = "1280x720")]
    pub size: String,
    /// Language of the interface [default: the system's]
    #[arg(long, value_name = "LANGUAGE", value_parser = languages())]
    pub language: Option<Language>,
    /// Colours of the interface; in the dark one the city lies under a night sky
    #[arg(long, value_name = "THEME", default_value = "light")]
    pub theme: ThemeArg,
    /// Local date, for the sun [default: 2026-06-21]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub date: Option<String>,
    /// Local time, for the sun [default: 15:30]
    #[arg(long, value_name = "HH:MM")]
    pub time: Option<String>,
    /// For tests: write a line of JSON to this file for each frame, the whole state where it has changed
    #[arg(long, hide = true, value_name = "FILE")]
    pub state_log: Option<PathBuf>,
}

/// Show a twin on a public screen, for one visitor after the other
///
/// Fills the screen and flies over the city's sights until somebody touches it. A visit is over when nobody has touched
/// the screen for a while, which a countdown shows, or when the visitor says so. Then everything is back at the start,
/// and nothing of the visit is left: no selection, no text, no setting, no byte in memory that was freed, no file. Links
/// are not opened, nothing is copied or saved. The city is read from the twin alone: no network is needed.
///
/// The screen runs in a process of its own. It is started again if it ends or does not answer for 30 seconds, more
/// slowly each time that it does not last. When this command is ended, the screen ends.
///
/// With a PIN there is an operator's menu: touch the four corners clockwise from the upper left within 10 seconds. It
/// shows how often the screen is used, starts it anew, and ends the program. Five wrong PINs lock it for five minutes.
#[derive(Debug, Args)]
pub(super) struct KioskArgs {
    /// A twin's folder, a tileset.json, or the address of one
    #[arg(value_name = "TWIN|URL")]
    pub twin: String,
    /// Seconds after its last touch that a visit is over; its last 10 are counted down on the screen
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0)]
    pub idle_secs: f64,
    /// The operator's PIN, 4 to 16 digits; other users of this machine can read it in the list of processes
    #[arg(long, value_name = "DIGITS", conflicts_with = "pin_file")]
    pub pin: Option<String>,
    /// A file that holds the operator's PIN and nothing else
    #[arg(long, value_name = "FILE")]
    pub pin_file: Option<PathBuf>,
    /// Keep in this file how often the screen is used: totals of each day of the last year, and nothing about anybody
    #[arg(long, value_name = "FILE")]
    pub counts: Option<PathBuf>,
    /// Keep the screen dark between these times while nobody is there, by the local clock
    #[arg(long, value_name = "HH:MM-HH:MM")]
    pub night: Option<String>,
    /// Language that each visit starts in [default: the system's]
    #[arg(long, value_name = "LANGUAGE", value_parser = languages())]
    pub language: Option<Language>,
    /// Colours that each visit starts in
    #[arg(long, value_name = "THEME", default_value = "light")]
    pub theme: ThemeArg,
    /// Open a window that can be closed, for trying
    #[arg(long)]
    pub windowed: bool,
    /// Size of that window in pixels
    #[arg(long, value_name = "WIDTHxHEIGHT", default_value = "1280x720")]
    pub size: String,
    /// Be the screen itself, not what looks after it
    #[arg(long, hide = true)]
    pub watched: bool,
    /// For tests: a file that holds the time that visits go by, in seconds
    #[arg(long, hide = true, value_name = "FILE")]
    pub clock: Option<PathBuf>,
    /// For tests: write a line of JSON to this file for each frame, the whole state where it has changed
    #[arg(long, hide = true, value_name = "FILE")]
    pub state_log: Option<PathBuf>,
}

/// Write an invented city as the files that real sources publish
///
/// Building models, terrain, ground, trees, plans and facts about houses, with a city and a policy file. Nobody lives
/// there: it is made for trying out and for tests. The same number and seed give the same bytes.
#[derive(Debug, Args)]
pub(super) struct SampleArgs {
    /// How many buildings
    #[arg(long, value_name = "N", default_value_t = DEFAULT_BUILDINGS)]
    pub buildings: usize,
    /// Which city: another seed, another one
    #[arg(long, value_name = "S", default_value_t = SampleOptions::default().seed)]
    pub seed: u64,
    /// Where to put the files
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// An audience's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum AudienceArg {
    /// Anyone; also kiosks in public offices
    Citizen,
    /// City staff
    Planner,
}

/// The languages of the interface, by their codes.
fn languages() -> impl TypedValueParser<Value = Language> {
    let value = |language: &Language| PossibleValue::new(language.code()).help(language.own_name());
    let known = PossibleValuesParser::new(Language::ALL.iter().map(value));
    known.try_map(|code| Language::of_code(&code).ok_or("not a language"))
}

/// A theme's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ThemeArg {
    /// Dark text on light ground
    Light,
    /// Light text on dark ground
    Dark,
}
