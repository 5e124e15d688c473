// The sky, as shaders/sky.wgsl has it: one triangle behind everything.
out vec2 ndc;

void main() {
    ndc = vec2(float((gl_VertexID << 1) & 2), float(gl_VertexID & 2)) * 2.0 - 1.0;
    gl_Position = placed(vec4(ndc, 0.0, 1.0));
}
