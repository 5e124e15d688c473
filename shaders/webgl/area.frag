// By night what lies on the ground is as dark as it.
in vec3 rel;
flat in vec4 own;
out vec4 pixel;

void main() {
    if (own.a <= 0.0) discard;
    vec3 light = own.rgb * (0.35 + 0.65 * sun.w);
    pixel = vec4(seen(haze_over(light, rel)), own.a * info.y);
}
