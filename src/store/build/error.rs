//! Why a twin could not be built.

use thiserror::Error;

use crate::city::CityError;
use crate::geo::CrsError;
use crate::plan::PlanError;
use crate::privacy::{PolicyError, ReleaseError};
use crate::source::ReadError;
use crate::store::StoreError;
use crate::tiles::TilesError;
use crate::tiles::ground::GroundError;

/// Why a twin could not be built. The twin that stood there before is as it was.
#[derive(Debug, Error)]
pub enum BuildError {
    /// The city configuration, or a file that it names.
    #[error(transparent)]
    City(#[from] CityError),
    /// The policy.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// Real data under a policy that was approved for another city: nothing is released.
    #[error("{policy}: the policy is approved for \"{approved_for}\" and releases no real data of \"{city}\"")]
    OtherCity {
        /// The policy file.
        policy: String,
        /// Id of the city that the policy names.
        approved_for: String,
        /// Id of the city that was to be built.
        city: String,
    },
    /// Data that the policy does not cover: nothing is released.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// A table, a terrain or a layer that cannot be read. (A broken file of buildings is a warning.)
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Rows of a table that names sensitive places are left out: nothing is released.
    #[error("{file}: {rows} rows are left out, and any might name a sensitive place by its \"{attribute}\"")]
    SensitiveTable {
        /// The table.
        file: String,
        /// How many rows.
        rows: u64,
        /// The column with codes of sensitive places.
        attribute: String,
    },
    /// The city's system of coordinates.
    #[error("the city's coordinates: {0}")]
    Crs(#[from] CrsError),
    /// The buildings' tiles.
    #[error(transparent)]
    Tiles(#[from] TilesError),
    /// The ground's tiles.
    #[error(transparent)]
    Ground(#[from] GroundError),
    /// A planning layer cannot be written.
    #[error("layer \"{layer}\": {source}")]
    Plan {
        /// The layer's id.
        layer: String,
        /// What is wrong.
        source: PlanError,
    },
    /// The twin's folder.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The description of the twin cannot be written.
    #[error("twin.json: {0}")]
    Describe(String),
    /// The index of the search cannot be written.
    #[error("index of the search: {0}")]
    Index(String),
    /// No file had a building that could be shown.
    #[error("{file}: none of its sources has a building that could be shown")]
    NoBuildings {
        /// The city file.
        file: String,
    },
}
