//! The uniform blocks of shaders/frame.wgsl, laid out by hand (std140), and how they come from a frame's view.

use bytemuck::{Pod, Zeroable};
use glam::{DMat4, DVec3, Mat4, Vec3, Vec4};

use super::{FrameView, Style};

/// `struct Frame` of shaders/frame.wgsl.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct FrameUniform {
    clip_from_rel: Mat4,
    shadow_from_rel: Mat4,
    sun: Vec4,
    sun_color: Vec4,
    sky_ambient: Vec4,
    ground_ambient: Vec4,
    haze: Vec4,
    zenith: Vec4,
    roof: Vec4,
    wall: Vec4,
    tree: Vec4,
    edge: Vec4,
    hover: Vec4,
    selected: Vec4,
    shadow: Vec4,
    viewport: Vec4,
}

/// `struct Draw` of shaders/frame.wgsl.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct DrawUniform {
    /// Takes mesh coordinates to metres east, north, up of the eye.
    pub rel_from_mesh: Mat4,
    /// First texel of the palette, opacity, line width in points, unused.
    pub info: Vec4,
    /// Colour of content without a class, linear.
    pub color: Vec4,
}

/// What a shadow map covers, in local coordinates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShadowVolume {
    /// Clip space of the shadow map from local coordinates, f64 so that it can be moved to any eye.
    pub clip_from_local: DMat4,
    /// Size of a texel on the ground, metres.
    pub texel_m: f64,
}

impl ShadowVolume {
    /// Whether a sphere may cast a shadow into the volume: it lies beside none of its four sides. How near the sun it
    /// is does not matter.
    pub fn reaches(&self, center: DVec3, radius_m: f64) -> bool {
        let clip = self.clip_from_local;
        let at = clip.transform_point3(center);
        let radius = |row: DVec3| radius_m * row.length();
        at.x.abs() <= 1.0 + radius(clip.row(0).truncate()) && at.y.abs() <= 1.0 + radius(clip.row(1).truncate())
    }
}

/// Extinction between the eye and what it looks at, at most.
const THICKEST_AT_FOCUS: f64 = 1.0;

impl FrameUniform {
    /// The block for a view. Without a shadow volume nothing lies in shadow.
    pub fn of(view: &FrameView, style: &Style, shadow: Option<&ShadowVolume>, shadow_size: u32) -> Self {
        let eye_from_rel = DMat4::from_translation(view.eye_local);
        let linear = |color: [f32; 4]| Vec4::new(srgb(color[0]), srgb(color[1]), srgb(color[2]), color[3]);
        Self {
            clip_from_rel: view.clip_from_rel(),
            shadow_from_rel: shadow.map_or(Mat4::IDENTITY, |volume| (volume.clip_from_local * eye_from_rel).as_mat4()),
            sun: view.sun_local.as_vec3().extend(style.sun_strength),
            sun_color: linear(style.sun),
            sky_ambient: linear(style.sky_ambient),
            ground_ambient: linear(style.ground_ambient),
            haze: linear(style.haze).truncate().extend(haze_per_m(view, style)),
            zenith: linear(style.zenith),
            roof: linear(style.roof),
            wall: linear(style.wall),
            tree: linear(style.tree),
            edge: Vec3::splat(style.edge_shade).extend(style.edge_strength),
            hover: linear(style.hover),
            selected: linear(style.selected),
            shadow: Vec4::new(
                if shadow.is_some() { style.shadow_strength } else { 0.0 },
                shadow.map_or(0.0, |volume| volume.texel_m as f32),
                1.0 / shadow_size as f32,
                view.eye_local.z as f32,
            ),
            viewport: Vec4::new(view.size_px[0] as f32, view.size_px[1] as f32, view.pixels_per_point, 0.0),
        }
    }
}

/// How much of the view a metre of air takes: that of a city, but never so much that what is looked at is lost in it.
fn haze_per_m(view: &FrameView, style: &Style) -> f32 {
    let distance_m = view.eye_local.distance(view.focus_local).max(1.0);
    style.haze_per_m.min((THICKEST_AT_FOCUS / distance_m) as f32)
}

impl FrameView {
    /// The eye's axes as columns: right, up, backward, in local directions.
    fn axes(&self) -> glam::DMat3 {
        glam::DMat3::from_cols(self.right, self.up, -self.forward)
    }

    /// Clip space from metres relative to the eye: reversed depth without a far plane (depth = near / distance).
    pub fn clip_from_rel(&self) -> Mat4 {
        let aspect = (self.size_px[0] / self.size_px[1].max(1.0)) as f32;
        let projection = Mat4::perspective_infinite_reverse_rh(self.fov_y as f32, aspect, self.near_m as f32);
        projection * Mat4::from_mat3(self.axes().transpose().as_mat3())
    }

    /// The matrix of a mesh for this view, made in f64 so that nothing trembles far from the origin.
    pub fn rel_from_mesh(&self, local_from_mesh: &DMat4) -> Mat4 {
        (DMat4::from_translation(-self.eye_local) * *local_from_mesh).as_mat4()
    }

    /// The view's axes for the sky: right and up scaled to the picture's half size, forward.
    pub fn sky_axes(&self) -> Mat4 {
        let half = (self.fov_y * 0.5).tan();
        let aspect = self.size_px[0] / self.size_px[1].max(1.0);
        let column = |v: DVec3| v.as_vec3().extend(0.0);
        Mat4::from_cols(column(self.right * half * aspect), column(self.up * half), column(self.forward), Vec4::W)
    }
}

/// One sRGB channel as linear light (IEC 61966-2-1).
pub fn srgb(value: f32) -> f32 {
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}
