//! The child's side of a measured build: builds a twin and tells what each stage took.

use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use anyhow::bail;
use stadtzwilling::city::CityConfig;
use stadtzwilling::privacy::Audience;
use stadtzwilling::report::Report;
use stadtzwilling::store::build::{Amount, BuildOptions, BuildProgress, build};

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
    let stages = Stages { begin: Instant::now(), current: Mutex::new(("start", 0.0, 0.0)) };
    build(&city, &options, &stages, &mut Report::default())?;
    stages.stage("end", Amount::Steps(0));
    Ok(())
}

/// Prints the name of each stage, its seconds as they pass and those on all processors, when it is over.
struct Stages {
    begin: Instant,
    current: Mutex<(&'static str, f64, f64)>,
}

impl BuildProgress for Stages {
    fn stage(&self, name: &'static str, _total: Amount) {
        let (wall, busy) = (self.begin.elapsed().as_secs_f64(), process_time().own.as_secs_f64());
        let Ok(mut current) = self.current.lock() else { return };
        let (before, wall_before, busy_before) = std::mem::replace(&mut *current, (name, wall, busy));
        println!("{before}\t{:.3}\t{:.2}", wall - wall_before, busy - busy_before);
    }

    fn advanced(&self, _done: u64) {}
}
