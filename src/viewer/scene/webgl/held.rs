//! What is held for drawing: buffers of tiles and overlays, the palette, the shadow map.

use std::collections::BTreeMap;
use std::rc::Rc;

use glam::DMat4;
use web_sys::{WebGl2RenderingContext as Gl, WebGlFramebuffer};

use super::half::HalfPicture;
use super::objects::{Attribute, Buffer, Texture, VertexArray, attribute};
use super::palette::Palette;
use super::program::SHADOW_UNIT;
use crate::stream::TileId;
use crate::viewer::scene::order::Placed;
use crate::viewer::scene::palette::Run;
use crate::viewer::scene::uniforms::ShadowVolume;
use crate::viewer::scene::{Change, OverlayId, OverlayMesh, Upload};

/// A mesh with its buffers.
pub struct GlMesh {
    /// Where it stands.
    pub placed: Placed,
    /// How its buffers are read.
    pub vertices: VertexArray,
    _buffers: Vec<Buffer>,
    /// How many vertices, or indices where it has some.
    pub count: i32,
    /// The kind of its indices, where its vertices are shared.
    pub indices: Option<u32>,
    /// Whether its vertices have colours of their own.
    pub colors: bool,
    /// Whether each triangle has one normal and one feature.
    pub flat: bool,
    /// Whether a feature of its tile has a colour of its own.
    pub painted: bool,
}

impl AsRef<Placed> for GlMesh {
    fn as_ref(&self) -> &Placed {
        &self.placed
    }
}

/// A tile with its meshes.
pub struct GlTile {
    /// Where its features stand in the palette.
    pub run: Run,
    /// What is drawn of it.
    pub meshes: Vec<GlMesh>,
}

/// An overlay with its buffers.
pub struct GlOverlay {
    /// Where its features stand in the palette.
    pub run: Run,
    /// Takes mesh coordinates to local ones.
    pub local_from_mesh: DMat4,
    /// Its triangles, and how many indices they have.
    pub area: Option<(VertexArray, i32)>,
    /// Its segments, and how many.
    pub lines: Option<(VertexArray, i32)>,
    _buffers: Vec<Buffer>,
}

/// The shadow map and what it holds.
pub struct ShadowMap {
    texture: Texture,
    target: WebGlFramebuffer,
    pub texels: u32,
    /// What was drawn into it: the volume and the tiles.
    pub drawn: Option<(ShadowVolume, Vec<TileId>)>,
}

/// Everything that is held.
pub struct Held {
    gl: Gl,
    pub tiles: BTreeMap<TileId, GlTile>,
    pub overlays: BTreeMap<OverlayId, GlOverlay>,
    pub palette: Palette,
    pub frame: Buffer,
    pub shadow: Option<ShadowMap>,
    half: Option<Rc<HalfPicture>>,
    /// Whether something that came is not drawn yet.
    pub waits: bool,
    /// Whether the shadow map may lack tiles: more are coming, and it is drawn when all are there.
    pub shadows_lag: bool,
}

const CITY: [Attribute; 3] =
    [attribute(0, 3, Gl::FLOAT, 0), attribute(1, 1, Gl::UNSIGNED_INT, 12), attribute(2, 1, Gl::UNSIGNED_INT, 16)];
const COLORS: [Attribute; 1] = [attribute(3, 4, Gl::UNSIGNED_BYTE, 0)];
const AREA: [Attribute; 2] = [attribute(0, 3, Gl::FLOAT, 0), attribute(2, 1, Gl::UNSIGNED_INT, 12)];
const LINE: [Attribute; 3] =
    [attribute(0, 3, Gl::FLOAT, 0), attribute(1, 3, Gl::FLOAT, 12), attribute(2, 1, Gl::UNSIGNED_INT, 24)];

impl Held {
    /// Nothing yet; `None` where the graphics are lost.
    pub fn new(gl: &Gl) -> Option<Self> {
        let frame = Buffer::empty(gl, Gl::UNIFORM_BUFFER)?;
        let (tiles, overlays) = (BTreeMap::new(), BTreeMap::new());
        let palette = Palette::new(gl)?;
        let (shadow, half, waits, shadows_lag) = (None, None, false, false);
        Some(Self { tiles, overlays, palette, frame, shadow, half, waits, shadows_lag, gl: gl.clone() })
    }

    /// Takes in what happened since the frame before.
    pub fn take_in(&mut self, changes: impl Iterator<Item = Change>) {
        for change in changes {
            self.apply(change);
        }
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Create(tile, run, uploads) => {
                self.palette.hold(run);
                let meshes = uploads.iter().filter_map(|upload| gl_mesh(&self.gl, upload)).collect();
                self.tiles.insert(tile, GlTile { run, meshes });
            }
            Change::Free(tile) => _ = self.tiles.remove(&tile),
            Change::Texels(first, texels) => {
                self.palette.hold(Run { first, count: texels.len() as u32 });
                self.palette.write(first, &texels);
                if texels.iter().any(|texel| *texel != [0; 4]) {
                    self.note_painted(first);
                }
            }
            Change::CreateOverlay(id, run, mesh) => {
                self.palette.hold(run);
                if let Some(overlay) = gl_overlay(&self.gl, run, &mesh) {
                    self.overlays.insert(id, overlay);
                }
            }
            Change::FreeOverlay(id) => _ = self.overlays.remove(&id),
        }
    }

    /// Notes that a feature of the tile with that texel has a colour of its own.
    fn note_painted(&mut self, texel: u32) {
        let has = |run: &Run| (run.first..run.first + run.count).contains(&texel);
        let meshes = self.tiles.values_mut().filter(|tile| has(&tile.run)).flat_map(|tile| &mut tile.meshes);
        meshes.for_each(|mesh| mesh.painted = true);
    }

    /// The shadow map of that size; `None` where there can be none.
    pub fn shadow_map(&mut self, texels: u32) -> Option<&mut ShadowMap> {
        if self.shadow.as_ref().is_none_or(|map| map.texels != texels) {
            self.shadow = ShadowMap::new(&self.gl, texels);
        }
        self.shadow.as_mut()
    }

    /// The half picture for a canvas of that size; `None` where there can be none.
    pub fn half_picture(&mut self, canvas: [u32; 2]) -> Option<Rc<HalfPicture>> {
        if self.half.as_ref().is_none_or(|half| !half.fits(canvas)) {
            self.half = HalfPicture::new(&self.gl, canvas).map(Rc::new);
        }
        self.half.clone()
    }
}

impl ShadowMap {
    fn new(gl: &Gl, texels: u32) -> Option<Self> {
        gl.active_texture(Gl::TEXTURE0 + SHADOW_UNIT);
        let texture = Texture::new(gl)?;
        texture.set(&[
            (Gl::TEXTURE_MIN_FILTER, Gl::LINEAR),
            (Gl::TEXTURE_MAG_FILTER, Gl::LINEAR),
            (Gl::TEXTURE_WRAP_S, Gl::CLAMP_TO_EDGE),
            (Gl::TEXTURE_WRAP_T, Gl::CLAMP_TO_EDGE),
            (Gl::TEXTURE_COMPARE_MODE, Gl::COMPARE_REF_TO_TEXTURE),
            (Gl::TEXTURE_COMPARE_FUNC, Gl::LEQUAL),
        ]);
        gl.tex_storage_2d(Gl::TEXTURE_2D, 1, Gl::DEPTH_COMPONENT32F, texels as i32, texels as i32);
        let target = gl.create_framebuffer()?;
        gl.bind_framebuffer(Gl::FRAMEBUFFER, Some(&target));
        let (to, of) = (Gl::DEPTH_ATTACHMENT, Gl::TEXTURE_2D);
        gl.framebuffer_texture_2d(Gl::FRAMEBUFFER, to, of, Some(&texture.handle), 0);
        gl.bind_framebuffer(Gl::FRAMEBUFFER, None);
        Some(Self { texture, target, texels, drawn: None })
    }

    /// Whether these tiles in this volume are what it shows; some of them are enough where it `lags`.
    pub fn holds(&self, volume: &ShadowVolume, tiles: &[TileId], lags: bool) -> bool {
        self.drawn.as_ref().is_some_and(|(had, drawn)| {
            let is_enough = lags && !drawn.is_empty();
            had == volume && (is_enough || drawn == tiles)
        })
    }

    /// Makes it what is drawn into.
    pub fn draw_into(&self, gl: &Gl) {
        gl.bind_framebuffer(Gl::FRAMEBUFFER, Some(&self.target));
        gl.viewport(0, 0, self.texels as i32, self.texels as i32);
    }

    /// Binds it to its unit.
    pub fn bind(&self, gl: &Gl) {
        gl.active_texture(Gl::TEXTURE0 + SHADOW_UNIT);
        self.texture.bind();
    }
}

fn gl_mesh(gl: &Gl, upload: &Upload) -> Option<GlMesh> {
    if upload.vertices.is_empty() {
        return None;
    }
    let vertices = VertexArray::new(gl)?;
    let corners = Buffer::of(gl, Gl::ARRAY_BUFFER, bytemuck::cast_slice(&upload.vertices))?;
    vertices.take(&corners, 20, &CITY, false);
    let mut buffers = vec![corners];
    if !upload.colors.is_empty() {
        let colors = Buffer::of(gl, Gl::ARRAY_BUFFER, bytemuck::cast_slice(&upload.colors))?;
        vertices.take(&colors, 4, &COLORS, false);
        buffers.push(colors);
    }
    let (mut count, mut indices) = (upload.vertices.len(), None);
    if !upload.indices.is_empty() {
        let (buffer, kind) = index_buffer(gl, &upload.indices, upload.vertices.len())?;
        buffers.push(buffer);
        (count, indices) = (upload.indices.len(), Some(kind));
    }
    let (placed, colors) = (Placed::of(upload), !upload.colors.is_empty());
    let (flat, count) = (upload.flat, count as i32);
    Some(GlMesh { placed, vertices, _buffers: buffers, count, indices, colors, flat, painted: false })
}

/// Indices in two bytes where that is enough, with their kind.
fn index_buffer(gl: &Gl, indices: &[u32], vertices: usize) -> Option<(Buffer, u32)> {
    if vertices <= usize::from(u16::MAX) {
        let short: Vec<u16> = indices.iter().map(|index| *index as u16).collect();
        Some((Buffer::of(gl, Gl::ELEMENT_ARRAY_BUFFER, bytemuck::cast_slice(&short))?, Gl::UNSIGNED_SHORT))
    } else {
        Some((Buffer::of(gl, Gl::ELEMENT_ARRAY_BUFFER, bytemuck::cast_slice(indices))?, Gl::UNSIGNED_INT))
    }
}

fn gl_overlay(gl: &Gl, run: Run, mesh: &OverlayMesh) -> Option<GlOverlay> {
    let (mut buffers, mut area, mut lines) = (Vec::new(), None, None);
    if !mesh.area_indices.is_empty() {
        let vertices = VertexArray::new(gl)?;
        let corners = Buffer::of(gl, Gl::ARRAY_BUFFER, bytemuck::cast_slice(&mesh.corners()))?;
        vertices.take(&corners, 16, &AREA, false);
        buffers.push(corners);
        buffers.push(Buffer::of(gl, Gl::ELEMENT_ARRAY_BUFFER, bytemuck::cast_slice(&mesh.area_indices))?);
        area = Some((vertices, mesh.area_indices.len() as i32));
    }
    if !mesh.lines.is_empty() {
        let vertices = VertexArray::new(gl)?;
        let segments = Buffer::of(gl, Gl::ARRAY_BUFFER, bytemuck::cast_slice(&mesh.segments()))?;
        vertices.take(&segments, 28, &LINE, true);
        buffers.push(segments);
        lines = Some((vertices, mesh.lines.len() as i32));
    }
    Some(GlOverlay { run, local_from_mesh: mesh.local_from_mesh, area, lines, _buffers: buffers })
}
