//! Single properties of a feature, as German offices write them: numbers as text, decimal commas, `24.07.2019`.

use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::plan::is_limit;
use crate::report::{Place, Report, WarningKind};

/// Why a feature becomes no plan.
pub(super) type Problem = (WarningKind, &'static str);

/// A feature's properties, with where to report what is wrong with them.
pub(super) struct Cells<'a> {
    pub(super) properties: &'a Map<String, Value>,
    pub(super) place: &'a Place,
    pub(super) report: &'a mut Report,
}

impl Cells<'_> {
    /// A text that is not empty, or a number as text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.properties.get(name)? {
            Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// What `check` makes of the text; a text that it refuses is reported as one that `complaint`.
    pub(super) fn checked<T>(&mut self, name: &str, complaint: &str, check: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(name)?;
        let value = check(&text);
        if value.is_none() {
            self.report.warn(WarningKind::BadValue, self.place.clone(), format!("property {name} {complaint}"));
        }
        value
    }

    /// A day: `2019-07-24`, with or without a time behind it, or `24.07.2019`.
    pub(super) fn date(&mut self, name: &str) -> Option<Date> {
        self.checked(name, "is no date", |text| {
            let day = text.split(['T', ' ']).next().unwrap_or_default();
            match day.split('.').collect::<Vec<_>>().as_slice() {
                [day, month, year] => Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok(),
                _ => day.trim_end_matches('Z').parse().ok(),
            }
        })
    }

    /// A number that is not negative, nor larger than any limit.
    pub(super) fn limit(&mut self, name: &str) -> Option<f64> {
        self.checked(name, "is no number from 0 on", |text| {
            let number: f64 = text.replace(',', ".").parse().ok()?;
            is_limit(number).then_some(number)
        })
    }

    /// A whole number that is not negative.
    pub(super) fn whole(&mut self, name: &str) -> Option<u32> {
        self.checked(name, "is no whole number from 0 on", |text| text.trim_end_matches(".0").parse().ok())
    }
}
