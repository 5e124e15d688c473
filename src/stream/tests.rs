//! The streaming core frame by frame: scripted networks, a sink that counts, views that fly, and no engine.

pub(crate) mod fixtures;
mod flights;
mod opening;
mod picking;
mod selecting;
mod streaming;
mod trees;
mod volumes;
