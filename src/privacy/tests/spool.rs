//! The spool: round trip of everything, and any bytes.

use proptest::prelude::*;

use super::*;
use crate::privacy::{ReleasedSurface, ReleasedValue};

fn points() -> impl Strategy<Value = Vec<DVec3>> {
    let number = prop_oneof![-1e7..1e7f64, Just(0.0), Just(-0.0), Just(f64::MAX), Just(f64::MIN_POSITIVE)];
    prop::collection::vec([number.clone(), number.clone(), number].prop_map(DVec3::from), 0..6)
}

fn surface() -> impl Strategy<Value = ReleasedSurface> {
    use SurfaceKind::*;
    let kinds =
        [Roof, Wall, Ground, Closure, OuterFloor, OuterCeiling, Window, Door, Installation, Unclassified].to_vec();
    let polygon = (points(), prop::collection::vec(points(), 0..3))
        .prop_map(|(exterior, interiors)| Polygon3 { exterior, interiors });
    (prop::sample::select(kinds), prop::collection::vec(polygon, 0..4))
        .prop_map(|(kind, polygons)| ReleasedSurface { kind, polygons })
}

fn value() -> impl Strategy<Value = Option<ReleasedValue>> {
    prop_oneof![
        Just(None),
        ".{0,12}".prop_map(|text| Some(ReleasedValue::Text(text))),
        any::<i64>().prop_map(|number| Some(ReleasedValue::Integer(number))),
        (-1e9..1e9f64).prop_map(|number| Some(ReleasedValue::Real(number))),
        any::<bool>().prop_map(|truth| Some(ReleasedValue::Boolean(truth))),
        any::<u16>().prop_map(|index| Some(ReleasedValue::Category(index))),
    ]
}

fn released() -> impl Strategy<Value = ReleasedBuilding> {
    let crs =
        (any::<u32>(), prop::option::of(1..u32::MAX)).prop_map(|(horizontal, vertical)| Crs { horizontal, vertical });
    (".{0,20}", crs, prop::collection::vec(surface(), 0..5), prop::collection::vec(value(), 0..8))
        .prop_map(|(id, crs, surfaces, values)| ReleasedBuilding::new(id, crs, surfaces, values))
}

proptest! {
    /// Buildings one after the other come back one after the other.
    #[test]
    fn what_is_spooled_comes_back(buildings in prop::collection::vec(released(), 0..4)) {
        let mut bytes = Vec::new();
        buildings.iter().for_each(|building| building.encode(&mut bytes));
        let mut rest = bytes.as_slice();
        for building in &buildings {
            prop_assert_eq!(&ReleasedBuilding::decode(&mut rest).unwrap(), building);
        }
        prop_assert!(rest.is_empty());
    }

    /// Broken bytes are an error or another building, and never a panic.
    #[test]
    fn any_bytes_are_survived(building in released(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut bytes = Vec::new();
        building.encode(&mut bytes);
        let end = cut.index(bytes.len());
        prop_assert!(ReleasedBuilding::decode(&mut &bytes[..end]).is_err());
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = ReleasedBuilding::decode(&mut bytes.as_slice());
    }

    #[test]
    fn noise_is_survived(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = ReleasedBuilding::decode(&mut bytes.as_slice());
    }
}

#[test]
fn the_bytes_of_a_small_building() {
    let surface = ReleasedSurface { kind: SurfaceKind::Wall, polygons: Vec::new() };
    let values = vec![None, Some(ReleasedValue::Boolean(true)), Some(ReleasedValue::Category(300))];
    let mut bytes = Vec::new();
    ReleasedBuilding::new("a".into(), UTM32, vec![surface], values).encode(&mut bytes);
    // Version, "a", 25832, 7837, one wall without polygons, three values.
    assert_eq!(bytes, [1, 1, b'a', 0xe8, 0xc9, 0x01, 0x9d, 0x3d, 1, 1, 0, 3, 0, 5, 6, 0xac, 0x02]);
}
