//! Search on the user's own machine: street, house number, place, sight, district, stop, from two published files.
//!
//! Stands after the twin: `store` writes the files from what was released, a viewer or page reads them whole and asks
//! the [`Index`] at each key press. Nobody is told what was searched: nothing here opens a file or a connection.
//!
//! ```text
//! names.json ──→ entries → dictionary of folded words ┐
//! addresses.json → houses by street ──────────────────┴→ find(query) → hits in order
//! ```

mod distance;
mod files;
mod find;
mod fold;
mod hit;
mod houses;
mod number;
mod query;
mod words;

#[cfg(test)]
mod tests;

pub use files::{
    ADDRESSES_FORMAT, AddressesFile, DistrictRecord, E6, HouseRecord, NAMES_FORMAT, NamesFile, PlaceRecord,
    PointRecord, SearchError, StreetRecord,
};
pub use hit::{Hit, HitKind};
pub use number::{HouseNumber, find as find_number};

use crate::points::{self, PointLayer, category_name};
use crate::twin::{CameraPose, Language, PointCategory, Text};
use fold::{forms, spelled_out};
use houses::Houses;
use words::{Collected, Words};

/// Everything that can be found, by every way of writing it.
#[derive(Clone, Debug, Default)]
pub struct Index {
    policy_hash: String,
    towns: Vec<String>,
    districts: Vec<String>,
    /// Streets first, in the order of the file, so that a street's houses are known by its place.
    entries: Vec<Entry>,
    streets: usize,
    words: Words,
    houses: Option<Houses>,
}

/// Something with a name.
#[derive(Clone, Debug)]
struct Entry {
    kind: HitKind,
    name: Name,
    /// Each of its names in one folded word, abbreviations written out.
    joined: Vec<String>,
    /// What is told beside the name where districts do not say it.
    detail: Option<Text>,
    /// By their places in the list.
    districts: Vec<u16>,
    town: u16,
    point: [f64; 3],
    extent_m: f64,
    view: Option<CameraPose>,
    building: Option<String>,
}

/// A name, in one language or in several.
#[derive(Clone, Debug)]
enum Name {
    One(String),
    Many(Text),
}

impl Name {
    fn get(&self, language: Language) -> &str {
        match self {
            Self::One(name) => name,
            Self::Many(text) => text.get(language),
        }
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        let (one, many) = match self {
            Self::One(name) => (Some(name), None),
            Self::Many(text) => (None, Some(text)),
        };
        one.into_iter().chain(many.into_iter().flat_map(|text| text.0.values())).map(String::as_str)
    }
}

/// A point of a layer that can be found by its name.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedPoint {
    /// Its name.
    pub name: String,
    /// What it is, in words; may be empty.
    pub detail: Text,
    /// Longitude, degrees.
    pub lon_deg: f64,
    /// Latitude, degrees.
    pub lat_deg: f64,
    /// Height above the ellipsoid, metres.
    pub height_m: f64,
}

/// The house numbers of a release. Reading them takes longer than a frame, and needs no index.
#[derive(Clone, Debug)]
pub struct Addresses {
    policy_hash: String,
    houses: Houses,
}

impl Addresses {
    /// Reads `addresses.json`.
    pub fn parse(addresses: &[u8]) -> Result<Self, SearchError> {
        let mut file = AddressesFile::parse(addresses)?;
        let policy_hash = std::mem::take(&mut file.policy_hash);
        Ok(Self { policy_hash, houses: Houses::of(file)? })
    }
}

/// Points of one name and kind that are nearer than this, degrees, are one: the platforms of a stop.
const ONE_STOP_DEG: f64 = 0.004;

impl Index {
    /// The index of the names of a release, without house numbers so far.
    pub fn parse(names: &[u8]) -> Result<Self, SearchError> {
        Self::of(NamesFile::parse(names)?)
    }

    /// As [`Index::parse`], of a file that has been read.
    pub fn of(file: NamesFile) -> Result<Self, SearchError> {
        let mut index =
            Self { policy_hash: file.policy_hash, towns: file.towns, streets: file.streets.len(), ..Self::default() };
        for street in file.streets {
            index.entries.push(street_entry(street)?);
        }
        for district in file.districts {
            index.districts.push(district.0.clone());
            index.entries.push(district_entry(district)?);
        }
        for place in file.places {
            index.entries.push(place_entry(place)?);
        }
        index.look_up_again();
        Ok(index)
    }

    /// Adds the house numbers of the same release, read from their file.
    pub fn add_addresses(&mut self, addresses: &[u8]) -> Result<(), SearchError> {
        self.take_addresses(Addresses::parse(addresses)?)
    }

    /// Takes the house numbers of the same release.
    pub fn take_addresses(&mut self, addresses: Addresses) -> Result<(), SearchError> {
        let Addresses { policy_hash, houses } = addresses;
        if policy_hash != self.policy_hash {
            return Err(SearchError::OtherPolicy);
        }
        if houses.streets() != self.streets {
            return Err(SearchError::OtherStreets { addresses: houses.streets(), names: self.streets });
        }
        self.houses = Some(houses);
        Ok(())
    }

    /// Adds the places of a published layer by their names, each with its category in words.
    pub fn add_places(&mut self, category: PointCategory, layer: &PointLayer) {
        let kind = if category == PointCategory::Stop { HitKind::Stop } else { HitKind::Point };
        let words = Language::ALL.iter().map(|&language| (language, category_name(category, language).to_owned()));
        let detail = if kind == HitKind::Stop { Text::default() } else { Text(words.collect()) };
        let named = |point: &points::NamedPoint| NamedPoint {
            name: point.name.clone(),
            detail: detail.clone(),
            lon_deg: point.place.lon_deg,
            lat_deg: point.place.lat_deg,
            height_m: point.place.height_m,
        };
        self.add_points(kind, layer.points().iter().map(named));
    }

    /// Adds points of a layer, such as stops. Those without a name are left out, and several of one name and kind that
    /// lie together count as one.
    pub fn add_points(&mut self, kind: HitKind, points: impl IntoIterator<Item = NamedPoint>) {
        let mut added: Vec<Entry> = Vec::new();
        for point in points {
            if point.name.trim().is_empty() || !(point.lon_deg.is_finite() && point.lat_deg.is_finite()) {
                continue;
            }
            added.push(point_entry(kind, point));
        }
        added.sort_by(|one, other| one.joined.cmp(&other.joined).then(one.point[0].total_cmp(&other.point[0])));
        added.dedup_by(|one, kept| one.joined == kept.joined && is_near(one.point, kept.point));
        self.entries.append(&mut added);
        self.look_up_again();
    }

    /// The policy that the index was released under.
    pub fn policy_hash(&self) -> &str {
        &self.policy_hash
    }

    /// Whether house numbers can be found.
    pub fn has_addresses(&self) -> bool {
        self.houses.is_some()
    }

    /// How many names and house numbers there are.
    pub fn len(&self) -> (usize, usize) {
        (self.entries.len(), self.houses.as_ref().map_or(0, Houses::len))
    }

    /// Whether nothing can be found.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Makes the dictionary of all entries.
    fn look_up_again(&mut self) {
        let mut words = Collected::default();
        let details: Vec<Vec<String>> = self.districts.iter().map(|district| fold::words(district)).collect();
        let towns: Vec<Vec<String>> = self.towns.iter().map(|town| fold::words(town)).collect();
        for (number, entry) in self.entries.iter().enumerate() {
            for name in entry.name.all() {
                for form in forms(&fold::words(name)) {
                    words.add(form, number, false);
                }
            }
            let districts = entry.districts.iter().filter_map(|district| details.get(usize::from(*district)));
            let town = towns.get(usize::from(entry.town)).filter(|_| self.towns.len() > 1);
            for word in districts.chain(town).flatten() {
                words.add(word.clone(), number, true);
            }
        }
        self.words = words.into();
    }
}

fn is_near(one: [f64; 3], other: [f64; 3]) -> bool {
    (one[0] - other[0]).abs() < ONE_STOP_DEG && (one[1] - other[1]).abs() < ONE_STOP_DEG
}

/// Names as they are compared as a whole.
fn joined(name: &Name) -> Vec<String> {
    let joined = |name| fold::words(name).iter().map(|word| spelled_out(word)).collect::<String>();
    let mut all: Vec<String> = name.all().map(joined).collect();
    all.sort();
    all.dedup();
    all
}

impl Entry {
    fn new(kind: HitKind, name: Name, point: [f64; 3]) -> Self {
        Self {
            kind,
            joined: joined(&name),
            name,
            detail: None,
            districts: Vec::new(),
            town: 0,
            point,
            extent_m: 0.0,
            view: None,
            building: None,
        }
    }
}

fn on_earth(name: &str, point: PointRecord) -> Result<[f64; 3], SearchError> {
    if point.is_on_earth() { Ok(point.degrees()) } else { Err(SearchError::NowhereOnEarth(name.to_owned())) }
}

fn street_entry(StreetRecord(name, point, extent_m, districts, town): StreetRecord) -> Result<Entry, SearchError> {
    let point = on_earth(&name, point)?;
    let entry = Entry::new(HitKind::Street, Name::One(name), point);
    Ok(Entry { districts, town, extent_m: f64::from(extent_m), ..entry })
}

fn district_entry(DistrictRecord(name, point, extent_m): DistrictRecord) -> Result<Entry, SearchError> {
    let point = on_earth(&name, point)?;
    Ok(Entry { extent_m: f64::from(extent_m), ..Entry::new(HitKind::District, Name::One(name), point) })
}

fn place_entry(PlaceRecord { place, district }: PlaceRecord) -> Result<Entry, SearchError> {
    let pose = place.pose;
    let is_on_earth = pose.lon_deg.abs() <= 180.0 && pose.lat_deg.abs() <= 90.0 && pose.height_m.is_finite();
    if !(is_on_earth && pose.distance_m.is_finite() && pose.distance_m > 0.0) {
        return Err(SearchError::NowhereOnEarth(place.title.get(Language::De).to_owned()));
    }
    let kind = if place.building.is_some() { HitKind::Landmark } else { HitKind::Place };
    let entry = Entry::new(kind, Name::Many(place.title), [pose.lon_deg, pose.lat_deg, pose.height_m]);
    let districts = district.into_iter().collect();
    Ok(Entry { districts, extent_m: pose.distance_m, view: Some(pose), building: place.building, ..entry })
}

fn point_entry(kind: HitKind, point: NamedPoint) -> Entry {
    let NamedPoint { name, detail, lon_deg, lat_deg, height_m } = point;
    let detail = Some(detail).filter(|detail| !detail.0.is_empty());
    Entry { detail, ..Entry::new(kind, Name::One(name), [lon_deg, lat_deg, height_m]) }
}
