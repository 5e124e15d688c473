//! Plans by place.

use std::collections::BTreeSet;

use ::geo::{Area, BooleanOps, BoundingRect, Coord, Distance, Euclidean, Intersects, MultiPolygon, Point, Rect};

use super::DevelopmentPlan;
use crate::geo::MetresAround;

/// A building lies in a plan that covers more of it than this, square metres …
const LEAST_COMMON_M2: f64 = 5.0;
/// … or more than this share.
const LEAST_COMMON_SHARE: f64 = 0.02;

/// Square metres of a square degree at a place, near enough for such a question.
fn m2_per_deg2(at: Rect<f64>) -> f64 {
    const M_PER_DEG: f64 = 111_320.0;
    M_PER_DEG * M_PER_DEG * at.center().y.to_radians().cos()
}

/// Plans in the order of their ids, with a box around each, so that asking for a place looks closely at few.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlanLayer {
    plans: Vec<DevelopmentPlan>,
    /// Of each plan; `None` where it has no area.
    bounds: Vec<Option<Rect<f64>>>,
}

impl PlanLayer {
    /// A layer of these plans.
    pub fn new(mut plans: Vec<DevelopmentPlan>) -> Self {
        plans.sort_by(|one, other| one.id.cmp(&other.id));
        let bounds = plans.iter().map(|plan| plan.geometry.bounding_rect()).collect();
        Self { plans, bounds }
    }

    /// All plans, by id.
    pub fn plans(&self) -> &[DevelopmentPlan] {
        &self.plans
    }

    /// The plan with that id.
    pub fn get(&self, id: &str) -> Option<&DevelopmentPlan> {
        let index = self.plans.binary_search_by(|plan| plan.id.as_str().cmp(id)).ok()?;
        self.plans.get(index)
    }

    /// The plans that a point in degrees lies in or on the border of, by id.
    pub fn plans_at(&self, lon_deg: f64, lat_deg: f64) -> impl Iterator<Item = &DevelopmentPlan> {
        let point = Point::new(lon_deg, lat_deg);
        self.near(move |bounds| bounds.intersects(&point)).filter(move |plan| plan.geometry.intersects(&point))
    }

    /// The plans that a building's footprint in degrees lies in, by id. Footprints and plans are drawn from different
    /// maps: a plan that only borders on a building, or reaches into it by the width of a line, is not named.
    pub fn plans_under<'s>(&'s self, footprint: &'s MultiPolygon<f64>) -> impl Iterator<Item = &'s DevelopmentPlan> {
        let around = footprint.bounding_rect();
        let whole_m2 = footprint.unsigned_area() * around.map_or(0.0, m2_per_deg2);
        self.near(move |bounds| around.is_some_and(|around| bounds.intersects(&around))).filter(move |plan| {
            let common = plan.geometry.intersection(footprint).unsigned_area();
            let common_m2 = common * around.map_or(0.0, m2_per_deg2);
            common_m2 > LEAST_COMMON_M2 || common_m2 > LEAST_COMMON_SHARE * whole_m2
        })
    }

    /// The plans that a building's footprint in degrees does not lie in but that come as near to it as `reach_m`, with
    /// their distance in metres, nearest first.
    pub fn plans_within(&self, footprint: &MultiPolygon<f64>, reach_m: f64) -> Vec<(&DevelopmentPlan, f64)> {
        let Some(around) = footprint.bounding_rect() else { return Vec::new() };
        let plane = MetresAround::at(around.center().x, around.center().y);
        let [x, y] = plane.degrees(reach_m);
        let reach = Rect::new(around.min() - Coord { x, y }, around.max() + Coord { x, y });
        let here: BTreeSet<&str> = self.plans_under(footprint).map(|plan| plan.id.as_str()).collect();
        let house = plane.of(footprint);
        let others = self.near(|bounds| bounds.intersects(&reach)).filter(|plan| !here.contains(plan.id.as_str()));
        let away = others.map(|plan| (plan, Euclidean.distance(&plane.of(&plan.geometry), &house)));
        let mut found: Vec<_> = away.filter(|(_, distance_m)| *distance_m <= reach_m).collect();
        found.sort_by(|one, other| one.1.total_cmp(&other.1).then_with(|| one.0.id.cmp(&other.0.id)));
        found
    }

    fn near(&self, is_near: impl Fn(&Rect<f64>) -> bool) -> impl Iterator<Item = &DevelopmentPlan> {
        let pairs = self.plans.iter().zip(&self.bounds);
        pairs.filter(move |(_, bounds)| bounds.as_ref().is_some_and(&is_near)).map(|(plan, _)| plan)
    }
}
