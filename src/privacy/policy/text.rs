//! Checks that every table of a policy shares: texts in both languages, keys, words, days.

use jiff::civil::Date;
use toml::Spanned;
use toml::value::Datetime;

use super::error::{Fault, Problem};
use super::words::Word;
use crate::twin::{Language, Text};

/// A text that has German and English.
pub(super) fn checked_text(key: &'static str, text: Spanned<Text>) -> Result<Text, Fault> {
    let span = text.span();
    let text = text.into_inner();
    let has = |language| text.0.get(&language).is_some_and(|words: &String| !words.trim().is_empty());
    if has(Language::De) && has(Language::En) {
        return Ok(text);
    }
    Err(Fault::at(span, Problem::TextMissing { key }))
}

/// A key: an ASCII identifier in small letters.
pub(super) fn key_of(key: &Spanned<String>) -> Result<String, Fault> {
    let text = key.get_ref();
    if is_key(text) {
        return Ok(text.clone());
    }
    Err(Fault::at(key.span(), Problem::NotAKey(text.clone())))
}

/// Whether a text is an ASCII identifier in small letters.
pub(super) fn is_key(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// An attribute's name: something, not too long, without control characters or white space around it.
pub(super) fn name_of(name: &Spanned<String>) -> Result<String, Fault> {
    let text = name.get_ref();
    let fits = !text.is_empty() && text.len() <= 128 && text.trim() == text && !text.chars().any(char::is_control);
    if fits {
        return Ok(text.clone());
    }
    Err(Fault::at(name.span(), Problem::NotAName(text.chars().take(80).collect())))
}

/// A word of a closed list.
pub(super) fn word_of<W: Word>(key: &'static str, word: &Spanned<String>) -> Result<W, Fault> {
    W::parse(word.get_ref()).map_err(|unknown| Fault::at(word.span(), Problem::Word { key, word: unknown }))
}

/// A day without a time.
pub(super) fn day_of(key: &'static str, day: &Spanned<Datetime>) -> Result<Date, Fault> {
    let written = day.get_ref();
    let is_day = written.time.is_none() && written.offset.is_none();
    let date = written.date.filter(|_| is_day).and_then(|date| {
        Date::new(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
    });
    date.ok_or(Fault::at(day.span(), Problem::NotADay { key }))
}
