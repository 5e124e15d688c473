//! The city configuration file (`city.toml`): what the city is called, where its data lies, under which licences, and
//! which policy rules its release.
//!
//! Read by `fetch` and `build`, before any data. Two steps: the wire types of [`wire`] as the file has them, then the
//! validated [`CityConfig`]. Does not read data and does not know the policy's content.

mod error;
mod files;
mod wire;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use url::Url;

pub use error::CityError;
pub use files::read_text;
pub use wire::{DataKind, Heights};

use crate::geo::Crs;
use crate::source::plans::PlanMapping;
use crate::source::points::PointMapping;
use crate::twin::{CameraPose, GroundClass, PlaceInfo, PointCategory, ServiceInfo, SourceInfo, Text};

/// A validated city configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct CityConfig {
    /// The file it was read from, as given.
    pub file: PathBuf,
    /// Short id, such as `muenchen`: lower case, digits, `-` and `_`.
    pub id: String,
    /// Name for the title.
    pub title: Text,
    /// Shown in a corner at all times.
    pub notice: Option<Text>,
    /// System of coordinates of sources that name none; with the heights' system where [`CityConfig::heights`] has one.
    pub crs: Crs,
    /// What heights are measured from.
    pub heights: Heights,
    /// Height of the geoid above the ellipsoid in metres; used where PROJ has no grid for [`CityConfig::heights`].
    pub geoid_undulation_m: f64,
    /// The policy file, relative paths resolved against the city file.
    pub policy: PathBuf,
    /// IANA name of the time zone, such as `Europe/Berlin`.
    pub time_zone: String,
    /// Whether the data is about real houses.
    pub data: DataKind,
    /// Where the camera starts.
    pub home: CameraPose,
    /// Where the data comes from, in the order of the file.
    pub sources: Vec<Source>,
    /// Planning layers, in the order of the file.
    pub layers: Vec<Layer>,
    /// Places to fly to.
    pub places: Vec<PlaceInfo>,
    /// The city's own services, in the order of the file.
    pub services: Vec<ServiceInfo>,
}

/// A source of data.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Short id; its downloads lie in a folder of that name.
    pub id: String,
    /// What it holds.
    pub kind: SourceKind,
    /// Title, licence, attribution and date.
    pub info: SourceInfo,
    /// Patterns of its files, relative to the city file's folder.
    pub paths: Vec<String>,
    /// A Metalink (RFC 5854) that lists its files for download.
    pub index: Option<Url>,
}

/// What a source holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// Building models: CityGML or CityJSON.
    Buildings,
    /// A terrain grid: GeoTIFF.
    Terrain,
    /// Areas of one class of ground: GeoJSON.
    Ground(GroundClass),
    /// Single trees: GeoJSON points.
    Trees,
    /// Attributes to join to buildings: CSV.
    Table {
        /// Name of the building attribute that the table's first column holds.
        key: String,
    },
    /// Places of everyday life of one category: GeoJSON points.
    Points {
        /// What kind of places.
        category: PointCategory,
        /// Which property of its features means what.
        mapping: PointMapping,
    },
}

/// A planning layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Short id, also the name of its file in the twin.
    pub id: String,
    /// Name for people.
    pub title: Text,
    /// Patterns of its files, relative to the city file's folder.
    pub paths: Vec<String>,
    /// Whether it is on at the start.
    pub visible: bool,
    /// Opacity at the start, 0 to 1.
    pub opacity: f32,
    /// The law it rests on.
    pub legal_basis: Text,
    /// The attribution that its licence asks for, word for word; a layer of real data has one.
    pub attribution: String,
    /// Short name of the licence; a layer of real data has one.
    pub licence: String,
    /// Where the licence stands.
    pub licence_url: Option<String>,
    /// Which property of its features means what.
    pub mapping: PlanMapping,
}

impl CityConfig {
    /// Reads and validates a file.
    pub fn load(path: &Path) -> Result<Self, CityError> {
        let text = read_text(path).map_err(|source| CityError::Io { file: path.to_owned(), source })?;
        Self::parse(path, &text)
    }

    /// Validates the text of a file; `path` names it in errors and is the base of relative paths.
    pub fn parse(path: &Path, text: &str) -> Result<Self, CityError> {
        wire::parse(path, text)
    }

    /// The folder that relative paths start from.
    pub fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    /// Where downloads lie if nothing else is said: `downloads` beside the city file.
    pub fn default_downloads(&self) -> PathBuf {
        self.folder().join("downloads")
    }

    /// The files of a source, sorted by path and each once: those of its patterns and, for a source with an index,
    /// everything that was downloaded into `downloads/<id>/`. Names the first pattern that matches nothing.
    pub fn source_files(&self, source: &Source, downloads: &Path) -> Result<Vec<PathBuf>, CityError> {
        let mut found = files::resolve(&self.file, &source.paths)?;
        if source.index.is_some() {
            found.extend(files::downloaded(&downloads.join(&source.id))?);
            if found.is_empty() {
                return Err(CityError::NotFetched { file: self.file.clone(), source_id: source.id.clone() });
            }
        }
        found.sort();
        found.dedup();
        Ok(found)
    }

    /// The files of a layer, sorted by path and each once. Names the first pattern that matches nothing.
    pub fn layer_files(&self, layer: &Layer) -> Result<Vec<PathBuf>, CityError> {
        files::resolve(&self.file, &layer.paths)
    }
}
