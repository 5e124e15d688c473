// The panels: egui's triangles in logical points from the upper left corner.
layout(location = 0) in vec2 position;
layout(location = 1) in vec2 uv;
layout(location = 2) in vec4 tint;
uniform vec2 size_pt;
out vec2 at;
out vec4 color;

void main() {
    at = uv;
    color = tint;
    gl_Position = vec4(position.x / size_pt.x * 2.0 - 1.0, 1.0 - position.y / size_pt.y * 2.0, 0.0, 1.0);
}
