//! Released buildings and ground → 3D Tiles 1.1 (OGC 22-025r4): tree, levels of detail, meshes, metadata, glb.
//!
//! Stands between `privacy`, whose [`ReleasedBuilding`] is all that it takes, and `store`, which gives it a
//! [`TileWriter`]. It knows no file format of a source, no policy and no projection library (see [`ToEcef`]).
//!
//! - [`TilesetBuilder`] takes buildings in any order and writes the buildings' tileset.
//! - [`glb::GlbBuilder`] writes one binary glTF; the ground's tiles use it too.
//! - [`ground::GroundBuilder`] writes the ground's tileset.
//! - [`validate_tileset`] checks a tileset against the standard's rules.
//! - [`decoded_strings`] lists every text that a glb holds, for the tests of the release.
//!
//! [`ReleasedBuilding`]: crate::privacy::ReleasedBuilding

mod block;
mod builder;
mod building;
mod content;
mod decode;
pub mod glb;
pub mod ground;
mod ids;
mod mesh;
mod schema;
mod spool;
mod square;
mod tileset;
mod tree;
mod validate;
mod writer;

pub use builder::{Placer, TilesetBuilder, TilesetSettings, TilesetStats};
pub use building::PlacedBuilding;
pub use decode::decoded_strings;
pub use validate::{Finding, validate_tileset};
pub use writer::{MemoryTiles, TileWriter};

use thiserror::Error;

use crate::geo::{Crs, CrsError, Ecef};

/// Takes points of a source's projected system to the earth-centred frame. The projection library stays behind it.
pub trait ToEcef: Sync {
    /// The earth-centred position of `point` (easting, northing, height in metres in `crs`).
    fn ecef(&self, crs: Crs, point: glam::DVec3) -> Result<Ecef, CrsError>;

    /// The positions of many points at once, each within a tenth of a millimetre of [`ToEcef::ecef`]. Whoever can do
    /// better than one by one does so here; the same batch always gives the same.
    fn ecef_all(&self, crs: Crs, points: &[glam::DVec3]) -> Result<Vec<Ecef>, CrsError> {
        points.iter().map(|&point| self.ecef(crs, point)).collect()
    }
}

/// Why a tileset could not be made.
#[derive(Debug, Error)]
pub enum TilesError {
    /// A building's coordinates cannot be taken to the earth-centred frame.
    #[error("building {building}: {source}")]
    Projection {
        /// Id of the building.
        building: String,
        /// What the projection says.
        source: CrsError,
    },
    /// A coordinate is no number, or further from the origin than a city reaches.
    #[error("building {building} lies nowhere, or more than {limit_km} km from the origin of the tileset")]
    OutOfReach {
        /// Id of the building.
        building: String,
        /// The furthest distance allowed, in kilometres.
        limit_km: u32,
    },
    /// An id came a second time; picking could not tell the two apart.
    #[error("building {0} was given twice")]
    DuplicateId(String),
    /// A building has another number of values than the release has attributes.
    #[error("building {building} has {found} values, the release has {expected} attributes")]
    ValueCount {
        /// Id of the building.
        building: String,
        /// Values that it has.
        found: usize,
        /// Attributes of the release.
        expected: usize,
    },
    /// A value is not of its attribute's kind, or outside its closed list.
    #[error("building {building}: the value of {attribute} is not of the attribute's kind")]
    ValueKind {
        /// Id of the building.
        building: String,
        /// Name of the attribute.
        attribute: String,
    },
    /// Two attributes would have the same name in the property table.
    #[error("attribute {0} would have the name of another property in the tiles")]
    AttributeName(String),
    /// The folder for intermediate data cannot be used.
    #[error("{path}: {source}")]
    Spool {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// Intermediate data is not as it was written.
    #[error("{0}: the intermediate data was changed by someone else")]
    SpoolBroken(String),
    /// A tile could not be written.
    #[error("{path}: {source}")]
    Write {
        /// The tile's path in the tileset.
        path: String,
        /// What the writer says.
        source: std::io::Error,
    },
}

#[cfg(test)]
mod tests;
