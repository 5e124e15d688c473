//! The city in half of the canvas' width and height, for moves that would not be fluid else: drawn into a texture of its
//! own and enlarged onto the canvas, over which the panels are drawn as sharp as ever.

use web_sys::{WebGl2RenderingContext as Gl, WebGlFramebuffer};

use super::draw::cover;
use super::objects::Texture;
use super::program::{IMAGE_UNIT, Programs};
use crate::viewer::scene::FrameView;

/// A picture to draw into.
pub struct HalfPicture {
    gl: Gl,
    size: [u32; 2],
    color: Texture,
    _depth: Texture,
    target: WebGlFramebuffer,
}

impl HalfPicture {
    /// For a canvas of that size; `None` where the graphics are lost.
    pub fn new(gl: &Gl, canvas: [u32; 2]) -> Option<Self> {
        let size = half(canvas);
        gl.active_texture(Gl::TEXTURE0 + IMAGE_UNIT);
        let depth = Texture::new(gl)?;
        gl.tex_storage_2d(Gl::TEXTURE_2D, 1, Gl::DEPTH_COMPONENT32F, size[0] as i32, size[1] as i32);
        let color = Texture::picture(gl, Gl::RGBA8, size, Gl::LINEAR)?;
        let target = gl.create_framebuffer()?;
        gl.bind_framebuffer(Gl::FRAMEBUFFER, Some(&target));
        for (attachment, texture) in [(Gl::COLOR_ATTACHMENT0, &color), (Gl::DEPTH_ATTACHMENT, &depth)] {
            gl.framebuffer_texture_2d(Gl::FRAMEBUFFER, attachment, Gl::TEXTURE_2D, Some(&texture.handle), 0);
        }
        Some(Self { gl: gl.clone(), size, color, _depth: depth, target })
    }

    /// Whether it is for a canvas of that size.
    pub fn fits(&self, canvas: [u32; 2]) -> bool {
        self.size == half(canvas)
    }

    /// The view of the canvas as it is seen in here: lines are as wide in it as there.
    pub fn view(&self, view: &FrameView) -> FrameView {
        FrameView { size_px: self.size.map(f64::from), pixels_per_point: view.pixels_per_point * 0.5, ..*view }
    }

    /// Makes it what is drawn into.
    pub fn draw_into(&self) {
        self.gl.bind_framebuffer(Gl::FRAMEBUFFER, Some(&self.target));
        self.gl.viewport(0, 0, self.size[0] as i32, self.size[1] as i32);
    }

    /// Draws it over all of what is drawn into.
    pub fn enlarge(&self, programs: &mut Programs) {
        cover(&self.gl, programs, &self.color);
    }
}

impl Drop for HalfPicture {
    fn drop(&mut self) {
        self.gl.delete_framebuffer(Some(&self.target));
    }
}

fn half(canvas: [u32; 2]) -> [u32; 2] {
    canvas.map(|side| side.div_ceil(2))
}
