// Outlines of planning layers, as shaders/overlay.wgsl has them: of constant width on the screen.
layout(location = 0) in vec3 start;
layout(location = 1) in vec3 end;
layout(location = 2) in uint feature;
out vec3 rel;
out float across;
flat out vec4 own;

const float NEARER = 1.0006;
const float NEAR = 0.05;

void main() {
    vec3 a_rel = (rel_from_mesh * vec4(start, 1.0)).xyz;
    vec3 b_rel = (rel_from_mesh * vec4(end, 1.0)).xyz;
    vec4 a = clip_from_rel * vec4(a_rel, 1.0);
    vec4 b = clip_from_rel * vec4(b_rel, 1.0);
    // Behind the eye a segment has no place on the screen: cut it at the near side.
    if (a.w < NEAR && b.w >= NEAR) a = mix(a, b, (NEAR - a.w) / (b.w - a.w));
    if (b.w < NEAR && a.w >= NEAR) b = mix(b, a, (NEAR - b.w) / (a.w - b.w));
    vec2 size = viewport.xy;
    vec2 along = (b.xy / b.w - a.xy / a.w) * size;
    vec2 direction = along / max(length(along), 1e-4);
    float side = float(gl_VertexID & 1) * 2.0 - 1.0;
    bool at_end = gl_VertexID >= 2;
    float half_width = info.z * viewport.z * 0.5 + 0.75;
    vec2 offset = (vec2(-direction.y, direction.x) * side + direction * (at_end ? 0.4 : -0.4)) * half_width;
    vec4 clip = at_end ? b : a;
    clip = vec4(clip.xy + offset / size * 2.0 * clip.w, clip.z * NEARER, clip.w);
    if (a.w < NEAR && b.w < NEAR) clip = vec4(0.0, 0.0, -1.0, 1.0);
    rel = at_end ? b_rel : a_rel;
    across = side * half_width;
    vec4 texel = palette_texel(feature);
    own = vec4(texel.rgb * (0.35 + 0.65 * sun.w) * 0.62, texel.a);
    gl_Position = placed(clip);
}
