//! What the camera sees, as far as the selection needs to know.

use glam::DVec3;

/// A perspective view in the earth-centred frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// The eye, metres.
    pub eye_ecef: DVec3,
    /// Unit vector of view.
    pub forward: DVec3,
    /// Unit vector to the right of the picture.
    pub right: DVec3,
    /// Unit vector to the top of the picture.
    pub up: DVec3,
    /// Vertical field of view, radians.
    pub fov_y: f64,
    /// Width and height of the picture, physical pixels.
    pub size_px: [f64; 2],
}
