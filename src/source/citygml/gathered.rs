//! What has been read of one building's geometry: polygons, names and references, before any is resolved.
//!
//! Filled by [`super::geometry`] and [`super::surface`], read by [`super::assemble`]. References can lead to what stands
//! later in the file or in another part of the building, so that nothing is decided before the building ends.

use std::ops::Range;
use std::sync::Arc;

use crate::geo::Polygon3;
use crate::model::SurfaceKind;

/// An index into one of the lists of [`Gathered`].
pub(super) type Index = u32;

/// A polygon or a reference, in the order of the file.
#[derive(Clone, Debug)]
pub(super) enum Item {
    /// A polygon that stands here.
    Polygon {
        /// Which one.
        index: Index,
        /// Whether it is to be turned, being inside of a `gml:OrientableSurface` with `orientation="-"`.
        reversed: bool,
    },
    /// An `xlink:href`.
    Reference {
        /// The id it names, as a range of [`Gathered::names`].
        target: Range<Index>,
        /// Whether what it leads to is to be turned.
        reversed: bool,
    },
}

/// A `gml:id` and what it stands for.
#[derive(Clone, Debug)]
pub(super) struct Named {
    /// The id, as a range of [`Gathered::names`].
    pub(super) name: Range<Index>,
    /// The items inside of that element.
    pub(super) items: Range<Index>,
    /// Whether the element itself stands inside of something reversed.
    pub(super) reversed: bool,
}

/// What a geometry property is to its building.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Surfaces of a body or a set of surfaces.
    Surfaces,
    /// `lod0FootPrint`.
    FootPrint,
    /// `lod0RoofEdge`.
    RoofEdge,
}

/// One `lodN…` property.
#[derive(Clone, Debug)]
pub(super) struct Property {
    /// Which building or part has it: 0 is the building.
    pub(super) shape: Index,
    /// The thematic surface that has it; `None` where the building itself has it.
    pub(super) owner: Option<Index>,
    /// Its level of detail.
    pub(super) lod: u8,
    /// What it is.
    pub(super) role: Role,
    /// Whether there is a `gml:Solid` in it.
    pub(super) is_solid: bool,
    /// Its items.
    pub(super) items: Range<Index>,
}

/// How a thematic surface belongs to its building.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Belonging {
    /// A surface of the shell.
    Shell,
    /// A window or door.
    Opening,
    /// An outer installation.
    Installation,
    /// Turned out to stand inside; not taken.
    Inside,
}

/// A thematic surface or an installation.
#[derive(Clone, Debug)]
pub(super) struct Owner {
    pub(super) kind: SurfaceKind,
    pub(super) id: Option<Arc<str>>,
    pub(super) belonging: Belonging,
}

/// Everything of one building with its parts.
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered {
    pub(super) polygons: Vec<Polygon3>,
    /// For each polygon the property in which it stands.
    pub(super) homes: Vec<Index>,
    pub(super) items: Vec<Item>,
    pub(super) named: Vec<Named>,
    pub(super) properties: Vec<Property>,
    pub(super) owners: Vec<Owner>,
    /// All ids and references one after the other.
    pub(super) names: String,
}

impl Gathered {
    /// Forgets everything, keeping the memory.
    pub(super) fn clear(&mut self) {
        self.polygons.clear();
        self.homes.clear();
        self.items.clear();
        self.named.clear();
        self.properties.clear();
        self.owners.clear();
        self.names.clear();
    }

    /// Keeps an id or reference.
    pub(super) fn keep(&mut self, name: &str) -> Range<Index> {
        let start = self.names.len() as Index;
        self.names.push_str(name);
        start..self.names.len() as Index
    }

    /// The text of an id or reference.
    pub(super) fn name(&self, range: &Range<Index>) -> &str {
        self.names.get(range.start as usize..range.end as usize).unwrap_or_default()
    }

    /// The next item's index.
    pub(super) fn next_item(&self) -> Index {
        self.items.len() as Index
    }

    /// Says that the items from `start` on have an id.
    pub(super) fn call(&mut self, name: Option<Range<Index>>, start: Index, reversed: bool) {
        if let Some(name) = name {
            let items = start..self.next_item();
            self.named.push(Named { name, items, reversed });
        }
    }

    /// Adds a polygon of the property that is being read.
    pub(super) fn add_polygon(&mut self, polygon: Polygon3, reversed: bool) {
        let index = self.polygons.len() as Index;
        self.polygons.push(polygon);
        self.homes.push(self.properties.len() as Index);
        self.items.push(Item::Polygon { index, reversed });
    }

    /// Adds a thematic surface.
    pub(super) fn add_owner(&mut self, kind: SurfaceKind, id: Option<Arc<str>>, belonging: Belonging) -> Index {
        self.owners.push(Owner { kind, id, belonging });
        self.owners.len() as Index - 1
    }

    /// The surface that has a property, if any.
    pub(super) fn owner_of(&self, property: &Property) -> Option<&Owner> {
        self.owners.get(property.owner? as usize)
    }
}
