//! CityGML 1.0, 2.0 and 3.0 → buildings, one after the other, as the file is read.
//!
//! Stands at the start of the flow: bytes in, [`Building`](crate::model::Building)s out. What is in memory is one building,
//! a piece of the file, the ids of the buildings seen and a bounded number of warnings. It resolves references inside of
//! a building, picks the best level of detail (`assemble`) and takes degrees to metres (`crs`); it does not mend or
//! triangulate.
//!
//! What comes out, where the standards leave a choice:
//! - Several `function`s, `usage`s or `class`es: the first is the attribute's value, since a joined text would be in no
//!   code list. Different ones are kept beside it, for whoever asks what the building is at all, and are a warning.
//! - A building's own geometry gives way to that of its parts where theirs is finer.
//! - Parts of parts become parts of the building, in the order of the file.
//! - A building without `measuredHeight` gets one: highest less lowest point of all it has. So does a part.
//! - A generic attribute never replaces one of CityGML's own; those of a `genericAttributeSet` are called `set.name`.
//! - Other objects of the city and what is inside of buildings are counted in [`FileHeader::other_objects`].
//! - A broken file gives the buildings before the break and a warning.
//!
//! `input` decodes, `pull` gives elements, and the handlers follow what they speak of: `building`, `surface`, `geometry`,
//! `attributes`, `address`.

mod address;
mod assemble;
mod attributes;
mod bench;
mod building;
mod coordinates;
mod crs;
mod gathered;
mod geometry;
mod input;
mod namespaces;
mod pull;
mod references;
mod surface;
#[cfg(test)]
mod tests;

pub use bench::tokenize_only;

use std::collections::{BTreeSet, HashSet};
use std::io::BufRead;
use std::sync::Arc;

use self::building::Draft;
use self::crs::CrsNames;
use self::gathered::Gathered;
use self::namespaces::Ns;
use self::pull::{Pull, Stop};
use super::{BuildingSink, FileHeader, ReadError, ReadOptions};
use crate::report::{Place, Report, WarningKind};

/// Reads a CityGML file and gives each building to `sink` as soon as it has been read.
///
/// Coordinates are as in the file, but in metres of the UTM zone where the file has degrees or earth-centred ones;
/// [`Building::crs`](crate::model::Building::crs) says in which system, where the file does. A file that is broken or ends early gives the buildings before the break, a warning of the kind
/// [`WarningKind::SyntaxBroken`] and `Ok`.
///
/// # Errors
/// [`ReadError::UnknownFormat`] where the root element is not CityGML's `CityModel`, [`ReadError::Io`] where `input`
/// fails, [`ReadError::UnknownCrs`] where a building is in a system that is not understood and that is not allowed.
pub fn read(
    mut input: impl BufRead,
    options: &ReadOptions,
    report: &mut Report,
    sink: BuildingSink<'_>,
) -> Result<FileHeader, ReadError> {
    Handler::new(&mut input, options, report).read(sink)
}

/// Names of elements that are counted or reported one by one; a file of nonsense has more.
const MAX_NAMES: usize = 200;
/// Deepest nesting that is ever followed, whatever the options say: handlers call each other for it.
const MAX_DEPTH: usize = 1024;

/// The state of one reading. The handlers of the elements are methods in the files of this folder.
struct Handler<'a> {
    pull: Pull<'a>,
    options: &'a ReadOptions,
    report: &'a mut Report,
    header: FileHeader,
    crs: CrsNames,
    /// Ids of buildings given out.
    ids: HashSet<Arc<str>>,
    /// What has been said and is not to be repeated.
    said: BTreeSet<String>,
    /// Id of the building or part at hand.
    object: Option<Arc<str>>,
    /// Points that the building at hand may still have.
    points_left: usize,
    /// Buildings met, with or without id.
    met: u64,
    gathered: Gathered,
    /// The building at hand and its parts.
    drafts: Vec<Draft>,
    /// Numbers of the list of coordinates at hand.
    numbers: Vec<f64>,
}

impl<'a> Handler<'a> {
    fn new(input: &'a mut dyn BufRead, options: &'a ReadOptions, report: &'a mut Report) -> Self {
        Self {
            pull: Pull::new(input, options.max_object_bytes),
            options,
            report,
            header: FileHeader::default(),
            crs: CrsNames::default(),
            ids: HashSet::new(),
            said: BTreeSet::new(),
            object: None,
            points_left: 0,
            met: 0,
            gathered: Gathered::default(),
            drafts: Vec::new(),
            numbers: Vec::new(),
        }
    }

    fn read(mut self, sink: BuildingSink<'_>) -> Result<FileHeader, ReadError> {
        let root = self.root()?;
        self.header.format = root;
        let end = self.city_model(sink);
        match end {
            Ok(()) => {}
            Err(Stop::Io(source)) => return Err(ReadError::Io { file: self.options.file.clone(), source }),
            Err(Stop::UnknownCrs(source, line)) => {
                return Err(ReadError::UnknownCrs { file: self.options.file.clone(), line, source });
            }
            Err(stop) => self.say_broken(stop),
        }
        self.say_what_was_met();
        Ok(self.header)
    }

    /// Opens the root element; gives format and version.
    fn root(&mut self) -> Result<String, ReadError> {
        let message = match self.pull.child() {
            Err(Stop::Io(source)) => return Err(ReadError::Io { file: self.options.file.clone(), source }),
            Ok(Some(Ns::Core)) if self.pull.local() == "CityModel" => {
                let version =
                    self.pull.uri().and_then(|uri| uri.rsplit_once('/')).map(|(_, version)| version.to_owned());
                match version {
                    Some(version) => return Ok(format!("CityGML {version}")),
                    None => "the root element CityModel is in no namespace of CityGML".to_owned(),
                }
            }
            Ok(Some(_)) => format!("the root element is {}, not CityGML's CityModel", clipped(self.pull.qualified())),
            Ok(None) | Err(Stop::EndOfFile) => "there is no XML element in it".to_owned(),
            Err(Stop::Syntax(syntax)) => format!("it is not XML: {}", clipped(&syntax)),
            Err(Stop::Limit | Stop::ObjectTooLarge | Stop::UnknownCrs(..)) => {
                "it is not XML: the first tag does not end".to_owned()
            }
        };
        Err(ReadError::UnknownFormat { file: self.options.file.clone(), message })
    }

    fn city_model(&mut self, sink: BuildingSink<'_>) -> Result<(), Stop> {
        while let Some(ns) = self.child()? {
            match (ns, self.pull.local()) {
                (Ns::Core, "cityObjectMember") | (Ns::Gml, "featureMember" | "featureMembers") => self.members(sink)?,
                (Ns::Gml, "boundedBy") => self.envelope()?,
                _ => self.leave_out(ns).map(|_| ())?,
            }
        }
        Ok(())
    }

    fn members(&mut self, sink: BuildingSink<'_>) -> Result<(), Stop> {
        while let Some(ns) = self.child()? {
            match (ns, self.pull.local()) {
                (Ns::Building, "Building" | "BuildingPart") => self.building(sink)?,
                (Ns::Foreign, _) => {
                    self.warn_unknown();
                    self.inside()?;
                }
                _ => self.inside()?,
            }
        }
        Ok(())
    }

    /// `gml:boundedBy` of the file: its envelope names the CRS of everything.
    fn envelope(&mut self) -> Result<(), Stop> {
        while let Some(ns) = self.child()? {
            if let Some(name) = self.pull.attribute(None, "srsName").filter(|_| ns == Ns::Gml) {
                let line = self.pull.line();
                self.crs.of_file = self.naming(&name, line);
                self.header.crs = self.crs.of_file.crs();
            }
            self.pull.skip()?;
        }
        Ok(())
    }

    /// Opens the next child of the element at hand; children that are nested too deeply are passed over.
    #[inline]
    fn child(&mut self) -> Result<Option<Ns>, Stop> {
        loop {
            let child = self.pull.child()?;
            self.pull.check_object()?;
            if child.is_none() || self.pull.depth() <= self.options.max_depth.min(MAX_DEPTH) {
                return Ok(child);
            }
            self.warn(WarningKind::LimitReached, "elements nested too deeply are left out");
            self.pull.skip()?;
        }
    }

    /// Passes over an element that is not read. Says so where it is not one that is left out on purpose.
    fn leave_out(&mut self, ns: Ns) -> Result<bool, Stop> {
        if ns == Ns::Foreign {
            self.warn_unknown();
        }
        self.pull.skip().map(|()| false)
    }

    /// Warns of the element opened last, once for each name.
    fn warn_unknown(&mut self) {
        let name = clipped(self.pull.qualified());
        self.warn_once(WarningKind::UnknownElement, &format!("the element {name} is not known"));
    }

    /// Counts an object that is no building by its name.
    fn count_object(&mut self, name: &str) {
        let others = &mut self.header.other_objects;
        let name = if others.len() < MAX_NAMES || others.contains_key(name) { name } else { "…" };
        *others.entry(clipped(name)).or_default() += 1;
    }

    fn warn(&mut self, kind: WarningKind, message: impl Into<String>) {
        let line = self.pull.line();
        self.warn_at(kind, line, message);
    }

    fn warn_at(&mut self, kind: WarningKind, line: u64, message: impl Into<String>) {
        let place = Place { file: self.options.file.clone(), line, object: self.object.clone() };
        self.report.warn(kind, place, message);
    }

    /// Warns of something the first time only.
    fn warn_once(&mut self, kind: WarningKind, message: &str) {
        if self.said.len() < MAX_NAMES && self.said.insert(message.to_owned()) {
            self.warn(kind, message);
        }
    }

    fn say_what_was_met(&mut self) {
        self.object = None;
        let entities = self.pull.unknown_entities();
        if entities > 0 {
            self.warn(WarningKind::BadValue, format!("{entities} references to entities of its own are left out"));
        }
        if self.pull.has_replaced_bytes() {
            self.warn(WarningKind::BadValue, "some bytes are not of the file's encoding and were replaced");
        }
    }

    fn say_broken(&mut self, stop: Stop) {
        let (kind, message) = match stop {
            Stop::EndOfFile => (WarningKind::SyntaxBroken, "the file ends inside of an element".to_owned()),
            Stop::Syntax(syntax) => (WarningKind::SyntaxBroken, format!("the rest is not XML: {}", clipped(&syntax))),
            Stop::Limit | Stop::ObjectTooLarge | Stop::UnknownCrs(..) | Stop::Io(_) => (
                WarningKind::LimitReached,
                "a tag, a text or the nesting goes on without end; the rest is left out".into(),
            ),
        };
        self.warn(kind, message);
    }
}

/// A text out of a file for a message: at most 80 characters.
fn clipped(text: &str) -> String {
    text.chars().take(80).collect()
}
