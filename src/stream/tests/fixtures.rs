//! What the tests of streaming and decoding share: a glb builder, a world of quadtree tiles, views and a counting sink.

use std::collections::BTreeMap;
use std::sync::Arc;

use glam::DVec3;
use serde_json::{Value, json};
use url::Url;

use crate::fetch::memory::{MemoryFetch, Scripted};
use crate::fetch::{Bytes, FetchError};
use crate::geo::{EastNorthUp, Ecef, Geodetic};
use crate::stream::{Frame, StreamSettings, StreamStatus, Streamer, TileContent, TileId, TileSink, View};

/// A sink that holds what a renderer would, and fails a test on any tile created twice or freed twice.
#[derive(Default)]
pub(crate) struct CountingSink {
    pub alive: BTreeMap<TileId, u64>,
    /// How many tiles it has room for; `None` is any number.
    pub room: Option<usize>,
    pub created: usize,
    pub freed: usize,
}

impl CountingSink {
    pub fn bytes(&self) -> u64 {
        self.alive.values().sum()
    }
}

impl TileSink for CountingSink {
    fn create(&mut self, tile: TileId, content: &Arc<TileContent>) -> Option<u64> {
        if self.room.is_some_and(|room| self.alive.len() >= room) {
            return None;
        }
        let bytes = content.meshes.iter().map(|mesh| 20 * mesh.positions.len() as u64).sum();
        assert!(self.alive.insert(tile, bytes).is_none(), "{tile:?} was created twice");
        self.created += 1;
        Some(bytes)
    }

    fn free(&mut self, tile: TileId) {
        assert!(self.alive.remove(&tile).is_some(), "{tile:?} was freed and not there");
        self.freed += 1;
    }
}

/// A small generator of numbers, the same everywhere.
pub(crate) struct Dice(pub u64);

impl Dice {
    /// A whole number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }

    /// A number from `low` to `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.below(1 << 32) as f64 / (1_u64 << 32) as f64
    }
}

/// Puts glb files together, view by view and accessor by accessor.
#[derive(Default)]
pub(crate) struct GlbBuilder {
    binary: Vec<u8>,
    views: Vec<Value>,
    accessors: Vec<Value>,
}

impl GlbBuilder {
    /// A buffer view of these bytes; gives its number.
    pub fn view(&mut self, bytes: &[u8]) -> usize {
        self.binary.resize(self.binary.len().next_multiple_of(8), 0);
        self.views.push(json!({"buffer": 0, "byteOffset": self.binary.len(), "byteLength": bytes.len()}));
        self.binary.extend_from_slice(bytes);
        self.views.len() - 1
    }

    /// An accessor on a view of its own; gives its number.
    pub fn accessor(&mut self, bytes: &[u8], component: u32, kind: &str, count: usize) -> usize {
        let view = self.view(bytes);
        self.accessors.push(json!({"bufferView": view, "componentType": component, "type": kind, "count": count}));
        self.accessors.len() - 1
    }

    /// Marks the last accessor as normalized.
    pub fn normalized(&mut self) {
        if let Some(last) = self.accessors.last_mut() {
            last["normalized"] = json!(true);
        }
    }

    /// Gives the last view a stride.
    pub fn strided(&mut self, bytes: usize) {
        if let Some(last) = self.views.last_mut() {
            last["byteStride"] = json!(bytes);
        }
    }

    /// An accessor of float vectors.
    pub fn vec3(&mut self, points: &[[f32; 3]]) -> usize {
        let bytes: Vec<u8> = points.iter().flatten().flat_map(|number| number.to_le_bytes()).collect();
        self.accessor(&bytes, 5126, "VEC3", points.len())
    }

    /// The file; `json` has everything but buffers, views and accessors.
    pub fn finish(self, mut json: Value) -> Bytes {
        json["asset"]["version"] = json!("2.0");
        json["buffers"] = json!([{"byteLength": self.binary.len()}]);
        json["bufferViews"] = json!(self.views);
        json["accessors"] = json!(self.accessors);
        pack_glb(&json, &self.binary)
    }
}

/// Chunks with their header (glTF 2.0 § 4.4).
pub(crate) fn pack_glb(json: &Value, binary: &[u8]) -> Bytes {
    let mut text = json.to_string().into_bytes();
    text.resize(text.len().next_multiple_of(4), b' ');
    let mut binary = binary.to_vec();
    binary.resize(binary.len().next_multiple_of(4), 0);
    let total = 12 + 8 + text.len() + 8 + binary.len();
    let mut glb = b"glTF".to_vec();
    for number in [2, total as u32, text.len() as u32] {
        glb.extend(number.to_le_bytes());
    }
    glb.extend(b"JSON");
    glb.extend(text);
    glb.extend((binary.len() as u32).to_le_bytes());
    glb.extend(b"BIN\0");
    glb.extend(binary);
    glb
}

/// A square of two triangles at height 0 around the origin, repeated so that the file has some weight.
pub(crate) fn square_glb(half_m: f32, repeats: usize) -> Bytes {
    square_glb_at([0.0; 3], half_m, repeats)
}

/// The same around a place: metres east, north and up. In the file y is up.
pub(crate) fn square_glb_at([x, y, z]: [f32; 3], half_m: f32, repeats: usize) -> Bytes {
    let corner = |east: f32, north: f32| [x + east * half_m, z, -(y + north * half_m)];
    let corners = [corner(-1., -1.), corner(1., -1.), corner(1., 1.), corner(-1., 1.)];
    let mut builder = GlbBuilder::default();
    let position = builder.vec3(&corners.repeat(repeats.max(1)));
    let indices: Vec<u8> = [0_u16, 1, 2, 0, 2, 3].iter().flat_map(|index| index.to_le_bytes()).collect();
    let indices = builder.accessor(&indices, 5123, "SCALAR", 6);
    builder.finish(json!({
        "asset": {"copyright": "test data"},
        "nodes": [{"mesh": 0}],
        "materials": [{"name": "ground"}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": position}, "indices": indices, "material": 0}]}],
    }))
}

/// The local frame of all test worlds.
pub(crate) fn frame() -> EastNorthUp {
    EastNorthUp::at(Geodetic { lon_deg: 11.5755, lat_deg: 48.1372, height_m: 565.0 })
}

/// A view from one local point to another.
pub(crate) fn look(from: DVec3, to: DVec3) -> View {
    let frame = frame();
    let Ecef(eye_ecef) = frame.ecef(from);
    let Ecef(target) = frame.ecef(to);
    let forward = (target - eye_ecef).normalize();
    let world_up = frame.ecef_from_local.transform_vector3(DVec3::Z);
    let right = forward.cross(world_up).try_normalize().unwrap_or_else(|| forward.any_orthonormal_vector());
    let up = right.cross(forward);
    View { eye_ecef, forward, right, up, fov_y: 60_f64.to_radians(), size_px: [800.0, 600.0] }
}

/// The address of a file of the test world.
pub(crate) fn url(path: &str) -> Url {
    Url::parse("https://twin.example/tiles/").and_then(|base| base.join(path)).expect("a test address")
}

/// A tile of a quadtree: a square of `2 * half` metres around `(x, y)`, flat.
pub(crate) struct Quad {
    pub name: String,
    pub x: f64,
    pub y: f64,
    pub half: f64,
    pub children: Vec<Quad>,
}

impl Quad {
    /// A tree whose every square is split while `split` says so; it is told name and depth.
    pub fn grow(name: &str, [x, y, half]: [f64; 3], depth: u32, split: &mut dyn FnMut(&str, u32) -> bool) -> Self {
        let mut children = Vec::new();
        if split(name, depth) {
            for (part, (dx, dy)) in [(-0.5, -0.5), (0.5, -0.5), (-0.5, 0.5), (0.5, 0.5)].into_iter().enumerate() {
                let place = [x + dx * half, y + dy * half, half / 2.0];
                children.push(Self::grow(&format!("{name}{part}"), place, depth + 1, split));
            }
        }
        Self { name: name.to_owned(), x, y, half, children }
    }

    /// The tile as it stands in `tileset.json`. The error is a fifth of its size, 0 for leaves.
    pub fn json(&self) -> Value {
        let children: Vec<Value> = self.children.iter().map(Self::json).collect();
        let error = if children.is_empty() { 0.0 } else { self.half / 2.5 };
        json!({
            "boundingVolume": {"box": [self.x, self.y, 0, self.half, 0, 0, 0, self.half, 0, 0, 0, 5]},
            "geometricError": error,
            "content": {"uri": format!("{}.glb", self.name)},
            "children": children,
        })
    }

    /// `tileset.json` with this tile as the root.
    pub fn tileset(&self) -> Value {
        let mut root = self.json();
        root["transform"] = json!(frame().ecef_from_local.to_cols_array());
        root["refine"] = json!("REPLACE");
        json!({"asset": {"version": "1.1"}, "geometricError": self.half, "root": root})
    }

    /// This tile and all below it, in reading order, which is the order of their numbers.
    pub fn all(&self) -> Vec<&Quad> {
        std::iter::once(self).chain(self.children.iter().flat_map(Self::all)).collect()
    }
}

/// A streamer over a scripted network, with its sink and its clock.
pub(crate) struct World {
    pub fetch: Arc<MemoryFetch>,
    pub streamer: Streamer,
    pub sink: CountingSink,
    pub now_secs: f64,
}

impl World {
    /// A world of one quadtree whose files all come at once.
    pub fn of(quad: &Quad, settings: StreamSettings) -> Self {
        let fetch = Arc::new(MemoryFetch::new());
        fetch.put(&url("tileset.json"), quad.tileset().to_string());
        for tile in quad.all() {
            fetch.put(&url(&format!("{}.glb", tile.name)), square_glb(tile.half as f32, 8));
        }
        Self::empty(fetch, settings)
    }

    /// A world over any network, with `tileset.json` opened.
    pub fn empty(fetch: Arc<MemoryFetch>, settings: StreamSettings) -> Self {
        let mut streamer = Streamer::new(settings, fetch.clone());
        streamer.open(url("tileset.json"));
        Self { fetch, streamer, sink: CountingSink::default(), now_secs: 0.0 }
    }

    /// One frame of a tenth of a second with all the time it takes to decode. Gives what is drawn and the status.
    pub fn frame(&mut self, view: &View) -> (Vec<TileId>, StreamStatus) {
        self.frame_with(view, &mut || true)
    }

    /// One frame with a time slice.
    pub fn frame_with(&mut self, view: &View, slice: &mut dyn FnMut() -> bool) -> (Vec<TileId>, StreamStatus) {
        self.now_secs += 0.1;
        let Frame { draw, status } = self.streamer.update(view, self.now_secs, slice, &mut self.sink);
        let drawn = draw.to_vec();
        assert!(drawn.iter().all(|id| self.sink.alive.contains_key(id)), "all that is drawn is in the sink");
        (drawn, status)
    }

    /// Frames until nothing is pending. Fails after 500.
    pub fn settle(&mut self, view: &View) -> (Vec<TileId>, StreamStatus) {
        for _ in 0..500 {
            let (drawn, status) = self.frame(view);
            if status.complete && !status.needs_redraw {
                return (drawn, status);
            }
        }
        panic!("it never came to rest: {:?}", self.frame(view).1);
    }
}

/// An outcome that comes after some polls.
pub(crate) fn after(polls: u32, outcome: Result<Bytes, FetchError>) -> Scripted {
    Scripted { after_polls: polls, outcome }
}

/// A server that is overloaded.
pub(crate) fn unavailable(url: &Url) -> FetchError {
    FetchError::Status { url: url.clone(), status: 503 }
}
