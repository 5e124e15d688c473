//! What the shadow map covers: a square around what the camera looks at, as large as the view is far, moved in whole
//! texels so that shadows do not crawl. It is drawn again only when it has to be.

use glam::{DMat4, DVec3};

use super::FrameView;
use super::uniforms::ShadowVolume;

/// Half the height of the space above and below the focus that casts shadows, metres.
const REACH_M: f64 = 1500.0;

/// The volume for a view; `None` when the sun is below the horizon.
pub fn volume(view: &FrameView, texels: u32) -> Option<ShadowVolume> {
    let sun = view.sun_local;
    if texels == 0 || sun.z < 0.03 {
        return None;
    }
    let distance_m = view.eye_local.distance(view.focus_local).max(60.0);
    // In steps, so that a slow zoom does not draw the map anew in every frame.
    let half_m = (1.9f64).powf((distance_m * 0.95).log(1.9).ceil()).min(4000.0);
    let texel_m = 2.0 * half_m / f64::from(texels);
    let right = DVec3::Z.cross(sun).try_normalize().unwrap_or(DVec3::X);
    let up = sun.cross(right);
    let snap = |axis: DVec3| (view.focus_local.dot(axis) / (texel_m * 64.0)).round() * texel_m * 64.0;
    let snapped = right * snap(right) + up * snap(up) + sun * snap(sun);
    let light_from_local = DMat4::look_to_rh(snapped + sun * REACH_M, -sun, up);
    let clip_from_light = DMat4::orthographic_rh(-half_m, half_m, -half_m, half_m, 0.0, 2.0 * REACH_M);
    Some(ShadowVolume { clip_from_local: clip_from_light * light_from_local, texel_m })
}
