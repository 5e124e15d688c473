//! The boundaries inside of the project, held by a machine: ARCHITECTURE.md says what they are, these tests fail where
//! the sources cross one. They read files and run no code of the library.

#![expect(clippy::panic, reason = "a test that cannot read what it checks has failed")]

mod files;
mod prose;
mod rust;
mod sockets;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use files::{RustFile, rust_files};
use rust::{CratePath, Kind};
use table::Row;

/// Fails with one line for each violation.
fn assert_none(what: &str, found: impl IntoIterator<Item = String>) {
    let found: Vec<String> = found.into_iter().collect();
    assert!(found.is_empty(), "{what}:\n{}", found.join("\n"));
}

/// The number of the row that speaks of a module.
fn row_numbers(rows: &[Row]) -> BTreeMap<&str, usize> {
    rows.iter().enumerate().flat_map(|(n, row)| row.modules.iter().map(move |name| (name.as_str(), n))).collect()
}

/// The modules that lib.rs declares, the one of test data left out.
fn declared_modules() -> BTreeSet<String> {
    let root = rust_files().iter().find(|file| file.path == "src/lib.rs").expect("the library");
    let names =
        root.tokens.windows(3).filter(|three| three[0].text == "mod" && three[2].text == ";" && !three[0].is_test);
    names.map(|three| three[1].text.clone()).collect()
}

/// Paths of a file that lead into another module of the library.
fn foreign_paths(file: &RustFile) -> Vec<CratePath> {
    let own = file.module.first().map_or("", String::as_str);
    let modules = declared_modules();
    let mut paths = rust::crate_paths(&file.tokens, &["crate", "stadtzwilling"], file.module.len());
    paths.retain(|path| path.segments.first().is_some_and(|first| first != own && modules.contains(first)));
    paths
}

/// `ARCHITECTURE.md` has a row for each module, and only for what is there.
#[test]
fn every_module_is_in_the_table() {
    let named: BTreeSet<String> = table::rows().into_iter().flat_map(|row| row.modules).collect();
    let mut there = declared_modules();
    there.insert("main.rs".to_owned());
    assert_eq!(named, there);
}

/// The data flows one way: a row uses nothing but rows above it.
#[test]
fn the_table_has_no_circles() {
    let rows = table::rows();
    let numbers = row_numbers(&rows);
    let used =
        rows.iter().enumerate().flat_map(|(number, row)| row.named().into_iter().map(move |name| (number, name)));
    let wrong = used.filter(|(number, name)| numbers.get(name.as_str()).is_none_or(|used| used >= number));
    let told = |(number, name): (usize, String)| format!("{} uses {name}", rows[number].modules.join(", "));
    assert_none("ARCHITECTURE.md lets a module use one that is no row above it", wrong.map(told));
}

#[test]
fn the_module_table_holds() {
    let rows = table::rows();
    let numbers = row_numbers(&rows);
    let mut found = Vec::new();
    let mut seen = 0;
    for file in rust_files().iter().filter(|file| file.is_in_library() && file.path != "src/lib.rs") {
        let module = if file.path == "src/main.rs" { "main.rs" } else { &file.module[0] };
        for path in foreign_paths(file) {
            seen += 1;
            let is_test = file.is_test || path.is_test;
            if numbers.get(module).is_none_or(|&number| !rows[number].allows(&path.segments, is_test)) {
                let code = if is_test { "its tests may not use" } else { "may not use" };
                found.push(format!("{}:{}: {module} {code} {}", file.path, path.line, path.segments.join("::")));
            }
        }
    }
    assert_none("paths that the table of ARCHITECTURE.md does not allow", found);
    assert!(seen > 300, "only {seen} paths were found: the reader of sources is broken");
}

/// What was never released has no path to the screen, over however many modules.
#[test]
fn the_viewer_cannot_reach_what_is_not_released() {
    let rows = table::rows();
    let numbers = row_numbers(&rows);
    let mut reached = BTreeSet::from(["viewer".to_owned()]);
    let mut open = vec!["viewer".to_owned()];
    while let Some(module) = open.pop() {
        let row = &rows[numbers[module.as_str()]];
        assert!(!row.is_free(), "{module} may use everything");
        open.extend(row.named().into_iter().filter(|name| reached.insert(name.clone())));
    }
    for secret in ["source", "model", "privacy", "tiles", "store", "city", "sample"] {
        assert!(!reached.contains(secret), "the viewer reaches {secret} over {reached:?}");
    }
}

#[test]
fn nothing_outside_viewer_names_bevy() {
    const ENGINE: [&str; 4] = ["bevy", "egui", "wgpu", "winit"];
    let outside = rust_files().iter().filter(|file| file.is_in_library() && !file.path.starts_with("src/viewer/"));
    let found = outside.flat_map(|file| {
        let named = file.tokens.iter().filter(|token| token.kind == Kind::Word);
        let engine = named.filter(|token| ENGINE.iter().any(|name| token.text.to_lowercase().starts_with(name)));
        engine.map(|token| format!("{}:{}: {}", file.path, token.line, token.text))
    });
    assert_none("the engine's name outside of src/viewer", found);
}

/// An object of PROJ that is made anywhere else may be made before the program's own database is in its place. (`version`
/// asks the library for its number, which needs no database.)
#[test]
fn proj_is_used_in_geo_alone() {
    let allowed = |path: &str| path.starts_with("src/geo/") || path == "src/cli/version.rs";
    let outside = rust_files().iter().filter(|file| file.is_in_library() && !allowed(&file.path));
    let found = outside.flat_map(|file| {
        let pairs = file.tokens.windows(2).filter(|pair| pair[0].text == "proj" && pair[1].text == ":");
        pairs.map(|pair| format!("{}:{}", file.path, pair[0].line))
    });
    assert_none("PROJ outside of src/geo", found);
}

#[test]
fn every_file_says_what_it_is() {
    let silent = rust_files().iter().filter(|file| {
        let first = file.text.lines().next().unwrap_or_default();
        !first.starts_with("//! ")
    });
    assert_none("files that do not open with `//!` and what they are", silent.map(|file| file.path.clone()));
}

#[test]
fn files_stay_short() {
    const MOST_LINES: usize = 600;
    let long =
        rust_files().iter().map(|file| (file, file.text.lines().count())).filter(|(_, lines)| *lines > MOST_LINES);
    assert_none("files over 600 lines", long.map(|(file, lines)| format!("{}: {lines} lines", file.path)));
}

/// Half of all functions are under ten lines, hardly any over eighty, none over a hundred.
#[test]
fn functions_stay_short() {
    let mut lengths = Vec::new();
    let mut long = Vec::new();
    for file in rust_files() {
        for function in rust::functions(&file.tokens) {
            lengths.push(function.lines);
            if function.lines > 100 {
                long.push(format!("{}:{}: {} has {} lines", file.path, function.line, function.name, function.lines));
            }
        }
    }
    assert_none("functions over 100 lines", long);
    lengths.sort_unstable();
    let over_80 = lengths.iter().filter(|lines| **lines > 80).count();
    assert!(lengths.len() > 1000, "only {} functions were found: the reader of sources is broken", lengths.len());
    assert!(lengths[lengths.len() / 2] < 10, "the median is {} lines", lengths[lengths.len() / 2]);
    assert!(over_80 * 100 <= lengths.len(), "{over_80} of {} functions have more than 80 lines", lengths.len());
}
