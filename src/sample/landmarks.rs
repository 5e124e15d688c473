//! Landmarks: buildings that people know their town by, at their true place, size and height. Their shapes are lists
//! of simple bodies in `data/sample/landmarks.toml`, in metres of a frame of their own.

mod shape;

use geo::ConvexHull;
use glam::DVec2;
use serde::Deserialize;

use super::building::{HouseAddress, Part, SampleBuilding};
use super::facts::{TerrainFacts, counter_clockwise, parse, point};
use super::houses::round_to;
use super::plane::{middle_of, polygon, ring_of};
use super::{SampleError, body};
use shape::Shape;

/// A landmark's own frame: x along its axis, y to the left of it, heights above its ground.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) origin: DVec2,
    /// Unit vector of the axis.
    pub(super) axis: DVec2,
    pub(super) ground_m: f64,
}

impl Frame {
    /// A place of the frame on the map.
    pub(super) fn place(&self, [x, y]: [f64; 2]) -> DVec2 {
        self.origin + self.axis * x + self.axis.perp() * y
    }

    /// The axis' direction in radians counter-clockwise from east.
    pub(super) fn turn(&self) -> f64 {
        self.axis.to_angle()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LandmarkFile {
    landmark: Vec<LandmarkEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LandmarkEntry {
    name: String,
    /// Place of the frame's zero.
    at: String,
    /// Compass bearing of the frame's x axis in degrees.
    bearing: f64,
    /// Function code with its code list.
    function: String,
    year: u32,
    #[serde(default = "one")]
    storeys: u32,
    street: Option<String>,
    number: Option<String>,
    postcode: Option<String>,
    #[serde(default = "yes")]
    monument: bool,
    /// Ground that belongs to it, where that is more than its parts cover: no lane or house of others stands there.
    #[serde(default)]
    site: Vec<[f64; 2]>,
    part: Vec<Shape>,
}

/// A landmark with the ground that it keeps free.
#[derive(Clone, Debug)]
pub(super) struct Landmark {
    pub(super) building: SampleBuilding,
    /// Its ground, counter-clockwise; empty where its parts stand among other houses.
    pub(super) site: Vec<DVec2>,
}

fn one() -> u32 {
    1
}

fn yes() -> bool {
    true
}

/// All landmarks on this ground, in the order of the file.
pub(super) fn embedded(terrain: &TerrainFacts) -> Result<Vec<Landmark>, SampleError> {
    const FILE: &str = "landmarks.toml";
    let file: LandmarkFile = parse(FILE, include_str!("../../data/sample/landmarks.toml"))?;
    file.landmark.into_iter().enumerate().map(|(index, entry)| landmark(index, entry, terrain)).collect()
}

fn landmark(index: usize, entry: LandmarkEntry, terrain: &TerrainFacts) -> Result<Landmark, SampleError> {
    let bearing = entry.bearing.to_radians();
    let mut frame = Frame { origin: point(&entry.at)?, axis: DVec2::new(bearing.sin(), bearing.cos()), ground_m: 0.0 };
    let outlines = outlines(&bodies(&entry.part, &frame));
    let corners: Vec<DVec2> = outlines.concat();
    frame.ground_m = round_to(terrain.lowest_m(&corners), 0.001);
    let site = counter_clockwise(entry.site.iter().map(|&corner| frame.place(corner)).collect());
    let building = SampleBuilding {
        id: format!("BEISPIEL_LOD2_W{:03}", index + 1),
        name: Some(entry.name),
        function: entry.function,
        storeys: entry.storeys,
        year: entry.year,
        ground_m: frame.ground_m,
        parts: bodies(&entry.part, &frame),
        address: address(entry.street, entry.number, entry.postcode),
        monument: entry.monument,
        ensemble: false,
        place: middle_of(&corners),
    };
    Ok(Landmark { building, site })
}

fn bodies(shapes: &[Shape], frame: &Frame) -> Vec<Part> {
    shapes.iter().flat_map(|shape| shape.parts(frame)).collect()
}

fn address(street: Option<String>, number: Option<String>, postcode: Option<String>) -> Option<HouseAddress> {
    Some(HouseAddress { street: street?, number: number?, postcode: postcode? })
}

/// The ground outlines of parts.
fn outlines(parts: &[Part]) -> Vec<Vec<DVec2>> {
    parts.iter().map(|part| part.body.outline()).collect()
}

/// Convex areas around a landmark's parts that other houses keep out of.
pub(super) fn precinct(landmark: &Landmark) -> Vec<Vec<DVec2>> {
    let hull = |outline: Vec<DVec2>| ring_of(&polygon(&outline).convex_hull());
    let parts = outlines(&landmark.building.parts);
    parts.into_iter().chain([landmark.site.clone()]).filter(|outline| outline.len() > 2).map(hull).collect()
}

/// A ring of wings along the inside of an outline, met on mitres.
fn wings_along(outline: &[DVec2], depth_m: f64) -> Vec<super::wing::Quad> {
    let count = outline.len();
    let inner: Vec<DVec2> = (0..count)
        .map(|at| {
            let (before, here, after) = (outline[(at + count - 1) % count], outline[at], outline[(at + 1) % count]);
            let (come, go) = ((here - before).normalize_or_zero(), (after - here).normalize_or_zero());
            here + (go * (come.angle_to(go) / 2.0).tan() + go.perp()) * depth_m
        })
        .collect();
    body::edges(outline).enumerate().map(|(at, (from, to))| [from, to, inner[(at + 1) % count], inner[at]]).collect()
}
