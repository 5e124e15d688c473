//! The render world's side: buffers of the tiles and overlays, the palette and the shadow map.

use std::collections::BTreeMap;

use bevy::core_pipeline::core_3d::main_opaque_pass_3d;
use bevy::core_pipeline::{Core3d, Core3dSystems};
use bevy::prelude::*;
use bevy::render::render_resource::*;
use bevy::render::renderer::{RenderDevice, RenderQueue};
use bevy::render::{ExtractSchedule, MainWorld, Render, RenderApp, RenderStartup, RenderSystems};
use glam::DMat4;

use super::kept::{KeptCity, keep_city};
use super::order::Placed;
use super::palette::{ROWS, Run, WIDTH, rows_of};
use super::pipelines::{DEPTH_FORMAT, Layouts, Pipelines};
use super::uniforms::{DrawUniform, FrameUniform, ShadowVolume};
use super::{BACKGROUND, Change, OverlayId, OverlayMesh, Parts, Picture, Scene, Upload, draw};
use crate::stream::TileId;

/// Adds the render world's systems to an app that has Bevy's render and core pipeline plugins.
pub fn add(app: &mut App) {
    let [red, green, blue] = BACKGROUND;
    app.insert_resource(ClearColor(Color::srgb_u8(red, green, blue)));
    let Some(render_app) = app.get_sub_app_mut(RenderApp) else { return };
    render_app
        .init_resource::<Inbox>()
        .add_systems(RenderStartup, set_up)
        .add_systems(ExtractSchedule, hand_over)
        .add_systems(Render, take_in.in_set(RenderSystems::PrepareResources))
        .add_systems(Core3d, draw::draw_city.in_set(Core3dSystems::MainPass).before(main_opaque_pass_3d))
        .add_systems(Core3d, keep_city.in_set(Core3dSystems::EarlyPostProcess));
}

/// Hands the frame's changes and picture to the render world.
fn hand_over(mut main: ResMut<MainWorld>, mut inbox: ResMut<Inbox>) {
    if let Some(mut scene) = main.get_resource_mut::<Scene>() {
        let scene = scene.bypass_change_detection();
        inbox.changes.append(&mut scene.changes);
        inbox.picture = scene.picture.clone();
    }
}

/// What came from the main world and is not taken in yet.
#[derive(Resource, Default)]
pub struct Inbox {
    pub(super) changes: Vec<Change>,
    pub(super) picture: Picture,
}

/// A mesh on the GPU.
pub struct GpuMesh {
    pub placed: Placed,
    pub vertices: Buffer,
    /// Colours of the vertices, where the content has them.
    pub colors: Option<Buffer>,
    pub count: u32,
}

impl AsRef<Placed> for GpuMesh {
    fn as_ref(&self) -> &Placed {
        &self.placed
    }
}

/// A tile on the GPU.
pub struct GpuTile {
    pub run: Run,
    pub meshes: Vec<GpuMesh>,
}

/// An overlay on the GPU.
pub struct GpuOverlay {
    pub run: Run,
    pub local_from_mesh: DMat4,
    pub area: Option<(Buffer, Buffer, u32)>,
    pub lines: Option<(Buffer, u32)>,
}

/// The shadow map and what it holds.
pub struct ShadowMap {
    pub view: TextureView,
    pub texels: u32,
    /// What was drawn into it: the volume and the tiles.
    pub drawn: Option<(ShadowVolume, Vec<TileId>)>,
}

impl ShadowMap {
    /// Whether these tiles in this volume are what it shows.
    pub fn holds(&self, volume: &ShadowVolume, tiles: &[TileId]) -> bool {
        self.drawn.as_ref().is_some_and(|(had, drawn)| had == volume && drawn == tiles)
    }
}

/// Everything the renderer holds on the GPU.
#[derive(Resource)]
pub struct GpuScene {
    pub(super) layouts: Layouts,
    pub(super) pipelines: Option<Pipelines>,
    pub(super) tiles: BTreeMap<TileId, GpuTile>,
    pub(super) overlays: BTreeMap<OverlayId, GpuOverlay>,
    pub(super) palette: Texture,
    pub(super) shadow: ShadowMap,
    pub(super) frame: Buffer,
    /// The frame as the shadow map's own pass needs it.
    pub(super) frame_bind_group: BindGroup,
    pub(super) shadow_bind_group: BindGroup,
    pub(super) draws: Buffer,
    pub(super) draws_capacity: u64,
    pub(super) draws_bind_group: BindGroup,
    pub(super) depth: Option<(TextureView, [u32; 2], u32)>,
    pub(super) picture: Picture,
    pub(super) kept: KeptCity,
}

/// Bytes between two draw blocks: the largest alignment that any adapter asks for.
pub const DRAW_STRIDE: u64 = 256;

/// Makes the resources that do not depend on the picture.
pub fn set_up(mut commands: Commands, device: Res<RenderDevice>) {
    let layouts = Layouts::new(&device);
    let palette = device.create_texture(&texture(
        "palette",
        [WIDTH, ROWS],
        TextureFormat::Rgba8Unorm,
        TextureUsages::TEXTURE_BINDING | TextureUsages::COPY_DST,
        1,
    ));
    let frame = uniform_buffer(&device, "city frame", size_of::<FrameUniform>() as u64);
    let shadow = shadow_map(&device, 1);
    let none = shadow_map(&device, 1).view;
    let (draws, draws_bind_group) = draw_buffer(&device, &layouts, 256);
    let bind = |map: &TextureView| frame_bind_group(&device, &layouts, &frame, &palette, map);
    let (frame_bind_group, shadow_bind_group) = (bind(&shadow.view), bind(&none));
    commands.insert_resource(GpuScene {
        pipelines: None,
        tiles: BTreeMap::new(),
        overlays: BTreeMap::new(),
        palette,
        shadow,
        frame,
        frame_bind_group,
        shadow_bind_group,
        draws,
        draws_capacity: 256,
        draws_bind_group,
        depth: None,
        picture: Picture::default(),
        kept: KeptCity::default(),
        layouts,
    });
}

fn uniform_buffer(device: &RenderDevice, label: &str, size: u64) -> Buffer {
    let usage = BufferUsages::UNIFORM | BufferUsages::COPY_DST;
    device.create_buffer(&BufferDescriptor { label: Some(label), size, usage, mapped_at_creation: false })
}

pub(super) fn texture(
    label: &'static str,
    [width, height]: [u32; 2],
    format: TextureFormat,
    usage: TextureUsages,
    sample_count: u32,
) -> TextureDescriptor<'static> {
    TextureDescriptor {
        label: Some(label),
        size: Extent3d { width, height, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count,
        dimension: TextureDimension::D2,
        format,
        usage,
        view_formats: &[],
    }
}

fn shadow_map(device: &RenderDevice, texels: u32) -> ShadowMap {
    let usage = TextureUsages::RENDER_ATTACHMENT | TextureUsages::TEXTURE_BINDING;
    let map = device.create_texture(&texture("shadow map", [texels, texels], DEPTH_FORMAT, usage, 1));
    ShadowMap { view: map.create_view(&TextureViewDescriptor::default()), texels, drawn: None }
}

fn frame_bind_group(
    device: &RenderDevice,
    layouts: &Layouts,
    frame: &Buffer,
    palette: &Texture,
    shadow: &TextureView,
) -> BindGroup {
    let sampler = device.create_sampler(&SamplerDescriptor {
        label: Some("shadow"),
        mag_filter: FilterMode::Linear,
        min_filter: FilterMode::Linear,
        compare: Some(CompareFunction::LessEqual),
        ..Default::default()
    });
    let palette = palette.create_view(&TextureViewDescriptor::default());
    device.create_bind_group(
        "city frame",
        &layouts.frame,
        &[
            BindGroupEntry { binding: 0, resource: frame.as_entire_binding() },
            BindGroupEntry { binding: 1, resource: BindingResource::TextureView(&palette) },
            BindGroupEntry { binding: 2, resource: BindingResource::TextureView(shadow) },
            BindGroupEntry { binding: 3, resource: BindingResource::Sampler(&sampler) },
        ],
    )
}

fn draw_buffer(device: &RenderDevice, layouts: &Layouts, capacity: u64) -> (Buffer, BindGroup) {
    let draws = uniform_buffer(device, "city draws", capacity * DRAW_STRIDE);
    let one = BufferBinding { buffer: &draws, offset: 0, size: BufferSize::new(size_of::<DrawUniform>() as u64) };
    let entry = BindGroupEntry { binding: 0, resource: BindingResource::Buffer(one) };
    let bind_group = device.create_bind_group("city draw", &layouts.draw, &[entry]);
    (draws, bind_group)
}

/// Takes in what the main world sent.
pub fn take_in(
    mut inbox: ResMut<Inbox>,
    scene: Option<ResMut<GpuScene>>,
    device: Res<RenderDevice>,
    queue: Res<RenderQueue>,
) {
    let Some(mut scene) = scene else { return };
    if !inbox.changes.is_empty() || scene.picture != inbox.picture {
        scene.kept.change();
    }
    for change in inbox.changes.drain(..) {
        scene.apply(change, &device, &queue);
    }
    scene.picture = inbox.picture.clone();
    scene.fit_shadow_map(&device);
}

impl GpuScene {
    fn apply(&mut self, change: Change, device: &RenderDevice, queue: &RenderQueue) {
        match change {
            Change::Create(tile, run, uploads) => {
                let meshes = uploads.iter().filter(|u| !u.vertices.is_empty()).map(|u| gpu_mesh(device, u)).collect();
                self.tiles.insert(tile, GpuTile { run, meshes });
            }
            Change::Free(tile) => {
                self.tiles.remove(&tile);
            }
            Change::Texels(first, texels) => write_texels(queue, &self.palette, first, &texels),
            Change::CreateOverlay(id, run, mesh) => {
                self.overlays.insert(id, gpu_overlay(device, run, &mesh));
            }
            Change::FreeOverlay(id) => {
                self.overlays.remove(&id);
            }
        }
    }

    fn fit_shadow_map(&mut self, device: &RenderDevice) {
        let texels = self.picture.quality.shadow_texels.max(1);
        if self.shadow.texels != texels {
            self.shadow = shadow_map(device, texels);
            self.frame_bind_group =
                frame_bind_group(device, &self.layouts, &self.frame, &self.palette, &self.shadow.view);
        }
    }

    /// Makes the buffer of draw blocks large enough, and the depth buffer and pipelines fit the target and the parts
    /// that are drawn.
    pub(super) fn fit(
        &mut self,
        device: &RenderDevice,
        draws: u64,
        target: (TextureFormat, u32),
        size: [u32; 2],
        parts: Parts,
    ) {
        if draws > self.draws_capacity {
            self.draws_capacity = draws.next_power_of_two();
            (self.draws, self.draws_bind_group) = draw_buffer(device, &self.layouts, self.draws_capacity);
        }
        if self.pipelines.as_ref().is_none_or(|pipelines| pipelines.target != target) {
            self.pipelines = Some(Pipelines::new(device, &self.layouts, target));
        }
        let has_colors = self.tiles.values().any(|tile| tile.meshes.iter().any(|mesh| mesh.colors.is_some()));
        if let Some(pipelines) = &mut self.pipelines {
            pipelines.fit(device, parts);
            pipelines.fit(device, Parts { edges: false, ..parts });
            if has_colors {
                pipelines.fit(device, Parts { edges: false, colors: true, ..parts });
            }
        }
        if self.depth.as_ref().is_none_or(|(_, had, samples)| *had != size || *samples != target.1) {
            let descriptor = texture("city depth", size, DEPTH_FORMAT, TextureUsages::RENDER_ATTACHMENT, target.1);
            let view = device.create_texture(&descriptor).create_view(&TextureViewDescriptor::default());
            self.depth = Some((view, size, target.1));
        }
    }
}

fn vertex_buffer(device: &RenderDevice, contents: &[u8], usage: BufferUsages) -> Buffer {
    device.create_buffer_with_data(&BufferInitDescriptor { label: Some("city mesh"), contents, usage })
}

fn gpu_mesh(device: &RenderDevice, upload: &Upload) -> GpuMesh {
    GpuMesh {
        placed: Placed::of(upload),
        vertices: vertex_buffer(device, bytemuck::cast_slice(&upload.vertices), BufferUsages::VERTEX),
        colors: (!upload.colors.is_empty())
            .then(|| vertex_buffer(device, bytemuck::cast_slice(&upload.colors), BufferUsages::VERTEX)),
        count: upload.vertices.len() as u32,
    }
}

fn gpu_overlay(device: &RenderDevice, run: Run, mesh: &OverlayMesh) -> GpuOverlay {
    let (corners, segments) = (mesh.corners(), mesh.segments());
    GpuOverlay {
        run,
        local_from_mesh: mesh.local_from_mesh,
        area: (!mesh.area_indices.is_empty()).then(|| {
            (
                vertex_buffer(device, bytemuck::cast_slice(&corners), BufferUsages::VERTEX),
                vertex_buffer(device, bytemuck::cast_slice(&mesh.area_indices), BufferUsages::INDEX),
                mesh.area_indices.len() as u32,
            )
        }),
        lines: (!segments.is_empty()).then(|| {
            (vertex_buffer(device, bytemuck::cast_slice(&segments), BufferUsages::VERTEX), segments.len() as u32)
        }),
    }
}

/// Writes a run of texels, row by row.
fn write_texels(queue: &RenderQueue, palette: &Texture, first: u32, texels: &[[u8; 4]]) {
    for ([x, y], [width, height], texels) in rows_of(first, texels) {
        queue.write_texture(
            TexelCopyTextureInfo {
                texture: palette,
                mip_level: 0,
                origin: Origin3d { x, y, z: 0 },
                aspect: TextureAspect::All,
            },
            bytemuck::cast_slice(texels),
            TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(width * 4), rows_per_image: None },
            Extent3d { width, height, depth_or_array_layers: 1 },
        );
    }
}
