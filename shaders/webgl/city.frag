// The city's material, as shaders/city.wgsl has it: flat light with soft shadows, and edges.
#ifdef LIT
#ifdef BARE
flat
#endif
in vec3 color;
#else
in vec4 albedo;
in vec4 light;
in vec4 shadow;
flat in uint edge;
#endif
out vec4 pixel;

#if SHADOW_TAPS > 0
uniform highp sampler2DShadow shadow_map;

// Share of the sun that comes through; `at` in the clip space of the shadow map.
float lit(vec3 at) {
    // Beyond its sides the map goes on with its border, where the shadow has faded away.
    vec3 texel = vec3(at.xy * 0.5 + 0.5, at.z);
#if SHADOW_TAPS == 1
    float through = texture(shadow_map, texel);
#else
    vec3 apart = vec3(0.7, -0.3, 0.0) * shadow_style.z;
    float through = 0.5 * (texture(shadow_map, texel - apart) + texture(shadow_map, texel + apart));
#endif
    // Towards the border of the map, also in depth, the shadow fades, so that it does not end in a line.
    float border = max(max(abs(at.x), abs(at.y)), abs(at.z * 2.0 - 1.0));
    return mix(through, 1.0, smoothstep(0.85, 0.98, border));
}
#endif

#ifdef EDGES
const uint EDGE_NONE = 0u;
const uint EDGE_SHADED = 1u;
const uint EDGE_SELECTED = 3u;

// The colour of a facet with its edges, `own` without.
vec3 edged(vec3 own, vec3 corner) {
    vec3 width = fwidth(corner);
    vec3 near = corner / max(width, vec3(1e-6));
    float pixels = min(min(near.x, near.y), near.z);
    // Facets of few pixels would turn black: lines thin out with the facet's size on the screen.
    float room = clamp(0.4 / max(max(width.x, width.y), width.z), 0.0, 1.0);
    // Of the facet's colour as it is lit: in the shade too an edge is darker than its facet (in the dark, lighter).
    vec3 ink = own * edge_style.rgb;
    float strength = min(edge_style.w, 1.0) * room;
    float width_px = max(edge_style.w, 1.0) * viewport.z;
    if (edge != EDGE_SHADED) {
        ink = selected.rgb * (edge == EDGE_SELECTED ? 0.35 : 1.0) * (0.35 + 0.65 * sun.w);
        strength = 1.0;
        width_px = 2.0 * viewport.z;
    }
    float line = 1.0 - smoothstep(0.5, 1.4, pixels / width_px);
    return mix(own, ink, edge == EDGE_NONE ? 0.0 : line * strength);
}
#endif

void main() {
#ifdef LIT
    pixel = vec4(color, 1.0);
#else
    float facing = light.x;
#if SHADOW_TAPS > 0
    // Facets turned away from the sun have no shadow to look up.
    if (facing > 0.001) facing *= mix(1.0, lit(shadow.xyz), shadow_style.x);
#endif
    vec3 own = albedo.rgb * (mix(ground_ambient.rgb, sky_ambient.rgb, light.y) + sun_color.rgb * facing);
#ifdef EDGES
    own = edged(own, vec3(light.zw, shadow.w));
#endif
    pixel = vec4(seen(mix(own, haze.rgb, albedo.w)), 1.0);
#endif
}
