//! One picture: the shadow map where it is out of date, then the city, the sky and the overlays, straight to the canvas.

use web_sys::WebGl2RenderingContext as Gl;

use super::held::{GlMesh, Held};
use super::objects::Texture;
use super::program::{FRAME_BLOCK, IMAGE_UNIT, Kind, Programs, is_lit};
use crate::viewer::scene::order::{Item, in_order, overlay_uniform, overlays, sky_uniform};
use crate::viewer::scene::uniforms::{FrameUniform, ShadowVolume};
use crate::viewer::scene::{BACKGROUND, Layer, Parts, Picture, Style, shadow};

/// Has what the first picture needs made while its tiles are on their way.
pub fn prepare(programs: &mut Programs, picture: &Picture, style: &Style) {
    let quality = picture.quality;
    let volume = shadow::volume(&picture.view, quality.shadow_texels);
    let parts = quality.parts(volume.as_ref());
    let without = Parts { edges: false, ..parts };
    let bare = is_lit(parts) && style.haze_per_m == 0.0;
    programs.begin([Kind::City { parts, bare }, Kind::City { parts: without, bare }]);
    programs.begin(volume.map(|_| Kind::Shadow));
    programs.begin(quality.sky.then_some(Kind::Sky));
}

/// Draws the city of a frame.
pub fn draw_city(gl: &Gl, programs: &mut Programs, held: &mut Held, picture: &Picture, style: &Style, size: [u32; 2]) {
    let quality = picture.quality;
    let volume = shadow::volume(&picture.view, quality.shadow_texels);
    let parts = quality.parts(volume.as_ref());
    let texels = quality.shadow_texels.max(1);
    let half = quality.half_pixels.then(|| held.half_picture(size)).flatten();
    let view = half.as_ref().map_or(picture.view, |half| half.view(&picture.view));
    let frame = FrameUniform::of(&view, style, volume.as_ref(), texels);
    held.frame.fill(bytemuck::bytes_of(&frame), Gl::DYNAMIC_DRAW);
    held.frame.bind_as_block(FRAME_BLOCK);
    held.palette.bind();
    gl.disable(Gl::BLEND);
    gl.disable(Gl::SCISSOR_TEST);
    gl.enable(Gl::DEPTH_TEST);
    gl.depth_mask(true);
    gl.enable(Gl::CULL_FACE);
    if let Some(volume) = &volume
        && parts.shadow_taps > 0
    {
        fit_shadow_map(gl, programs, held, picture, volume, texels);
    }
    match &half {
        Some(half) => half.draw_into(),
        None => draw_into_the_canvas(gl, size),
    }
    let [red, green, blue] = BACKGROUND.map(|channel| f32::from(channel) / 255.0);
    gl.clear_color(red, green, blue, 1.0);
    gl.clear_depth(0.0);
    gl.clear(Gl::COLOR_BUFFER_BIT | Gl::DEPTH_BUFFER_BIT);
    gl.depth_func(Gl::GEQUAL);
    for item in items(held, picture).iter().filter(|item| item.seen) {
        draw_item(gl, programs, picture, kind_of(item.mesh, parts, style), item);
    }
    gl.depth_mask(false);
    gl.disable(Gl::CULL_FACE);
    if quality.sky
        && let Some(program) = programs.take(Kind::Sky)
    {
        program.tell(&sky_uniform(&picture.view));
        gl.bind_vertex_array(None);
        gl.draw_arrays(Gl::TRIANGLES, 0, 3);
    }
    draw_overlays(gl, programs, held, picture);
    if let Some(half) = half {
        draw_into_the_canvas(gl, size);
        half.enlarge(programs);
    }
}

/// Draws a picture over all of what is drawn into.
pub fn cover(gl: &Gl, programs: &mut Programs, picture: &Texture) {
    if programs.take(Kind::Enlarged).is_none() {
        return;
    }
    gl.disable(Gl::DEPTH_TEST);
    gl.disable(Gl::CULL_FACE);
    gl.disable(Gl::BLEND);
    gl.active_texture(Gl::TEXTURE0 + IMAGE_UNIT);
    picture.bind();
    gl.bind_vertex_array(None);
    gl.draw_arrays(Gl::TRIANGLES, 0, 3);
}

/// Has what is drawn from now on come onto the canvas.
pub fn draw_into_the_canvas(gl: &Gl, [width, height]: [u32; 2]) {
    gl.bind_framebuffer(Gl::FRAMEBUFFER, None);
    gl.viewport(0, 0, width as i32, height as i32);
}

fn items<'a>(held: &'a Held, picture: &Picture) -> Vec<Item<'a, GlMesh>> {
    let tiles = picture.drawn.iter().filter_map(|tile| held.tiles.get(tile));
    in_order(&picture.view, tiles.flat_map(|tile| tile.meshes.iter().map(|mesh| (tile.run, mesh))))
}

/// What a mesh is drawn with: edges are on what is built, where its vertices know their triangle; colours where it has
/// some of its own; and where nothing but sun and sky tells its facets apart, the barest that there is.
fn kind_of(mesh: &GlMesh, parts: Parts, style: &Style) -> Kind {
    let has_edges = mesh.placed.layer == Layer::Built && !mesh.colors && mesh.indices.is_none();
    let parts = Parts { edges: parts.edges && has_edges, colors: mesh.colors, ..parts };
    let bare = is_lit(parts) && style.haze_per_m == 0.0 && mesh.flat && !mesh.painted;
    Kind::City { parts, bare }
}

fn draw_item(gl: &Gl, programs: &mut Programs, picture: &Picture, kind: Kind, item: &Item<'_, GlMesh>) {
    let Some(program) = programs.take(kind) else { return };
    let mesh = item.mesh;
    program.tell(&mesh.placed.uniform(&picture.view, item.run));
    mesh.vertices.bind();
    match mesh.indices {
        Some(kind) => gl.draw_elements_with_i32(Gl::TRIANGLES, mesh.count, kind, 0),
        None => gl.draw_arrays(Gl::TRIANGLES, 0, mesh.count),
    }
}

/// Draws the shadow map where it shows something else, and binds it.
fn fit_shadow_map(
    gl: &Gl,
    programs: &mut Programs,
    held: &mut Held,
    picture: &Picture,
    volume: &ShadowVolume,
    texels: u32,
) {
    let lags = held.shadows_lag;
    let Some(map) = held.shadow_map(texels) else { return };
    map.bind(gl);
    if map.holds(volume, &picture.drawn, lags) {
        return;
    }
    map.drawn = Some((*volume, picture.drawn.clone()));
    map.draw_into(gl);
    gl.clear_depth(1.0);
    gl.clear(Gl::DEPTH_BUFFER_BIT);
    gl.depth_func(Gl::LEQUAL);
    gl.enable(Gl::POLYGON_OFFSET_FILL);
    gl.polygon_offset(2.0, 2.0);
    for item in items(held, picture) {
        let placed = &item.mesh.placed;
        if volume.reaches(placed.center, placed.radius_m) {
            draw_item(gl, programs, picture, Kind::Shadow, &item);
        }
    }
    gl.disable(Gl::POLYGON_OFFSET_FILL);
}

/// Areas of all overlays first, then all lines, so that no area covers an outline.
fn draw_overlays(gl: &Gl, programs: &mut Programs, held: &Held, picture: &Picture) {
    if picture.overlays.is_empty() {
        return;
    }
    gl.enable(Gl::BLEND);
    gl.blend_func_separate(Gl::SRC_ALPHA, Gl::ONE_MINUS_SRC_ALPHA, Gl::ONE, Gl::ONE_MINUS_SRC_ALPHA);
    let told = |overlay: &super::held::GlOverlay, opacity| {
        overlay_uniform(&picture.view, &overlay.local_from_mesh, overlay.run, opacity)
    };
    for (overlay, opacity) in overlays(picture, &held.overlays) {
        let (Some((vertices, count)), Some(program)) = (&overlay.area, programs.take(Kind::Area)) else { continue };
        program.tell(&told(overlay, opacity));
        vertices.bind();
        gl.draw_elements_with_i32(Gl::TRIANGLES, *count, Gl::UNSIGNED_INT, 0);
    }
    for (overlay, opacity) in overlays(picture, &held.overlays) {
        let (Some((vertices, count)), Some(program)) = (&overlay.lines, programs.take(Kind::Line)) else { continue };
        program.tell(&told(overlay, opacity));
        vertices.bind();
        gl.draw_arrays_instanced(Gl::TRIANGLE_STRIP, 0, 4, *count);
    }
}
