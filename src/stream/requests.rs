//! What is asked of the network and what is called back: tilesets that are due, tiles in the order in which they are
//! wanted, and nothing that is out of date.

use std::collections::BTreeSet;

use crate::fetch::{Request, RequestId};

use super::TileId;
use super::cache::{Part, Phase, Slot, TileState, waiting};
use super::retry::retry_at_secs;
use super::selection::Selection;
use super::streamer::{Owner, Streamer, TilesetPhase};

impl Streamer {
    /// Cancels a request that has no owner any more.
    pub(super) fn cancel(&mut self, id: RequestId) {
        self.owners.remove(&id);
        self.fetch.cancel(id);
    }

    /// Asks for tilesets that are new or due again.
    pub(super) fn request_tilesets(&mut self, now_secs: f64) {
        for (index, set) in self.sets.iter_mut().enumerate() {
            let due = match &set.phase {
                TilesetPhase::New => true,
                TilesetPhase::Failed { retry_at_secs: Some(at), .. } => *at <= now_secs,
                _ => false,
            };
            if due {
                set.attempts += 1;
                let id = self.fetch.start(Request { url: set.url.clone(), priority: f32::INFINITY });
                set.phase = TilesetPhase::Requested;
                self.owners.insert(id, Owner::Tileset(index as u32));
            }
        }
    }

    /// Lets go of everything on its way that the view does not want any more.
    pub(super) fn drop_unwanted(&mut self, selection: &Selection) {
        let wanted: BTreeSet<TileId> = selection.load.iter().map(|(id, _)| *id).collect();
        let on_its_way = |phase: &Phase| !matches!(phase, Phase::Ready(_) | Phase::Failed { .. });
        let dropped: Vec<TileId> = self
            .cache
            .slots()
            .filter(|(id, slot)| on_its_way(&slot.phase) && !wanted.contains(id))
            .map(|(id, _)| id)
            .collect();
        for id in dropped {
            if let Some(Phase::Requested(parts)) = self.cache.take(id).map(|slot| slot.phase) {
                waiting(&parts).for_each(|request| self.cancel(request));
            }
        }
    }

    /// Asks for the most wanted tiles, as long as few enough are on their way.
    pub(super) fn request_tiles(&mut self, now_secs: f64) {
        let undecoded = |slot: &Slot| matches!(slot.phase, Phase::Received(_) | Phase::Decoding(_));
        let mut queued = self.cache.slots().filter(|(_, slot)| undecoded(slot)).count();
        for (id, priority) in self.wanted.clone() {
            // What is not decoded yet counts too: a slow machine must not hoard bytes.
            if self.owners.len() >= self.settings.max_in_flight || queued >= 2 * self.settings.max_in_flight {
                return;
            }
            let due = match self.cache.state(id) {
                TileState::Unloaded => true,
                TileState::Failed { retry_at_secs: Some(at), .. } => at <= now_secs,
                _ => false,
            };
            if due {
                self.request_tile(id, priority);
                queued += 1;
            }
        }
    }

    fn request_tile(&mut self, id: TileId, priority: f32) {
        let tile = self.tree(id.tileset).and_then(|tree| tree.tile(id.tile));
        let urls = tile.map(|tile| tile.contents.clone()).unwrap_or_default();
        let attempts = self.cache.slot(id).map_or(0, |slot| slot.attempts) + 1;
        let mut parts = Vec::with_capacity(urls.len());
        for (part, url) in urls.into_iter().enumerate() {
            let request = self.fetch.start(Request { url: url.clone(), priority });
            self.owners.insert(request, Owner::Part { tile: id, part, url });
            parts.push(Part::Waiting(request));
        }
        self.cache.set(id, Phase::Requested(parts), attempts);
    }

    /// When a tileset or tile that failed `attempts` times is tried again; `None` where that would not help.
    pub(super) fn retry(&self, transient: bool, now_secs: f64, attempts: u32, salt: u32) -> Option<f64> {
        transient.then(|| retry_at_secs(now_secs, attempts, salt))
    }
}
