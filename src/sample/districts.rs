//! The districts: true names, borders of our own, as a city's office gives them out.

use std::io::{self, Write};

use geo::MultiPolygon;
use glam::DVec2;
use serde::Deserialize;

use super::facts::{counter_clockwise, parse, point};
use super::ground_files::{begin, multi_polygon};
use super::plane::polygon;
use super::{SampleError, SampleFiles};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DistrictFile {
    district: Vec<DistrictEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DistrictEntry {
    name: String,
    ring: String,
}

/// Writes `districts/districts.geojson`.
pub(super) fn write(out: &mut dyn SampleFiles) -> Result<(), SampleError> {
    const PATH: &str = "districts/districts.geojson";
    let file: DistrictFile = parse("districts.toml", include_str!("../../data/sample/districts.toml"))?;
    let outlines: Vec<Vec<DVec2>> = file.district.iter().map(outline).collect::<Result<_, _>>()?;
    let mut out = super::create(out, PATH)?;
    super::written(PATH, collection(&mut out, &file.district, &outlines))
}

fn outline(district: &DistrictEntry) -> Result<Vec<DVec2>, SampleError> {
    Ok(counter_clockwise(district.ring.split(',').map(point).collect::<Result<_, _>>()?))
}

fn collection(out: &mut dyn Write, districts: &[DistrictEntry], outlines: &[Vec<DVec2>]) -> io::Result<()> {
    begin(out, "districts")?;
    for (index, (district, outline)) in districts.iter().zip(outlines).enumerate() {
        let gap = if index == 0 { "" } else { ",\n" };
        let properties = serde_json::json!({ "name": district.name });
        write!(out, "{gap}{{\"type\":\"Feature\",\"properties\":{properties},\"geometry\":")?;
        multi_polygon(out, &MultiPolygon::new(vec![polygon(outline)]))?;
        out.write_all(b"}")?;
    }
    out.write_all(b"\n]}\n")?;
    out.flush()
}
