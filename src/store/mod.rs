//! A published twin on disk: its layout, its manifest with the hash of every file, and how it comes to stand there in
//! one step.
//!
//! After `tiles`, before `serve` and the viewer. What is published was released before; this module only puts files
//! where they belong and can say later whether they are still the same.

pub mod build;
mod check;
mod draft;
mod error;
mod layout;
mod lock;
mod manifest;
mod progress;

#[cfg(test)]
mod tests;

pub use check::{check, stays_inside};
pub use draft::Draft;
pub use error::StoreError;
pub use layout::{ADDRESSES, BUILDINGS, GROUND, LAYERS, MANIFEST, NAMES, POINTS, TWIN, audience_folder};
pub use manifest::{FileEntry, MANIFEST_FORMAT, Manifest};
