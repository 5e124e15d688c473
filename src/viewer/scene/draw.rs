//! One frame: the shadow map where it is out of date, then the city, the sky and the overlays in one pass.

use bevy::prelude::*;
use bevy::render::camera::ExtractedCamera;
use bevy::render::render_phase::TrackedRenderPass;
use bevy::render::render_resource::*;
use bevy::render::renderer::{RenderContext, RenderDevice, RenderQueue, ViewQuery};
use bevy::render::view::{Msaa, ViewTarget};

use super::gpu::{DRAW_STRIDE, GpuMesh, GpuScene};
use super::order::{self, in_order, overlay_uniform, sky_uniform};
use super::repeats::Way;
use super::uniforms::{DrawUniform, FrameUniform, ShadowVolume};
use super::{Layer, Parts, shadow};

/// A mesh to draw. Its draw block is the one after the sky's and those of the items before it.
pub(super) type Item<'a> = order::Item<'a, GpuMesh>;

/// Draws the city of this frame, unless it is the one before. Runs once a camera.
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
    if scene.kept.begin(target.main_texture()) == Way::Repeated {
        return;
    }
    let meshes = scene.picture.drawn.iter().filter_map(|tile| scene.tiles.get(tile)).map(|tile| tile.meshes.len());
    let draws = (meshes.sum::<usize>() + scene.picture.overlays.len() + 1) as u64;
    let quality = scene.picture.quality;
    let volume = shadow::volume(&scene.picture.view, quality.shadow_texels);
    let parts = quality.parts(volume.as_ref());
    scene.fit(&device, draws, (target.main_texture_format(), msaa.samples()), size.to_array(), parts);
    let frame = FrameUniform::of(&scene.picture.view, &style, volume.as_ref(), scene.shadow.texels);
    queue.write_buffer(&scene.frame, 0, bytemuck::bytes_of(&frame));
    let items = items(&scene);
    queue.write_buffer(&scene.draws, 0, &draw_blocks(&scene, &items));
    let is_seen = !quality.plain && parts.shadow_taps > 0;
    let stale = volume.filter(|volume| is_seen && !scene.shadow.holds(volume, &scene.picture.drawn));
    if let Some(volume) = &stale {
        draw_shadow_map(&scene, &mut context, volume, &items);
    }
    draw_picture(&scene, &mut context, target, parts, &items);
    if let Some(volume) = stale {
        scene.shadow.drawn = Some((volume, scene.picture.drawn.clone()));
    }
}

/// The meshes of the drawn tiles in the order of drawing.
pub(super) fn items(scene: &GpuScene) -> Vec<Item<'_>> {
    let tiles = scene.picture.drawn.iter().filter_map(|tile| scene.tiles.get(tile));
    in_order(&scene.picture.view, tiles.flat_map(|tile| tile.meshes.iter().map(|mesh| (tile.run, mesh))))
}

/// The draw blocks in the order of drawing: sky, meshes, overlays.
fn draw_blocks(scene: &GpuScene, items: &[Item<'_>]) -> Vec<u8> {
    let view = &scene.picture.view;
    let mut blocks = Vec::new();
    let mut push = |uniform: DrawUniform| {
        let start = blocks.len();
        blocks.extend_from_slice(bytemuck::bytes_of(&uniform));
        blocks.resize(start + DRAW_STRIDE as usize, 0);
    };
    push(sky_uniform(view));
    items.iter().for_each(|item| push(item.mesh.placed.uniform(view, item.run)));
    for (overlay, opacity) in overlays(scene) {
        push(overlay_uniform(view, &overlay.local_from_mesh, overlay.run, opacity));
    }
    blocks
}

fn overlays(scene: &GpuScene) -> impl Iterator<Item = (&super::gpu::GpuOverlay, f32)> {
    order::overlays(&scene.picture, &scene.overlays)
}

/// Draws the shadow map.
fn draw_shadow_map(scene: &GpuScene, context: &mut RenderContext, volume: &ShadowVolume, items: &[Item<'_>]) {
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
    for (index, item) in items.iter().enumerate() {
        if volume.reaches(item.mesh.placed.center, item.mesh.placed.radius_m) {
            draw_mesh(&mut pass, scene, index, item.mesh);
        }
    }
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

fn draw_picture(scene: &GpuScene, context: &mut RenderContext, target: &ViewTarget, parts: Parts, items: &[Item<'_>]) {
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
    for (index, item) in items.iter().enumerate().filter(|(_, item)| item.seen) {
        let pipeline = if plain { Some(&pipelines.plain) } else { pipelines.city(parts_of(item.mesh, parts)) };
        let Some(pipeline) = pipeline else { continue };
        // The pass itself leaves out what is set already.
        pass.set_render_pipeline(pipeline);
        if let Some(colors) = &item.mesh.colors {
            pass.set_vertex_buffer(1, colors.slice(..));
        }
        draw_mesh(&mut pass, scene, index, item.mesh);
    }
    if plain {
        return;
    }
    if scene.picture.quality.sky {
        pass.set_render_pipeline(&pipelines.sky);
        pass.set_bind_group(1, &scene.draws_bind_group, &[0]);
        pass.draw(0..3, 0..1);
    }
    draw_overlays(&mut pass, scene, items.len() + 1);
}

/// What of the parts a mesh is drawn with: edges are on what is built, colours where it has some of its own.
fn parts_of(mesh: &GpuMesh, parts: Parts) -> Parts {
    let colors = mesh.colors.is_some();
    Parts { edges: parts.edges && mesh.placed.layer == Layer::Built && !colors, colors, ..parts }
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
