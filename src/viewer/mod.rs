//! Everything that knows Bevy: the window with its scene, camera, panels and picking. Shows what was published and
//! nothing else.

mod options;

use thiserror::Error;

pub use options::{Audience, Screenshot, Theme, ViewerOptions, ViewerSource};

/// Why the viewer ended with something to say.
#[derive(Debug, Error)]
pub enum ViewerError {
    /// This build draws nothing.
    #[error("this build has no window")]
    NoWindow,
}

/// Opens a window, or draws a screenshot, and comes back when it is closed.
pub fn run(_options: ViewerOptions) -> Result<(), ViewerError> {
    Err(ViewerError::NoWindow)
}
