//! What the streamer tells about itself each frame.

use std::sync::Arc;

use url::Url;

use super::TileId;

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
    /// The first [`FAILURES_TOLD`] tilesets and tiles that failed, with the reason.
    pub failed: Vec<(Url, Arc<str>)>,
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
    /// Nothing is pending for this view: what is drawn is all that it asks for.
    pub complete: bool,
    /// There is more to do or to show without waiting for the network: call again for the next frame.
    pub needs_redraw: bool,
    /// When something that failed is due again, in the time that `update` is told.
    pub next_retry_at_secs: Option<f64>,
}
