//! Figures as a table, for the terminal and as Markdown.

use std::fmt::Write;

/// What was measured of one thing.
pub struct Section {
    pub title: &'static str,
    /// How it was measured.
    pub note: String,
    pub rows: Vec<Row>,
}

/// One figure.
pub struct Row {
    pub what: String,
    pub measured: String,
    /// What it should be, and whether it is.
    pub target: Option<(&'static str, bool)>,
}

impl Row {
    /// A figure without a target.
    pub fn new(what: impl Into<String>, measured: impl Into<String>) -> Self {
        Self { what: what.into(), measured: measured.into(), target: None }
    }

    /// Sets what the figure should be, and whether it is.
    pub fn aims_at(mut self, target: &'static str, is_met: bool) -> Self {
        self.target = Some((target, is_met));
        self
    }

    fn verdict(&self) -> String {
        match self.target {
            None => String::new(),
            Some((target, true)) => format!("{target}: met"),
            Some((target, false)) => format!("{target}: missed"),
        }
    }
}

impl Section {
    /// The table for a terminal.
    pub fn as_text(&self) -> String {
        let width = |column: fn(&Row) -> &String| self.rows.iter().map(|row| column(row).chars().count()).max();
        let what = width(|row| &row.what).unwrap_or(0);
        let measured = width(|row| &row.measured).unwrap_or(0);
        let mut text = format!("{}\n  {}\n", self.title, self.note);
        for row in &self.rows {
            let line = format!("  {:what$}  {:>measured$}  {}", row.what, row.measured, row.verdict());
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    /// What missed its target.
    pub fn missed(&self) -> impl Iterator<Item = &str> {
        let is_missed = |row: &&Row| row.target.is_some_and(|(_, is_met)| !is_met);
        self.rows.iter().filter(is_missed).map(|row| row.what.as_str())
    }

    fn as_markdown(&self) -> String {
        let mut text = format!("\n## {}\n\n{}\n\n| | measured | target |\n|---|---:|---|\n", self.title, self.note);
        for row in &self.rows {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "| {} | {} | {} |", row.what, row.measured, row.verdict());
        }
        text
    }
}

/// All tables as a page.
pub fn markdown(sections: &[Section]) -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let head = format!(
        "# Benchmarks\n\nWritten by `./dev bench --markdown docs/BENCHMARKS.md` on {} with {cores} cores. Ratios are of \
         one run, measured in turns; absolute figures are of that machine.\n",
        processor()
    );
    sections.iter().fold(head, |page, section| page + &section.as_markdown())
}

/// The end of a page that `./dev bench web` has written, which stays as it is; empty where there is none.
pub fn written_by_others(page: &str) -> &str {
    page.find("\n## In a browser, beside other viewers\n").map_or("", |start| &page[start..])
}

/// The processor's name for itself.
fn processor() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, name)| name.trim().to_owned())
}
