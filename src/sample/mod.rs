//! An invented city to try everything with: Munich's centre as far as facts allow, the rest made up.
//!
//! Stands before the flow: it writes files in the very formats that real sources publish, and the same readers take
//! them. Landmarks, main streets, the Isar and the shape of the ground are true (`data/sample`, `data/SOURCES.md`);
//! every other house, every lane, plan and table value is invented and says so. The same options give the same bytes.
//!
//! ```text
//! facts → blocks → lots → houses ┐
//! facts → landmarks ─────────────┴→ citygml, tables
//! facts → terrain, ground, trees, plans
//! ```

mod addresses;
mod blocks;
mod body;
mod building;
mod choice;
mod city;
mod citygml;
mod facts;
mod folder;
mod geotiff;
mod ground_files;
mod houses;
mod landmarks;
mod lots;
mod plane;
mod plans;
mod points;
mod random;
mod streets;
mod tables;
mod terrain;
mod terrain_files;
mod tower;
mod trees;
mod wing;

#[cfg(test)]
mod tests;

use std::io::{self, Write};

use glam::DVec2;
use thiserror::Error;

use choice::Choice;
use city::City;
pub use folder::SampleFolder;

/// Owners' names that no source outside this module has; planted among the invented private values so that tests can
/// look for them in everything that is published.
pub const CANARIES: &[&str] = &[
    "Canaria Geheimnisträgerin-4711",
    "Kanarius Verschwiegen-0815",
    "Singvogela Niemandsweiß-1918",
    "Zeisig Hinterdemmond-2042",
];

/// The number of buildings that fills the part with true streets.
pub const DEFAULT_BUILDINGS: usize = 17_500;

/// What city to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleOptions {
    /// How many buildings are written, the nearest to Marienplatz first. Beyond the part with true streets the city
    /// goes on with invented districts.
    pub buildings: usize,
    /// Another seed gives another invented town around the same landmarks.
    pub seed: u64,
}

impl Default for SampleOptions {
    fn default() -> Self {
        Self { buildings: DEFAULT_BUILDINGS, seed: 1158 }
    }
}

/// Where the files go: a folder, or a map in tests.
pub trait SampleFiles {
    /// A new file under a relative path with `/` between its parts; its folders come into being by themselves.
    fn create(&mut self, path: &str) -> io::Result<Box<dyn Write + '_>>;
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SampleSummary {
    /// Buildings.
    pub buildings: u64,
    /// Of them landmarks.
    pub landmarks: u64,
    /// CityGML tiles.
    pub tiles: u64,
    /// Trees.
    pub trees: u64,
}

/// Why a sample could not be written.
#[derive(Debug, Error)]
pub enum SampleError {
    /// The system refused to write a file.
    #[error("{path}: {source}")]
    Io {
        /// The file's path within the sample.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// One of the fact files of this program has a mistake.
    #[error("data/sample/{file}: {message}")]
    Facts {
        /// The file's name.
        file: &'static str,
        /// What is wrong.
        message: String,
    },
    /// The terrain could not be encoded.
    #[error("{path}: {source}")]
    Terrain {
        /// The file's path within the sample.
        path: &'static str,
        /// What the encoder says.
        source: tiff::TiffError,
    },
    /// More buildings were asked for than there is room.
    #[error("{asked} buildings were asked for, there is room for {room}")]
    NoRoom {
        /// How many were asked for.
        asked: usize,
        /// How many there could be.
        room: usize,
    },
}

/// Writes a sample city with its configuration, policy and all its sources.
pub fn write(options: &SampleOptions, out: &mut dyn SampleFiles) -> Result<SampleSummary, SampleError> {
    let city = City::plan(options.seed)?;
    let choice = city.choose(options.buildings);
    if choice.len() < options.buildings {
        return Err(SampleError::NoRoom { asked: options.buildings, room: choice.len() });
    }
    write_all(out, "city.toml", include_bytes!("../../data/sample/city.toml"))?;
    write_all(out, "policy.toml", include_bytes!("../../data/muenchen/policy.toml"))?;
    let landmarks = write_buildings(&city, &choice, out)?;
    tables::write(&city, &choice, out)?;
    plans::write(out)?;
    points::write(out)?;
    ground_files::write(&city, &choice, out)?;
    let trees = trees::write(&city, &choice, out)?;
    let (low, high) = bounds(&city, &choice);
    terrain_files::write(&city.facts.terrain, city.facts.extent, [low, high], out)?;
    let (buildings, tiles) = (choice.len() as u64, choice.tiles.len() as u64);
    Ok(SampleSummary { buildings, landmarks, tiles, trees })
}

/// Writes the CityGML tiles; gives back how many landmarks were among the buildings.
fn write_buildings(city: &City, choice: &Choice, out: &mut dyn SampleFiles) -> Result<u64, SampleError> {
    let mut landmarks = 0;
    for (&tile, origins) in &choice.tiles {
        let path = format!("citygml/{}_{}.gml", tile.0, tile.1);
        let mut file = create(out, &path)?;
        written(&path, citygml::begin(&mut file, tile))?;
        city.each_building(origins, &mut |building| {
            landmarks += u64::from(building.name.is_some());
            written(&path, citygml::building(&mut file, building))
        })?;
        written(&path, citygml::end(&mut file).and_then(|()| file.flush()))?;
    }
    Ok(landmarks)
}

/// South-west and north-east corner of all tiles and the core.
fn bounds(city: &City, choice: &Choice) -> (DVec2, DVec2) {
    let corner = |&(east_km, north_km): &(i32, i32)| DVec2::new(f64::from(east_km), f64::from(north_km)) * 1000.0;
    let [low, high] = city.facts.extent;
    let tiles = choice.tiles.keys().map(corner);
    tiles.fold((low, high), |(low, high), tile| (low.min(tile), high.max(tile + 2000.0)))
}

/// A new file, written through a buffer.
fn create<'a>(out: &'a mut dyn SampleFiles, path: &str) -> Result<io::BufWriter<Box<dyn Write + 'a>>, SampleError> {
    Ok(io::BufWriter::with_capacity(1 << 16, written(path, out.create(path))?))
}

/// Writes a whole file.
fn write_all(out: &mut dyn SampleFiles, path: &str, bytes: &[u8]) -> Result<(), SampleError> {
    let mut file = create(out, path)?;
    written(path, file.write_all(bytes).and_then(|()| file.flush()))
}

/// Gives an error of the system the file's path.
fn written<T>(path: &str, result: io::Result<T>) -> Result<T, SampleError> {
    result.map_err(|source| SampleError::Io { path: path.to_owned(), source })
}
