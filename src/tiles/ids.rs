//! The ids that came so far, small enough to keep those of a whole state in memory.
//!
//! An id is kept as the first 16 bytes of its SHA-256: two different ids that agree in them are not to be found, by
//! chance or on purpose.

use rustc_hash::FxHashSet;

use crate::digest::Sha256;

/// A set of ids.
#[derive(Debug, Default)]
pub(super) struct Ids(FxHashSet<u128>);

impl Ids {
    /// Whether an id is there.
    pub fn contains(&self, id: &str) -> bool {
        self.0.contains(&key(id))
    }

    /// Adds an id.
    pub fn insert(&mut self, id: &str) {
        self.0.insert(key(id));
    }
}

fn key(id: &str) -> u128 {
    Sha256::of(id.as_bytes()).head()
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn an_id_is_new_until_it_was_added() {
        let mut ids = Ids::default();
        let names: Vec<String> = (0..10_000).map(|number| format!("DEBY_LOD2_{number}")).collect();
        for id in &names {
            assert!(!ids.contains(id));
            ids.insert(id);
        }
        assert!(names.iter().all(|id| ids.contains(id)));
    }
}
