//! Released buildings and ground → 3D Tiles 1.1 (OGC 22-025r4): tree, levels of detail, meshes, metadata, glb.

pub mod glb;
mod writer;

pub use writer::{MemoryTiles, TileWriter};
