//! From what was gathered to the geometry of a building and of each of its parts.
//!
//! The rules, for each of them alone:
//! - The best level of detail is the highest at which the building itself or a thematic surface of its shell has a
//!   polygon; openings and installations do not count for it. Openings are taken at that level, an installation at the
//!   best that it has.
//! - Thematic surfaces of that level come first, each polygon once, with kind and id. What the building itself has there
//!   comes after them: polygons that belong to a thematic surface go to it, the others are unclassified.
//! - A solid tells which way its polygons face. A polygon that its solids use in both ways is inside of the body, between
//!   two solids, and is not taken.
//! - A polygon of another part of the same building is copied.

use std::collections::{BTreeMap, HashSet};

use super::gathered::{Belonging, Gathered, Index, Property, Role};
use super::references::{Resolved, resolve};
use crate::geo::Polygon3;
use crate::model::{Geometry, Lod, Surface, SurfaceKind};

/// Used by solids as it stands.
const FORWARD: u8 = 1;
/// Used by solids turned around.
const BACKWARD: u8 = 2;

/// What a building's own polygons are put under. Ordered: thematic surfaces in the order of the file, then the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Owner(Index),
    FootPrint,
    RoofEdge,
    Unclassified,
}

/// A polygon that was chosen.
struct Pick {
    place: Place,
    polygon: Index,
    reversed: bool,
}

/// The choice for a building or part.
#[derive(Default)]
struct Choice {
    lod: u8,
    is_solid: bool,
    picks: Vec<Pick>,
}

/// What came out for one building with its parts.
pub(super) struct Assembled {
    /// For the building and then each part; `None` without any polygon.
    pub(super) geometries: Vec<Option<Geometry>>,
    /// References that lead nowhere.
    pub(super) dangling: Vec<String>,
    /// Whether references multiplied beyond all measure.
    pub(super) exhausted: bool,
}

/// Makes the geometries of a building (shape 0) and its parts. Takes the polygons out of `gathered`.
pub(super) fn assemble(gathered: &mut Gathered, shapes: usize) -> Assembled {
    let resolved = resolve(gathered);
    let chooser = Chooser::new(gathered, &resolved);
    let choices = chooser.choose_all(shapes);
    let mut uses = vec![0_u32; gathered.polygons.len()];
    for pick in choices.iter().flat_map(|choice| &choice.picks) {
        if let Some(uses) = uses.get_mut(pick.polygon as usize) {
            *uses += 1;
        }
    }
    let geometries = choices.into_iter().map(|choice| build(choice, gathered, &mut uses)).collect();
    Assembled { geometries, dangling: resolved.dangling, exhausted: resolved.exhausted }
}

/// Picks polygons for one shape after the other.
struct Chooser<'a> {
    gathered: &'a Gathered,
    resolved: &'a Resolved,
    /// For each installation the best level that it has.
    best_of_owner: Vec<u8>,
    /// For each polygon, of the shape at hand: how its solids use it.
    uses: Vec<u8>,
    /// For each polygon the shape that took it last, plus one.
    claimed: Vec<Index>,
}

impl<'a> Chooser<'a> {
    fn new(gathered: &'a Gathered, resolved: &'a Resolved) -> Self {
        let mut best_of_owner = vec![0; gathered.owners.len()];
        for (at, property) in (0..).zip(&gathered.properties) {
            let slot = property.owner.and_then(|owner| best_of_owner.get_mut(owner as usize));
            if let Some(best) = slot.filter(|_| !resolved.of(at).is_empty()) {
                *best = property.lod.max(*best);
            }
        }
        let polygons = gathered.polygons.len();
        Self { gathered, resolved, best_of_owner, uses: vec![0; polygons], claimed: vec![0; polygons] }
    }

    fn choose_all(mut self, shapes: usize) -> Vec<Choice> {
        let mut order: Vec<Index> = (0..self.gathered.properties.len() as Index).collect();
        order.sort_by_key(|at| self.property(*at).map(|property| property.shape));
        let mut rest = &order[..];
        let mut choices = Vec::with_capacity(shapes);
        for shape in 0..shapes as Index {
            let own = rest.partition_point(|at| self.property(*at).is_some_and(|property| property.shape <= shape));
            let (of_shape, others) = rest.split_at(own);
            rest = others;
            choices.push(self.choose(shape, of_shape));
        }
        choices
    }

    fn property(&self, at: Index) -> Option<&'a Property> {
        self.gathered.properties.get(at as usize)
    }

    fn belonging(&self, property: &Property) -> Belonging {
        self.gathered.owner_of(property).map_or(Belonging::Shell, |owner| owner.belonging)
    }

    fn choose(&mut self, shape: Index, properties: &[Index]) -> Choice {
        let Some(lod) = self.best_lod(properties) else { return Choice::default() };
        let wanted: Vec<(Index, &Property)> =
            properties.iter().filter_map(|at| Some((*at, self.property(*at)?))).collect();
        let own = |(_, property): &&(Index, &Property)| property.owner.is_none() && property.lod == lod;
        let mut choice = Choice { lod, ..Choice::default() };
        for (at, _) in wanted.iter().filter(own).filter(|(_, property)| property.is_solid) {
            choice.is_solid |= self.note_uses(*at);
        }
        for (at, property) in &wanted {
            if let Some(owner) = property.owner.filter(|_| self.is_taken(property, lod)) {
                self.pick(shape, *at, &mut choice, |_| Place::Owner(owner));
            }
        }
        let mut doubles = Doubles::default();
        for (at, property) in wanted.iter().filter(own) {
            self.pick_own(shape, *at, property, &mut choice, &mut doubles);
        }
        for (at, _) in wanted.iter().filter(own) {
            self.forget_uses(*at);
        }
        choice
    }

    /// The highest level of the shell; that of openings and installations where there is no shell at all.
    fn best_lod(&self, properties: &[Index]) -> Option<u8> {
        let best = |of_shell: bool| {
            let with_polygons = properties.iter().filter(|at| !self.resolved.of(**at).is_empty());
            let found = with_polygons.filter_map(|at| self.property(*at));
            let fitting = found.filter(|property| match self.belonging(property) {
                Belonging::Shell => of_shell,
                Belonging::Opening | Belonging::Installation => !of_shell,
                Belonging::Inside => false,
            });
            fitting.map(|property| property.lod).max()
        };
        best(true).or_else(|| best(false))
    }

    fn is_taken(&self, property: &Property, lod: u8) -> bool {
        match self.belonging(property) {
            Belonging::Shell | Belonging::Opening => property.lod == lod,
            Belonging::Installation => {
                property.owner.and_then(|owner| self.best_of_owner.get(owner as usize)) == Some(&property.lod)
            }
            Belonging::Inside => false,
        }
    }

    fn note_uses(&mut self, property: Index) -> bool {
        let polygons = self.resolved.of(property);
        for (polygon, reversed) in polygons {
            if let Some(uses) = self.uses.get_mut(*polygon as usize) {
                *uses |= if *reversed { BACKWARD } else { FORWARD };
            }
        }
        !polygons.is_empty()
    }

    fn forget_uses(&mut self, property: Index) {
        for (polygon, _) in self.resolved.of(property) {
            if let Some(uses) = self.uses.get_mut(*polygon as usize) {
                *uses = 0;
            }
        }
    }

    /// Picks the polygons of a property that this shape does not have yet.
    fn pick(&mut self, shape: Index, property: Index, choice: &mut Choice, place: impl Fn(Index) -> Place) {
        for &(polygon, reversed) in self.resolved.of(property) {
            let Some(claimed) = self.claimed.get_mut(polygon as usize) else { continue };
            if std::mem::replace(claimed, shape + 1) == shape + 1 {
                continue;
            }
            let reversed = match self.uses.get(polygon as usize) {
                Some(&FORWARD) => false,
                Some(&BACKWARD) => true,
                Some(0) | None => reversed,
                Some(_) => continue,
            };
            choice.picks.push(Pick { place: place(polygon), polygon, reversed });
        }
    }

    /// Picks what the building itself has, without repeating a polygon that is already there in another copy.
    fn pick_own(&mut self, shape: Index, at: Index, property: &Property, choice: &mut Choice, doubles: &mut Doubles) {
        let before = choice.picks.len();
        let (gathered, role) = (self.gathered, property.role);
        let home = |polygon: Index| gathered.homes.get(polygon as usize).copied();
        self.pick(shape, at, choice, |polygon| {
            let home = home(polygon).and_then(|home| gathered.properties.get(home as usize));
            match (home.filter(|home| home.shape == shape).and_then(|home| home.owner), role) {
                (Some(owner), _) => Place::Owner(owner),
                (None, Role::FootPrint) => Place::FootPrint,
                (None, Role::RoofEdge) => Place::RoofEdge,
                (None, Role::Surfaces) => Place::Unclassified,
            }
        });
        doubles.remove(gathered, &mut choice.picks, before);
    }
}

/// Finds polygons that stand more than once with different ids or none: some writers put a solid's polygons down a second
/// time instead of referring to those of the thematic surfaces.
#[derive(Default)]
struct Doubles {
    seen: HashSet<u64>,
    /// How many picks have been looked at.
    looked_at: usize,
}

impl Doubles {
    fn remove(&mut self, gathered: &Gathered, picks: &mut Vec<Pick>, start: usize) {
        if picks.len() == start {
            return;
        }
        let signature = |pick: &Pick| gathered.polygons.get(pick.polygon as usize).map_or(0, signature);
        let known = picks.get(self.looked_at..start).unwrap_or_default();
        self.seen.extend(known.iter().map(signature));
        let added = picks.split_off(start);
        let seen = &self.seen;
        picks.extend(added.into_iter().filter(|pick| !seen.contains(&signature(pick))));
        self.looked_at = start;
    }
}

/// A number that is the same for the same corners in any order and direction.
fn signature(polygon: &Polygon3) -> u64 {
    let mix = |bits: u64| (bits ^ (bits >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let corner = |point: glam::DVec3| {
        let together = mix(point.x.to_bits()).rotate_left(21) ^ mix(point.y.to_bits()).rotate_left(42);
        mix(together ^ mix(point.z.to_bits()))
    };
    polygon.points().map(corner).fold(0, u64::wrapping_add)
}

/// Puts the picks of a shape together, surface by surface.
fn build(choice: Choice, gathered: &mut Gathered, uses: &mut [u32]) -> Option<Geometry> {
    let mut by_place: BTreeMap<Place, Vec<Polygon3>> = BTreeMap::new();
    for pick in choice.picks {
        let Some(mut polygon) = take(&mut gathered.polygons, uses, pick.polygon) else { continue };
        if pick.reversed {
            turn(&mut polygon);
        }
        by_place.entry(pick.place).or_default().push(polygon);
    }
    let surface = |(place, polygons)| {
        let (kind, id) = match place {
            Place::Owner(owner) => {
                let owner = gathered.owners.get(owner as usize);
                (owner.map_or(SurfaceKind::Unclassified, |owner| owner.kind), owner.and_then(|owner| owner.id.clone()))
            }
            Place::FootPrint => (SurfaceKind::Ground, None),
            Place::RoofEdge => (SurfaceKind::Roof, None),
            Place::Unclassified => (SurfaceKind::Unclassified, None),
        };
        Surface { kind, id, polygons }
    };
    let surfaces: Vec<Surface> = by_place.into_iter().map(surface).collect();
    (!surfaces.is_empty()).then_some(Geometry { lod: Lod(choice.lod), is_solid: choice.is_solid, surfaces })
}

/// The polygon itself for its last user, a copy for those before.
fn take(polygons: &mut [Polygon3], uses: &mut [u32], at: Index) -> Option<Polygon3> {
    let polygon = polygons.get_mut(at as usize)?;
    let uses = uses.get_mut(at as usize)?;
    *uses = uses.saturating_sub(1);
    Some(if *uses == 0 { std::mem::take(polygon) } else { polygon.clone() })
}

/// Makes a polygon face the other way.
fn turn(polygon: &mut Polygon3) {
    polygon.exterior.reverse();
    polygon.interiors.iter_mut().for_each(|ring| ring.reverse());
}
