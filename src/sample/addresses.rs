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
