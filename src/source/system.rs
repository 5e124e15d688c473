//! The system of coordinates that a file of buildings names: understood, or an error, and the way to metres where its
//! points are degrees or earth-centred.
//!
//! Used by the readers of buildings before anything looks at a shape: what is wall and what is roof, what is a spike and
//! what has no area can be told in metres only. What is on a plane already stays as the file has it.

use glam::DVec3;

use crate::geo::{Crs, CrsError, HeightReference, Projector};

/// In which order a file's points have longitude and latitude.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axes {
    /// As the system's name promises, see [`Crs::is_latitude_first`].
    AsNamed,
    /// Longitude first whatever the name: all software writes JSON so.
    EastFirst,
}

/// A system that PROJ knows.
#[derive(Clone, Debug)]
pub(super) struct System {
    crs: Crs,
    /// The way from points that are not on a plane; `None` for those that are.
    from: Option<Projector>,
    is_latitude_first: bool,
}

impl System {
    /// The system of a name. The error tells a name that is none, or a code that PROJ does not know.
    pub(super) fn named(name: &str, axes: Axes) -> Result<Self, CrsError> {
        let crs = Crs::from_srs_name(name)?;
        // Heights are taken over as they are: both ends of the way call them ellipsoidal.
        let projector = Projector::with_grid_folders(crs, HeightReference::Ellipsoidal, &[])?;
        let is_latitude_first = axes == Axes::AsNamed && Crs::is_latitude_first(name) && projector.is_geographic();
        Ok(Self { crs, from: (!projector.is_on_a_plane()).then_some(projector), is_latitude_first })
    }

    /// As the file names it.
    pub(super) fn crs(&self) -> Crs {
        self.crs
    }

    /// The way to metres for the points around an example; `None` where they are metres on a plane already.
    pub(super) fn to_metres(&self, example: DVec3) -> Result<Option<ToMetres<'_>>, CrsError> {
        let Some(from) = &self.from else { return Ok(None) };
        let utm = from.utm_around(self.east_first(example))?;
        let to = Projector::with_grid_folders(utm, HeightReference::Ellipsoidal, &[])?;
        Ok(Some(ToMetres { system: self, from, to }))
    }

    fn east_first(&self, point: DVec3) -> DVec3 {
        if self.is_latitude_first { DVec3::new(point.y, point.x, point.z) } else { point }
    }
}

/// The way from a system to metres in one zone of UTM.
pub(super) struct ToMetres<'a> {
    system: &'a System,
    from: &'a Projector,
    to: Projector,
}

impl ToMetres<'_> {
    /// The system that it leads to.
    pub(super) fn crs(&self) -> Crs {
        self.to.crs()
    }

    /// A point in metres; `None` for one that lies nowhere on earth.
    pub(super) fn point(&self, point: DVec3) -> Option<DVec3> {
        let place = self.from.geodetic(self.system.east_first(point)).ok()?;
        self.to.projected_from_geodetic(place).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same place in Munich by each name, in the order that the name promises.
    #[test]
    fn every_name_leads_to_the_same_metres() {
        let (lon_deg, lat_deg, height_m) = (11.574_122_7, 48.137_286_6, 563.7);
        let place = |name: &str, axes, point| {
            let system = System::named(name, axes).unwrap();
            let metres = system.to_metres(point).unwrap().unwrap();
            (metres.crs().to_string(), metres.point(point).unwrap())
        };
        let east_first = DVec3::new(lon_deg, lat_deg, height_m);
        let latitude_first = DVec3::new(lat_deg, lon_deg, height_m);
        let expected = DVec3::new(691_501.0, 5_334_764.0, height_m);
        for (name, axes, point, vertical) in [
            ("EPSG:4979", Axes::AsNamed, east_first, "+4979"),
            ("urn:ogc:def:crs:EPSG::4979", Axes::AsNamed, latitude_first, "+4979"),
            ("http://www.opengis.net/def/crs/EPSG/0/4326", Axes::AsNamed, latitude_first, ""),
            ("http://www.opengis.net/def/crs/EPSG/0/4979", Axes::EastFirst, east_first, "+4979"),
            ("urn:ogc:def:crs,crs:EPSG::4258,crs:EPSG::7837", Axes::AsNamed, latitude_first, "+7837"),
            ("urn:adv:crs:ETRS89_Lat-Lon-h", Axes::AsNamed, latitude_first, "+4979"),
        ] {
            let (crs, metres) = place(name, axes, point);
            assert_eq!(crs, format!("EPSG:32632{vertical}"), "{name}");
            assert!(metres.distance(expected) < 0.02, "{name}: {metres}");
        }
        assert!(System::named("EPSG:25832", Axes::AsNamed).unwrap().to_metres(expected).unwrap().is_none());
        // The northing comes first by EPSG's definition, and in no file.
        assert!(
            System::named("urn:ogc:def:crs:EPSG::31468", Axes::AsNamed).unwrap().to_metres(expected).unwrap().is_none()
        );
    }

    #[test]
    fn what_is_no_system_is_told() {
        let said = |name| System::named(name, Axes::AsNamed).unwrap_err().to_string();
        assert_eq!(said("#local"), "\"#local\" is not the name of a coordinate reference system");
        assert!(said("EPSG:99999").starts_with("no way is known from EPSG:99999"));
    }
}
