//! The bytes of a file as UTF-8 text in pieces: decoding, line numbers and the guard against endless tokens.
//!
//! Stands between the caller's [`BufRead`] and the XML tokenizer. It knows nothing of XML but the encoding that the
//! declaration names (XML 1.0 § 4.3.3, appendix F).

use std::io::{self, BufRead, Read};

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// How much decoded text is held at a time.
const CHUNK_BYTES: usize = 64 << 10;
/// A declaration ends well before this; what comes later is not searched for one.
const DECLARATION_BYTES: usize = 256;

/// Decoded text of a source, piece by piece.
pub(super) struct Input<'a> {
    source: &'a mut dyn BufRead,
    /// Chosen at the first piece.
    decoder: Option<Decoder>,
    ended: bool,
    chunk: Box<[u8]>,
    filled: usize,
    at: usize,
    /// Newlines of `chunk[..counted]` are in `line`.
    counted: usize,
    line: u64,
    /// Bytes given out since the current token began, without those of the current chunk.
    token_bytes: usize,
    token_limit: usize,
    too_long: bool,
    replaced: bool,
}

impl<'a> Input<'a> {
    /// Reads `source`; a token of more than `token_limit` bytes is an error.
    pub(super) fn new(source: &'a mut dyn BufRead, token_limit: usize) -> Self {
        Self {
            source,
            decoder: None,
            ended: false,
            chunk: vec![0; CHUNK_BYTES].into_boxed_slice(),
            filled: 0,
            at: 0,
            counted: 0,
            line: 1,
            token_bytes: 0,
            token_limit,
            too_long: false,
            replaced: false,
        }
    }

    /// The line of the next byte, counted from 1.
    pub(super) fn line(&mut self) -> u64 {
        self.line += newlines(self.chunk.get(self.counted..self.at).unwrap_or_default());
        self.counted = self.at;
        self.line
    }

    /// Says that a new token begins, which may be as long as the limit again.
    #[inline]
    pub(super) fn begin_token(&mut self) {
        self.token_bytes = 0;
    }

    /// Whether reading ended because a token was longer than the limit.
    pub(super) fn is_too_long(&self) -> bool {
        self.too_long
    }

    /// Whether bytes were met that the encoding does not have; they were read as U+FFFD.
    pub(super) fn has_replaced(&self) -> bool {
        self.replaced
    }

    /// Fetches the next piece; leaves `filled` at 0 where the source has ended.
    fn refill(&mut self) -> io::Result<()> {
        self.line();
        self.token_bytes += self.filled;
        (self.at, self.filled, self.counted) = (0, 0, 0);
        if self.token_bytes > self.token_limit {
            self.too_long = true;
            return Err(io::Error::other("a token is longer than the limit"));
        }
        while self.filled == 0 && !self.ended {
            self.decode_some()?;
        }
        Ok(())
    }

    fn decode_some(&mut self) -> io::Result<()> {
        let Some(decoder) = &mut self.decoder else { return self.decode_start() };
        let raw = self.source.fill_buf()?;
        let last = raw.is_empty();
        let (_, read, written, replaced) = decoder.decode_to_utf8(raw, &mut self.chunk, last);
        self.source.consume(read);
        self.filled = written;
        self.replaced |= replaced;
        self.ended = last;
        Ok(())
    }

    /// Chooses the decoder. The first bytes are gathered for it, in however small pieces the source gives them.
    fn decode_start(&mut self) -> io::Result<()> {
        let mut start = Vec::with_capacity(DECLARATION_BYTES);
        (&mut *self.source).take(DECLARATION_BYTES as u64).read_to_end(&mut start)?;
        let decoder = self.decoder.insert(encoding_of(&start).new_decoder_with_bom_removal());
        let (_, _, written, replaced) = decoder.decode_to_utf8(&start, &mut self.chunk, false);
        self.filled = written;
        self.replaced |= replaced;
        Ok(())
    }
}

impl Read for Input<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(into)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Input<'_> {
    #[inline]
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.filled {
            self.refill()?;
        }
        Ok(self.chunk.get(self.at..self.filled).unwrap_or_default())
    }

    #[inline]
    fn consume(&mut self, amount: usize) {
        self.at = (self.at + amount).min(self.filled);
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// The encoding by byte order mark, by the shape of the first bytes, and by the declaration.
fn encoding_of(start: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(start) {
        return encoding;
    }
    match start {
        [0, b'<', ..] => UTF_16BE,
        [b'<', 0, ..] => UTF_16LE,
        _ => declared(start),
    }
}

/// What `<?xml … encoding="…"?>` names; UTF-8 without it, and where it names a UTF-16 that these bytes cannot be.
fn declared(start: &[u8]) -> &'static Encoding {
    let Some(declaration) = start.strip_prefix(b"<?xml") else { return UTF_8 };
    let end = memchr::memchr(b'>', declaration).unwrap_or(declaration.len());
    let text = String::from_utf8_lossy(declaration.get(..end).unwrap_or_default());
    let quoted = |rest: &str| rest.split(['"', '\'']).nth(1).map(str::to_owned);
    let name = text.split_once("encoding").and_then(|(_, rest)| quoted(rest));
    let encoding = name.and_then(|name| Encoding::for_label(name.as_bytes())).unwrap_or(UTF_8);
    if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding }
}
