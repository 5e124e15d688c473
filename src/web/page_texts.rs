//! What the page itself says (assets/web): the same in every language that the program speaks.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::texts::Language;

type Texts = BTreeMap<String, BTreeMap<String, String>>;

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn texts() -> Texts {
    serde_json::from_str(&fs::read_to_string(folder("assets/web/texts.json")).unwrap()).unwrap()
}

/// What is filled into a text: `{count}`.
fn places(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect()
}

#[test]
fn the_page_speaks_every_language() {
    let texts = texts();
    let codes: BTreeSet<&str> = Language::ALL.iter().map(|language| language.code()).collect();
    assert_eq!(texts.keys().map(String::as_str).collect::<BTreeSet<_>>(), codes);
    for language in Language::ALL {
        let said = &texts[language.code()];
        assert_eq!((said["tag"].as_str(), said["name"].as_str()), (language.tag(), language.own_name()));
        for name in ["accessibility", "privacy"] {
            let statement = folder("assets/web/pages").join(format!("{name}.{}.html", language.code()));
            assert!(statement.is_file(), "there is no {}", statement.display());
        }
    }
}

#[test]
fn the_page_has_the_same_texts_in_every_language() {
    let texts = texts();
    let german = &texts["de"];
    for (language, said) in &texts {
        assert_eq!(said.keys().collect::<Vec<_>>(), german.keys().collect::<Vec<_>>(), "{language}");
        for (key, text) in said {
            assert!(!text.trim().is_empty(), "{language}: {key} is empty");
            let unsaid: Vec<_> = places(text).difference(&places(&german[key])).copied().collect();
            assert!(unsaid.is_empty(), "{language}: {key} is filled in with {unsaid:?}, which nobody gives");
        }
    }
}

/// Every text that a script or a page asks for by name, and none that nobody asks for.
#[test]
fn every_text_of_the_page_is_used() {
    let mut sources = String::new();
    for path in ["assets/web", "tools/site"] {
        for entry in fs::read_dir(folder(path)).unwrap() {
            let path = entry.unwrap().path();
            if path
                .extension()
                .is_some_and(|ending| ["js", "mjs", "html"].contains(&ending.to_str().unwrap_or_default()))
            {
                sources += &fs::read_to_string(path).unwrap();
            }
        }
    }
    let words: BTreeSet<&str> = sources.split(|sign: char| !sign.is_alphanumeric() && sign != '_').collect();
    let texts = texts();
    // Put together of a prefix and what the program or the worker says.
    let is_made =
        |key: &str| ["kind_", "offline_"].iter().any(|prefix| key.starts_with(prefix) && words.contains(prefix));
    for key in texts["de"].keys() {
        assert!(words.contains(key.as_str()) || is_made(key), "{key} is said by nobody");
    }
    for marker in ["data-text=\"", "data-label=\"", "data-placeholder=\""] {
        for key in sources.split(marker).skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(texts["de"].contains_key(key), "the page asks for {key}, which there is not");
        }
    }
}
