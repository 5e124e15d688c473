//! Follows the `xlink:href`s of one building, so that each geometry property has its list of polygons.
//!
//! Stands between [`super::gathered`] and [`super::assemble`]. References are followed inside of one building with its
//! parts; what leads elsewhere is given back as dangling. The work is bounded: circles end, and so do references that
//! multiply.

use std::collections::HashMap;
use std::ops::Range;

use super::gathered::{Gathered, Index, Item, Property};

/// A polygon and whether it is to be turned.
pub(super) type Oriented = (Index, bool);

/// The polygons of all properties of one building.
#[derive(Debug, Default)]
pub(super) struct Resolved {
    polygons: Vec<Oriented>,
    /// For each property its range of `polygons`.
    ranges: Vec<Range<usize>>,
    /// References that lead nowhere, in the order of the file.
    pub(super) dangling: Vec<String>,
    /// Whether references multiplied beyond all measure and the rest of them was left out.
    pub(super) exhausted: bool,
}

impl Resolved {
    /// The polygons of a property.
    pub(super) fn of(&self, property: Index) -> &[Oriented] {
        let range = self.ranges.get(property as usize).cloned().unwrap_or_default();
        self.polygons.get(range).unwrap_or_default()
    }
}

/// Follows all references of a building.
pub(super) fn resolve(gathered: &Gathered) -> Resolved {
    let mut walk = Walk {
        gathered,
        by_name: names(gathered),
        visited: vec![[0; 2]; gathered.named.len()],
        open: Vec::new(),
        // Real files name a polygon twice or three times.
        steps_left: gathered.items.len() * 16 + 1024,
        resolved: Resolved::default(),
    };
    for (property, number) in gathered.properties.iter().zip(1..) {
        let start = walk.resolved.polygons.len();
        walk.expand(property, number);
        let end = walk.resolved.polygons.len();
        walk.resolved.ranges.push(start..end);
    }
    walk.resolved
}

/// What stands under each id; the first where one stands more than once.
fn names(gathered: &Gathered) -> HashMap<&str, usize> {
    let mut by_name = HashMap::new();
    if gathered.items.iter().any(|item| matches!(item, Item::Reference { .. })) {
        by_name.reserve(gathered.named.len());
        for (at, named) in gathered.named.iter().enumerate() {
            by_name.entry(gathered.name(&named.name)).or_insert(at);
        }
    }
    by_name
}

struct Walk<'a> {
    gathered: &'a Gathered,
    by_name: HashMap<&'a str, usize>,
    /// For each id and orientation the number of the property that came by last.
    visited: Vec<[u32; 2]>,
    /// Items that are still to be looked at, each with whether they are to be turned; empty between properties.
    open: Vec<(Range<Index>, bool)>,
    steps_left: usize,
    resolved: Resolved,
}

impl Walk<'_> {
    fn expand(&mut self, property: &Property, number: u32) {
        self.open.clear();
        self.open.push((property.items.clone(), false));
        while let Some((mut items, reversed)) = self.open.pop() {
            let Some(at) = items.next() else { continue };
            self.open.push((items, reversed));
            let Some(steps_left) = self.steps_left.checked_sub(1) else {
                self.resolved.exhausted = true;
                return;
            };
            self.steps_left = steps_left;
            match self.gathered.items.get(at as usize) {
                Some(Item::Polygon { index, reversed: own }) => self.resolved.polygons.push((*index, reversed ^ own)),
                Some(Item::Reference { target, reversed: own }) => {
                    let followed = self.follow(target, reversed ^ own, number);
                    self.open.extend(followed);
                }
                None => {}
            }
        }
    }

    /// What a reference leads to, unless this property has been there.
    fn follow(&mut self, target: &Range<Index>, reversed: bool, number: u32) -> Option<(Range<Index>, bool)> {
        let href = self.gathered.name(target);
        let found = href.strip_prefix('#').and_then(|id| self.by_name.get(id));
        let Some(&at) = found else {
            self.resolved.dangling.push(href.to_owned());
            return None;
        };
        let visited = self.visited.get_mut(at)?.get_mut(usize::from(reversed))?;
        let named = self.gathered.named.get(at)?;
        let first_time = std::mem::replace(visited, number) != number;
        first_time.then(|| (named.items.clone(), reversed ^ named.reversed))
    }
}
