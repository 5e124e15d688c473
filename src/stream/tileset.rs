//! `tileset.json` as it is written (3D Tiles 1.0 and 1.1): the wire types and their reading.
//!
//! Private to `stream`: everything else sees the [`super::TileTree`] that is made of it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use thiserror::Error;
use url::Url;

use super::extras::ExtrasWire;

/// Why a tileset cannot be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TilesetError {
    /// The file is not JSON, or not a tileset.
    #[error("{url}: not a tileset: {why}")]
    Json {
        /// The file.
        url: Url,
        /// What the reader met, with line and column.
        why: String,
    },
    /// A version that is neither 1.0 nor 1.1 nor 0.0.
    #[error("{url}: version \"{version}\" of 3D Tiles is not understood")]
    Version {
        /// The file.
        url: Url,
        /// What it says.
        version: String,
    },
    /// A required extension that is not understood.
    #[error("{url}: required extension {extension} is not understood")]
    Extension {
        /// The file.
        url: Url,
        /// Its name.
        extension: String,
    },
    /// A tile without a usable bounding volume.
    #[error("{url}: tile {tile} has no bounding volume that is understood")]
    Volume {
        /// The file.
        url: Url,
        /// Number of the tile in the file, in reading order from 0.
        tile: usize,
    },
    /// A transform that is not 16 numbers of an invertible matrix.
    #[error("{url}: the transform of tile {tile} is not an invertible matrix of 16 numbers")]
    Transform {
        /// The file.
        url: Url,
        /// Number of the tile in the file, in reading order from 0.
        tile: usize,
    },
    /// A content address that is not one, or that leads from the web into local files.
    #[error("{url}: the content address \"{address}\" cannot be followed")]
    Address {
        /// The file.
        url: Url,
        /// What it says.
        address: String,
    },
    /// More tiles or levels than this program takes.
    #[error("{url}: more than {limit} {what}")]
    Limit {
        /// The file.
        url: Url,
        /// What there is too much of.
        what: &'static str,
        /// How much is taken.
        limit: usize,
    },
    /// A tileset that contains itself.
    #[error("{url}: the tileset contains itself")]
    Cycle {
        /// The file.
        url: Url,
    },
    /// The tileset was released under another policy than the twin it is shown with.
    #[error("{url}: released under policy {found}, but the twin under {expected}")]
    Policy {
        /// The file.
        url: Url,
        /// The twin's policy hash.
        expected: String,
        /// The tileset's; `none` where it names none.
        found: String,
    },
}

/// Largest file: as tiles it takes several times as much.
pub(super) const MAX_JSON_BYTES: usize = 64 << 20;

/// Extensions that may be required: they add nothing that has to be known beforehand.
const UNDERSTOOD: [&str; 2] = ["3DTILES_content_gltf", "3DTILES_metadata"];

/// The file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TilesetWire {
    pub asset: AssetWire,
    pub root: TileWire,
    #[serde(default)]
    pub extensions_required: Vec<String>,
}

/// `asset`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AssetWire {
    pub version: String,
    pub gltf_up_axis: Option<String>,
    pub copyright: Option<String>,
    #[serde(default)]
    pub extras: ExtrasWire,
}

/// A tile.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TileWire {
    pub bounding_volume: VolumeWire,
    pub viewer_request_volume: Option<VolumeWire>,
    pub geometric_error: f64,
    pub refine: Option<String>,
    pub transform: Option<Vec<f64>>,
    pub content: Option<ContentWire>,
    #[serde(default)]
    pub contents: Vec<ContentWire>,
    #[serde(default)]
    pub children: Vec<TileWire>,
    pub implicit_tiling: Option<IgnoredAny>,
    #[serde(default)]
    pub extensions: BTreeMap<String, IgnoredAny>,
}

/// `boundingVolume`.
#[derive(Debug, Deserialize)]
pub(super) struct VolumeWire {
    #[serde(rename = "box")]
    pub oriented_box: Option<[f64; 12]>,
    pub region: Option<[f64; 6]>,
    pub sphere: Option<[f64; 4]>,
}

/// `content`: `uri`, or `url` as the drafts before 1.0 wrote it. Kept small, since `{}` is one too.
#[derive(Debug, Deserialize)]
pub(super) struct ContentWire {
    pub uri: Option<Box<str>>,
    pub url: Option<Box<str>>,
}

/// Reads the file and checks what can be checked without the tree.
pub(super) fn read(url: &Url, bytes: &[u8]) -> Result<TilesetWire, TilesetError> {
    if bytes.len() > MAX_JSON_BYTES {
        return Err(TilesetError::Limit { url: url.clone(), what: "bytes", limit: MAX_JSON_BYTES });
    }
    let wire: TilesetWire = serde_json::from_slice(strip_byte_order_mark(bytes))
        .map_err(|error| TilesetError::Json { url: url.clone(), why: error.to_string() })?;
    if !matches!(wire.asset.version.as_str(), "0.0" | "1.0" | "1.1") {
        return Err(TilesetError::Version { url: url.clone(), version: wire.asset.version });
    }
    match wire.extensions_required.iter().find(|name| !UNDERSTOOD.contains(&name.as_str())) {
        Some(name) => Err(TilesetError::Extension { url: url.clone(), extension: name.clone() }),
        None => Ok(wire),
    }
}

/// Whether bytes are JSON and not binary content: their first character that is no space opens an object.
pub fn looks_like_json(bytes: &[u8]) -> bool {
    strip_byte_order_mark(bytes).iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
}

/// Some exporters put the mark before JSON although RFC 8259 forbids it.
pub(super) fn strip_byte_order_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}
