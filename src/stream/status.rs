//! What the streamer tells about itself each frame.

use std::collections::BTreeSet;

use url::Url;

use super::TileId;
use super::cache::Phase;
use super::failure::Failure;
use super::retry::LOST_AFTER;
use super::selection::Prospect;
use super::streamer::{Streamer, Tileset, TilesetPhase};

/// How many failures are told with their reason.
pub const FAILURES_TOLD: usize = 8;

/// What to draw now, and how things stand.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    /// Tiles to draw, all of them created in the sink.
    pub draw: &'a [TileId],
    /// How things stand.
    pub status: StreamStatus,
}

/// How things stand after an update.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamStatus {
    /// Tiles whose bytes are asked for.
    pub requested: usize,
    /// Tiles whose bytes are here and that are not ready yet.
    pub decoding: usize,
    /// Tiles that can be drawn.
    pub ready: usize,
    /// Tiles that this view waits for, asked for or not.
    pub awaited: usize,
    /// The first [`FAILURES_TOLD`] tilesets and tiles that failed, with the reason.
    pub failed: Vec<(Url, Failure)>,
    /// How many failed in all.
    pub failed_count: usize,
    /// Bytes held here and in the sink.
    pub bytes_held: u64,
    /// Bytes that may be held.
    pub budget_bytes: u64,
    /// Factor by which the allowed error in the picture is raised so that the view fits the budget; 1 for not at all.
    pub coarsening: f64,
    /// Attributions of what is drawn, in alphabetical order, each once.
    pub attributions: Vec<String>,
    /// What was met and not understood since the tilesets were opened, in alphabetical order.
    pub not_understood: Vec<String>,
    /// Nothing is pending for this view: what is drawn is all that it asks for, but for what is lost.
    pub complete: bool,
    /// There is more to do or to show without waiting for the network: call again for the next frame.
    pub needs_redraw: bool,
    /// When something that failed is due again, in the time that `update` is told; always later than that. What is due
    /// and waits for its turn comes with the next answer.
    pub next_retry_at_secs: Option<f64>,
}

impl Streamer {
    pub(super) fn drawn_attributions(&self) -> Vec<String> {
        let contents = self.draw.iter().filter_map(|id| self.content(*id));
        let mut texts: BTreeSet<String> = contents.flat_map(|content| content.attributions.iter().cloned()).collect();
        let drawn: BTreeSet<u32> = self.draw.iter().map(|id| id.tileset).collect();
        for tree in drawn.into_iter().filter_map(|tileset| self.tree(tileset)) {
            texts.extend(tree.attributions().iter().cloned());
        }
        texts.into_iter().collect()
    }

    pub(super) fn status(&self, now_secs: f64) -> StreamStatus {
        let mut status = StreamStatus {
            bytes_held: self.cache.held_bytes(),
            budget_bytes: self.cache.budget_bytes(),
            coarsening: self.coarsening,
            attributions: self.attributions.clone(),
            not_understood: self.not_understood.iter().cloned().collect(),
            complete: true,
            ..StreamStatus::default()
        };
        for set in &self.sets {
            self.count_tileset(set, &mut status);
        }
        for (id, slot) in self.cache.slots() {
            match &slot.phase {
                Phase::Requested(_) => status.requested += 1,
                Phase::Received(_) | Phase::Decoding(_) => status.decoding += 1,
                Phase::Ready(_) => status.ready += 1,
                Phase::Failed { why, .. } => {
                    let tile = self.tree(id.tileset).and_then(|tree| tree.tile(id.tile));
                    tell_failure(tile.and_then(|tile| tile.contents.first()), why, &mut status);
                }
            }
        }
        // What is wanted is never ready; what failed for good is not wanted.
        let awaited = self.wanted.iter().filter(|(id, _)| self.cache.prospect(*id) == Prospect::Coming);
        status.awaited = awaited.count();
        status.complete &= status.awaited == 0;
        let retries = self.wanted.iter().filter_map(|(id, _)| match self.cache.slot(*id)?.phase {
            Phase::Failed { retry_at_secs, .. } => retry_at_secs,
            _ => None,
        });
        let later = retries.chain(status.next_retry_at_secs).filter(|at| *at > now_secs);
        status.next_retry_at_secs = later.min_by(f64::total_cmp);
        status
    }

    fn count_tileset(&self, set: &Tileset, status: &mut StreamStatus) {
        match &set.phase {
            TilesetPhase::New | TilesetPhase::Requested => status.complete &= set.attempts > LOST_AFTER,
            TilesetPhase::Failed { retry_at_secs, why } => {
                tell_failure(Some(&set.url), why, status);
                status.complete &= retry_at_secs.is_none() || set.attempts >= LOST_AFTER;
                let both = status.next_retry_at_secs.into_iter().chain(*retry_at_secs);
                status.next_retry_at_secs = both.min_by(f64::total_cmp);
            }
            TilesetPhase::Open(_) => {}
            #[cfg(test)]
            TilesetPhase::Closed => {}
        }
    }
}

fn tell_failure(url: Option<&Url>, why: &Failure, status: &mut StreamStatus) {
    status.failed_count += 1;
    if status.failed.len() < FAILURES_TOLD {
        status.failed.extend(url.map(|url| (url.clone(), why.clone())));
    }
}
