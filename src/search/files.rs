//! The two files of a published index, as they are written and read: `names.json`, small and loaded first, and
//! `addresses.json` with every house number.
//!
//! Both are fetched whole, so that no server learns what was searched. Places are whole numbers: millionths of a degree,
//! metres above the ellipsoid; a house stands at its offset from its street's point. What is in them was released.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::twin::PlaceInfo;

/// The value of [`NamesFile::format`] that this version reads and writes.
pub const NAMES_FORMAT: &str = "stadtzwilling-names/1";
/// The value of [`AddressesFile::format`] that this version reads and writes.
pub const ADDRESSES_FORMAT: &str = "stadtzwilling-addresses/1";

/// Millionths of a degree in a degree; one is eleven centimetres of latitude.
pub const E6: f64 = 1e6;

/// Why bytes are no index.
#[derive(Debug, Error)]
pub enum SearchError {
    /// The JSON is broken or of another shape.
    #[error("the index of the search cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// It is of another kind or version.
    #[error("the index of the search is of the format \"{found}\", not \"{expected}\"")]
    Format {
        /// What the file says.
        found: String,
        /// What this version reads.
        expected: &'static str,
    },
    /// The two files were not released together.
    #[error("the addresses of the index were released under another policy than its names")]
    OtherPolicy,
    /// The two files do not speak of the same streets.
    #[error("the addresses of the index are those of {addresses} streets, its names those of {names}")]
    OtherStreets {
        /// Streets in `addresses.json`.
        addresses: usize,
        /// Streets in `names.json`.
        names: usize,
    },
    /// A place beyond all longitudes and latitudes.
    #[error("\"{0}\" lies nowhere on earth")]
    NowhereOnEarth(String),
    /// More text than an index can hold.
    #[error("the index of the search has more than {0} bytes of text")]
    TooLarge(usize),
}

/// `names.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NamesFile {
    /// [`NAMES_FORMAT`].
    pub format: String,
    /// SHA-256 of the policy file, hexadecimal.
    pub policy_hash: String,
    /// The towns that addresses lie in, the one with most of them first.
    pub towns: Vec<String>,
    /// Districts, by name.
    pub districts: Vec<DistrictRecord>,
    /// Streets, by name and town.
    pub streets: Vec<StreetRecord>,
    /// Sights and places, in the order of the city's list.
    pub places: Vec<PlaceRecord>,
}

/// A district: its name and where its middle is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DistrictRecord(
    /// Name.
    pub String,
    /// Its middle.
    pub PointRecord,
    /// Distance from the middle to its farthest point, metres.
    pub u32,
);

/// A street: its name, its middle, how far it reaches, and where it lies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StreetRecord(
    /// Name.
    pub String,
    /// The middle of its houses.
    pub PointRecord,
    /// Distance from the middle to its farthest house, metres.
    pub u32,
    /// The districts that its houses lie in, the one with most of them first, by their places in the list.
    pub Vec<u16>,
    /// Its town, by its place in the list.
    #[serde(default)]
    pub u16,
);

/// Longitude and latitude in millionths of a degree, metres above the ellipsoid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointRecord(
    /// Longitude.
    pub i32,
    /// Latitude.
    pub i32,
    /// Height of the ground.
    pub i16,
);

/// A sight or place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceRecord {
    /// What the city says of it.
    #[serde(flatten)]
    pub place: PlaceInfo,
    /// Its district, by its place in the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<u16>,
}

/// `addresses.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AddressesFile {
    /// [`ADDRESSES_FORMAT`].
    pub format: String,
    /// SHA-256 of the policy file, hexadecimal.
    pub policy_hash: String,
    /// What all public ids begin with.
    pub id_prefix: String,
    /// The houses of each street, in the order of the streets in `names.json`.
    pub streets: Vec<Vec<HouseRecord>>,
}

/// A house with a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HouseRecord(
    /// The number as it is written: `5a`.
    pub String,
    /// Offset from the street's middle in longitude, millionths of a degree.
    pub i32,
    /// Offset in latitude, millionths of a degree.
    pub i32,
    /// Offset in height, metres.
    pub i16,
    /// What the building's public id goes on with behind the prefix.
    pub String,
    /// Which of the street's districts it lies in, counted from 1; 0 where that is not known.
    #[serde(default)]
    pub u8,
);

impl NamesFile {
    /// Reads `names.json`.
    pub fn parse(bytes: &[u8]) -> Result<Self, SearchError> {
        let file: Self = serde_json::from_slice(bytes)?;
        check_format(&file.format, NAMES_FORMAT)?;
        Ok(file)
    }
}

impl AddressesFile {
    /// Reads `addresses.json`.
    pub fn parse(bytes: &[u8]) -> Result<Self, SearchError> {
        let file: Self = serde_json::from_slice(bytes)?;
        check_format(&file.format, ADDRESSES_FORMAT)?;
        Ok(file)
    }
}

fn check_format(found: &str, expected: &'static str) -> Result<(), SearchError> {
    if found == expected { Ok(()) } else { Err(SearchError::Format { found: found.to_owned(), expected }) }
}

impl PointRecord {
    /// The nearest record of a place.
    pub fn of(lon_deg: f64, lat_deg: f64, height_m: f64) -> Self {
        Self((lon_deg * E6).round() as i32, (lat_deg * E6).round() as i32, height_m.round() as i16)
    }

    /// Longitude and latitude in degrees, and the height.
    pub fn degrees(self) -> [f64; 3] {
        [f64::from(self.0) / E6, f64::from(self.1) / E6, f64::from(self.2)]
    }

    /// Whether there is such a place.
    pub fn is_on_earth(self) -> bool {
        self.0.unsigned_abs() <= 180_000_000 && self.1.unsigned_abs() <= 90_000_000
    }
}
