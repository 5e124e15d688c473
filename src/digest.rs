//! SHA-256 of bytes and files: what downloads are checked against and what a twin's manifest lists.
//!
//! Used by `source::download` and by `store`. Knows nothing of either.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::Digest as _;

/// A SHA-256; as text 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// The hash of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// Length in bytes and hash of a file, read once in pieces.
    pub fn of_file(path: &Path) -> io::Result<(u64, Self)> {
        let mut file = File::open(path)?;
        let mut hasher = sha2::Sha256::new();
        let mut piece = vec![0; 1 << 15];
        let mut length = 0;
        loop {
            let read = match file.read(&mut piece) {
                Ok(0) => return Ok((length, Self(hasher.finalize().into()))),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            length += read as u64;
            hasher.update(piece.get(..read).unwrap_or(&[]));
        }
    }

    /// The first half as a number: enough to tell many things apart, where 32 bytes each would be too many.
    pub fn head(&self) -> u128 {
        let (head, _) = self.0.split_at(16);
        head.iter().fold(0, |number, byte| number << 8 | u128::from(*byte))
    }

    /// Reads 64 hexadecimal digits of either case, white space around them allowed.
    pub fn from_hex(text: &str) -> Option<Self> {
        let text = text.trim().as_bytes();
        if text.len() != 64 {
            return None;
        }
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
            let &[high, low] = pair else { return None };
            *byte = (digit(high)? * 16 + digit(low)?) as u8;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl From<Sha256> for String {
    fn from(hash: Sha256) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for Sha256 {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::from_hex(&text).ok_or_else(|| format!("\"{text}\" is not a SHA-256"))
    }
}

#[cfg(test)]
mod tests {
    use super::Sha256;

    /// The one-block message of FIPS 180-2, appendix B.1.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn agrees_with_the_standard() {
        assert_eq!(Sha256::of(b"abc").to_string(), ABC);
        assert_eq!(Sha256::from_hex(&ABC.to_uppercase()), Some(Sha256::of(b"abc")));
        assert_eq!(Sha256::from_hex("ba78"), None);
        assert_eq!(Sha256::from_hex(&ABC.replace('b', "x")), None);
        assert_eq!(Sha256::of(b"abc").head(), 0xba78_16bf_8f01_cfea_4141_40de_5dae_2223);
    }

    #[test]
    fn a_file_hashes_like_its_bytes() {
        let bytes: Vec<u8> = (0..700_000_u32).map(|i| (i % 251) as u8).collect();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &bytes).unwrap();
        assert_eq!(Sha256::of_file(file.path()).unwrap(), (700_000, Sha256::of(&bytes)));
    }
}
