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
    @location(0) rel: vec3<f32>,
    @location(1) corner: vec3<f32>,
    @location(2) shadow: vec3<f32>,
    // albedo under the light of the sky, and what the sun adds where no shadow lies
    @location(3) color: vec3<f32>,
    @location(4) sun: vec3<f32>,
    @location(5) @interpolate(flat) edge: vec4<f32>,
};

const KIND_ROOF: u32 = 0u;
const KIND_WALL: u32 = 1u;
const KIND_GROUND: u32 = 2u;
const KIND_TREE: u32 = 3u;

// States of a feature, in the alpha of its texel.
const STATE_TINTED: f32 = 0.25;
const STATE_HOVERED: f32 = 0.5;
const STATE_SELECTED: f32 = 0.75;
const STATE_ABSOLUTE: f32 = 1.0;

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

struct Look { color: vec4<f32>, edge: vec4<f32> };

fn look_of(kind: u32, feature: u32) -> Look {
    var color = base_color(kind, feature);
    var edge = vec4<f32>(color.rgb * frame.edge.rgb, frame.edge.w);
    if feature != 0xffffffffu && kind != KIND_TREE {
        let texel = palette_texel(feature);
        if texel.a > 0.9 {
            color = vec4<f32>(texel.rgb, 1.0);
        } else if texel.a > 0.6 {
            color = vec4<f32>(mix(color.rgb, frame.selected.rgb, 0.72), 1.0);
            edge = vec4<f32>(frame.selected.rgb * 0.35, 2.0);
        } else if texel.a > 0.4 {
            color = vec4<f32>(mix(color.rgb, frame.hover.rgb, 0.35), 1.0);
            edge = vec4<f32>(frame.selected.rgb, 2.0);
        } else if texel.a > 0.1 {
            color = vec4<f32>(mix(color.rgb, texel.rgb, 0.85), 1.0);
            edge = vec4<f32>(color.rgb * frame.edge.rgb, frame.edge.w);
        }
    }
    return Look(color, edge);
}

@vertex
fn vertex(in: VertexIn) -> VertexOut {
    var out: VertexOut;
    let rel = (draw.rel_from_mesh * vec4<f32>(in.position, 1.0)).xyz;
    let turn = mat3x3<f32>(draw.rel_from_mesh[0].xyz, draw.rel_from_mesh[1].xyz, draw.rel_from_mesh[2].xyz);
    let normal = normalize(turn * normal_of(in.packed));
    let corner = (in.packed >> 16u) & 3u;
    let drawn = vec3<f32>(f32((in.packed >> 18u) & 1u), f32((in.packed >> 19u) & 1u), f32((in.packed >> 20u) & 1u));
    let bary = vec3<f32>(f32(corner == 0u), f32(corner == 1u), f32(corner == 2u));
    let kind = (in.packed >> 21u) & 7u;
    let look = look_of(kind, in.feature);

    out.clip = frame.clip_from_rel * vec4<f32>(rel, 1.0);
    out.rel = rel;
    out.corner = max(bary, vec3<f32>(1.0) - drawn);
    let lifted = rel + normal * frame.shadow.y * 1.6;
    out.shadow = (frame.shadow_from_rel * vec4<f32>(lifted, 1.0)).xyz;
    let facing = max(dot(normal, frame.sun.xyz), 0.0) * frame.sun.w;
    let sky = mix(frame.ground_ambient.rgb, frame.sky_ambient.rgb, normal.z * 0.5 + 0.5);
    out.color = look.color.rgb * sky;
    out.sun = look.color.rgb * frame.sun_color.rgb * facing;
    out.edge = look.edge;
    if kind == KIND_GROUND || kind == KIND_TREE { out.edge.w = 0.0; }
    return out;
}

fn lit(shadow: vec3<f32>) -> f32 {
    if frame.shadow.x <= 0.0 { return 1.0; }
    let uv = vec2<f32>(shadow.x * 0.5 + 0.5, 0.5 - shadow.y * 0.5);
    let inside = all(uv > vec2<f32>(0.002)) && all(uv < vec2<f32>(0.998)) && shadow.z > 0.0 && shadow.z < 1.0;
    let at = clamp(uv, vec2<f32>(0.0), vec2<f32>(1.0));
    let step = frame.shadow.z * 0.75;
    var sum = textureSampleCompareLevel(shadow_map, shadow_sampler, at + vec2<f32>(-step, -0.4 * step), shadow.z);
    sum += textureSampleCompareLevel(shadow_map, shadow_sampler, at + vec2<f32>(0.4 * step, -step), shadow.z);
    sum += textureSampleCompareLevel(shadow_map, shadow_sampler, at + vec2<f32>(step, 0.4 * step), shadow.z);
    sum += textureSampleCompareLevel(shadow_map, shadow_sampler, at + vec2<f32>(-0.4 * step, step), shadow.z);
    // Towards the border of the map the shadow fades, so that it does not end in a line.
    let border = max(abs(shadow.x), abs(shadow.y));
    let fade = smoothstep(0.85, 0.98, border);
    return select(1.0, mix(sum * 0.25, 1.0, fade), inside);
}

@fragment
fn fragment(in: VertexOut) -> @location(0) vec4<f32> {
    var color = in.color;
    // Facets turned away from the sun have no shadow to look up.
    if in.sun.g > 0.001 {
        color += in.sun * mix(1.0, lit(in.shadow), frame.shadow.x);
    }
    if in.edge.w > 0.0 {
        let width = fwidth(in.corner);
        let near = in.corner / max(width, vec3<f32>(1e-6));
        let pixels = min(min(near.x, near.y), near.z);
        // Facets of few pixels would turn black: lines thin out with the facet's size on the screen.
        let room = clamp(0.4 / max(max(width.x, width.y), width.z), 0.0, 1.0);
        let line = (1.0 - smoothstep(0.5, 1.4, pixels / max(in.edge.w, 1.0))) * min(in.edge.w, 1.0);
        color = mix(color, in.edge.rgb * (0.35 + 0.65 * frame.sun.w), line * select(room, 1.0, in.edge.w > 1.5));
    }
    return vec4<f32>(haze_over(color, in.rel), 1.0);
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
