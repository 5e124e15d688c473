//! The city's own renderer: tiles, ground overlays, sky and shadow, drawn in one pass of Bevy's 3D schedule.
//!
//! It stands after `stream` (which hands it plain meshes) and before the panels. There are no entities a tile: the
//! main world says what exists and what is drawn in [`Scene`], the render world holds the buffers. Matrices are made
//! per mesh in f64 relative to the eye, so that there is no floating origin to move and nothing trembles.
//!
//! It does not know tilesets, attributes or panels.

#[cfg(not(target_arch = "wasm32"))]
mod draw;
#[cfg(not(target_arch = "wasm32"))]
mod gpu;
#[cfg(not(target_arch = "wasm32"))]
mod kept;
#[cfg(not(target_arch = "wasm32"))]
mod load;
mod order;
mod palette;
#[cfg(not(target_arch = "wasm32"))]
mod pipelines;
mod repeats;
mod shadow;
mod style;
mod uniforms;
mod vertex;
#[cfg(target_arch = "wasm32")]
mod webgl;

use std::collections::BTreeMap;

use bevy::prelude::*;
use glam::{DMat4, DVec3};

#[cfg(not(target_arch = "wasm32"))]
pub use load::{FrameLoad, frame_load};
pub use style::Style;
use vertex::facet_colors;
pub use vertex::{Vertex, facets};
#[cfg(target_arch = "wasm32")]
pub use webgl::GraphicsSystems;

use crate::stream::{MeshClass, TileContent, TileId};
use palette::{Run, RunAllocator};
use vertex::{Shared, shared_corners};

/// What there is behind the city where no sky is drawn, sRGB.
const BACKGROUND: [u8; 3] = [222, 231, 240];

/// Whether the renderer draws vertices that triangles share.
const SHARES_CORNERS: bool = cfg!(target_arch = "wasm32");

/// Whether the renderer can draw the city in fewer pixels than the window has.
pub const ENLARGES: bool = cfg!(target_arch = "wasm32");

/// Adds the renderer to an app: on Bevy's, which the app must have, or in a browser on the page's canvas.
pub struct ScenePlugin;

impl Plugin for ScenePlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Scene>();
        #[cfg(not(target_arch = "wasm32"))]
        gpu::add(app);
        #[cfg(target_arch = "wasm32")]
        webgl::add(app);
    }
}

/// Quality steps, each with a price of its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// Width and height of the shadow map in texels; 0 draws no shadow.
    pub shadow_texels: u32,
    /// Samples of the shadow map a pixel: 2 for soft borders, 1, or 0 for no shadow.
    pub shadow_taps: u32,
    /// Edges of roofs and walls.
    pub edges: bool,
    /// The sky; else one flat colour.
    pub sky: bool,
    /// The city in half of the window's width and height, enlarged; where the renderer [can](ENLARGES).
    pub half_pixels: bool,
    /// Nothing but a ten-line shader: the yardstick of the benchmark.
    pub plain: bool,
}

impl Default for Quality {
    fn default() -> Self {
        Self { shadow_texels: 2048, shadow_taps: 2, edges: true, sky: true, half_pixels: false, plain: false }
    }
}

impl Quality {
    /// The parts of the picture that are drawn; without a shadow volume, as at night, no shadow is looked up.
    fn parts(self, shadow: Option<&uniforms::ShadowVolume>) -> Parts {
        let shadow_taps = if shadow.is_some() { self.shadow_taps.min(2) } else { 0 };
        Parts { edges: self.edges, shadow_taps, colors: false }
    }
}

/// The parts of the city's picture that a pipeline draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Parts {
    /// Edges of roofs and walls.
    pub edges: bool,
    /// Samples of the shadow map a pixel: 0, 1 or 2.
    pub shadow_taps: u32,
    /// Colours of the vertices, from a buffer of their own.
    pub colors: bool,
}

/// What is drawn one after the other: what hides much first, what is hidden much last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    Built,
    Trees,
    Ground,
}

impl Layer {
    fn of(class: MeshClass) -> Self {
        match class {
            MeshClass::Tree => Self::Trees,
            MeshClass::Ground => Self::Ground,
            MeshClass::Roof | MeshClass::Wall | MeshClass::Other { .. } => Self::Built,
        }
    }
}

/// The view of a frame in local coordinates (east, north, up around the twin's origin, metres).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrameView {
    /// The eye.
    pub eye_local: DVec3,
    /// Unit vector of view.
    pub forward: DVec3,
    /// Unit vector to the right.
    pub right: DVec3,
    /// Unit vector to the top.
    pub up: DVec3,
    /// Vertical field of view, radians.
    pub fov_y: f64,
    /// Nothing nearer than this is drawn, metres.
    pub near_m: f64,
    /// Size of the picture in physical pixels.
    pub size_px: [f64; 2],
    /// Physical pixels a logical point.
    pub pixels_per_point: f32,
    /// Unit vector towards the sun.
    pub sun_local: DVec3,
    /// What the camera looks at: the middle of the shadow.
    pub focus_local: DVec3,
}

impl Default for FrameView {
    fn default() -> Self {
        Self {
            eye_local: DVec3::new(0.0, -1000.0, 1000.0),
            forward: DVec3::Y,
            right: DVec3::X,
            up: DVec3::Z,
            fov_y: 60f64.to_radians(),
            near_m: 1.0,
            size_px: [1280.0, 720.0],
            pixels_per_point: 1.0,
            sun_local: DVec3::Z,
            focus_local: DVec3::ZERO,
        }
    }
}

/// How a feature looks besides its class.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum FeatureState {
    /// As its class.
    #[default]
    Plain,
    /// Under the cursor.
    Hovered,
    /// Selected.
    Selected,
    /// Exactly this colour (sRGB) with opacity: ground and plans.
    Absolute([f32; 4]),
}

impl FeatureState {
    fn texel(self) -> [u8; 4] {
        let linear = |c: [f32; 3]| c.map(|channel| (uniforms::srgb(channel) * 255.0).round() as u8);
        let with = |[r, g, b]: [u8; 3], a: u8| [r, g, b, a];
        match self {
            Self::Plain => [0; 4],
            Self::Hovered => [0, 0, 0, 128],
            Self::Selected => [0, 0, 0, 191],
            Self::Absolute([r, g, b, a]) => with(linear([r, g, b]), (a * 255.0).round() as u8),
        }
    }
}

/// Names a layer of overlays: they share how their features look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LayerId(pub usize);

/// Names an overlay of the scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OverlayId(pub u64);

/// Areas and lines that lie on the ground, in mesh coordinates of their own.
#[derive(Clone, Debug, Default)]
pub struct OverlayMesh {
    /// Takes mesh coordinates to local ones.
    pub local_from_mesh: DMat4,
    /// Corners of the areas with their feature.
    pub area: Vec<([f32; 3], u32)>,
    /// Three a triangle.
    pub area_indices: Vec<u32>,
    /// Segments of the outlines with their feature.
    pub lines: Vec<([f32; 3], [f32; 3], u32)>,
}

impl OverlayMesh {
    /// The corners as the shader takes them: place and feature.
    fn corners(&self) -> Vec<[u32; 4]> {
        let words = |([x, y, z], feature): &([f32; 3], u32)| [x.to_bits(), y.to_bits(), z.to_bits(), *feature];
        self.area.iter().map(words).collect()
    }

    /// The segments as the shader takes them: both ends and feature.
    fn segments(&self) -> Vec<[u32; 7]> {
        let words = |(a, b, feature): &([f32; 3], [f32; 3], u32)| {
            let ([ax, ay, az], [bx, by, bz]) = (a.map(f32::to_bits), b.map(f32::to_bits));
            [ax, ay, az, bx, by, bz, *feature]
        };
        self.lines.iter().map(words).collect()
    }

    /// Bytes that the GPU holds for it.
    pub fn bytes(&self) -> u64 {
        (self.area.len() * 16 + self.area_indices.len() * 4 + self.lines.len() * 28) as u64
    }
}

/// A mesh on its way to the GPU.
struct Upload {
    local_from_mesh: DMat4,
    center: DVec3,
    radius_m: f64,
    vertices: Vec<Vertex>,
    /// Three a triangle; none where three vertices follow each other for each.
    indices: Vec<u32>,
    /// Whether the corners of each triangle have one normal and one feature.
    #[cfg_attr(not(target_arch = "wasm32"), expect(dead_code, reason = "a window shares no corners"))]
    flat: bool,
    /// One a vertex where the content has them, else none.
    colors: Vec<[u8; 4]>,
    color: [f32; 4],
    layer: Layer,
}

impl Upload {
    fn bytes(&self) -> u64 {
        let vertices = size_of_val(self.vertices.as_slice()) + size_of_val(self.colors.as_slice());
        (vertices + size_of_val(self.indices.as_slice())) as u64
    }
}

/// What happened since the last frame; taken by the render world.
enum Change {
    Create(TileId, Run, Vec<Upload>),
    Free(TileId),
    Texels(u32, Vec<[u8; 4]>),
    CreateOverlay(OverlayId, Run, Box<OverlayMesh>),
    FreeOverlay(OverlayId),
}

/// The picture of one frame: everything that drawing it needs besides the buffers.
#[derive(Clone, Default, PartialEq)]
struct Picture {
    view: FrameView,
    style: Option<Style>,
    quality: Quality,
    drawn: Vec<TileId>,
    overlays: Vec<(OverlayId, f32)>,
}

/// The main world's side of the renderer: what exists and what is drawn.
#[derive(Resource)]
pub struct Scene {
    local_from_ecef: DMat4,
    runs: RunAllocator,
    tiles: BTreeMap<TileId, Run>,
    layers: BTreeMap<LayerId, Run>,
    /// With the bytes that each holds.
    overlays: BTreeMap<OverlayId, u64>,
    changes: Vec<Change>,
    picture: Picture,
    /// The quality that tiles are made for.
    whole: Quality,
    /// Whether more of what the picture shows is on its way.
    more_comes: bool,
    /// How long the frame has decoded tiles.
    sliced_secs: f64,
}

impl Default for Scene {
    fn default() -> Self {
        Self {
            local_from_ecef: DMat4::IDENTITY,
            runs: RunAllocator::default(),
            tiles: BTreeMap::new(),
            layers: BTreeMap::new(),
            overlays: BTreeMap::new(),
            changes: Vec::new(),
            picture: Picture::default(),
            whole: Quality::default(),
            more_comes: false,
            sliced_secs: 0.0,
        }
    }
}

impl Scene {
    /// Sets the local frame. To be called before the first tile.
    pub fn set_local_frame(&mut self, local_from_ecef: DMat4) {
        self.local_from_ecef = local_from_ecef;
    }

    /// Takes over a tile's meshes with the state of each feature. Gives the bytes that the GPU holds for it; `None`
    /// where the palette has no room for its features.
    pub fn create_tile(&mut self, tile: TileId, content: &TileContent, states: &[FeatureState]) -> Option<u64> {
        let run = self.runs.take(content.features.count)?;
        let uploads: Vec<Upload> = content.meshes.iter().map(|mesh| self.upload(mesh)).collect();
        let bytes = uploads.iter().map(Upload::bytes).sum();
        self.tiles.insert(tile, run);
        self.changes.push(Change::Create(tile, run, uploads));
        let texels =
            (0..run.count).map(|feature| states.get(feature as usize).copied().unwrap_or_default().texel()).collect();
        self.changes.push(Change::Texels(run.first, texels));
        Some(bytes)
    }

    fn upload(&self, mesh: &crate::stream::Mesh) -> Upload {
        let local_from_mesh = self.local_from_ecef * mesh.ecef_from_mesh;
        let size = mesh.bounds.size();
        let color = match mesh.class {
            MeshClass::Other { color } => color.map(|channel| f32::from(channel) / 255.0),
            _ => [0.8, 0.8, 0.8, 1.0],
        };
        // Without edges corners can be shared; they are told apart only where colours are to be found by their number.
        let shared = (SHARES_CORNERS && !self.whole.edges).then(|| shared_corners(mesh)).flatten();
        let alone = || Shared { vertices: facets(mesh), indices: Vec::new(), flat: false };
        let Shared { vertices, indices, flat } = shared.unwrap_or_else(alone);
        Upload {
            local_from_mesh,
            center: local_from_mesh.transform_point3(mesh.bounds.center()),
            radius_m: size.length() * 0.5 * local_from_mesh.x_axis.truncate().length().max(1.0),
            vertices,
            indices,
            flat,
            colors: facet_colors(mesh),
            color,
            layer: Layer::of(mesh.class),
        }
    }

    /// Lets go of a tile.
    pub fn free_tile(&mut self, tile: TileId) {
        if let Some(run) = self.tiles.remove(&tile) {
            self.runs.give_back(run);
            self.changes.push(Change::Free(tile));
        }
    }

    /// Sets how one feature of a tile looks.
    pub fn set_state(&mut self, tile: TileId, feature: u32, state: FeatureState) {
        if let Some(run) = self.tiles.get(&tile)
            && feature < run.count
        {
            self.changes.push(Change::Texels(run.first + feature, vec![state.texel()]));
        }
    }

    /// Sets how the features of a layer's overlays look, all of them each time; with none, lets go of the layer. Gives
    /// whether the palette has room for them.
    pub fn set_layer_states(&mut self, layer: LayerId, states: &[FeatureState]) -> bool {
        let fits = |run: &Run| !states.is_empty() && run.count as usize >= states.len();
        if let Some(run) = self.layers.get(&layer).copied().filter(|run| !fits(run)) {
            self.layers.remove(&layer);
            self.runs.give_back(run);
        }
        if states.is_empty() {
            return true;
        }
        let run = self.layers.get(&layer).copied().or_else(|| self.runs.take(u32::try_from(states.len()).ok()?));
        let Some(run) = run else { return false };
        self.layers.insert(layer, run);
        self.changes.push(Change::Texels(run.first, states.iter().map(|state| state.texel()).collect()));
        true
    }

    /// Takes over an overlay of a layer whose states are set.
    pub fn create_overlay(&mut self, id: OverlayId, layer: LayerId, mesh: OverlayMesh) {
        self.free_overlay(id);
        let Some(run) = self.layers.get(&layer).copied() else { return };
        self.overlays.insert(id, mesh.bytes());
        self.changes.push(Change::CreateOverlay(id, run, Box::new(mesh)));
    }

    /// Lets go of an overlay.
    pub fn free_overlay(&mut self, id: OverlayId) {
        if self.overlays.remove(&id).is_some() {
            self.changes.push(Change::FreeOverlay(id));
        }
    }

    /// Bytes that the GPU holds for all overlays.
    pub fn overlay_bytes(&self) -> u64 {
        self.overlays.values().sum()
    }

    /// Sets what is drawn from now on.
    pub fn draw(&mut self, view: FrameView, style: &Style, drawn: &[TileId]) {
        self.picture.view = view;
        if self.picture.style.as_ref() != Some(style) {
            self.picture.style = Some(style.clone());
        }
        self.picture.drawn.clear();
        self.picture.drawn.extend_from_slice(drawn);
    }

    /// Sets which overlays are drawn, bottom first, with their opacity.
    pub fn draw_overlays(&mut self, overlays: Vec<(OverlayId, f32)>) {
        self.picture.overlays = overlays;
    }

    /// Says whether more of what the picture shows is on its way, and how long the frame has decoded tiles, seconds.
    pub fn expect_more(&mut self, more_comes: bool, sliced_secs: f64) {
        (self.more_comes, self.sliced_secs) = (more_comes, sliced_secs);
    }

    /// Sets the quality steps. Tiles that come later are made for them.
    pub fn set_quality(&mut self, quality: Quality) {
        (self.whole, self.picture.quality) = (quality, quality);
    }

    /// Draws less than that until the quality is set again; tiles are made for the whole of it all the same.
    pub fn lower_quality(&mut self, lower: impl FnOnce(Quality) -> Quality) {
        self.picture.quality = lower(self.whole);
    }

    /// How many tiles and overlays the scene holds.
    #[cfg(test)]
    pub fn held(&self) -> (usize, usize) {
        (self.tiles.len(), self.overlays.len())
    }
}

#[cfg(test)]
mod tests;
