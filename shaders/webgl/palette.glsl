// The lookup texture that colours and highlights of features go through.
uniform highp sampler2D palette;
const uint PALETTE_WIDTH = 512u;

vec4 palette_texel(uint feature) {
    uint index = uint(info.x) + feature;
    return texelFetch(palette, ivec2(index % PALETTE_WIDTH, index / PALETTE_WIDTH), 0);
}
