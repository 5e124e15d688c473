//! Where the camera of a state stands and what it sees where, worked out from its pose alone.

use std::sync::LazyLock;

use glam::DVec3;
use serde_json::Value;
use stadtzwilling::geo::{EastNorthUp, Geodetic};
use stadtzwilling::twin::CameraPose;

use crate::sample::DESCRIPTION;

/// The local frame of the sample's twin: metres east, north and up of its home.
pub static FRAME: LazyLock<EastNorthUp> = LazyLock::new(|| EastNorthUp::at(target(&DESCRIPTION.home)));

/// Half of the field of view's height: it is 45 degrees high.
const HALF_VIEW_DEG: f64 = 22.5;

/// A camera in the local frame.
#[derive(Clone, Copy, Debug)]
pub struct Sight {
    pub eye: DVec3,
    pub forward: DVec3,
    pub right: DVec3,
    /// Width and height of the window, points.
    size: [f64; 2],
}

impl Sight {
    /// The camera of a state in which the city is open.
    pub fn of(state: &Value) -> Self {
        let pose: CameraPose = serde_json::from_value(state["camera"].clone()).expect("the camera has a pose");
        let size = serde_json::from_value(state["size"].clone()).expect("the window has a size");
        let (sin_h, cos_h) = pose.heading_deg.to_radians().sin_cos();
        let (sin_p, cos_p) = pose.pitch_deg.to_radians().sin_cos();
        let forward = DVec3::new(sin_h * cos_p, cos_h * cos_p, sin_p);
        let eye = FRAME.local(target(&pose).into()) - forward * pose.distance_m;
        Self { eye, forward, right: DVec3::new(cos_h, -sin_h, 0.0), size }
    }

    /// Unit vector to the top of the picture.
    fn up(&self) -> DVec3 {
        self.right.cross(self.forward)
    }

    /// Where a local point stands in the window, points.
    pub fn place_of(&self, local: DVec3) -> [f64; 2] {
        let [width, height] = self.size;
        let to = local - self.eye;
        let points = height * 0.5 / (HALF_VIEW_DEG.to_radians().tan() * to.dot(self.forward));
        [width * 0.5 + to.dot(self.right) * points, height * 0.5 - to.dot(self.up()) * points]
    }

    /// The direction in which a point of the window looks.
    pub fn ray(&self, [x, y]: [f64; 2]) -> DVec3 {
        let [width, height] = self.size;
        let slope = HALF_VIEW_DEG.to_radians().tan() / (height * 0.5);
        (self.forward + self.right * ((x - width * 0.5) * slope) + self.up() * ((height * 0.5 - y) * slope)).normalize()
    }
}

/// What a pose looks at.
fn target(pose: &CameraPose) -> Geodetic {
    Geodetic { lon_deg: pose.lon_deg, lat_deg: pose.lat_deg, height_m: pose.height_m }
}
