//! The scale bar and the north arrow, measured in the picture.

use crate::picture::Part;
use crate::program::Program;
use crate::solids::CITY;

/// The compass's name.
const COMPASS: &str = "Turn to north";

/// The bar is as long as that many metres are, across the view at what stands in the middle of the picture.
pub fn the_scale_bar_is_true(program: &Program) {
    let widgets = program.state["widgets"].as_array().expect("there are widgets");
    let name = |widget: &serde_json::Value| widget["text"].as_str()?.strip_prefix("Scale: ").map(str::to_owned);
    let (widget, name) = widgets.iter().find_map(|widget| Some((widget, name(widget)?))).expect("there is a scale");
    let (number, unit) = name.split_once(' ').expect("a number and its unit");
    let metres = number.replace(',', "").parse::<f64>().expect("a number") * if unit == "km" { 1000.0 } else { 1.0 };
    let [left, _, right, _]: [f64; 4] = serde_json::from_value(widget["at"].clone()).expect("it is somewhere");
    let sight = program.sight();
    let middle = CITY.first_met(sight.eye, sight.forward).expect("the city is in the middle").at;
    let [x, _] = sight.place_of(middle + sight.right * metres);
    let true_pt = x - sight.place_of(middle)[0];
    assert!(((right - left) / true_pt - 1.0).abs() < 0.04, "{name} are {true_pt} points, the bar has {}", right - left);
}

/// The needle's red half points to where north is.
pub fn the_needle_points_north(program: &mut Program) {
    let [left, top, right, bottom] = program.widget(COMPASS).expect("there is a compass");
    let part = Part([left, top, right, bottom].map(|border| border.round() as usize));
    let red = program.picture().like(part, |[r, g, b]| r > 150 && g < 90 && b < 90);
    assert!(red.len() > 20, "{} pixels are the needle's", red.len());
    let mean = |axis: fn(&(usize, usize)) -> usize| {
        red.iter().map(|pixel| axis(pixel) as f64 + 0.5).sum::<f64>() / red.len() as f64
    };
    let to = [mean(|pixel| pixel.0) - (left + right) / 2.0, mean(|pixel| pixel.1) - (top + bottom) / 2.0];
    let points_deg = to[0].atan2(-to[1]).to_degrees();
    let off_deg = (points_deg + program.camera().heading_deg + 540.0).rem_euclid(360.0) - 180.0;
    assert!(off_deg.abs() < 6.0, "it points {points_deg} degrees from up, and is {off_deg} degrees off");
}

/// A click on the compass turns the view to north.
pub fn the_compass_leads_north(program: &mut Program) {
    program.press(COMPASS);
    let off_deg = (program.camera().heading_deg + 180.0).rem_euclid(360.0) - 180.0;
    assert!(off_deg.abs() < 0.01, "{off_deg}");
    the_needle_points_north(program);
}
