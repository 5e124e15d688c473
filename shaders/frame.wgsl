// What every shader of the city shares: the frame, the mesh being drawn, and the light.
// Positions are "relative": metres along east, north and up, measured from the eye, so that f32 is enough anywhere.

struct Frame {
    clip_from_rel: mat4x4<f32>,
    shadow_from_rel: mat4x4<f32>,
    // xyz towards the sun, w its strength
    sun: vec4<f32>,
    sun_color: vec4<f32>,
    sky_ambient: vec4<f32>,
    ground_ambient: vec4<f32>,
    // rgb at the horizon, w extinction per metre
    haze: vec4<f32>,
    zenith: vec4<f32>,
    roof: vec4<f32>,
    wall: vec4<f32>,
    tree: vec4<f32>,
    // rgb, w strength
    edge: vec4<f32>,
    hover: vec4<f32>,
    selected: vec4<f32>,
    // x shadow strength (0 none), y size of a shadow texel in metres, z 1 / shadow map size, w height of the eye in metres
    shadow: vec4<f32>,
    // xy picture size in pixels, z pixels a logical point, w unused
    viewport: vec4<f32>,
};

struct Draw {
    rel_from_mesh: mat4x4<f32>,
    // x first texel of the features' palette, y opacity, z unused, w unused
    info: vec4<f32>,
    color: vec4<f32>,
};

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var palette: texture_2d<f32>;
@group(0) @binding(2) var shadow_map: texture_depth_2d;
@group(0) @binding(3) var shadow_sampler: sampler_comparison;
@group(1) @binding(0) var<uniform> draw: Draw;

const PALETTE_WIDTH: u32 = 512u;

fn palette_texel(feature: u32) -> vec4<f32> {
    let index = u32(draw.info.x) + feature;
    return textureLoad(palette, vec2<u32>(index % PALETTE_WIDTH, index / PALETTE_WIDTH), 0);
}

fn haze_thickness(rel: vec3<f32>) -> f32 {
    return 1.0 - exp(-length(rel) * frame.haze.w);
}

fn haze_over(color: vec3<f32>, rel: vec3<f32>) -> vec3<f32> {
    return mix(color, frame.haze.rgb, haze_thickness(rel));
}
