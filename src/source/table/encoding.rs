//! Bytes of a table → text: UTF-8 with or without byte order mark, else ISO-8859-1.

/// The text. ISO-8859-1 gives a character to every byte, so this cannot fail; the range that it leaves to control
/// characters is read as Windows-1252, which is what such files really are (euro sign, dashes).
pub(super) fn decode(mut bytes: Vec<u8>) -> String {
    if bytes.starts_with(BYTE_ORDER_MARK) {
        bytes.drain(..BYTE_ORDER_MARK.len());
    }
    String::from_utf8(bytes).unwrap_or_else(|error| error.as_bytes().iter().map(|byte| character(*byte)).collect())
}

/// What some programs put before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Windows-1252 from 0x80 to 0x9F; the five codes that it leaves free are replaced.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{FFFD}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{FFFD}', 'Ž', '\u{FFFD}', '\u{FFFD}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{FFFD}', 'ž', 'Ÿ',
];

fn character(byte: u8) -> char {
    let special = byte.checked_sub(0x80).and_then(|index| WINDOWS_1252.get(usize::from(index)));
    special.copied().unwrap_or(char::from(byte))
}
