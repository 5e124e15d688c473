//! Invented development plans, as a planning office gives them out: outlines with the measures they allow.

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
struct PlanFile {
    plan: Vec<PlanEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanEntry {
    number: String,
    name: String,
    status: String,
    resolved_on: Option<String>,
    in_force_since: Option<String>,
    permitted_use: String,
    max_height_m: f64,
    max_storeys: u32,
    grz: f64,
    gfz: f64,
    ring: String,
}

/// Writes `plans/plans.geojson`.
pub(super) fn write(out: &mut dyn SampleFiles) -> Result<(), SampleError> {
    const PATH: &str = "plans/plans.geojson";
    let file: PlanFile = parse("plans.toml", include_str!("../../data/sample/plans.toml"))?;
    let outlines: Vec<Vec<DVec2>> = file.plan.iter().map(outline).collect::<Result<_, _>>()?;
    let mut out = super::create(out, PATH)?;
    super::written(PATH, collection(&mut out, &file.plan, &outlines))
}

fn outline(plan: &PlanEntry) -> Result<Vec<DVec2>, SampleError> {
    Ok(counter_clockwise(plan.ring.split(',').map(point).collect::<Result<_, _>>()?))
}

fn collection(out: &mut dyn Write, plans: &[PlanEntry], outlines: &[Vec<DVec2>]) -> io::Result<()> {
    begin(out, "plans")?;
    for (index, (plan, outline)) in plans.iter().zip(outlines).enumerate() {
        let gap = if index == 0 { "" } else { ",\n" };
        let properties = properties(index + 1, plan);
        write!(out, "{gap}{{\"type\":\"Feature\",\"properties\":{properties},\"geometry\":")?;
        multi_polygon(out, &MultiPolygon::new(vec![polygon(outline)]))?;
        out.write_all(b"}")?;
    }
    out.write_all(b"\n]}\n")?;
    out.flush()
}

fn properties(number: usize, plan: &PlanEntry) -> serde_json::Value {
    serde_json::json!({
        "id": format!("beispielplan-{number:02}"),
        "number": plan.number,
        "name": plan.name,
        "status": plan.status,
        "resolved_on": plan.resolved_on,
        "in_force_since": plan.in_force_since,
        "permitted_use": plan.permitted_use,
        "max_height_m": plan.max_height_m,
        "max_storeys": plan.max_storeys,
        "grz": plan.grz,
        "gfz": plan.gfz,
        "link": format!("https://example.org/beispielplaene/{number:02}"),
    })
}
