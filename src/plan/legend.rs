//! Labels and colours: permitted uses and the status of a plan.
//!
//! Colours follow the Planzeichenverordnung's annex in hue (residential red, mixed brown, commercial grey, special
//! orange, public facilities carmine, traffic yellow, green, blue), lightened so that buildings stay readable on them.

use super::{PlanLayer, PlanStatus};
use crate::twin::{LegendEntry, Text};

/// A permitted use: code, names, colour.
struct Use {
    code: &'static str,
    de: &'static str,
    en: &'static str,
    color: &'static str,
}

const fn permitted(code: &'static str, de: &'static str, en: &'static str, color: &'static str) -> Use {
    Use { code, de, en, color }
}

/// The areas of BauNVO § 2 to § 11, then the other areas of BauGB § 9(1), in the order of a legend.
const USES: [Use; 18] = [
    permitted("WS", "Kleinsiedlungsgebiet", "small holdings area", "#f6c9c4"),
    permitted("WR", "Reines Wohngebiet", "purely residential area", "#f0aaa4"),
    permitted("WA", "Allgemeines Wohngebiet", "general residential area", "#e98f89"),
    permitted("WB", "Besonderes Wohngebiet", "special residential area", "#df7a76"),
    permitted("MD", "Dorfgebiet", "village area", "#d8bd9a"),
    permitted("MDW", "Dörfliches Wohngebiet", "rural residential area", "#e0c7a6"),
    permitted("MI", "Mischgebiet", "mixed-use area", "#cba77a"),
    permitted("MU", "Urbanes Gebiet", "urban area", "#b98d5c"),
    permitted("MK", "Kerngebiet", "core area", "#a37445"),
    permitted("GE", "Gewerbegebiet", "commercial area", "#c3c3c8"),
    permitted("GI", "Industriegebiet", "industrial area", "#9f9fa8"),
    permitted("SO", "Sondergebiet", "special area", "#f2b268"),
    permitted("GB", "Fläche für den Gemeinbedarf", "area for public facilities", "#e2779f"),
    permitted("VERKEHR", "Verkehrsfläche", "traffic area", "#f3d675"),
    permitted("GRUEN", "Grünfläche", "green space", "#9fd08c"),
    permitted("WASSER", "Wasserfläche", "water", "#93c3ea"),
    permitted("LW", "Fläche für die Landwirtschaft", "agricultural area", "#d3e39a"),
    permitted("WALD", "Wald", "woodland", "#74b59b"),
];

/// Colour of a use that is none of the known ones, and of none.
const OTHER_COLOR: &str = "#d9d2e6";

fn known(code: &str) -> Option<&'static Use> {
    USES.iter().find(|one| one.code.eq_ignore_ascii_case(code.trim()))
}

/// Name of a permitted use for people; the code itself where it is unknown.
pub fn use_label(code: &str) -> Text {
    known(code).map_or_else(|| Text::new(code, code), |one| Text::new(one.de, one.en))
}

/// Colour of a permitted use, `#rrggbb`.
pub fn use_color(code: &str) -> &'static str {
    known(code).map_or(OTHER_COLOR, |one| one.color)
}

/// Name of a status for people.
pub fn status_label(status: PlanStatus) -> Text {
    match status {
        PlanStatus::InPreparation => Text::new("in Aufstellung", "in preparation"),
        PlanStatus::PublicDisplay => Text::new("öffentlich ausgelegt", "on public display"),
        PlanStatus::Resolved => Text::new("als Satzung beschlossen", "passed by the council"),
        PlanStatus::InForce => Text::new("rechtsverbindlich", "in force"),
        PlanStatus::Repealed => Text::new("aufgehoben", "repealed"),
    }
}

/// A line for every permitted use that occurs in the layer: the known ones in the order of the law, then the others.
pub fn legend(layer: &PlanLayer) -> Vec<LegendEntry> {
    let mut codes: Vec<&str> = layer.plans().iter().filter_map(|plan| plan.permitted_use.as_deref()).collect();
    let place = |code: &str| USES.iter().position(|one| one.code.eq_ignore_ascii_case(code)).unwrap_or(USES.len());
    codes.sort_by_key(|code| (place(code), *code));
    codes.dedup();
    let entry =
        |code: &str| LegendEntry { key: code.to_owned(), label: use_label(code), color: use_color(code).to_owned() };
    codes.into_iter().map(entry).collect()
}
