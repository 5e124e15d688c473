// Colours are multiplied as they are to be seen, the only way in which text looks right.
uniform sampler2D image;
in vec2 at;
in vec4 color;
out vec4 pixel;

void main() {
    pixel = texture(image, at) * color;
}
