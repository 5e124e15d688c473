//! What is true of Munich's centre: the data files under `data/sample`, taken to EPSG:25832.
//!
//! The files hold names, widths and courses in longitude and latitude; no coordinate stands in the code. They are part
//! of the program and checked by the tests, so that a mistake in them is an error of this build, not of a user's file.

use glam::DVec2;
use serde::Deserialize;

use super::SampleError;
use super::terrain::Hill;
use crate::geo::{Geodetic, utm_from_geodetic};

/// The UTM zone of Munich; the sample is written in EPSG:25832.
const ZONE: u8 = 32;

/// A line with a width: a street, a river, a walk.
#[derive(Clone, Debug)]
pub(super) struct Course {
    pub(super) name: String,
    pub(super) width_m: f64,
    pub(super) points: Vec<DVec2>,
    /// Metres of the street that lie before this piece of it.
    pub(super) start_m: f64,
    /// Whether trees line it.
    pub(super) trees: bool,
}

impl Course {
    /// Whether a place lies within the box around the course.
    fn is_near(&self, place: DVec2) -> bool {
        let low = self.points.iter().copied().fold(DVec2::INFINITY, DVec2::min) - self.width_m;
        let high = self.points.iter().copied().fold(DVec2::NEG_INFINITY, DVec2::max) + self.width_m;
        place.cmpge(low).all() && place.cmple(high).all()
    }

    /// Metres of green bank on either side of a river that is wide enough to have some.
    pub(super) fn bank_m(&self) -> f64 {
        if self.width_m > 25.0 { 16.0 } else { 2.0 }
    }
}

/// An outlined place.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) name: String,
    /// Counter-clockwise.
    pub(super) ring: Vec<DVec2>,
    /// How many trees stand there.
    pub(super) trees: u32,
    /// Whether they stand in rows.
    pub(super) rows: bool,
}

/// A railway corridor.
#[derive(Clone, Debug)]
pub(super) struct Railway {
    pub(super) name: String,
    pub(super) tracks: u32,
    pub(super) spacing_m: f64,
    pub(super) points: Vec<DVec2>,
}

/// The shape of the ground.
#[derive(Clone, Debug)]
pub(super) struct TerrainFacts {
    pub(super) centre: DVec2,
    pub(super) centre_height_m: f64,
    pub(super) fall_m_per_km: f64,
    pub(super) fall_change_m_per_km2: f64,
    pub(super) west_bank: Vec<DVec2>,
    pub(super) west_bank_drop_m: f64,
    pub(super) west_bank_width_m: f64,
    pub(super) east_bank: Vec<DVec2>,
    pub(super) east_bank_rise_m: f64,
    pub(super) east_bank_width_m: f64,
    pub(super) hills: Vec<Hill>,
}

/// Everything known of the city.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) streets: Vec<Course>,
    pub(super) rivers: Vec<Course>,
    pub(super) paths: Vec<Course>,
    pub(super) lakes: Vec<Place>,
    pub(super) greens: Vec<Place>,
    pub(super) woods: Vec<Place>,
    pub(super) squares: Vec<Place>,
    pub(super) railways: Vec<Railway>,
    /// What the names of invented lanes are put together from.
    lane_names: LaneNames,
    pub(super) old_town: Vec<DVec2>,
    pub(super) postcodes: Vec<(String, DVec2)>,
    pub(super) terrain: TerrainFacts,
    /// South-west and north-east corner of the part whose streets are true.
    pub(super) extent: [DVec2; 2],
}

impl Facts {
    /// The facts this program carries.
    pub(super) fn embedded() -> Result<Self, SampleError> {
        let streets: StreetFile = parse("streets.toml", include_str!("../../data/sample/streets.toml"))?;
        let ground: GroundFile = parse("ground.toml", include_str!("../../data/sample/ground.toml"))?;
        Ok(Self {
            streets: courses(streets.street)?,
            rivers: courses(ground.river)?,
            paths: courses(ground.path)?,
            lakes: places(ground.lake)?,
            greens: places(ground.green)?,
            woods: places(ground.wood)?,
            squares: places(ground.square)?,
            railways: ground.rail.into_iter().map(railway).collect::<Result<_, _>>()?,
            lane_names: ground.lane_names,
            old_town: counter_clockwise(points(&ground.old_town)?),
            postcodes: ground.postcode.into_iter().map(postcode).collect::<Result<_, _>>()?,
            terrain: terrain(ground.terrain)?,
            extent: [point(&ground.extent.south_west)?, point(&ground.extent.north_east)?],
        })
    }

    /// The name of the invented lane with this number. Names differ until all combinations are used; then they carry a
    /// number.
    pub(super) fn lane_name(&self, number: u64) -> String {
        let LaneNames { beginnings, endings } = &self.lane_names;
        let number = number as usize;
        let (beginning, round) = (number % beginnings.len(), number / beginnings.len());
        // The ending moves on with the beginning, so that neighbours do not all end alike.
        let ending = &endings[(round + beginning) % endings.len()];
        match round / endings.len() {
            0 => format!("{}{ending}", beginnings[beginning]),
            again => format!("{}{ending} {}", beginnings[beginning], again + 1),
        }
    }

    /// How many lane names differ.
    pub(super) fn lane_names(&self) -> u64 {
        (self.lane_names.beginnings.len() * self.lane_names.endings.len()) as u64
    }

    /// Whether a place lies on one of the streets, rivers or walks.
    pub(super) fn is_on_course(&self, place: DVec2) -> bool {
        let courses = self.streets.iter().chain(&self.rivers).chain(&self.paths);
        courses.filter(|course| course.is_near(place)).any(|course| {
            let near = |way: &[DVec2]| super::plane::distance_m(place, way[0], way[1]) < course.width_m / 2.0 + 1.0;
            course.points.windows(2).any(near)
        })
    }

    /// Metres from a place to the middle of the nearest river.
    pub(super) fn river_distance_m(&self, place: DVec2) -> f64 {
        let ways = self.rivers.iter().flat_map(|river| river.points.windows(2));
        ways.map(|way| super::plane::distance_m(place, way[0], way[1])).fold(f64::INFINITY, f64::min)
    }
}

/// Reads one of the embedded files.
pub(super) fn parse<T: serde::de::DeserializeOwned>(file: &'static str, text: &str) -> Result<T, SampleError> {
    toml::from_str(text).map_err(|source| SampleError::Facts { file, message: source.to_string() })
}

/// A `longitude latitude` pair in EPSG:25832.
pub(super) fn point(text: &str) -> Result<DVec2, SampleError> {
    let mut numbers = text.split_whitespace().map(str::parse::<f64>);
    match (numbers.next(), numbers.next(), numbers.next()) {
        (Some(Ok(lon_deg)), Some(Ok(lat_deg)), None) => {
            Ok(utm_from_geodetic(Geodetic { lon_deg, lat_deg, height_m: 0.0 }, ZONE))
        }
        _ => Err(SampleError::Facts { file: "a course", message: format!("\"{text}\" is no longitude and latitude") }),
    }
}

/// `longitude latitude` pairs, parted by commas.
fn points(text: &str) -> Result<Vec<DVec2>, SampleError> {
    text.split(',').map(point).collect()
}

/// The ring turned so that its inside lies to the left.
pub(super) fn counter_clockwise(mut ring: Vec<DVec2>) -> Vec<DVec2> {
    let doubled: f64 = super::body::edges(&ring).map(|(from, to)| from.perp_dot(to)).sum();
    if doubled < 0.0 {
        ring.reverse();
    }
    ring
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StreetFile {
    street: Vec<CourseEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroundFile {
    river: Vec<CourseEntry>,
    path: Vec<CourseEntry>,
    lake: Vec<PlaceEntry>,
    green: Vec<PlaceEntry>,
    wood: Vec<PlaceEntry>,
    square: Vec<PlaceEntry>,
    rail: Vec<RailEntry>,
    lane_names: LaneNames,
    old_town: String,
    postcode: Vec<PostcodeEntry>,
    terrain: TerrainEntry,
    extent: ExtentEntry,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CourseEntry {
    name: String,
    width_m: f64,
    course: String,
    #[serde(default)]
    start_m: f64,
    #[serde(default)]
    trees: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceEntry {
    name: String,
    ring: Option<String>,
    disc: Option<String>,
    radius_m: Option<f64>,
    #[serde(default)]
    trees: u32,
    pattern: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RailEntry {
    name: String,
    tracks: u32,
    spacing_m: f64,
    course: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PostcodeEntry {
    code: String,
    place: String,
}

/// Beginnings and endings of invented street names.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LaneNames {
    beginnings: Vec<String>,
    endings: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HillEntry {
    #[serde(rename = "name")]
    _name: String,
    place: String,
    height_m: f64,
    radius_m: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TerrainEntry {
    centre: String,
    centre_height_m: f64,
    fall_m_per_km: f64,
    fall_change_m_per_km2: f64,
    west_bank: String,
    west_bank_drop_m: f64,
    west_bank_width_m: f64,
    east_bank: String,
    east_bank_rise_m: f64,
    east_bank_width_m: f64,
    hill: Vec<HillEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExtentEntry {
    south_west: String,
    north_east: String,
}

fn courses(entries: Vec<CourseEntry>) -> Result<Vec<Course>, SampleError> {
    let course = |entry: CourseEntry| {
        let points = points(&entry.course)?;
        let CourseEntry { name, width_m, start_m, trees, .. } = entry;
        Ok(Course { name, width_m, points, start_m, trees })
    };
    entries.into_iter().map(course).collect()
}

fn places(entries: Vec<PlaceEntry>) -> Result<Vec<Place>, SampleError> {
    entries.into_iter().map(place).collect()
}

fn place(entry: PlaceEntry) -> Result<Place, SampleError> {
    let ring = match (&entry.ring, &entry.disc) {
        (Some(ring), _) => counter_clockwise(points(ring)?),
        (None, Some(middle)) => disc(point(middle)?, entry.radius_m.unwrap_or(30.0)),
        (None, None) => Vec::new(),
    };
    Ok(Place { name: entry.name, ring, trees: entry.trees, rows: entry.pattern.as_deref() == Some("rows") })
}

/// A round place as a polygon of 24 corners.
fn disc(middle: DVec2, radius_m: f64) -> Vec<DVec2> {
    let corner = |index: u32| middle + DVec2::from_angle(f64::from(index) * std::f64::consts::TAU / 24.0) * radius_m;
    (0..24).map(corner).collect()
}

fn railway(entry: RailEntry) -> Result<Railway, SampleError> {
    let points = points(&entry.course)?;
    Ok(Railway { name: entry.name, tracks: entry.tracks, spacing_m: entry.spacing_m, points })
}

fn postcode(entry: PostcodeEntry) -> Result<(String, DVec2), SampleError> {
    Ok((entry.code, point(&entry.place)?))
}

fn terrain(entry: TerrainEntry) -> Result<TerrainFacts, SampleError> {
    let hill =
        |entry: HillEntry| Ok(Hill { place: point(&entry.place)?, height_m: entry.height_m, radius_m: entry.radius_m });
    Ok(TerrainFacts {
        centre: point(&entry.centre)?,
        centre_height_m: entry.centre_height_m,
        fall_m_per_km: entry.fall_m_per_km,
        fall_change_m_per_km2: entry.fall_change_m_per_km2,
        west_bank: points(&entry.west_bank)?,
        west_bank_drop_m: entry.west_bank_drop_m,
        west_bank_width_m: entry.west_bank_width_m,
        east_bank: points(&entry.east_bank)?,
        east_bank_rise_m: entry.east_bank_rise_m,
        east_bank_width_m: entry.east_bank_width_m,
        hills: entry.hill.into_iter().map(hill).collect::<Result<_, _>>()?,
    })
}
