//! Names of coordinate reference systems as they come by: the file's, and those on single geometries.
//!
//! The names themselves are understood by [`crate::geo::Crs`].

use super::Handler;
use crate::geo::Crs;
use crate::report::WarningKind;

/// The systems in force.
#[derive(Debug, Default)]
pub(super) struct CrsNames {
    /// Of the file's envelope.
    pub(super) of_file: Option<Crs>,
    /// The first name that stands on a geometry or envelope of the building at hand.
    on_building: String,
    /// The name understood last, for the next building with the same.
    last: Option<(String, Option<Crs>)>,
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
    /// The system of the building at hand: that of its geometries, else that of the file.
    pub(super) fn crs_of_building(&mut self) -> Option<Crs> {
        let name = std::mem::take(&mut self.crs.on_building);
        let crs = if name.is_empty() { None } else { self.crs_of(&name) };
        let crs = crs.or(self.crs.of_file);
        if crs.is_none() {
            self.warn_once(WarningKind::CrsMissing, "no coordinate reference system is named");
        }
        crs
    }

    /// What a name stands for; an unknown one is a warning, once.
    pub(super) fn crs_of(&mut self, name: &str) -> Option<Crs> {
        if let Some((_, crs)) = self.crs.last.as_ref().filter(|(last, _)| last == name) {
            return *crs;
        }
        let crs = match Crs::from_srs_name(name) {
            Ok(crs) => Some(crs),
            Err(error) => {
                self.warn_once(WarningKind::CrsMissing, &super::clipped(&error.to_string()));
                None
            }
        };
        self.crs.last = Some((name.to_owned(), crs));
        crs
    }
}
