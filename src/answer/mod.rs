//! The answer to a question about the city: what there is to say of a building or a plan, in words and without pictures.
//!
//! Stands between the published twin and whoever shows it: the window's panels, a page, a printout. Engine-free, the same
//! on every platform. Knows nothing but what was published, and decides nothing about what may be shown: that was decided
//! when the twin was released.

mod building;
mod plan;
mod value;

pub use building::{BuildingView, Fact, Withheld, audience};
pub use plan::{PlanLink, PlanView};
pub use value::value;
