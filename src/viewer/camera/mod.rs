//! The camera: mouse, touch and keys → moves of the rig, flights, and the floor that it never goes below.

mod controls;
mod double_click;
mod fingers;
mod rig;
mod zoom_keys;

use bevy::prelude::*;
use glam::DVec3;

pub use rig::{Flight, REACH_M, Rig};
pub use zoom_keys::ZoomKeys;

use crate::twin::CameraPose;
use crate::viewer::ViewerSystems;
use crate::viewer::drive::{Clock, TheCity};
use crate::viewer::settings::Settings;

/// Moves the camera.
pub struct CameraPlugin;

impl Plugin for CameraPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<TheCamera>()
            .init_resource::<controls::Gesture>()
            .init_resource::<controls::Clicks>()
            .init_resource::<ZoomKeys>()
            .add_systems(
                Update,
                (be_still, zoom_keys::follow, controls::steer, settle).chain().in_set(ViewerSystems::Camera),
            );
    }
}

pub use controls::{Clicks, Gesture, keys_held};

/// How far above ground and roofs the eye stays, metres.
const CLEARANCE_M: f64 = 2.5;
/// How far the camera looks where nothing is under the middle of the picture, metres.
const DEFAULT_DISTANCE_M: f64 = 1500.0;

/// Where the camera is and where it is going.
#[derive(Resource, Clone, Debug)]
pub struct TheCamera {
    /// Where it is.
    pub rig: Rig,
    /// Where it is flying to.
    pub flight: Option<Flight>,
    /// Where it starts, once the city is open.
    pub home: Option<CameraPose>,
    /// Distance from the eye to what stands in the middle of the picture, metres.
    pub distance_m: f64,
    /// How far the eye is above ground or roof, metres; infinite where nothing is below it.
    pub clearance_m: f64,
    /// Whether it is there at once instead of flying: movement makes some people ill.
    pub still: bool,
}

impl Default for TheCamera {
    fn default() -> Self {
        let rig = Rig {
            eye: DVec3::new(0.0, -1500.0, 1000.0),
            heading_deg: 0.0,
            pitch_deg: -30.0,
            fov_y: 45f64.to_radians(),
            reach_m: REACH_M,
            level_m: f64::INFINITY,
        };
        Self { rig, flight: None, home: None, distance_m: DEFAULT_DISTANCE_M, clearance_m: f64::INFINITY, still: false }
    }
}

impl TheCamera {
    /// Starts a flight to a rig that looks `distance_m` far; is there at once where nothing is to move.
    pub fn fly(&mut self, to: Rig, distance_m: f64, now_secs: f64) {
        if self.still {
            (self.flight, self.rig, self.distance_m) = (None, to, distance_m);
            return;
        }
        self.flight = Some(Flight::new(self.rig, self.distance_m, to, distance_m, now_secs));
    }

    /// What stands in the middle of the picture, in local coordinates.
    pub fn focus(&self) -> DVec3 {
        self.rig.eye + self.rig.forward() * self.distance_m
    }
}

fn be_still(settings: Res<Settings>, mut camera: ResMut<TheCamera>) {
    if camera.still != settings.still {
        camera.still = settings.still;
    }
}

/// Follows the flight and keeps the eye above ground and roofs.
fn settle(mut camera: ResMut<TheCamera>, city: Res<TheCity>, clock: Res<Clock>, mut settled: Local<Option<Rig>>) {
    if let Some(flight) = camera.flight {
        let (rig, arrived) = flight.at(clock.now_secs);
        camera.rig = rig;
        if arrived {
            camera.flight = None;
        }
    }
    let mut kept = camera.rig;
    city.extent_m().into_iter().for_each(|extent_m| kept.keep_to(extent_m));
    if camera.rig != kept {
        camera.rig = kept;
    }
    if *settled == Some(camera.rig) && !city.tiles_changed {
        return;
    }
    let floor_m = city.floor_below(camera.rig.eye);
    if let Some(floor_m) = floor_m {
        camera.rig.keep_above(floor_m, CLEARANCE_M);
    }
    camera.clearance_m = floor_m.map_or(f64::INFINITY, |floor_m| camera.rig.eye.z - floor_m);
    *settled = Some(camera.rig);
    let (eye, forward) = (camera.rig.eye, camera.rig.forward());
    let hit = city.pick(eye, forward).map(|hit| hit.distance_m);
    camera.distance_m = hit.unwrap_or(camera.distance_m).clamp(5.0, camera.rig.reach_m);
}
