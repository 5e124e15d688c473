//! The tiles that are in memory or on their way, and the one budget that they stay under.
//!
//! Counted are bytes that wait for decoding, decoded meshes with their features and picking trees, and what the sink
//! says it holds. Knows no network and no view: who asks for what is decided in `streamer`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::fetch::{Bytes, RequestId};

use super::bvh::Bvh;
use super::decode::{Decoded, Decoder};
use super::failure::Failure;
use super::mesh::TileContent;
use super::retry::LOST_AFTER;
use super::selection::Prospect;
use super::{TileId, TileSink};

/// A tile's life: `Unloaded → Requested → Received → Decoding → Ready → Unloaded`, and `Failed` from any step on the way.
///
/// Every step back to `Unloaded` frees what the tile held.
#[derive(Clone, Debug, PartialEq)]
pub enum TileState {
    /// Nothing of it is here.
    Unloaded,
    /// Its bytes are asked for.
    Requested,
    /// Its bytes are here and wait for decoding.
    Received,
    /// Its meshes are being made, slice by slice.
    Decoding,
    /// Its meshes are made and the sink has them: it can be drawn.
    Ready,
    /// It did not come or could not be read.
    Failed {
        /// How often it was tried.
        attempts: u32,
        /// When it is tried again, in the time that `Streamer::update` is told; `None` for never.
        retry_at_secs: Option<f64>,
        /// What happened, with the address.
        why: Failure,
    },
}

/// One of a tile's contents on its way.
pub(super) enum Part {
    /// Asked for.
    Waiting(RequestId),
    /// Here.
    Here(Bytes),
    /// It was an external tileset and is part of the tree now.
    Grafted,
}

/// What a tile is in, with what belongs to it.
pub(super) enum Phase {
    Requested(Vec<Part>),
    Received(Vec<Bytes>),
    Decoding(Box<Decoder>),
    Ready(ReadyTile),
    Failed { retry_at_secs: Option<f64>, why: Failure },
}

/// A tile that can be drawn and picked.
pub(super) struct ReadyTile {
    pub content: Arc<TileContent>,
    /// One for each mesh.
    pub bvhs: Arc<Vec<Bvh>>,
    /// Everything it holds here and in the sink.
    pub bytes: u64,
    /// Frame in which a view used it last.
    pub last_used: u64,
}

/// A tile that is not unloaded.
pub(super) struct Slot {
    pub phase: Phase,
    /// How often it was asked for since it last came.
    pub attempts: u32,
}

impl Phase {
    /// Bytes that count against the budget.
    fn bytes(&self) -> u64 {
        let length = |bytes: &Bytes| bytes.len() as u64;
        match self {
            Self::Requested(parts) => {
                parts.iter().map(|part| if let Part::Here(bytes) = part { length(bytes) } else { 0 }).sum()
            }
            Self::Received(bytes) => bytes.iter().map(length).sum(),
            Self::Decoding(decoder) => decoder.input_bytes(),
            Self::Ready(ready) => ready.bytes,
            Self::Failed { .. } => 0,
        }
    }
}

/// Why a decoded tile was not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// Even alone it is larger than the budget.
    LargerThanBudget,
    /// There is no room beside the tiles in use.
    NoRoom,
}

/// How much of the budget others may hold at most: a part of it, so that there is always a city below them.
const MOST_RESERVED: f64 = 0.5;

/// All slots and the budget.
pub(super) struct Cache {
    budget_bytes: u64,
    /// What others hold of the budget.
    reserved_bytes: u64,
    held_bytes: u64,
    slots: BTreeMap<TileId, Slot>,
    /// Bytes of every tile that was ever taken in or refused, for foreseeing what a view needs.
    known_bytes: BTreeMap<TileId, u64>,
    known_sum: u64,
}

impl Cache {
    pub fn new(budget_bytes: u64) -> Self {
        Self {
            budget_bytes,
            reserved_bytes: 0,
            held_bytes: 0,
            slots: BTreeMap::new(),
            known_bytes: BTreeMap::new(),
            known_sum: 0,
        }
    }

    /// Bytes that the tiles may hold.
    pub fn budget_bytes(&self) -> u64 {
        self.budget_bytes - self.reserved_bytes
    }

    /// Sets what others hold of the budget.
    pub fn reserve(&mut self, bytes: u64) {
        self.reserved_bytes = bytes.min((self.budget_bytes as f64 * MOST_RESERVED) as u64);
    }

    pub fn held_bytes(&self) -> u64 {
        self.held_bytes
    }

    pub fn slot(&self, id: TileId) -> Option<&Slot> {
        self.slots.get(&id)
    }

    pub fn slots(&self) -> impl Iterator<Item = (TileId, &Slot)> {
        self.slots.iter().map(|(id, slot)| (*id, slot))
    }

    pub fn ready(&self, id: TileId) -> Option<&ReadyTile> {
        match &self.slots.get(&id)?.phase {
            Phase::Ready(ready) => Some(ready),
            _ => None,
        }
    }

    /// What the selection may hope of a tile.
    pub fn prospect(&self, id: TileId) -> Prospect {
        let Some(slot) = self.slots.get(&id) else { return Prospect::Coming };
        match &slot.phase {
            Phase::Ready(_) => Prospect::Ready,
            Phase::Failed { retry_at_secs: None, .. } => Prospect::Gone,
            Phase::Failed { .. } if slot.attempts >= LOST_AFTER => Prospect::Lost,
            // On its way once more, after as many failures.
            Phase::Requested(_) | Phase::Received(_) | Phase::Decoding(_) if slot.attempts > LOST_AFTER => {
                Prospect::Lost
            }
            _ => Prospect::Coming,
        }
    }

    /// The state as the outside sees it.
    pub fn state(&self, id: TileId) -> TileState {
        let Some(slot) = self.slots.get(&id) else { return TileState::Unloaded };
        match &slot.phase {
            Phase::Requested(_) => TileState::Requested,
            Phase::Received(_) => TileState::Received,
            Phase::Decoding(_) => TileState::Decoding,
            Phase::Ready(_) => TileState::Ready,
            Phase::Failed { retry_at_secs, why } => {
                TileState::Failed { attempts: slot.attempts, retry_at_secs: *retry_at_secs, why: why.clone() }
            }
        }
    }

    /// Puts a tile that is not ready into another phase that is not ready.
    pub fn set(&mut self, id: TileId, phase: Phase, attempts: u32) {
        debug_assert!(self.ready(id).is_none(), "ready tiles are freed, not overwritten");
        self.held_bytes += phase.bytes();
        if let Some(old) = self.slots.insert(id, Slot { phase, attempts }) {
            self.held_bytes -= old.phase.bytes();
        }
    }

    /// Takes a tile out, ready or not. A ready tile's caller tells the sink.
    pub fn take(&mut self, id: TileId) -> Option<Slot> {
        let slot = self.slots.remove(&id)?;
        self.held_bytes -= slot.phase.bytes();
        Some(slot)
    }

    /// Marks tiles as used in a frame.
    pub fn touch(&mut self, ids: &[TileId], frame: u64) {
        for id in ids {
            if let Some(Slot { phase: Phase::Ready(ready), .. }) = self.slots.get_mut(id) {
                ready.last_used = frame;
            }
        }
    }

    /// Takes in a decoded tile: makes room first, then tells the sink. The tile's slot must be taken out before.
    pub fn create(&mut self, id: TileId, decoded: Decoded, frame: u64, sink: &mut dyn TileSink) -> Result<(), Refused> {
        let own_bytes = decoded.bytes();
        // The sink's share is known only afterwards; meshes take about the same room again there.
        let expected_bytes = own_bytes.saturating_mul(2);
        self.learn(id, expected_bytes);
        self.fit(expected_bytes, frame, sink)?;
        let content = Arc::new(decoded.content);
        let bytes = own_bytes + self.create_in(sink, id, &content, frame)?;
        let ready = ReadyTile { content, bvhs: Arc::new(decoded.bvhs), bytes, last_used: frame };
        self.learn(id, bytes);
        if let Err(refused) = self.fit(bytes, frame, sink) {
            sink.free(id);
            return Err(refused);
        }
        self.held_bytes += bytes;
        self.slots.insert(id, Slot { phase: Phase::Ready(ready), attempts: 0 });
        Ok(())
    }

    /// Has the sink take over a tile, and frees unused ones until it has room. Where even that does not help, the budget
    /// shrinks to what is held: the sink can hold no more, so the next selections are ones that fit.
    fn create_in(
        &mut self,
        sink: &mut dyn TileSink,
        id: TileId,
        content: &Arc<TileContent>,
        frame: u64,
    ) -> Result<u64, Refused> {
        loop {
            if let Some(bytes) = sink.create(id, content) {
                return Ok(bytes);
            }
            let (_, unused) = self.oldest_unused(1, frame);
            if unused.is_empty() {
                self.budget_bytes = self.held_bytes.max(1) + self.reserved_bytes;
                return Err(Refused::NoRoom);
            }
            unused.into_iter().for_each(|id| self.free(id, sink));
        }
    }

    /// Makes room for `bytes` more by freeing tiles that the last view did not use, the longest unused first.
    pub fn fit(&mut self, bytes: u64, frame: u64, sink: &mut dyn TileSink) -> Result<(), Refused> {
        if bytes > self.budget_bytes() {
            return Err(Refused::LargerThanBudget);
        }
        let excess = (self.held_bytes + bytes).saturating_sub(self.budget_bytes());
        if excess == 0 {
            return Ok(());
        }
        let (freed, victims) = self.oldest_unused(excess, frame);
        if freed < excess {
            return Err(Refused::NoRoom);
        }
        victims.into_iter().for_each(|id| self.free(id, sink));
        Ok(())
    }

    /// The longest unused tiles that hold `excess` bytes together, or all unused where they hold less.
    fn oldest_unused(&self, excess: u64, frame: u64) -> (u64, Vec<TileId>) {
        let mut unused = BTreeSet::new();
        for (id, slot) in &self.slots {
            if let Phase::Ready(ready) = &slot.phase
                && ready.last_used < frame
            {
                // Of equally old ones the deeper goes first: greater numbers lie deeper.
                unused.insert((ready.last_used, std::cmp::Reverse(*id), ready.bytes));
            }
        }
        let mut freed = 0;
        let mut victims = Vec::new();
        for (_, std::cmp::Reverse(id), bytes) in unused {
            if freed >= excess {
                break;
            }
            freed += bytes;
            victims.push(id);
        }
        (freed, victims)
    }

    /// Frees all tiles that the last view did not use.
    pub fn trim(&mut self, frame: u64, sink: &mut dyn TileSink) {
        let (_, unused) = self.oldest_unused(u64::MAX, frame);
        unused.into_iter().for_each(|id| self.free(id, sink));
    }

    fn free(&mut self, id: TileId, sink: &mut dyn TileSink) {
        if let Some(Slot { phase: Phase::Ready(_), .. }) = self.take(id) {
            sink.free(id);
        }
    }

    /// Forgets everything of a tileset. Gives the requests that are to be cancelled.
    #[cfg(test)]
    pub fn close(&mut self, tileset: u32, sink: &mut dyn TileSink) -> Vec<RequestId> {
        let ids: Vec<TileId> = self.slots.keys().filter(|id| id.tileset == tileset).copied().collect();
        let mut requests = Vec::new();
        for id in ids {
            match self.take(id).map(|slot| slot.phase) {
                Some(Phase::Ready(_)) => sink.free(id),
                Some(Phase::Requested(parts)) => requests.extend(waiting(&parts)),
                _ => {}
            }
        }
        self.known_bytes.retain(|id, bytes| {
            let kept = id.tileset != tileset;
            self.known_sum -= if kept { 0 } else { *bytes };
            kept
        });
        requests
    }

    /// Remembers what a tile holds.
    pub fn learn(&mut self, id: TileId, bytes: u64) {
        self.known_sum += bytes;
        self.known_sum -= self.known_bytes.insert(id, bytes).unwrap_or(0);
    }

    /// What the tiles hold or will hold together; the mean of the known ones stands in for unknown ones.
    pub fn foreseen_bytes(&self, ids: &[TileId]) -> u64 {
        let mean = self.known_sum.checked_div(self.known_bytes.len() as u64).unwrap_or(0);
        ids.iter().map(|id| self.known_bytes.get(id).copied().unwrap_or(mean)).sum()
    }
}

/// The requests of parts that are not here yet.
pub(super) fn waiting(parts: &[Part]) -> impl Iterator<Item = RequestId> {
    parts.iter().filter_map(|part| if let Part::Waiting(id) = part { Some(*id) } else { None })
}
