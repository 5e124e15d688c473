//! Thematic surfaces, openings and installations (OGC 12-019 § 10.3.2 and 10.3.3, OGC 20-010 § 7.5 and 7.14), and the
//! `lodN…` properties that hold the geometry.
//!
//! Which of all this makes the building's geometry is decided in [`super::assemble`].

use super::Handler;
use super::gathered::{Belonging, Index, Property, Role};
use super::geometry::Frame;
use super::namespaces::Ns;
use super::pull::Stop;
use crate::model::SurfaceKind;

/// What a `lodN…` property holds.
enum Content {
    Surfaces(Role),
    Implicit,
    /// Curves, points, terrain intersections.
    NoSurface,
}

impl Handler<'_> {
    /// Reads a `lodN…` property of a building (`owner` is `None`) or of one of its surfaces.
    pub(super) fn lod_property(&mut self, shape: Index, owner: Option<Index>) -> Result<(), Stop> {
        let Some((lod, content)) = lod_property_of(self.pull.local()) else { return self.pull.skip() };
        if lod > self.options.max_lod {
            return self.pull.skip();
        }
        match content {
            Content::NoSurface => self.pull.skip(),
            Content::Implicit => self.implicit().map(|_| ()),
            Content::Surfaces(role) => {
                let start = self.gathered.next_item();
                let is_solid = self.geometries(Frame::default())?;
                let items = start..self.gathered.next_item();
                self.gathered.properties.push(Property { shape, owner, lod, role, is_solid, items });
                Ok(())
            }
        }
    }

    /// Reads `bldg:boundedBy` or `core:boundary` of a building.
    pub(super) fn boundary(&mut self, shape: Index) -> Result<(), Stop> {
        while let Some(ns) = self.child()? {
            match (kind_of(self.pull.local()), ns) {
                (_, Ns::Foreign) => {
                    self.warn_unknown();
                    self.thematic(shape, SurfaceKind::Unclassified, Belonging::Shell)?;
                }
                (Some(kind), _) => self.thematic(shape, kind, Belonging::Shell)?,
                (None, _) => self.inside()?,
            }
        }
        Ok(())
    }

    fn thematic(&mut self, shape: Index, kind: SurfaceKind, belonging: Belonging) -> Result<(), Stop> {
        let id = self.pull.shared_attribute(Some(Ns::Gml), "id");
        let owner = self.gathered.add_owner(kind, id, belonging);
        while let Some(ns) = self.child()? {
            match (ns, self.pull.local()) {
                (_, local) if is_lod_property(ns, local) => self.lod_property(shape, Some(owner))?,
                (_, "opening" | "fillingSurface") => self.openings(shape)?,
                _ => self.leave_out(ns).map(|_| ())?,
            }
        }
        Ok(())
    }

    fn openings(&mut self, shape: Index) -> Result<(), Stop> {
        while self.child()?.is_some() {
            match self.pull.local() {
                "Window" | "WindowSurface" => self.thematic(shape, SurfaceKind::Window, Belonging::Opening)?,
                "Door" | "DoorSurface" => self.thematic(shape, SurfaceKind::Door, Belonging::Opening)?,
                _ => self.pull.skip()?,
            }
        }
        Ok(())
    }

    /// Reads `bldg:outerBuildingInstallation` or `bldg:buildingInstallation`.
    pub(super) fn installations(&mut self, shape: Index) -> Result<(), Stop> {
        while let Some(ns) = self.child()? {
            match self.pull.local() {
                "BuildingInstallation" => self.installation(shape)?,
                _ => self.leave_out(ns).map(|_| ())?,
            }
        }
        Ok(())
    }

    fn installation(&mut self, shape: Index) -> Result<(), Stop> {
        let id = self.pull.shared_attribute(Some(Ns::Gml), "id");
        let owner = self.gathered.add_owner(SurfaceKind::Installation, id, Belonging::Installation);
        while let Some(ns) = self.child()? {
            match (ns, self.pull.local()) {
                (_, local) if is_lod_property(ns, local) => self.lod_property(shape, Some(owner))?,
                (Ns::Building | Ns::Core, "boundedBy" | "boundary") => self.installation_boundary(shape, owner)?,
                (Ns::Construction, "relationToConstruction") => self.relation(owner)?,
                _ => self.leave_out(ns).map(|_| ())?,
            }
        }
        Ok(())
    }

    /// The surfaces of an installation are the installation's, whatever they are called.
    fn installation_boundary(&mut self, shape: Index, owner: Index) -> Result<(), Stop> {
        while self.child()?.is_some() {
            while let Some(ns) = self.child()? {
                match self.pull.local() {
                    local if is_lod_property(ns, local) => self.lod_property(shape, Some(owner))?,
                    _ => self.pull.skip()?,
                }
            }
        }
        Ok(())
    }

    /// `con:relationToConstruction` (OGC 20-010 § 7.5) tells inner installations from outer ones.
    fn relation(&mut self, owner: Index) -> Result<(), Stop> {
        let is_inside = self.pull.text()?.trim() == "inside";
        if let Some(owner) = self.gathered.owners.get_mut(owner as usize).filter(|_| is_inside) {
            owner.belonging = Belonging::Inside;
            self.count_object("BuildingInstallation (inside)");
        }
        Ok(())
    }

    /// Passes over something inside of the building and counts it.
    pub(super) fn inside(&mut self) -> Result<(), Stop> {
        let name = self.pull.local().to_owned();
        self.count_object(&name);
        self.pull.skip()
    }
}

/// The kind of a thematic surface; `None` for those inside of a building.
fn kind_of(local: &str) -> Option<SurfaceKind> {
    Some(match local {
        "RoofSurface" => SurfaceKind::Roof,
        "WallSurface" => SurfaceKind::Wall,
        "GroundSurface" => SurfaceKind::Ground,
        "ClosureSurface" => SurfaceKind::Closure,
        "OuterFloorSurface" => SurfaceKind::OuterFloor,
        "OuterCeilingSurface" => SurfaceKind::OuterCeiling,
        "WindowSurface" => SurfaceKind::Window,
        "DoorSurface" => SurfaceKind::Door,
        "GenericThematicSurface" => SurfaceKind::Unclassified,
        _ => return None,
    })
}

/// Whether an element is a geometry property of CityGML; an extension's own geometry is not the building's.
pub(super) fn is_lod_property(ns: Ns, local: &str) -> bool {
    ns != Ns::Foreign && local.starts_with("lod")
}

/// Level and content of a property called `lod2Solid`, `lod0FootPrint`, ….
fn lod_property_of(local: &str) -> Option<(u8, Content)> {
    let rest = local.strip_prefix("lod")?;
    let lod = rest.chars().next()?.to_digit(10)? as u8;
    let content = match rest.get(1..)? {
        "FootPrint" => Content::Surfaces(Role::FootPrint),
        "RoofEdge" => Content::Surfaces(Role::RoofEdge),
        "Solid" | "MultiSurface" | "Surface" | "Geometry" => Content::Surfaces(Role::Surfaces),
        "ImplicitRepresentation" => Content::Implicit,
        _ => Content::NoSurface,
    };
    Some((lod, content))
}
