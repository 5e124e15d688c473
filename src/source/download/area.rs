//! Part of a city: a box, and which tiles of an index touch it, by their names.

use std::collections::BTreeSet;

use thiserror::Error;

use super::{FileName, RemoteFile};
use crate::geo::{Bounds3, Crs, CrsError, Geodetic, HeightReference, Projector};

/// A box in metres of the projected system that the tiles are named in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    west_m: f64,
    south_m: f64,
    east_m: f64,
    north_m: f64,
}

/// Why a text is not an area.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum AreaError {
    /// Not four numbers in order.
    #[error("\"{0}\" is not WEST,SOUTH,EAST,NORTH, such as 11.55,48.12,11.60,48.15")]
    NotABox(String),
    /// PROJ cannot take the box to the tiles' system.
    #[error("\"{given}\" cannot be taken to the system of the tiles: {source}")]
    NoWay {
        /// The text.
        given: String,
        /// What PROJ said.
        source: CrsError,
    },
}

/// How many points of each edge are projected: an edge along a parallel is a curve in the projected system.
const POINTS_PER_EDGE: u32 = 16;

impl Area {
    /// Reads `WEST,SOUTH,EAST,NORTH`: degrees of longitude and latitude where all four could be, else metres in `crs`.
    pub fn parse(text: &str, crs: Crs) -> Result<Self, AreaError> {
        let wrong = || AreaError::NotABox(text.to_owned());
        let numbers: Vec<f64> = text.split(',').map_while(|number| number.trim().parse().ok()).collect();
        let &[west, south, east, north] = numbers.as_slice() else { return Err(wrong()) };
        let ordered = west < east && south < north && numbers.iter().all(|number| number.is_finite());
        if !ordered || text.split(',').count() != 4 {
            return Err(wrong());
        }
        let area = Self { west_m: west, south_m: south, east_m: east, north_m: north };
        if numbers.iter().any(|number| number.abs() > 360.0) {
            return Ok(area);
        }
        area.projected(crs).map_err(|source| AreaError::NoWay { given: text.to_owned(), source })
    }

    /// This box of degrees as the box of metres around it.
    fn projected(self, crs: Crs) -> Result<Self, CrsError> {
        let projector = Projector::new(crs, HeightReference::Ellipsoidal)?;
        let place =
            |(lon_deg, lat_deg)| projector.projected_from_geodetic(Geodetic { lon_deg, lat_deg, height_m: 0.0 });
        let border = self.border().map(place).collect::<Result<Vec<_>, _>>()?;
        let Bounds3 { min, max } = Bounds3::of(border);
        Ok(Self { west_m: min.x, south_m: min.y, east_m: max.x, north_m: max.y })
    }

    fn border(self) -> impl Iterator<Item = (f64, f64)> {
        (0..=POINTS_PER_EDGE).flat_map(move |step| {
            let part = f64::from(step) / f64::from(POINTS_PER_EDGE);
            let x = self.west_m + (self.east_m - self.west_m) * part;
            let y = self.south_m + (self.north_m - self.south_m) * part;
            [(x, self.south_m), (x, self.north_m), (self.west_m, y), (self.east_m, y)]
        })
    }

    /// The files whose tile touches this area, and those whose name tells no tile.
    pub(super) fn keep(&self, files: Vec<RemoteFile>) -> Vec<RemoteFile> {
        let corners: Vec<_> = files.iter().filter_map(|file| corner_km(&file.name)).collect();
        let side_m = f64::from(side_km(&corners)) * 1000.0;
        let touches = |file: &RemoteFile| corner_km(&file.name).is_none_or(|corner| self.touches(corner, side_m));
        files.into_iter().filter(touches).collect()
    }

    fn touches(&self, (east_km, north_km): (u32, u32), side_m: f64) -> bool {
        let (x, y) = (f64::from(east_km) * 1000.0, f64::from(north_km) * 1000.0);
        x < self.east_m && x + side_m > self.west_m && y < self.north_m && y + side_m > self.south_m
    }
}

/// The south-west corner in km that a tile's name holds: `690_5334.gml`, `LoD2_32_280_5657_1_NW.gml`, `32690_5334.tif`.
fn corner_km(name: &FileName) -> Option<(u32, u32)> {
    let stem = name.as_str().split('.').next()?;
    let parts: Vec<&str> = stem.split('_').collect();
    parts.windows(2).find_map(|pair| {
        let &[east, north] = pair else { return None };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(east) || !digits(north) || !matches!(east.len(), 3 | 5) || north.len() != 4 {
            return None;
        }
        // Five digits begin with the number of the UTM zone.
        Some((east.get(east.len() - 3..)?.parse().ok()?, north.parse().ok()?))
    })
}

/// The side of the tiles: the smallest step between neighbours; 2 km, as Bavaria's, where there are none.
fn side_km(corners: &[(u32, u32)]) -> u32 {
    let step = |axis: fn(&(u32, u32)) -> u32| {
        let values: BTreeSet<u32> = corners.iter().map(axis).collect();
        let next = values.iter().skip(1);
        next.zip(&values).map(|(b, a)| b - a).min()
    };
    step(|corner| corner.0).into_iter().chain(step(|corner| corner.1)).min().unwrap_or(2)
}
