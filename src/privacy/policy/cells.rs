//! Every cell of a policy: attribute × audience × purpose, as a list and as a table that people read.
//!
//! The table is what a data-protection officer approves and what a change is compared by.

use std::fmt::{self, Write};

use super::{Audience, Decision, Policy, Withholding};

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell<'a> {
    /// The attribute's name.
    pub attribute: &'a str,
    /// Who asks.
    pub audience: Audience,
    /// For what; `None` is "no purpose given".
    pub purpose: Option<&'a str>,
    /// What the policy decides.
    pub decision: Decision<'a>,
}

impl fmt::Display for Withholding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Never => "– never",
            Self::NoRule => "– no rule",
            Self::Purpose => "– other purpose",
            Self::Class => "– class",
            Self::Suppressed => "– suppressed",
            Self::Technical => "– technical",
            Self::AggregateOnly => "– aggregate only",
        })
    }
}

impl fmt::Display for Decision<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Release(rule) => f.pad(&rule.operation.summary()),
            Self::Withhold(withholding) => withholding.fmt(f),
        }
    }
}

impl Policy {
    /// Every cell: attributes in the file's order, then audiences, then no purpose and each purpose for planners.
    pub fn cells(&self) -> Vec<Cell<'_>> {
        let columns = self.columns();
        let rows = self.attributes.iter();
        rows.flat_map(|attribute| {
            columns.iter().map(|&(audience, purpose)| Cell {
                attribute: &attribute.name,
                audience,
                purpose,
                decision: self.decide(attribute, audience, purpose),
            })
        })
        .collect()
    }

    /// The cells as a table with a line for each attribute and a column for each audience and purpose. "–" means that
    /// nothing goes out, with the rule that says so.
    pub fn cell_table(&self) -> String {
        let columns = self.columns();
        let heads = columns.iter().map(|(audience, purpose)| match purpose {
            Some(purpose) => format!("{audience}: {purpose}"),
            None => audience.to_string(),
        });
        let mut lines = vec![["attribute".to_owned(), "class".to_owned()].into_iter().chain(heads).collect::<Vec<_>>()];
        for (attribute, cells) in self.attributes.iter().zip(self.cells().chunks(columns.len())) {
            let name = if attribute.hidden_at_sensitive_places { "*" } else { "" };
            let name = format!("{}{name}", attribute.name);
            let cells = cells.iter().map(|cell| cell.decision.to_string());
            lines.push([name, attribute.class.to_string()].into_iter().chain(cells).collect());
        }
        let mut table = aligned(&lines);
        if self.attributes.iter().any(|attribute| attribute.hidden_at_sensitive_places) {
            table.push_str("\n* left out at sensitive places, for every audience\n");
        }
        table
    }

    fn columns(&self) -> Vec<(Audience, Option<&str>)> {
        let purposes = self.purposes.iter().map(|purpose| (Audience::Planner, Some(purpose.key.as_str())));
        self.audiences().iter().map(|&audience| (audience, None)).chain(purposes).collect()
    }
}

/// Lines of cells with columns of equal width.
fn aligned(lines: &[Vec<String>]) -> String {
    let count = lines.first().map_or(0, Vec::len);
    let width = |column: usize| lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..count).map(|column| width(column).unwrap_or(0)).collect();
    let mut table = String::new();
    for line in lines {
        let mut row = String::new();
        for (cell, width) in line.iter().zip(&widths) {
            let _ = write!(row, "{cell:width$}  ");
        }
        let _ = writeln!(table, "{}", row.trim_end());
    }
    table
}
