//! How often a public screen is used: totals of a day and nothing else. No visitor, no text, no id, no time of day is in
//! here, and small numbers are shown as "<5".

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::twin::Language;

/// The value of [`Counts::format`].
const FORMAT: &str = "stadtzwilling-kiosk-counts/1";
/// Days that are kept.
const KEPT_DAYS: usize = 366;
/// Numbers below this are not shown: with so few visitors a number may be somebody.
const SMALL: u64 = 5;

/// What is counted of a visit, until it is over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Visits.
    #[serde(default)]
    pub visits: u64,
    /// Houses opened.
    #[serde(default)]
    pub houses: u64,
    /// Searches that somebody followed.
    #[serde(default)]
    pub searches: u64,
    /// Plans opened.
    #[serde(default)]
    pub plans: u64,
    /// Visits by the language that they ended in.
    #[serde(default)]
    pub languages: BTreeMap<Language, u64>,
}

impl Tally {
    /// The names of the numbers, keys of texts, in the order of [`Tally::numbers`].
    pub const NAMES: [&str; 4] = ["kiosk.visits", "kiosk.houses", "kiosk.searches", "kiosk.plans"];

    /// The numbers.
    pub fn numbers(&self) -> [u64; 4] {
        [self.visits, self.houses, self.searches, self.plans]
    }

    fn add(&mut self, other: &Self) {
        let Self { visits, houses, searches, plans, languages } = other;
        let sums = [
            (&mut self.visits, visits),
            (&mut self.houses, houses),
            (&mut self.searches, searches),
            (&mut self.plans, plans),
        ];
        sums.into_iter().for_each(|(sum, more)| *sum = sum.saturating_add(*more));
        for (language, more) in languages {
            let sum = self.languages.entry(*language).or_default();
            *sum = sum.saturating_add(*more);
        }
    }
}

/// The totals by day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    format: String,
    /// By day, ISO 8601.
    days: BTreeMap<String, Tally>,
}

impl Default for Counts {
    fn default() -> Self {
        Self { format: FORMAT.to_owned(), days: BTreeMap::new() }
    }
}

impl Counts {
    /// Adds a visit that is over to its day; days that are long past are dropped.
    pub fn add(&mut self, day: Date, visit: &Tally) {
        self.days.entry(day.to_string()).or_default().add(visit);
        while self.days.len() > KEPT_DAYS {
            self.days.pop_first();
        }
    }

    /// The last days that anybody came, ISO 8601, the latest first.
    pub fn last_days(&self, most: usize) -> impl Iterator<Item = (&str, &Tally)> {
        self.days.iter().rev().take(most).map(|(day, tally)| (day.as_str(), tally))
    }

    /// All days together.
    pub fn total(&self) -> Tally {
        self.days.values().fold(Tally::default(), |mut total, day| {
            total.add(day);
            total
        })
    }

    /// Reads a file of counts.
    ///
    /// # Errors
    /// A sentence, if it is none.
    pub fn parse(json: &str) -> Result<Self, String> {
        let counts: Self = serde_json::from_str(json).map_err(|error| error.to_string())?;
        if counts.format != FORMAT {
            return Err(format!("its format is \"{}\", not \"{FORMAT}\"", counts.format));
        }
        if let Some(other) = counts.days.keys().find(|day| day.parse::<Date>().is_err()) {
            return Err(format!("\"{other}\" is no day"));
        }
        Ok(counts)
    }

    /// The file of these counts.
    pub fn to_json(&self) -> String {
        // Names, numbers and days can always be written.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

/// A number as it is shown: small ones are not.
pub fn shown(number: u64) -> String {
    match number {
        0 => "–".to_owned(),
        1..SMALL => format!("<{SMALL}"),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i8) -> Date {
        jiff::civil::date(2026, 11, day)
    }

    fn visit(language: Language) -> Tally {
        Tally { visits: 1, houses: 3, searches: 1, plans: 0, languages: [(language, 1)].into() }
    }

    #[test]
    fn visits_become_totals_of_a_day() {
        let mut counts = Counts::default();
        counts.add(day(2), &visit(Language::De));
        counts.add(day(1), &visit(Language::En));
        counts.add(day(2), &visit(Language::En));
        let file = counts.to_json();
        expect_test::expect![[r#"
            {
              "format": "stadtzwilling-kiosk-counts/1",
              "days": {
                "2026-11-01": {
                  "visits": 1,
                  "houses": 3,
                  "searches": 1,
                  "plans": 0,
                  "languages": {
                    "en": 1
                  }
                },
                "2026-11-02": {
                  "visits": 2,
                  "houses": 6,
                  "searches": 2,
                  "plans": 0,
                  "languages": {
                    "de": 1,
                    "en": 1
                  }
                }
              }
            }
        "#]]
        .assert_eq(&file);
        assert_eq!(Counts::parse(&file), Ok(counts.clone()));
        assert_eq!(counts.last_days(1).map(|(day, _)| day).collect::<Vec<_>>(), ["2026-11-02"]);
        assert_eq!(counts.total().numbers(), [3, 9, 3, 0]);
    }

    #[test]
    fn small_numbers_are_not_shown() {
        assert_eq!([0, 1, 4, 5, 1234].map(shown), ["–", "<5", "<5", "5", "1234"]);
    }

    #[test]
    fn a_year_is_kept() {
        let mut counts = Counts::default();
        let mut at = day(1);
        for _ in 0..500 {
            counts.add(at, &visit(Language::De));
            at = at.tomorrow().expect("a day");
        }
        assert_eq!(counts.days.len(), KEPT_DAYS);
        assert_eq!(
            counts.last_days(1).next().map(|(day, _)| day.to_owned()),
            at.yesterday().ok().map(|day| day.to_string())
        );
    }

    #[test]
    fn what_is_no_file_of_counts_is_told() {
        for broken in [
            "",
            "{}",
            "[]",
            r#"{"format":"other","days":{}}"#,
            r#"{"format":"stadtzwilling-kiosk-counts/1","days":{"soon":{}}}"#,
        ] {
            assert!(Counts::parse(broken).is_err(), "{broken}");
        }
    }
}
