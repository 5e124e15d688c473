//! Addresses: the nearest street, a number along it and the nearest postal code.

use glam::DVec2;

use super::building::HouseAddress;
use super::facts::Facts;
use super::streets::StreetIndex;

/// The address of a house with this front; none away from all streets.
pub(super) fn of(facts: &Facts, streets: &StreetIndex, front: DVec2) -> Option<HouseAddress> {
    let (street, number) = streets.address(front)?;
    let near = facts.postcodes.iter().min_by(|one, other| one.1.distance(front).total_cmp(&other.1.distance(front)));
    let postcode = near.map_or_else(String::new, |(code, _)| code.clone());
    Some(HouseAddress { street: street.to_owned(), number: number.to_string(), postcode })
}

/// Beginnings of invented street names; none of them is a street of Munich in this combination by intent.
const BEGINNINGS: [&str; 40] = [
    "Ahornblatt",
    "Apfelkern",
    "Bachstelzen",
    "Birnbaum",
    "Blaumeisen",
    "Brombeer",
    "Butterblumen",
    "Distelfink",
    "Eichelhäher",
    "Enzianblüten",
    "Erdbeer",
    "Fingerhut",
    "Gänseblümchen",
    "Glockenblumen",
    "Goldammer",
    "Haselmaus",
    "Heckenrosen",
    "Himmelschlüssel",
    "Holunder",
    "Kastanienblüten",
    "Kirschkern",
    "Kleeblatt",
    "Klatschmohn",
    "Kohlmeisen",
    "Lindenblüten",
    "Löwenzahn",
    "Marillen",
    "Mauersegler",
    "Mirabellen",
    "Moosröschen",
    "Nachtigallen",
    "Pusteblumen",
    "Quitten",
    "Rotkehlchen",
    "Schlüsselblumen",
    "Siebenschläfer",
    "Stieglitz",
    "Vogelbeer",
    "Walderdbeer",
    "Zaunkönig",
];
/// Endings of invented street names.
const ENDINGS: [&str; 6] = ["gasse", "weg", "straße", "zeile", "steig", "pfad"];

/// The name of the invented lane with this number. The first 240 differ; later ones carry a number.
pub(super) fn lane_name(number: usize) -> String {
    let (beginning, ending) =
        (BEGINNINGS[number % BEGINNINGS.len()], ENDINGS[number / BEGINNINGS.len() % ENDINGS.len()]);
    match number / (BEGINNINGS.len() * ENDINGS.len()) {
        0 => format!("{beginning}{ending}"),
        round => format!("{beginning}{ending} {}", round + 1),
    }
}
