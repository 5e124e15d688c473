//! Attributes of buildings and parts: CityGML's own and generic ones (OGC 12-019 § 10.3.1 and 10.14, OGC 20-010 § 7.1,
//! 7.5, 7.9 and 7.14).
//!
//! A table says which element gives which attribute and of which type. Values that are not of the type are warnings,
//! and the warning never holds the value.

use std::str::FromStr;

use super::Handler;
use super::gathered::Index;
use super::namespaces::Ns;
use super::pull::Stop;
use crate::model::RawValue;
use crate::report::WarningKind;

/// How the text of an element becomes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Text, codes and dates.
    Text,
    /// A whole number.
    Integer,
    /// The year of a `gYear` or a date.
    Year,
    /// A length with a unit, into metres.
    Length,
    /// A number, for generic attributes.
    Real,
}

/// The attribute that an element of a building gives, after OGC 12-019 (1.0 alike) and OGC 20-010.
fn attribute_of(ns: Ns, local: &str) -> Option<(&'static str, Form)> {
    Some(match (ns, local) {
        (Ns::Gml, "name") => ("name", Form::Text),
        (Ns::Gml, "description") => ("description", Form::Text),
        (Ns::Core, "creationDate") => ("creationDate", Form::Text),
        (Ns::Core, "terminationDate") => ("terminationDate", Form::Text),
        (Ns::Core, "relativeToTerrain") => ("relativeToTerrain", Form::Text),
        (Ns::Core, "relativeToWater") => ("relativeToWater", Form::Text),
        (Ns::Building | Ns::Construction, "class") => ("class", Form::Text),
        (Ns::Building | Ns::Construction, "function") => ("function", Form::Text),
        (Ns::Building | Ns::Construction, "usage") => ("usage", Form::Text),
        (Ns::Building, "roofType") => ("roofType", Form::Text),
        (Ns::Building, "measuredHeight") => ("measuredHeight", Form::Length),
        (Ns::Building, "storeysAboveGround") => ("storeysAboveGround", Form::Integer),
        (Ns::Building, "storeysBelowGround") => ("storeysBelowGround", Form::Integer),
        (Ns::Building, "storeyHeightsAboveGround") => ("storeyHeightsAboveGround", Form::Text),
        (Ns::Building, "storeyHeightsBelowGround") => ("storeyHeightsBelowGround", Form::Text),
        (Ns::Building, "yearOfConstruction") => ("yearOfConstruction", Form::Year),
        (Ns::Building, "yearOfDemolition") => ("yearOfDemolition", Form::Year),
        (Ns::Construction, "dateOfConstruction") => ("yearOfConstruction", Form::Year),
        (Ns::Construction, "dateOfDemolition") => ("yearOfDemolition", Form::Year),
        _ => return None,
    })
}

/// The type of a generic attribute by the name of its element: 1.0 and 2.0 write `stringAttribute`, 3.0
/// `StringAttribute`.
fn generic_form(local: &str) -> Option<Form> {
    Some(match local {
        "stringAttribute" | "StringAttribute" | "CodeAttribute" => Form::Text,
        "dateAttribute" | "DateAttribute" | "uriAttribute" | "UriAttribute" => Form::Text,
        "intAttribute" | "IntAttribute" => Form::Integer,
        "doubleAttribute" | "DoubleAttribute" | "measureAttribute" | "MeasureAttribute" => Form::Real,
        _ => return None,
    })
}

impl Handler<'_> {
    /// Reads a property that is neither geometry nor part nor address.
    pub(super) fn attribute(&mut self, ns: Ns, shape: Index) -> Result<(), Stop> {
        if let Some((name, form)) = attribute_of(ns, self.pull.local()) {
            let value = self.value(form, name)?;
            self.set(shape, name, value);
            return Ok(());
        }
        match (ns, self.pull.local()) {
            (Ns::Core, "externalReference") => self.external_reference(shape),
            (Ns::Construction, "height") => self.height(shape),
            (Ns::Generics, local) if generic_form(local).is_some() => self.generic(shape, ""),
            (Ns::Generics, "genericAttributeSet") => self.generic_set(shape, ""),
            (Ns::Core, "genericAttribute") => self.generics(shape, ""),
            (Ns::Building, local) if !LEFT_OUT.contains(&local) => {
                self.warn_unknown();
                self.pull.skip()
            }
            _ => self.leave_out(ns).map(|_| ()),
        }
    }

    /// The value of the element at hand; `None` where it is empty or not of its type.
    fn value(&mut self, form: Form, name: &str) -> Result<Option<RawValue>, Stop> {
        let unit = if matches!(form, Form::Length | Form::Real) { self.pull.attribute(None, "uom") } else { None };
        let factor = unit.as_deref().map_or(Some(1.0), metres);
        let text = self.pull.text()?.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let value = match form {
            Form::Text => Some(text_value(text)),
            Form::Integer => whole(text).map(RawValue::integer),
            Form::Year => year(text).map(RawValue::integer),
            Form::Length => factor.and_then(|factor| Some(RawValue::real(number(text)? * factor))),
            Form::Real => number(text).map(|number| RawValue::real(number * factor.unwrap_or(1.0))),
        };
        if value.is_none() {
            let message = format!("the value of {} is not of its type or unit", super::clipped(name));
            self.warn(WarningKind::BadValue, message);
        }
        Ok(value)
    }

    /// Sets an attribute; the first value stays, a different second one is a warning.
    fn set(&mut self, shape: Index, name: &str, value: Option<RawValue>) {
        let Some((draft, value)) = self.drafts.get_mut(shape as usize).zip(value) else { return };
        match draft.attributes.get(name) {
            None => {
                draft.attributes.set(name, value);
            }
            Some(first) if *first != value => {
                self.warn(WarningKind::BadValue, format!("a second {name} is left out"));
            }
            Some(_) => {}
        }
    }

    /// `core:externalReference`: the name or URI of the object in another system.
    fn external_reference(&mut self, shape: Index) -> Result<(), Stop> {
        while self.child()?.is_some() {
            match self.pull.local() {
                "externalObject" | "ExternalReference" => self.external_reference(shape)?,
                "name" | "uri" | "targetResource" => {
                    let value = self.value(Form::Text, "externalReference")?;
                    if let Some((draft, value)) = self.drafts.get_mut(shape as usize).zip(value)
                        && draft.attributes.get("externalReference").is_none()
                    {
                        draft.attributes.set("externalReference", value);
                    }
                }
                _ => self.pull.skip()?,
            }
        }
        Ok(())
    }

    /// `con:height/con:Height/con:value` of CityGML 3.0; the first stays.
    fn height(&mut self, shape: Index) -> Result<(), Stop> {
        while self.child()?.is_some() {
            match self.pull.local() {
                "Height" => self.height(shape)?,
                "value" => {
                    let value = self.value(Form::Length, "measuredHeight")?;
                    self.set(shape, "measuredHeight", value);
                }
                _ => self.pull.skip()?,
            }
        }
        Ok(())
    }

    /// What stands in a `core:genericAttribute` (3.0) or a `gen:genericAttributeSet`.
    fn generics(&mut self, shape: Index, set: &str) -> Result<(), Stop> {
        while self.child()?.is_some() {
            self.generic_member(shape, set)?;
        }
        Ok(())
    }

    fn generic_member(&mut self, shape: Index, set: &str) -> Result<(), Stop> {
        match self.pull.local() {
            local if generic_form(local).is_some() => self.generic(shape, set),
            "GenericAttributeSet" | "genericAttributeSet" => self.generic_set(shape, set),
            "genericAttribute" => self.generics(shape, set),
            _ => self.pull.skip(),
        }
    }

    /// A set of generic attributes: its name goes before theirs. In 3.0 the name is the first child.
    fn generic_set(&mut self, shape: Index, outer: &str) -> Result<(), Stop> {
        let mut set = format!("{outer}{}.", self.pull.attribute(None, "name").unwrap_or_default());
        while self.child()?.is_some() {
            match self.pull.local() {
                "name" => set = format!("{outer}{}.", self.pull.text()?.trim()),
                _ => self.generic_member(shape, &set)?,
            }
        }
        Ok(())
    }

    /// One generic attribute; its name is an attribute in 1.0 and 2.0, a child in 3.0.
    fn generic(&mut self, shape: Index, set: &str) -> Result<(), Stop> {
        let form = generic_form(self.pull.local()).unwrap_or(Form::Text);
        let mut name = self.pull.shared_attribute(None, "name").unwrap_or_default();
        let mut value = None;
        while self.child()?.is_some() {
            match self.pull.local() {
                "name" => name = self.pull.text()?.trim().into(),
                "value" => value = self.value(form, &name)?,
                _ => self.pull.skip()?,
            }
        }
        if let Some((draft, value)) = self.drafts.get_mut(shape as usize).zip(value).filter(|_| !name.is_empty()) {
            let name = if set.is_empty() { name } else { format!("{set}{name}").into() };
            draft.generics.push((name, value));
        }
        Ok(())
    }
}

/// Properties of a building that are known and not read.
const LEFT_OUT: [&str; 2] = ["adeOfBuilding", "adeOfAbstractBuilding"];

/// A text with each run of white space as one space: line breaks in a file are its layout.
fn text_value(text: &str) -> RawValue {
    if !text.contains(['\n', '\r', '\t']) {
        return RawValue::text(text);
    }
    RawValue::text(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A number; a decimal comma is taken for a point.
fn number(text: &str) -> Option<f64> {
    let parsed = f64::from_str(text).or_else(|_| f64::from_str(&text.replacen(',', ".", 1)));
    parsed.ok().filter(|number| number.is_finite())
}

/// A whole number, also where it is written `3.0`.
fn whole(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| number(text).filter(|n| n.fract() == 0.0 && n.abs() < 1e15).map(|n| n as i64))
}

/// The year of `1985`, `1985-05-01` or `1985-05-01Z`.
fn year(text: &str) -> Option<i64> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (year, rest) = text.split_at_checked(digits)?;
    let fitting = digits == 4 && (rest.is_empty() || rest.starts_with(['-', 'Z', '+']));
    if fitting { year.parse().ok() } else { None }
}

/// Metres in a unit of length; `None` for units that are not known. Names are taken by their last piece:
/// `urn:adv:uom:m`, `urn:ogc:def:uom:UCUM::m`, `#m`.
fn metres(unit: &str) -> Option<f64> {
    let last = unit.rsplit([':', '#', '/']).next().unwrap_or(unit);
    Some(match last.to_ascii_lowercase().as_str() {
        "m" | "metre" | "meter" | "metres" | "meters" | "mtr" | "9001" => 1.0,
        "ft" | "foot" | "feet" | "9002" => 0.3048,
        "cm" => 0.01,
        "mm" => 0.001,
        "km" => 1000.0,
        _ => return None,
    })
}
