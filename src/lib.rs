//! A digital twin of a city that anyone can open.
//!
//! The way of the data, which is also the order of the modules:
//!
//! ```text
//! source → model → release → tiles → store → serve → fetch → stream → scene → pick → panel
//!                   policy           plan enters beside model (data) and overlay (drawing)
//! ```
//!
//! ARCHITECTURE.md has the map, who may use whom, and what must always hold.

pub mod geo;
pub mod report;
#[cfg(feature = "import")]
pub mod digest;
pub mod texts;
pub mod twin;

#[cfg(feature = "import")]
pub mod model;
#[cfg(feature = "import")]
pub mod source;
#[cfg(feature = "import")]
pub mod privacy;
pub mod plan;
pub mod points;
#[cfg(feature = "import")]
pub mod city;
#[cfg(feature = "import")]
pub mod sample;
#[cfg(feature = "import")]
pub mod tiles;
#[cfg(feature = "import")]
pub mod store;

pub mod fetch;
pub mod stream;
pub mod answer;
#[cfg(feature = "viewer")]
pub mod viewer;

#[cfg(feature = "import")]
pub mod cli;
#[cfg(feature = "viewer")]
pub mod web;

#[cfg(test)]
mod test_data;
