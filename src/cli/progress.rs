//! How far a command is, on standard error: a bar where a person looks on, a line now and then where a file does.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::source::download::{FileName, Progress};

/// A bar of downloads with bytes, rate and time left.
pub(super) struct DownloadBar {
    bar: ProgressBar,
}

impl DownloadBar {
    /// An empty bar, called by the source's id.
    pub(super) fn new(source_id: &str) -> Self {
        let template = "{prefix} [{bar:28}] {bytes}/{total_bytes} {bytes_per_sec} {eta} left {msg}";
        Self { bar: bar(template, source_id) }
    }
}

impl Drop for DownloadBar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for DownloadBar {
    fn planned(&self, files: usize, bytes: u64) {
        self.bar.set_length(bytes);
        say(&self.bar, &format!("{}: {files} files, {}", self.bar.prefix(), indicatif::HumanBytes(bytes)));
    }

    fn advanced(&self, bytes: i64) {
        let position = self.bar.position().saturating_add_signed(bytes);
        self.bar.set_position(position);
    }

    fn finished(&self, file: &FileName, fresh: bool) {
        if fresh {
            say(&self.bar, &format!("{}: {file}", self.bar.prefix()));
        }
    }

    fn retrying(&self, file: &FileName, reason: &str) {
        say(&self.bar, &format!("{}: {file}: {reason}; trying again", self.bar.prefix()));
    }
}

/// A bar on standard error that draws nothing where standard error is not a terminal.
pub(super) fn bar(template: &str, prefix: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.with_prefix(prefix.to_owned())
}

/// A line above the bar, or on standard error as it is.
pub(super) fn say(bar: &ProgressBar, line: &str) {
    if std::io::stderr().is_terminal() {
        bar.println(line);
    } else {
        eprintln!("{line}");
    }
}
