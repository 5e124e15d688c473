//! What a frame asks of the GPU, and a frame that asks nothing: for the benchmark, which draws frame by frame and has no
//! renderer beside it.

use bevy::prelude::*;
use bevy::render::RenderApp;

use super::Scene;
use super::draw::items;
use super::gpu::GpuScene;

/// What a frame asks of the GPU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameLoad {
    /// Meshes drawn into the picture.
    pub draws: u64,
    /// Their triangles.
    pub triangles: u64,
}

/// What the frame drawn last asked of the GPU, without its shadow map and overlays. For an app whose renderer does not
/// run beside it.
pub fn frame_load(app: &App) -> FrameLoad {
    let scene = app.get_sub_app(RenderApp).and_then(|render_app| render_app.world().get_resource::<GpuScene>());
    let Some(scene) = scene else { return FrameLoad::default() };
    items(scene).iter().filter(|item| item.seen).fold(FrameLoad::default(), |load, item| FrameLoad {
        draws: load.draws + 1,
        triangles: load.triangles + u64::from(item.mesh.count) / 3,
    })
}

impl Scene {
    /// Draws no tile in the frame at hand.
    pub fn draw_nothing(&mut self) {
        self.picture.drawn.clear();
    }
}
