//! The child's side of a measured build: builds a twin and tells what each stage took.

use std::path::Path;
use std::sync::Mutex;

use anyhow::bail;
use stadtzwilling::city::CityConfig;
use stadtzwilling::privacy::Audience;
use stadtzwilling::report::Report;
use stadtzwilling::store::build::{BuildOptions, BuildProgress, build};

use crate::clock::process_time;

/// Builds the city of the first argument into the folder of the second.
pub fn as_child(arguments: &[String]) -> anyhow::Result<()> {
    let [city_file, out] = arguments else { bail!("a build needs a city file and a folder") };
    let city = CityConfig::load(Path::new(city_file))?;
    let options = BuildOptions {
        out: out.into(),
        audiences: vec![Audience::Citizen],
        downloads: city.default_downloads(),
        purpose: None,
        // The day of the sample's data: the policy is in force.
        today: jiff::civil::date(2026, 6, 21),
    };
    let stages = Stages::default();
    build(&city, &options, &stages, &mut Report::default())?;
    stages.stage("end", 0);
    Ok(())
}

/// Prints the name of each stage and its seconds on all processors, when it is over.
#[derive(Default)]
struct Stages(Mutex<Option<(&'static str, f64)>>);

impl BuildProgress for Stages {
    fn stage(&self, name: &'static str, _total: u64) {
        let now = process_time().own.as_secs_f64();
        let Ok(mut current) = self.0.lock() else { return };
        let (before, begin) = current.replace((name, now)).unwrap_or(("start", 0.0));
        println!("{before}\t{:.2}", now - begin);
    }

    fn advanced(&self, _done: u64) {}
}
