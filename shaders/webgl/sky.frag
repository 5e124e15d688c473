// From the haze at the horizon to the zenith.
in vec2 ndc;
out vec4 pixel;

void main() {
    // rel_from_mesh holds the view's axes: right and up scaled to the picture's half size, and forward.
    vec3 direction = normalize(rel_from_mesh[0].xyz * ndc.x + rel_from_mesh[1].xyz * ndc.y + rel_from_mesh[2].xyz);
    float height = clamp(direction.z, 0.0, 1.0);
    pixel = vec4(seen(mix(haze.rgb, zenith.rgb, 1.0 - pow(1.0 - height, 4.0))), 1.0);
}
