//! What of a frame's meshes is drawn, and in which order: what hides much first, what is hidden much last, and of both
//! what is near before what is far. The same in a window and in a browser; it draws nothing itself.

use glam::{DMat4, DVec3, Vec4};

use super::palette::Run;
use super::uniforms::{DrawUniform, srgb};
use super::{FrameView, Layer, OverlayId, Picture, Upload};

/// Width of the outlines of overlays, logical points.
const LINE_WIDTH_PT: f32 = 2.0;

/// Where a mesh stands and as what it is drawn.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Takes mesh coordinates to local ones.
    pub local_from_mesh: DMat4,
    /// The middle of a sphere around it, local.
    pub center: DVec3,
    /// The sphere's radius, metres.
    pub radius_m: f64,
    /// Colour of content without a class, sRGB.
    pub color: [f32; 4],
    /// When it is drawn.
    pub layer: Layer,
}

impl Placed {
    /// Where an upload stands.
    pub fn of(upload: &Upload) -> Self {
        let Upload { local_from_mesh, center, radius_m, color, layer, .. } = *upload;
        Self { local_from_mesh, center, radius_m, color, layer }
    }

    /// From the eye to the nearest point of the sphere.
    fn distance_m(&self, view: &FrameView) -> f64 {
        (self.center.distance(view.eye_local) - self.radius_m).max(0.0)
    }

    /// Whether the sphere reaches into the view's pyramid.
    fn is_seen(&self, view: &FrameView) -> bool {
        let to_center = self.center - view.eye_local;
        let half_y = view.fov_y * 0.5;
        let half_x = (half_y.tan() * view.size_px[0] / view.size_px[1].max(1.0)).atan();
        let depth = to_center.dot(view.forward);
        let beside =
            |axis: DVec3, half: f64| to_center.dot(axis).abs() * half.cos() - depth * half.sin() <= self.radius_m;
        depth >= -self.radius_m && beside(view.right, half_x) && beside(view.up, half_y)
    }

    /// What the shader is told of it.
    pub fn uniform(&self, view: &FrameView, run: Run) -> DrawUniform {
        let [r, g, b, a] = self.color;
        DrawUniform {
            rel_from_mesh: view.rel_from_mesh(&self.local_from_mesh),
            info: info(Some(run), 1.0),
            color: Vec4::new(srgb(r), srgb(g), srgb(b), a),
        }
    }
}

/// A mesh to draw, with the palette's run of its tile.
pub struct Item<'a, M> {
    /// The mesh.
    pub mesh: &'a M,
    /// Where its features stand in the palette.
    pub run: Run,
    /// Whether the camera can see it.
    pub seen: bool,
    distance_m: f64,
}

/// The meshes of the drawn tiles in the order of drawing: layer by layer, in each from near to far, so that what is
/// hidden is not coloured first.
pub fn in_order<'a, M: AsRef<Placed>>(
    view: &FrameView,
    meshes: impl Iterator<Item = (Run, &'a M)>,
) -> Vec<Item<'a, M>> {
    let item = |(run, mesh): (Run, &'a M)| {
        let placed = mesh.as_ref();
        Item { mesh, run, seen: placed.is_seen(view), distance_m: placed.distance_m(view) }
    };
    let mut items: Vec<Item<'a, M>> = meshes.map(item).collect();
    let layer = |item: &Item<'a, M>| item.mesh.as_ref().layer;
    items.sort_by(|a, b| layer(a).cmp(&layer(b)).then(a.distance_m.total_cmp(&b.distance_m)));
    items
}

/// What the sky's shader is told: the view's axes.
pub fn sky_uniform(view: &FrameView) -> DrawUniform {
    DrawUniform { rel_from_mesh: view.sky_axes(), info: info(None, 1.0), color: Vec4::ZERO }
}

/// What an overlay's shaders are told.
pub fn overlay_uniform(view: &FrameView, local_from_mesh: &DMat4, run: Run, opacity: f32) -> DrawUniform {
    DrawUniform { rel_from_mesh: view.rel_from_mesh(local_from_mesh), info: info(Some(run), opacity), color: Vec4::ONE }
}

fn info(run: Option<Run>, opacity: f32) -> Vec4 {
    Vec4::new(run.map_or(0.0, |run| run.first as f32), opacity, LINE_WIDTH_PT, 0.0)
}

/// The overlays of a picture that `held` has, bottom first, with their opacity.
pub fn overlays<'a, O>(
    picture: &'a Picture,
    held: &'a std::collections::BTreeMap<OverlayId, O>,
) -> impl Iterator<Item = (&'a O, f32)> {
    picture.overlays.iter().filter_map(|(id, opacity)| Some((held.get(id)?, *opacity)))
}
