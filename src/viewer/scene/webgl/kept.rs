//! A copy of the city as the canvas had it, for frames that show the same. It stands between the city and the panels of a
//! frame and does not know when it is of use (`repeats`).

use web_sys::WebGl2RenderingContext as Gl;

use super::draw::{cover, draw_into_the_canvas};
use super::objects::Texture;
use super::program::{IMAGE_UNIT, Programs};

/// Without transparency, as the canvas is (`assets/web/shell.js`): WebGL copies no channel that is not there.
const FORMAT: u32 = Gl::RGB8;

/// The copy, as large as the canvas.
pub struct KeptCity {
    gl: Gl,
    size: [u32; 2],
    picture: Texture,
}

impl KeptCity {
    /// Room for a copy; `None` where the graphics are lost.
    pub fn new(gl: &Gl, size: [u32; 2]) -> Option<Self> {
        gl.active_texture(Gl::TEXTURE0 + IMAGE_UNIT);
        Some(Self { gl: gl.clone(), size, picture: Texture::picture(gl, FORMAT, size, Gl::NEAREST)? })
    }

    /// Whether it is for a canvas of that size.
    pub fn fits(&self, canvas: [u32; 2]) -> bool {
        self.size == canvas
    }

    /// Copies the canvas, which what is drawn comes onto.
    pub fn copy(&self) {
        let [width, height] = self.size.map(|side| side as i32);
        self.gl.active_texture(Gl::TEXTURE0 + IMAGE_UNIT);
        self.picture.bind();
        self.gl.copy_tex_sub_image_2d(Gl::TEXTURE_2D, 0, 0, 0, 0, 0, width, height);
    }

    /// Has the canvas show it.
    pub fn show(&self, programs: &mut Programs) {
        draw_into_the_canvas(&self.gl, self.size);
        cover(&self.gl, programs, &self.picture);
    }
}
