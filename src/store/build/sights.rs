//! Buildings that a release calls by name → places in its index, beside those that the city's file names itself.

use std::collections::BTreeMap;

use glam::DVec3;

use super::projection::CityProjector;
use crate::geo::{Bounds3, Geodetic};
use crate::privacy::{ReleasedBuilding, ReleasedValue, Releaser};
use crate::tiles::ToEcef;
use crate::twin::{AttributeKind, CameraPose, Language, PlaceInfo, Text};

/// What readers call `gml:name`.
const NAME: &str = "name";
/// How far from a building it is looked at: so many times as far as it is large, and no nearer than so many metres.
const SIZES_AWAY: f64 = 3.0;
const LEAST_AWAY_M: f64 = 220.0;
const PITCH_DEG: f64 = -25.0;

/// A building with its released name.
#[derive(Clone, Debug)]
pub(super) struct Sight {
    id: String,
    title: Text,
    middle: Geodetic,
    /// Length of the diagonal of the box around it, metres.
    size_m: f64,
}

impl Sight {
    /// What a release calls a building; `None` where it tells no name.
    pub fn of(release: &ReleasedBuilding, releaser: &Releaser, projector: &CityProjector) -> Option<Self> {
        let column = releaser.attributes().iter().position(|attribute| attribute.name == NAME)?;
        let title = match (release.values().get(column)?.as_ref()?, &releaser.attributes()[column].kind) {
            (ReleasedValue::Text(text), _) => Text::new(text, text),
            (ReleasedValue::Category(index), AttributeKind::Category { values }) => {
                values.get(usize::from(*index))?.label.clone()
            }
            _ => return None,
        };
        let polygons = release.surfaces().iter().flat_map(|surface| &surface.polygons);
        let bounds = polygons.fold(Bounds3::EMPTY, |bounds, polygon| bounds.union(polygon.bounds()));
        let middle: DVec3 = bounds.center();
        let middle = Geodetic::from(projector.ecef_all(release.crs(), &[middle]).ok()?.pop()?);
        Some(Self { id: release.id().to_owned(), title, middle, size_m: (bounds.max - bounds.min).length() })
    }

    fn place(self, heading_deg: f64) -> PlaceInfo {
        let pose = CameraPose {
            lon_deg: self.middle.lon_deg,
            lat_deg: self.middle.lat_deg,
            height_m: self.middle.height_m,
            distance_m: (SIZES_AWAY * self.size_m).max(LEAST_AWAY_M),
            heading_deg,
            pitch_deg: PITCH_DEG,
        };
        PlaceInfo { title: self.title, pose, building: Some(self.id) }
    }
}

/// The places of an index: those that the city names, then the buildings that have a name of their own beside these, by
/// name. Of several with one name it is the largest.
pub(super) fn places(named: &[PlaceInfo], sights: &[Sight], heading_deg: f64) -> Vec<PlaceInfo> {
    let is_named = |sight: &Sight| {
        named.iter().any(|place| place.title == sight.title || place.building.as_ref() == Some(&sight.id))
    };
    let mut largest: BTreeMap<&str, &Sight> = BTreeMap::new();
    for sight in sights.iter().filter(|sight| !is_named(sight)) {
        let kept = largest.entry(sight.title.get(Language::De)).or_insert(sight);
        let is_larger = kept.size_m.total_cmp(&sight.size_m).then_with(|| sight.id.cmp(&kept.id)).is_lt();
        if is_larger {
            *kept = sight;
        }
    }
    let of_its_own = largest.into_values().map(|sight| sight.clone().place(heading_deg));
    named.iter().cloned().chain(of_its_own).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight(id: &str, name: &str, size_m: f64) -> Sight {
        let middle = Geodetic { lon_deg: 11.5, lat_deg: 48.1, height_m: 540.0 };
        Sight { id: id.to_owned(), title: Text::new(name, name), middle, size_m }
    }

    #[test]
    fn the_largest_of_a_name_is_the_place_and_what_the_city_names_stays() {
        let of_the_city = sight("A", "Alter Hof", 40.0).place(0.0);
        let sights = [
            sight("C", "Rathaus", 30.0),
            sight("A", "Hof", 40.0),
            sight("B", "Rathaus", 90.0),
            sight("D", "Alter Hof", 10.0),
            sight("E", "Bad", 10.0),
        ];
        let places = places(std::slice::from_ref(&of_the_city), &sights, 90.0);
        let told = |place: &PlaceInfo| {
            (place.title.get(Language::De).to_owned(), place.building.clone().unwrap(), place.pose.distance_m)
        };
        let told: Vec<_> = places.iter().map(told).collect();
        let place = |title: &str, id: &str, away_m| (title.to_owned(), id.to_owned(), away_m);
        assert_eq!(told, [place("Alter Hof", "A", 220.0), place("Bad", "E", 220.0), place("Rathaus", "B", 270.0)]);
        assert_eq!((places[0].pose.heading_deg, places[2].pose.heading_deg), (0.0, 90.0));
    }
}
