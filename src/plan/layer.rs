//! Plans by place.

use ::geo::{BoundingRect, Intersects, Point, Polygon, Rect};

use super::DevelopmentPlan;

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

    /// The plans that share at least a point with an area in degrees, by id. A plan that only borders on it counts.
    pub fn plans_touching<'s>(&'s self, area: &'s Polygon<f64>) -> impl Iterator<Item = &'s DevelopmentPlan> {
        let around = area.bounding_rect();
        self.near(move |bounds| around.is_some_and(|around| bounds.intersects(&around)))
            .filter(move |plan| plan.geometry.intersects(area))
    }

    fn near(&self, is_near: impl Fn(&Rect<f64>) -> bool) -> impl Iterator<Item = &DevelopmentPlan> {
        let pairs = self.plans.iter().zip(&self.bounds);
        pairs.filter(move |(_, bounds)| bounds.as_ref().is_some_and(&is_near)).map(|(plan, _)| plan)
    }
}
