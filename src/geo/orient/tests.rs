//! Orientation: bodies by cases and random houses, and that real buildings enclose a volume.

use glam::DVec3;
use proptest::prelude::*;

use super::super::test_polygons::of_buildings;
use super::super::{Polygon3, mend};
use super::*;

/// A house of ten by eight metres with a gabled roof, outsides outside.
fn house() -> Vec<Polygon3> {
    let p = |x: f64, y: f64, z: f64| DVec3::new(691_000.0 + x, 5_335_000.0 + y, 500.0 + z);
    let (a, b, c, d) = (p(0.0, 0.0, 0.0), p(10.0, 0.0, 0.0), p(10.0, 8.0, 0.0), p(0.0, 8.0, 0.0));
    let (e, f, g, h) = (p(0.0, 0.0, 6.0), p(10.0, 0.0, 6.0), p(10.0, 8.0, 6.0), p(0.0, 8.0, 6.0));
    let (left, right) = (p(0.0, 4.0, 9.0), p(10.0, 4.0, 9.0));
    [
        vec![d, c, b, a],
        vec![a, b, f, e],
        vec![b, c, g, right, f],
        vec![c, d, h, g],
        vec![d, a, e, left, h],
        vec![e, f, right, left],
        vec![g, h, left, right],
    ]
    .map(|exterior| Polygon3 { exterior, interiors: Vec::new() })
    .to_vec()
}

fn orient(polygons: &mut [Polygon3]) -> Oriented {
    orient_outward(&mut polygons.iter_mut().collect::<Vec<_>>())
}

fn volume_m3(polygons: &[Polygon3]) -> f64 {
    let origin = polygons[0].exterior[0];
    polygons.iter().map(|polygon| cone(polygon, origin) / 6.0).sum()
}

#[test]
fn a_right_house_stays() {
    let mut polygons = house();
    assert_eq!(orient(&mut polygons), Oriented { turned: 0, is_closed: true });
    assert_eq!(polygons, house());
    assert!((volume_m3(&polygons) - (480.0 + 120.0)).abs() < 1e-6);
}

proptest! {
    #[test]
    fn no_house_is_inside_out(turned in proptest::collection::vec(any::<bool>(), 7)) {
        let mut polygons = house();
        polygons.iter_mut().zip(&turned).filter(|(_, turned)| **turned).for_each(|(polygon, _)| turn(polygon));
        let oriented = orient(&mut polygons);
        prop_assert_eq!(oriented.turned as usize, turned.iter().filter(|turned| **turned).count());
        prop_assert_eq!(polygons, house());
    }

    #[test]
    fn a_house_without_a_floor_is_not_inside_out_either(turned in proptest::collection::vec(any::<bool>(), 6)) {
        let right = house()[1..].to_vec();
        let mut polygons = right.clone();
        polygons.iter_mut().zip(&turned).filter(|(_, turned)| **turned).for_each(|(polygon, _)| turn(polygon));
        prop_assert!(!orient(&mut polygons).is_closed);
        prop_assert_eq!(polygons, right);
    }
}

#[test]
fn a_flat_sheet_stays() {
    let mut sheet = vec![house().remove(0)];
    assert_eq!(orient(&mut sheet).turned, 0);
}

#[test]
fn real_buildings_have_volumes_above_zero() {
    let Some(buildings) = of_buildings("citygml/nrw_280_5657.gml") else { return };
    let (mut closed, mut turned) = (0, 0);
    for building in buildings.iter().filter(|building| !building.is_empty()) {
        let mut polygons: Vec<Polygon3> = building.iter().map(|polygon| mend(polygon).unwrap().polygon).collect();
        let oriented = orient(&mut polygons);
        closed += u32::from(oriented.is_closed);
        turned += oriented.turned;
        assert!(volume_m3(&polygons) > 0.0);
    }
    expect_test::expect!["84 closed, 0 polygons turned"]
        .assert_eq(&format!("{closed} closed, {turned} polygons turned"));
}
