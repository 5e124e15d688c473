//! The answer to a question about the city: what there is to say of a building or a plan, in words and without pictures;
//! as data, as plain text, and as a page to print.
//!
//! Stands between the published twin and whoever shows it: the window's panels, a page, a printout. Engine-free, the same
//! on every platform. Knows nothing but what was published, and decides nothing about what may be shown: that was decided
//! when the twin was released.

mod around;
mod building;
mod footprint;
mod houses;
mod page;
mod plan;
mod sources;
mod value;

#[cfg(test)]
mod tests;

pub use around::{
    Around, DETOUR, NEAR_WITHIN_M, NearGroup, NearLine, NearPlace, PLANS_WITHIN_M, WALK_M_PER_SECS, distance,
    near_places, near_plans, walk_minutes,
};
pub use building::{BuildingView, Fact, Withheld, audience};
pub use footprint::footprint;
pub use houses::{House, Houses, HousesError};
pub use page::escaped;
pub use plan::{PlanLink, PlanView};
pub use sources::{ServiceLink, SourceLine};
pub use value::value;
