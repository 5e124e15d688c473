//! Bytes of a known format → the model. Wire types stay in the submodules; what comes out is [`crate::model`].
//!
//! The first station of the flow. Readers go on after whatever is wrong in a file and report it with file, line and
//! object id; they end early only where nothing more can be read. They never panic, hang or take unbounded memory,
//! whatever the bytes.

pub mod citygml;
pub mod cityjson;
pub mod detect;
pub mod download;
pub mod geojson;
pub mod geotiff;
mod json;
pub mod plans;
pub mod points;
mod system;
pub mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use thiserror::Error;

use crate::geo::{Crs, CrsError};
use crate::model::Building;
use crate::report::{Place, Report};

/// What a reader is told.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// The file's name as it stands in warnings.
    pub file: Arc<str>,
    /// Ids of CityGML and CityJSON levels above this are not taken (3 takes everything).
    pub max_lod: u8,
    /// Deepest nesting of elements that is followed.
    pub max_depth: usize,
    /// Largest single object in bytes that is held in memory: of text, and of what its text becomes.
    pub max_object_bytes: usize,
    /// Largest file in bytes of a format that cannot be read object by object: CityJSON that is no sequence, whose
    /// vertices may stand at its end, and GeoJSON. What is passed over does not count.
    pub max_file_bytes: usize,
    /// Whether a name of a system of coordinates that is not understood is an error. Else it is a warning, and what is
    /// read has no system: for a look at a file, but not for putting it into a city.
    pub refuses_unknown_crs: bool,
}

impl ReadOptions {
    /// The limits used everywhere, for a file of that name.
    pub fn of(file: &str) -> Self {
        Self {
            file: file.into(),
            max_lod: 3,
            max_depth: 256,
            max_object_bytes: 256 << 20,
            max_file_bytes: 512 << 20,
            refuses_unknown_crs: true,
        }
    }
}

/// What a file says of itself, beside its buildings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileHeader {
    /// Format and version, such as `CityGML 2.0` or `CityJSON 1.1`.
    pub format: String,
    /// The CRS of the file's envelope or metadata.
    pub crs: Option<Crs>,
    /// The systems in which the file has its buildings. Those that come in degrees or earth-centred have been taken to
    /// metres and say another one.
    pub systems: BTreeSet<Crs>,
    /// Buildings given to the sink.
    pub buildings: u64,
    /// Objects left out, each with a warning.
    pub skipped: u64,
    /// Objects that are no buildings or stand inside of one, by the name of their element; left out without a warning.
    pub other_objects: BTreeMap<String, u64>,
}

/// Where a reader puts its buildings, one after the other, in the order of the file.
pub type BuildingSink<'a> = &'a mut dyn FnMut(Building, &mut Report);

/// Why nothing (more) could be read. What came before has gone to the sink.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The file could not be opened or read.
    #[error("{file}: {source}")]
    Io {
        /// The file's name.
        file: Arc<str>,
        /// What the system says.
        source: std::io::Error,
    },
    /// The bytes are of no format that is known here.
    #[error("{file}: {message}")]
    UnknownFormat {
        /// The file's name.
        file: Arc<str>,
        /// What was found and what was expected.
        message: String,
    },
    /// The coordinates are of a system that is not known here, so that nobody can say where things are.
    #[error("{file}:{line}: {source}")]
    UnknownCrs {
        /// The file's name.
        file: Arc<str>,
        /// The line on which the name stands, or the object that it belongs to.
        line: u64,
        /// The name, and why it is not understood.
        source: CrsError,
    },
    /// The bytes are not what their format asks for.
    #[error("{}: {message}", Place { file: file.clone(), line: *line, object: None })]
    Malformed {
        /// The file's name.
        file: Arc<str>,
        /// Line, counted from 1; 0 where the file has no lines, or is wrong as a whole.
        line: u64,
        /// What is wrong.
        message: String,
    },
}
