//! XML namespaces by their URI, whatever prefix a file gives them.
//!
//! Used by [`super::pull`] only. It knows the namespaces of CityGML 1.0 to 3.0, GML 3.1 and 3.2, xAL 2 and 3.

/// A namespace that the reader tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ns {
    /// CityGML core. Names without any namespace count as core: Bavaria's files have `creationDate` so.
    Core,
    /// Building.
    Building,
    /// Construction (3.0).
    Construction,
    /// Generics.
    Generics,
    /// Another module of CityGML.
    OtherModule,
    /// GML 3.1 or 3.2.
    Gml,
    /// xAL 2 or 3.
    Address,
    /// XLink.
    XLink,
    /// Anything else: application domain extensions, or a prefix that is not declared.
    Foreign,
}

/// The namespace of a URI.
fn namespace_of(uri: &str) -> Ns {
    if let Some(module) = uri.strip_prefix("http://www.opengis.net/citygml/") {
        return match module.rsplit_once('/').map_or("", |(name, _version)| name) {
            "" | "profiles/base" => Ns::Core,
            "building" => Ns::Building,
            "construction" => Ns::Construction,
            "generics" => Ns::Generics,
            _ => Ns::OtherModule,
        };
    }
    match uri {
        "http://www.opengis.net/gml" | "http://www.opengis.net/gml/3.2" => Ns::Gml,
        "urn:oasis:names:tc:ciq:xsdschema:xAL:2.0" | "urn:oasis:names:tc:ciq:xal:3" => Ns::Address,
        "http://www.w3.org/1999/xlink" => Ns::XLink,
        _ => Ns::Foreign,
    }
}

/// One `xmlns` declaration in force.
struct Binding {
    prefix: u64,
    namespace: Ns,
    /// Depth of the element that declares it.
    depth: usize,
    uri: Box<str>,
}

/// The declarations in force, with a table of the answers given last.
pub(super) struct Scope {
    bindings: Vec<Binding>,
    recent: [(u64, Ns); Self::RECENT],
}

impl Scope {
    /// More declarations at a time than any real file has; further ones are not taken.
    const LIMIT: usize = 512;
    /// Longest URI that is kept; the known ones are shorter.
    const URI_CHARACTERS: usize = 128;
    /// Places in the table of answers.
    const RECENT: usize = 64;
    /// A key that no prefix has.
    const NO_PREFIX: u64 = u64::MAX;

    pub(super) fn new() -> Self {
        Self { bindings: Vec::new(), recent: [(Self::NO_PREFIX, Ns::Foreign); Self::RECENT] }
    }

    /// Takes the declaration of `prefix` ("" for the default namespace) on an element at `depth`.
    pub(super) fn bind(&mut self, prefix: &str, uri: &str, depth: usize) {
        if self.bindings.len() >= Self::LIMIT {
            return;
        }
        let namespace = if uri.is_empty() { Ns::Core } else { namespace_of(uri) };
        let uri = uri.chars().take(Self::URI_CHARACTERS).collect::<String>();
        self.bindings.push(Binding { prefix: key(prefix.as_bytes()), namespace, depth, uri: uri.into() });
        self.forget_answers();
    }

    /// Drops what was declared on elements deeper than `depth`.
    #[inline]
    pub(super) fn leave(&mut self, depth: usize) {
        while self.bindings.last().is_some_and(|binding| binding.depth > depth) {
            self.bindings.pop();
            self.forget_answers();
        }
    }

    /// The namespace of a prefix; "" is the default one.
    #[inline]
    pub(super) fn resolve(&mut self, prefix: &[u8]) -> Ns {
        let key = key(prefix);
        let place = (key ^ (key >> 8) ^ (key >> 16)) as usize % Self::RECENT;
        match self.recent.get(place) {
            Some((recent, namespace)) if *recent == key => *namespace,
            _ => self.look_up(key, place),
        }
    }

    fn look_up(&mut self, key: u64, place: usize) -> Ns {
        let unbound = if key == 0 { Ns::Core } else { Ns::Foreign };
        let found = self.bindings.iter().rev().find(|binding| binding.prefix == key);
        let namespace = found.map_or(unbound, |binding| binding.namespace);
        if let Some(slot) = self.recent.get_mut(place) {
            *slot = (key, namespace);
        }
        namespace
    }

    /// The URI that a prefix stands for.
    pub(super) fn uri(&self, prefix: &str) -> Option<&str> {
        let key = key(prefix.as_bytes());
        self.bindings.iter().rev().find(|binding| binding.prefix == key).map(|binding| &*binding.uri)
    }

    fn forget_answers(&mut self) {
        self.recent = [(Self::NO_PREFIX, Ns::Foreign); Self::RECENT];
    }
}

/// A prefix as a number: its bytes where it has at most seven (nearly all have), else an FNV-1a hash above those.
#[inline]
fn key(prefix: &[u8]) -> u64 {
    if prefix.len() < 8 {
        return prefix.iter().fold(0, |key, byte| key << 8 | u64::from(*byte));
    }
    prefix.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
        | 1 << 63
}
