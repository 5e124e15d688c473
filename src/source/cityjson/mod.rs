//! CityJSON 1.0, 1.1 and 2.0, and CityJSONSeq: text → buildings of the model.
//!
//! A file is one CityJSON object, or that object on the first line and a `CityJSONFeature` on each line that follows
//! (CityJSON 2.0.1 § 7). Both are read by the same steps: `document` takes the JSON apart while it streams, object by
//! object, into compact wire types (`object`, `geometry`, `attributes`); `assemble` joins parts and installations to
//! their buildings; `placement` turns vertex indices into polygons. A feature is given to the sink before the next
//! line is read; one object alone is held whole, since its vertices may stand at its end. Coordinates are always east
//! before north, longitude before latitude, as all software writes them, and degrees are taken to metres (`assemble`).
//! Appearance, extensions and every object that is not a building are passed over.

mod assemble;
mod attributes;
mod document;
mod family;
mod geometry;
mod object;
mod placement;
mod vertex;

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::io::{self, BufRead, Read};
use std::sync::Arc;

use serde::de::DeserializeSeed;

use self::assemble::{Shared, assemble};
use self::document::{Document, DocumentSeed};
use super::json::{MOST_OBJECT_BYTES, Meter, Metered, json_error, json_message, skip_bom};
use super::system::{Axes, System};
use super::{BuildingSink, FileHeader, ReadError, ReadOptions};
use crate::model::Building;
use crate::report::{Place, Report, WarningKind};

/// What the JSON should have been, in error messages.
const EXPECTED: &str = "a CityJSON or CityJSONFeature object";

/// Reads CityJSON or CityJSONSeq and gives every building to `sink` in the order of the file.
///
/// Fails where the first object is no CityJSON, breaks, or is of an unknown major version; buildings whose vertices
/// were complete before a break still go to the sink. A broken line of a sequence is reported and left out.
pub fn read(
    mut input: impl BufRead,
    options: &ReadOptions,
    report: &mut Report,
    sink: BuildingSink<'_>,
) -> Result<FileHeader, ReadError> {
    let io_error = |source: io::Error| ReadError::Io { file: options.file.clone(), source };
    skip_bom(&mut input).map_err(io_error)?;
    let mut reading = Reading { options, report, sink, header: FileHeader::default(), ids: HashSet::new() };
    let meter = Meter::new(1, options.max_object_bytes).of_file(options.max_file_bytes);
    let mut first = Document::default();
    let parsed =
        reading.parse(&mut serde_json::Deserializer::from_reader(Metered::new(&mut input, &meter)), &mut first, &meter);
    let broken = parsed.err().map(|error| json_error(error, &options.file, meter.line(), EXPECTED));
    let shared = match reading.first(first, broken.is_some()) {
        Ok(shared) => shared,
        Err(error) => return Err(broken.unwrap_or(error)),
    };
    if let Some(error) = broken {
        return Err(error);
    }
    reading.features(&mut input, meter.line(), &shared).map_err(io_error)?;
    Ok(reading.header)
}

/// One run of the reader.
struct Reading<'a> {
    options: &'a ReadOptions,
    report: &'a mut Report,
    sink: BuildingSink<'a>,
    header: FileHeader,
    /// Ids that went to the sink; looked up only, never iterated.
    ids: HashSet<Arc<str>>,
}

impl Reading<'_> {
    fn parse<'de, R: serde_json::de::Read<'de>>(
        &mut self,
        json: &mut serde_json::Deserializer<R>,
        into: &mut Document,
        meter: &Meter,
    ) -> Result<(), serde_json::Error> {
        DocumentSeed { into, file: &self.options.file, meter, report: self.report }.deserialize(json)
    }

    fn warn(&mut self, kind: WarningKind, line: u64, message: impl Into<String>) {
        let place = Place { file: self.options.file.clone(), line, object: None };
        self.report.warn(kind, place, message);
    }

    /// Takes the first object: checks what it is, hands out its buildings, keeps what features need of it.
    fn first(&mut self, mut document: Document, broken: bool) -> Result<Shared, ReadError> {
        let is_feature = match document.kind.as_deref() {
            Some("CityJSON") => false,
            Some("CityJSONFeature") => true,
            _ => return Err(self.unknown("the first object is neither CityJSON nor CityJSONFeature")),
        };
        let mut system = None;
        if is_feature {
            self.warn(WarningKind::CrsMissing, 1, "the sequence has no first line with its transform and CRS");
            self.header.format = "CityJSONSeq".to_owned();
        } else {
            self.header.format = format!("CityJSON {}", self.version(document.version.as_deref())?);
            system = self.system(document.srs_name.take())?;
        }
        self.header.crs = system.as_ref().map(System::crs);
        self.header.systems.extend(self.header.crs);
        let shared = Shared::new(&mut document, system);
        if shared.transform.is_none() && !document.objects.is_empty() {
            self.warn(WarningKind::BadValue, 0, "the transform is missing, so no vertex can be placed");
        }
        if !broken || document.vertices_complete {
            self.hand_out(document, &shared);
        }
        Ok(shared)
    }

    fn unknown(&self, message: &str) -> ReadError {
        ReadError::UnknownFormat { file: self.options.file.clone(), message: message.to_owned() }
    }

    /// The version as `major.minor`; other minor versions of 1 and 2 are read with a warning.
    fn version(&mut self, stated: Option<&str>) -> Result<String, ReadError> {
        let Some(stated) = stated else {
            self.warn(WarningKind::BadValue, 0, "the version is missing; read as CityJSON 2.0");
            return Ok("2.0".to_owned());
        };
        let mut numbers = stated.split('.').map(|part| part.parse::<u8>().ok());
        let (major, minor) = (numbers.next().flatten(), numbers.next().flatten().unwrap_or(0));
        match (major, minor) {
            (Some(major @ 1), minor @ (0 | 1)) | (Some(major @ 2), minor @ 0) => Ok(format!("{major}.{minor}")),
            (Some(major @ (1 | 2)), _) => {
                self.warn(
                    WarningKind::BadValue,
                    0,
                    format!("CityJSON {major}.{minor} is not known; read all the same"),
                );
                Ok(format!("{major}.{minor}"))
            }
            _ => Err(self.unknown("this version of CityJSON is not known; 1.0, 1.1 and 2.0 are")),
        }
    }

    /// The system of the file, by its name and the line on which that stands.
    fn system(&mut self, named: Option<(String, u64)>) -> Result<Option<System>, ReadError> {
        let Some((name, line)) = named else {
            self.warn(WarningKind::CrsMissing, 0, "metadata.referenceSystem is missing");
            return Ok(None);
        };
        match System::named(&name, Axes::EastFirst) {
            Ok(system) => Ok(Some(system)),
            Err(source) if self.options.refuses_unknown_crs => {
                Err(ReadError::UnknownCrs { file: self.options.file.clone(), line, source })
            }
            Err(error) => {
                self.warn(WarningKind::CrsMissing, line, format!("metadata.referenceSystem: {error}"));
                Ok(None)
            }
        }
    }

    fn hand_out(&mut self, document: Document, shared: &Shared) {
        let Self { options, report, sink, header, ids } = self;
        header.skipped += document.skipped;
        for (name, count) in &document.other_objects {
            *header.other_objects.entry((*name).to_owned()).or_default() += count;
        }
        let mut doubles = 0;
        let mut give = |building: Building, report: &mut Report| {
            if ids.insert(building.id.0.clone()) {
                header.buildings += 1;
                sink(building, report);
            } else {
                doubles += 1;
                let message = "the id stands more than once; the first building is kept";
                report.warn(WarningKind::DuplicateId, building.place, message);
            }
        };
        let skipped = assemble(document, shared, options, report, &mut give);
        header.skipped += skipped + doubles;
    }

    /// The lines after the first object, each a feature.
    fn features(&mut self, input: &mut impl BufRead, mut line: u64, shared: &Shared) -> io::Result<()> {
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            let limit = self.options.max_object_bytes.min(MOST_OBJECT_BYTES) as u64;
            if input.by_ref().take(limit).read_until(b'\n', &mut bytes)? == 0 {
                return Ok(());
            }
            if bytes.len() as u64 >= limit && !bytes.ends_with(b"\n") {
                self.header.skipped += 1;
                self.warn(WarningKind::LimitReached, line, "the feature is larger than the limit for one object");
                input.skip_until(b'\n')?;
            } else if !bytes.trim_ascii().is_empty() {
                self.feature(&bytes, line, shared);
            }
            line += 1;
        }
    }

    fn feature(&mut self, bytes: &[u8], line: u64, shared: &Shared) {
        if let Some(version) = self.header.format.strip_prefix("CityJSON ") {
            self.header.format = format!("CityJSONSeq {version}");
        }
        let meter = Meter::new(line, usize::MAX);
        let mut document = Document::default();
        let mut json = serde_json::Deserializer::from_slice(bytes);
        let parsed = self.parse(&mut json, &mut document, &meter).and_then(|()| json.end());
        let problem = match parsed {
            Err(error) => Some((WarningKind::SyntaxBroken, json_message(&error, EXPECTED))),
            Ok(()) if document.kind.as_deref() != Some("CityJSONFeature") => {
                Some((WarningKind::ObjectSkipped, "the line is not a CityJSONFeature".to_owned()))
            }
            Ok(()) => None,
        };
        match problem {
            Some((kind, message)) => {
                self.header.skipped += 1;
                self.warn(kind, line, message);
            }
            None => self.hand_out(document, shared),
        }
    }
}
