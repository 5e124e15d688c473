//! Projected coordinates of any system that PROJ knows ↔ WGS 84 and the earth-centred frame of 3D Tiles.
//!
//! Only the importing side has this: a twin holds earth-centred coordinates, and the browser needs no PROJ. Positions go
//! through PROJ, exactly and in batches; heights are lifted from the national height system to the ellipsoid by a geoid
//! grid or a constant, and [`Projector::height_method`] says by which. No network is ever used.

mod database;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::mem::ManuallyDrop;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use glam::DVec3;
use proj::Proj;

use super::geoid::GeoidGrid;
use super::{Crs, CrsError, Ecef, Geodetic};

/// EPSG codes of earth-centred systems: WGS 84 and ETRS89.
const GEOCENTRIC: [u32; 2] = [4978, 4936];
/// Heights for which GCG2016 is the way to the ellipsoid: DHHN2016, and DHHN92, which lies within a few centimetres.
const GCG2016_HEIGHTS: [Option<u32>; 3] = [None, Some(7837), Some(5783)];
/// File names under which GCG2016 is handed around, in PROJ's naming first.
const GCG2016_FILES: [&str; 3] = ["de_bkg_gcg2016.tif", "de_bkg_gcg2016.gtx", "GCG2016.gtx"];

/// The kinds of system, in PROJJSON's words, whose points have an easting and a northing or a longitude and a latitude.
const POSITION_SYSTEMS: [&str; 5] =
    ["ProjectedCRS", "GeographicCRS", "CompoundCRS", "DerivedGeographicCRS", "DerivedProjectedCRS"];

/// What a source's heights are measured from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HeightReference {
    /// From the ellipsoid.
    Ellipsoidal,
    /// From the geoid: normal heights such as DHHN2016.
    Geoid {
        /// How far the geoid lies above the ellipsoid, for places and machines without a grid; 45.7 m in Munich.
        undulation_constant_m: f64,
    },
}

/// How heights come to the ellipsoid.
#[derive(Clone, Debug, PartialEq)]
pub enum HeightMethod {
    /// By a grid file of this name; by the configured constant outside of it.
    Grid(String),
    /// By adding this many metres everywhere: a few decimetres over a city.
    Constant(f64),
    /// They are ellipsoidal already.
    Ellipsoidal,
}

/// How positions come to WGS 84, in PROJ's words.
#[derive(Clone, Debug, PartialEq)]
pub struct PositionMethod {
    /// The operations, such as "Inverse of 3-degree Gauss-Kruger zone 4 + DHDN to WGS 84 (2)".
    pub description: String,
    /// Their accuracy in metres by EPSG; 0 for none needed, `None` where it is unknown.
    pub accuracy_m: Option<f64>,
}

/// Takes points of one system to WGS 84 and back.
///
/// May be shared between threads: PROJ's own objects must not, so each thread makes its own for a system on first use
/// (some milliseconds) and keeps it. Coordinates are x east and y north in metres, or longitude and latitude in degrees,
/// whatever order EPSG gives the axes. ETRS89 and WGS 84 count as the same, as they do for all of 3D Tiles' users.
#[derive(Clone, Debug)]
pub struct Projector {
    crs: Crs,
    heights: HeightReference,
    grid: Option<Arc<GeoidGrid>>,
}

impl Projector {
    /// The way from a system whose heights are measured from `heights`. Grids are looked for where PROJ looks for them:
    /// the folders in `PROJ_DATA`, the user's and the machine's `share/proj`.
    ///
    /// A code that PROJ does not know, or that stands for no horizontal system, is [`CrsError::NoWay`].
    pub fn new(from: Crs, heights: HeightReference) -> Result<Self, CrsError> {
        Self::with_grid_folders(from, heights, &database::grid_folders())
    }

    /// As [`Projector::new`], with geoid grids from these folders alone. (The grids that PROJ itself needs for positions,
    /// such as BETA2007 for Gauß-Krüger, still come from PROJ's folders.)
    pub fn with_grid_folders(from: Crs, heights: HeightReference, folders: &[PathBuf]) -> Result<Self, CrsError> {
        let crs = from.split();
        let needs_grid = matches!(heights, HeightReference::Geoid { .. }) && GCG2016_HEIGHTS.contains(&crs.vertical);
        let grid = if needs_grid { GeoidGrid::find(folders, &GCG2016_FILES).map(Arc::new) } else { None };
        let projector = Self { crs, heights, grid };
        projector.check()?;
        Ok(projector)
    }

    /// The system it takes points from, compounds taken apart.
    pub fn crs(&self) -> Crs {
        self.crs
    }

    /// How heights come to the ellipsoid.
    pub fn height_method(&self) -> HeightMethod {
        match (self.heights, &self.grid) {
            (HeightReference::Ellipsoidal, _) => HeightMethod::Ellipsoidal,
            (HeightReference::Geoid { .. }, Some(grid)) => HeightMethod::Grid(grid.name().to_owned()),
            (HeightReference::Geoid { undulation_constant_m }, None) => HeightMethod::Constant(undulation_constant_m),
        }
    }

    /// How positions around `example` come to WGS 84: PROJ takes the way that fits the place.
    pub fn position_method(&self, example: DVec3) -> Result<PositionMethod, CrsError> {
        self.geodetic(example)?;
        if self.is_geocentric() {
            return Ok(PositionMethod { description: "earth-centred already".into(), accuracy_m: Some(0.0) });
        }
        let info = self.way()?.proj_info();
        Ok(PositionMethod {
            description: info.description.unwrap_or_default(),
            accuracy_m: Some(info.accuracy).filter(|accuracy| *accuracy >= 0.0),
        })
    }

    /// A point on the ellipsoid.
    pub fn geodetic(&self, projected: DVec3) -> Result<Geodetic, CrsError> {
        if self.is_geocentric() {
            return Ok(Ecef(projected).into());
        }
        let place = self.way()?.convert((projected.x, projected.y));
        let (lon_deg, lat_deg) = place.map_err(|error| self.out_of_range(projected, error))?;
        self.lifted(projected, lon_deg, lat_deg)
    }

    /// A point in the earth-centred frame.
    pub fn ecef(&self, projected: DVec3) -> Result<Ecef, CrsError> {
        if self.is_geocentric() { Ok(Ecef(projected)) } else { Ok(self.geodetic(projected)?.into()) }
    }

    /// The way back: a point in the system, with heights as its source measures them.
    pub fn projected_from_geodetic(&self, point: Geodetic) -> Result<DVec3, CrsError> {
        if self.is_geocentric() {
            return Ok(Ecef::from(point).0);
        }
        let given = DVec3::new(point.lon_deg, point.lat_deg, point.height_m);
        let place = self.way()?.project((point.lon_deg, point.lat_deg), true);
        let (x, y): (f64, f64) = place.map_err(|error| self.out_of_range(given, error))?;
        let projected = DVec3::new(x, y, point.height_m - self.undulation_m(point.lon_deg, point.lat_deg));
        if projected.is_finite() { Ok(projected) } else { Err(self.out_of_range(given, "no finite result")) }
    }

    /// Many points on the ellipsoid by one call of PROJ; the first point that is out of range fails the batch.
    pub fn geodetic_all(&self, projected: &[DVec3]) -> Result<Vec<Geodetic>, CrsError> {
        if self.is_geocentric() {
            return Ok(projected.iter().map(|&point| Ecef(point).into()).collect());
        }
        let mut places: Vec<(f64, f64)> = projected.iter().map(|point| (point.x, point.y)).collect();
        if self.way()?.convert_array(&mut places).is_err() {
            // PROJ says only that some point failed; one by one says which.
            return projected.iter().map(|&point| self.geodetic(point)).collect();
        }
        projected.iter().zip(places).map(|(&point, (lon_deg, lat_deg))| self.lifted(point, lon_deg, lat_deg)).collect()
    }

    /// Many points in the earth-centred frame, as [`Projector::geodetic_all`].
    pub fn ecef_all(&self, projected: &[DVec3]) -> Result<Vec<Ecef>, CrsError> {
        Ok(self.geodetic_all(projected)?.into_iter().map(Ecef::from).collect())
    }

    fn is_geocentric(&self) -> bool {
        GEOCENTRIC.contains(&self.crs.horizontal)
    }

    /// Fails where PROJ has no way at all.
    fn check(&self) -> Result<(), CrsError> {
        if self.is_geocentric() { Ok(()) } else { self.way().map(drop) }
    }

    /// This thread's PROJ object for the system.
    fn way(&self) -> Result<Rc<Proj>, CrsError> {
        thread_local! {
            static WAYS: RefCell<Kept<BTreeMap<u32, Rc<Proj>>>> = const { RefCell::new(Kept::new(BTreeMap::new())) };
        }
        let code = self.crs.horizontal;
        if let Some(way) = WAYS.with_borrow(|ways| ways.get(&code).cloned()) {
            return Ok(way);
        }
        let way = Rc::new(new_way(code)?);
        WAYS.with_borrow_mut(|ways| ways.insert(code, way.clone()));
        Ok(way)
    }

    fn lifted(&self, projected: DVec3, lon_deg: f64, lat_deg: f64) -> Result<Geodetic, CrsError> {
        let height_m = projected.z + self.undulation_m(lon_deg, lat_deg);
        let is_finite = lon_deg.is_finite() && lat_deg.is_finite() && height_m.is_finite();
        if is_finite {
            Ok(Geodetic { lon_deg, lat_deg, height_m })
        } else {
            Err(self.out_of_range(projected, "no finite result"))
        }
    }

    /// How far the zero of the source's heights lies above the ellipsoid.
    fn undulation_m(&self, lon_deg: f64, lat_deg: f64) -> f64 {
        match self.heights {
            HeightReference::Ellipsoidal => 0.0,
            HeightReference::Geoid { undulation_constant_m } => {
                self.grid.as_ref().and_then(|grid| grid.undulation_m(lon_deg, lat_deg)).unwrap_or(undulation_constant_m)
            }
        }
    }

    fn out_of_range(&self, point: DVec3, reason: impl ToString) -> CrsError {
        CrsError::OutOfRange { code: self.crs.horizontal, x: point.x, y: point.y, reason: reason.to_string() }
    }
}

/// A PROJ object from a system to longitude and latitude. Never to be dropped, see [`Kept`].
fn new_way(code: u32) -> Result<Proj, CrsError> {
    /// The systems of positions that were met: each thread makes objects of its own, and once is enough to look. Held
    /// while one is made, because PROJ's default context, of which it begins as a copy, is one for all threads.
    static MET: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());
    let mut met = MET.lock().unwrap_or_else(PoisonError::into_inner);
    database::set_up()?;
    let name = format!("EPSG:{code}");
    if !met.contains(&code) {
        check_system(code, &name)?;
        met.insert(code);
        database::set_up()?;
    }
    Proj::new_known_crs(&name, "EPSG:4326", None).map_err(|error| CrsError::NoWay { code, reason: error.to_string() })
}

/// Fails where a name is not that of a system of positions.
fn check_system(code: u32, name: &str) -> Result<(), CrsError> {
    let no_way = |reason: &str| CrsError::NoWay { code, reason: reason.to_owned() };
    let system = Kept::new(Proj::new(name).map_err(|_| no_way("PROJ's database does not have it"))?);
    let kind = kind_of_system(&system).unwrap_or_default();
    match POSITION_SYSTEMS.contains(&kind.as_str()) {
        true => Ok(()),
        false => Err(no_way("it is no system of positions on the earth")),
    }
}

/// A PROJ object that stays until the process ends: with each that it drops, the proj crate clears what PROJ keeps for all
/// threads, under the hands of those that are at work.
type Kept<T> = ManuallyDrop<T>;

/// The kind of a system by PROJJSON's `type`.
fn kind_of_system(system: &Proj) -> Option<String> {
    let json = system.to_projjson(None, None, None).ok()?;
    Some(serde_json::from_str::<serde_json::Value>(&json).ok()?.get("type")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests;
