//! Which tiles now: tileset → tile tree → selection for a view → requests → decoding to plain meshes → cache.
//!
//! Engine-free and the same code on every platform. Two seams: bytes come in through [`crate::fetch`], plain meshes go
//! out to a [`TileSink`]. The selection is a pure function and is tested frame by frame.

mod arrival;
mod bvh;
mod cache;
pub mod decode;
mod extras;
mod failure;
mod fitting;
mod mesh;
mod open;
mod pick;
mod planting;
mod requests;
mod retry;
mod selection;
mod status;
mod streamer;
#[cfg(test)]
pub(crate) mod tests;
mod tileset;
mod tree;
mod view;
mod volume;

pub use bvh::{Bvh, BvhBuilder, RayHit};
pub use cache::TileState;
pub use failure::{Failure, FailureKind};
pub use mesh::{FeatureTable, Mesh, MeshClass, Property, TileContent, once_a_run};
pub use open::{JoinError, OpenError, Opened, Opening, join};
pub use pick::{Hit, Kept, Pickable, clearance_m, pick, pick_class};
pub use retry::{LOST_AFTER, Setback};
pub use selection::{Prospect, Selection, SelectionSettings, select};
pub use status::{Frame, StreamStatus};
pub use streamer::{StreamSettings, Streamer};
pub use tileset::{TilesetError, looks_like_json};
pub use tree::{Refine, Tile, TileTree, UpAxis};
pub use view::View;
pub use volume::{Eye, Volume};

/// Names a tile of an opened tileset for as long as the tileset is open. Never used again for another tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileId {
    /// Which opened tileset, in the order of opening.
    pub tileset: u32,
    /// The tile in it.
    pub tile: u32,
}

/// The renderer's side: gets meshes when they are decoded and is told when to let go of them.
///
/// Every tile that was created is freed exactly once.
pub trait TileSink {
    /// Takes over a decoded tile. Gives the bytes that it holds from now on, for the budget; `None` where it has no room
    /// for another one, whatever the budget says, and has taken nothing.
    fn create(&mut self, tile: TileId, content: &std::sync::Arc<TileContent>) -> Option<u64>;
    /// Lets go of a tile.
    fn free(&mut self, tile: TileId);
}
