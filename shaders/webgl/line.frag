// Smooth at its sides.
in vec3 rel;
in float across;
flat in vec4 own;
out vec4 pixel;

void main() {
    if (own.a <= 0.0) discard;
    float half_width = info.z * viewport.z * 0.5;
    float cover = clamp(half_width + 0.5 - abs(across), 0.0, 1.0);
    pixel = vec4(seen(haze_over(own.rgb, rel)), cover * min(1.0, info.y * 1.6));
}
