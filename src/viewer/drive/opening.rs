//! Opening: a twin is checked for whose release it is and says where its home is; a bare tileset is looked at as a whole.

use bevy::prelude::*;
use url::Url;

use super::{Clock, Phase, TheCity};
use crate::geo::{EastNorthUp, Ecef, Geodetic};
use crate::stream::{Failure, FailureKind, Opened, SelectionSettings, TileTree, Volume, join};
use crate::twin::{CameraPose, PLANNER, TwinDescription};
use crate::viewer::camera::{REACH_M, Rig, TheCamera};
use crate::viewer::options::Audience;
use crate::viewer::scene::Scene;

/// Follows the opening, and sets the camera once it is known where the city is.
pub fn open(mut city: ResMut<TheCity>, mut camera: ResMut<TheCamera>, mut scene: ResMut<Scene>, clock: Res<Clock>) {
    let city = &mut *city;
    if let Some((opening, lane)) = &mut city.opening
        && let Some(outcome) = opening.poll(lane.as_ref(), clock.now_secs)
    {
        city.opening = None;
        let opened = outcome.map_err(|error| Failure::from(&error)).and_then(|opened| match opened {
            Opened::Twin(description, base) => city.open_twin(*description, &base),
            Opened::Tileset(body) => {
                city.streamer.open_here(body);
                Ok(())
            }
        });
        city.phase = match opened {
            Ok(()) => Phase::Open,
            Err(why) => Phase::Failed(why),
        };
    }
    if city.phase == Phase::Open && !city.framed {
        frame_the_city(city, &mut camera, &mut scene);
    }
}

/// A twin says where its home is; a bare tileset is looked at as a whole, once its root is known.
fn frame_the_city(city: &mut TheCity, camera: &mut TheCamera, scene: &mut Scene) {
    let home = match &city.twin {
        Some(twin) => Some(twin.home),
        None => city.streamer.tree(0).and_then(home_of),
    };
    let Some(home) = home else { return };
    if city.twin.is_none() {
        city.set_origin(Geodetic { lon_deg: home.lon_deg, lat_deg: home.lat_deg, height_m: home.height_m });
    }
    scene.set_local_frame(city.frame.local_from_ecef);
    let start = city.start.camera.unwrap_or(home);
    let reach_m = REACH_M.max(home.distance_m * 2.0);
    // Whoever can stand far off can see as far again.
    city.streamer.set_far_m(SelectionSettings::default().far_m.max(reach_m * 2.0));
    camera.home = Some(home);
    city.home = Some(home);
    camera.rig = Rig { reach_m, ..Rig::from_pose(&start, &city.frame) };
    camera.distance_m = start.distance_m;
    city.framed = true;
}

/// A root that is larger than this, metres, is a country: what is looked at first is a part of it.
const LARGEST_FRAMED_M: f64 = 300_000.0;

/// A view of a whole tileset, from south of it; of a country the first part that is of a size to be looked at.
pub(super) fn home_of(tree: &TileTree) -> Option<CameraPose> {
    let mut tile = tree.tile(0)?;
    while radius_m(&tile.volume) > LARGEST_FRAMED_M
        && let Some(below) = tile.children.first().and_then(|child| tree.tile(*child))
    {
        tile = below;
    }
    let center: Geodetic = Ecef(tile.volume.center()).into();
    Some(CameraPose {
        lon_deg: center.lon_deg,
        lat_deg: center.lat_deg,
        // A volume as large as a country may have its middle far below the ground.
        height_m: center.height_m.max(-1000.0),
        distance_m: (radius_m(&tile.volume) * 1.6).clamp(20.0, 2e7),
        heading_deg: 20.0,
        pitch_deg: -35.0,
    })
}

/// Distance from a volume's middle to its farthest point, metres.
fn radius_m(volume: &Volume) -> f64 {
    match volume {
        Volume::Box { half_axes, .. } => (half_axes.x_axis + half_axes.y_axis + half_axes.z_axis).length(),
        Volume::Sphere { radius_m, .. } => *radius_m,
    }
}

/// A twin reaches at least so many times as far as its home looks.
const LEAST_EXTENT: f64 = 2.0;

impl TheCity {
    /// How far a twin's buildings, or its ground where it has none, reach from where the local frame has its origin, metres;
    /// `None` until that is known, and for a bare tileset.
    pub fn extent_m(&self) -> Option<f64> {
        let twin = self.twin.as_ref()?;
        // The ground's tileset is opened first.
        let tileset = u32::from(twin.buildings.is_some() && self.ground.is_some());
        let volume = &self.streamer.tree(tileset)?.tile(0)?.volume;
        let middle = self.frame.local(Ecef(volume.center()));
        Some((middle.length() + radius_m(volume)).max(twin.home.distance_m * LEAST_EXTENT))
    }

    /// Opens the tilesets of a twin, and puts the local frame where it starts.
    pub(super) fn open_twin(&mut self, twin: TwinDescription, base: &Url) -> Result<(), Failure> {
        check_audience(&twin.audience, self.start.audience)?;
        let address = |path: &String| {
            join(base, path).map_err(|error| Failure::new(FailureKind::Address, format!("{path}: {error}")))
        };
        let ground = twin.ground.as_ref().map(address).transpose()?;
        let buildings = twin.buildings.as_ref().map(address).transpose()?;
        let origin = Geodetic { lon_deg: twin.home.lon_deg, lat_deg: twin.home.lat_deg, height_m: twin.home.height_m };
        self.set_origin(origin);
        self.ground = ground.map(|url| self.streamer.open_released(url, &twin.policy_hash));
        if let Some(url) = buildings {
            self.streamer.open_released(url, &twin.policy_hash);
        }
        self.base = Some(base.clone());
        self.twin = Some(twin);
        Ok(())
    }

    fn set_origin(&mut self, origin: Geodetic) {
        self.origin = origin;
        self.frame = EastNorthUp::at(origin);
    }
}

/// The privileged release opens only for whoever asks for it, and nobody who asks for it works with the public one.
fn check_audience(release: &str, asked: Audience) -> Result<(), Failure> {
    let is_planners = release == PLANNER;
    let other = |why: String| Err(Failure::new(FailureKind::OtherAudience, why));
    match asked {
        Audience::Citizen if is_planners => {
            other(format!("this is the release for \"{PLANNER}\": it opens with --audience {PLANNER}"))
        }
        Audience::Planner if !is_planners => {
            other(format!("this is the release for \"{release}\", not the one for \"{PLANNER}\" that was asked for"))
        }
        _ => Ok(()),
    }
}
