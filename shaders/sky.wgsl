// The sky: one triangle behind everything, from the haze at the horizon to the zenith.

struct SkyOut { @builtin(position) clip: vec4<f32>, @location(0) ndc: vec2<f32> };

@vertex
fn sky_vertex(@builtin(vertex_index) index: u32) -> SkyOut {
    let ndc = vec2<f32>(f32((index << 1u) & 2u), f32(index & 2u)) * 2.0 - 1.0;
    return SkyOut(vec4<f32>(ndc, 0.0, 1.0), ndc);
}

@fragment
fn sky_fragment(in: SkyOut) -> @location(0) vec4<f32> {
    // draw.rel_from_mesh holds the view's axes: right and up scaled to the picture's half size, and forward.
    let direction = normalize(draw.rel_from_mesh[0].xyz * in.ndc.x + draw.rel_from_mesh[1].xyz * in.ndc.y
        + draw.rel_from_mesh[2].xyz);
    let height = clamp(direction.z, 0.0, 1.0);
    let color = mix(frame.haze.rgb, frame.zenith.rgb, 1.0 - pow(1.0 - height, 4.0));
    return vec4<f32>(color, 1.0);
}
