// A picture as it is, enlarged.
uniform sampler2D image;
// Medium numbers do not tell the pixels of a large canvas apart.
in highp vec2 at;
out vec4 pixel;

void main() {
    pixel = texture(image, at);
}
