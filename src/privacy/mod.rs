//! Policy file → rules; buildings → a release for one audience. See PRIVACY in ARCHITECTURE.md.
//!
//! Stands between the model and the tiles. Nothing but what this module hands out as [`ReleasedBuilding`] can be tiled.
//! It reads no file and no clock: the policy comes in as text, the day as a date.
//!
//! A value that is not released is not read either: neither its type nor its length, so that nothing that leaves this
//! module, an error included, can depend on it. The one exception are codes of a closed list: one that the list does not
//! name fails the build, since it might mark a sensitive place.

mod policy;
mod release;
mod released;

pub use policy::{
    Aggregation, Attribute, Audience, Cell, Class, Code, CodeList, Decision, Operation, PartsRule, Policy, PolicyError,
    Problem, Purpose, Purposes, Rule, Statistic, Unit, UnknownWord, ValueType, Withholding,
};
pub use release::{ADDRESS, DataOrigin, ReleaseError, Releaser};
pub use released::{ReleasedBuilding, ReleasedSurface, ReleasedValue};

#[cfg(test)]
mod tests;
