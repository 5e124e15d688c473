//! How fast CityGML is read, and a twin is built from it, beside bare tokenizing with the same crate.

use stadtzwilling::report::Report;
use stadtzwilling::source::{ReadOptions, citygml};

use crate::child::{self, Cost, Stage};
use crate::clock::{busy_secs, median};
use crate::corpus;
use crate::table::{Row, Section};

/// Rounds of reading.
const ROUNDS: usize = 5;
/// Rounds of building.
const BUILD_ROUNDS: usize = 5;
/// How much of a small file is read in a round.
const ROUND_BYTES: usize = 24 << 20;

/// Measures.
pub fn measure() -> anyhow::Result<Section> {
    let sample = corpus::sample_citygml()?;
    let mut rows = read_rows("sample city", &sample);
    if let Some(real) = corpus::real_citygml() {
        rows.extend(read_rows("real city", &vec![real.clone(); ROUND_BYTES / real.len().max(1)]));
    }
    rows.extend(build_rows(&sample)?);
    let note = format!(
        "{} buildings, {:.1} MB of CityGML, in turns, median of {ROUNDS} (building: {BUILD_ROUNDS}). The yardstick is \
         quick-xml's own reader over the same bytes; it and reading are timed on one core. A build takes the cores that \
         there are: its speed is the bytes of CityGML by the time that passes, ground, trees and plans included. Its \
         stages overlap: files of the ground are read beside the buildings and its tiles made beside theirs, and what \
         the stage of the ground has is what is left then.",
        corpus::BUILDINGS,
        megabytes(&sample)
    );
    Ok(Section { title: "Reading and building", note, rows })
}

fn read_rows(name: &str, files: &[Vec<u8>]) -> Vec<Row> {
    let (mut tokenizing, mut reading) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        tokenizing.push(busy_secs(|| tokenize(files)));
        reading.push(busy_secs(|| read(files)));
    }
    let ratio = median(reading.iter().zip(&tokenizing).map(|(reading, tokenizing)| tokenizing / reading).collect());
    let speed = |seconds: Vec<f64>| format!("{:.0} MB/s", megabytes(files) / median(seconds));
    vec![
        Row::new(format!("{name}: tokenizing"), speed(tokenizing)),
        Row::new(format!("{name}: reading"), speed(reading)),
        Row::new(format!("{name}: reading, share of tokenizing's speed"), format!("{ratio:.2}")),
    ]
}

fn build_rows(sample: &[Vec<u8>]) -> anyhow::Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let city_file = corpus::write_sample(folder.path())?;
    let mut builds = Vec::new();
    for round in 0..BUILD_ROUNDS {
        let tokenizing_secs = busy_secs(|| tokenize(sample));
        // Each a twin of its own: that the one before is deleted is no part of a build.
        let out = folder.path().join(format!("twin-{round}"));
        builds.push((tokenizing_secs, child::build(&city_file, &out)?));
    }
    let middle = |of: fn(&(f64, Cost)) -> f64| median(builds.iter().map(of).collect());
    let mut rows = vec![
        Row::new("building the twin: time as it passes", format!("{:.2} s", middle(|(_, cost)| cost.wall_secs))),
        Row::new("building the twin: time on all cores", format!("{:.2} s", middle(|(_, cost)| cost.busy_secs))),
    ];
    let stages = builds.last().map(|(_, cost)| cost.stages.as_slice()).unwrap_or_default();
    let of_stage = |stage: &Stage| {
        let Stage { name, wall_secs, busy_secs } = stage;
        Row::new(format!("of this: {name}"), format!("{wall_secs:.2} s, on all cores {busy_secs:.2} s"))
    };
    rows.extend(stages.iter().filter(|stage| stage.wall_secs >= 0.01).map(of_stage));
    let ratio = |of: fn(&(f64, Cost)) -> f64| format!("{:.2}", middle(of));
    rows.push(Row::new(
        "whole build, share of tokenizing's speed, by time on all cores",
        ratio(|(tokenizing, cost)| tokenizing / cost.busy_secs),
    ));
    let share = middle(|(tokenizing, cost)| tokenizing / cost.wall_secs);
    let row = Row::new("whole build, share of tokenizing's speed, by time as it passes", format!("{share:.2}"));
    rows.push(row.aims_at("at least 0.25", share >= 0.25));
    Ok(rows)
}

fn tokenize(files: &[Vec<u8>]) {
    let events: u64 = files.iter().map(|file| citygml::tokenize_only(file.as_slice())).sum();
    std::hint::black_box(events);
}

fn read(files: &[Vec<u8>]) {
    for file in files {
        let mut report = Report::default();
        let header = citygml::read(file.as_slice(), &ReadOptions::of("bench.gml"), &mut report, &mut |building, _| {
            std::hint::black_box(building);
        });
        // The files are well-formed; one that is not would show as a speed that cannot be.
        let _ = std::hint::black_box(header);
    }
}

fn megabytes(files: &[Vec<u8>]) -> f64 {
    files.iter().map(Vec::len).sum::<usize>() as f64 / 1e6
}
