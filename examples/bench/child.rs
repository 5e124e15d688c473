//! A build in a process of its own, so that its memory and its time can be told from the benchmark's.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::clock::process_time;

/// The argument that makes this program such a child: a city file and a folder follow.
pub const BUILD: &str = "build-as-child";

/// What a build took.
#[derive(Clone, Debug)]
pub struct Cost {
    /// On all processors together, seconds.
    pub busy_secs: f64,
    /// As time passes, seconds.
    pub wall_secs: f64,
    /// Most memory that was resident at a time, bytes; 0 where the system does not say.
    pub peak_bytes: u64,
    /// Its stages, in order.
    pub stages: Vec<Stage>,
}

/// A stage of a build.
#[derive(Clone, Debug)]
pub struct Stage {
    pub name: String,
    /// As time passes, seconds.
    pub wall_secs: f64,
    /// On all processors together, seconds.
    pub busy_secs: f64,
}

/// How often the child is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Builds a city into `out` and gives what it took.
pub fn build(city_file: &Path, out: &Path) -> anyhow::Result<Cost> {
    let (begin, busy) = (Instant::now(), process_time().children);
    let mut child =
        Command::new(std::env::current_exe()?).arg(BUILD).args([city_file, out]).stdout(Stdio::piped()).spawn()?;
    let peak_bytes = peak_until_end(&mut child)?;
    let wall_secs = begin.elapsed().as_secs_f64();
    let mut told = String::new();
    child.stdout.take().context("the build has no output")?.read_to_string(&mut told)?;
    Ok(Cost {
        busy_secs: process_time().children.saturating_sub(busy).as_secs_f64(),
        wall_secs,
        peak_bytes,
        stages: told.lines().filter_map(stage).collect(),
    })
}

/// A line that the child wrote: a stage and its seconds, as they pass and on all processors.
fn stage(line: &str) -> Option<Stage> {
    let mut parts = line.split('\t');
    let name = parts.next()?.to_owned();
    Some(Stage { name, wall_secs: parts.next()?.parse().ok()?, busy_secs: parts.next()?.parse().ok()? })
}

/// Waits for the child. The peak only rises, so the last look before the end has it.
fn peak_until_end(child: &mut Child) -> anyhow::Result<u64> {
    let status = format!("/proc/{}/status", child.id());
    let mut peak_bytes = 0;
    loop {
        let said = std::fs::read_to_string(&status).unwrap_or_default();
        let kilobytes = said.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        peak_bytes = kilobytes.and_then(|text| text.parse::<u64>().ok()).map_or(peak_bytes, |kb| kb * 1024);
        match child.try_wait()? {
            None => std::thread::sleep(LOOK_EVERY),
            Some(end) if end.success() => return Ok(peak_bytes),
            Some(end) => bail!("the build failed: {end}"),
        }
    }
}
