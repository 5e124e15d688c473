//! House numbers: "5", "5a", "5 a", "5-7", "5/7", "5 1/2".

/// A house number as it is compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HouseNumber {
    /// The number itself.
    pub value: u32,
    /// What follows, in small letters and without white space: `a`, `-7`, `1/2`.
    pub rest: String,
}

impl HouseNumber {
    /// Reads a number; `None` where none begins.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_start();
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let value = text[..digits].parse().ok()?;
        let kept = text[digits..].chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase);
        Some(Self { value, rest: kept.map(|c| if c == '–' { '-' } else { c }).collect() })
    }

    /// As it is written without white space.
    pub fn written(&self) -> String {
        format!("{}{}", self.value, self.rest)
    }

    /// The last number of a range such as `5-7`.
    fn to(&self) -> Option<u32> {
        let digits = self.rest.strip_prefix(['-', '/'])?;
        digits.trim_end_matches(|c: char| c.is_alphabetic()).parse().ok()
    }

    /// Whether a house with this number has the number `asked`: the same, or inside of a range on its side of the street.
    pub fn answers(&self, asked: &Self) -> bool {
        let is_inside =
            |to: u32| (self.value..=to).contains(&asked.value) && (asked.value - self.value).is_multiple_of(2);
        self == asked || (asked.rest.is_empty() && self.to().is_some_and(is_inside))
    }

    /// How far a house is from a number that is not there, as houses on its side of the street and whether it stands on
    /// the other: another letter is nearer than the next house, 7 nearer to 5 than 4 and 6 across the street.
    pub fn gap(&self, asked: &Self) -> (u32, bool) {
        let gap = self.value.abs_diff(asked.value);
        (gap.div_ceil(2), !gap.is_multiple_of(2))
    }
}

/// Where a house number stands in a text that may hold a street and more, as a range of bytes: the last that is none of
/// five digits, as postcodes are.
pub fn find(text: &str) -> Option<std::ops::Range<usize>> {
    let mut found = None;
    let mut from = 0;
    while let Some(start) = text[from..].find(|c: char| c.is_ascii_digit()).map(|at| from + at) {
        let end = end(text, start);
        let begins_a_word = !text[..start].ends_with(char::is_alphanumeric);
        let digits = text[start..].bytes().take_while(u8::is_ascii_digit).count();
        if begins_a_word && digits < 5 {
            found = Some(start..end);
        }
        from = end;
    }
    found
}

/// Where a number that starts there ends: behind a letter, a range or a fraction that belongs to it.
fn end(text: &str, start: usize) -> usize {
    let digits = |at: usize| text[at..].bytes().take_while(u8::is_ascii_digit).count();
    let spaces = |at: usize| text[at..].bytes().take_while(|byte| *byte == b' ').count();
    let mut end = start + digits(start);
    let joint = end + spaces(end);
    let sign = text[joint..].chars().next().filter(|c| matches!(c, '-' | '–' | '/'));
    if let Some(sign) = sign {
        let other = joint + sign.len_utf8();
        let other = other + spaces(other);
        if digits(other) > 0 {
            end = other + digits(other);
        }
    }
    let fraction = &text[joint..];
    if fraction.starts_with("1/2") {
        end = joint + 3;
    }
    let letter = end + spaces(end);
    let mut rest = text[letter..].chars();
    let is_letter = rest.next().is_some_and(char::is_alphabetic) && !rest.next().is_some_and(char::is_alphanumeric);
    if is_letter {
        let width = text[letter..].chars().next().map_or(0, char::len_utf8);
        end = letter + width;
    }
    end
}
