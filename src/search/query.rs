//! What was typed: words to look for, and a house number if there is one.

use super::fold::{fold, spelled_out, words};
use super::number::{self, HouseNumber};

/// Longest query that is looked at, characters.
const MAX_QUERY: usize = 120;

/// A query.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Query {
    /// With a house number.
    pub with_number: Option<Numbered>,
    /// All of it as words of a name.
    pub as_name: Words,
}

/// A house number and the words beside it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Numbered {
    pub number: HouseNumber,
    pub words: Words,
    /// Whether the number stands last, so that it may be going on.
    pub is_last: bool,
}

/// Words of a query.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Words {
    /// Folded; none of them is empty.
    pub all: Vec<String>,
    /// Whether the last may be going on.
    pub is_unfinished: bool,
    /// All in one.
    pub joined: String,
    /// All in one with abbreviations written out.
    pub spelled_out: String,
}

impl Query {
    /// Reads a query. Words for which `is_elsewhere` are those of the city itself: they are left out if others remain.
    pub fn parse(text: &str, is_elsewhere: impl Fn(&str) -> bool) -> Self {
        let text: String = text.chars().take(MAX_QUERY).collect();
        let is_unfinished = text.ends_with(|c: char| c.is_alphanumeric());
        let words_of = |text: &str, is_unfinished| Words::of(words(text), is_unfinished, &is_elsewhere);
        let with_number = number::find(&text).and_then(|place| {
            let number = HouseNumber::parse(&text[place.clone()])?;
            let rest = format!("{} {}", &text[..place.start], &text[place.end..]);
            let is_last = place.end == text.len();
            let words = words_of(&rest, is_unfinished && !is_last);
            (!words.all.is_empty()).then_some(Numbered { number, words, is_last })
        });
        Self { with_number, as_name: words_of(&text, is_unfinished) }
    }
}

impl Words {
    fn of(all: Vec<String>, is_unfinished: bool, is_elsewhere: &impl Fn(&str) -> bool) -> Self {
        let is_wanted = |word: &String| !is_postcode(word) && !is_elsewhere(word);
        let wanted: Vec<String> = all.iter().filter(|word| is_wanted(word)).cloned().collect();
        let is_unfinished = is_unfinished && wanted.last() == all.last();
        let all = if wanted.is_empty() { all } else { wanted };
        let spelled_out = all.iter().map(|word| spelled_out(word)).collect();
        Self { joined: all.concat(), spelled_out, all, is_unfinished }
    }
}

fn is_postcode(word: &str) -> bool {
    word.len() == 5 && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// The words of names of towns, folded.
pub(super) fn town_words(towns: &[String]) -> Vec<String> {
    towns.iter().flat_map(|town| town.split_whitespace()).map(fold).filter(|word| word.len() > 2).collect()
}
