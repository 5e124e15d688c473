//! What `./dev bench` runs: how fast files are read and a twin is built, how large its tiles are, how much memory a
//! build takes, and how long a frame takes. Prints tables; writes nothing unless `--markdown FILE` is given. Fails where a
//! target is missed, when everything has been measured.
//!
//! Everything is measured on the sample city, in one run and in turns, and put as a ratio wherever there is something
//! to compare with: seconds differ from machine to machine and from hour to hour, ratios hardly do. The profile is
//! that of everything else here: another one would be a second build of the renderer.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark speaks through these two")]

mod building;
mod child;
mod clock;
mod corpus;
mod frames;
mod memory;
mod reading;
mod search;
mod table;
mod tiles;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};

use stadtzwilling::erase::Erasing;
use table::Section;

/// The program's own.
#[global_allocator]
static ALLOCATOR: Erasing<mimalloc::MiMalloc> = Erasing(mimalloc::MiMalloc);

const USAGE: &str = "usage: bench [reading|tiles|memory|frames|search]… [--markdown FILE]
without a name everything is measured";

/// A measurement by its name.
type Measurement = (&'static str, fn() -> anyhow::Result<Section>);

const MEASUREMENTS: [Measurement; 5] = [
    ("reading", reading::measure),
    ("tiles", tiles::measure),
    ("memory", memory::measure),
    ("frames", frames::measure),
    ("search", search::measure),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.split_first() {
        Some((first, rest)) if first == child::BUILD => building::as_child(rest),
        _ => run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> anyhow::Result<()> {
    let wanted = Wanted::of(arguments)?;
    let mut sections = Vec::new();
    for (name, measure) in MEASUREMENTS {
        if wanted.names.is_empty() || wanted.names.iter().any(|wanted| wanted == name) {
            let section = measure().with_context(|| name.to_owned())?;
            println!("{}", section.as_text());
            sections.push(section);
        }
    }
    if let Some(path) = &wanted.markdown {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        let before = std::fs::read_to_string(path).unwrap_or_default();
        let page = table::markdown(&sections) + table::written_by_others(&before);
        std::fs::write(path, page).with_context(|| path.display().to_string())?;
    }
    let missed: Vec<&str> = sections.iter().flat_map(Section::missed).collect();
    if !missed.is_empty() {
        bail!("missed its target: {}", missed.join("; "));
    }
    Ok(())
}

/// The arguments.
struct Wanted {
    names: Vec<String>,
    markdown: Option<PathBuf>,
}

impl Wanted {
    fn of(arguments: &[String]) -> anyhow::Result<Self> {
        let mut wanted = Self { names: Vec::new(), markdown: None };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            if argument == "--markdown" {
                wanted.markdown = Some(arguments.next().context(USAGE)?.into());
            } else if MEASUREMENTS.iter().any(|(name, _)| name == argument) {
                wanted.names.push(argument.clone());
            } else {
                bail!("unknown argument \"{argument}\"\n{USAGE}");
            }
        }
        Ok(wanted)
    }
}
