//! Where the city is: the box around its buildings, without the few that a slip of a digit put far away from all others.
//!
//! On each axis buildings are counted by kilometre. Where nothing is for longer than a district's width, the axis falls
//! apart, and the part with the most buildings is the city. One building too far off would spread the ground, which is
//! tiled everywhere, over a country.

use std::collections::BTreeMap;

use ::geo::{Coord, Rect};
use glam::DVec2;

use crate::report::Place;

/// Buildings of one city are not parted by more kilometres without any; exclaves lie closer.
const WIDEST_GAP_KM: i64 = 20;

/// The buildings of one kilometre of an axis.
#[derive(Clone, Debug)]
struct Kilometre {
    buildings: u64,
    low_m: f64,
    high_m: f64,
    /// The first of them, to be named.
    first: Place,
}

/// Where buildings are, in the city's system.
#[derive(Debug, Default)]
pub(super) struct Extent {
    axes: [BTreeMap<i64, Kilometre>; 2],
}

impl Extent {
    /// Adds a building by the corners of its box.
    pub(super) fn add(&mut self, low: DVec2, high: DVec2, place: &Place) {
        let corners = low.to_array().into_iter().zip(high.to_array());
        for (axis, (low_m, high_m)) in self.axes.iter_mut().zip(corners) {
            let none = || Kilometre { buildings: 0, low_m, high_m, first: place.clone() };
            let kilometre = axis.entry(((low_m + high_m) * 0.0005).floor() as i64).or_insert_with(none);
            kilometre.buildings += 1;
            kilometre.low_m = kilometre.low_m.min(low_m);
            kilometre.high_m = kilometre.high_m.max(high_m);
        }
    }

    /// The box around the city, and the first buildings of each kilometre that lies far off it; `None` without any.
    pub(super) fn city(&self) -> Option<(Rect, Vec<&Place>)> {
        let mut far = Vec::new();
        let [x, y] = self.axes.each_ref().map(|axis| {
            let parts = parts(axis);
            let city = parts.iter().enumerate().max_by_key(|(index, part)| (buildings(part), usize::MAX - index))?.0;
            let others = parts.iter().enumerate().filter(|(index, _)| *index != city);
            far.extend(others.flat_map(|(_, part)| part).map(|kilometre| &kilometre.first));
            let city = parts.get(city)?;
            let low_m = city.iter().map(|kilometre| kilometre.low_m).fold(f64::INFINITY, f64::min);
            let high_m = city.iter().map(|kilometre| kilometre.high_m).fold(f64::NEG_INFINITY, f64::max);
            Some((low_m, high_m))
        });
        let ((west, east), (south, north)) = (x?, y?);
        // One may be far off on both axes.
        far.sort_by(|one: &&Place, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
        far.dedup();
        Some((Rect::new(Coord { x: west, y: south }, Coord { x: east, y: north }), far))
    }
}

/// An axis cut where nothing is for too long.
fn parts(axis: &BTreeMap<i64, Kilometre>) -> Vec<Vec<&Kilometre>> {
    let mut parts: Vec<Vec<&Kilometre>> = Vec::new();
    let mut last_km = None;
    for (&km, kilometre) in axis {
        match parts.last_mut().filter(|_| last_km.is_some_and(|last_km| km - last_km <= WIDEST_GAP_KM)) {
            Some(part) => part.push(kilometre),
            None => parts.push(vec![kilometre]),
        }
        last_km = Some(km);
    }
    parts
}

fn buildings(part: &[&Kilometre]) -> u64 {
    part.iter().map(|kilometre| kilometre.buildings).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent(places_km: &[(f64, f64)]) -> Extent {
        let mut extent = Extent::default();
        for (index, &(x, y)) in places_km.iter().enumerate() {
            let low = DVec2::new(x, y) * 1000.0;
            let place = Place { file: "a.gml".into(), line: index as u64 + 1, object: None };
            extent.add(low, low + 10.0, &place);
        }
        extent
    }

    #[test]
    fn a_building_far_off_is_named_and_not_in_the_box() {
        assert!(Extent::default().city().is_none());
        let city = [(691.0, 5334.0), (692.0, 5335.5), (702.0, 5330.0)];
        let slips = [(771.0, 5434.0), (691.0, 533.4)];
        let extent = extent(&[city.as_slice(), &slips].concat());
        let (area, far) = extent.city().unwrap();
        assert_eq!((area.min().x_y(), area.max().x_y()), ((691_000.0, 5_330_000.0), (702_010.0, 5_335_510.0)));
        assert_eq!(far.iter().map(|place| place.line).collect::<Vec<_>>(), [4, 5]);
    }

    #[test]
    fn suburbs_belong_to_the_city() {
        let extent = extent(&[(691.0, 5334.0), (705.0, 5334.0), (720.0, 5350.0)]);
        let (area, far) = extent.city().unwrap();
        assert_eq!((area.width(), far.len()), (29_010.0, 0));
    }
}
