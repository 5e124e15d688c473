//! Triangulation: shapes by cases, random points by properties, and every polygon of the real files.

use expect_test::{Expect, expect};
use glam::DVec3;
use proptest::prelude::*;

use super::super::test_polygons::{flat, of_buildings, placed};
use super::super::{Polygon3, mend, newell};
use super::*;

fn check(polygon: &Polygon3, expected: Expect) {
    let found = match triangulate(polygon) {
        Ok(triangles) => format!("{triangles:?}"),
        Err(error) => error.to_string(),
    };
    expected.assert_eq(&found);
}

#[test]
fn small_shapes() {
    check(&flat(&[(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)], &[]), expect!["[[0, 1, 2]]"]);
    check(&flat(&[(0.0, 0.0), (4.0, 0.0), (4.0, 3.0), (0.0, 3.0)], &[]), expect!["[[0, 1, 2], [0, 2, 3]]"]);
    // An arrowhead: the diagonal from 0 to 2 would lie outside.
    check(&flat(&[(0.0, 0.0), (2.0, 1.0), (0.0, 2.0), (1.0, 1.0)], &[]), expect!["[[3, 0, 1], [1, 2, 3]]"]);
    let window =
        flat(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)], &[&[(1.0, 1.0), (1.0, 3.0), (3.0, 3.0), (3.0, 1.0)]]);
    assert_eq!(triangulate(&window).map(|triangles| triangles.len()), Ok(8));
}

#[test]
fn what_has_no_triangles() {
    check(&Polygon3::default(), expect!["a ring of 0 points has no area"]);
    check(&flat(&[(0.0, 0.0), (1.0, 0.0)], &[]), expect!["a ring of 2 points has no area"]);
    check(&flat(&[(0.0, 0.0), (1.0, 0.0), (2.0, 0.0)], &[]), expect!["the ring has no area"]);
    check(&flat(&[(0.0, 0.0), (f64::NAN, 0.0), (2.0, 1.0)], &[]), expect!["the ring has no area"]);
    // A bow-tie of two unequal wings: 3 m² of one sense and 1 m² of the other.
    let bow_tie = flat(&[(0.0, 0.0), (4.0, 2.0), (4.0, 0.0), (0.0, 3.0)], &[]);
    assert!(matches!(triangulate(&bow_tie), Err(TriangulateError::NotSimple { .. })));
    // A hole without area is no reason to have none.
    let slit = flat(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)], &[&[(1.0, 1.0), (2.0, 2.0)]]);
    assert!(triangulate(&slit).is_ok());
}

/// A star around the middle with a hole in it, in any place and attitude.
fn stars() -> impl Strategy<Value = Polygon3> {
    let turn = (-3.0..3.0, -1.5..1.5, -3.0..3.0);
    (proptest::collection::vec(1.0..50.0f64, 3..60), any::<bool>(), turn).prop_map(|(radii, with_hole, turn)| {
        let count = radii.len();
        let at = |index: usize, radius: f64| {
            let angle = index as f64 / count as f64 * std::f64::consts::TAU;
            DVec3::new(radius * angle.cos(), radius * angle.sin(), 0.0)
        };
        let exterior = radii.iter().enumerate().map(|(index, &radius)| at(index, radius)).collect();
        let hole: Vec<DVec3> = (0..count).rev().map(|index| at(index, 0.4)).collect();
        placed(&Polygon3 { exterior, interiors: if with_hole { vec![hole] } else { vec![] } }, turn)
    })
}

proptest! {
    #[test]
    fn triangles_have_the_polygons_area_and_side(polygon in stars()) {
        let triangles = triangulate(&polygon).unwrap();
        let points: Vec<DVec3> = polygon.points().collect();
        let area = triangles_area_m2(&points, &triangles);
        prop_assert!((area - polygon.area_m2()).abs() <= 1e-6 * polygon.area_m2(), "{area} for {}", polygon.area_m2());
        let normal = polygon.normal().unwrap();
        for triangle in &triangles {
            let side = newell(&triangle.map(|index| points[index as usize])).dot(normal);
            prop_assert!(side > 0.0);
        }
    }

    #[test]
    fn any_points_are_triangulated_without_panic(points in proptest::collection::vec(proptest::collection::vec((-5i8..5, -5i8..5, -1i8..2), 0..9), 1..4)) {
        let ring = |ring: &Vec<(i8, i8, i8)>| ring.iter().map(|&(x, y, z)| DVec3::new(x.into(), y.into(), z.into())).collect();
        let polygon = Polygon3 { exterior: ring(&points[0]), interiors: points[1..].iter().map(ring).collect() };
        let count = polygon.points().count() as u32;
        if let Ok(triangles) = triangulate(&polygon) {
            prop_assert!(triangles.iter().flatten().all(|index| *index < count));
        }
    }
}

#[test]
fn every_polygon_of_the_real_files_is_triangulated() {
    for path in
        ["citygml/nrw_280_5657.gml", "citygml/libcitygml_berlin_sample.gml", "citygml/c4j_lod2_buildings_v3.gml"]
    {
        let Some(buildings) = of_buildings(path) else { return };
        for polygon in buildings.iter().flatten() {
            let mended = mend(polygon).unwrap().polygon;
            assert!(triangulate(&mended).is_ok(), "{path}: {polygon:?}");
        }
    }
}

/// The area of triangles over points in space, in square metres.
fn triangles_area_m2(points: &[DVec3], triangles: &[[u32; 3]]) -> f64 {
    triangles
        .iter()
        .filter_map(|triangle| {
            let corners = triangle.map(|index| points.get(index as usize).copied());
            Some(newell(&[corners[0]?, corners[1]?, corners[2]?]).length() * 0.5)
        })
        .sum()
}
