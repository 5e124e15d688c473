//! The invariants of PRIVACY that a release by itself can hold, each in a test of its name, and the cases beside them.

mod errors;
mod guards;
mod invariants;
mod munich;
mod random;
mod release;

use std::sync::Arc;

use glam::DVec3;
use jiff::civil::{Date, date};

use super::{Audience, DataOrigin, Policy, ReleasedBuilding, Releaser};
use crate::geo::{Crs, Polygon3};
use crate::model::{Attributes, Building, BuildingId, Geometry, Lod, RawValue, Surface, SurfaceKind};
use crate::report::{Place, Report};

const TODAY: Date = date(2026, 12, 1);
const UTM32: Crs = Crs { horizontal: 25832, vertical: Some(7837) };

/// The policy of Munich, as it is shipped.
const MUNICH: &str = include_str!("../../../data/muenchen/policy.toml");

fn munich() -> Policy {
    Policy::parse(MUNICH, "policy.toml").unwrap_or_else(|error| panic!("{error}"))
}

fn releaser(policy: &Policy, audience: Audience, purpose: Option<&str>) -> Releaser {
    let data = DataOrigin::Synthetic;
    match purpose {
        Some(purpose) => Releaser::for_purpose(policy, audience, purpose, TODAY, data),
        None => Releaser::new(policy, audience, TODAY, data),
    }
    .unwrap_or_else(|error| panic!("{error}"))
}

fn release(releaser: &Releaser, building: &Building) -> ReleasedBuilding {
    try_release(releaser, building).unwrap_or_else(|error| panic!("{error}"))
}

fn try_release(releaser: &Releaser, building: &Building) -> Result<ReleasedBuilding, super::ReleaseError> {
    let released = releaser.release(building, UTM32, &mut Report::default())?;
    Ok(released.expect("the building has geometry"))
}

/// A building with one triangle, in line 7 of a file.
fn building<'a>(id: &str, attributes: impl IntoIterator<Item = (&'a str, RawValue)>) -> Building {
    let mut all = Attributes::default();
    for (name, value) in attributes {
        all.set(name, value);
    }
    let triangle = Polygon3 { exterior: vec![DVec3::ZERO, DVec3::X, DVec3::Y], interiors: Vec::new() };
    let surface = Surface { kind: SurfaceKind::Roof, id: Some("secret-surface-id".into()), polygons: vec![triangle] };
    Building {
        id: BuildingId(id.into()),
        place: Place { file: "a.gml".into(), line: 7, object: Some(Arc::from(id)) },
        crs: None,
        geometry: Some(Geometry { lod: Lod(2), is_solid: false, surfaces: vec![surface] }),
        attributes: all,
        addresses: Vec::new(),
        parts: Vec::new(),
    }
}

/// What a release shows of a building: a line for each value, with categories by their keys.
fn shown(releaser: &Releaser, building: &ReleasedBuilding) -> String {
    use super::ReleasedValue;
    use crate::twin::AttributeKind;
    let mut lines = String::new();
    for (info, value) in releaser.attributes().iter().zip(building.values()) {
        let value = match (value, &info.kind) {
            (None, _) => continue,
            (Some(ReleasedValue::Category(index)), AttributeKind::Category { values }) => {
                values[usize::from(*index)].key.clone()
            }
            (Some(value), _) => format!("{value:?}"),
        };
        lines.push_str(&format!("{} {value}\n", info.name));
    }
    lines
}
