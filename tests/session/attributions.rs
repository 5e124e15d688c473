//! Whether the attributions are on the screen: each whole, in the window, and nothing over it.

use serde_json::Value;

/// Left, top, right, bottom.
type Borders = [f64; 4];

/// Borders are told a little off.
const SLACK_PT: f64 = 0.5;

/// What is wrong with how the attributions of a state are drawn; nothing where each is whole and nothing lies over it.
pub fn hidden(state: &Value) -> Vec<String> {
    let Some([width, height]) = serde_json::from_value::<[f64; 2]>(state["size"].clone()).ok() else {
        return vec!["the window has no size".to_owned()];
    };
    let said = state["attributions"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let wrong = |said: &str| {
        let Some(at) = place_of(state, said) else { return vec![format!("{said} is not drawn")] };
        let mut wrong: Vec<String> =
            over(state, at).map(|panel| format!("{said} is at {at:?} under the {panel}")).collect();
        if !is_within(at, [0.0, 0.0, width, height]) {
            wrong.push(format!("{said} is at {at:?} in a window of {width}×{height}"));
        }
        wrong
    };
    said.flat_map(wrong).collect()
}

/// Where an attribution is drawn.
fn place_of(state: &Value, said: &str) -> Option<Borders> {
    let line = format!("© {said}");
    let is_it = |widget: &&Value| widget["role"] != "TextRun" && widget["text"] == line.as_str();
    borders(&state["widgets"].as_array()?.iter().find(is_it)?["at"])
}

/// The panels that lie over a place, with theirs.
fn over(state: &Value, at: Borders) -> impl Iterator<Item = String> {
    let panels = state["panels"].as_object().into_iter().flatten().filter(|(name, _)| *name != "status");
    let lies_over = move |panel: &Value| borders(panel).is_some_and(|panel| meet(at, panel));
    panels.filter(move |(_, panel)| lies_over(panel)).map(|(name, panel)| format!("{name} at {panel}"))
}

fn borders(value: &Value) -> Option<Borders> {
    serde_json::from_value(value.clone()).ok()
}

fn meet(a: Borders, b: Borders) -> bool {
    (a[0] < b[2] && b[0] < a[2]) && (a[1] < b[3] && b[1] < a[3])
}

fn is_within(a: Borders, b: Borders) -> bool {
    a[0] >= b[0] - SLACK_PT && a[1] >= b[1] - SLACK_PT && a[2] <= b[2] + SLACK_PT && a[3] <= b[3] + SLACK_PT
}

/// A window of 100×100 with one attribution at a place, and a title over its left half from the top down to `title`.
fn state(at: Borders, title: f64) -> Value {
    serde_json::json!({
        "size": [100.0, 100.0],
        "attributions": ["A city"],
        "widgets": [{ "role": "Label", "text": "© A city", "at": at }],
        "panels": { "status": [0.0, 80.0, 100.0, 100.0], "title": [0.0, 0.0, 50.0, title] },
    })
}

#[test]
fn what_hides_an_attribution_is_told() {
    assert_eq!(hidden(&state([10.0, 85.0, 90.0, 95.0], 80.0)), [""; 0]);
    assert_eq!(hidden(&state([10.0, 85.0, 90.0, 95.0], 90.0)).len(), 1, "the title lies over it");
    assert_eq!(hidden(&state([10.0, 85.0, 110.0, 95.0], 90.0)).len(), 2, "and it does not end in the window");
    let mut nothing = state([10.0, 85.0, 90.0, 95.0], 80.0);
    nothing["widgets"] = Value::Array(Vec::new());
    assert_eq!(hidden(&nothing), ["A city is not drawn"]);
}
