//! What becomes of an answer: a tileset opens, an external tileset is grafted, a tile has its bytes, or it failed.

use url::Url;

use crate::fetch::{Body, Bytes, FetchError, RequestId};

use super::cache::{Part, Phase, waiting};
use super::failure::Failure;
use super::streamer::{Owner, Streamer, TilesetPhase};
use super::tileset::{TilesetError, looks_like_json};
use super::tree::TileTree;
use super::{TileId, TileSink};

impl Streamer {
    /// Takes in one answer. Answers to cancelled requests are ignored.
    pub(super) fn arrive(
        &mut self,
        id: RequestId,
        outcome: Result<Body, FetchError>,
        now_secs: f64,
        sink: &mut dyn TileSink,
    ) {
        match self.owners.remove(&id) {
            Some(Owner::Tileset(index)) => self.tileset_arrived(index, outcome, now_secs),
            Some(Owner::Part { tile, part, url }) => match outcome {
                Ok(body) if looks_like_json(&body.bytes) => self.external_arrived(tile, part, &url, &body),
                Ok(body) => self.content_arrived(tile, part, body.bytes, sink),
                Err(error) => self.tile_failed(tile, error.is_transient(), Failure::from(&error), now_secs),
            },
            None => {}
        }
    }

    /// Opens a tileset whose file is here already. Gives [`TileId::tileset`] of its tiles.
    pub fn open_here(&mut self, body: Body) -> u32 {
        let tileset = self.open(body.url.clone());
        self.tileset_arrived(tileset, Ok(body), 0.0);
        tileset
    }

    fn tileset_arrived(&mut self, index: u32, outcome: Result<Body, FetchError>, now_secs: f64) {
        let Some(set) = self.sets.get(index as usize) else { return };
        let opened = match &outcome {
            Ok(body) => {
                open_tree(index, set.policy_hash.as_deref(), body).map_err(|error| (false, Failure::from(&error)))
            }
            Err(error) => Err((error.is_transient(), Failure::from(error))),
        };
        let phase = match opened {
            Ok(tree) => {
                self.not_understood.extend(tree.not_understood().iter().cloned());
                TilesetPhase::Open(Box::new(tree))
            }
            Err((transient, why)) => {
                let retry_at_secs = self.retry(transient, now_secs, set.attempts, index);
                TilesetPhase::Failed { retry_at_secs, why }
            }
        };
        if let Some(set) = self.sets.get_mut(index as usize) {
            set.phase = phase;
        }
    }

    /// An external tileset becomes part of the tree, in the place of the content that was `asked` for.
    fn external_arrived(&mut self, tile: TileId, part: usize, asked: &Url, body: &Body) {
        let Some(TilesetPhase::Open(tree)) = self.sets.get_mut(tile.tileset as usize).map(|set| &mut set.phase) else {
            return;
        };
        match tree.graft(tile.tile, asked, &body.url, &body.bytes) {
            Ok(()) => {
                self.not_understood.extend(tree.not_understood().iter().cloned());
                self.part_arrived(tile, part, Part::Grafted);
            }
            Err(error) => self.tile_failed(tile, false, Failure::from(&error), 0.0),
        }
    }

    fn content_arrived(&mut self, tile: TileId, part: usize, bytes: Bytes, sink: &mut dyn TileSink) {
        if self.cache.fit(bytes.len() as u64, self.frame, sink).is_ok() {
            self.part_arrived(tile, part, Part::Here(bytes));
            return;
        }
        // No room even for the bytes: it is unloaded again, and known to be at least as large.
        self.cache.learn(tile, 2 * bytes.len() as u64);
        self.give_up(tile);
    }

    /// Puts a part in its place; with the last one the tile is ready to be decoded.
    fn part_arrived(&mut self, tile: TileId, place: usize, arrived: Part) {
        let Some(slot) = self.cache.take(tile) else { return };
        let Phase::Requested(mut parts) = slot.phase else { return };
        if let Some(part) = parts.get_mut(place) {
            *part = arrived;
        }
        if waiting(&parts).next().is_some() {
            self.cache.set(tile, Phase::Requested(parts), slot.attempts);
            return;
        }
        let here = |part| if let Part::Here(bytes) = part { Some(bytes) } else { None };
        let contents: Vec<Bytes> = parts.into_iter().filter_map(here).collect();
        // A tile that only pointed to external tilesets has no content of its own from now on.
        if !contents.is_empty() {
            self.cache.set(tile, Phase::Received(contents), slot.attempts);
        }
    }

    /// One of a tile's contents failed, so the tile did: its other requests are cancelled.
    fn tile_failed(&mut self, tile: TileId, transient: bool, why: Failure, now_secs: f64) {
        let attempts = self.give_up(tile);
        let retry_at_secs = self.retry(transient, now_secs, attempts, tile.tile);
        self.cache.set(tile, Phase::Failed { retry_at_secs, why }, attempts);
    }

    /// Takes a tile on its way back to unloaded. Gives how often it was tried.
    fn give_up(&mut self, tile: TileId) -> u32 {
        let Some(slot) = self.cache.take(tile) else { return 1 };
        if let Phase::Requested(parts) = &slot.phase {
            waiting(parts).for_each(|id| self.cancel(id));
        }
        slot.attempts
    }
}

fn open_tree(index: u32, policy_hash: Option<&str>, body: &Body) -> Result<TileTree, TilesetError> {
    let tree = TileTree::parse(index, &body.url, &body.bytes)?;
    if let Some(expected) = policy_hash {
        tree.require_policy(expected)?;
    }
    Ok(tree)
}
