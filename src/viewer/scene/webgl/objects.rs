//! Objects of WebGL that are let go of when nobody holds them any more. A browser would do so too, some time later.

use web_sys::{WebGl2RenderingContext as Gl, WebGlBuffer, WebGlTexture, WebGlVertexArrayObject};

/// A buffer.
pub struct Buffer {
    gl: Gl,
    handle: WebGlBuffer,
    target: u32,
}

impl Buffer {
    /// A buffer for `target` that is filled later; `None` where the graphics are lost.
    pub fn empty(gl: &Gl, target: u32) -> Option<Self> {
        Some(Self { handle: gl.create_buffer()?, gl: gl.clone(), target })
    }

    /// A buffer that holds `bytes` for good.
    pub fn of(gl: &Gl, target: u32, bytes: &[u8]) -> Option<Self> {
        let buffer = Self::empty(gl, target)?;
        buffer.fill(bytes, Gl::STATIC_DRAW);
        Some(buffer)
    }

    /// Makes it the buffer of its target.
    pub fn bind(&self) {
        self.gl.bind_buffer(self.target, Some(&self.handle));
    }

    /// Binds it and replaces what it holds.
    pub fn fill(&self, bytes: &[u8], usage: u32) {
        self.bind();
        self.gl.buffer_data_with_u8_array(self.target, bytes, usage);
    }

    /// Makes it the uniform block of that number.
    pub fn bind_as_block(&self, number: u32) {
        self.gl.bind_buffer_base(self.target, number, Some(&self.handle));
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.gl.delete_buffer(Some(&self.handle));
    }
}

/// Where vertices come from.
pub struct VertexArray {
    gl: Gl,
    handle: WebGlVertexArrayObject,
}

/// An attribute of a vertex: location, how many numbers, of which kind, where in the vertex.
pub struct Attribute {
    /// Location in the shader.
    pub location: u32,
    /// How many numbers.
    pub size: i32,
    /// `Gl::FLOAT`, or `Gl::UNSIGNED_BYTE` for shares of 255, or `Gl::UNSIGNED_INT` for whole numbers.
    pub kind: u32,
    /// Bytes from the vertex's beginning.
    pub offset: i32,
}

/// Shorthand for [`Attribute`].
pub const fn attribute(location: u32, size: i32, kind: u32, offset: i32) -> Attribute {
    Attribute { location, size, kind, offset }
}

impl VertexArray {
    /// An array without attributes, bound.
    pub fn new(gl: &Gl) -> Option<Self> {
        let array = Self { handle: gl.create_vertex_array()?, gl: gl.clone() };
        array.bind();
        Some(array)
    }

    /// Makes it the one that is drawn from.
    pub fn bind(&self) {
        self.gl.bind_vertex_array(Some(&self.handle));
    }

    /// Takes attributes from a buffer whose vertices are `stride` bytes apart; one for each instance where `instanced`.
    /// The array must be bound.
    pub fn take(&self, buffer: &Buffer, stride: i32, attributes: &[Attribute], instanced: bool) {
        buffer.bind();
        for &Attribute { location, size, kind, offset } in attributes {
            self.gl.enable_vertex_attrib_array(location);
            match kind {
                Gl::UNSIGNED_INT => self.gl.vertex_attrib_i_pointer_with_i32(location, size, kind, stride, offset),
                _ => {
                    let share = kind == Gl::UNSIGNED_BYTE;
                    self.gl.vertex_attrib_pointer_with_i32(location, size, kind, share, stride, offset);
                }
            }
            self.gl.vertex_attrib_divisor(location, u32::from(instanced));
        }
    }
}

impl Drop for VertexArray {
    fn drop(&mut self) {
        self.gl.delete_vertex_array(Some(&self.handle));
    }
}

/// A texture.
pub struct Texture {
    gl: Gl,
    /// For attaching it to a framebuffer.
    pub handle: WebGlTexture,
}

impl Texture {
    /// A texture without an image, bound to the unit in use.
    pub fn new(gl: &Gl) -> Option<Self> {
        let texture = Self { handle: gl.create_texture()?, gl: gl.clone() };
        texture.bind();
        Some(texture)
    }

    /// A picture of that format and size without anything on it, bound to the unit in use; `filter` is for whoever draws it
    /// larger or smaller.
    pub fn picture(gl: &Gl, format: u32, [width, height]: [u32; 2], filter: u32) -> Option<Self> {
        let picture = Self::new(gl)?;
        gl.tex_storage_2d(Gl::TEXTURE_2D, 1, format, width as i32, height as i32);
        picture.set(&[
            (Gl::TEXTURE_MIN_FILTER, filter),
            (Gl::TEXTURE_MAG_FILTER, filter),
            (Gl::TEXTURE_WRAP_S, Gl::CLAMP_TO_EDGE),
            (Gl::TEXTURE_WRAP_T, Gl::CLAMP_TO_EDGE),
        ]);
        Some(picture)
    }

    /// Binds it to the unit in use.
    pub fn bind(&self) {
        self.gl.bind_texture(Gl::TEXTURE_2D, Some(&self.handle));
    }

    /// Sets parameters; it must be bound.
    pub fn set(&self, parameters: &[(u32, u32)]) {
        for &(name, value) in parameters {
            self.gl.tex_parameteri(Gl::TEXTURE_2D, name, value as i32);
        }
    }
}

impl Drop for Texture {
    fn drop(&mut self) {
        self.gl.delete_texture(Some(&self.handle));
    }
}
