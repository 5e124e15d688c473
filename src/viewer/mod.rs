//! Everything that knows Bevy: drive, scene, camera, sun, overlay, pick, panel; one plugin a folder.
//!
//! The last stations of the flow. It sees only what was published: tiles, layers and `twin.json` through `fetch` and
//! `stream`. It has no path to sources, raw attributes or the writers.

mod access;
mod bench;
mod camera;
mod chosen;
mod drive;
mod fluency;
#[cfg(not(target_arch = "wasm32"))]
pub mod frame_times;
mod kiosk;
mod options;
mod overlay;
mod pace;
mod panel;
mod pick;
mod places;
mod platform;
mod remote;
mod scene;
mod search;
mod settings;
#[cfg(not(target_arch = "wasm32"))]
mod shot;
mod sights;
mod state_log;
mod sun;
mod walk;
mod window;

use bevy::prelude::*;
use thiserror::Error;

pub use access::{Act, Change, Deed, Node, Number, Role};
pub use bench::{Bench, Figures};
pub use kiosk::{Kiosk, Pin, RESTART_CODE, check_counts};
pub use options::{Audience, Comfort, Screenshot, StateLog, Theme, Thrift, USUAL_SUN, ViewerOptions, ViewerSource};
pub use platform::run;
pub use remote::{Remote, Signal};

/// The steps of a frame, in this order.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ViewerSystems {
    /// Following the opening of a twin.
    Open,
    /// Input and flights.
    Camera,
    /// What is under the cursor; a click is answered in the frame it comes in.
    Pick,
    /// Tiles.
    Stream,
    /// Planning layers.
    Overlay,
    /// What is near the selection.
    Places,
}

/// Why the viewer could not do what it was asked for.
#[derive(Debug, Error)]
pub enum ViewerError {
    /// The path or address is of no use.
    #[error("{what}: {reason}")]
    Source {
        /// What was asked for.
        what: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The picture could not be written or did not come.
    #[error("{path}: {reason}")]
    Screenshot {
        /// Where it should have gone.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// The picture is written, but not everything that it should show has come.
    #[error("{path} is written, but not everything came:\n{missing}")]
    Incomplete {
        /// Where it is.
        path: String,
        /// What did not come, one a line.
        missing: String,
    },
    /// The state log cannot be written.
    #[error("{path}: {reason}")]
    StateLog {
        /// Where it should have gone.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// The window system or the graphics adapter refused.
    #[error("the window ended with code {0}")]
    Ended(u8),
}
