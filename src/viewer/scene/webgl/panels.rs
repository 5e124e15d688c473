//! The panels on the canvas: egui's triangles and textures, as bevy_egui leaves them at the end of a frame.

use std::collections::HashMap;

use bevy_egui::EguiRenderOutput;
use bevy_egui::egui::epaint::{ClippedPrimitive, ImageData, ImageDelta, Primitive};
use bevy_egui::egui::{Rect, TextureFilter, TextureId, TextureOptions, TextureWrapMode};
use web_sys::WebGl2RenderingContext as Gl;

use super::objects::{Attribute, Buffer, Texture, VertexArray, attribute};
use super::program::{IMAGE_UNIT, Kind, Programs};

/// Everything that is held of the panels.
pub struct Panels {
    gl: Gl,
    vertices: VertexArray,
    corners: Buffer,
    indices: Buffer,
    textures: HashMap<TextureId, Texture>,
    pieces: Vec<Piece>,
    /// Tells one frame's triangles from another's.
    digest: u64,
}

/// Triangles under one texture and within one rectangle.
struct Piece {
    within: Rect,
    texture: TextureId,
    first_index: usize,
    count: usize,
}

const VERTEX: [Attribute; 3] =
    [attribute(0, 2, Gl::FLOAT, 0), attribute(1, 2, Gl::FLOAT, 8), attribute(2, 4, Gl::UNSIGNED_BYTE, 16)];

impl Panels {
    /// Nothing yet; `None` where the graphics are lost.
    pub fn new(gl: &Gl) -> Option<Self> {
        let vertices = VertexArray::new(gl)?;
        let corners = Buffer::empty(gl, Gl::ARRAY_BUFFER)?;
        vertices.take(&corners, 20, &VERTEX, false);
        let indices = Buffer::empty(gl, Gl::ELEMENT_ARRAY_BUFFER)?;
        indices.bind();
        let (textures, pieces) = (HashMap::new(), Vec::new());
        Some(Self { vertices, corners, indices, textures, pieces, digest: 0, gl: gl.clone() })
    }

    /// Takes in what egui draws. Gives whether that is something else than before.
    pub fn take_in(&mut self, output: &mut EguiRenderOutput) -> bool {
        let mut delta = std::mem::take(&mut output.textures_delta);
        let repainted = !delta.is_empty();
        for (id, images) in delta.set.drain() {
            images.iter().for_each(|image| self.paint(id, image));
        }
        for id in delta.free.drain() {
            self.textures.remove(&id);
        }
        let digest = digest(&output.paint_jobs);
        if digest == self.digest {
            return repainted;
        }
        self.digest = digest;
        self.fill(&output.paint_jobs);
        true
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Puts all triangles into one pair of buffers.
    fn fill(&mut self, jobs: &[ClippedPrimitive]) {
        let (mut corners, mut indices) = (Vec::new(), Vec::<u32>::new());
        self.pieces.clear();
        for job in jobs {
            let Primitive::Mesh(mesh) = &job.primitive else { continue };
            let before = corners.len() as u32;
            let (first_index, count) = (indices.len(), mesh.indices.len());
            corners.extend_from_slice(&mesh.vertices);
            indices.extend(mesh.indices.iter().map(|index| index + before));
            self.pieces.push(Piece { within: job.clip_rect, texture: mesh.texture_id, first_index, count });
        }
        self.vertices.bind();
        self.corners.fill(bytemuck::cast_slice(&corners), Gl::DYNAMIC_DRAW);
        self.indices.fill(bytemuck::cast_slice(&indices), Gl::DYNAMIC_DRAW);
    }

    /// Paints a texture, or a part of one.
    fn paint(&mut self, id: TextureId, delta: &ImageDelta) {
        self.gl.active_texture(Gl::TEXTURE0 + IMAGE_UNIT);
        let ImageData::Color(image) = &delta.image;
        let [width, height] = image.size.map(|size| size as i32);
        let pixels: &[u8] = bytemuck::cast_slice(&image.pixels);
        let painted = match (delta.pos, self.textures.get(&id)) {
            (Some([x, y]), Some(texture)) => {
                texture.bind();
                self.gl.tex_sub_image_2d_with_i32_and_i32_and_u32_and_type_and_opt_u8_array(
                    Gl::TEXTURE_2D,
                    0,
                    x as i32,
                    y as i32,
                    width,
                    height,
                    Gl::RGBA,
                    Gl::UNSIGNED_BYTE,
                    Some(pixels),
                )
            }
            _ => {
                let Some(texture) = Texture::new(&self.gl) else { return };
                texture.set(&parameters(delta.options));
                self.textures.insert(id, texture);
                self.gl.tex_image_2d_with_i32_and_i32_and_i32_and_format_and_type_and_opt_u8_array(
                    Gl::TEXTURE_2D,
                    0,
                    Gl::RGBA8 as i32,
                    width,
                    height,
                    0,
                    Gl::RGBA,
                    Gl::UNSIGNED_BYTE,
                    Some(pixels),
                )
            }
        };
        // A browser that refuses has lost its graphics; the page starts again then.
        let _ = painted;
    }

    /// Draws the panels over the city.
    pub fn draw(&self, programs: &mut Programs, size: [u32; 2], pixels_per_point: f32) {
        let gl = &self.gl;
        if self.pieces.is_empty() {
            return;
        }
        let Some(program) = programs.take(Kind::Panel) else { return };
        program.tell_size(size[0] as f32 / pixels_per_point, size[1] as f32 / pixels_per_point);
        gl.disable(Gl::DEPTH_TEST);
        gl.disable(Gl::CULL_FACE);
        gl.enable(Gl::BLEND);
        gl.blend_func(Gl::ONE, Gl::ONE_MINUS_SRC_ALPHA);
        gl.enable(Gl::SCISSOR_TEST);
        gl.active_texture(Gl::TEXTURE0 + IMAGE_UNIT);
        self.vertices.bind();
        for piece in &self.pieces {
            let Some(texture) = self.textures.get(&piece.texture) else { continue };
            let [left, bottom, width, height] = scissor(piece.within, size, pixels_per_point);
            texture.bind();
            gl.scissor(left, bottom, width, height);
            let first_byte = (piece.first_index * size_of::<u32>()) as i32;
            gl.draw_elements_with_i32(Gl::TRIANGLES, piece.count as i32, Gl::UNSIGNED_INT, first_byte);
        }
        gl.disable(Gl::SCISSOR_TEST);
    }
}

/// A rectangle of points as pixels from the lower left corner: left, bottom, width, height.
fn scissor(within: Rect, [width, height]: [u32; 2], pixels_per_point: f32) -> [i32; 4] {
    let pixels = |points: f32, most: u32| (points * pixels_per_point).round().clamp(0.0, most as f32) as i32;
    let (left, right) = (pixels(within.min.x, width), pixels(within.max.x, width));
    let (top, bottom) = (pixels(within.min.y, height), pixels(within.max.y, height));
    [left, height as i32 - bottom, (right - left).max(0), (bottom - top).max(0)]
}

fn parameters(options: TextureOptions) -> [(u32, u32); 4] {
    let filter = |filter| match filter {
        TextureFilter::Nearest => Gl::NEAREST,
        TextureFilter::Linear => Gl::LINEAR,
    };
    let wrap = match options.wrap_mode {
        TextureWrapMode::ClampToEdge => Gl::CLAMP_TO_EDGE,
        TextureWrapMode::Repeat => Gl::REPEAT,
        TextureWrapMode::MirroredRepeat => Gl::MIRRORED_REPEAT,
    };
    [
        (Gl::TEXTURE_MAG_FILTER, filter(options.magnification)),
        (Gl::TEXTURE_MIN_FILTER, filter(options.minification)),
        (Gl::TEXTURE_WRAP_S, wrap),
        (Gl::TEXTURE_WRAP_T, wrap),
    ]
}

/// FNV-1a over the words of all triangles: the same ones draw the same panels.
fn digest(jobs: &[ClippedPrimitive]) -> u64 {
    let mut digest = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |word: u32| digest = (digest ^ u64::from(word)).wrapping_mul(0x100_0000_01b3);
    for job in jobs {
        let Primitive::Mesh(mesh) = &job.primitive else { continue };
        let Rect { min, max } = job.clip_rect;
        [min.x, min.y, max.x, max.y].into_iter().for_each(|side| add(side.to_bits()));
        bytemuck::cast_slice::<_, u32>(&mesh.vertices).iter().for_each(|word| add(*word));
        mesh.indices.iter().for_each(|index| add(*index));
        add(match mesh.texture_id {
            TextureId::Managed(id) | TextureId::User(id) => id as u32,
        });
    }
    digest
}
