//! Who belongs to whom: buildings with their parts and installations, from `parents` and `children`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::object::{CityObject, ObjectKind};
use crate::report::{Report, WarningKind};

/// Longest way from a part up to its building that is followed; a circle ends here too.
const MAX_NESTING: usize = 32;

/// An object with what hangs under it, as indices into the document's objects.
#[derive(Default)]
pub(super) struct Below {
    pub(super) index: usize,
    /// Parts of any depth; a part itself has none.
    pub(super) parts: Vec<Below>,
    /// Installations of this object itself.
    pub(super) installations: Vec<usize>,
}

/// The buildings in the order of the file, and how many objects were left out with a warning. A part whose building is
/// missing counts as a building.
pub(super) fn families(
    objects: &[CityObject],
    other_ids: &HashSet<Arc<str>>,
    report: &mut Report,
) -> (Vec<Below>, u64) {
    let mut kin = Kin { objects, other_ids, parent_of: Vec::new(), skipped: 0 };
    let by_id = kin.by_id(report);
    kin.parent_of = parents(objects, &by_id);
    let families = kin.families(&by_id, report);
    (families, kin.skipped)
}

struct Kin<'a> {
    objects: &'a [CityObject],
    other_ids: &'a HashSet<Arc<str>>,
    /// Index of the building or part that an object says it belongs to.
    parent_of: Vec<Option<usize>>,
    skipped: u64,
}

impl<'a> Kin<'a> {
    /// Index by id; of several with one id the first is kept. Looked up only.
    fn by_id(&mut self, report: &mut Report) -> HashMap<&'a str, usize> {
        let mut by_id = HashMap::new();
        for (index, object) in self.objects.iter().enumerate() {
            let first = *by_id.entry(&*object.id).or_insert(index);
            if first != index {
                self.skipped += 1;
                let message = "the id stands more than once; the first object is kept";
                report.warn(WarningKind::DuplicateId, object.place.clone(), message);
            }
        }
        by_id
    }

    fn families(&mut self, by_id: &HashMap<&str, usize>, report: &mut Report) -> Vec<Below> {
        let mut roots: BTreeMap<usize, Below> = BTreeMap::new();
        let mut installations: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, object) in self.objects.iter().enumerate() {
            if by_id.get(&*object.id) != Some(&index) {
                continue;
            }
            match object.kind {
                ObjectKind::Building => {
                    roots.entry(index).or_default();
                }
                ObjectKind::Part => self.part(index, object, &mut roots, report),
                ObjectKind::Installation => match self.parent_of.get(index).copied().flatten() {
                    Some(parent) => installations.entry(parent).or_default().push(index),
                    None => self.lost_installation(object, report),
                },
            }
        }
        let mut families: Vec<Below> = roots.into_iter().map(|(index, below)| Below { index, ..below }).collect();
        let mut take = |below: &mut Below| below.installations = installations.remove(&below.index).unwrap_or_default();
        for family in &mut families {
            family.parts.iter_mut().for_each(&mut take);
            take(family);
        }
        families
    }

    fn part(&self, index: usize, object: &CityObject, roots: &mut BTreeMap<usize, Below>, report: &mut Report) {
        let root = self.root_of(index);
        if root == index {
            let message = "the part's building is missing; the part is taken as a building";
            report.warn(WarningKind::DanglingReference, object.place.clone(), message);
            roots.entry(index).or_default();
        } else {
            roots.entry(root).or_default().parts.push(Below { index, ..Below::default() });
        }
    }

    /// The building above a part, or the highest part that has none; the part itself where its parents run in circles.
    fn root_of(&self, index: usize) -> usize {
        let mut current = index;
        for _ in 0..MAX_NESTING {
            let is_part = self.objects.get(current).is_some_and(|object| object.kind == ObjectKind::Part);
            match self.parent_of.get(current).copied().flatten() {
                Some(parent) if is_part => current = parent,
                _ => return current,
            }
        }
        index
    }

    /// An installation inside a room or another object that is not read is passed over; one that belongs nowhere is
    /// reported.
    fn lost_installation(&mut self, object: &CityObject, report: &mut Report) {
        if object.parents.iter().any(|parent| self.other_ids.contains(parent)) {
            return;
        }
        self.skipped += 1;
        report.warn(WarningKind::ObjectSkipped, object.place.clone(), "the installation's building is missing");
    }
}

/// The first parent that is a building or part: from the object's own `parents`, else from others' `children`.
fn parents(objects: &[CityObject], by_id: &HashMap<&str, usize>) -> Vec<Option<usize>> {
    let holds = |index: usize| objects.get(index).is_some_and(|object| object.kind != ObjectKind::Installation);
    let mut by_child: HashMap<&str, usize> = HashMap::new();
    for (index, object) in objects.iter().enumerate().filter(|(index, _)| holds(*index)) {
        for child in &object.children {
            by_child.entry(child).or_insert(index);
        }
    }
    let parent = |(index, object): (usize, &CityObject)| {
        let own = object.parents.iter().filter_map(|parent| by_id.get(&**parent).copied());
        own.chain(by_child.get(&*object.id).copied()).find(|parent| *parent != index && holds(*parent))
    };
    objects.iter().enumerate().map(parent).collect()
}
