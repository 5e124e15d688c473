// Areas of planning layers, as shaders/overlay.wgsl has them: on the ground's own triangles, a hair nearer.
layout(location = 0) in vec3 position;
layout(location = 2) in uint feature;
out vec3 rel;
flat out vec4 own;

const float NEARER = 1.0004;

void main() {
    rel = (rel_from_mesh * vec4(position, 1.0)).xyz;
    vec4 clip = clip_from_rel * vec4(rel, 1.0);
    clip.z *= NEARER;
    own = palette_texel(feature);
    gl_Position = placed(clip);
}
