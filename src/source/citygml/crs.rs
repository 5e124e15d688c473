//! Names of coordinate reference systems as they come by: the file's, and those on single geometries.
//!
//! The names themselves are understood by [`super::super::system`]. A name that is missing leaves the system open; one
//! that is not understood does not: nobody may put such a building into a city.

use std::sync::Arc;

use super::Handler;
use super::pull::Stop;
use crate::geo::{Crs, CrsError};
use crate::model::Geometry;
use crate::report::WarningKind;
use crate::source::system::{Axes, System};

/// What is said of a system.
#[derive(Clone, Debug, Default)]
pub(super) enum Naming {
    /// Nothing.
    #[default]
    Missing,
    /// A name that is not understood, and the line on which it was met.
    Unknown(CrsError, u64),
    /// A known one.
    Known(Arc<System>),
}

impl Naming {
    /// The system, if it is known.
    pub(super) fn crs(&self) -> Option<Crs> {
        match self {
            Self::Known(system) => Some(system.crs()),
            Self::Missing | Self::Unknown(..) => None,
        }
    }
}

/// The systems in force.
#[derive(Debug, Default)]
pub(super) struct CrsNames {
    /// Of the file's envelope.
    pub(super) of_file: Naming,
    /// The first name that stands on a geometry or envelope of the building at hand.
    on_building: String,
    /// The name understood last, for the next building with the same.
    last: Option<(String, Naming)>,
}

impl CrsNames {
    /// Forgets what the last building said.
    pub(super) fn begin_building(&mut self) {
        self.on_building.clear();
    }

    /// Takes a name that stands on a geometry. All geometries of a building are in one system (OGC 12-019 § 8.1).
    pub(super) fn see_on_geometry(&mut self, name: &str) {
        if self.on_building.is_empty() {
            self.on_building.push_str(name.trim());
        }
    }
}

impl Handler<'_> {
    /// The system of the building at hand: that of its geometries, else that of the file; `None` where none is named, or
    /// one that is not understood and need not be.
    pub(super) fn system_of_building(&mut self) -> Result<Option<Arc<System>>, Stop> {
        let name = std::mem::take(&mut self.crs.on_building);
        let naming = match name.is_empty() {
            true => self.crs.of_file.clone(),
            false => self.naming(&name, self.drafts.first().map_or(0, |draft| draft.line)),
        };
        match naming {
            Naming::Known(system) => {
                self.header.systems.insert(system.crs());
                Ok(Some(system))
            }
            Naming::Unknown(error, line) if self.options.refuses_unknown_crs => Err(Stop::UnknownCrs(error, line)),
            Naming::Unknown(..) => Ok(None),
            Naming::Missing => {
                self.warn_once(WarningKind::CrsMissing, "no coordinate reference system is named");
                Ok(None)
            }
        }
    }

    /// What a name on a line stands for; an unknown one is a warning, once.
    pub(super) fn naming(&mut self, name: &str, line: u64) -> Naming {
        if let Some((_, naming)) = self.crs.last.as_ref().filter(|(last, _)| last == name) {
            return naming.clone();
        }
        let naming = match System::named(name, Axes::AsNamed) {
            Ok(system) => Naming::Known(Arc::new(system)),
            Err(error) => {
                self.warn_once(WarningKind::CrsMissing, &super::clipped(&error.to_string()));
                Naming::Unknown(error, line)
            }
        };
        self.crs.last = Some((name.to_owned(), naming.clone()));
        naming
    }

    /// Takes a building's geometries to metres where its system has none, and gives the system in which they are then.
    /// Polygons that lie nowhere on earth are left out.
    pub(super) fn in_metres(&mut self, system: &System, geometries: &mut [Option<Geometry>]) -> Crs {
        let points = |geometry: &Geometry| geometry.polygons().find_map(|(_, polygon)| polygon.points().next());
        let Some(example) = geometries.iter().flatten().find_map(points) else { return system.crs() };
        let to_metres = match system.to_metres(example) {
            Ok(None) => return system.crs(),
            Ok(Some(to_metres)) => to_metres,
            Err(error) => {
                self.warn(WarningKind::ObjectSkipped, format!("the building lies nowhere: {error}"));
                geometries.fill(None);
                return system.crs();
            }
        };
        let mut lost: u64 = 0;
        let mut place = |point: &mut glam::DVec3| match to_metres.point(*point) {
            Some(metres) => {
                *point = metres;
                true
            }
            None => false,
        };
        for geometry in geometries.iter_mut().flatten() {
            for surface in &mut geometry.surfaces {
                surface.polygons.retain_mut(|polygon| {
                    let is_placed = polygon.points_mut().all(&mut place);
                    lost += u64::from(!is_placed);
                    is_placed
                });
            }
            geometry.surfaces.retain(|surface| !surface.polygons.is_empty());
        }
        geometries.iter_mut().for_each(|geometry| drop(geometry.take_if(|geometry| geometry.surfaces.is_empty())));
        if lost > 0 {
            self.warn(WarningKind::PolygonSkipped, format!("{lost} polygons lie nowhere on earth and are left out"));
        }
        to_metres.crs()
    }
}
