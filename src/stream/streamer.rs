//! The streamer: opened tilesets, a view for each frame, bytes in through [`Fetch`], meshes out to a [`TileSink`].
//!
//! It only keeps the order of things. Which tiles is decided in `selection`, what fits in `cache`, how bytes become
//! meshes in `decode`. It has no clock and no thread: time and the time slice come in with each update.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use glam::DVec3;
use url::Url;

use crate::fetch::{Fetch, RequestId};

use super::cache::{Cache, Phase, Refused, TileState};
use super::decode::{ContentFrame, Decoded, Decoder, Progress};
use super::failure::{Failure, FailureKind};
use super::mesh::{MeshClass, TileContent};
use super::pick::{Hit, Kept, Pickable, clearance_m, pick};
use super::selection::{Selection, SelectionSettings, select};
use super::status::Frame;
use super::tree::TileTree;
use super::{TileId, TileSink, View};

/// How much, how fine and how fast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StreamSettings {
    /// Bytes that tiles may hold, here and in the sink together.
    pub budget_bytes: u64,
    /// How fine and how far.
    pub selection: SelectionSettings,
    /// Most requests at once: fewer than [`crate::fetch::MAX_RUNNING`], so that layers and search find a place, but
    /// enough that a line is busy while a frame is drawn.
    pub max_in_flight: usize,
}

impl Default for StreamSettings {
    fn default() -> Self {
        Self { budget_bytes: 512 * 1024 * 1024, selection: SelectionSettings::default(), max_in_flight: 20 }
    }
}

/// Streams any number of tilesets under one budget.
pub struct Streamer {
    pub(super) settings: StreamSettings,
    pub(super) fetch: Arc<dyn Fetch>,
    pub(super) sets: Vec<Tileset>,
    pub(super) cache: Cache,
    pub(super) owners: BTreeMap<RequestId, Owner>,
    /// Number of the last selection.
    pub(super) frame: u64,
    /// Factor on the allowed error, at least 1; see `StreamStatus::coarsening`.
    pub(super) coarsening: f64,
    /// What the last selection draws.
    pub(super) draw: Vec<TileId>,
    /// What the last selection wants, the most wanted first.
    pub(super) wanted: Vec<(TileId, f32)>,
    pub(super) not_understood: BTreeSet<String>,
    pub(super) attributions: Vec<String>,
}

/// An opened tileset.
pub(super) struct Tileset {
    pub url: Url,
    /// The policy hash that it must have.
    pub policy_hash: Option<String>,
    pub phase: TilesetPhase,
    /// How often its file was asked for.
    pub attempts: u32,
}

/// A tileset's life.
pub(super) enum TilesetPhase {
    /// To be asked for.
    New,
    /// Asked for.
    Requested,
    /// Here.
    Open(Box<TileTree>),
    /// It did not come, or it was refused.
    Failed { retry_at_secs: Option<f64>, why: Failure },
    /// Closed for good.
    #[cfg(test)]
    Closed,
}

/// Whose request it is.
pub(super) enum Owner {
    /// The file of an opened tileset.
    Tileset(u32),
    /// One of a tile's contents.
    Part { tile: TileId, part: usize, url: Url },
}

impl Streamer {
    /// With nothing opened. `fetch` must have no other user; see `fetch::lane`.
    pub fn new(settings: StreamSettings, fetch: Arc<dyn Fetch>) -> Self {
        Self {
            settings,
            fetch,
            sets: Vec::new(),
            cache: Cache::new(settings.budget_bytes),
            owners: BTreeMap::new(),
            frame: 0,
            coarsening: 1.0,
            draw: Vec::new(),
            wanted: Vec::new(),
            not_understood: BTreeSet::new(),
            attributions: Vec::new(),
        }
    }

    /// Opens a tileset; it is asked for at the next update. Gives [`TileId::tileset`] of its tiles.
    pub fn open(&mut self, url: Url) -> u32 {
        self.open_checked(url, None)
    }

    /// Opens a tileset that must have been released under the policy of that hash; another is refused and told among
    /// the failures.
    pub fn open_released(&mut self, url: Url, policy_hash: &str) -> u32 {
        self.open_checked(url, Some(policy_hash.to_owned()))
    }

    fn open_checked(&mut self, url: Url, policy_hash: Option<String>) -> u32 {
        self.sets.push(Tileset { url, policy_hash, phase: TilesetPhase::New, attempts: 0 });
        (self.sets.len() - 1) as u32
    }

    /// Closes a tileset: its requests are cancelled and its tiles freed, so that a test sees what would be left.
    #[cfg(test)]
    pub fn close(&mut self, tileset: u32, sink: &mut dyn TileSink) {
        let Some(set) = self.sets.get_mut(tileset as usize) else { return };
        let mut requests = self.cache.close(tileset, sink);
        let own =
            |(id, owner): (&RequestId, &Owner)| matches!(owner, Owner::Tileset(of) if *of == tileset).then_some(*id);
        requests.extend(self.owners.iter().filter_map(own));
        set.phase = TilesetPhase::Closed;
        self.draw.retain(|id| id.tileset != tileset);
        self.wanted.retain(|(id, _)| id.tileset != tileset);
        requests.into_iter().for_each(|id| self.cancel(id));
    }

    /// One frame: asks for tilesets, takes in what arrived, which may be what was just asked for, decodes while `slice` says yes, chooses for `view` and asks for what is
    /// missing. `now_secs` is any time that only grows.
    pub fn update(
        &mut self,
        view: &View,
        now_secs: f64,
        slice: &mut dyn FnMut() -> bool,
        sink: &mut dyn TileSink,
    ) -> Frame<'_> {
        self.request_tilesets(now_secs);
        for (id, outcome) in self.fetch.poll() {
            self.arrive(id, outcome, now_secs, sink);
        }
        self.decode(slice, sink);
        let coarsening = self.coarsening;
        let selection = self.choose(view);
        self.frame += 1;
        self.cache.touch(&selection.touched, self.frame);
        self.drop_unwanted(&selection);
        self.wanted = selection.load;
        self.request_tiles(now_secs);
        let changed = self.draw != selection.draw || coarsening != self.coarsening;
        if changed {
            self.draw = selection.draw;
            self.attributions = self.drawn_attributions();
        }
        let mut status = self.status(now_secs);
        status.needs_redraw = changed || status.decoding > 0;
        Frame { draw: &self.draw, status }
    }

    /// The meshes and features of a tile that is ready.
    pub fn content(&self, id: TileId) -> Option<&Arc<TileContent>> {
        self.cache.ready(id).map(|ready| &ready.content)
    }

    /// What may be hoped of a tile.
    #[cfg(test)]
    pub fn prospect(&self, id: TileId) -> super::Prospect {
        self.cache.prospect(id)
    }

    /// The state of a tile.
    pub fn state(&self, id: TileId) -> TileState {
        self.cache.state(id)
    }

    /// The tree of an opened tileset, once it has come.
    pub fn tree(&self, tileset: u32) -> Option<&TileTree> {
        match &self.sets.get(tileset as usize)?.phase {
            TilesetPhase::Open(tree) => Some(tree),
            _ => None,
        }
    }

    /// Asks again for everything that failed, also for what would not be tried again by itself.
    pub fn retry_failed(&mut self) {
        for set in &mut self.sets {
            if matches!(set.phase, TilesetPhase::Failed { .. }) {
                set.phase = TilesetPhase::New;
                set.attempts = 0;
            }
        }
        let failed = |slot: &super::cache::Slot| matches!(slot.phase, Phase::Failed { .. });
        let again: Vec<TileId> = self.cache.slots().filter(|(_, slot)| failed(slot)).map(|(id, _)| id).collect();
        for id in again {
            self.cache.take(id);
        }
    }

    /// Says how much of the budget others hold, such as what is laid over the tiles.
    pub fn reserve(&mut self, bytes: u64) {
        self.cache.reserve(bytes);
    }

    /// Sets how far is seen, metres.
    pub fn set_far_m(&mut self, far_m: f64) {
        self.settings.selection.far_m = far_m;
    }

    /// Frees every tile that the last view did not use, as a budget with no room to spare does.
    pub fn trim(&mut self, sink: &mut dyn TileSink) {
        self.cache.trim(self.frame, sink);
    }

    /// The first drawn triangle that a ray meets.
    pub fn pick(&self, origin_ecef: DVec3, direction: DVec3) -> Option<Hit> {
        pick(origin_ecef, direction, self.pickable())
    }

    /// Height of a point above the drawn surfaces of some classes; see [`clearance_m`].
    pub fn clearance_m(
        &self,
        point_ecef: DVec3,
        up: DVec3,
        search_up_m: f64,
        counts: &dyn Fn(MeshClass) -> bool,
    ) -> Option<f64> {
        clearance_m(point_ecef, up, search_up_m, self.pickable(), counts)
    }

    /// The drawn tiles, to be asked after this frame.
    pub fn kept(&self) -> Vec<Kept> {
        let kept = |tile: &TileId| {
            let ready = self.cache.ready(*tile)?;
            Some(Kept { tile: *tile, content: Arc::clone(&ready.content), bvhs: Arc::clone(&ready.bvhs) })
        };
        self.draw.iter().filter_map(kept).collect()
    }

    fn pickable(&self) -> impl Iterator<Item = Pickable<'_>> {
        self.draw.iter().filter_map(|id| {
            let ready = self.cache.ready(*id)?;
            Some(Pickable { tile: *id, content: &ready.content, bvhs: &ready.bvhs })
        })
    }

    /// Decodes in the order in which tiles are wanted, one at a time, until the slice is used up.
    fn decode(&mut self, slice: &mut dyn FnMut() -> bool, sink: &mut dyn TileSink) {
        while let Some(id) = self.next_to_decode() {
            if !slice() {
                return;
            }
            let Some(slot) = self.cache.take(id) else { return };
            let mut decoder = match slot.phase {
                Phase::Received(contents) => Box::new(Decoder::new(contents, self.content_frame(id))),
                Phase::Decoding(decoder) => decoder,
                _ => return,
            };
            match decoder.step(slice) {
                Ok(Progress::Working) => {
                    self.cache.set(id, Phase::Decoding(decoder), slot.attempts);
                    return;
                }
                Ok(Progress::Done(decoded)) => self.create(id, *decoded, slot.attempts, sink),
                Err(error) => {
                    let why = Failure::of_tile(self.content_url(id), &error);
                    self.cache.set(id, Phase::Failed { retry_at_secs: None, why }, slot.attempts);
                }
            }
        }
    }

    /// The tile in the middle of decoding, else the most wanted one that has its bytes.
    fn next_to_decode(&self) -> Option<TileId> {
        let of = |is: fn(&Phase) -> bool| {
            self.wanted.iter().map(|(id, _)| *id).find(|id| self.cache.slot(*id).is_some_and(|slot| is(&slot.phase)))
        };
        of(|phase| matches!(phase, Phase::Decoding(_))).or_else(|| of(|phase| matches!(phase, Phase::Received(_))))
    }

    fn create(&mut self, id: TileId, decoded: Decoded, attempts: u32, sink: &mut dyn TileSink) {
        self.not_understood.extend(decoded.content.not_understood.iter().cloned());
        match self.cache.create(id, decoded, self.frame, sink) {
            Ok(()) => {}
            Err(Refused::LargerThanBudget) => {
                let why = format!("{} alone is larger than the memory budget", self.content_url(id));
                let why = Failure::new(FailureKind::TooLarge, why);
                self.cache.set(id, Phase::Failed { retry_at_secs: None, why }, attempts);
            }
            // It stays unloaded. Its size is known now, so that the next selection is one that fits.
            Err(Refused::NoRoom) => {}
        }
    }

    fn content_frame(&self, id: TileId) -> ContentFrame {
        let tree = self.tree(id.tileset);
        let tile = tree.and_then(|tree| tree.tile(id.tile));
        ContentFrame {
            ecef_from_tile: tile.map_or(glam::DMat4::IDENTITY, |tile| tile.ecef_from_tile),
            up_axis: tree.zip(tile).map_or(super::tree::UpAxis::Y, |(tree, tile)| tree.content_up_axis(tile)),
        }
    }

    pub(super) fn content_url(&self, id: TileId) -> String {
        let tile = self.tree(id.tileset).and_then(|tree| tree.tile(id.tile));
        tile.and_then(|tile| tile.contents.first()).map(Url::to_string).unwrap_or_default()
    }

    /// Selects in all opened tilesets with one factor on the allowed error.
    pub(super) fn select_all(&self, view: &View, coarsening: f64) -> Selection {
        let mut settings = self.settings.selection;
        settings.max_sse_px *= coarsening;
        let mut all = Selection::default();
        for set in &self.sets {
            let TilesetPhase::Open(tree) = &set.phase else { continue };
            let selection = select(tree, view, &settings, &|id| self.cache.prospect(id));
            all.draw.extend(selection.draw);
            all.load.extend(selection.load);
            all.touched.extend(selection.touched);
        }
        all.load.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        all
    }
}
