//! Bounding volumes: regions hold what lies in them, distances and sight never leave out what is there.

use glam::{DMat4, DVec3};
use proptest::prelude::*;

use super::fixtures::{Dice, frame, look};
use crate::geo::{Ecef, Geodetic};
use crate::stream::{Eye, Volume};

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_region_holds_its_points(
        west in -3.1_f64..3.1, south in -1.5_f64..1.4, width in 1e-6_f64..2.0, height in 1e-6_f64..0.1,
        low_m in -400.0_f64..0.0, high_m in 1.0_f64..3000.0, seed: u64,
    ) {
        let volume = Volume::from_region([west, south, west + width, south + height, low_m, high_m]);
        let mut dice = Dice(seed);
        for _ in 0..30 {
            let lon_deg = (west + width * dice.between(0.0, 1.0)).to_degrees();
            let lat_deg = (south + height * dice.between(0.0, 1.0)).to_degrees();
            let Ecef(point) = Geodetic { lon_deg, lat_deg, height_m: dice.between(low_m, high_m) }.into();
            // Between the sampled points the earth bulges: for a region of a degree less than a metre.
            let bulge_m = 6.4e6 * (width.max(height) / 8.0).powi(2) / 8.0 + 1e-3;
            prop_assert!(volume.distance_m(point) <= bulge_m, "{} m", volume.distance_m(point));
        }
    }

    #[test]
    fn whatever_has_a_point_in_the_picture_is_seen(seed: u64) {
        let mut dice = Dice(seed);
        let mut point = |reach: f64| DVec3::from_array([0; 3].map(|_| dice.between(-reach, reach)));
        let view = look(point(500.0) + DVec3::Z * 600.0, point(300.0));
        let eye = Eye::new(&view);
        let turn = DMat4::from_euler(glam::EulerRot::XYZ, point(3.0).x, point(3.0).y, point(3.0).z);
        let ecef_from_tile = frame().ecef_from_local * DMat4::from_translation(point(800.0)) * turn;
        let size = point(200.0).abs() + DVec3::ONE;
        let volume = Volume::from_box(&[0., 0., 0., size.x, 0., 0., 0., size.y, 0., 0., 0., size.z], &ecef_from_tile);
        for _ in 0..30 {
            let inside = ecef_from_tile.transform_point3(point(1.0) * size);
            prop_assert!(volume.distance_m(inside) < 1e-6);
            let offset = inside - view.eye_ecef;
            let depth = offset.dot(view.forward);
            let tan = (view.fov_y / 2.0).tan();
            let in_picture = depth > 0.0
                && offset.dot(view.up).abs() < depth * tan
                && offset.dot(view.right).abs() < depth * tan * 800.0 / 600.0;
            prop_assert!(!in_picture || eye.sees(&volume, 1e9));
            let nearest = volume.distance_m(view.eye_ecef);
            prop_assert!(nearest <= offset.length() + 1e-6);
        }
    }
}

#[test]
fn the_error_in_the_picture_is_a_length_seen_from_a_distance() {
    let volume = Volume::from_sphere([0.0, 0.0, 0.0, 10.0], &frame().ecef_from_local);
    let eye = Eye::new(&look(DVec3::new(0.0, -110.0, 0.0), DVec3::ZERO));
    // 600 px cover 2 · 100 m · tan 30° at 100 m: 5 m are 25.98 px.
    assert!((eye.screen_error_px(&volume, 5.0) - 25.980_762).abs() < 1e-4);
    assert_eq!(eye.screen_error_px(&volume, 0.0), 0.0);
    let inside = Eye::new(&look(DVec3::new(0.0, -5.0, 0.0), DVec3::ZERO));
    assert_eq!(inside.screen_error_px(&volume, 5.0), f64::INFINITY);
}
