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
use crate::stream::Property;
use crate::twin::CameraPose;

/// Direction towards the sun: degrees clockwise from north, and above the horizon.
const SUN_DEG: [f64; 2] = [215.0, 42.0];

/// A hold on a viewer that is measured. Copies hold the same one.
#[derive(Clone, Default)]
pub struct Bench(Arc<Mutex<Shared>>);

#[derive(Default)]
struct Shared {
    camera: Option<(CameraPose, f64)>,
    asked: Option<DVec2>,
    picked: Option<Value>,
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

    /// Asks for the properties of what stands at a point of the picture, logical pixels.
    pub fn pick(&self, at: [f64; 2]) {
        let mut shared = self.shared();
        shared.asked = Some(DVec2::from(at));
        shared.picked = None;
    }

    /// The answer as JSON, `null` for nothing; `None` until a frame was drawn after the question.
    pub fn picked(&self) -> Option<String> {
        self.shared().picked.as_ref().map(Value::to_string)
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
fn look(held: Res<Held>, city: Res<TheCity>, mut camera: ResMut<TheCamera>) {
    let mut shared = held.0.shared();
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
    if let Some(at) = shared.asked.take() {
        let properties = properties_at(&city, camera.rig.eye, camera.rig.ray(at, canvas.size_pt));
        shared.picked = Some(properties.unwrap_or(Value::Null));
    }
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

/// What is known of the feature that a ray meets.
fn properties_at(city: &TheCity, eye: DVec3, ray: DVec3) -> Option<Value> {
    let hit = city.pick(eye, ray)?;
    let properties = city.content(hit.tile)?.features.row(hit.feature?);
    let value = |property: &Property| match property {
        Property::Text(text) => json!(text),
        Property::Integer(number) => json!(number),
        Property::Real(number) => json!(number),
        Property::Boolean(truth) => json!(truth),
    };
    Some(properties.map(|(name, property)| (name.to_owned(), value(property))).collect())
}
