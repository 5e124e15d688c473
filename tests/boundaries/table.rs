//! The module table of ARCHITECTURE.md: who may use whom.

use std::collections::BTreeSet;

use crate::files::text_file;

/// The line that stands over the table's rows.
const HEAD: &str = "| module | what it is | may use | its tests also |";

/// What a cell of the table lets a module use.
#[derive(Debug, Default)]
struct Allowed {
    /// `everything`, or a list of paths: `geo`, or `model::SurfaceKind` for that one item.
    everything: bool,
    paths: Vec<Vec<String>>,
}

/// A row: the modules it speaks of, and what they may use.
#[derive(Debug)]
pub struct Row {
    pub modules: Vec<String>,
    code: Allowed,
    tests: Allowed,
}

impl Row {
    /// Whether the row lets its modules use a path, in code or in tests.
    pub fn allows(&self, segments: &[String], is_test: bool) -> bool {
        self.code.covers(segments) || (is_test && self.tests.covers(segments))
    }

    /// Modules that its code may use, whole or in part.
    pub fn named(&self) -> BTreeSet<String> {
        self.code.paths.iter().map(|path| path[0].clone()).collect()
    }

    /// Whether its code may use everything.
    pub fn is_free(&self) -> bool {
        self.code.everything
    }
}

impl Allowed {
    fn covers(&self, segments: &[String]) -> bool {
        self.everything || self.paths.iter().any(|path| segments.starts_with(path))
    }

    fn of(cell: &str) -> Self {
        match cell {
            "everything" => Self { everything: true, paths: Vec::new() },
            "–" => Self::default(),
            list => {
                let paths = list.split(", ").map(|path| path.split("::").map(str::to_owned).collect()).collect();
                Self { everything: false, paths }
            }
        }
    }
}

/// The table's rows, in its order.
pub fn rows() -> Vec<Row> {
    let text = text_file("ARCHITECTURE.md");
    let table = text.split_once(HEAD).unwrap_or_else(|| panic!("ARCHITECTURE.md has no line {HEAD}")).1;
    table.lines().skip(2).take_while(|line| line.starts_with('|')).map(row).collect()
}

fn row(line: &str) -> Row {
    let cells: Vec<String> = line.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect();
    let [modules, _, code, tests] = cells.as_slice() else { panic!("not four cells: {line}") };
    let modules = modules.split(", ").map(str::to_owned).collect();
    Row { modules, code: Allowed::of(code), tests: Allowed::of(tests) }
}
