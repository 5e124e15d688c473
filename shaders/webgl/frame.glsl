// What every shader of the city shares in a browser: the same as shaders/frame.wgsl, in the language of WebGL 2.
// Positions are "relative": metres along east, north and up, measured from the eye, so that 32 bits are enough anywhere.
precision highp float;
precision highp int;

layout(std140) uniform Frame {
    mat4 clip_from_rel;
    mat4 shadow_from_rel;
    // xyz towards the sun, w its strength
    vec4 sun;
    vec4 sun_color;
    vec4 sky_ambient;
    vec4 ground_ambient;
    // rgb at the horizon, w extinction per metre
    vec4 haze;
    vec4 zenith;
    vec4 roof;
    vec4 wall;
    vec4 tree;
    // rgb, w strength
    vec4 edge_style;
    vec4 hover;
    vec4 selected;
    // x strength (0 none), y size of a texel in metres, z 1 / size of the map, w height of the eye in metres
    vec4 shadow_style;
    // xy picture size in pixels, z pixels a logical point, w unused
    vec4 viewport;
};

uniform mat4 rel_from_mesh;
// x first texel of the features' palette, y opacity, z line width in points, w unused
uniform vec4 info;
uniform vec4 mesh_color;

// The canvas takes colours as they are to be seen: light as sRGB, by roots instead of a power, which a processor that
// draws is slow at (off by less than a step of 255).
vec3 seen(vec3 light) {
    vec3 root = sqrt(light);
    vec3 fourth = sqrt(root);
    vec3 eighth = sqrt(fourth);
    return max(0.662002687 * root + 0.684122060 * fourth - 0.323583601 * eighth - 0.0225411470 * light, 0.0);
}

// Depth is near / distance, from 1 at the eye to 0 at infinity; WebGL's clip space goes from -1 to 1.
vec4 placed(vec4 clip) {
    return vec4(clip.xy, 2.0 * clip.z - clip.w, clip.w);
}

float haze_thickness(vec3 rel) {
    return 1.0 - exp(-length(rel) * haze.w);
}

vec3 haze_over(vec3 light, vec3 rel) {
    return mix(light, haze.rgb, haze_thickness(rel));
}
