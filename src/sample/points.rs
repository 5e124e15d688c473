//! Places of everyday life: true stops, and invented schools, nurseries, playgrounds, doctors and offices.

use std::io::{self, Write};

use glam::DVec2;
use serde::Deserialize;

use super::facts::{parse, point};
use super::ground_files::begin;
use super::{SampleError, SampleFiles};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PointFile {
    stops: Vec<Entry>,
    schools: Vec<Entry>,
    nurseries: Vec<Entry>,
    playgrounds: Vec<Entry>,
    doctors: Vec<Entry>,
    offices: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    note: Option<String>,
    at: String,
}

/// Writes every file under `points/`.
pub(super) fn write(out: &mut dyn SampleFiles) -> Result<(), SampleError> {
    let file: PointFile = parse("points.toml", include_str!("../../data/sample/points.toml"))?;
    let layers: [(&str, &str, &[Entry]); 6] = [
        ("points/stops.geojson", "stops", &file.stops),
        ("points/schools.geojson", "schools", &file.schools),
        ("points/nurseries.geojson", "nurseries", &file.nurseries),
        ("points/playgrounds.geojson", "playgrounds", &file.playgrounds),
        ("points/doctors.geojson", "doctors", &file.doctors),
        ("points/offices.geojson", "offices", &file.offices),
    ];
    for (path, name, entries) in layers {
        let places: Vec<DVec2> = entries.iter().map(|entry| point(&entry.at)).collect::<Result<_, _>>()?;
        let mut file = super::create(out, path)?;
        super::written(path, collection(&mut file, name, entries, &places))?;
    }
    Ok(())
}

fn collection(out: &mut dyn Write, name: &str, entries: &[Entry], places: &[DVec2]) -> io::Result<()> {
    begin(out, name)?;
    for (index, (entry, place)) in entries.iter().zip(places).enumerate() {
        let gap = if index == 0 { "" } else { ",\n" };
        let properties = match &entry.note {
            Some(note) => serde_json::json!({ "name": entry.name, "lines": note }),
            None => serde_json::json!({ "name": entry.name }),
        };
        write!(
            out,
            "{gap}{{\"type\":\"Feature\",\"properties\":{properties},\
             \"geometry\":{{\"type\":\"Point\",\"coordinates\":[{:.1},{:.1}]}}}}",
            place.x, place.y
        )?;
    }
    out.write_all(b"\n]}\n")?;
    out.flush()
}
