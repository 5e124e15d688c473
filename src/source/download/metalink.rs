//! Metalink 4 (RFC 5854): an index of files with sizes, hashes and mirrors.
//!
//! Takes what it needs (`file`, `size`, `hash type="sha-256"`, `url`, `published`, `updated`) and passes over the
//! rest. A file without a SHA-256 or without a mirror is refused: nothing unchecked is ever put under its name.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use url::Url;

use super::{DownloadError, FileName};
use crate::digest::Sha256;

/// What an index lists.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Index {
    /// When it was published or last updated, as it says.
    pub published: Option<String>,
    /// Its files, by name, each name once.
    pub files: Vec<RemoteFile>,
}

/// A file that can be downloaded.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteFile {
    /// Its name.
    pub name: FileName,
    /// Its size in bytes, where the index says (RFC 5854 § 4.2.14).
    pub size: Option<u64>,
    /// Its hash (§ 4.2.4).
    pub sha256: Sha256,
    /// Where to get it, the preferred address first (§ 4.2.16).
    pub mirrors: Vec<Url>,
}

impl RemoteFile {
    /// How many of so many bytes of it are in [`Index::bytes`]: none where the index does not say its size.
    pub(super) fn planned(&self, bytes: u64) -> u64 {
        self.size.map_or(0, |size| bytes.min(size))
    }
}

impl Index {
    /// Reads an index; `address` names it in errors and is the base of relative addresses.
    pub fn parse(address: &Url, bytes: &[u8]) -> Result<Self, DownloadError> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let before = bytes.get(..error.valid_up_to()).unwrap_or(&[]);
            error_at(address, before, "not UTF-8".to_owned())
        })?;
        let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
        let mut parser = Parser { base: address, index: Self::default(), file: None, element: None, depth: 0 };
        loop {
            let position = reader.buffer_position() as usize;
            let step = match reader.read_event() {
                Ok(Event::Eof) => break,
                Ok(event) => parser.take(event),
                Err(error) => Err(error.to_string()),
            };
            step.map_err(|message| error_at(address, bytes.get(..position).unwrap_or(bytes), message))?;
        }
        parser.finish().map_err(|message| error_at(address, bytes, message))
    }

    /// Bytes of all files whose size it says. An index may claim anything: more than a number can hold is the greatest.
    pub fn bytes(&self) -> u64 {
        self.files.iter().filter_map(|file| file.size).fold(0, u64::saturating_add)
    }
}

fn error_at(address: &Url, before: &[u8], message: String) -> DownloadError {
    let line = before.iter().filter(|&&byte| byte == b'\n').count() as u64 + 1;
    DownloadError::Index { index: address.to_string(), line, message }
}

/// A `file` element while it is read.
struct OpenFile {
    name: FileName,
    size: Option<u64>,
    sha256: Option<Sha256>,
    /// By priority, then in the order of the file.
    mirrors: BTreeMap<(u32, usize), Url>,
}

/// The element whose text is wanted.
struct OpenElement {
    kind: Wanted,
    text: String,
}

enum Wanted {
    Size,
    Sha256,
    Url { priority: u32 },
    Published,
}

/// RFC 5854 § 4.2.16.2: a `url` without a priority comes last.
const LAST_PRIORITY: u32 = 999_999;

struct Parser<'a> {
    base: &'a Url,
    index: Index,
    file: Option<OpenFile>,
    element: Option<OpenElement>,
    depth: usize,
}

impl Parser<'_> {
    fn take(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::Start(start) => {
                self.depth += 1;
                self.open(&start)
            }
            Event::Empty(start) => {
                self.depth += 1;
                self.open(&start)?;
                self.close(start.local_name().as_ref())
            }
            Event::End(end) => self.close(end.local_name().as_ref()),
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(text) => self.text(&text.xml10_content()),
            Event::GeneralRef(reference) => self.reference(&reference),
            Event::DocType(_) => Err("a document type has no place in a Metalink".to_owned()),
            _ => Ok(()),
        }
    }

    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), String> {
        let local = start.local_name();
        let kind = match (self.depth, local.as_ref()) {
            (1, "metalink") => return Ok(()),
            (1, other) => return Err(format!("the root is <{other}>, not Metalink 4's <metalink>")),
            (2, "file") => return self.open_file(start),
            (2, "published" | "updated") => Wanted::Published,
            (3, "size") if self.file.is_some() => Wanted::Size,
            (3, "hash") if attribute(start, "type")?.as_deref() == Some("sha-256") => Wanted::Sha256,
            (3, "url") => {
                let priority = attribute(start, "priority")?.and_then(|text| text.trim().parse().ok());
                Wanted::Url { priority: priority.unwrap_or(LAST_PRIORITY) }
            }
            _ => return Ok(()),
        };
        self.element = Some(OpenElement { kind, text: String::new() });
        Ok(())
    }

    fn open_file(&mut self, start: &BytesStart<'_>) -> Result<(), String> {
        let name = attribute(start, "name")?.ok_or("a <file> without a name")?;
        let name = FileName::new(&name)?;
        self.file = Some(OpenFile { name, size: None, sha256: None, mirrors: BTreeMap::new() });
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        let Some(element) = &mut self.element else { return Ok(()) };
        if element.text.len() + text.len() > 1 << 16 {
            return Err("a value longer than 64 KiB".to_owned());
        }
        element.text.push_str(text);
        Ok(())
    }

    fn reference(&mut self, reference: &BytesRef<'_>) -> Result<(), String> {
        match reference.resolve_char_ref() {
            Ok(Some(character)) => self.text(character.encode_utf8(&mut [0; 4])),
            Ok(None) => {
                let name = reference.xml10_content();
                let text = resolve_predefined_entity(&name).ok_or(format!("the entity &{name}; is not known"))?;
                self.text(text)
            }
            Err(error) => Err(error.to_string()),
        }
    }

    fn close(&mut self, local: &str) -> Result<(), String> {
        self.depth = self.depth.saturating_sub(1);
        if let Some(element) = self.element.take() {
            self.value(element.kind, element.text.trim())?;
        }
        if self.depth == 1 && local == "file" {
            let file = self.file.take().ok_or("</file> without <file>")?;
            self.index.files.push(complete(file)?);
        }
        Ok(())
    }

    fn value(&mut self, kind: Wanted, text: &str) -> Result<(), String> {
        match (kind, &mut self.file) {
            (Wanted::Published, _) => self.index.published = Some(text.to_owned()),
            (Wanted::Size, Some(file)) => {
                file.size = Some(text.parse().map_err(|_| format!("{text:?} is not a size"))?);
            }
            (Wanted::Sha256, Some(file)) => {
                file.sha256 = Some(Sha256::from_hex(text).ok_or(format!("{text:?} is not a SHA-256"))?);
            }
            (Wanted::Url { priority }, Some(file)) => {
                // Other schemes (ftp, magnet) are mirrors that are not used here.
                if let Some(url) = self.base.join(text).ok().filter(|url| matches!(url.scheme(), "http" | "https")) {
                    let order = file.mirrors.len();
                    file.mirrors.insert((priority, order), url);
                }
            }
            (_, None) => {}
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Index, String> {
        if self.depth > 0 {
            return Err("ends in the middle".to_owned());
        }
        self.index.files.sort_by(|a, b| a.name.cmp(&b.name));
        let twice = self.index.files.windows(2).find(|pair| matches!(pair, [a, b] if a.name == b.name));
        match twice {
            Some([file, ..]) => Err(format!("{} is listed twice", file.name)),
            _ => Ok(self.index),
        }
    }
}

fn complete(file: OpenFile) -> Result<RemoteFile, String> {
    let name = file.name;
    let sha256 = file.sha256.ok_or(format!("no SHA-256 for {name}: it could not be checked"))?;
    if file.mirrors.is_empty() {
        return Err(format!("no http or https address for {name}"));
    }
    Ok(RemoteFile { name, size: file.size, sha256, mirrors: file.mirrors.into_values().collect() })
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Result<Option<String>, String> {
    let found = start.try_get_attribute(name).map_err(|error| error.to_string())?;
    let value = found.map(|attribute| attribute.normalized_value(XmlVersion::Implicit1_0).map(|v| v.into_owned()));
    value.transpose().map_err(|error| error.to_string())
}
