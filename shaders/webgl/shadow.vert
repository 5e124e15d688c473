// Depth alone, as the sun sees it.
layout(location = 0) in vec3 position;

void main() {
    vec4 clip = shadow_from_rel * vec4((rel_from_mesh * vec4(position, 1.0)).xyz, 1.0);
    gl_Position = placed(clip);
}
