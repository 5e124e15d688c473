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

impl Crs {
    /// Understands `EPSG:25832`, `urn:ogc:def:crs:EPSG::25832`, the compound
    /// `urn:ogc:def:crs,crs:EPSG::25832,crs:EPSG::5783` and AdV's `urn:adv:crs:ETRS89_UTM32*DE_DHHN2016_NH`.
    pub fn from_srs_name(name: &str) -> Result<Self, CrsError> {
        let unknown = || CrsError::NotAName(name.to_owned());
        if let Some((_, zone)) = name.split_once("ETRS89_UTM") {
            let zone: u32 = zone.get(..2).and_then(|zone| zone.parse().ok()).ok_or_else(unknown)?;
            let vertical = match () {
                _ if name.contains("DHHN2016") => Some(7837),
                _ if name.contains("DHHN92") => Some(5783),
                _ => None,
            };
            return Ok(Self { horizontal: 25800 + zone, vertical });
        }
        let code =
            |part: &str| part.contains("EPSG").then(|| part.rsplit([':', '/', '#']).next()?.trim().parse().ok())?;
        let mut codes = name.split(',').filter_map(code);
        Ok(Self { horizontal: codes.next().ok_or_else(unknown)?, vertical: codes.next() })
    }
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
