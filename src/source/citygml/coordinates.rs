//! Numbers of `gml:posList`, `gml:pos` and `gml:coordinates`.
//!
//! Text in, numbers out; which numbers make a point is decided in [`super::geometry`]. The usual way is one pass over
//! the bytes. What real files have beside it takes a second, slower look: decimal commas, commas between the numbers,
//! no-break spaces.

/// Powers of ten that are exact in `f64` and not larger than a mantissa of [`EXACT_DIGITS`].
const POWERS_OF_TEN: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
/// So many decimal digits always fit into the 53 bits of an `f64`.
const EXACT_DIGITS: usize = 15;

/// How a list was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// As GML asks for.
    Regular,
    /// With commas, as decimal points or between numbers.
    Commas,
}

/// Appends the numbers in `text`; `None` where something in it is no number. All numbers are finite.
pub(super) fn numbers(text: &str, into: &mut Vec<f64>) -> Option<Spelling> {
    let before = into.len();
    if plain_numbers(text, into) {
        return Some(Spelling::Regular);
    }
    into.truncate(before);
    let spaced = if decimal_commas(text) { text.replace(',', ".") } else { text.replace([',', ';'], " ") };
    for token in spaced.split_whitespace() {
        into.push(finite(token)?);
    }
    Some(if text.contains(',') { Spelling::Commas } else { Spelling::Regular })
}

/// The separators of a `gml:coordinates` (GML 3.1.1 § 9.1.4): its attributes `decimal`, `cs` and `ts`.
#[derive(Clone, Debug)]
pub(super) struct Separators {
    pub(super) decimal: String,
    pub(super) coordinate: String,
    pub(super) tuple: String,
}

impl Default for Separators {
    fn default() -> Self {
        Self { decimal: ".".into(), coordinate: ",".into(), tuple: " ".into() }
    }
}

impl Separators {
    /// Appends the numbers in `text`; `None` where something in it is no number.
    pub(super) fn numbers(&self, text: &str, into: &mut Vec<f64>) -> Option<()> {
        let spaced = text.replace(&*self.coordinate, " ").replace(&*self.tuple, " ");
        let spaced = if self.decimal == "." { spaced } else { spaced.replace(&*self.decimal, ".") };
        for token in spaced.split_whitespace() {
            into.push(finite(token)?);
        }
        Some(())
    }
}

/// Whether the commas in a list are decimal ones: no point in it, and every number has at most one comma, inside.
fn decimal_commas(text: &str) -> bool {
    let inside = |token: &str| token.matches(',').count() <= 1 && !token.starts_with(',') && !token.ends_with(',');
    !text.contains('.') && text.split_whitespace().all(inside)
}

fn finite(token: &str) -> Option<f64> {
    token.parse().ok().filter(|number: &f64| number.is_finite())
}

/// One pass over a list of numbers between ASCII white space; false where there is anything else.
fn plain_numbers(text: &str, into: &mut Vec<f64>) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        while bytes.get(at).is_some_and(|byte| *byte <= b' ') {
            at += 1;
        }
        if at >= bytes.len() {
            return true;
        }
        let (end, number) = match short_decimal(bytes, at) {
            Some(parsed) => parsed,
            None => {
                let end = bytes.iter().skip(at).position(|byte| *byte <= b' ').map_or(bytes.len(), |size| at + size);
                match text.get(at..end).and_then(finite) {
                    Some(number) => (end, number),
                    None => return false,
                }
            }
        };
        into.push(number);
        at = end;
    }
}

/// A number of at most [`EXACT_DIGITS`] digits without exponent at `at`, and where it ends.
///
/// Mantissa and power of ten are exact in `f64`, so that one division gives the correctly rounded number: the very one
/// that the standard library gives (W. D. Clinger, How to read floating point numbers accurately, 1990).
#[inline]
fn short_decimal(bytes: &[u8], at: usize) -> Option<(usize, f64)> {
    let negative = bytes.get(at) == Some(&b'-');
    let start = at + usize::from(negative);
    let (mut end, mut mantissa, mut point) = (start, 0_u64, None);
    while let Some(byte) = bytes.get(end) {
        match byte {
            b'0'..=b'9' => mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(byte - b'0')),
            b'.' if point.is_none() => point = Some(end),
            0..=b' ' => break,
            _ => return None,
        }
        end += 1;
    }
    let digits = end - start - usize::from(point.is_some());
    if digits == 0 || digits > EXACT_DIGITS {
        return None;
    }
    let fraction_digits = point.map_or(0, |point| end - point - 1);
    let number = mantissa as f64 / POWERS_OF_TEN.get(fraction_digits)?;
    Some((end, if negative { -number } else { number }))
}
