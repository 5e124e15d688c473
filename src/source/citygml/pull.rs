//! Elements, attributes and texts of an XML file one after the other, over quick-xml's tokenizer.
//!
//! The layer between bytes and the handlers of CityGML elements. A handler is called when its element has been opened,
//! asks for one child after the other with [`Pull::child`], and returns when there is none left. Nothing is allocated
//! per element: the open tag and the last text stand in two buffers that are used again and again. Entities other than
//! the five predefined ones and character references are never expanded.

use std::borrow::Cow;
use std::io::{self, BufRead};
use std::sync::Arc;

use memchr::memmem::Finder;
use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::input::Input;
use super::namespaces::{Ns, Scope};

/// Why reading goes no further.
#[derive(Debug)]
pub(super) enum Stop {
    /// The file ends inside of an element.
    EndOfFile,
    /// The text is not well-formed XML.
    Syntax(String),
    /// A single tag or text, or the nesting, is larger than anything sensible.
    Limit,
    /// The building at hand is larger than the limit. Only the building is given up.
    ObjectTooLarge,
    /// The source cannot be read.
    Io(io::Error),
}

/// Nesting inside of a subtree that is passed over, at which the file is given up: its open tags would fill the memory.
const HOPELESS_DEPTH: usize = 1 << 20;

/// The tokenizer with the element that was opened last.
pub(super) struct Pull<'a> {
    tokens: Reader<Input<'a>>,
    buffer: Vec<u8>,
    scope: Scope,
    declaration: Finder<'static>,
    depth: usize,
    tag: String,
    name_bytes: usize,
    prefix_bytes: usize,
    text: String,
    unknown_entities: u64,
}

impl<'a> Pull<'a> {
    /// Reads `source`; a single tag or text of more than `token_limit` bytes ends it.
    pub(super) fn new(source: &'a mut dyn BufRead, token_limit: usize) -> Self {
        let mut tokens = Reader::from_reader(Input::new(source, token_limit));
        let config = tokens.config_mut();
        config.expand_empty_elements = true;
        // White space between elements is most of the texts; passing over it here saves an event each time.
        config.trim_text_start = true;
        // A lone ampersand ("Meier & Söhne") is an error in XML but common in hand-made files.
        config.allow_dangling_amp = true;
        Self {
            tokens,
            buffer: Vec::new(),
            scope: Scope::new(),
            declaration: Finder::new("xmlns"),
            depth: 0,
            tag: String::new(),
            name_bytes: 0,
            prefix_bytes: 0,
            text: String::new(),
            unknown_entities: 0,
        }
    }

    /// Opens the next child of the element at hand and gives its namespace; `None` when that element has been closed.
    #[inline]
    pub(super) fn child(&mut self) -> Result<Option<Ns>, Stop> {
        loop {
            match next(&mut self.tokens, &mut self.buffer) {
                Ok(Event::Start(start)) => {
                    take_tag(&start, &mut self.tag, &mut self.name_bytes);
                    return Ok(Some(self.open()));
                }
                Ok(Event::End(_)) => {
                    self.close();
                    return Ok(None);
                }
                Ok(Event::Eof) => return Err(Stop::EndOfFile),
                Ok(_) => {}
                Err(error) => return Err(stop_of(error, &self.tokens)),
            }
        }
    }

    #[inline]
    fn open(&mut self) -> Ns {
        self.depth += 1;
        let tag = self.tag.as_bytes();
        if self.tag.len() > self.name_bytes && self.declaration.find(tag).is_some() {
            self.bind();
        }
        let name = self.tag.as_bytes().get(..self.name_bytes).unwrap_or_default();
        let prefix = name.iter().position(|byte| *byte == b':').and_then(|colon| name.get(..colon));
        self.prefix_bytes = prefix.map_or(0, |prefix| prefix.len() + 1);
        self.scope.resolve(prefix.unwrap_or_default())
    }

    #[inline]
    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.scope.leave(self.depth);
    }

    fn bind(&mut self) {
        for attribute in raw_attributes(&self.tag, self.name_bytes) {
            let prefix = match attribute.0.split_once(':') {
                None if attribute.0 == "xmlns" => "",
                Some(("xmlns", prefix)) => prefix,
                _ => continue,
            };
            self.scope.bind(prefix, attribute.1.trim(), self.depth);
        }
    }

    /// Name without prefix of the element opened last; valid until the next call that reads.
    #[inline]
    pub(super) fn local(&self) -> &str {
        self.tag.get(self.prefix_bytes..self.name_bytes).unwrap_or_default()
    }

    /// Name with prefix of the element opened last, as the file has it.
    pub(super) fn qualified(&self) -> &str {
        self.tag.get(..self.name_bytes).unwrap_or_default()
    }

    /// URI of the namespace of the element opened last.
    pub(super) fn uri(&self) -> Option<&str> {
        let prefix = self.tag.get(..self.prefix_bytes.saturating_sub(1)).unwrap_or_default();
        self.scope.uri(prefix)
    }

    /// Whether the element opened last has any attribute.
    #[inline]
    pub(super) fn has_attributes(&self) -> bool {
        self.tag.len() > self.name_bytes
    }

    /// Calls `take` with namespace (`None` without prefix), local name and value of each attribute of the element
    /// opened last.
    pub(super) fn each_attribute(&mut self, mut take: impl FnMut(Option<Ns>, &str, &str)) {
        for (key, value) in raw_attributes(&self.tag, self.name_bytes) {
            let (namespace, local) = match key.split_once(':') {
                None => (None, key),
                Some((prefix, local)) => (Some(self.scope.resolve(prefix.as_bytes())), local),
            };
            match value.contains('&').then(|| unescape(value)) {
                Some(Ok(unescaped)) => take(namespace, local, &unescaped),
                _ => take(namespace, local, value),
            }
        }
    }

    /// The value of one attribute, trimmed; `None` where it is absent or empty.
    pub(super) fn attribute(&mut self, namespace: Option<Ns>, name: &str) -> Option<String> {
        self.attribute_as(namespace, name)
    }

    /// The same, to be kept in more than one place.
    pub(super) fn shared_attribute(&mut self, namespace: Option<Ns>, name: &str) -> Option<Arc<str>> {
        self.attribute_as(namespace, name)
    }

    fn attribute_as<T: for<'t> From<&'t str>>(&mut self, namespace: Option<Ns>, name: &str) -> Option<T> {
        let mut found = None;
        self.each_attribute(|ns, local, value| {
            if ns == namespace && local == name && !value.trim().is_empty() {
                found = Some(T::from(value.trim()));
            }
        });
        found
    }

    /// Reads to the end of the element at hand and gives its own text, not that of its children. White space stands as
    /// the file has it.
    pub(super) fn text(&mut self) -> Result<&str, Stop> {
        self.text.clear();
        self.tokens.config_mut().trim_text_start = false;
        let read = self.own_text();
        self.tokens.config_mut().trim_text_start = true;
        read?;
        self.scope.leave(self.depth);
        Ok(&self.text)
    }

    fn own_text(&mut self) -> Result<(), Stop> {
        let outer = self.depth;
        while self.depth >= outer {
            let own = self.depth == outer;
            match next(&mut self.tokens, &mut self.buffer) {
                Ok(Event::Text(text)) if own => self.text.push_str(&text),
                Ok(Event::CData(text)) if own => self.text.push_str(&text),
                Ok(Event::GeneralRef(reference)) if own => match expanded(&reference) {
                    Some(text) => self.text.push_str(&text),
                    None => self.unknown_entities += 1,
                },
                Ok(Event::Start(_)) => self.deeper(outer)?,
                Ok(Event::End(_)) => self.depth -= 1,
                Ok(Event::Eof) => return Err(Stop::EndOfFile),
                Ok(_) => {}
                Err(error) => return Err(stop_of(error, &self.tokens)),
            }
        }
        Ok(())
    }

    /// Passes over the rest of the element at hand.
    pub(super) fn skip(&mut self) -> Result<(), Stop> {
        self.skip_to(self.depth)
    }

    /// Passes over everything up to the end of the element that is open at `depth`.
    pub(super) fn skip_to(&mut self, depth: usize) -> Result<(), Stop> {
        while self.depth >= depth {
            match next(&mut self.tokens, &mut self.buffer) {
                Ok(Event::Start(_)) => self.deeper(depth)?,
                Ok(Event::End(_)) => self.depth -= 1,
                Ok(Event::Eof) => return Err(Stop::EndOfFile),
                Ok(_) => {}
                Err(error) => return Err(stop_of(error, &self.tokens)),
            }
        }
        self.scope.leave(self.depth);
        Ok(())
    }

    #[inline]
    fn deeper(&mut self, outer: usize) -> Result<(), Stop> {
        self.depth += 1;
        if self.depth > outer + HOPELESS_DEPTH { Err(Stop::Limit) } else { Ok(()) }
    }

    /// How many elements are open.
    #[inline]
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// Bytes of decoded text read so far.
    #[inline]
    pub(super) fn position(&self) -> u64 {
        self.tokens.buffer_position()
    }

    /// The line reached, counted from 1.
    pub(super) fn line(&mut self) -> u64 {
        self.tokens.get_mut().line()
    }

    /// The line on which the tag opened last begins; to be asked before anything else is read.
    pub(super) fn tag_line(&mut self) -> u64 {
        let inside = self.tag.bytes().filter(|byte| *byte == b'\n').count() as u64;
        self.line().saturating_sub(inside)
    }

    /// How many entity references were left out, because nothing but the predefined ones is expanded.
    pub(super) fn unknown_entities(&self) -> u64 {
        self.unknown_entities
    }

    /// Whether bytes were met that the file's encoding does not have.
    pub(super) fn has_replaced_bytes(&self) -> bool {
        self.tokens.get_ref().has_replaced()
    }
}

/// The next token. A free function, so that the token borrows the buffer alone; its result is passed on untouched, since
/// it is large and moving it shows in the time.
#[inline]
fn next<'b>(tokens: &mut Reader<Input<'_>>, buffer: &'b mut Vec<u8>) -> quick_xml::Result<Event<'b>> {
    buffer.clear();
    tokens.get_mut().begin_token();
    tokens.read_event_into(buffer)
}

#[cold]
fn stop_of(error: quick_xml::Error, tokens: &Reader<Input<'_>>) -> Stop {
    match error {
        quick_xml::Error::Io(_) if tokens.get_ref().is_too_long() => Stop::Limit,
        quick_xml::Error::Io(error) => Stop::Io(io::Error::new(error.kind(), error.to_string())),
        error => Stop::Syntax(error.to_string()),
    }
}

#[inline]
fn take_tag(start: &BytesStart<'_>, tag: &mut String, name_bytes: &mut usize) {
    tag.clear();
    tag.push_str(start);
    *name_bytes = start.name().as_ref().len();
}

/// Keys and raw values of a tag's attributes (XML 1.0 § 3.1), up to the first thing that is none. The tokenizer has made
/// sure that the quotes come in pairs.
fn raw_attributes(tag: &str, name_bytes: usize) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = tag.get(name_bytes..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (key, after) = rest.split_at_checked(memchr::memchr(b'=', rest.as_bytes())?)?;
        let quoted = after.get(1..)?.trim_ascii_start();
        let quote = quoted.bytes().next().filter(|quote| matches!(quote, b'"' | b'\''))?;
        let inside = quoted.get(1..)?;
        let (value, after) = inside.split_at_checked(memchr::memchr(quote, inside.as_bytes())?)?;
        rest = after.get(1..)?;
        Some((key.trim_ascii(), value))
    })
}

/// What a character reference or one of the five predefined entities stands for.
fn expanded(reference: &BytesRef<'_>) -> Option<Cow<'static, str>> {
    if reference.is_char_ref() {
        return reference.resolve_char_ref().ok().flatten().map(|character| Cow::Owned(character.to_string()));
    }
    resolve_predefined_entity(reference).map(Cow::Borrowed)
}
