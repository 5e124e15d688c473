//! Where things are: coordinate reference systems, frames, heights, boxes, rings and triangles.
//!
//! The first module of the flow; it knows no building, no file and no engine. Frames are types, so that a point in a
//! source's projected system cannot be taken for one in the earth-centred frame of 3D Tiles:
//!
//! - *projected*: easting, northing, height in metres in the source's [`Crs`]; a plain [`glam::DVec3`] in [`Polygon3`];
//! - [`Geodetic`]: longitude and latitude in degrees, height above the WGS 84 ellipsoid in metres;
//! - [`Ecef`]: earth-centred, earth-fixed (EPSG:4978), metres;
//! - *local*: east, north, up in metres around an origin, see [`EastNorthUp`].

mod bounds;
mod crs;
mod drape;
mod ellipsoid;
#[cfg(feature = "import")]
mod geoid;
#[cfg(feature = "import")]
pub mod geotiff;
mod ground_points;
mod height_grid;
mod mend;
mod metres;
mod orient;
#[cfg(feature = "import")]
mod patches;
mod plane;
mod polygon;
#[cfg(feature = "import")]
mod projection;
mod terrain;
#[cfg(feature = "import")]
mod tiff_tags;
mod triangulate;
mod utm;

#[cfg(test)]
mod test_polygons;

pub use bounds::Bounds3;
pub use crs::{Crs, CrsError};
pub use drape::{DrapedMesh, Ground};
pub use ellipsoid::{EastNorthUp, Ecef, Geodetic};
pub use ground_points::GroundPoints;
pub use height_grid::HeightGrid;
pub use mend::{MendChanges, MendError, Mended, PLANAR_WITHIN_M, is_whole, mend};
pub use metres::MetresAround;
pub use orient::{Oriented, orient_outward};
#[cfg(feature = "import")]
pub use patches::Patches;
pub use polygon::{Polygon3, newell};
#[cfg(feature = "import")]
pub use projection::{HeightMethod, HeightReference, PositionMethod, Projector, cache_folder};
pub use terrain::Terrain;
#[cfg(feature = "import")]
pub use tiff_tags::tags_fit;
pub use triangulate::{TriangulateError, triangles_area_m2, triangulate};
pub use utm::utm_from_geodetic;
