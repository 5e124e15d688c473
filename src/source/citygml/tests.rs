//! Tests of the CityGML reader.

use std::fmt::Write;

use super::*;
use crate::model::{Building, Summary};

/// Everything that came out of a file.
struct Outcome {
    header: FileHeader,
    buildings: Vec<Building>,
    report: Report,
}

fn read_bytes(name: &str, bytes: &[u8]) -> Result<Outcome, ReadError> {
    let (mut buildings, mut report) = (Vec::new(), Report::default());
    let header = read(bytes, &ReadOptions::of(name), &mut report, &mut |building, _| buildings.push(building))?;
    Ok(Outcome { header, buildings, report })
}

#[test]
fn dump() {
    let Some(dir) = crate::test_data::shared("citygml") else { return };
    let mut files: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let mut out = String::new();
    for f in files {
        let name = f.file_name().unwrap().to_str().unwrap().to_owned();
        let o = read_bytes(&name, &std::fs::read(&f).unwrap()).unwrap();
        let mut s = Summary::default();
        o.buildings.iter().for_each(|b| s.add(b));
        writeln!(out, "== {name}\n{:?}\n{s}{:?}", o.header, o.report.counts()).unwrap();
        for w in o.report.warnings().iter().take(6) { writeln!(out, "  {w}").unwrap(); }
    }
    println!("{out}");
}

#[test]
fn speed() {
    for f in ["nrw_280_5657.gml"] {
        let bytes = std::fs::read(crate::test_data::shared(&format!("citygml/{f}")).unwrap()).unwrap();
        let mut best = (f64::MAX, f64::MAX, f64::MAX);
        for _ in 0..std::env::var("ROUNDS").map_or(30, |r| r.parse().unwrap()) {
            if std::env::var("READONLY").is_err() { let t = std::time::Instant::now();
            tokenize_only(&bytes[..]);
            best.0 = best.0.min(t.elapsed().as_secs_f64());
            let t = std::time::Instant::now();
            tokenize_only(std::io::BufReader::with_capacity(65536, &bytes[..]));
            best.2 = best.2.min(t.elapsed().as_secs_f64()); }
            let t = std::time::Instant::now();
            let mut r = Report::default();
            read(&bytes[..], &ReadOptions::of("x"), &mut r, &mut |_, _| {}).unwrap();
            best.1 = best.1.min(t.elapsed().as_secs_f64());
        }
        println!("tok {:.3} ms  read {:.3} ms ratio {:.3}; tok buffered {:.3}; {:.0} MB/s", best.0*1e3, best.1*1e3, best.0/best.1, best.2*1e3, bytes.len() as f64/1e6/best.1);
    }
}
