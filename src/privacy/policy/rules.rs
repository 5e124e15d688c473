//! One audience's rule for one attribute: wire → [`Rule`], the second of two steps.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;

use super::attribute::Attribute;
use super::error::{Fault, Problem};
use super::operation::Operation;
use super::text::{checked_text, is_key, word_of};
use super::wire::{WireBin, WireRule};
use super::words::{Audience, OperationWord, PartsRule, Statistic, ValueType};
use crate::twin::{CategoryValue, Text};

/// Which purposes a rule holds for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purposes {
    /// Every one, and none.
    Any,
    /// These alone.
    Named(Vec<String>),
}

impl Purposes {
    /// The word for all purposes.
    pub(super) const ANY: &str = "any";

    /// Whether the rule holds for a purpose; `None` is "no purpose given".
    pub fn admit(&self, purpose: Option<&str>) -> bool {
        match (self, purpose) {
            (Self::Any, _) => true,
            (Self::Named(names), Some(purpose)) => names.iter().any(|name| name == purpose),
            (Self::Named(_), None) => false,
        }
    }
}

/// What one audience gets of one attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// What is done to the values.
    pub operation: Operation,
    /// For which purposes.
    pub purposes: Purposes,
    /// The law it rests on, where it is not the attribute's.
    pub legal_basis: Option<Text>,
    /// The reason, where it is not the attribute's.
    pub why: Option<Text>,
}

/// What a rule is checked against.
pub(super) struct RuleContext<'a> {
    /// The attribute it belongs to, complete but for its rules.
    pub attribute: &'a Attribute,
    /// For whom.
    pub audience: Audience,
    /// Keys of the policy's purposes.
    pub purposes: &'a BTreeSet<String>,
    /// Whether the file has thresholds for aggregates.
    pub has_aggregation: bool,
}

impl RuleContext<'_> {
    /// The rule, checked.
    pub fn rule(&self, wire: Spanned<WireRule>) -> Result<Rule, Fault> {
        let span = wire.span();
        let mut wire = wire.into_inner();
        let purposes = self.purposes(&span, wire.purpose.take())?;
        let legal_basis = wire.legal_basis.take().map(|text| checked_text("legal_basis", text)).transpose()?;
        let why = wire.why.take().map(|text| checked_text("why", text)).transpose()?;
        let op_span = wire.op.span();
        let operation = self.operation(wire)?;
        self.check_class(op_span, &operation)?;
        Ok(Rule { operation, purposes, legal_basis, why })
    }

    fn purposes(&self, span: &Range<usize>, wire: Option<Vec<Spanned<String>>>) -> Result<Purposes, Fault> {
        let fault = |problem| Err(Fault::at(span.clone(), problem));
        let Some(names) = wire else {
            if self.audience == Audience::Citizen {
                return Ok(Purposes::Any);
            }
            return fault(Problem::KeyMissing { key: "purpose", because: ": planners need one, or the word any" });
        };
        if self.audience == Audience::Citizen {
            return fault(Problem::PurposeForCitizen);
        }
        if names.is_empty() {
            return fault(Problem::KeyMissing { key: "purpose", because: ": the list is empty" });
        }
        if let [only] = names.as_slice()
            && only.get_ref() == Purposes::ANY
        {
            return Ok(Purposes::Any);
        }
        names.into_iter().map(|name| self.purpose(name)).collect::<Result<_, _>>().map(Purposes::Named)
    }

    fn purpose(&self, name: Spanned<String>) -> Result<String, Fault> {
        if self.purposes.contains(name.get_ref()) {
            return Ok(name.into_inner());
        }
        let span = name.span();
        Err(Fault::at(span, Problem::Missing { what: "purpose", name: name.into_inner() }))
    }

    fn operation(&self, wire: WireRule) -> Result<Operation, Fault> {
        let word = word_of("op", &wire.op)?;
        refuse_misplaced(&wire, word)?;
        let op_span = wire.op.span();
        match word {
            OperationWord::AsIs => Ok(Operation::AsIs),
            OperationWord::Suppress => {
                Ok(Operation::Suppress { technical: wire.technical.is_some_and(Spanned::into_inner) })
            }
            OperationWord::Map => self.map(op_span),
            OperationWord::Round => self.round(op_span, wire.step),
            OperationWord::Bin => self.bin(op_span, wire.edges, wire.bins),
            OperationWord::Aggregate => self.aggregate(op_span, wire),
        }
    }

    fn map(&self, op_span: Range<usize>) -> Result<Operation, Fault> {
        if self.attribute.code_list.is_none() {
            return Err(missing(op_span, "code_list or values", " for op map"));
        }
        if self.attribute.parts == PartsRule::Max {
            return Err(misplaced(op_span, "op map", "codes have no greatest, which parts = \"max\" asks for"));
        }
        Ok(Operation::Map)
    }

    fn round(&self, op_span: Range<usize>, step: Option<Spanned<f64>>) -> Result<Operation, Fault> {
        self.check_number(&op_span)?;
        let step = step.ok_or_else(|| missing(op_span, "step", " for op round"))?;
        let (span, step) = (step.span(), step.into_inner());
        let bad = |because| Err(Fault::at(span.clone(), Problem::BadNumber { key: "step", because }));
        if !(step.is_finite() && step > 0.0) {
            return bad("must be above 0");
        }
        if self.attribute.value_type == ValueType::Integer && step.fract() != 0.0 {
            return bad("must be whole for whole numbers");
        }
        let shown = step * 10f64.powi(i32::from(self.attribute.decimals));
        if self.attribute.value_type == ValueType::Real && (shown - shown.round()).abs() > 1e-9 * shown {
            return bad("has more digits than decimals shows");
        }
        Ok(Operation::Round { step })
    }

    fn bin(
        &self,
        op_span: Range<usize>,
        edges: Option<Spanned<Vec<f64>>>,
        bins: Option<Spanned<Vec<WireBin>>>,
    ) -> Result<Operation, Fault> {
        let (edges, classes) = self.edges_and_classes(op_span, edges, bins)?;
        Ok(Operation::Bin { edges, classes })
    }

    fn edges_and_classes(
        &self,
        op_span: Range<usize>,
        edges: Option<Spanned<Vec<f64>>>,
        bins: Option<Spanned<Vec<WireBin>>>,
    ) -> Result<(Vec<f64>, Vec<CategoryValue>), Fault> {
        self.check_number(&op_span)?;
        let edges = edges.ok_or_else(|| missing(op_span.clone(), "edges", " for classes"))?;
        let bins = bins.ok_or_else(|| missing(op_span, "bins", " for classes"))?;
        let (edges_span, bins_span) = (edges.span(), bins.span());
        let edges = edges.into_inner();
        let ascending = edges.windows(2).all(|pair| matches!(pair, [low, high] if low < high));
        if edges.is_empty() || !ascending || !edges.iter().all(|edge| edge.is_finite()) {
            let because = "must be at least one number, each above the one before";
            return Err(Fault::at(edges_span, Problem::BadNumber { key: "edges", because }));
        }
        let classes = classes(bins)?;
        if classes.len() != edges.len() + 1 {
            return Err(Fault::at(
                bins_span,
                Problem::BadNumber { key: "bins", because: "must be one more than edges" },
            ));
        }
        Ok((edges, classes))
    }

    fn aggregate(&self, op_span: Range<usize>, wire: WireRule) -> Result<Operation, Fault> {
        if !self.has_aggregation {
            return Err(missing(op_span, "[aggregation]", ": without thresholds nothing may be aggregated"));
        }
        let statistic = wire.statistic.ok_or_else(|| missing(op_span.clone(), "statistic", " for op aggregate"))?;
        let statistic = word_of("statistic", &statistic)?;
        if wire.edges.is_none() && wire.bins.is_none() {
            return Ok(Operation::Aggregate { statistic, edges: Vec::new(), classes: Vec::new() });
        }
        if statistic != Statistic::Shares {
            return Err(misplaced(op_span, "edges", "only shares are told by classes"));
        }
        let (edges, classes) = self.edges_and_classes(op_span, wire.edges, wire.bins)?;
        Ok(Operation::Aggregate { statistic, edges, classes })
    }

    fn check_number(&self, op_span: &Range<usize>) -> Result<(), Fault> {
        if self.attribute.value_type.is_number() {
            return Ok(());
        }
        Err(misplaced(op_span.clone(), "op", "only numbers can be rounded or put into classes"))
    }

    fn check_class(&self, op_span: Range<usize>, operation: &Operation) -> Result<(), Fault> {
        let class = self.attribute.class;
        if class.admits(self.audience, operation, self.attribute.allow_list) {
            return Ok(());
        }
        let problem = Problem::ClassForbids { class, operation: operation.word(), audience: self.audience };
        Err(Fault::at(op_span, problem))
    }
}

/// The classes of a bin, with keys that differ.
fn classes(bins: Spanned<Vec<WireBin>>) -> Result<Vec<CategoryValue>, Fault> {
    let span = bins.span();
    let mut keys = BTreeSet::new();
    let mut classes = Vec::new();
    for bin in bins.into_inner() {
        if !is_key(&bin.key) {
            return Err(Fault::at(span, Problem::NotAKey(bin.key)));
        }
        if !keys.insert(bin.key.clone()) {
            return Err(Fault::at(span, Problem::Twice { what: "key", name: bin.key }));
        }
        let label = checked_text("label", Spanned::new(span.clone(), bin.label))?;
        classes.push(CategoryValue { key: bin.key, label });
    }
    Ok(classes)
}

/// Refuses parameters of other operations, so that nobody believes in a rounding that does not happen.
fn refuse_misplaced(wire: &WireRule, word: OperationWord) -> Result<(), Fault> {
    use OperationWord::{Aggregate, Bin, Round, Suppress};
    let spans: [(_, _, &[OperationWord]); 5] = [
        (wire.step.as_ref().map(Spanned::span), "step", &[Round]),
        (wire.edges.as_ref().map(Spanned::span), "edges", &[Bin, Aggregate]),
        (wire.bins.as_ref().map(Spanned::span), "bins", &[Bin, Aggregate]),
        (wire.statistic.as_ref().map(Spanned::span), "statistic", &[Aggregate]),
        (wire.technical.as_ref().map(Spanned::span), "technical", &[Suppress]),
    ];
    for (span, key, belongs_to) in spans {
        if let Some(span) = span
            && !belongs_to.contains(&word)
        {
            return Err(misplaced(span, key, "it belongs to another operation"));
        }
    }
    Ok(())
}

fn missing(span: Range<usize>, key: &'static str, because: &'static str) -> Fault {
    Fault::at(span, Problem::KeyMissing { key, because })
}

fn misplaced(span: Range<usize>, key: &'static str, because: &'static str) -> Fault {
    Fault::at(span, Problem::KeyMisplaced { key, because })
}
