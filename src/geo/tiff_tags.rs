//! Whether the tags of a TIFF can hold what they say: asked before a decoder allocates lists for them.
//!
//! The tiff crate reads the first directory before it can be given limits, and takes a count of values at its word up to
//! 256 MiB. Used for both kinds of grids that come as TIFF: of the geoid here, of the ground in `source::geotiff`.

use std::io::{self, Read, Seek, SeekFrom};

/// Whether no tag of the first directory (TIFF 6.0 § 2, and BigTIFF) claims more values than a file of `length` bytes
/// can hold. True for what is no TIFF at all: a decoder says that better. Leaves `input` at its start.
pub fn tags_fit(input: &mut (impl Read + Seek), length: u64) -> io::Result<bool> {
    input.rewind()?;
    let fit = match tags(input, length) {
        Ok(fit) => fit,
        // Where the directory is cut off there is nothing that a decoder could believe.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => true,
        Err(error) => return Err(error),
    };
    input.rewind()?;
    Ok(fit)
}

/// How the numbers of a file are written.
#[derive(Clone, Copy)]
struct Form {
    is_big_endian: bool,
    is_big_tiff: bool,
}

impl Form {
    fn number<const N: usize>(self, input: &mut impl Read) -> io::Result<u64> {
        let mut bytes = [0; N];
        input.read_exact(&mut bytes)?;
        let step = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Ok(if self.is_big_endian { bytes.iter().fold(0, step) } else { bytes.iter().rev().fold(0, step) })
    }

    /// A number as wide as the form's offsets.
    fn wide(self, input: &mut impl Read) -> io::Result<u64> {
        if self.is_big_tiff { self.number::<8>(input) } else { self.number::<4>(input) }
    }
}

fn tags(input: &mut (impl Read + Seek), length: u64) -> io::Result<bool> {
    let mut start = [0; 4];
    input.read_exact(&mut start)?;
    let form = match &start {
        b"II\x2A\0" => Form { is_big_endian: false, is_big_tiff: false },
        b"MM\0\x2A" => Form { is_big_endian: true, is_big_tiff: false },
        b"II\x2B\0" => Form { is_big_endian: false, is_big_tiff: true },
        b"MM\0\x2B" => Form { is_big_endian: true, is_big_tiff: true },
        _ => return Ok(true),
    };
    if form.is_big_tiff {
        form.number::<4>(input)?;
    }
    let directory = form.wide(input)?;
    input.seek(SeekFrom::Start(directory))?;
    let count = if form.is_big_tiff { form.number::<8>(input)? } else { form.number::<2>(input)? };
    for _ in 0..count {
        form.number::<2>(input)?;
        let bytes_each = value_bytes(form.number::<2>(input)?);
        let values = form.wide(input)?;
        form.wide(input)?;
        if values.saturating_mul(bytes_each) > length {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Bytes of a value of a tag's type.
fn value_bytes(kind: u64) -> u64 {
    match kind {
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16..=18 => 8,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// A file of one tag with `count` values of type `kind`.
    fn one_tag(is_big_tiff: bool, kind: u16, count: u32) -> Vec<u8> {
        let entry = [317_u16.to_be_bytes(), kind.to_be_bytes()].concat();
        if is_big_tiff {
            let head = [b"MM\0\x2B\0\x08\0\0".as_slice(), &16_u64.to_be_bytes(), &1_u64.to_be_bytes()].concat();
            return [head, entry, u64::from(count).to_be_bytes().to_vec(), vec![0; 8]].concat();
        }
        let head = [b"MM\0\x2A".as_slice(), &8_u32.to_be_bytes(), &1_u16.to_be_bytes()].concat();
        [head, entry, count.to_be_bytes().to_vec(), vec![0; 4]].concat()
    }

    fn fits(bytes: &[u8]) -> bool {
        tags_fit(&mut Cursor::new(bytes), bytes.len() as u64).expect("a file in memory")
    }

    #[test]
    fn tags_that_cannot_be_are_found() {
        assert!(fits(&one_tag(false, 3, 11)));
        assert!(!fits(&one_tag(false, 3, 12)));
        assert!(!fits(&one_tag(false, 3, 2_000_000)));
        assert!(fits(&one_tag(true, 12, 5)));
        assert!(!fits(&one_tag(true, 12, 6)));
        assert!(fits(b""));
        assert!(fits(b"no TIFF"));
        assert!(fits(&one_tag(false, 3, 12)[..15]));
    }
}
