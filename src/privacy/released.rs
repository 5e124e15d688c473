//! The released type: what leaves the trusted side. Only this module can make one.

use serde::{Deserialize, Serialize};

use crate::geo::{Crs, Polygon3};
use crate::model::SurfaceKind;

/// A released value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ReleasedValue {
    /// Free text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number.
    Real(f64),
    /// Yes or no.
    Boolean(bool),
    /// Index into the values of the attribute's `AttributeKind::Category`.
    Category(u16),
}

/// A released surface: its kind and polygons, nothing else of it.
#[derive(Clone, Debug, PartialEq)]
pub struct ReleasedSurface {
    /// What it is.
    pub kind: SurfaceKind,
    /// Mended polygons in the building's CRS, outside counter-clockwise.
    pub polygons: Vec<Polygon3>,
}

/// A building as one audience may see it. Made by the release step alone:
///
/// ```compile_fail,E0624
/// use stadtzwilling::{geo::Crs, privacy::ReleasedBuilding};
/// let crs = Crs { horizontal: 25832, vertical: None };
/// ReleasedBuilding::new("DEBY_1".to_owned(), crs, Vec::new(), Vec::new());
/// ```
/// ```compile_fail,E0277
/// fn whole<T: serde::de::DeserializeOwned>() {}
/// whole::<stadtzwilling::privacy::ReleasedBuilding>(); // nor read from a file that another program wrote
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ReleasedBuilding {
    id: String,
    crs: Crs,
    surfaces: Vec<ReleasedSurface>,
    values: Vec<Option<ReleasedValue>>,
}

impl ReleasedBuilding {
    pub(super) fn new(
        id: String,
        crs: Crs,
        surfaces: Vec<ReleasedSurface>,
        values: Vec<Option<ReleasedValue>>,
    ) -> Self {
        Self { id, crs, surfaces, values }
    }

    /// A building that was never in a source, for tests of what comes after the release.
    #[cfg(test)]
    pub(crate) fn invented(
        id: String,
        crs: Crs,
        surfaces: Vec<ReleasedSurface>,
        values: Vec<Option<ReleasedValue>>,
    ) -> Self {
        Self::new(id, crs, surfaces, values)
    }

    /// Its public id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The CRS of its coordinates.
    pub fn crs(&self) -> Crs {
        self.crs
    }

    /// Its surfaces, the parts' included.
    pub fn surfaces(&self) -> &[ReleasedSurface] {
        &self.surfaces
    }

    /// Its values in the order of the release's attributes (`Releaser::attributes`); `None` is "no data".
    pub fn values(&self) -> &[Option<ReleasedValue>] {
        &self.values
    }
}
