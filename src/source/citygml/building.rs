//! `bldg:Building` and `bldg:BuildingPart` (OGC 12-019 § 10.3, OGC 20-010 § 7.14).
//!
//! Reads the element, lets the other handlers read its properties, and puts the building together when it ends.

use std::sync::Arc;

use super::Handler;
use super::assemble::{Assembled, assemble};
use super::gathered::Index;
use super::namespaces::Ns;
use super::pull::Stop;
use super::surface::is_lod_property;
use crate::model::{Address, Attributes, Building, BuildingId, RawValue, classify};
use crate::report::{Place, WarningKind};
use crate::source::BuildingSink;

/// A building or part that is being read.
pub(super) struct Draft {
    id: Arc<str>,
    line: u64,
    /// CityGML's own attributes.
    pub(super) attributes: Attributes,
    /// Generic attributes; they give way to the others.
    pub(super) generics: Vec<(Arc<str>, RawValue)>,
    pub(super) addresses: Vec<Address>,
}

/// What a building of an official product has, with what tables add.
const USUAL_ATTRIBUTES: usize = 28;

impl Draft {
    fn new(id: Arc<str>, line: u64) -> Self {
        let attributes = Attributes::with_capacity(USUAL_ATTRIBUTES);
        let generics = Vec::with_capacity(USUAL_ATTRIBUTES / 2);
        Self { id, line, attributes, generics, addresses: Vec::new() }
    }
}

impl Handler<'_> {
    /// Reads a building and gives it to the sink, unless its id is there already or it is too large.
    pub(super) fn building(&mut self, sink: BuildingSink<'_>) -> Result<(), Stop> {
        self.met += 1;
        let line = self.pull.tag_line();
        let given = self.pull.shared_attribute(Some(Ns::Gml), "id");
        let id = given.clone().unwrap_or_else(|| self.invented_id());
        self.object = Some(id.clone());
        if given.is_none() {
            self.warn_at(
                WarningKind::BadValue,
                line,
                "a building without gml:id; it is called by its number in the file",
            );
        }
        if !self.ids.insert(id.clone()) {
            self.skip_building(
                WarningKind::DuplicateId,
                line,
                "a building of this id stands before; this one is left out",
            );
            self.pull.skip()?;
        } else if self.building_inside(id.clone(), line)? {
            self.finish(sink);
        } else {
            self.ids.remove(&id);
            self.skip_building(WarningKind::LimitReached, line, "a building larger than the limit is left out");
        }
        self.object = None;
        Ok(())
    }

    fn skip_building(&mut self, kind: WarningKind, line: u64, message: &str) {
        self.header.skipped += 1;
        self.warn_at(kind, line, message);
    }

    /// The file's name without path and ending, and the building's number in the file.
    fn invented_id(&self) -> Arc<str> {
        let name = self.options.file.rsplit(['/', '\\']).next().unwrap_or_default();
        let stem = name.split('.').next().unwrap_or_default();
        let taken = |id: &String| self.ids.contains(id.as_str());
        let mut id = format!("{stem}_{}", self.met);
        while taken(&id) {
            id.push('_');
        }
        id.into()
    }

    /// Reads all of a building; false where it turned out too large and was passed over.
    fn building_inside(&mut self, id: Arc<str>, line: u64) -> Result<bool, Stop> {
        let depth = self.pull.depth();
        self.gathered.clear();
        self.drafts.clear();
        self.crs.begin_building();
        self.object_end = self.pull.position().saturating_add(self.options.max_object_bytes as u64);
        let end = self.shape(id, line);
        self.object_end = u64::MAX;
        match end {
            Err(Stop::ObjectTooLarge) => {
                self.gathered = Default::default();
                self.drafts = Vec::new();
                // The next child may have been the one that closed the building.
                if self.pull.depth() >= depth {
                    self.pull.skip_to(depth)?;
                }
                Ok(false)
            }
            Err(stop) => {
                self.header.skipped += 1;
                Err(stop)
            }
            Ok(()) => Ok(true),
        }
    }

    /// Reads the properties of a building or part, and its parts.
    fn shape(&mut self, id: Arc<str>, line: u64) -> Result<(), Stop> {
        let shape = self.drafts.len() as Index;
        self.drafts.push(Draft::new(id.clone(), line));
        self.object = Some(id.clone());
        while let Some(ns) = self.child()? {
            match (ns, self.pull.local()) {
                (_, local) if is_lod_property(ns, local) => self.lod_property(shape, None)?,
                (Ns::Building, "boundedBy") | (Ns::Core, "boundary") => self.boundary(shape)?,
                (Ns::Building, "outerBuildingInstallation" | "buildingInstallation") => self.installations(shape)?,
                (Ns::Building, "consistsOfBuildingPart" | "buildingPart") => self.parts(&id)?,
                (Ns::Building, "address") => self.address(shape)?,
                (Ns::Gml, "boundedBy") => self.own_envelope()?,
                (
                    Ns::Building,
                    "interiorBuildingInstallation"
                    | "interiorRoom"
                    | "buildingRoom"
                    | "buildingFurniture"
                    | "buildingSubdivision"
                    | "buildingConstructiveElement",
                ) => self.insides()?,
                _ => self.attribute(ns, shape)?,
            }
        }
        Ok(())
    }

    fn insides(&mut self) -> Result<(), Stop> {
        while self.child()?.is_some() {
            self.inside()?;
        }
        Ok(())
    }

    fn own_envelope(&mut self) -> Result<(), Stop> {
        while self.child()?.is_some() {
            if let Some(name) = self.pull.attribute(None, "srsName") {
                self.crs.see_on_geometry(&name);
            }
            self.pull.skip()?;
        }
        Ok(())
    }

    fn parts(&mut self, of: &Arc<str>) -> Result<(), Stop> {
        while let Some(ns) = self.child()? {
            if (ns, self.pull.local()) != (Ns::Building, "BuildingPart") {
                self.leave_out(ns)?;
                continue;
            }
            let line = self.pull.tag_line();
            let given = self.pull.shared_attribute(Some(Ns::Gml), "id");
            if given.is_none() {
                self.warn_at(WarningKind::BadValue, line, "a building part without gml:id; it is called by its number");
            }
            let id = given.unwrap_or_else(|| format!("{of}_{}", self.drafts.len()).into());
            self.shape(id, line)?;
            self.object = Some(of.clone());
        }
        Ok(())
    }

    /// Puts the building together and gives it away.
    fn finish(&mut self, sink: BuildingSink<'_>) {
        let crs = self.crs_of_building();
        let Assembled { geometries, dangling, exhausted } = assemble(&mut self.gathered, self.drafts.len());
        self.say_unresolved(dangling, exhausted);
        let drafts = std::mem::take(&mut self.drafts);
        let mut shapes = drafts.into_iter().zip(geometries).map(|(draft, geometry)| {
            let place = Place { file: self.options.file.clone(), line: draft.line, object: Some(draft.id.clone()) };
            let mut geometry = geometry;
            geometry.iter_mut().for_each(classify);
            Building {
                id: BuildingId(draft.id),
                place,
                crs,
                geometry,
                attributes: merged(draft.attributes, draft.generics),
                addresses: draft.addresses,
                parts: Vec::new(),
            }
        });
        let Some(mut building) = shapes.next() else { return };
        building.parts = shapes.collect();
        building.parts.iter_mut().for_each(give_height);
        give_height(&mut building);
        if building.geometries().next().is_none() {
            let line = building.place.line;
            self.warn_at(WarningKind::NoGeometry, line, "the building has no usable geometry");
        }
        self.header.buildings += 1;
        sink(building, self.report);
    }

    fn say_unresolved(&mut self, dangling: Vec<String>, exhausted: bool) {
        let line = self.drafts.first().map_or(0, |draft| draft.line);
        for href in dangling {
            let href = super::clipped(&href);
            self.warn_at(WarningKind::DanglingReference, line, format!("{href} is not in this building"));
        }
        if exhausted {
            self.warn_at(WarningKind::LimitReached, line, "references that multiply; some are left out");
        }
    }
}

/// Generic attributes do not replace others, and the first of a name stays.
fn merged(mut attributes: Attributes, generics: Vec<(Arc<str>, RawValue)>) -> Attributes {
    for (name, value) in generics {
        if attributes.get(&name).is_none() {
            attributes.set_shared(name, value);
        }
    }
    attributes
}

/// Gives a building that has none the height of its geometry.
fn give_height(building: &mut Building) {
    if building.attributes.get("measuredHeight").is_some() {
        return;
    }
    let height_m = building.bounds().size().z;
    if height_m > 0.0 {
        building.attributes.set("measuredHeight", RawValue::real(height_m));
    }
}
