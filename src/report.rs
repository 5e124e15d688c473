//! Structured warnings: what a reader met, mended or left out, with file, line and object.
//!
//! Readers go on after a warning. Every warning is counted; only the first [`Report::KEPT_PER_KIND`] of a kind are kept
//! whole, so that a broken file of any size costs bounded memory.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

/// What a warning is about. The names are stable: scripts read them in `check --json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WarningKind {
    /// An object was left out because it could not be understood.
    ObjectSkipped,
    /// A polygon was left out: too few points, no area, or not to be mended.
    PolygonSkipped,
    /// A polygon was mended: duplicate points, wrong closing, off its plane, wrong orientation.
    PolygonMended,
    /// An id stands more than once; the first is kept.
    DuplicateId,
    /// An xlink that leads nowhere.
    DanglingReference,
    /// A value that is not of its attribute's type or out of its range.
    BadValue,
    /// A coordinate reference system is missing or unknown.
    CrsMissing,
    /// A building has no usable geometry.
    NoGeometry,
    /// An element or member that this reader does not know.
    UnknownElement,
    /// The file ends early or its syntax breaks; what came before is kept.
    SyntaxBroken,
    /// A limit was reached: depth, size or count.
    LimitReached,
    /// Anything about policy or city configuration.
    Configuration,
    /// A published file is missing, does not match its hash, or is not as the standard of tiles asks.
    BrokenTwin,
    /// A new twin has taken its place, and the one before it could not be deleted.
    OldTwinLeft,
}

/// Where in a source something stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file's name as the user gave it.
    #[serde(serialize_with = "shared_text")]
    pub file: Arc<str>,
    /// Line, counted from 1; 0 where unknown.
    pub line: u64,
    /// Id of the object it belongs to, where known.
    #[serde(serialize_with = "shared_text_option")]
    pub object: Option<Arc<str>>,
}

fn shared_text<S: serde::Serializer>(text: &Arc<str>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(text)
}

fn shared_text_option<S: serde::Serializer>(text: &Option<Arc<str>>, to: S) -> Result<S::Ok, S::Error> {
    text.as_deref().serialize(to)
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        match &self.object {
            Some(object) => write!(f, " ({object})"),
            None => Ok(()),
        }
    }
}

/// One thing met on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// What it is about.
    pub kind: WarningKind,
    /// Where it stands.
    pub place: Place,
    /// One sentence for a person, lower case, no full stop. Never an attribute's value.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// All warnings of one run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    kept: Vec<Warning>,
    counts: BTreeMap<WarningKind, u64>,
}

impl Report {
    /// How many warnings of one kind are kept whole.
    pub const KEPT_PER_KIND: u64 = 200;

    /// Adds a warning.
    pub fn warn(&mut self, kind: WarningKind, place: Place, message: impl Into<String>) {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        if *count <= Self::KEPT_PER_KIND {
            self.kept.push(Warning { kind, place, message: message.into() });
        }
    }

    /// The warnings kept whole, in the order they came.
    pub fn warnings(&self) -> &[Warning] {
        &self.kept
    }

    /// How many of each kind there were, kept or not.
    pub fn counts(&self) -> &BTreeMap<WarningKind, u64> {
        &self.counts
    }

    /// How many there were in all.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Takes over everything another report holds.
    pub fn absorb(&mut self, other: Report) {
        for (kind, count) in &other.counts {
            *self.counts.entry(*kind).or_default() += count;
        }
        for warning in other.kept {
            let kept = self.kept.iter().filter(|w| w.kind == warning.kind).count() as u64;
            if kept < Self::KEPT_PER_KIND {
                self.kept.push(warning);
            }
        }
    }
}
