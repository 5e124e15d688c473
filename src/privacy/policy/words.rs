//! The closed lists of words in a policy: audiences, classes, types, units, statistics.
//!
//! Every word that a policy file may use stands here once; a word that does not is an error, never a default.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A word that is not on its list.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{word:?} is none of {expected}")]
pub struct UnknownWord {
    /// What was written.
    pub word: String,
    /// What could have been written.
    pub expected: String,
}

/// A closed list of words.
pub(crate) trait Word: Copy + 'static {
    /// All of them, in the order of the documentation.
    const ALL: &'static [Self];

    /// As it stands in a policy file.
    fn word(self) -> &'static str;

    /// The member that is written so, letter by letter.
    fn parse(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL.iter().copied().find(|member| member.word() == word).ok_or_else(|| UnknownWord {
            word: word.chars().take(80).collect(),
            expected: Self::ALL.iter().map(|member| member.word()).collect::<Vec<_>>().join(", "),
        })
    }
}

/// Who a release is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// Anyone: static files, the web build.
    Citizen,
    /// A screen in a public office: the citizen's release, byte for byte.
    Kiosk,
    /// City staff: a login, a purpose and a case reference.
    Planner,
}

impl Audience {
    /// The audience whose rules and whose release this one gets: the kiosk gets the citizen's.
    pub fn ruled_as(self) -> Self {
        match self {
            Self::Citizen | Self::Kiosk => Self::Citizen,
            Self::Planner => Self::Planner,
        }
    }
}

impl Word for Audience {
    const ALL: &'static [Self] = &[Self::Citizen, Self::Kiosk, Self::Planner];

    fn word(self) -> &'static str {
        match self {
            Self::Citizen => "citizen",
            Self::Kiosk => "kiosk",
            Self::Planner => "planner",
        }
    }
}

impl FromStr for Audience {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Word::parse(word)
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// How far an attribute may go at all, after the traffic lights of the ULD study. It is a ceiling over the rules of
/// the audiences and never releases anything by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Anyone may see it of a single building.
    Public,
    /// The public may see it of many buildings together only.
    Aggregated,
    /// Only whoever needs it for a purpose; the public at most an allow-list.
    Restricted,
    /// Nobody sees it here.
    Never,
}

impl Word for Class {
    const ALL: &'static [Self] = &[Self::Public, Self::Aggregated, Self::Restricted, Self::Never];

    fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Aggregated => "aggregated",
            Self::Restricted => "restricted",
            Self::Never => "never",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The type of an attribute's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// Text, a code or a date.
    Text,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Real,
    /// Yes or no.
    Boolean,
}

impl ValueType {
    /// Whether it counts or measures.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Real)
    }
}

impl Word for ValueType {
    const ALL: &'static [Self] = &[Self::Text, Self::Integer, Self::Real, Self::Boolean];

    fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Real => "real",
            Self::Boolean => "boolean",
        }
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The unit of an attribute's values, by its symbol. Readers convert lengths to metres; all other units must be the
/// source's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Metres.
    Metre,
    /// Square metres.
    SquareMetre,
    /// Cubic metres.
    CubicMetre,
    /// Degrees of an angle.
    Degree,
    /// Hundredths.
    Percent,
    /// Kilowatts.
    Kilowatt,
    /// Kilowatt hours a year.
    KilowattHourPerYear,
    /// Kilowatt hours per square metre and year.
    KilowattHourPerSquareMetreYear,
    /// Euro.
    Euro,
    /// Euro per square metre.
    EuroPerSquareMetre,
    /// A-weighted decibels.
    DecibelA,
}

impl Word for Unit {
    const ALL: &'static [Self] = &[
        Self::Metre,
        Self::SquareMetre,
        Self::CubicMetre,
        Self::Degree,
        Self::Percent,
        Self::Kilowatt,
        Self::KilowattHourPerYear,
        Self::KilowattHourPerSquareMetreYear,
        Self::Euro,
        Self::EuroPerSquareMetre,
        Self::DecibelA,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Metre => "m",
            Self::SquareMetre => "m²",
            Self::CubicMetre => "m³",
            Self::Degree => "°",
            Self::Percent => "%",
            Self::Kilowatt => "kW",
            Self::KilowattHourPerYear => "kWh/a",
            Self::KilowattHourPerSquareMetreYear => "kWh/(m²·a)",
            Self::Euro => "€",
            Self::EuroPerSquareMetre => "€/m²",
            Self::DecibelA => "dB(A)",
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What an aggregate says of the buildings in a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistic {
    /// The arithmetic mean.
    Mean,
    /// The sum.
    Sum,
    /// How many buildings have it.
    Count,
    /// The share of each class of values.
    Shares,
}

impl Word for Statistic {
    const ALL: &'static [Self] = &[Self::Mean, Self::Sum, Self::Count, Self::Shares];

    fn word(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Sum => "sum",
            Self::Count => "count",
            Self::Shares => "shares",
        }
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What a building without a value of its own says, from its parts' released values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PartsRule {
    /// Their value where all that have one agree, else nothing.
    #[default]
    Equal,
    /// The greatest.
    Max,
}

impl Word for PartsRule {
    const ALL: &'static [Self] = &[Self::Equal, Self::Max];

    fn word(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Max => "max",
        }
    }
}

/// The words for what a rule does; the parameters stand in `Operation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OperationWord {
    AsIs,
    Map,
    Round,
    Bin,
    Aggregate,
    Suppress,
}

impl Word for OperationWord {
    const ALL: &'static [Self] = &[Self::AsIs, Self::Map, Self::Round, Self::Bin, Self::Aggregate, Self::Suppress];

    fn word(self) -> &'static str {
        match self {
            Self::AsIs => "as_is",
            Self::Map => "map",
            Self::Round => "round",
            Self::Bin => "bin",
            Self::Aggregate => "aggregate",
            Self::Suppress => "suppress",
        }
    }
}
