//! The type of a column and the value of a cell.

use crate::model::RawValue;

/// What stands before the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DecimalMark {
    /// `1234.5`.
    Point,
    /// `1234,5` and `1.234,5`, in tables that a semicolon or tab separates; `1234.5` is understood as well.
    Comma,
}

impl DecimalMark {
    /// What goes with a separator.
    pub(super) fn of(separator: u8) -> Self {
        if separator == b',' { Self::Point } else { Self::Comma }
    }
}

/// The narrowest type that every cell of a column has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnType {
    Integer,
    Real,
    Bool,
    Text,
}

/// What the cells of a column that were seen so far can all be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guess {
    integer: bool,
    real: bool,
    truth: bool,
    any: bool,
}

impl Guess {
    /// Nothing was seen.
    pub(super) const OPEN: Self = Self { integer: true, real: true, truth: true, any: false };

    /// Sees a cell. An empty one says nothing.
    pub(super) fn see(&mut self, cell: &str, mark: DecimalMark) {
        let cell = cell.trim();
        if cell.is_empty() {
            return;
        }
        self.any = true;
        self.integer = self.integer && parse_integer(cell).is_some();
        self.real = self.real && parse_real(cell, mark).is_some();
        self.truth = self.truth && parse_bool(cell).is_some();
    }

    /// The column's type; text where all cells are empty.
    pub(super) fn column_type(self) -> ColumnType {
        match (self.any, self.integer, self.real, self.truth) {
            (true, true, ..) => ColumnType::Integer,
            (true, _, true, _) => ColumnType::Real,
            (true, _, _, true) => ColumnType::Bool,
            _ => ColumnType::Text,
        }
    }
}

impl ColumnType {
    /// The value of a cell; `None` for an empty one.
    pub(super) fn value(self, cell: &str, mark: DecimalMark) -> Option<RawValue> {
        let cell = cell.trim();
        match self {
            Self::Integer => parse_integer(cell).map(RawValue::integer),
            Self::Real => parse_real(cell, mark).map(RawValue::real),
            Self::Bool => parse_bool(cell).map(RawValue::bool),
            Self::Text => (!cell.is_empty()).then(|| RawValue::text(cell)),
        }
    }
}

/// A whole number. One with a leading zero is a code, such as a municipality's `09162000`.
fn parse_integer(cell: &str) -> Option<i64> {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    is_plain.then(|| cell.parse().ok()).flatten()
}

/// A decimal number without exponent: `1E5` is rather a code than a number in such tables.
fn parse_real(cell: &str, mark: DecimalMark) -> Option<f64> {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let (whole, decimals, separator) = match (mark, digits.split_once(',')) {
        (DecimalMark::Comma, Some((whole, decimals))) => (whole.to_owned(), decimals, true),
        (DecimalMark::Point, Some(_)) => return None,
        (_, None) => match digits.split_once('.') {
            Some((whole, decimals)) => (whole.to_owned(), decimals, false),
            None => (digits.to_owned(), "0", false),
        },
    };
    let whole = if separator { without_thousands(&whole)? } else { whole };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_code = whole.len() > 1 && whole.starts_with('0');
    if !is_digits(&whole) || !is_digits(decimals) || is_code {
        return None;
    }
    let sign = if digits.len() < cell.len() { "-" } else { "" };
    format!("{sign}{whole}.{decimals}").parse().ok().filter(|number: &f64| number.is_finite())
}

/// `1.234` → `1234`; `None` where points stand anywhere but before groups of three.
fn without_thousands(whole: &str) -> Option<String> {
    let mut groups = whole.split('.');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let is_grouped = rest.iter().all(|group| group.len() == 3) && (rest.is_empty() || (1..=3).contains(&first.len()));
    is_grouped.then(|| format!("{first}{}", rest.concat()))
}

fn parse_bool(cell: &str) -> Option<bool> {
    match cell.to_ascii_lowercase().as_str() {
        "true" | "ja" | "wahr" | "yes" => Some(true),
        "false" | "nein" | "falsch" | "no" => Some(false),
        _ => None,
    }
}
