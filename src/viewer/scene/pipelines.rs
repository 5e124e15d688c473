//! The render pipelines of the city, one set for each number of samples a pixel.

use std::collections::BTreeMap;

use bevy::render::render_resource::*;
use bevy::render::renderer::RenderDevice;

use super::Parts;

/// Format of the depth buffer and the shadow map.
pub const DEPTH_FORMAT: TextureFormat = TextureFormat::Depth32Float;

/// The bind group layouts that all pipelines share.
pub struct Layouts {
    /// Group 0: frame, palette, shadow map.
    pub frame: BindGroupLayout,
    /// Group 0 while the shadow map is drawn: the same without the map.
    pub draw: BindGroupLayout,
}

/// All pipelines for one target format and number of samples.
pub struct Pipelines {
    /// Buildings, ground, trees, by the parts that are drawn of them.
    city: BTreeMap<Parts, RenderPipeline>,
    city_module: ShaderModule,
    layout: PipelineLayout,
    /// The yardstick of the benchmark.
    pub plain: RenderPipeline,
    /// Behind everything.
    pub sky: RenderPipeline,
    /// Areas on the ground.
    pub area: RenderPipeline,
    /// Lines on the ground.
    pub line: RenderPipeline,
    /// Depth as the sun sees it.
    pub shadow: RenderPipeline,
    /// What they were made for.
    pub target: (TextureFormat, u32),
}

fn buffer_entry(binding: u32, dynamic: bool) -> BindGroupLayoutEntry {
    BindGroupLayoutEntry {
        binding,
        visibility: ShaderStages::VERTEX_FRAGMENT,
        ty: BindingType::Buffer { ty: BufferBindingType::Uniform, has_dynamic_offset: dynamic, min_binding_size: None },
        count: None,
    }
}

fn texture_entry(binding: u32, sample_type: TextureSampleType) -> BindGroupLayoutEntry {
    BindGroupLayoutEntry {
        binding,
        visibility: ShaderStages::VERTEX_FRAGMENT,
        ty: BindingType::Texture { sample_type, view_dimension: TextureViewDimension::D2, multisampled: false },
        count: None,
    }
}

impl Layouts {
    /// Makes the layouts.
    pub fn new(device: &RenderDevice) -> Self {
        let sampler = BindGroupLayoutEntry {
            binding: 3,
            visibility: ShaderStages::FRAGMENT,
            ty: BindingType::Sampler(SamplerBindingType::Comparison),
            count: None,
        };
        let frame = [
            buffer_entry(0, false),
            texture_entry(1, TextureSampleType::Float { filterable: false }),
            texture_entry(2, TextureSampleType::Depth),
            sampler,
        ];
        Self {
            frame: device.create_bind_group_layout("city frame", &frame),
            draw: device.create_bind_group_layout("city draw", &[buffer_entry(0, true)]),
        }
    }
}

/// What tells one pipeline from another.
struct Recipe<'a> {
    label: &'static str,
    module: &'a ShaderModule,
    vertex: &'static str,
    fragment: Option<&'static str>,
    buffers: &'a [RawVertexBufferLayout<'a>],
    topology: PrimitiveTopology,
    cull: Option<Face>,
    blend: Option<BlendState>,
    depth: DepthStencilState,
    target: (TextureFormat, u32),
    constants: &'a [(&'a str, f64)],
}

fn pipeline(device: &RenderDevice, layout: &PipelineLayout, recipe: &Recipe<'_>) -> RenderPipeline {
    let targets =
        [Some(ColorTargetState { format: recipe.target.0, blend: recipe.blend, write_mask: ColorWrites::ALL })];
    device.create_render_pipeline(&RawRenderPipelineDescriptor {
        label: Some(recipe.label),
        layout: Some(layout),
        vertex: RawVertexState {
            module: recipe.module,
            entry_point: Some(recipe.vertex),
            compilation_options: PipelineCompilationOptions::default(),
            buffers: recipe.buffers,
        },
        fragment: recipe.fragment.map(|entry_point| RawFragmentState {
            module: recipe.module,
            entry_point: Some(entry_point),
            compilation_options: PipelineCompilationOptions { constants: recipe.constants, ..Default::default() },
            targets: &targets,
        }),
        primitive: PrimitiveState { topology: recipe.topology, cull_mode: recipe.cull, ..Default::default() },
        depth_stencil: Some(recipe.depth.clone()),
        multisample: MultisampleState { count: recipe.target.1, ..Default::default() },
        multiview_mask: None,
        cache: None,
    })
}

fn depth(write: bool, compare: CompareFunction, bias: DepthBiasState) -> DepthStencilState {
    DepthStencilState {
        format: DEPTH_FORMAT,
        depth_write_enabled: Some(write),
        depth_compare: Some(compare),
        stencil: StencilState::default(),
        bias,
    }
}

const fn attribute(format: VertexFormat, offset: u64, shader_location: u32) -> VertexAttribute {
    VertexAttribute { format, offset, shader_location }
}

const CITY_ATTRIBUTES: [VertexAttribute; 3] = [
    attribute(VertexFormat::Float32x3, 0, 0),
    attribute(VertexFormat::Uint32, 12, 1),
    attribute(VertexFormat::Uint32, 16, 2),
];
const COLOR_ATTRIBUTES: [VertexAttribute; 1] = [attribute(VertexFormat::Unorm8x4, 0, 3)];
const AREA_ATTRIBUTES: [VertexAttribute; 2] =
    [attribute(VertexFormat::Float32x3, 0, 0), attribute(VertexFormat::Uint32, 12, 1)];
const LINE_ATTRIBUTES: [VertexAttribute; 3] = [
    attribute(VertexFormat::Float32x3, 0, 0),
    attribute(VertexFormat::Float32x3, 12, 1),
    attribute(VertexFormat::Uint32, 24, 2),
];

const fn vertices(
    array_stride: u64,
    step_mode: VertexStepMode,
    attributes: &[VertexAttribute],
) -> RawVertexBufferLayout<'_> {
    RawVertexBufferLayout { array_stride, step_mode, attributes }
}

const FRAME: &str = include_str!("../../../shaders/frame.wgsl");
const CITY: &str = include_str!("../../../shaders/city.wgsl");
const SKY: &str = include_str!("../../../shaders/sky.wgsl");
const OVERLAY: &str = include_str!("../../../shaders/overlay.wgsl");

fn module(device: &RenderDevice, label: &str, source: &str) -> ShaderModule {
    device.create_and_validate_shader_module(ShaderModuleDescriptor {
        label: Some(label),
        source: ShaderSource::Wgsl(format!("{FRAME}\n{source}").into()),
    })
}

impl Pipelines {
    /// Makes all pipelines for a target.
    pub fn new(device: &RenderDevice, layouts: &Layouts, target: (TextureFormat, u32)) -> Self {
        let layout = device.create_pipeline_layout(&PipelineLayoutDescriptor {
            label: Some("city"),
            bind_group_layouts: &[Some(&*layouts.frame), Some(&*layouts.draw)],
            immediate_size: 0,
        });
        let (city, sky) = (module(device, "city", CITY), module(device, "sky", SKY));
        let overlay = module(device, "overlay", OVERLAY);
        let mesh = mesh_vertices();
        let area = [vertices(16, VertexStepMode::Vertex, &AREA_ATTRIBUTES)];
        let line = [vertices(28, VertexStepMode::Instance, &LINE_ATTRIBUTES)];
        let make = |recipe: &Recipe<'_>| pipeline(device, &layout, recipe);
        Self {
            plain: make(&plain_recipe(&city, &mesh, target)),
            sky: make(&sky_recipe(&sky, target)),
            area: make(&area_recipe(&overlay, &area, target)),
            line: make(&line_recipe(&overlay, &line, target)),
            shadow: make(&shadow_recipe(&city, &mesh, target)),
            city: BTreeMap::new(),
            city_module: city.clone(),
            target,
            layout: layout.clone(),
        }
    }

    /// Makes the pipeline that draws these parts, if it is not there yet.
    pub fn fit(&mut self, device: &RenderDevice, parts: Parts) {
        if self.city.contains_key(&parts) {
            return;
        }
        let [mesh] = mesh_vertices();
        let buffers = [mesh, vertices(4, VertexStepMode::Vertex, &COLOR_ATTRIBUTES)];
        let (vertex, buffers) = if parts.colors { ("colored_vertex", &buffers[..]) } else { ("vertex", &buffers[..1]) };
        let constants = [("EDGES", f64::from(u8::from(parts.edges))), ("SHADOW_TAPS", f64::from(parts.shadow_taps))];
        let recipe = Recipe { constants: &constants, vertex, ..city_recipe(&self.city_module, buffers, self.target) };
        self.city.insert(parts, pipeline(device, &self.layout, &recipe));
    }

    /// The pipeline that draws these parts, if [`Pipelines::fit`] made it.
    pub fn city(&self, parts: Parts) -> Option<&RenderPipeline> {
        self.city.get(&parts)
    }
}

fn mesh_vertices() -> [RawVertexBufferLayout<'static>; 1] {
    [vertices(20, VertexStepMode::Vertex, &CITY_ATTRIBUTES)]
}

fn city_recipe<'a>(
    module: &'a ShaderModule,
    buffers: &'a [RawVertexBufferLayout<'a>],
    target: (TextureFormat, u32),
) -> Recipe<'a> {
    Recipe {
        label: "city",
        module,
        vertex: "vertex",
        fragment: Some("fragment"),
        buffers,
        topology: PrimitiveTopology::TriangleList,
        cull: Some(Face::Back),
        blend: None,
        depth: depth(true, CompareFunction::GreaterEqual, DepthBiasState::default()),
        target,
        constants: &[],
    }
}

/// The yardstick of the benchmark.
fn plain_recipe<'a>(
    city: &'a ShaderModule,
    buffers: &'a [RawVertexBufferLayout<'a>],
    target: (TextureFormat, u32),
) -> Recipe<'a> {
    let base = city_recipe(city, buffers, target);
    Recipe { label: "plain", vertex: "plain_vertex", fragment: Some("plain_fragment"), ..base }
}

/// The same triangles as the sun sees them: depth alone, each pixel once.
fn shadow_recipe<'a>(
    city: &'a ShaderModule,
    buffers: &'a [RawVertexBufferLayout<'a>],
    (format, _): (TextureFormat, u32),
) -> Recipe<'a> {
    let toward_sun = DepthBiasState { constant: 2, slope_scale: 2.0, clamp: 0.0 };
    Recipe {
        label: "shadow",
        vertex: "shadow_vertex",
        fragment: None,
        depth: depth(true, CompareFunction::LessEqual, toward_sun),
        ..city_recipe(city, buffers, (format, 1))
    }
}

/// Without vertices of its own, behind everything.
fn sky_recipe(sky: &ShaderModule, target: (TextureFormat, u32)) -> Recipe<'_> {
    Recipe {
        label: "sky",
        vertex: "sky_vertex",
        fragment: Some("sky_fragment"),
        cull: None,
        depth: on_ground(),
        ..city_recipe(sky, &[], target)
    }
}

fn area_recipe<'a>(
    overlay: &'a ShaderModule,
    buffers: &'a [RawVertexBufferLayout<'a>],
    target: (TextureFormat, u32),
) -> Recipe<'a> {
    Recipe {
        label: "area",
        vertex: "area_vertex",
        fragment: Some("area_fragment"),
        cull: None,
        blend: Some(BlendState::ALPHA_BLENDING),
        depth: on_ground(),
        ..city_recipe(overlay, buffers, target)
    }
}

fn line_recipe<'a>(
    overlay: &'a ShaderModule,
    buffers: &'a [RawVertexBufferLayout<'a>],
    target: (TextureFormat, u32),
) -> Recipe<'a> {
    Recipe {
        label: "line",
        vertex: "line_vertex",
        fragment: Some("line_fragment"),
        topology: PrimitiveTopology::TriangleStrip,
        ..area_recipe(overlay, buffers, target)
    }
}

/// Hidden by what stands before it, and hiding nothing.
fn on_ground() -> DepthStencilState {
    depth(false, CompareFunction::GreaterEqual, DepthBiasState::default())
}
