//! The palette as a texture that grows with what is held: as high as it may become it would take four megabytes, and as
//! much again while it is made, of which a view of a city needs a twentieth.

use web_sys::{WebGl2RenderingContext as Gl, WebGlFramebuffer};

use super::objects::Texture;
use super::program::PALETTE_UNIT;
use crate::viewer::scene::palette::{ROWS, Run, WIDTH, rows_of};

/// Rows to begin with.
const FIRST_ROWS: u32 = 16;

/// Texels of features, on the unit [`PALETTE_UNIT`].
pub struct Palette {
    gl: Gl,
    texture: Texture,
    rows: u32,
    /// What rows are copied from when the texture has become too small.
    source: WebGlFramebuffer,
}

impl Palette {
    /// One without colours; `None` where the graphics are lost.
    pub fn new(gl: &Gl) -> Option<Self> {
        let (texture, source) = (texture_of(gl, FIRST_ROWS)?, gl.create_framebuffer()?);
        Some(Self { texture, rows: FIRST_ROWS, source, gl: gl.clone() })
    }

    /// Binds it to its unit.
    pub fn bind(&self) {
        self.gl.active_texture(Gl::TEXTURE0 + PALETTE_UNIT);
        self.texture.bind();
    }

    /// Makes room for a run.
    pub fn hold(&mut self, run: Run) {
        let needed = (run.first + run.count).div_ceil(WIDTH).min(ROWS);
        if needed > self.rows
            && let Some(texture) = self.grown(needed.next_power_of_two())
        {
            (self.texture, self.rows) = (texture, needed.next_power_of_two());
        }
    }

    /// Writes texels, from `first` on, into room that was made for them.
    pub fn write(&self, first: u32, texels: &[[u8; 4]]) {
        self.bind();
        for ([x, y], [width, height], texels) in rows_of(first, texels) {
            // A browser that refuses has lost its graphics.
            let _ = self.gl.tex_sub_image_2d_with_i32_and_i32_and_u32_and_type_and_opt_u8_array(
                Gl::TEXTURE_2D,
                0,
                x as i32,
                y as i32,
                width as i32,
                height as i32,
                Gl::RGBA,
                Gl::UNSIGNED_BYTE,
                Some(bytemuck::cast_slice(texels)),
            );
        }
    }

    /// A higher texture that begins with the same rows.
    fn grown(&self, rows: u32) -> Option<Texture> {
        let gl = &self.gl;
        let texture = texture_of(gl, rows)?;
        gl.bind_framebuffer(Gl::READ_FRAMEBUFFER, Some(&self.source));
        let (to, of) = (Gl::COLOR_ATTACHMENT0, Gl::TEXTURE_2D);
        gl.framebuffer_texture_2d(Gl::READ_FRAMEBUFFER, to, of, Some(&self.texture.handle), 0);
        gl.copy_tex_sub_image_2d(Gl::TEXTURE_2D, 0, 0, 0, 0, 0, WIDTH as i32, self.rows as i32);
        gl.framebuffer_texture_2d(Gl::READ_FRAMEBUFFER, to, of, None, 0);
        gl.bind_framebuffer(Gl::READ_FRAMEBUFFER, None);
        Some(texture)
    }
}

/// A texture of that many rows without colours, bound to the palette's unit.
fn texture_of(gl: &Gl, rows: u32) -> Option<Texture> {
    gl.active_texture(Gl::TEXTURE0 + PALETTE_UNIT);
    let texture = Texture::new(gl)?;
    texture.set(&[(Gl::TEXTURE_MIN_FILTER, Gl::NEAREST), (Gl::TEXTURE_MAG_FILTER, Gl::NEAREST)]);
    gl.tex_storage_2d(Gl::TEXTURE_2D, 1, Gl::RGBA8, WIDTH as i32, rows as i32);
    Some(texture)
}
