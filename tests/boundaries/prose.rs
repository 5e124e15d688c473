//! What the documents promise is there: invariants are tests, texts are about the project alone.

use std::collections::BTreeSet;

use crate::assert_none;
use crate::files::{rust_files, text_file, text_files};
use crate::rust;

/// Names of all functions that are compiled for tests.
fn test_names() -> BTreeSet<String> {
    let of_file = |file: &crate::files::RustFile| {
        let functions = rust::functions(&file.tokens).into_iter();
        let tests = functions.filter(|function| file.is_test || function.is_test);
        tests.map(|function| function.name).collect::<Vec<_>>()
    };
    rust_files().iter().flat_map(of_file).collect()
}

/// Each `**Invariant:**` of ARCHITECTURE.md ends with "Held by" and the names of its tests, and all of them exist.
#[test]
fn every_invariant_is_a_test() {
    let text = text_file("ARCHITECTURE.md");
    let tests = test_names();
    let mut found = Vec::new();
    let mut invariants = 0;
    for line in text.lines().filter(|line| line.contains("**Invariant:**")) {
        invariants += 1;
        let Some((_, holders)) = line.split_once("Held by ") else {
            found.push(format!("nothing holds: {line}"));
            continue;
        };
        let names = holders.split('`').skip(1).step_by(2);
        found.extend(names.filter(|name| !tests.contains(*name)).map(|name| format!("no test is called {name}")));
    }
    assert_none("invariants of ARCHITECTURE.md", found);
    assert!(invariants > 10, "only {invariants} invariants were found");
}

/// No path of somebody's machine and nothing put off, in any text of the project.
#[test]
fn no_machine_and_no_leftovers_in_any_text() {
    // In two halves, so that this list is not found itself.
    let forbidden: Vec<String> = [
        ("/ro", "ot/"),
        ("/ho", "me/"),
        ("/tm", "p/"),
        ("/wo", "rk/"),
        ("/Us", "ers/"),
        ("C:\\", "Users"),
        ("FIX", "ME"),
        ("TO", "DO"),
        ("XX", "X"),
        ("to", "do!("),
        ("unimpl", "emented!("),
        ("db", "g!("),
    ]
    .into_iter()
    .map(|(one, two)| format!("{one}{two}"))
    .collect();
    let endings = ["rs", "toml", "md", "wgsl", "mjs", "js", "html", "css", "yml", "txt"];
    let found = text_files(&endings).into_iter().flat_map(|(path, text)| {
        let lines = text.lines().enumerate().filter_map(|(number, line)| {
            let word = forbidden.iter().find(|word| holds(line, word))?;
            Some(format!("{path}:{}: {word}", number + 1))
        });
        lines.collect::<Vec<_>>()
    });
    assert_none("words that do not belong here", found);
}

/// Whether a word stands in a line; one that starts with `/` not in the middle of a path or of a JSON pointer.
fn holds(line: &str, word: &str) -> bool {
    let begins = |at: usize| match line[..at].chars().next_back() {
        Some(before) => !(before.is_alphanumeric() || "#}.>".contains(before)),
        None => true,
    };
    line.match_indices(word).any(|(at, _)| begins(at))
}
