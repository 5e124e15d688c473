//! What can be found by name: released addresses and names, districts and the city's places → the two files of each
//! release's index.
//!
//! Only a release is read here: a building whose address an audience may not see has none. While a city is read its
//! addresses are kept as text and numbers, some 55 bytes each: 22 MB for a city of 400,000.

use std::collections::BTreeMap;

use glam::DVec3;

use super::districts::Districts;
use super::progress::{Amount, Tally};
use super::projection::CityProjector;
use super::sights::{self, Sight};
use super::{ADDRESSES, BuildError, NAMES, Run, folder};
use crate::geo::{Bounds3, Geodetic};
use crate::privacy::{ADDRESS, ReleasedBuilding, ReleasedValue, Releaser};
use crate::search::{
    ADDRESSES_FORMAT, AddressesFile, DistrictRecord, E6, HouseNumber, HouseRecord, NAMES_FORMAT, NamesFile,
    PlaceRecord, PointRecord, StreetRecord, find_number,
};
use crate::tiles::ToEcef;
use crate::twin::PlaceInfo;

/// Metres of a degree of latitude.
const M_PER_DEG: f64 = 111_320.0;

/// What a released building is found by.
#[derive(Debug)]
pub(super) struct Found {
    address: Option<Address>,
    name: Option<Sight>,
}

impl Found {
    /// What a release tells of it.
    pub fn by(release: &ReleasedBuilding, releaser: &Releaser, projector: &CityProjector) -> Self {
        let address = Address::of(release, releaser, projector);
        Self { address, name: Sight::of(release, releaser, projector) }
    }
}

/// The addresses of a released building.
#[derive(Debug)]
struct Address {
    id: String,
    /// As they were released: "Tal 1, 80331 München; Marienplatz 2, 80331 München".
    text: String,
    point: PointRecord,
    /// Cubic metres of the box around it: of several buildings with one address the largest is found.
    bulk_m3: f32,
}

impl Address {
    /// What a release tells of a building's addresses and place; `None` where it tells no address.
    fn of(release: &ReleasedBuilding, releaser: &Releaser, projector: &CityProjector) -> Option<Self> {
        let column = releaser.attributes().iter().position(|attribute| attribute.name == ADDRESS)?;
        let Some(ReleasedValue::Text(text)) = release.values().get(column)?.clone() else { return None };
        let polygons = release.surfaces().iter().flat_map(|surface| &surface.polygons);
        let bounds = polygons.fold(Bounds3::EMPTY, |bounds, polygon| bounds.union(polygon.bounds()));
        let foot: DVec3 = bounds.center().with_z(bounds.min.z);
        let place = Geodetic::from(projector.ecef_all(release.crs(), &[foot]).ok()?.pop()?);
        let point = PointRecord::of(place.lon_deg, place.lat_deg, place.height_m);
        let bulk_m3 = (bounds.max - bounds.min).element_product() as f32;
        Some(Self { id: release.id().to_owned(), text, point, bulk_m3 })
    }
}

/// Street, number and town of each address in a released text; one without a number is left out.
pub(super) fn addresses(text: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    text.split("; ").filter_map(|address| {
        let (line, town) = address.rsplit_once(", ").unwrap_or((address, ""));
        let number = find_number(line).filter(|place| place.end == line.len())?;
        let street = line[..number.start].trim_end();
        let town = town.trim_start_matches(|c: char| c.is_ascii_digit()).trim();
        (!street.is_empty()).then_some((street, &line[number], town))
    })
}

/// What the buildings of a release are found by, while it is gathered.
#[derive(Debug, Default)]
pub(super) struct Addressed {
    /// Streets with their town, by name.
    streets: BTreeMap<(String, String), u32>,
    houses: Vec<House>,
    /// Numbers and ids of all houses.
    text: String,
    /// Those with a name.
    sights: Vec<Sight>,
}

#[derive(Clone, Copy, Debug)]
struct House {
    street: u32,
    /// Where its text begins: the number, then the id.
    text: u32,
    number_len: u8,
    id_len: u8,
    point: PointRecord,
    bulk_m3: f32,
}

impl Extend<Found> for Addressed {
    fn extend<I: IntoIterator<Item = Found>>(&mut self, buildings: I) {
        for Found { address, name } in buildings {
            self.sights.extend(name);
            let Some(address) = address else { continue };
            for (street, number, town) in addresses(&address.text) {
                self.add(street, number, town, &address);
            }
        }
    }
}

impl Addressed {
    fn add(&mut self, street: &str, number: &str, town: &str, address: &Address) {
        let Address { id, point, bulk_m3, .. } = address;
        let lengths = (u8::try_from(number.len()), u8::try_from(id.len()), u32::try_from(self.text.len()));
        // An id or number longer than any is: the house is in the city, but not found by this address.
        let (Ok(number_len), Ok(id_len), Ok(text)) = lengths else { return };
        let next = self.streets.len() as u32;
        let street = *self.streets.entry((street.to_owned(), town.to_owned())).or_insert(next);
        self.text.push_str(number);
        self.text.push_str(id);
        self.houses.push(House { street, text, number_len, id_len, point: *point, bulk_m3: *bulk_m3 });
    }

    fn number(&self, house: &House) -> &str {
        &self.text[house.text as usize..][..usize::from(house.number_len)]
    }

    fn id(&self, house: &House) -> &str {
        &self.text[house.text as usize + usize::from(house.number_len)..][..usize::from(house.id_len)]
    }

    /// The houses of each street by number, of those with one number the largest.
    fn by_street(&self) -> Vec<Vec<House>> {
        let mut streets: Vec<Vec<House>> = vec![Vec::new(); self.streets.len()];
        for house in &self.houses {
            streets[house.street as usize].push(*house);
        }
        for houses in &mut streets {
            let key = |house: &House| HouseNumber::parse(self.number(house));
            houses.sort_by(|one, other| {
                let bulk = other.bulk_m3.total_cmp(&one.bulk_m3);
                key(one).cmp(&key(other)).then(bulk).then_with(|| self.id(one).cmp(self.id(other)))
            });
            houses.dedup_by_key(|house| key(house));
        }
        streets
    }

    /// What all ids begin with.
    fn id_prefix(&self) -> &str {
        let mut ids = self.houses.iter().map(|house| self.id(house));
        let Some(first) = ids.next() else { return "" };
        let mut length = first.len();
        for id in ids {
            length = first.bytes().zip(id.bytes()).take(length).take_while(|(a, b)| a == b).count();
        }
        while !first.is_char_boundary(length) {
            length -= 1;
        }
        &first[..length]
    }

    /// Towns by the number of their houses.
    fn towns(&self) -> Vec<String> {
        let town_of: BTreeMap<u32, &str> =
            self.streets.iter().map(|((_, town), street)| (*street, town.as_str())).collect();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for house in &self.houses {
            *counts.entry(town_of.get(&house.street).copied().unwrap_or_default()).or_default() += 1;
        }
        let mut towns: Vec<(&str, usize)> = counts.into_iter().collect();
        towns.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        towns.into_iter().map(|(town, _)| town.to_owned()).collect()
    }
}

impl Run<'_> {
    /// Writes the index of every release.
    pub(super) fn names(&mut self, addressed: Vec<Addressed>) -> Result<(), BuildError> {
        let tally = Tally::new(self.progress);
        // Each index is written at the end, which is a step as well.
        let steps = addressed.iter().map(|addressed| addressed.streets.len() as u64 + 1).sum();
        tally.begin("search", Amount::Steps(steps));
        let districts = self.districts()?;
        for (releaser, addressed) in self.releasers.iter().zip(addressed) {
            let (names, addresses) = self.index(releaser, &addressed, &districts, &tally);
            let folder = self.folder(releaser);
            folder::write(&folder.join(NAMES), &json(&names)?)?;
            folder::write(&folder.join(ADDRESSES), &json(&addresses)?)?;
            tally.add(1);
        }
        Ok(())
    }

    fn index(
        &self,
        releaser: &Releaser,
        addressed: &Addressed,
        districts: &Districts,
        tally: &Tally<'_>,
    ) -> (NamesFile, AddressesFile) {
        let towns = addressed.towns();
        let prefix = addressed.id_prefix();
        let by_street = addressed.by_street();
        let mut heights = Heights::new(districts.0.len());
        let (mut streets, mut houses) = (Vec::new(), Vec::new());
        for ((name, town), number) in &addressed.streets {
            let own = &by_street[*number as usize];
            let in_districts: Vec<Option<u16>> = own.iter().map(|house| district_at(districts, house.point)).collect();
            heights.add(own, &in_districts);
            let (point, extent_m) = middle(own);
            let parts = by_count(&in_districts);
            let part = |district: Option<u16>| parts.iter().position(|part| Some(*part) == district);
            let record = |(house, district): (&House, &Option<u16>)| {
                let PointRecord(lon, lat, height) = house.point;
                let id = addressed.id(house)[prefix.len()..].to_owned();
                let number = addressed.number(house).to_owned();
                let part = part(*district).and_then(|part| u8::try_from(part + 1).ok()).unwrap_or(0);
                HouseRecord(number, lon - point.0, lat - point.1, height.saturating_sub(point.2), id, part)
            };
            houses.push(own.iter().zip(&in_districts).map(record).collect());
            let town = towns.iter().position(|known| known == town).unwrap_or(0) as u16;
            streets.push(StreetRecord(name.clone(), point, extent_m, parts.clone(), town));
            tally.add(1);
        }
        let policy_hash = releaser.policy().hash().to_owned();
        let names = NamesFile {
            format: NAMES_FORMAT.to_owned(),
            policy_hash: policy_hash.clone(),
            towns,
            districts: self.district_records(districts, &heights),
            streets,
            places: self.places(&addressed.sights, districts),
        };
        let (format, id_prefix) = (ADDRESSES_FORMAT.to_owned(), prefix.to_owned());
        (names, AddressesFile { format, policy_hash, id_prefix, streets: houses })
    }

    fn district_records(&self, districts: &Districts, heights: &Heights) -> Vec<DistrictRecord> {
        let record = |(number, district): (usize, &super::districts::District)| {
            let [lon_deg, lat_deg] = district.middle();
            let height_m = heights.of(number).unwrap_or(self.city.home.height_m);
            let far_m = district.corners().map(|at| distance_m([lon_deg, lat_deg], at)).fold(0.0, f64::max);
            DistrictRecord(district.name.clone(), PointRecord::of(lon_deg, lat_deg, height_m), far_m.round() as u32)
        };
        districts.0.iter().enumerate().map(record).collect()
    }

    fn places(&self, sights: &[Sight], districts: &Districts) -> Vec<PlaceRecord> {
        let record = |place: PlaceInfo| {
            let district = districts.at(place.pose.lon_deg, place.pose.lat_deg).map(|number| number as u16);
            PlaceRecord { place, district }
        };
        sights::places(&self.city.places, sights, self.city.home.heading_deg).into_iter().map(record).collect()
    }
}

fn json<T: serde::Serialize>(file: &T) -> Result<Vec<u8>, BuildError> {
    let mut json = serde_json::to_vec(file).map_err(|error| BuildError::Index(error.to_string()))?;
    json.push(b'\n');
    Ok(json)
}

fn district_at(districts: &Districts, point: PointRecord) -> Option<u16> {
    let [lon_deg, lat_deg, _] = point.degrees();
    districts.at(lon_deg, lat_deg).map(|number| number as u16)
}

/// The middle of the box around houses, at their mean height, and the distance to the farthest of them in metres.
fn middle(houses: &[House]) -> (PointRecord, u32) {
    let count = houses.len().max(1) as i64;
    let range = |of: fn(&House) -> i32| {
        let values = || houses.iter().map(of);
        (values().min().unwrap_or(0)).midpoint(values().max().unwrap_or(0))
    };
    let height = houses.iter().map(|house| i64::from(house.point.2)).sum::<i64>() / count;
    let point = PointRecord(range(|house| house.point.0), range(|house| house.point.1), height as i16);
    let place = |point: PointRecord| [f64::from(point.0) / E6, f64::from(point.1) / E6];
    let far_m = houses.iter().map(|house| distance_m(place(point), place(house.point))).fold(0.0, f64::max);
    (point, far_m.ceil() as u32)
}

/// Metres between two places in degrees, near enough within a city.
fn distance_m(one: [f64; 2], other: [f64; 2]) -> f64 {
    let east = (other[0] - one[0]) * M_PER_DEG * one[1].to_radians().cos();
    let north = (other[1] - one[1]) * M_PER_DEG;
    east.hypot(north)
}

/// Each district once, the one that stands most often first.
fn by_count(all: &[Option<u16>]) -> Vec<u16> {
    let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
    all.iter().flatten().for_each(|district| *counts.entry(*district).or_default() += 1);
    let mut districts: Vec<(u16, usize)> = counts.into_iter().collect();
    districts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    districts.into_iter().map(|(district, _)| district).collect()
}

/// The mean height of the houses of each district.
struct Heights(Vec<(i64, i64)>);

impl Heights {
    fn new(districts: usize) -> Self {
        Self(vec![(0, 0); districts])
    }

    fn add(&mut self, houses: &[House], districts: &[Option<u16>]) {
        for (house, district) in houses.iter().zip(districts) {
            if let Some((sum, count)) = district.and_then(|number| self.0.get_mut(usize::from(number))) {
                *sum += i64::from(house.point.2);
                *count += 1;
            }
        }
    }

    fn of(&self, district: usize) -> Option<f64> {
        self.0.get(district).filter(|(_, count)| *count > 0).map(|(sum, count)| *sum as f64 / *count as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn released_texts_come_apart() {
        let all = |text| addresses(text).collect::<Vec<_>>();
        assert_eq!(
            all("Tal 1, 80331 München; Straße des 17. Juni 5 a, 80331 München"),
            [("Tal", "1", "München"), ("Straße des 17. Juni", "5 a", "München")]
        );
        assert_eq!(all("Tal 1-3"), [("Tal", "1-3", "")]);
        assert_eq!(all("Tal, 80331 München; 80331 München; 12; Kirchplatz"), []);
    }

    fn address(id: &str, text: &str, lon_e6: i32, bulk_m3: f32) -> Address {
        Address { id: id.to_owned(), text: text.to_owned(), point: PointRecord(lon_e6, 48_000_000, 510), bulk_m3 }
    }

    #[test]
    fn of_several_houses_with_one_number_the_largest_is_found() {
        let all = [
            address("D_10", "Tal 5, 80331 München", 11_000_000, 10.0),
            address("D_12", "Tal 5, 80331 München; Tal 5a, 80331 München", 11_001_000, 300.0),
            address("D_11", "Tal 5, 80331 München; Tal 10, 81369 München", 11_002_000, 300.0),
        ];
        let mut addressed = Addressed::default();
        addressed.extend(all.map(|address| Found { address: Some(address), name: None }));
        let houses = addressed.by_street().remove(0);
        let told: Vec<_> = houses.iter().map(|house| (addressed.number(house), addressed.id(house))).collect();
        assert_eq!(told, [("5", "D_11"), ("5a", "D_12"), ("10", "D_11")]);
        assert_eq!((addressed.id_prefix(), addressed.towns()), ("D_1", vec!["München".to_owned()]));
        let (point, extent_m) = middle(&houses);
        assert_eq!((point, extent_m), (PointRecord(11_001_500, 48_000_000, 510), 38));
    }
}
