//! From every system that a city's files come in to the earth: one projector for each, made when it is first met.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use glam::DVec3;

use crate::city::{CityConfig, Heights};
use crate::geo::{Crs, CrsError, Ecef, Geodetic, HeightReference, Projector};
use crate::tiles::ToEcef;

use super::summary::SystemSummary;

/// The projectors of one city.
pub(super) struct CityProjector {
    city_crs: Crs,
    heights: HeightReference,
    undulation_m: f64,
    city: Projector,
    others: RefCell<BTreeMap<Crs, Projector>>,
}

impl CityProjector {
    pub(super) fn new(city: &CityConfig) -> Result<Self, CrsError> {
        let undulation_m = city.geoid_undulation_m;
        let heights = match city.heights {
            Heights::Ellipsoid => HeightReference::Ellipsoidal,
            Heights::DHHN2016 | Heights::DHHN92 => HeightReference::Geoid { undulation_constant_m: undulation_m },
        };
        let projector = Projector::new(city.crs, heights)?;
        Ok(Self { city_crs: city.crs, heights, undulation_m, city: projector, others: RefCell::new(BTreeMap::new()) })
    }

    /// A place of a system on the ellipsoid.
    pub(super) fn geodetic(&self, crs: Crs, point: DVec3) -> Result<Geodetic, CrsError> {
        self.with(crs, |projector| projector.geodetic(point))
    }

    /// A place of another system in the city's.
    pub(super) fn city_from(&self, crs: Crs, point: DVec3) -> Result<DVec3, CrsError> {
        let is_alike = |of: fn(Crs) -> (u32, bool)| of(crs) == of(self.city_crs);
        if is_alike(|crs| (crs.split().horizontal, crs.has_ellipsoidal_heights())) {
            return Ok(point);
        }
        self.city.projected_from_geodetic(self.geodetic(crs, point)?)
    }

    /// Takes note of a system that was met.
    pub(super) fn meet(&self, crs: Crs) {
        // One that PROJ does not know has been refused where it was read.
        let _ = self.with(crs, |_| Ok(()));
    }

    /// Every system met, with what is to be said of the way from it at a place.
    pub(super) fn systems(&self, place: Geodetic) -> BTreeMap<Crs, SystemSummary> {
        let others = self.others.borrow();
        let all = others.iter().map(|(crs, projector)| (*crs, projector)).chain([(self.city_crs, &self.city)]);
        all.map(|(crs, projector)| (crs, SystemSummary::of(projector, place))).collect()
    }

    fn with<T>(&self, crs: Crs, work: impl FnOnce(&Projector) -> Result<T, CrsError>) -> Result<T, CrsError> {
        if crs == self.city_crs {
            return work(&self.city);
        }
        let mut others = self.others.borrow_mut();
        work(match others.entry(crs) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(Projector::new(crs, self.heights_of(crs))?),
        })
    }

    /// A system that names its heights is believed; otherwise the city's word holds.
    fn heights_of(&self, crs: Crs) -> HeightReference {
        match crs.split().vertical {
            Some(_) => HeightReference::Geoid { undulation_constant_m: self.undulation_m },
            None => self.heights,
        }
    }
}

impl ToEcef for CityProjector {
    fn ecef(&self, crs: Crs, point: DVec3) -> Result<Ecef, CrsError> {
        self.with(crs, |projector| projector.ecef(point))
    }
}
