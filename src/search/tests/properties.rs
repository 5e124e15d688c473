//! What holds for every query and every index.

use proptest::prelude::*;

use super::super::distance::slips;
use super::super::fold::{MAX_WORD, fold, words};
use super::super::{HitKind, HouseNumber, Index};
use super::{STREETS, addresses, index, names};
use crate::twin::Language;

/// Hits that nothing was left out of.
const ALL: usize = 200;

#[test]
fn every_street_is_found_by_its_name_and_by_each_beginning_of_it() {
    let index = index();
    for (name, ..) in STREETS {
        let ends = name.char_indices().map(|(at, _)| at).chain([name.len()]);
        for typed in ends.map(|end| &name[..end]).filter(|typed| typed.chars().count() >= 3) {
            let hits = index.find(typed, Language::De, ALL);
            let place = hits.iter().position(|hit| hit.kind == HitKind::Street && hit.title == name);
            let Some(place) = place else { panic!("{typed:?} does not find {name}") };
            // What comes before it begins so as well.
            let start = words(typed).concat();
            let is_equal = |hit: &super::super::Hit| words(&hit.title).concat().starts_with(&start);
            assert!(place < 8 && hits[..place].iter().all(is_equal), "{typed:?}: {name} is hit {place} of {hits:?}");
        }
    }
}

#[test]
fn every_address_is_found() {
    let index = index();
    for (name, _, numbers) in STREETS {
        for number in numbers {
            let hits = index.find(&format!("{name} {number}"), Language::De, 1);
            assert_eq!(hits[0].title, format!("{name} {number}"));
            assert!(hits[0].instead_of.is_none() && hits[0].building.is_some());
        }
    }
}

/// Text as it may come from a keyboard, a clipboard or an attacker.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-zäöüß0-9 .,/–'-]{0,60}",
        "(Sendlinger|Str|Tal|Münchner|5|a|-| |17)+",
        "[0-9]{0,30}",
    ]
}

proptest! {
    #[test]
    fn any_text_is_survived(text in any_text(), limit in 0usize..20) {
        for index in [&index(), &Index::of(names()).unwrap(), &Index::default()] {
            let hits = index.find(&text, Language::De, limit);
            prop_assert!(hits.len() <= limit);
            prop_assert_eq!(&hits, &index.find(&text, Language::De, limit));
        }
    }

    #[test]
    fn any_bytes_give_an_index_or_an_error(names_change in any::<(usize, u8)>(), addresses_change in any::<(usize, u8)>()) {
        let changed = |mut bytes: Vec<u8>, (at, to): (usize, u8)| {
            let length = bytes.len();
            bytes[at % length] = to;
            bytes
        };
        let names = changed(serde_json::to_vec(&names()).unwrap(), names_change);
        let addresses = changed(serde_json::to_vec(&addresses()).unwrap(), addresses_change);
        if let Ok(mut index) = Index::parse(&names) {
            // Either outcome is right; what is found must be whole.
            let _ = index.add_addresses(&addresses);
            for hit in index.find("Sendlinger Straße 5", Language::De, 8) {
                prop_assert!(hit.lon_deg.is_finite() && hit.pose(0.0).distance_m > 0.0);
            }
        }
    }

    #[test]
    fn a_beginning_folds_to_a_beginning(word in "[a-zA-ZäöüßÄÖÜéèáñøåæłaeous]{0,30}", letters in 0usize..30) {
        let beginning: String = word.chars().take(letters).collect();
        prop_assert!(fold(&word).starts_with(&fold(&beginning)), "{} {}", fold(&word), fold(&beginning));
    }

    #[test]
    fn slips_are_counted_as_strsim_counts_them(
        typed in "[abc]{0,9}", word in "[abc]{0,12}", most in 0u8..4,
    ) {
        let distance = strsim::osa_distance(&typed, &word);
        let within = |distance: usize| u8::try_from(distance).ok().filter(|distance| *distance <= most);
        prop_assert_eq!(slips(typed.as_bytes(), word.as_bytes(), most, false), within(distance));
        let beginnings = (0..=word.len()).map(|end| strsim::osa_distance(&typed, &word[..end]));
        let least = beginnings.min().unwrap_or(usize::MAX);
        prop_assert_eq!(slips(typed.as_bytes(), word.as_bytes(), most, true), within(least));
    }

    #[test]
    fn folded_words_are_short_and_plain(text in any::<String>()) {
        for word in words(&text) {
            prop_assert!(!word.is_empty() && word.len() <= MAX_WORD && !word.contains(char::is_whitespace));
        }
    }

    #[test]
    fn house_numbers_come_back(value in 0u32..10_000, rest in "[a-z]?|-[1-9][0-9]{0,2}|1/2") {
        let number = HouseNumber { value, rest: rest.clone() };
        prop_assert_eq!(HouseNumber::parse(&format!("{value} {rest}")), Some(number.clone()));
        if rest != "1/2" {
            prop_assert_eq!(HouseNumber::parse(&number.written()), Some(number.clone()));
        }
        prop_assert!(number.answers(&number));
    }
}
