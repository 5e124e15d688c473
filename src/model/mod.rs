//! The city as plain data: buildings, their surfaces and their attributes as the sources give them.
//!
//! Stands between the readers (`source`) and the release (`privacy`). No I/O, no serde, no engine. What is in here has
//! *not* been released: attribute values are [`RawValue`]s that can be neither written nor printed.

mod attributes;
mod building;
mod classify;
mod levels;
mod mend;
mod summary;

pub(crate) use attributes::Value;
pub use attributes::{Added, Address, Attributes, RawValue};
pub use building::{Building, BuildingId, Geometry, Lod, Surface, SurfaceKind};
pub use classify::classify;
pub use levels::drop_coarser_than_parts;
pub use mend::mend;
pub use summary::Summary;
