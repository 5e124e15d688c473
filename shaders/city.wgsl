// The city's material: flat light from the sun with a soft shadow, light from the sky by the normal's slope, and edges
// drawn from the distance to the facet's border. No textures, no reflections: small GPUs are the rule in offices.

struct VertexIn {
    @location(0) position: vec3<f32>,
    // bits 0..15 octahedral normal, 16..17 corner, 18..20 edges drawn, 21..23 kind
    @location(1) packed: u32,
    @location(2) feature: u32,
};

struct VertexOut {
    @builtin(position) clip: vec4<f32>,
    // albedo; w how much of it the haze takes
    @location(0) albedo: vec4<f32>,
    // x how far it faces the sun, y how far the sky; zw corner
    @location(1) light: vec4<f32>,
    // xyz place in the shadow map; w the third of the corner
    @location(2) shadow: vec4<f32>,
    @location(3) @interpolate(flat) edge: u32,
};

// What is not asked for is left out when the pipeline is made: software renderers go through both sides of a branch.
override EDGES: bool = true;
// Samples of the shadow map a pixel, each smoothed over four texels: 0 (no shadows), 1 or 2.
override SHADOW_TAPS: u32 = 2u;

const KIND_ROOF: u32 = 0u;
const KIND_WALL: u32 = 1u;
const KIND_GROUND: u32 = 2u;
const KIND_TREE: u32 = 3u;

// How the edges of a facet are drawn.
const EDGE_NONE: u32 = 0u;
const EDGE_SHADED: u32 = 1u;
const EDGE_HOVERED: u32 = 2u;
const EDGE_SELECTED: u32 = 3u;

fn normal_of(packed: u32) -> vec3<f32> {
    let bytes = vec2<f32>(f32(packed & 255u), f32((packed >> 8u) & 255u));
    let folded = bytes / 127.5 - 1.0;
    var n = vec3<f32>(folded, 1.0 - abs(folded.x) - abs(folded.y));
    if n.z < 0.0 {
        let wrapped = (1.0 - abs(n.yx)) * select(vec2<f32>(-1.0), vec2<f32>(1.0), n.xy >= vec2<f32>(0.0));
        n = vec3<f32>(wrapped, n.z);
    }
    return normalize(n);
}

// A steady shade of its own for every feature, so that neighbours can be told apart.
fn variation(feature: u32) -> f32 {
    let mixed = (feature * 2654435761u) >> 24u;
    return 0.955 + f32(mixed) / 255.0 * 0.07;
}

fn base_color(kind: u32, feature: u32) -> vec4<f32> {
    if kind == KIND_ROOF { return vec4<f32>(frame.roof.rgb * variation(feature), 1.0); }
    if kind == KIND_WALL { return vec4<f32>(frame.wall.rgb * variation(feature), 1.0); }
    if kind == KIND_TREE { return frame.tree; }
    return draw.color;
}

struct Look { color: vec3<f32>, edge: u32 };

fn look_of(kind: u32, feature: u32, tint: vec3<f32>) -> Look {
    let base = base_color(kind, feature).rgb * tint;
    let edge = select(EDGE_SHADED, EDGE_NONE, kind == KIND_GROUND || kind == KIND_TREE);
    if feature == 0xffffffffu || kind == KIND_TREE { return Look(base, edge); }
    let texel = palette_texel(feature);
    if texel.a > 0.9 { return Look(texel.rgb, edge); }
    if texel.a > 0.6 { return Look(mix(base, frame.selected.rgb, 0.72), EDGE_SELECTED); }
    if texel.a > 0.4 { return Look(mix(base, frame.hover.rgb, 0.35), EDGE_HOVERED); }
    return Look(base, edge);
}

@vertex
fn vertex(in: VertexIn) -> VertexOut {
    return shaded(in, vec3<f32>(1.0));
}

// Content that others made may have a colour for each vertex, which its base colour is multiplied with.
@vertex
fn colored_vertex(in: VertexIn, @location(3) tint: vec4<f32>) -> VertexOut {
    return shaded(in, tint.rgb);
}

fn shaded(in: VertexIn, tint: vec3<f32>) -> VertexOut {
    var out: VertexOut;
    let rel = (draw.rel_from_mesh * vec4<f32>(in.position, 1.0)).xyz;
    let turn = mat3x3<f32>(draw.rel_from_mesh[0].xyz, draw.rel_from_mesh[1].xyz, draw.rel_from_mesh[2].xyz);
    let normal = normalize(turn * normal_of(in.packed));
    let corner_at = (in.packed >> 16u) & 3u;
    let drawn = vec3<f32>(f32((in.packed >> 18u) & 1u), f32((in.packed >> 19u) & 1u), f32((in.packed >> 20u) & 1u));
    let bary = vec3<f32>(f32(corner_at == 0u), f32(corner_at == 1u), f32(corner_at == 2u));
    let corner = max(bary, vec3<f32>(1.0) - drawn);
    let look = look_of((in.packed >> 21u) & 7u, in.feature, tint);
    let lifted = rel + normal * frame.shadow.y * 1.6;
    let shadow = (frame.shadow_from_rel * vec4<f32>(lifted, 1.0)).xyz;
    let facing = max(dot(normal, frame.sun.xyz), 0.0) * frame.sun.w;

    out.clip = frame.clip_from_rel * vec4<f32>(rel, 1.0);
    out.albedo = vec4<f32>(look.color, haze_thickness(rel));
    out.light = vec4<f32>(facing, normal.z * 0.5 + 0.5, corner.xy);
    out.shadow = vec4<f32>(shadow, corner.z);
    out.edge = look.edge;
    return out;
}

fn shadow_tap(at: vec2<f32>, depth: f32) -> f32 {
    return textureSampleCompareLevel(shadow_map, shadow_sampler, at, depth);
}

// Share of the sun that comes through; `shadow` in the clip space of the shadow map.
fn lit(shadow: vec3<f32>) -> f32 {
    // Beyond its sides the map goes on with its border, where the shadow has faded away.
    let at = vec2<f32>(shadow.x * 0.5 + 0.5, 0.5 - shadow.y * 0.5);
    var through: f32;
    if SHADOW_TAPS == 1u {
        through = shadow_tap(at, shadow.z);
    } else {
        let step = vec2<f32>(0.7, 0.3) * frame.shadow.z;
        through = 0.5 * (shadow_tap(at - step, shadow.z) + shadow_tap(at + step, shadow.z));
    }
    // Towards the border of the map, also in depth, the shadow fades, so that it does not end in a line.
    let border = max(max(abs(shadow.x), abs(shadow.y)), abs(shadow.z * 2.0 - 1.0));
    return mix(through, 1.0, smoothstep(0.85, 0.98, border));
}

// The color of a facet with its edges, `color` without.
fn edged(color: vec3<f32>, albedo: vec3<f32>, corner: vec3<f32>, edge: u32) -> vec3<f32> {
    let width = fwidth(corner);
    let near = corner / max(width, vec3<f32>(1e-6));
    let pixels = min(min(near.x, near.y), near.z);
    // Facets of few pixels would turn black: lines thin out with the facet's size on the screen.
    let room = clamp(0.4 / max(max(width.x, width.y), width.z), 0.0, 1.0);
    // At night an edge is no brighter than what it is the edge of.
    var ink = albedo * frame.edge.rgb * mix(frame.sky_ambient.rgb, vec3<f32>(1.0), frame.sun.w);
    var strength = min(frame.edge.w, 1.0) * room;
    var width_px = max(frame.edge.w, 1.0) * frame.viewport.z;
    if edge != EDGE_SHADED {
        ink = frame.selected.rgb * select(1.0, 0.35, edge == EDGE_SELECTED) * (0.35 + 0.65 * frame.sun.w);
        strength = 1.0;
        width_px = 2.0 * frame.viewport.z;
    }
    let line = 1.0 - smoothstep(0.5, 1.4, pixels / width_px);
    return mix(color, ink, line * strength * f32(edge != EDGE_NONE));
}

@fragment
fn fragment(in: VertexOut) -> @location(0) vec4<f32> {
    var sun = in.light.x;
    if SHADOW_TAPS > 0u {
        // Facets turned away from the sun have no shadow to look up.
        if sun > 0.001 { sun *= mix(1.0, lit(in.shadow.xyz), frame.shadow.x); }
    }
    let sky = mix(frame.ground_ambient.rgb, frame.sky_ambient.rgb, in.light.y);
    var color = in.albedo.rgb * (sky + frame.sun_color.rgb * sun);
    if EDGES {
        color = edged(color, in.albedo.rgb, vec3<f32>(in.light.zw, in.shadow.w), in.edge);
    }
    return vec4<f32>(mix(color, frame.haze.rgb, in.albedo.w), 1.0);
}

// Depth alone, as the sun sees it.
@vertex
fn shadow_vertex(in: VertexIn) -> @builtin(position) vec4<f32> {
    let rel = (draw.rel_from_mesh * vec4<f32>(in.position, 1.0)).xyz;
    return frame.shadow_from_rel * vec4<f32>(rel, 1.0);
}

// The yardstick of the benchmark: the same triangles with as little as can be.
@vertex
fn plain_vertex(@location(0) position: vec3<f32>, @location(1) packed: u32) -> PlainOut {
    let rel = draw.rel_from_mesh * vec4<f32>(position, 1.0);
    return PlainOut(frame.clip_from_rel * rel, normal_of(packed) * 0.5 + 0.5);
}
struct PlainOut { @builtin(position) clip: vec4<f32>, @location(0) color: vec3<f32> };
@fragment
fn plain_fragment(in: PlainOut) -> @location(0) vec4<f32> {
    return vec4<f32>(in.color, 1.0);
}
