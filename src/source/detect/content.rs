//! The first bytes of a file → its format.

use super::super::json::top_level;

/// A format that some reader of this program understands, or that a user is likely to bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// CityGML of any version: an XML root `CityModel`.
    CityGml,
    /// XPlanGML of any version: an XML root `XPlanAuszug`.
    XPlanGml,
    /// One CityJSON object.
    CityJson,
    /// A CityJSON object and features, one a line.
    CityJsonSeq,
    /// A GeoJSON feature or collection of features.
    GeoJson,
    /// A 3D Tiles tileset.
    Tileset,
    /// TIFF, with or without place.
    GeoTiff,
    /// A zip archive: to be unpacked by the user.
    Zip,
    /// Text in columns.
    Csv,
}

impl Format {
    /// Its name for messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::CityGml => "CityGML",
            Self::XPlanGml => "XPlanGML",
            Self::CityJson => "CityJSON",
            Self::CityJsonSeq => "CityJSONSeq",
            Self::GeoJson => "GeoJSON",
            Self::Tileset => "a 3D Tiles tileset",
            Self::GeoTiff => "GeoTIFF",
            Self::Zip => "a zip archive",
            Self::Csv => "a table of text",
        }
    }
}

/// What a file is that begins with `head`; `None` where it is nothing that is known. Tables have no mark of their own:
/// text of at least two columns in its first line is taken for one.
pub fn detect(head: &[u8]) -> Option<Format> {
    const TIFFS: [&[u8]; 4] = [b"II\x2A\0", b"MM\0\x2A", b"II\x2B\0", b"MM\0\x2B"];
    if TIFFS.iter().any(|magic| head.starts_with(magic)) {
        return Some(Format::GeoTiff);
    }
    if head.starts_with(b"PK\x03\x04") {
        return Some(Format::Zip);
    }
    let text = plain(head);
    match text.first()? {
        b'<' => xml(&text),
        b'{' => json(&text),
        _ => is_table(&text).then_some(Format::Csv),
    }
}

/// Without byte order mark and leading white space; UTF-16 loses its zero bytes, which leaves ASCII names readable.
fn plain(head: &[u8]) -> Vec<u8> {
    let is_utf16 = head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF");
    let text: Vec<u8> = match head.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => rest.to_vec(),
        None if is_utf16 => head.iter().skip(2).copied().filter(|byte| *byte != 0).collect(),
        None => head.to_vec(),
    };
    text.trim_ascii_start().to_vec()
}

fn xml(text: &[u8]) -> Option<Format> {
    match local_name(root(text)?) {
        b"CityModel" => Some(Format::CityGml),
        b"XPlanAuszug" => Some(Format::XPlanGml),
        _ => None,
    }
}

/// The name of the first element, after the declaration, comments and document type.
fn root(mut text: &[u8]) -> Option<&[u8]> {
    loop {
        text = text.trim_ascii_start();
        let end: &[u8] = match text {
            [b'<', b'?', ..] => b"?>",
            [b'<', b'!', b'-', b'-', ..] => b"-->",
            [b'<', b'!', ..] => b">",
            [b'<', name @ ..] => {
                return name.split(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/')).next();
            }
            _ => return None,
        };
        let at = text.windows(end.len()).position(|window| window == end)?;
        text = text.get(at + end.len()..)?;
    }
}

fn local_name(name: &[u8]) -> &[u8] {
    name.rsplit(|byte| *byte == b':').next().unwrap_or(name)
}

fn json(text: &[u8]) -> Option<Format> {
    let first = top_level(text);
    let has = |name: &str| first.members.iter().any(|member| member == name);
    match first.kind.as_deref() {
        Some("CityJSONFeature") => Some(Format::CityJsonSeq),
        Some("CityJSON") if first.is_followed => Some(Format::CityJsonSeq),
        Some("CityJSON") => Some(Format::CityJson),
        Some("Feature" | "FeatureCollection") => Some(Format::GeoJson),
        Some(_) => None,
        // The type may stand behind what was looked at.
        None if has("CityObjects") => Some(Format::CityJson),
        None if has("features") => Some(Format::GeoJson),
        None if has("asset") && (has("root") || has("geometricError")) => Some(Format::Tileset),
        None => None,
    }
}

fn is_table(text: &[u8]) -> bool {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let is_text = !text.iter().any(|byte| *byte < b' ' && !byte.is_ascii_whitespace());
    is_text && line.iter().any(|byte| matches!(byte, b',' | b';' | b'\t'))
}
