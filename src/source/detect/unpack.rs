//! gzip, unpacked on the way and with a limit.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

/// A file may unpack to this many times its size; city models in XML and JSON reach 10 to 40.
const MAX_RATIO: u64 = 200;
/// Whatever its size, a file may unpack to this much.
const ALWAYS_BYTES: u64 = 64 << 20;

/// Whether these are the first bytes of a gzip file (RFC 1952 § 2.3.1).
pub(super) fn is_gzip(head: &[u8]) -> bool {
    head.starts_with(b"\x1F\x8B\x08")
}

/// The content of a gzip file of `length` bytes.
pub(super) fn unpacked(file: impl BufRead, length: u64) -> impl BufRead {
    let left = length.saturating_mul(MAX_RATIO).saturating_add(ALWAYS_BYTES);
    BufReader::with_capacity(1 << 16, Limited { inner: MultiGzDecoder::new(file), left })
}

/// Fails, instead of ending, where more comes than is left.
struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, "the packed file unpacks to far more than its size")
        })?;
        Ok(count)
    }
}
