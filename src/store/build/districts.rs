//! The districts of a city: files → areas in degrees that tell in which district a place lies.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ::geo::{BoundingRect, Centroid, Coord, LineString, MapCoords, MultiPolygon, Polygon, Rect};
use glam::DVec3;
use serde_json::Value;

use super::layers::features;
use super::projection::CityProjector;
use super::{BuildError, Run};
use crate::city::SourceKind;
use crate::geo::Crs;
use crate::report::{Report, WarningKind};
use crate::source::geojson::Feature;

/// A district.
pub(super) struct District {
    pub name: String,
    area: MultiPolygon,
    bounds: Rect,
    bands: Bands,
}

/// All districts, by name.
#[derive(Default)]
pub(super) struct Districts(pub Vec<District>);

impl Districts {
    /// Of areas by name.
    pub fn of(areas: BTreeMap<String, Vec<Polygon>>) -> Self {
        Self(areas.into_iter().filter_map(|(name, polygons)| District::new(name, polygons)).collect())
    }

    /// The district that a place in degrees lies in; of several the first.
    pub fn at(&self, lon_deg: f64, lat_deg: f64) -> Option<usize> {
        self.0.iter().position(|district| district.holds(lon_deg, lat_deg))
    }
}

impl District {
    fn new(name: String, polygons: Vec<Polygon>) -> Option<Self> {
        let area = MultiPolygon(polygons);
        let bounds = area.bounding_rect()?;
        Some(Self { name, bands: Bands::of(&area, bounds), bounds, area })
    }

    /// Longitude and latitude of its middle, degrees.
    pub fn middle(&self) -> [f64; 2] {
        let middle = self.area.centroid().map_or(self.bounds.center(), Coord::from);
        [middle.x, middle.y]
    }

    /// Its corners, degrees.
    pub fn corners(&self) -> impl Iterator<Item = [f64; 2]> {
        self.area.iter().flat_map(|polygon| polygon.exterior().coords()).map(|at| [at.x, at.y])
    }

    fn holds(&self, lon_deg: f64, lat_deg: f64) -> bool {
        let (low, high) = (self.bounds.min(), self.bounds.max());
        let is_near = (low.x..=high.x).contains(&lon_deg) && (low.y..=high.y).contains(&lat_deg);
        is_near && self.bands.hold(lon_deg, lat_deg)
    }
}

/// Bands of latitude that the edges of an area are sorted into.
const BANDS: usize = 256;

/// The edges of an area by bands of latitude, so that asking for a place looks at few of them.
struct Bands {
    from: f64,
    height: f64,
    edges: Vec<Vec<[Coord; 2]>>,
}

impl Bands {
    fn of(area: &MultiPolygon, bounds: Rect) -> Self {
        let height = (bounds.height() / BANDS as f64).max(f64::MIN_POSITIVE);
        let mut bands = Self { from: bounds.min().y, height, edges: vec![Vec::new(); BANDS] };
        let rings = area.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
        for edge in rings.flat_map(LineString::lines) {
            let (low, high) = (edge.start.y.min(edge.end.y), edge.start.y.max(edge.end.y));
            for band in bands.number(low)..=bands.number(high) {
                bands.edges[band].push([edge.start, edge.end]);
            }
        }
        bands
    }

    fn number(&self, lat_deg: f64) -> usize {
        // Saturates below 0.
        (((lat_deg - self.from) / self.height) as usize).min(BANDS - 1)
    }

    /// Whether an odd number of edges lies east of a place.
    fn hold(&self, lon_deg: f64, lat_deg: f64) -> bool {
        let is_crossed = |[a, b]: &&[Coord; 2]| {
            (a.y > lat_deg) != (b.y > lat_deg) && lon_deg < a.x + (lat_deg - a.y) / (b.y - a.y) * (b.x - a.x)
        };
        self.edges[self.number(lat_deg)].iter().filter(is_crossed).count() % 2 == 1
    }
}

impl Run<'_> {
    /// Reads the districts of all sources.
    pub(super) fn districts(&mut self) -> Result<Districts, BuildError> {
        let is_wanted = |kind: &SourceKind| matches!(kind, SourceKind::Districts { .. });
        let files: Vec<(SourceKind, PathBuf)> =
            self.inputs.of(self.city, is_wanted).map(|(kind, path)| (kind.clone(), path.clone())).collect();
        let mut found = BTreeMap::new();
        for (kind, path) in &files {
            let SourceKind::Districts { name } = kind else { continue };
            read_districts(path, name, &self.projector, self.city.crs, &mut found, self.report)?;
        }
        Ok(Districts::of(found))
    }
}

/// Reads a file of districts; areas of one name are one district. What has no name or no area is reported and left out.
pub(super) fn read_districts(
    path: &Path,
    name: &str,
    projector: &CityProjector,
    city_crs: Crs,
    found: &mut BTreeMap<String, Vec<Polygon>>,
    report: &mut Report,
) -> Result<(), BuildError> {
    let (crs, features) = features(path, city_crs, report)?;
    for feature in features {
        match district(&feature, name, crs, projector) {
            Ok((name, polygons)) => found.entry(name).or_insert_with(Vec::new).extend(polygons),
            Err(message) => report.warn(WarningKind::ObjectSkipped, feature.place.clone(), message),
        }
    }
    // Some files have a district twice: each area counts once.
    for polygons in found.values_mut() {
        let mut kept: Vec<Polygon> = Vec::new();
        polygons.drain(..).for_each(|polygon| {
            if !kept.contains(&polygon) {
                kept.push(polygon);
            }
        });
        *polygons = kept;
    }
    Ok(())
}

fn district(
    feature: &Feature,
    name: &str,
    crs: Crs,
    projector: &CityProjector,
) -> Result<(String, Vec<Polygon>), &'static str> {
    let name = feature.properties.get(name).and_then(Value::as_str).map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or("the district has no name")?;
    let polygons = match &feature.geometry {
        ::geo::Geometry::Polygon(polygon) => vec![polygon.clone()],
        ::geo::Geometry::MultiPolygon(polygons) => polygons.0.clone(),
        _ => return Err("the district's geometry is not an area"),
    };
    let degrees = |at: Coord| {
        let place = projector.geodetic(crs, DVec3::new(at.x, at.y, 0.0)).map_err(drop)?;
        let is_on_earth = place.lon_deg.abs() <= 180.0 && place.lat_deg.abs() <= 90.0;
        if is_on_earth { Ok(Coord { x: place.lon_deg, y: place.lat_deg }) } else { Err(()) }
    };
    let moved = polygons.iter().map(|polygon| polygon.try_map_coords(degrees)).collect::<Result<_, ()>>();
    Ok((name.to_owned(), moved.map_err(|()| "the district's coordinates cannot be taken to degrees")?))
}

#[cfg(test)]
mod tests {
    use ::geo::{Intersects, Point, polygon};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// As geo answers, but on the border, which belongs to nobody.
        #[test]
        fn a_place_lies_in_a_district_as_geo_says(x in -1.0f64..11.0, y in -1.0f64..11.0) {
            let star = polygon! {
                exterior: [
                    (x: 0.0, y: 0.0), (x: 10.0, y: 1.0), (x: 5.0, y: 4.0), (x: 9.0, y: 10.0), (x: 4.0, y: 6.0),
                    (x: 0.5, y: 9.5), (x: 2.0, y: 4.0),
                ],
                interiors: [[(x: 3.0, y: 3.0), (x: 4.0, y: 3.0), (x: 3.5, y: 4.5)]],
            };
            let far = polygon![(x: 0.0, y: 10.2), (x: 2.0, y: 10.2), (x: 1.0, y: 10.9)];
            let district = District::new("Mitte".to_owned(), vec![star, far]).expect("it has an area");
            prop_assert_eq!(district.holds(x, y), district.area.intersects(&Point::new(x, y)));
        }
    }
}
