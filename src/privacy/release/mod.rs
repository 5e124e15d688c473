//! The release step: a building as its source gives it → the building as one audience may see it.
//!
//! What is released of an attribute is decided once, from the policy, the audience and the purpose alone, and is the
//! same for every building; a building can only take away from it (no value, sensitive place). A kept-back value is not
//! read, neither its type nor its length, but for codes of a closed list.

mod address;
mod describe;
mod error;
mod geometry;
mod value;

use jiff::civil::Date;

use super::policy::{Attribute, Audience, Code, Decision, Policy, PolicyError, Rule, Withholding};
use super::{ReleasedBuilding, ReleasedSurface, ReleasedValue};
use crate::geo::Crs;
use crate::model::Building;
use crate::report::{Report, WarningKind};
use crate::twin::{AttributeInfo, WithheldInfo};

pub use address::NAME as ADDRESS;
pub use error::ReleaseError;
use value::Fault;

/// Where data comes from. An unapproved policy releases invented data only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataOrigin {
    /// Invented: it speaks of no person.
    Synthetic,
    /// Real buildings.
    Real,
}

/// Releases buildings to one audience by one policy.
#[derive(Clone, Debug)]
pub struct Releaser {
    policy: Policy,
    audience: Audience,
    purpose: Option<String>,
    /// Indices into the policy's attributes of those that are released, in the file's order.
    shown: Vec<usize>,
    attributes: Vec<AttributeInfo>,
    withheld: Vec<WithheldInfo>,
}

impl Releaser {
    /// A releaser for an audience that names no purpose. For planners that is only what every purpose may see.
    ///
    /// Fails where the policy has expired before `today`, or is not approved by then and the data is real.
    pub fn new(policy: &Policy, audience: Audience, today: Date, data: DataOrigin) -> Result<Self, PolicyError> {
        check_valid(policy, today, data)?;
        Ok(Self::of(policy, audience, None))
    }

    /// A releaser for planners with a purpose, by its key in the policy.
    ///
    /// Fails as [`Releaser::new`] does, and where the audience has no such purpose.
    pub fn for_purpose(
        policy: &Policy,
        audience: Audience,
        purpose: &str,
        today: Date,
        data: DataOrigin,
    ) -> Result<Self, PolicyError> {
        check_valid(policy, today, data)?;
        let is_known = policy.purposes().iter().any(|known| known.key == purpose);
        if audience != Audience::Planner || !is_known {
            let purpose = purpose.to_owned();
            return Err(PolicyError::UnknownPurpose { file: policy.file().into(), purpose, audience });
        }
        Ok(Self::of(policy, audience, Some(purpose)))
    }

    fn of(policy: &Policy, audience: Audience, purpose: Option<&str>) -> Self {
        let (shown, attributes) = describe::attributes(policy, audience, purpose);
        let withheld = describe::withheld(policy, audience, purpose);
        let purpose = purpose.map(str::to_owned);
        Self { policy: policy.clone(), audience, purpose, shown, attributes, withheld }
    }

    /// The policy it releases by.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Whom it releases to.
    pub fn audience(&self) -> Audience {
        self.audience
    }

    /// What for; `None` is "no purpose given".
    pub fn purpose(&self) -> Option<&str> {
        self.purpose.as_deref()
    }

    /// The released attributes in the order of [`ReleasedBuilding::values`]. The same whatever the data holds.
    pub fn attributes(&self) -> &[AttributeInfo] {
        &self.attributes
    }

    /// What is kept back from this audience, in groups, for people. The same whatever the data holds.
    pub fn withheld(&self) -> &[WithheldInfo] {
        &self.withheld
    }

    /// The building as the audience may see it; `None`, with a warning, where it has no geometry to be seen by.
    ///
    /// `fallback_crs` holds for a building whose source names no CRS. Fails where the data has an attribute or a code
    /// that the policy does not name, or a released value that is not of its attribute's type. A text that is no single
    /// value, because it has line breaks or is longer than any, is not released, with a warning.
    pub fn release(
        &self,
        building: &Building,
        fallback_crs: Crs,
        report: &mut Report,
    ) -> Result<Option<ReleasedBuilding>, ReleaseError> {
        let values = self.values(building, report)?;
        Ok(released(building, geometry::release_geometry(building), values, fallback_crs, report))
    }

    /// As [`Releaser::release`], for the last who asks: takes the polygons out of the building instead of copying them.
    pub fn release_last(
        &self,
        building: &mut Building,
        fallback_crs: Crs,
        report: &mut Report,
    ) -> Result<Option<ReleasedBuilding>, ReleaseError> {
        let values = self.values(building, report)?;
        let surfaces = geometry::take_geometry(building);
        Ok(released(building, surfaces, values, fallback_crs, report))
    }

    fn values(&self, building: &Building, report: &mut Report) -> Result<Vec<Option<ReleasedValue>>, ReleaseError> {
        self.check_names(building)?;
        let is_sensitive = self.is_sensitive(building)?;
        let mut value = |&index: &usize| self.value(index, building, is_sensitive, report);
        self.shown.iter().map(&mut value).collect()
    }

    /// Fails on a name that the policy does not know: in the building, then in its parts, by name.
    fn check_names(&self, building: &Building) -> Result<(), ReleaseError> {
        for one in std::iter::once(building).chain(&building.parts) {
            let addressed = (!one.addresses.is_empty()).then_some(address::NAME);
            for name in one.attributes.names().chain(addressed) {
                if self.policy.attribute(name).is_none() {
                    return Err(ReleaseError::UnknownAttribute { attribute: name.to_owned(), place: place_of(one) });
                }
            }
        }
        Ok(())
    }

    /// Whether any code of the building or of its parts marks a sensitive place. Reads every list that could say so,
    /// whoever asks and whether it is released or not, and every code where there are several: one that nobody has
    /// classed must not pass as harmless, unless the list is an allow-list, which does not know most values.
    fn is_sensitive(&self, building: &Building) -> Result<bool, ReleaseError> {
        let mut found = false;
        for attribute in self.policy.attributes() {
            let list = attribute.code_list.as_ref();
            let Some(list) = list.filter(|list| !attribute.allow_list || list.has_sensitive()) else { continue };
            for one in std::iter::once(building).chain(&building.parts) {
                let fault = |fault| release_error(attribute, one, fault);
                for code in value::codes_of(attribute, one).map_err(fault)? {
                    match list.lookup(&code) {
                        Some(Code::Sensitive) => found = true,
                        Some(Code::Value(_) | Code::NoData) => {}
                        None if attribute.allow_list => {}
                        None => return Err(fault(Fault::UnknownCode(code))),
                    }
                }
            }
        }
        Ok(found)
    }

    fn value(
        &self,
        index: usize,
        building: &Building,
        is_sensitive: bool,
        report: &mut Report,
    ) -> Result<Option<ReleasedValue>, ReleaseError> {
        let Some(attribute) = self.policy.attributes().get(index) else { return Ok(None) };
        match self.policy.decide(attribute, self.audience, self.purpose()) {
            Decision::Release(_) if is_sensitive && attribute.hidden_at_sensitive_places => Ok(None),
            Decision::Release(rule) => released_value(attribute, rule, building, report),
            Decision::Withhold(_) => Ok(None),
        }
    }
}

/// The building's own value; where it has none, what its parts' *released* values say together. The parts are compared
/// after release and never before: whether two raw values agree is itself something about them.
fn released_value(
    attribute: &Attribute,
    rule: &Rule,
    building: &Building,
    report: &mut Report,
) -> Result<Option<ReleasedValue>, ReleaseError> {
    if attribute.name == address::NAME
        && let Some(text) = taken(address::released(building), attribute, building, report)?
    {
        return Ok(Some(ReleasedValue::Text(text)));
    }
    let mut one_value = |one: &Building| {
        let raw = one.attributes.get(&attribute.name);
        let value = raw.map(|raw| value::release(raw, attribute, &rule.operation)).transpose();
        taken(value.map(Option::flatten), attribute, one, report)
    };
    if let Some(own) = one_value(building)? {
        return Ok(Some(own));
    }
    let mut of_parts = Vec::new();
    for part in &building.parts {
        of_parts.extend(one_value(part)?);
    }
    Ok(value::together(of_parts, attribute.parts))
}

/// What can be released, and a warning in the place of what is no value.
fn taken<V>(
    value: Result<Option<V>, Fault>,
    attribute: &Attribute,
    one: &Building,
    report: &mut Report,
) -> Result<Option<V>, ReleaseError> {
    match value {
        Err(Fault::NotOneLine) => {
            let message =
                format!("the attribute \"{}\" has a text with line breaks or too long for a value", attribute.name);
            report.warn(WarningKind::BadValue, place_of(one), message);
            Ok(None)
        }
        value => value.map_err(|fault| release_error(attribute, one, fault)),
    }
}

/// What was released of a building; `None`, with a warning, without any surface.
fn released(
    building: &Building,
    surfaces: Vec<ReleasedSurface>,
    values: Vec<Option<ReleasedValue>>,
    fallback_crs: Crs,
    report: &mut Report,
) -> Option<ReleasedBuilding> {
    if surfaces.is_empty() {
        report.warn(WarningKind::NoGeometry, building.place.clone(), "the building has no surface to be seen by");
        return None;
    }
    let crs = building.crs.unwrap_or(fallback_crs);
    Some(ReleasedBuilding::new(building.id.0.to_string(), crs, surfaces, values))
}

fn check_valid(policy: &Policy, today: Date, data: DataOrigin) -> Result<(), PolicyError> {
    if today > policy.expires_on() {
        let expired_on = policy.expires_on();
        return Err(PolicyError::Expired { file: policy.file().into(), expired_on, today });
    }
    let is_approved = policy.approved_on().is_some_and(|day| day <= today);
    if data == DataOrigin::Real && !is_approved {
        return Err(PolicyError::Unapproved { file: policy.file().into() });
    }
    Ok(())
}

/// Where a building or part stands, with its id where the reader gave none to the place.
fn place_of(building: &Building) -> crate::report::Place {
    let mut place = building.place.clone();
    place.object.get_or_insert_with(|| building.id.0.clone());
    place
}

fn release_error(attribute: &Attribute, building: &Building, fault: Fault) -> ReleaseError {
    let (name, place) = (attribute.name.clone(), place_of(building));
    match fault {
        Fault::WrongType | Fault::NotOneLine => {
            ReleaseError::WrongType { attribute: name, expected: attribute.value_type, place }
        }
        Fault::UnknownCode(code) if attribute.class == super::Class::Public => {
            ReleaseError::UnknownCode { attribute: name, code, place }
        }
        Fault::UnknownCode(_) => ReleaseError::UnknownHiddenCode { attribute: name, place },
    }
}

/// What a reason for keeping back means to people: whether it is told to them as kept back by law.
fn is_told(withholding: Withholding) -> bool {
    withholding != Withholding::Technical
}
