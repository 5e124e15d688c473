//! What lies around a house: the places of everyday life that are near on foot.
//!
//! Whole layers are loaded once and searched here, so that nobody is asked about a house. How long a way takes is a rule
//! of thumb and says so: as the crow flies, times [`DETOUR`], at [`WALK_M_PER_SECS`].

use ::geo::{BoundingRect, Distance, Euclidean, MultiPolygon, Point};

use super::plan::PlanLink;
use crate::geo::{Geodetic, MetresAround};
use crate::plan::{DevelopmentPlan, PlanLayer};
use crate::points::{NamedPoint, PointLayer, category_name};
use crate::texts::{fill, metres, number};
use crate::twin::{Language, LayerInfo, PointCategory};

/// Plans as near as this are told beside those that a building lies in, metres.
pub const PLANS_WITHIN_M: f64 = 300.0;
/// Places farther away than this as the crow flies are not near, metres.
pub const NEAR_WITHIN_M: f64 = 1000.0;
/// How much longer than the crow's way people's way through a town is.
pub const DETOUR: f64 = 1.3;
/// How fast people walk, metres a second.
pub const WALK_M_PER_SECS: f64 = 1.2;
/// How many places of a category are told.
const NEAREST: usize = 3;

/// A place near a house.
#[derive(Clone, Debug, PartialEq)]
pub struct NearPlace {
    /// What it is and where.
    pub point: NamedPoint,
    /// As the crow flies from the nearest corner or side of the house, metres.
    pub distance_m: f64,
}

/// The nearest places of each category that has a layer, in the order of [`PointCategory::ALL`], nearest first; empty
/// where none is near. `footprint` is what the house covers, in degrees.
pub fn near_places(
    layers: &[(PointCategory, &PointLayer)],
    footprint: &MultiPolygon<f64>,
) -> Vec<(PointCategory, Vec<NearPlace>)> {
    let known = PointCategory::ALL.into_iter().filter(|one| layers.iter().any(|(category, _)| category == one));
    let Some(around) = footprint.bounding_rect() else { return Vec::new() };
    let plane = MetresAround::at(around.center().x, around.center().y);
    let house = plane.of(footprint);
    let nearest = |wanted: PointCategory| {
        let of_category = layers.iter().filter(|(category, _)| *category == wanted);
        let away = of_category.flat_map(|(_, layer)| layer.points()).map(|point| {
            let place = plane.of(&Point::new(point.place.lon_deg, point.place.lat_deg));
            (point, Euclidean.distance(&place, &house))
        });
        let mut near: Vec<(&NamedPoint, f64)> = away.filter(|(_, distance_m)| *distance_m <= NEAR_WITHIN_M).collect();
        near.sort_by(|one, other| one.1.total_cmp(&other.1).then_with(|| one.0.name.cmp(&other.0.name)));
        near.truncate(NEAREST);
        near.into_iter().map(|(point, distance_m)| NearPlace { point: point.clone(), distance_m }).collect()
    };
    known.map(|category| (category, nearest(category))).collect()
}

/// The plans of all layers near a house that it does not lie in, nearest first, with their distance in metres.
pub fn near_plans<'a>(
    layers: impl Iterator<Item = (&'a LayerInfo, &'a PlanLayer)>,
    footprint: &MultiPolygon<f64>,
) -> Vec<(&'a LayerInfo, &'a DevelopmentPlan, f64)> {
    let within = |(info, layer): (&'a LayerInfo, &'a PlanLayer)| {
        let found = layer.plans_within(footprint, PLANS_WITHIN_M).into_iter();
        found.map(move |(plan, distance_m)| (info, plan, distance_m))
    };
    let mut near: Vec<_> = layers.flat_map(within).collect();
    near.sort_by(|one, other| one.2.total_cmp(&other.2));
    near
}

/// Whole minutes on foot for a distance as the crow flies, at least one.
pub fn walk_minutes(distance_m: f64) -> u32 {
    (distance_m * DETOUR / WALK_M_PER_SECS / 60.0).ceil().clamp(1.0, 1e6) as u32
}

/// What lies around a house, in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Around {
    /// Plans that it lies in.
    pub plans: Vec<PlanLink>,
    /// Other plans within [`PLANS_WITHIN_M`], nearest first.
    pub plans_near: Vec<PlanLink>,
    /// Places near on foot.
    pub near: Vec<NearGroup>,
}

/// The nearest places of a category, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct NearGroup {
    /// The category in words.
    pub title: String,
    /// Nearest first; empty where none is near.
    pub places: Vec<NearLine>,
}

/// A place near on foot, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct NearLine {
    /// Its name, with its note where it has one.
    pub name: String,
    /// How far it is as the crow flies, and how long it takes on foot.
    pub way: String,
    /// Where it is.
    pub place: Geodetic,
}

impl NearGroup {
    /// The nearest places of a category in a language.
    pub fn new(category: PointCategory, places: &[NearPlace], language: Language) -> Self {
        let line = |near: &NearPlace| NearLine {
            name: match &near.point.note {
                Some(note) => format!("{} ({note})", near.point.name),
                None => near.point.name.clone(),
            },
            way: way(near.distance_m, language),
            place: near.point.place,
        };
        Self { title: category_name(category, language).to_owned(), places: places.iter().map(line).collect() }
    }
}

/// A distance as people say it: by ten metres, and no nearer than that.
pub fn distance(distance_m: f64, language: Language) -> String {
    metres(language, (distance_m / 10.0).round().max(1.0) * 10.0, 0)
}

fn way(distance_m: f64, language: Language) -> String {
    let minutes = walk_minutes(distance_m);
    let key = if minutes == 1 { "near.minute" } else { "near.minutes" };
    let walk = fill(language, key, "count", &number(language, f64::from(minutes), 0));
    format!("{}, {walk}", distance(distance_m, language))
}

#[cfg(test)]
mod tests {
    use ::geo::Rect;
    use proptest::prelude::*;

    use super::*;

    fn house() -> MultiPolygon<f64> {
        Rect::new((11.5750, 48.1370), (11.5752, 48.1371)).to_polygon().into()
    }

    fn point(name: &str, lon_deg: f64, lat_deg: f64) -> NamedPoint {
        NamedPoint { name: name.into(), note: None, place: Geodetic { lon_deg, lat_deg, height_m: 560.0 } }
    }

    #[test]
    fn the_nearest_few_of_each_category_are_told() {
        let stops = ["d", "b", "c", "a"].iter().zip([0.004, 0.002, 0.003, 0.001]);
        let stops = PointLayer::new(stops.map(|(name, east)| point(name, 11.5752 + east, 48.1370)).collect());
        let (inside, far) = (point("inside", 11.5751, 48.137_05), point("far", 11.60, 48.137));
        let schools = PointLayer::new(vec![inside, far.clone()]);
        let doctors = PointLayer::new(vec![far]);
        let layers =
            [(PointCategory::Doctor, &doctors), (PointCategory::School, &schools), (PointCategory::Stop, &stops)];
        let found = near_places(&layers, &house());
        let told: Vec<(PointCategory, Vec<(&str, i64)>)> = found
            .iter()
            .map(|(category, places)| {
                (
                    *category,
                    places.iter().map(|near| (near.point.name.as_str(), near.distance_m.round() as i64)).collect(),
                )
            })
            .collect();
        let expected = [
            (PointCategory::Stop, vec![("a", 74), ("b", 149), ("c", 223)]),
            (PointCategory::School, vec![("inside", 0)]),
            (PointCategory::Doctor, vec![]),
        ];
        assert_eq!(told, expected);
        assert_eq!(near_places(&layers, &MultiPolygon(Vec::new())), []);
    }

    #[test]
    fn a_way_is_told_in_round_numbers() {
        // 1.3 times 277 m at 1.2 m a second are 300 seconds.
        assert_eq!([0.0, 55.0, 56.0, 276.0, 277.0, 1000.0].map(walk_minutes), [1, 1, 2, 5, 6, 19]);
        assert_eq!(way(3.0, Language::En), "10 m, about 1 minute on foot");
        assert_eq!(way(276.0, Language::De), "280 m, etwa 5 Minuten zu Fuß");
    }

    proptest! {
        #[test]
        fn nothing_near_is_left_out_for_something_farther(
            places in proptest::collection::vec((11.55..11.60, 48.12..48.15), 0..40),
        ) {
            let points = places.iter().enumerate().map(|(n, (lon, lat))| point(&format!("p{n}"), *lon, *lat)).collect();
            let layer = PointLayer::new(points);
            let found = near_places(&[(PointCategory::Stop, &layer)], &house());
            let near = &found[0].1;
            prop_assert!(near.len() <= NEAREST && near.is_sorted_by(|a, b| a.distance_m <= b.distance_m));
            prop_assert!(near.iter().all(|place| place.distance_m <= NEAR_WITHIN_M));
            let plane = MetresAround::at(11.5751, 48.137_05);
            let house = plane.of(&house());
            let all = layer.points().iter().map(|point| {
                Euclidean.distance(&plane.of(&Point::new(point.place.lon_deg, point.place.lat_deg)), &house)
            });
            let last = near.last().map_or(-1.0, |place| place.distance_m);
            let nearer = all.clone().filter(|away| *away < last - 0.01).count();
            let in_reach = all.filter(|away| *away < NEAR_WITHIN_M - 0.01).count();
            prop_assert!(nearer < NEAREST.max(1) && near.len() >= in_reach.min(NEAREST));
        }

        #[test]
        fn a_longer_way_never_takes_less(one in 0.0..2000.0, more in 0.0..2000.0) {
            prop_assert!(walk_minutes(one) <= walk_minutes(one + more));
        }
    }
}
