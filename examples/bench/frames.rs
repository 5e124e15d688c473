//! How long a frame of the sample city takes, beside the same triangles with a ten-line shader.

use stadtzwilling::viewer::ViewerSource;
use stadtzwilling::viewer::frame_times::{Drawing, FrameOptions, ViewFigures, measure as measure_frames};

use crate::table::{Row, Section};
use crate::{child, corpus};

/// Most that the full picture may cost of the plain one at home.
const MAX_RATIO: f64 = 2.5;

/// Measures.
pub fn measure() -> anyhow::Result<Section> {
    let folder = tempfile::tempdir()?;
    let city_file = corpus::write_sample(folder.path())?;
    let twin = folder.path().join("twin");
    child::build(&city_file, &twin)?;
    let options =
        FrameOptions { source: ViewerSource::Path(twin), size: (1280, 720), home_rounds: 30, flight_places: 36 };
    let figures = measure_frames(&options)?;
    let mut rows = view_rows("home", &figures.home);
    let ratio = figures.home.full_by_plain;
    let last = rows.pop();
    rows.extend(last.map(|row| row.aims_at("at most 2.5", ratio <= MAX_RATIO)));
    rows.extend(view_rows("flight", &figures.flight));
    let note = format!(
        "{} buildings with ground and trees at 1280×720 on {}; whole frames, each waited for, the ways of drawing in \
         turns. A still home view has its shadow map already; on the flight it is drawn anew where it has to be.",
        corpus::BUILDINGS,
        figures.adapter
    );
    Ok(Section { title: "Frames", note, rows })
}

fn view_rows(name: &str, view: &ViewFigures) -> Vec<Row> {
    let load = format!("{} triangles in {} draws", view.triangles, view.draws);
    let mut rows = vec![Row::new(format!("{name}: at most"), load)];
    for series in &view.series {
        let median_ms = series.quantile_ms(0.5);
        let times = format!("{median_ms:.1} ms, {:.1} ms, {:.1} /s", series.quantile_ms(0.95), 1000.0 / median_ms);
        rows.push(Row::new(format!("{name}: {} (median, p95, frames per second)", words(series.drawing)), times));
    }
    let ratio = format!("{:.2}", view.full_by_plain);
    rows.push(Row::new(format!("{name}: full, share of the ten-line shader's time"), ratio));
    rows
}

fn words(drawing: Drawing) -> &'static str {
    match drawing {
        Drawing::Full => "full",
        Drawing::WithoutShadows => "without shadows",
        Drawing::WithoutEdges => "without edges",
        Drawing::HarderShadows => "harder shadows",
        Drawing::Repeated => "nothing but the panels anew",
        Drawing::Plain => "ten-line shader",
        Drawing::Nothing => "no city",
    }
}
