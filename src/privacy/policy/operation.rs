//! What is done to a value on release, and the words in which people are told so.

use super::attribute::Attribute;
use super::words::{Audience, Class, OperationWord, Statistic, Word};
use crate::twin::{AttributeKind, CategoryValue, Language, Text};

use super::words::ValueType;

/// What is done to a value before it is released.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// Nothing.
    AsIs,
    /// The attribute's code list makes a value of a code.
    Map,
    /// Rounded to a multiple of `step`, halves away from zero.
    Round {
        /// In the attribute's unit, above 0.
        step: f64,
    },
    /// Put into a class: below the first edge, from an edge (included) to the next (excluded), from the last edge on.
    Bin {
        /// Ascending, in the attribute's unit.
        edges: Vec<f64>,
        /// One more than edges.
        classes: Vec<CategoryValue>,
    },
    /// Only of many buildings together. No single building's value is released by it: as long as there are no leaves
    /// to aggregate over, nothing is.
    Aggregate {
        /// What is said of a leaf.
        statistic: Statistic,
        /// The classes whose shares are told, as in [`Operation::Bin`]: edges and one class more; both empty where
        /// the values are classes already or no shares are told.
        edges: Vec<f64>,
        /// See `edges`.
        classes: Vec<CategoryValue>,
    },
    /// Not released.
    Suppress {
        /// Whether it is left out because it says nothing to people (how a height was measured), not because a law
        /// keeps it back.
        technical: bool,
    },
}

impl Operation {
    /// As it stands in a policy file.
    pub fn word(&self) -> &'static str {
        match self {
            Self::AsIs => OperationWord::AsIs,
            Self::Map => OperationWord::Map,
            Self::Round { .. } => OperationWord::Round,
            Self::Bin { .. } => OperationWord::Bin,
            Self::Aggregate { .. } => OperationWord::Aggregate,
            Self::Suppress { .. } => OperationWord::Suppress,
        }
        .word()
    }

    /// The operation with its parameters in one short line, for tables of rules.
    pub fn summary(&self) -> String {
        match self {
            Self::AsIs | Self::Map => self.word().to_owned(),
            Self::Round { step } => format!("round {step}"),
            Self::Bin { edges, .. } => format!("bin {}", spaced(edges)),
            Self::Aggregate { statistic, edges, .. } => {
                format!("aggregate {statistic} {}", spaced(edges)).trim_end().to_owned()
            }
            Self::Suppress { technical: true } => "suppress, technical".to_owned(),
            Self::Suppress { technical: false } => "suppress".to_owned(),
        }
    }
}

fn spaced(edges: &[f64]) -> String {
    edges.iter().map(f64::to_string).collect::<Vec<_>>().join(" ")
}

impl Class {
    /// Whether an attribute of this class may go to an audience by an operation. The ceiling over all rules.
    pub(crate) fn admits(self, audience: Audience, operation: &Operation, is_allow_list: bool) -> bool {
        let suppresses = matches!(operation, Operation::Suppress { .. });
        match (self, audience.ruled_as()) {
            (Self::Public, _) => true,
            (Self::Never, _) => suppresses,
            (Self::Aggregated | Self::Restricted, Audience::Planner) => true,
            (Self::Aggregated, _) => suppresses || matches!(operation, Operation::Aggregate { .. }),
            (Self::Restricted, _) => suppresses || (is_allow_list && matches!(operation, Operation::Map)),
        }
    }
}

impl Attribute {
    /// What a viewer gets of it by an operation; `None` where no value of a single building is released.
    pub(crate) fn released_kind(&self, operation: &Operation) -> Option<AttributeKind> {
        match operation {
            Operation::AsIs | Operation::Round { .. } => Some(self.plain_kind()),
            Operation::Map => Some(AttributeKind::Category { values: self.code_list.as_ref()?.values().to_vec() }),
            Operation::Bin { classes, .. } => Some(AttributeKind::Category { values: classes.clone() }),
            Operation::Aggregate { .. } | Operation::Suppress { .. } => None,
        }
    }

    fn plain_kind(&self) -> AttributeKind {
        let unit = self.unit.map(|unit| unit.word().to_owned());
        match self.value_type {
            ValueType::Text => AttributeKind::Text,
            ValueType::Integer => AttributeKind::Integer { unit },
            ValueType::Real => AttributeKind::Real { unit, decimals: self.decimals },
            ValueType::Boolean => AttributeKind::Boolean,
        }
    }

    /// What people are told was done to the values; `None` where nothing was.
    pub(crate) fn operation_text(&self, operation: &Operation) -> Option<Text> {
        let done = self.done_text(operation);
        if !self.hidden_at_sensitive_places {
            return done;
        }
        let hidden = Text::new("ohne Angabe bei besonders schützenswerten Orten", "left out at sensitive places")
            .with(Language::Leicht, "Manche Häuser brauchen Schutz. Dort sagen wir es nicht.");
        Some(match done {
            Some(done) => joined(&done, &hidden),
            None => hidden,
        })
    }

    fn done_text(&self, operation: &Operation) -> Option<Text> {
        let (de, en, leicht) = match operation {
            Operation::Round { step } => {
                let unit = self.unit.map(|unit| format!(" {unit}")).unwrap_or_default();
                let german = step.to_string().replace('.', ",");
                let de = format!("auf {german}{unit} gerundet");
                let leicht = format!("Die Zahl ist gerundet. Sie ist auf {german}{unit} genau.");
                return Some(Text::new(&de, &format!("rounded to {step}{unit}")).with(Language::Leicht, &leicht));
            }
            Operation::Bin { .. } => {
                ("in Klassen eingeteilt", "put into classes", "Wir sagen nicht die genaue Zahl. Wir sagen: von … bis …")
            }
            Operation::Map if self.allow_list => (
                "nur Einträge einer Positivliste",
                "only entries of an allow-list",
                "Wir sagen nur Namen, die auf einer Liste stehen.",
            ),
            Operation::Map if self.code_list.as_ref().is_some_and(|list| list.is_coarse()) => {
                ("zu Gruppen zusammengefasst", "put together in groups", "Wir sagen es nur ungefähr.")
            }
            _ => return None,
        };
        Some(Text::new(de, en).with(Language::Leicht, leicht))
    }
}

/// Two texts as one; in plain German they are sentences.
fn joined(one: &Text, other: &Text) -> Text {
    let join = |&language: &Language| {
        let mark = if language == Language::Leicht { "" } else { ";" };
        (language, format!("{}{mark} {}", one.get(language), other.get(language)))
    };
    Text(Language::ALL.iter().map(join).collect())
}
