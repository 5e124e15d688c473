// The city's material, as shaders/city.wgsl has it. Without EDGES and SHADOW_TAPS a vertex knows its
// colour already (LIT), which may be its whole triangle's (BARE).
layout(location = 0) in vec3 position;
// bits 0..15 octahedral normal, 16..17 corner, 18..20 edges drawn, 21..23 kind
layout(location = 1) in uint bits;
layout(location = 2) in uint feature;
#ifdef COLORS
layout(location = 3) in vec4 tint;
#endif

#ifdef LIT
#ifdef BARE
flat
#endif
out vec3 color;
#else
// albedo; w how much of it the haze takes
out vec4 albedo;
// x how far it faces the sun, y how far the sky; zw corner
out vec4 light;
// xyz place in the shadow map; w the third of the corner
out vec4 shadow;
flat out uint edge;
#endif

const uint KIND_ROOF = 0u;
const uint KIND_WALL = 1u;
const uint KIND_GROUND = 2u;
const uint KIND_TREE = 3u;
const uint EDGE_NONE = 0u;
const uint EDGE_SHADED = 1u;
const uint EDGE_HOVERED = 2u;
const uint EDGE_SELECTED = 3u;

// Of any length.
vec3 normal_of(uint packed_normal) {
    vec2 folded = vec2(float(packed_normal & 255u), float((packed_normal >> 8u) & 255u)) / 127.5 - 1.0;
    vec3 n = vec3(folded, 1.0 - abs(folded.x) - abs(folded.y));
    if (n.z < 0.0) {
        n.xy = (1.0 - abs(n.yx)) * vec2(n.x >= 0.0 ? 1.0 : -1.0, n.y >= 0.0 ? 1.0 : -1.0);
    }
    return n;
}

// A steady shade of its own for every feature, so that neighbours can be told apart.
float variation(uint of) {
    return 0.955 + float((of * 2654435761u) >> 24u) / 255.0 * 0.07;
}

vec3 base_color(uint kind) {
    if (kind == KIND_ROOF) return roof.rgb * variation(feature);
    if (kind == KIND_WALL) return wall.rgb * variation(feature);
    if (kind == KIND_TREE) return tree.rgb;
    return mesh_color.rgb;
}

// The colour of the vertex's feature, and how its edges are drawn.
vec3 look_of(uint kind, out uint drawn_edge) {
    vec3 base = base_color(kind);
#ifdef COLORS
    base *= tint.rgb;
#endif
    drawn_edge = kind == KIND_GROUND || kind == KIND_TREE ? EDGE_NONE : EDGE_SHADED;
#ifndef BARE
    if (feature == 0xffffffffu || kind == KIND_TREE) return base;
    vec4 texel = palette_texel(feature);
    if (texel.a > 0.9) return texel.rgb;
    if (texel.a > 0.6) { drawn_edge = EDGE_SELECTED; return mix(base, selected.rgb, 0.72); }
    if (texel.a > 0.4) { drawn_edge = EDGE_HOVERED; return mix(base, hover.rgb, 0.35); }
#endif
    return base;
}

void main() {
    vec3 rel = (rel_from_mesh * vec4(position, 1.0)).xyz;
    vec3 normal = normalize(mat3(rel_from_mesh) * normal_of(bits));
    uint drawn_edge;
    vec3 own = look_of((bits >> 21u) & 7u, drawn_edge);
    float facing = max(dot(normal, sun.xyz), 0.0) * sun.w;
    float skyward = normal.z * 0.5 + 0.5;
    gl_Position = placed(clip_from_rel * vec4(rel, 1.0));
#ifdef LIT
    vec3 lit_color = own * (mix(ground_ambient.rgb, sky_ambient.rgb, skyward) + sun_color.rgb * facing);
#ifdef BARE
    color = seen(lit_color);
#else
    color = seen(haze_over(lit_color, rel));
#endif
#else
    uint corner_at = (bits >> 16u) & 3u;
    vec3 undrawn = 1.0 - vec3(float((bits >> 18u) & 1u), float((bits >> 19u) & 1u), float((bits >> 20u) & 1u));
    vec3 corner = max(vec3(corner_at == 0u, corner_at == 1u, corner_at == 2u), undrawn);
    vec3 lifted = rel + normal * shadow_style.y * 1.6;
    albedo = vec4(own, haze_thickness(rel));
    light = vec4(facing, skyward, corner.xy);
    shadow = vec4((shadow_from_rel * vec4(lifted, 1.0)).xyz, corner.z);
    edge = drawn_edge;
#endif
}
