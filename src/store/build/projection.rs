//! From every system that a city's files come in to the earth: one projector for each, made when it is first met.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use glam::{DVec2, DVec3};

use crate::city::{CityConfig, Heights};
use crate::geo::{Crs, CrsError, Ecef, Geodetic, HeightReference, Patches, Projector};
use crate::tiles::ToEcef;

use super::summary::SystemSummary;

/// The projectors of one city. May be shared between threads.
pub(super) struct CityProjector {
    city_crs: Crs,
    heights: HeightReference,
    undulation_m: f64,
    home: Geodetic,
    city: Patches,
    others: RwLock<BTreeMap<Crs, Arc<Patches>>>,
}

impl CityProjector {
    /// For the systems around `home`.
    pub(super) fn new(city: &CityConfig, home: Geodetic) -> Result<Self, CrsError> {
        let undulation_m = city.geoid_undulation_m;
        let heights = match city.heights {
            Heights::Ellipsoid => HeightReference::Ellipsoidal,
            Heights::DHHN2016 | Heights::DHHN92 => HeightReference::Geoid { undulation_constant_m: undulation_m },
        };
        let patches = patches(city.crs, heights, home)?;
        Ok(Self { city_crs: city.crs, heights, undulation_m, home, city: patches, others: RwLock::default() })
    }

    /// A place of a system on the ellipsoid.
    pub(super) fn geodetic(&self, crs: Crs, point: DVec3) -> Result<Geodetic, CrsError> {
        self.with(crs, |patches| patches.projector().geodetic(point))
    }

    /// A place of another system in the city's.
    pub(super) fn city_from(&self, crs: Crs, point: DVec3) -> Result<DVec3, CrsError> {
        let is_alike = |of: fn(Crs) -> (u32, bool)| of(crs) == of(self.city_crs);
        if is_alike(|crs| (crs.split().horizontal, crs.has_ellipsoidal_heights())) {
            return Ok(point);
        }
        self.city.projector().projected_from_geodetic(self.geodetic(crs, point)?)
    }

    /// The city's home in its own system; `None` where that does not reach.
    pub(super) fn home(&self) -> Option<DVec3> {
        self.city.projector().projected_from_geodetic(self.home).ok()
    }

    /// Takes note of a system that was met.
    pub(super) fn meet(&self, crs: Crs) {
        // One that PROJ does not know has been refused where it was read.
        let _ = self.with(crs, |_| Ok(()));
    }

    /// Every system met, with what is to be said of the way from it at a place.
    pub(super) fn systems(&self, place: Geodetic) -> BTreeMap<Crs, SystemSummary> {
        let others = self.others.read().unwrap_or_else(PoisonError::into_inner);
        let all = others.iter().map(|(crs, patches)| (*crs, &**patches)).chain([(self.city_crs, &self.city)]);
        all.map(|(crs, patches)| (crs, SystemSummary::of(patches.projector(), place))).collect()
    }

    fn with<T>(&self, crs: Crs, work: impl FnOnce(&Patches) -> Result<T, CrsError>) -> Result<T, CrsError> {
        if crs == self.city_crs { work(&self.city) } else { work(&*self.other(crs)?) }
    }

    fn other(&self, crs: Crs) -> Result<Arc<Patches>, CrsError> {
        if let Some(known) = self.others.read().unwrap_or_else(PoisonError::into_inner).get(&crs) {
            return Ok(known.clone());
        }
        let new = Arc::new(patches(crs, self.heights_of(crs), self.home)?);
        let mut others = self.others.write().unwrap_or_else(PoisonError::into_inner);
        Ok(others.entry(crs).or_insert(new).clone())
    }

    /// A system that names its heights is believed; otherwise the city's word holds.
    fn heights_of(&self, crs: Crs) -> HeightReference {
        match crs.split().vertical {
            Some(_) => HeightReference::Geoid { undulation_constant_m: self.undulation_m },
            None => self.heights,
        }
    }
}

fn patches(crs: Crs, heights: HeightReference, home: Geodetic) -> Result<Patches, CrsError> {
    let projector = Projector::new(crs, heights)?;
    // A home that the system does not reach has no places nearby, and so no patches.
    let middle = projector.projected_from_geodetic(home).map_or(DVec2::NAN, DVec3::truncate);
    Ok(Patches::new(projector, middle))
}

impl ToEcef for CityProjector {
    fn ecef(&self, crs: Crs, point: DVec3) -> Result<Ecef, CrsError> {
        self.with(crs, |patches| patches.projector().ecef(point))
    }

    fn ecef_all(&self, crs: Crs, points: &[DVec3]) -> Result<Vec<Ecef>, CrsError> {
        self.with(crs, |patches| patches.ecef_all(points))
    }
}
