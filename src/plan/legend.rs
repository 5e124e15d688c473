//! Labels and colours: permitted uses and the status of a plan.
//!
//! Colours follow the Planzeichenverordnung's annex in hue (residential red, mixed brown, commercial grey, special
//! orange, public facilities carmine, traffic yellow, green, blue), lightened so that buildings stay readable on them.

use super::{PlanLayer, PlanStatus};
use crate::twin::{Language, LegendEntry, Text};

/// A permitted use: code, names, colour.
struct Use {
    code: &'static str,
    de: &'static str,
    en: &'static str,
    leicht: &'static str,
    color: &'static str,
}

const fn permitted(
    code: &'static str,
    de: &'static str,
    en: &'static str,
    leicht: &'static str,
    color: &'static str,
) -> Use {
    Use { code, de, en, leicht, color }
}

/// The areas of BauNVO § 2 to § 11, then the other areas of BauGB § 9(1), in the order of a legend.
const USES: [Use; 18] = [
    permitted("WS", "Kleinsiedlungsgebiet", "small holdings area", "Häuser mit großem Garten", "#f6c9c4"),
    permitted("WR", "Reines Wohngebiet", "purely residential area", "Hier sind nur Wohnungen", "#f0aaa4"),
    permitted("WA", "Allgemeines Wohngebiet", "general residential area", "Hier sind vor allem Wohnungen", "#e98f89"),
    permitted(
        "WB",
        "Besonderes Wohngebiet",
        "special residential area",
        "Hier sind Wohnungen und andere Dinge",
        "#df7a76",
    ),
    permitted("MD", "Dorfgebiet", "village area", "Dorf", "#d8bd9a"),
    permitted("MDW", "Dörfliches Wohngebiet", "rural residential area", "Dorf mit Wohnungen", "#e0c7a6"),
    permitted("MI", "Mischgebiet", "mixed-use area", "Wohnungen und Arbeit", "#cba77a"),
    permitted("MU", "Urbanes Gebiet", "urban area", "Stadt: Wohnungen, Arbeit und mehr", "#b98d5c"),
    permitted("MK", "Kerngebiet", "core area", "Mitte von der Stadt: Läden und Büros", "#a37445"),
    permitted("GE", "Gewerbegebiet", "commercial area", "Platz für Firmen", "#c3c3c8"),
    permitted("GI", "Industriegebiet", "industrial area", "Platz für Fabriken", "#9f9fa8"),
    permitted("SO", "Sondergebiet", "special area", "Platz für etwas Besonderes", "#f2b268"),
    permitted(
        "GB",
        "Fläche für den Gemeinbedarf",
        "area for public facilities",
        "Platz für alle: zum Beispiel Schulen",
        "#e2779f",
    ),
    permitted("VERKEHR", "Verkehrsfläche", "traffic area", "Platz für Straßen", "#f3d675"),
    permitted("GRUEN", "Grünfläche", "green space", "Wiesen und Parks", "#9fd08c"),
    permitted("WASSER", "Wasserfläche", "water", "Wasser", "#93c3ea"),
    permitted("LW", "Fläche für die Landwirtschaft", "agricultural area", "Felder", "#d3e39a"),
    permitted("WALD", "Wald", "woodland", "Wald", "#74b59b"),
];

/// Colour of a use that is none of the known ones, and of none.
const OTHER_COLOR: &str = "#d9d2e6";

fn known(code: &str) -> Option<&'static Use> {
    USES.iter().find(|one| one.code.eq_ignore_ascii_case(code.trim()))
}

/// Name of a permitted use for people; the code itself where it is unknown.
pub fn use_label(code: &str) -> Text {
    known(code)
        .map_or_else(|| Text::new(code, code), |one| Text::new(one.de, one.en).with(Language::Leicht, one.leicht))
}

/// Colour of a permitted use, `#rrggbb`.
pub fn use_color(code: &str) -> &'static str {
    known(code).map_or(OTHER_COLOR, |one| one.color)
}

/// Name of a status for people.
pub fn status_label(status: PlanStatus) -> Text {
    let (de, en, leicht) = match status {
        PlanStatus::InPreparation => ("in Aufstellung", "in preparation", "Die Stadt arbeitet noch an dem Plan."),
        PlanStatus::PublicDisplay => {
            ("öffentlich ausgelegt", "on public display", "Alle können den Plan ansehen und ihre Meinung sagen.")
        }
        PlanStatus::Resolved => ("als Satzung beschlossen", "passed by the council", "Der Stadtrat hat Ja gesagt."),
        PlanStatus::InForce => ("rechtsverbindlich", "in force", "Der Plan gilt."),
        PlanStatus::Repealed => ("aufgehoben", "repealed", "Der Plan gilt nicht mehr."),
    };
    Text::new(de, en).with(Language::Leicht, leicht)
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
