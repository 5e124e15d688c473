//! One frame: the shadow map where it is out of date, then the city, the sky and the overlays in one pass.

use bevy::prelude::*;
use bevy::render::RenderApp;
use bevy::render::camera::ExtractedCamera;
use bevy::render::render_phase::TrackedRenderPass;
use bevy::render::render_resource::*;
use bevy::render::renderer::{RenderContext, RenderDevice, RenderQueue, ViewQuery};
use bevy::render::view::{Msaa, ViewTarget};
use glam::{Mat4, Vec4};

use super::gpu::{DRAW_STRIDE, GpuMesh, GpuScene};
use super::palette::Rows;
use super::uniforms::{DrawUniform, FrameUniform, ShadowVolume, srgb};
use super::{FrameView, OverlayId, Style, shadow};
use crate::stream::TileId;

/// Width of the outlines of overlays, logical points.
const LINE_WIDTH_PT: f32 = 2.0;

/// Something to draw, with the number of its draw block.
struct Item<'a> {
    mesh: &'a GpuMesh,
    seen: bool,
}

/// Draws the city of this frame. Runs once a camera.
pub fn draw_city(
    view: ViewQuery<(&ExtractedCamera, &ViewTarget, &Msaa)>,
    scene: Option<ResMut<GpuScene>>,
    device: Res<RenderDevice>,
    queue: Res<RenderQueue>,
    mut context: RenderContext,
) {
    let (camera, target, msaa) = view.into_inner();
    let (Some(mut scene), Some(size)) = (scene, camera.physical_target_size) else { return };
    let Some(style) = scene.picture.style.clone() else { return };
    let drawn = scene.picture.drawn.clone();
    let meshes: usize = drawn.iter().filter_map(|tile| scene.tiles.get(tile)).map(|tile| tile.meshes.len()).sum();
    let draws = (meshes + scene.picture.overlays.len() + 1) as u64;
    scene.fit(&device, draws, (target.main_texture_format(), msaa.samples()), size.to_array());
    let view = scene.picture.view;
    let volume = shadow::volume(&view, scene.picture.quality.shadow_texels);
    let frame = FrameUniform::of(&view, &style, volume.as_ref(), scene.shadow.texels);
    queue.write_buffer(&scene.frame, 0, bytemuck::bytes_of(&frame));
    let blocks = draw_blocks(&scene, &view, &style, &drawn);
    queue.write_buffer(&scene.draws, 0, &blocks);
    if let Some(volume) = volume.filter(|_| !scene.picture.quality.plain) {
        draw_shadow_map(&mut scene, &mut context, volume, &drawn);
    }
    draw_picture(&scene, &mut context, target, &view, &drawn);
}

/// The meshes of the drawn tiles in order, with whether the camera can see them.
fn items<'a>(scene: &'a GpuScene, view: &FrameView, drawn: &'a [TileId]) -> impl Iterator<Item = (Rows, Item<'a>)> {
    let view = *view;
    drawn
        .iter()
        .filter_map(|tile| scene.tiles.get(tile))
        .flat_map(move |tile| tile.meshes.iter().map(move |mesh| (tile.rows, Item { mesh, seen: sees(&view, mesh) })))
}

/// Whether a mesh's sphere reaches into the view's pyramid.
fn sees(view: &FrameView, mesh: &GpuMesh) -> bool {
    let to_center = mesh.center - view.eye_local;
    let half_y = view.fov_y * 0.5;
    let half_x = (half_y.tan() * view.size_px[0] / view.size_px[1].max(1.0)).atan();
    let depth = to_center.dot(view.forward);
    let beside =
        |axis: glam::DVec3, half: f64| to_center.dot(axis).abs() * half.cos() - depth * half.sin() <= mesh.radius_m;
    depth >= -mesh.radius_m && beside(view.right, half_x) && beside(view.up, half_y)
}

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
    let seen = items(scene, &scene.picture.view, &scene.picture.drawn).filter(|(_, item)| item.seen);
    seen.fold(FrameLoad::default(), |load, (_, item)| FrameLoad {
        draws: load.draws + 1,
        triangles: load.triangles + u64::from(item.mesh.count) / 3,
    })
}

/// The draw blocks in the order of drawing: sky, meshes, overlays.
fn draw_blocks(scene: &GpuScene, view: &FrameView, style: &Style, drawn: &[TileId]) -> Vec<u8> {
    let mut blocks = Vec::new();
    let mut push = |rel_from_mesh: Mat4, rows: Option<Rows>, opacity: f32, color: Vec4| {
        let first = rows.map_or(0.0, |rows| rows.first_texel() as f32);
        let info = Vec4::new(first, opacity, LINE_WIDTH_PT, 0.0);
        let start = blocks.len();
        blocks.extend_from_slice(bytemuck::bytes_of(&DrawUniform { rel_from_mesh, info, color }));
        blocks.resize(start + DRAW_STRIDE as usize, 0);
    };
    push(view.sky_axes(), None, 1.0, Vec4::ZERO);
    for (rows, item) in items(scene, view, drawn) {
        let [r, g, b, a] = item.mesh.color;
        let color = Vec4::new(srgb(r), srgb(g), srgb(b), a);
        push(view.rel_from_mesh(&item.mesh.local_from_mesh), Some(rows), 1.0, color);
    }
    for (overlay, opacity) in overlays(scene) {
        push(view.rel_from_mesh(&overlay.local_from_mesh), Some(overlay.rows), opacity, Vec4::ONE);
    }
    let _ = style;
    blocks
}

fn overlays(scene: &GpuScene) -> impl Iterator<Item = (&super::gpu::GpuOverlay, f32)> {
    let of = |(id, opacity): &(OverlayId, f32)| Some((scene.overlays.get(id)?, *opacity));
    scene.picture.overlays.iter().filter_map(of)
}

/// Draws the shadow map if the sun, the place or the tiles have changed since it was drawn.
fn draw_shadow_map(scene: &mut GpuScene, context: &mut RenderContext, volume: ShadowVolume, drawn: &[TileId]) {
    if scene.shadow.drawn.as_ref().is_some_and(|(had, tiles)| *had == volume && tiles == drawn) {
        return;
    }
    let view = scene.picture.view;
    let Some(pipelines) = &scene.pipelines else { return };
    let mut pass = context.begin_tracked_render_pass(RenderPassDescriptor {
        label: Some("city shadow"),
        color_attachments: &[],
        depth_stencil_attachment: Some(depth_attachment(&scene.shadow.view, 1.0, StoreOp::Store)),
        timestamp_writes: None,
        occlusion_query_set: None,
        multiview_mask: None,
    });
    pass.set_render_pipeline(&pipelines.shadow);
    pass.set_bind_group(0, &scene.shadow_bind_group, &[]);
    for (index, (_, item)) in items(scene, &view, drawn).enumerate() {
        draw_mesh(&mut pass, scene, index, item.mesh);
    }
    drop(pass);
    scene.shadow.drawn = Some((volume, drawn.to_vec()));
}

/// Block 0 is the sky's, so a mesh's is one further.
fn draw_mesh<'a>(pass: &mut TrackedRenderPass<'a>, scene: &'a GpuScene, index: usize, mesh: &'a GpuMesh) {
    pass.set_bind_group(1, &scene.draws_bind_group, &[((index as u64 + 1) * DRAW_STRIDE) as u32]);
    pass.set_vertex_buffer(0, mesh.vertices.slice(..));
    pass.draw(0..mesh.count, 0..1);
}

fn depth_attachment(view: &TextureView, clear: f32, store: StoreOp) -> RenderPassDepthStencilAttachment<'_> {
    RenderPassDepthStencilAttachment {
        view,
        depth_ops: Some(Operations { load: LoadOp::Clear(clear), store }),
        stencil_ops: None,
    }
}

fn draw_picture(
    scene: &GpuScene,
    context: &mut RenderContext,
    target: &ViewTarget,
    view: &FrameView,
    drawn: &[TileId],
) {
    let (Some(pipelines), Some((depth, ..))) = (&scene.pipelines, &scene.depth) else { return };
    let mut pass = context.begin_tracked_render_pass(RenderPassDescriptor {
        label: Some("city"),
        color_attachments: &[Some(target.get_color_attachment())],
        depth_stencil_attachment: Some(depth_attachment(depth, 0.0, StoreOp::Discard)),
        timestamp_writes: None,
        occlusion_query_set: None,
        multiview_mask: None,
    });
    let plain = scene.picture.quality.plain;
    pass.set_bind_group(0, &scene.frame_bind_group, &[]);
    pass.set_render_pipeline(if plain { &pipelines.plain } else { &pipelines.city });
    let mut count = 0;
    for (index, (_, item)) in items(scene, view, drawn).enumerate() {
        count = index + 1;
        if item.seen {
            draw_mesh(&mut pass, scene, index, item.mesh);
        }
    }
    if plain {
        return;
    }
    pass.set_render_pipeline(&pipelines.sky);
    pass.set_bind_group(1, &scene.draws_bind_group, &[0]);
    pass.draw(0..3, 0..1);
    draw_overlays(&mut pass, scene, count + 1);
}

/// Areas of all overlays first, then all lines, so that no area covers an outline.
fn draw_overlays<'a>(pass: &mut TrackedRenderPass<'a>, scene: &'a GpuScene, first_block: usize) {
    let Some(pipelines) = &scene.pipelines else { return };
    let offset = |index: usize| ((first_block + index) as u64 * DRAW_STRIDE) as u32;
    pass.set_render_pipeline(&pipelines.area);
    for (index, (overlay, _)) in overlays(scene).enumerate() {
        let Some((corners, indices, count)) = &overlay.area else { continue };
        pass.set_bind_group(1, &scene.draws_bind_group, &[offset(index)]);
        pass.set_vertex_buffer(0, corners.slice(..));
        pass.set_index_buffer(indices.slice(..), IndexFormat::Uint32);
        pass.draw_indexed(0..*count, 0, 0..1);
    }
    pass.set_render_pipeline(&pipelines.line);
    for (index, (overlay, _)) in overlays(scene).enumerate() {
        let Some((segments, count)) = &overlay.lines else { continue };
        pass.set_bind_group(1, &scene.draws_bind_group, &[offset(index)]);
        pass.set_vertex_buffer(0, segments.slice(..));
        pass.draw(0..4, 0..*count);
    }
}
