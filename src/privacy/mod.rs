//! Policy file → rules; buildings → a release for one audience; audit. See PRIVACY in ARCHITECTURE.md.
//!
//! Stands between the model and the tiles. Nothing but what this module hands out as [`ReleasedBuilding`] can be tiled.

mod released;

pub use released::{ReleasedBuilding, ReleasedSurface, ReleasedValue};
