//! What is done to a value on release, and the words in which people are told so.

use super::attribute::Attribute;
use super::words::{Audience, Class, OperationWord, Statistic, Word};
use crate::twin::{AttributeKind, CategoryValue, Text};

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
            return done.map(|(de, en)| Text::new(&de, &en));
        }
        let (hidden_de, hidden_en) =
            ("ohne Angabe bei besonders schützenswerten Orten", "left out at sensitive places");
        Some(match done {
            Some((de, en)) => Text::new(&format!("{de}; {hidden_de}"), &format!("{en}; {hidden_en}")),
            None => Text::new(hidden_de, hidden_en),
        })
    }

    fn done_text(&self, operation: &Operation) -> Option<(String, String)> {
        match operation {
            Operation::Round { step } => {
                let unit = self.unit.map(|unit| format!(" {unit}")).unwrap_or_default();
                let de = format!("auf {}{unit} gerundet", step.to_string().replace('.', ","));
                Some((de, format!("rounded to {step}{unit}")))
            }
            Operation::Bin { .. } => Some(("in Klassen eingeteilt".to_owned(), "put into classes".to_owned())),
            Operation::Map if self.allow_list => {
                Some(("nur Einträge einer Positivliste".to_owned(), "only entries of an allow-list".to_owned()))
            }
            Operation::Map if self.code_list.as_ref().is_some_and(|list| list.is_coarse()) => {
                Some(("zu Gruppen zusammengefasst".to_owned(), "put together in groups".to_owned()))
            }
            _ => None,
        }
    }
}
