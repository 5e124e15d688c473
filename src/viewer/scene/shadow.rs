//! What the shadow map covers: a square around what the camera looks at, as large as the view is far, moved in whole
//! texels so that shadows do not crawl. It is drawn again only when it has to be.

use glam::{DMat4, DVec3};

use super::FrameView;
use super::uniforms::ShadowVolume;

/// How far above and below the ground around the focus there may be what casts shadows or takes them, along the sun's
/// rays, metres.
const RELIEF_M: f64 = 1500.0;
/// Farther along the rays than this nothing is covered, metres: at the last light shadows are longer than a city.
const FARTHEST_M: f64 = 40_000.0;

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
    // Level ground lies aslant in the map: towards the sun's side by its width times the cotangent of the sun's height.
    let aslant_m = half_m * sun.truncate().length() / sun.z;
    let reach_m = (aslant_m + RELIEF_M).min(FARTHEST_M);
    let right = DVec3::Z.cross(sun).try_normalize().unwrap_or(DVec3::X);
    let up = sun.cross(right);
    let snap = |axis: DVec3| (view.focus_local.dot(axis) / (texel_m * 64.0)).round() * texel_m * 64.0;
    let snapped = right * snap(right) + up * snap(up) + sun * snap(sun);
    let light_from_local = DMat4::look_to_rh(snapped + sun * reach_m, -sun, up);
    let clip_from_light = DMat4::orthographic_rh(-half_m, half_m, -half_m, half_m, 0.0, 2.0 * reach_m);
    Some(ShadowVolume { clip_from_local: clip_from_light * light_from_local, texel_m })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where level ground lies in the map: the largest of its depths within the map's sides, 0 at the near end and 1 at
    /// the far one.
    fn depths(sun_height_deg: f64, distance_m: f64) -> (f64, f64) {
        let (sin, cos) = sun_height_deg.to_radians().sin_cos();
        let focus = DVec3::new(400.0, -300.0, 0.0);
        let view = FrameView {
            eye_local: focus + DVec3::new(0.0, -0.8, 0.6) * distance_m,
            focus_local: focus,
            sun_local: DVec3::new(cos * 0.6, cos * 0.8, sin),
            ..FrameView::default()
        };
        let volume = volume(&view, 2048).expect("the sun is up");
        let mut depths = (f64::INFINITY, f64::NEG_INFINITY);
        for step in 0..10_000 {
            let at = DVec3::new(f64::from(step % 100 - 50), f64::from(step / 100 - 50), 0.0) * (distance_m * 0.6);
            let clip = volume.clip_from_local.transform_point3(focus + at);
            if clip.x.abs() <= 1.0 && clip.y.abs() <= 1.0 {
                depths = (depths.0.min(clip.z), depths.1.max(clip.z));
            }
        }
        depths
    }

    #[test]
    fn the_ground_in_the_map_is_covered_in_depth_also_when_the_sun_is_low() {
        for distance_m in [100.0, 900.0, 5000.0] {
            for sun_height_deg in [8.0, 12.0, 18.4, 40.0, 65.0] {
                let (near, far) = depths(sun_height_deg, distance_m);
                assert!(near >= 0.0 && far <= 1.0, "{sun_height_deg} degrees, {distance_m} m: {near} to {far}");
            }
        }
    }
}
