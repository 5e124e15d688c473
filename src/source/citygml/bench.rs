//! The yardstick for the reader's speed: how long the bare tokenizer takes for the same bytes.
//!
//! Used by `./dev bench` only. Nothing is made of the tokens.

use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::events::Event;

/// Counts the events that quick-xml's own reader finds in `input`, up to its end or the first error. The time this
/// takes is what [`super::read`] is measured against.
pub fn tokenize_only(input: impl BufRead) -> u64 {
    let mut tokens = Reader::from_reader(input);
    let mut buffer = Vec::new();
    let mut events = 0;
    loop {
        buffer.clear();
        match tokens.read_event_into(&mut buffer) {
            Ok(Event::Eof) | Err(_) => return events,
            Ok(_) => events += 1,
        }
    }
}
