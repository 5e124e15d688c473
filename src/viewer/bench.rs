//! The city for a benchmark that puts viewers side by side: nothing but tiles, in the light that all of them have, with
//! the camera in the hands of whoever measures.
//!
//! What must be held equal stands in the benchmark's own pages; what is here says the same in our terms.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bevy::prelude::*;
use bevy::window::RequestRedraw;
use glam::{DVec2, DVec3};
use serde_json::{Value, json};

use super::ViewerSystems;
use super::camera::{Rig, TheCamera};
use super::drive::TheCity;
use super::settings::Canvas;
use crate::geo::{EastNorthUp, Ecef};
use crate::stream::{Kept, Property, pick};
use crate::twin::CameraPose;

/// Direction towards the sun: degrees clockwise from north, and above the horizon.
const SUN_DEG: [f64; 2] = [215.0, 42.0];

/// A hold on a viewer that is measured. Copies hold the same one.
#[derive(Clone, Default)]
pub struct Bench(Arc<Mutex<Shared>>);

#[derive(Default)]
struct Shared {
    camera: Option<(CameraPose, f64)>,
    seen: Option<Seen>,
    /// Whether the camera of the last frame is another one than that of the frame before.
    moves: bool,
    figures: Figures,
}

/// What a frame shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Frames since the start.
    pub frames: u64,
    /// Tiles on their way; more than 0 until the tileset itself is there.
    pub pending: usize,
    /// Tiles drawn.
    pub tiles: usize,
    /// Their triangles.
    pub triangles: usize,
}

impl Bench {
    /// Sets the camera of the next frame, with its vertical field of view in degrees. While it moves, frame follows
    /// frame.
    pub fn look(&self, pose: CameraPose, fov_y_deg: f64) {
        self.shared().camera = Some((pose, fov_y_deg));
    }

    /// The properties of what stands at a point of the last frame's picture, logical pixels, as JSON; `null` for
    /// nothing. Rays ask no renderer, so nobody has to wait for a frame.
    pub fn pick(&self, at: [f64; 2]) -> String {
        let properties = self.shared().seen.as_ref().and_then(|seen| seen.properties_at(DVec2::from(at)));
        properties.unwrap_or(Value::Null).to_string()
    }

    /// What the last frame shows.
    pub fn figures(&self) -> Figures {
        self.shared().figures
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Unit vector towards the benchmark's sun in local coordinates.
pub fn sun_local() -> DVec3 {
    let [azimuth, elevation] = SUN_DEG.map(f64::to_radians);
    DVec3::new(azimuth.sin() * elevation.cos(), azimuth.cos() * elevation.cos(), elevation.sin())
}

/// Puts the camera where it is told and tells what is shown.
pub struct BenchPlugin {
    /// Who measures.
    pub bench: Bench,
}

impl Plugin for BenchPlugin {
    fn build(&self, app: &mut App) {
        app.insert_resource(Held(self.bench.clone()))
            .add_systems(Update, look.after(ViewerSystems::Camera).before(ViewerSystems::Pick))
            .add_systems(Last, tell);
    }
}

#[derive(Resource)]
struct Held(Bench);

/// After the controls, which would keep the eye above roofs: viewers are compared with the very same eye.
fn look(held: Res<Held>, mut city: ResMut<TheCity>, mut camera: ResMut<TheCamera>) {
    let mut shared = held.0.shared();
    city.waits_for_view = shared.camera.is_none();
    let before = camera.rig;
    if let (Some((pose, fov_y_deg)), true) = (shared.camera, city.is_framed()) {
        camera.flight = None;
        camera.rig = Rig { fov_y: fov_y_deg.to_radians(), ..Rig::from_pose(&pose, &city.frame) };
        camera.distance_m = pose.distance_m;
    }
    shared.moves = before != camera.rig;
}

fn tell(
    held: Res<Held>,
    city: Res<TheCity>,
    camera: Res<TheCamera>,
    canvas: Res<Canvas>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let mut shared = held.0.shared();
    let tiles = match shared.seen.take() {
        Some(seen) if !city.tiles_changed => seen.tiles,
        _ => city.kept(),
    };
    shared.seen = Some(Seen { tiles, frame: city.frame, rig: camera.rig, size_pt: canvas.size_pt });
    if shared.moves {
        redraw.write(RequestRedraw);
    }
    let on_the_way = city.status.requested + city.status.decoding;
    let contents = city.drawn().iter().filter_map(|tile| city.content(*tile));
    shared.figures = Figures {
        frames: shared.figures.frames + 1,
        pending: if city.is_complete() { 0 } else { on_the_way.max(1) },
        tiles: city.drawn().len(),
        triangles: contents.flat_map(|content| &content.meshes).map(|mesh| mesh.indices.len() / 3).sum(),
    };
}

/// What the last frame shows, for rays between frames.
struct Seen {
    tiles: Vec<Kept>,
    frame: EastNorthUp,
    rig: Rig,
    size_pt: DVec2,
}

impl Seen {
    /// What is known of the feature at a point of the picture.
    fn properties_at(&self, at: DVec2) -> Option<Value> {
        let Ecef(eye) = self.frame.ecef(self.rig.eye);
        let ray = self.frame.ecef_from_local.transform_vector3(self.rig.ray(at, self.size_pt));
        let hit = pick(eye, ray, self.tiles.iter().map(Kept::as_pickable))?;
        let tile = self.tiles.iter().find(|tile| tile.tile == hit.tile)?;
        let value = |property: &Property| match property {
            Property::Text(text) => json!(text),
            Property::Integer(number) => json!(number),
            Property::Real(number) => json!(number),
            Property::Boolean(truth) => json!(truth),
        };
        let properties = tile.content.features.row(hit.feature?);
        Some(properties.map(|(name, property)| (name.to_owned(), value(property))).collect())
    }
}
