// Planning layers on the ground: areas that lie exactly on the ground's own triangles, and their outlines as lines of
// constant width on the screen. Both are drawn a hair nearer than the ground and write no depth: no flicker.

// How much nearer, as a share of the distance. With reversed depth (near / distance) that is one multiplication.
const NEARER: f32 = 1.0004;

// By night what lies on the ground is as dark as it.
fn by_night(color: vec3<f32>) -> vec3<f32> { return color * (0.35 + 0.65 * frame.sun.w); }

struct AreaIn { @location(0) position: vec3<f32>, @location(1) feature: u32 };
struct AreaOut { @builtin(position) clip: vec4<f32>, @location(0) rel: vec3<f32>, @location(1) @interpolate(flat) color: vec4<f32> };

@vertex
fn area_vertex(in: AreaIn) -> AreaOut {
    let rel = (draw.rel_from_mesh * vec4<f32>(in.position, 1.0)).xyz;
    var clip = frame.clip_from_rel * vec4<f32>(rel, 1.0);
    clip.z *= NEARER;
    return AreaOut(clip, rel, palette_texel(in.feature));
}

@fragment
fn area_fragment(in: AreaOut) -> @location(0) vec4<f32> {
    if in.color.a <= 0.0 { discard; }
    return vec4<f32>(haze_over(by_night(in.color.rgb), in.rel), in.color.a * draw.info.y);
}

struct LineIn {
    @location(0) start: vec3<f32>,
    @location(1) end: vec3<f32>,
    @location(2) feature: u32,
    @builtin(vertex_index) corner: u32,
};
struct LineOut { @builtin(position) clip: vec4<f32>, @location(0) across: f32, @location(1) rel: vec3<f32>, @location(2) @interpolate(flat) color: vec4<f32> };

@vertex
fn line_vertex(in: LineIn) -> LineOut {
    let a_rel = (draw.rel_from_mesh * vec4<f32>(in.start, 1.0)).xyz;
    let b_rel = (draw.rel_from_mesh * vec4<f32>(in.end, 1.0)).xyz;
    var a = frame.clip_from_rel * vec4<f32>(a_rel, 1.0);
    var b = frame.clip_from_rel * vec4<f32>(b_rel, 1.0);
    // Behind the eye a segment has no place on the screen: cut it at the near side.
    let near = 0.05;
    if a.w < near && b.w >= near { a = mix(a, b, (near - a.w) / (b.w - a.w)); }
    if b.w < near && a.w >= near { b = mix(b, a, (near - b.w) / (a.w - b.w)); }
    let size = frame.viewport.xy;
    let along = (b.xy / b.w - a.xy / a.w) * size;
    let direction = along / max(length(along), 1e-4);
    let side = f32(in.corner & 1u) * 2.0 - 1.0;
    let at_end = in.corner >= 2u;
    let half_width = (draw.info.z * frame.viewport.z) * 0.5 + 0.75;
    let offset = (vec2<f32>(-direction.y, direction.x) * side + direction * select(-0.4, 0.4, at_end)) * half_width;
    var clip = select(a, b, at_end);
    clip = vec4<f32>(clip.xy + offset / size * 2.0 * clip.w, clip.z * (NEARER + 0.0002), clip.w);
    if a.w < near && b.w < near { clip = vec4<f32>(0.0, 0.0, -1.0, 1.0); }
    var color = palette_texel(in.feature);
    color = vec4<f32>(by_night(color.rgb) * 0.62, color.a);
    return LineOut(clip, side * half_width, select(a_rel, b_rel, at_end), color);
}

@fragment
fn line_fragment(in: LineOut) -> @location(0) vec4<f32> {
    if in.color.a <= 0.0 { discard; }
    let half_width = draw.info.z * frame.viewport.z * 0.5;
    let cover = clamp(half_width + 0.5 - abs(in.across), 0.0, 1.0);
    return vec4<f32>(haze_over(in.color.rgb, in.rel), cover * min(1.0, draw.info.y * 1.6));
}
