//! What a release did, in counts: how often each attribute went out, stayed here or was not there. Never a value.
//!
//! For the data-protection officer and the operators, on the trusted side: how often a kept-back attribute is there is
//! itself not published.

use std::fmt::{self, Write};

use serde::Serialize;

use super::policy::Word;
use super::release::{Outcome, ReleaseError, Releaser};
use crate::model::Building;

/// Counts over the buildings of one release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReleaseAudit {
    /// SHA-256 of the policy file.
    pub policy_hash: String,
    /// Whom it was released to.
    pub audience: String,
    /// What for.
    pub purpose: Option<String>,
    /// Buildings counted.
    pub buildings: u64,
    /// One entry for each attribute of the policy, in its order.
    pub attributes: Vec<AttributeCounts>,
}

/// How often an attribute had which fate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AttributeCounts {
    /// The attribute's name.
    pub attribute: String,
    /// Its class.
    pub class: String,
    /// Buildings whose value went out.
    pub released: u64,
    /// Buildings that have it and whose value stayed here.
    pub withheld: u64,
    /// Buildings without it.
    pub no_data: u64,
}

/// Counts what a releaser does to buildings.
pub fn audit<'a>(
    releaser: &Releaser,
    buildings: impl IntoIterator<Item = &'a Building>,
) -> Result<ReleaseAudit, ReleaseError> {
    let mut audit = ReleaseAudit::of(releaser);
    for building in buildings {
        audit.record(releaser, building)?;
    }
    Ok(audit)
}

impl ReleaseAudit {
    /// The counts of no buildings.
    pub fn of(releaser: &Releaser) -> Self {
        let attributes = releaser.policy().attributes().iter().map(|attribute| AttributeCounts {
            attribute: attribute.name.clone(),
            class: attribute.class.word().to_owned(),
            released: 0,
            withheld: 0,
            no_data: 0,
        });
        Self {
            policy_hash: releaser.policy().hash().to_owned(),
            audience: releaser.audience().to_string(),
            purpose: releaser.purpose().map(str::to_owned),
            buildings: 0,
            attributes: attributes.collect(),
        }
    }

    /// Counts one building. Fails as the release of it does, and then counts nothing.
    pub fn record(&mut self, releaser: &Releaser, building: &Building) -> Result<(), ReleaseError> {
        let outcomes = releaser.outcomes(building)?;
        self.buildings += 1;
        for (counts, outcome) in self.attributes.iter_mut().zip(outcomes) {
            match outcome {
                Outcome::Released(_) => counts.released += 1,
                Outcome::Withheld => counts.withheld += 1,
                Outcome::NoData => counts.no_data += 1,
            }
        }
        Ok(())
    }

    /// Takes over the counts of another audit of the same releaser.
    pub fn absorb(&mut self, other: &Self) {
        self.buildings += other.buildings;
        for (counts, more) in self.attributes.iter_mut().zip(&other.attributes) {
            counts.released += more.released;
            counts.withheld += more.withheld;
            counts.no_data += more.no_data;
        }
    }
}

impl fmt::Display for ReleaseAudit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "release for {}", self.audience)?;
        if let Some(purpose) = &self.purpose {
            write!(f, ", purpose {purpose}")?;
        }
        writeln!(f, ", {} buildings, policy {}", self.buildings, self.policy_hash)?;
        let width = self.attributes.iter().map(|counts| counts.attribute.chars().count()).max().unwrap_or(0).max(9);
        writeln!(f, "{:width$}  {:10}  {:>8}  {:>8}  {:>8}", "attribute", "class", "released", "withheld", "no data")?;
        for counts in &self.attributes {
            let AttributeCounts { attribute, class, released, withheld, no_data } = counts;
            writeln!(f, "{attribute:width$}  {class:10}  {released:>8}  {withheld:>8}  {no_data:>8}")?;
        }
        f.write_char('\n')
    }
}
