//! Addresses: xAL 2 in CityGML 1.0 and 2.0, xAL 3 in 3.0 (OASIS CIQ).
//!
//! xAL nests its elements in many ways; what counts here is the name of an element and, in xAL 3, that of its parent.

use super::Handler;
use super::gathered::Index;
use super::namespaces::Ns;
use super::pull::Stop;
use crate::model::{Address, RawValue};

/// What an xAL element says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Street,
    Number,
    NumberSuffix,
    PostalCode,
    Locality,
}

/// Where the element at hand stands, as far as it matters in xAL 3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Parent {
    Thoroughfare,
    Locality,
    PostCode,
    #[default]
    Other,
}

/// The texts of one address; the first of a kind counts.
#[derive(Default)]
struct Texts {
    street: String,
    number: String,
    suffix: String,
    postal_code: String,
    locality: String,
}

impl Texts {
    fn take(&mut self, part: Part, text: &str) {
        let slot = match part {
            Part::Street => &mut self.street,
            Part::Number => &mut self.number,
            Part::NumberSuffix => &mut self.suffix,
            Part::PostalCode => &mut self.postal_code,
            Part::Locality => &mut self.locality,
        };
        if slot.is_empty() {
            slot.push_str(text.trim());
        }
    }

    fn address(self) -> Option<Address> {
        let value = |text: &str| (!text.is_empty()).then(|| RawValue::text(text));
        let address = Address {
            street: value(&self.street),
            house_number: value(&format!("{}{}", self.number, self.suffix)),
            postal_code: value(&self.postal_code),
            locality: value(&self.locality),
        };
        (address != Address::default()).then_some(address)
    }
}

impl Handler<'_> {
    /// Reads `bldg:address`.
    pub(super) fn address(&mut self, shape: Index) -> Result<(), Stop> {
        while self.child()?.is_some() {
            let mut texts = Texts::default();
            self.address_parts(Parent::Other, &mut texts)?;
            if let Some((draft, address)) = self.drafts.get_mut(shape as usize).zip(texts.address()) {
                draft.addresses.push(address);
            }
        }
        Ok(())
    }

    fn address_parts(&mut self, parent: Parent, texts: &mut Texts) -> Result<(), Stop> {
        while let Some(ns) = self.child()? {
            let part = if ns == Ns::Address { part_of(parent, self.pull.local()) } else { None };
            match (part, ns, self.pull.local()) {
                (Some(part), ..) => texts.take(part, self.pull.text()?),
                (None, Ns::Address, "Thoroughfare") => self.address_parts(Parent::Thoroughfare, texts)?,
                (None, Ns::Address, "Locality") => self.address_parts(Parent::Locality, texts)?,
                (None, Ns::Address, "PostCode") => self.address_parts(Parent::PostCode, texts)?,
                (None, Ns::Address, _) => self.address_parts(Parent::Other, texts)?,
                (None, Ns::Core, "xalAddress") => self.address_parts(Parent::Other, texts)?,
                _ => self.pull.skip()?,
            }
        }
        Ok(())
    }
}

fn part_of(parent: Parent, local: &str) -> Option<Part> {
    Some(match (parent, local) {
        (_, "ThoroughfareName") | (Parent::Thoroughfare, "NameElement") => Part::Street,
        (_, "ThoroughfareNumber" | "PremiseNumber") | (Parent::Thoroughfare, "Number") => Part::Number,
        (_, "ThoroughfareNumberSuffix" | "PremiseNumberSuffix") => Part::NumberSuffix,
        (_, "PostalCodeNumber") | (Parent::PostCode, "Identifier") => Part::PostalCode,
        (_, "LocalityName") | (Parent::Locality, "NameElement") => Part::Locality,
        _ => return None,
    })
}
