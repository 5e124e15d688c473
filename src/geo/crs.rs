//! Names of coordinate reference systems as files write them.

use thiserror::Error;

/// A coordinate reference system by its EPSG codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Crs {
    /// EPSG code of the horizontal (or full three-dimensional) system.
    pub horizontal: u32,
    /// EPSG code of the heights, where the name gives one (7837 is DHHN2016, 5783 DHHN92).
    pub vertical: Option<u32>,
}

/// Why a name is not a known system.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CrsError {
    /// The text follows none of the known patterns.
    #[error("\"{0}\" is not the name of a coordinate reference system")]
    NotAName(String),
    /// PROJ cannot take this system to the ellipsoid.
    #[error("no way is known from EPSG:{code} to WGS 84: {reason}")]
    NoWay {
        /// EPSG code asked for.
        code: u32,
        /// What PROJ said.
        reason: String,
    },
}

impl Crs {
    /// A horizontal system without a word about heights.
    pub const fn horizontal(code: u32) -> Self {
        Self { horizontal: code, vertical: None }
    }

    /// The system that an OGC URN or URL, `EPSG:…` or the OGC's `CRS84` names.
    pub fn from_srs_name(name: &str) -> Result<Self, CrsError> {
        let last = name.trim().rsplit([':', '/', '#']).next().unwrap_or_default();
        let is_epsg = name.to_ascii_uppercase().contains("EPSG");
        match last.parse() {
            Ok(code) if is_epsg => Ok(Self::horizontal(code)),
            _ if last.eq_ignore_ascii_case("CRS84") => Ok(Self::horizontal(4326)),
            _ => Err(CrsError::NotAName(name.to_owned())),
        }
    }
}
