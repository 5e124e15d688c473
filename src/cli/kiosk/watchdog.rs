//! Looks after a screen that runs in a process of its own: starts it again when it ends or stops telling that all is
//! well, more slowly each time that it does not last.

use std::io::{self, BufRead, BufReader};
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How often a screen tells that all is well.
pub const BEAT: Duration = Duration::from_secs(5);

/// How long is waited for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// From the start to the first word.
    pub first_word: Duration,
    /// From one word to the next.
    pub word: Duration,
    /// The first pause before a screen is started again; each further one is twice as long.
    pub pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
    /// A screen that lasts so long is well: the next pause is the first again.
    pub lasting: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let secs = Duration::from_secs;
        // The first word comes when the window is there: on a machine that is just starting that takes a while.
        Self { first_word: secs(120), word: secs(30), pause: secs(1), longest_pause: secs(60), lasting: secs(300) }
    }
}

/// How a screen came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself.
    Ended(ExitStatus),
    /// It did not tell for too long that all is well, and was killed.
    Hung,
}

/// A running screen.
pub struct Screen {
    child: Child,
    words: Receiver<()>,
}

impl Screen {
    /// Listens to a process whose standard output is piped: each line is a word that all is well.
    pub fn new(mut child: Child) -> Self {
        let (tell, words) = channel();
        if let Some(output) = child.stdout.take() {
            std::thread::spawn(move || {
                // Ends with the process, or with whoever listens.
                let _ = BufReader::new(output).lines().try_for_each(|line| match line {
                    Ok(_) => tell.send(()).map_err(io::Error::other),
                    Err(error) => Err(error),
                });
            });
        }
        Self { child, words }
    }

    /// Waits for its end, and ends it where it stops telling that all is well.
    fn watch(&mut self, patience: &Patience) -> io::Result<End> {
        let mut wait = patience.first_word;
        loop {
            match self.words.recv_timeout(wait) {
                Ok(()) => wait = patience.word,
                Err(RecvTimeoutError::Timeout) => return self.kill().map(|_| End::Hung),
                // It has closed its output: it is ending, or hangs while it does.
                Err(RecvTimeoutError::Disconnected) => return self.end_within(patience.word),
            }
        }
    }

    fn end_within(&mut self, time: Duration) -> io::Result<End> {
        let until = Instant::now() + time;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(End::Ended(status));
            }
            if Instant::now() > until {
                return self.kill().map(|_| End::Hung);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn kill(&mut self) -> io::Result<ExitStatus> {
        self.child.kill()?;
        self.child.wait()
    }
}

/// Starts screens until one ends well. One that ends with `again` is started anew at once; one that ends otherwise, or
/// hangs, after a pause. What happens is told in a sentence.
///
/// # Errors
/// If a screen cannot be started or waited for at all.
pub fn look_after(
    mut start: impl FnMut() -> io::Result<Screen>,
    again: u8,
    patience: &Patience,
    tell: &mut dyn FnMut(&str),
) -> io::Result<()> {
    let mut pause = patience.pause;
    loop {
        let started = Instant::now();
        let end = start()?.watch(patience)?;
        if started.elapsed() >= patience.lasting {
            pause = patience.pause;
        }
        match end {
            End::Ended(status) if status.success() => return Ok(()),
            End::Ended(status) if status.code() == Some(i32::from(again)) => {
                tell("the screen is started anew");
                continue;
            }
            End::Ended(status) => tell(&format!("the screen ended ({status}); it is started again in {pause:?}")),
            End::Hung => tell(&format!("the screen hung and was ended; it is started again in {pause:?}")),
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(patience.longest_pause);
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    const AGAIN: u8 = 10;

    /// No test waits for real seconds.
    fn patience() -> Patience {
        let millis = Duration::from_millis;
        Patience {
            first_word: millis(3000),
            word: millis(1000),
            pause: millis(1),
            longest_pause: millis(4),
            lasting: millis(60_000),
        }
    }

    /// Looks after screens that do what these scripts say, one after the other; gives how many were started and what was
    /// told.
    fn looked_after(scripts: &[&str]) -> (usize, Vec<String>) {
        let mut started = 0;
        let mut told = Vec::new();
        let start = || {
            let script = scripts[started];
            started += 1;
            Command::new("sh")
                .args(["-c", script])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .map(Screen::new)
        };
        look_after(start, AGAIN, &patience(), &mut |what| told.push(what.to_owned())).expect("it ends well");
        (started, told)
    }

    #[test]
    fn a_screen_that_is_left_is_not_started_again() {
        assert_eq!(looked_after(&["echo; exit 0", "exit 1"]), (1, Vec::new()));
    }

    #[test]
    fn a_screen_that_crashes_is_started_again_more_slowly_each_time() {
        let crash = "echo; kill -SEGV $$";
        let (started, told) = looked_after(&[crash, "exit 7", crash, crash, "exit 0"]);
        assert_eq!(started, 5);
        let pauses: Vec<_> = told.iter().filter_map(|line| line.rsplit(' ').next()).collect();
        assert_eq!(pauses, ["1ms", "2ms", "4ms", "4ms"], "{told:?}");
        assert!(told[0].contains("signal: 11") && told[1].contains("exit status: 7"), "{told:?}");
    }

    #[test]
    fn a_screen_that_hangs_is_ended_and_started_again() {
        // One that never says a word, one that stops, one that closes its mouth and stays.
        for hangs in ["exec sleep 100", "echo; echo; exec sleep 100", "exec >&-; exec sleep 100"] {
            let (started, told) = looked_after(&[hangs, "exit 0"]);
            assert_eq!(started, 2);
            assert!(told[0].contains("hung"), "{told:?}");
        }
    }

    #[test]
    fn a_screen_that_says_that_all_is_well_is_let_alone() {
        let (started, told) = looked_after(&["for i in 1 2 3 4 5 6; do echo; sleep 0.25; done; exit 0"]);
        assert_eq!((started, told), (1, Vec::new()), "longer than the patience for a single word");
    }

    #[test]
    fn an_operator_restarts_it_at_once() {
        let (started, told) = looked_after(&["exit 10", "exit 10", "exit 0"]);
        assert_eq!((started, told.len()), (3, 2));
        assert!(told.iter().all(|line| line == "the screen is started anew"), "{told:?}");
    }
}
