//! What a set of buildings amounts to: counts, areas and attribute names, never a value. Used by build summaries and
//! by the golden tests of the readers.

use std::collections::BTreeMap;
use std::fmt;

use super::{Building, SurfaceKind};

/// Counts over buildings. Add them one by one with [`Summary::add`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Buildings.
    pub buildings: u64,
    /// Building parts.
    pub parts: u64,
    /// Surfaces by kind.
    pub surfaces: BTreeMap<SurfaceKind, u64>,
    /// Polygons.
    pub polygons: u64,
    /// Sum of the volumes of the solids, in cubic metres.
    pub volume_m3: f64,
    /// Sum of the roof areas, in square metres along the slope.
    pub roof_area_m2: f64,
    /// How many buildings or parts carry each attribute.
    pub attributes: BTreeMap<String, u64>,
    /// Addresses.
    pub addresses: u64,
}

impl Summary {
    /// Adds a building with its parts.
    pub fn add(&mut self, building: &Building) {
        self.buildings += 1;
        self.add_one(building);
        for part in &building.parts {
            self.parts += 1;
            self.add_one(part);
        }
    }

    fn add_one(&mut self, building: &Building) {
        self.addresses += building.addresses.len() as u64;
        for name in building.attributes.names() {
            *self.attributes.entry(name.to_owned()).or_default() += 1;
        }
        let Some(geometry) = &building.geometry else { return };
        if geometry.is_solid {
            self.volume_m3 += geometry.signed_volume_m3();
        }
        for surface in &geometry.surfaces {
            *self.surfaces.entry(surface.kind).or_default() += 1;
            self.polygons += surface.polygons.len() as u64;
            if surface.kind == SurfaceKind::Roof {
                self.roof_area_m2 += surface.polygons.iter().map(|polygon| polygon.area_m2()).sum::<f64>();
            }
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "buildings {}, parts {}, addresses {}", self.buildings, self.parts, self.addresses)?;
        for (kind, count) in &self.surfaces {
            writeln!(f, "surfaces {kind:?} {count}")?;
        }
        writeln!(f, "polygons {}", self.polygons)?;
        writeln!(f, "volume {:.0} m³, roof area {:.0} m²", self.volume_m3, self.roof_area_m2)?;
        for (name, count) in &self.attributes {
            writeln!(f, "attribute {name} {count}")?;
        }
        Ok(())
    }
}
