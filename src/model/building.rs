//! A building with its parts, geometry and attributes.

use std::sync::Arc;

use super::{Address, Attributes};
use crate::geo::{Bounds3, Crs, Polygon3};
use crate::report::Place;

/// A building's stable id: `gml:id`, or the key in CityJSON's `CityObjects`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BuildingId(pub Arc<str>);

/// CityGML's level of detail of a geometry (OGC 12-019 § 6.2). `Lod(22)` stands for CityJSON's refined 2.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lod(pub u8);

impl Lod {
    /// The whole level: 2 of CityJSON's 2.2.
    pub fn major(self) -> u8 {
        if self.0 >= 10 { self.0 / 10 } else { self.0 }
    }
}

/// What a surface is to its building (`bldg:boundedBy`, OGC 12-019 § 10.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SurfaceKind {
    /// `RoofSurface`, also `OuterCeilingSurface`'s upper side.
    Roof,
    /// `WallSurface`.
    Wall,
    /// `GroundSurface`.
    Ground,
    /// `ClosureSurface`: closes a body where there is no wall.
    Closure,
    /// `OuterFloorSurface`.
    OuterFloor,
    /// `OuterCeilingSurface`.
    OuterCeiling,
    /// `Window`, an opening.
    Window,
    /// `Door`, an opening.
    Door,
    /// `BuildingInstallation`: chimneys, stairs, dormers, balconies.
    Installation,
    /// The source does not say (LoD1, bare solids).
    Unclassified,
}

impl SurfaceKind {
    /// Whether it is part of the body's shell; openings and installations are not.
    pub fn is_shell(self) -> bool {
        !matches!(self, Self::Window | Self::Door | Self::Installation)
    }
}

/// One thematic surface with its polygons, in the building's CRS.
#[derive(Clone, Debug, PartialEq)]
pub struct Surface {
    /// What it is.
    pub kind: SurfaceKind,
    /// Its `gml:id`, where it has one.
    pub id: Option<Arc<str>>,
    /// Its polygons, outside counter-clockwise.
    pub polygons: Vec<Polygon3>,
}

/// The best geometry that the source has for a building or part.
#[derive(Clone, Debug, PartialEq)]
pub struct Geometry {
    /// Its level of detail.
    pub lod: Lod,
    /// Whether the source says that it closes a body (`gml:Solid`, CityJSON `Solid`).
    pub is_solid: bool,
    /// The surfaces; each polygon stands in exactly one of them.
    pub surfaces: Vec<Surface>,
}

impl Geometry {
    /// All polygons with the kind of their surface.
    pub fn polygons(&self) -> impl Iterator<Item = (SurfaceKind, &Polygon3)> {
        self.surfaces.iter().flat_map(|surface| surface.polygons.iter().map(|polygon| (surface.kind, polygon)))
    }

    /// The box around it, in the building's CRS.
    pub fn bounds(&self) -> Bounds3 {
        self.polygons().fold(Bounds3::EMPTY, |bounds, (_, polygon)| bounds.union(polygon.bounds()))
    }

    /// Enclosed volume in cubic metres by the divergence theorem, around the first point so that large coordinates
    /// cost no precision. Means something only for a closed body; negative for one turned inside out.
    pub fn signed_volume_m3(&self) -> f64 {
        let Some(origin) = self.polygons().find_map(|(_, polygon)| polygon.points().next()) else { return 0.0 };
        let cone = |ring: &Vec<glam::DVec3>| match ring.first() {
            Some(&first) => (first - origin).dot(crate::geo::newell(ring)) / 6.0,
            None => 0.0,
        };
        self.polygons().flat_map(|(_, polygon)| polygon.rings()).map(cone).sum()
    }
}

/// A building (`bldg:Building`) or one of its parts (`bldg:BuildingPart`).
#[derive(Clone, Debug)]
pub struct Building {
    /// Its id.
    pub id: BuildingId,
    /// Where it stands in its source.
    pub place: Place,
    /// The CRS of its coordinates, where the source says.
    pub crs: Option<Crs>,
    /// Its own geometry; `None` where only its parts have one.
    pub geometry: Option<Geometry>,
    /// Its own attributes, not released.
    pub attributes: Attributes,
    /// Its addresses.
    pub addresses: Vec<Address>,
    /// Its parts; parts have no parts (OGC 12-019 § 10.3.2 allows a tree, which readers flatten).
    pub parts: Vec<Building>,
}

impl Building {
    /// Its own geometry and that of its parts.
    pub fn geometries(&self) -> impl Iterator<Item = &Geometry> {
        self.geometry.iter().chain(self.parts.iter().filter_map(|part| part.geometry.as_ref()))
    }

    /// The box around everything it has, in its CRS; empty without geometry.
    pub fn bounds(&self) -> Bounds3 {
        self.geometries().fold(Bounds3::EMPTY, |bounds, geometry| bounds.union(geometry.bounds()))
    }
}
