//! How fast CityGML is read, and a twin is built from it, beside bare tokenizing with the same crate.

use stadtzwilling::report::Report;
use stadtzwilling::source::{ReadOptions, citygml};

use crate::clock::{busy_secs, median};
use crate::table::{Row, Section};
use crate::{child, corpus};

/// Rounds of reading.
const ROUNDS: usize = 5;
/// Rounds of building.
const BUILD_ROUNDS: usize = 3;
/// Stages of a build that grow with the buildings' XML; the others do with ground, trees and plans.
const BUILDING_STAGES: [&str; 2] = ["buildings", "tiles"];
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
        "{} buildings, {:.1} MB of CityGML; time on one core, in turns, median of {ROUNDS} (building: {BUILD_ROUNDS}). \
         The yardstick is quick-xml's own reader over the same bytes.",
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
    let (mut tokenizings, mut ratios, mut costs) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..BUILD_ROUNDS {
        let tokenizing = busy_secs(|| tokenize(sample));
        let cost = child::build(&city_file, &folder.path().join("twin"))?;
        ratios.push(tokenizing / cost.busy_secs);
        tokenizings.push(tokenizing);
        costs.push(cost);
    }
    let ratio = median(ratios);
    let busy_secs = median(costs.iter().map(|cost| cost.busy_secs).collect());
    let wall_secs = median(costs.iter().map(|cost| cost.wall_secs).collect());
    let mut rows = vec![
        Row::new("building the twin: time on one core", format!("{busy_secs:.2} s")),
        Row::new("building the twin: time as it passes", format!("{wall_secs:.2} s")),
    ];
    let stages = costs.last().map(|cost| cost.stages.as_slice()).unwrap_or_default();
    let buildings_secs: f64 =
        stages.iter().filter(|(stage, _)| BUILDING_STAGES.contains(&stage.as_str())).map(|(_, seconds)| seconds).sum();
    let of_stage = |(stage, seconds): &(String, f64)| Row::new(format!("of this: {stage}"), format!("{seconds:.2} s"));
    rows.extend(stages.iter().filter(|(_, seconds)| *seconds >= 0.01).map(of_stage));
    let tokenizing_secs = median(tokenizings);
    rows.push(Row::new(
        "reading, releasing and tiling the buildings, share of tokenizing's speed",
        format!("{:.2}", tokenizing_secs / buildings_secs),
    ));
    let share = Row::new("whole build, share of tokenizing's speed", format!("{ratio:.2}"));
    rows.push(share.aims_at("at least 0.25", ratio >= 0.25));
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
