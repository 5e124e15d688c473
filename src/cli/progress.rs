//! How far a command is, on standard error: a bar where a person looks on, a line now and then where a file does.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::source::download::{FileName, Progress};

/// A bar of downloads with bytes, rate and time left. It counts what is transferred: what was on disk before shortens it,
/// and what has to come again makes it longer, so that the rate is that of the network.
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

    fn found(&self, bytes: u64) {
        self.bar.dec_length(bytes);
    }

    fn received(&self, bytes: u64) {
        self.bar.inc(bytes);
    }

    fn lost(&self, bytes: u64) {
        self.bar.inc_length(bytes);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(download: &DownloadBar) -> (u64, Option<u64>) {
        (download.bar.position(), download.bar.length())
    }

    #[test]
    fn only_what_is_transferred_moves_the_bar() {
        let download = DownloadBar::new("lod2");
        download.planned(3, 10_000);
        download.found(4_000);
        assert_eq!(shown(&download), (0, Some(6_000)));
        download.received(2_500);
        download.lost(1_500);
        assert_eq!(shown(&download), (2_500, Some(7_500)));
        download.received(5_000);
        assert_eq!(shown(&download), (7_500, Some(7_500)), "everything is there");
    }

    /// Transfers run side by side, and no byte of one is lost to another.
    #[test]
    fn no_byte_is_lost_between_two_transfers() {
        let download = DownloadBar::new("lod2");
        download.planned(2, 400_000);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..100_000).for_each(|_| download.received(1)));
            }
        });
        assert_eq!(shown(&download), (400_000, Some(400_000)));
    }
}
