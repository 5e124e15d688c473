//! The ground's files: streets, waters, parks, squares, railways and walks as GeoJSON in EPSG:25832, with the `crs`
//! member that GDAL and Munich's own services still write.

use std::io::{self, Write};

use geo::{Area, BooleanOps, BoundingRect, MultiPolygon, Polygon, Rect};
use glam::DVec2;

use super::choice::Choice;
use super::city::{City, Square};
use super::facts::{Course, Place, Railway};
use super::plane::{grown, polygon, ribbon};
use super::{SampleError, SampleFiles};

/// How far beyond the last house of the core lanes are drawn, in metres.
const LANE_MARGIN_M: f64 = 60.0;

/// Writes every file under `ground/` but the trees.
pub(super) fn write(city: &City, choice: &Choice, out: &mut dyn SampleFiles) -> Result<(), SampleError> {
    let facts = &city.facts;
    file(out, "ground/street.geojson", &streets(city, choice))?;
    let rivers = facts.rivers.iter().map(course);
    file(out, "ground/water.geojson", &rivers.chain(facts.lakes.iter().map(place)).collect::<Vec<_>>())?;
    let greens = facts.greens.iter().map(place).chain(facts.rivers.iter().map(bank));
    file(out, "ground/green.geojson", &greens.collect::<Vec<_>>())?;
    file(out, "ground/wood.geojson", &facts.woods.iter().map(place).collect::<Vec<_>>())?;
    file(out, "ground/square.geojson", &facts.squares.iter().map(place).collect::<Vec<_>>())?;
    file(out, "ground/rail.geojson", &facts.railways.iter().map(tracks).collect::<Vec<_>>())?;
    file(out, "ground/path.geojson", &facts.paths.iter().map(course).collect::<Vec<_>>())?;
    file(out, "ground/courtyard.geojson", &courtyards(city, choice))
}

/// A named area.
type Feature = (String, MultiPolygon);

fn course(course: &Course) -> Feature {
    (course.name.clone(), ribbon(std::slice::from_ref(&course.points), course.width_m))
}

/// Both banks of a river.
fn bank(river: &Course) -> Feature {
    let line = std::slice::from_ref(&river.points);
    let banks = ribbon(line, river.width_m + 2.0 * river.bank_m() - 4.0).difference(&ribbon(line, river.width_m));
    (format!("Ufer: {}", river.name), banks)
}

fn place(place: &Place) -> Feature {
    (place.name.clone(), MultiPolygon::new(vec![polygon(&place.ring)]))
}

/// The beds of a railway's tracks, side by side.
fn tracks(railway: &Railway) -> Feature {
    let middle = f64::from(railway.tracks - 1) / 2.0;
    let lines =
        (0..railway.tracks).map(|track| shifted(&railway.points, (f64::from(track) - middle) * railway.spacing_m));
    (railway.name.clone(), lines.flat_map(|line| ribbon(&[line], 3.2)).collect())
}

/// A line moved to its left by a distance.
pub(super) fn shifted(line: &[DVec2], left_m: f64) -> Vec<DVec2> {
    let direction = |at: usize| {
        let (before, after) = (line[at.saturating_sub(1)], line[(at + 1).min(line.len() - 1)]);
        (after - before).normalize_or_zero()
    };
    line.iter().enumerate().map(|(at, &point)| point + direction(at).perp() * left_m).collect()
}

/// All streets, the true ones first; each without what an earlier one covers.
fn streets(city: &City, choice: &Choice) -> Vec<Feature> {
    let mut features: Vec<(Rect, Feature)> = Vec::new();
    let mut add = |name: &str, area: MultiPolygon| {
        let Some(rect) = area.bounding_rect() else { return };
        let near = features.iter().filter(|(other, _)| super::city::meet(other, &rect));
        let mut rest = near.fold(area, |rest, (_, (_, earlier))| rest.difference(earlier));
        rest.0.retain(is_worth_writing);
        if !rest.0.is_empty() {
            features.push((rect, (name.to_owned(), rest)));
        }
    };
    for street in &city.facts.streets {
        add(&street.name, ribbon(std::slice::from_ref(&street.points), street.width_m));
    }
    let mut features: Vec<Feature> = features.into_iter().map(|(_, feature)| feature).collect();
    let built = |place: DVec2| place.distance(city.facts.terrain.centre) < choice.core_reach_m + LANE_MARGIN_M;
    features.extend(worth_writing(city.core.named_lanes(built)));
    for &square in &choice.squares {
        features.push((city.ring_street('x', square.0), frame_of(city, square)));
        features.extend(worth_writing(city.district(square).named_lanes(|_| true)));
    }
    features
}

/// Cutting leaves slivers that vanish when coordinates are rounded to centimetres.
fn is_worth_writing(piece: &Polygon) -> bool {
    piece.unsigned_area() > 1.0
}

fn worth_writing(features: impl IntoIterator<Item = Feature>) -> impl Iterator<Item = Feature> {
    features.into_iter().filter_map(|(name, mut area)| {
        area.0.retain(is_worth_writing);
        (!area.0.is_empty()).then_some((name, area))
    })
}

/// The street around a square of the pattern.
fn frame_of(city: &City, square: Square) -> MultiPolygon {
    let outer = polygon(&city.square_ring(square, 0.0));
    let inner = polygon(&city.square_ring(square, super::city::DISTRICT_STREET_M / 2.0));
    let extent: Vec<Polygon> = grown(&polygon(&city.extent()), 0.0).0;
    MultiPolygon::new(vec![outer]).difference(&inner).difference(&MultiPolygon::new(extent))
}

/// Gardens inside the blocks.
fn courtyards(city: &City, choice: &Choice) -> Vec<Feature> {
    city.courtyards(choice).map(|ring| ("Innenhof".to_owned(), MultiPolygon::new(vec![polygon(ring)]))).collect()
}

fn file(out: &mut dyn SampleFiles, path: &'static str, features: &[Feature]) -> Result<(), SampleError> {
    let mut file = super::create(out, path)?;
    super::written(path, collection(&mut file, path, features))
}

fn collection(out: &mut dyn Write, path: &str, features: &[Feature]) -> io::Result<()> {
    let name = path.rsplit('/').next().and_then(|file| file.split('.').next()).unwrap_or(path);
    begin(out, name)?;
    // A river that runs under the town all the way has no banks.
    let written = features.iter().filter(|(_, area)| !area.0.is_empty());
    for (index, (name, area)) in written.enumerate() {
        let gap = if index == 0 { "" } else { ",\n" };
        let name = serde_json::Value::String(name.clone());
        write!(out, "{gap}{{\"type\":\"Feature\",\"properties\":{{\"name\":{name}}},\"geometry\":")?;
        multi_polygon(out, area)?;
        out.write_all(b"}")?;
    }
    out.write_all(b"\n]}\n")?;
    out.flush()
}

/// Writes the beginning of a feature collection in EPSG:25832.
pub(super) fn begin(out: &mut dyn Write, name: &str) -> io::Result<()> {
    writeln!(
        out,
        "{{\"type\":\"FeatureCollection\",\"name\":\"{name}\",\
         \"crs\":{{\"type\":\"name\",\"properties\":{{\"name\":\"urn:ogc:def:crs:EPSG::25832\"}}}},\"features\":["
    )
}

/// Writes a geometry.
pub(super) fn multi_polygon(out: &mut dyn Write, area: &MultiPolygon) -> io::Result<()> {
    out.write_all(b"{\"type\":\"MultiPolygon\",\"coordinates\":[")?;
    for (index, polygon) in area.iter().enumerate() {
        out.write_all(if index == 0 { b"[" } else { b",[" })?;
        for (index, ring) in std::iter::once(polygon.exterior()).chain(polygon.interiors()).enumerate() {
            out.write_all(if index == 0 { b"[" } else { b",[" })?;
            for (index, coord) in ring.coords().enumerate() {
                let gap = if index == 0 { "" } else { "," };
                write!(out, "{gap}[{:.2},{:.2}]", coord.x, coord.y)?;
            }
            out.write_all(b"]")?;
        }
        out.write_all(b"]")?;
    }
    out.write_all(b"]}")
}
