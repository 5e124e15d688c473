//! The ground under the buildings: terrain grids (or the buildings' own feet), areas of a class, trees → tiles.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use ::geo::{Coord, Geometry, MapCoords};
use glam::{DVec2, DVec3};
use serde_json::Value;

use super::buildings::Buildings;
use super::folder::FolderTiles;
use super::layers::features;
use super::summary::GroundSummary;
use super::{BuildError, Run, StoreError};
use crate::city::SourceKind;
use crate::geo::{Crs, HeightGrid, Terrain};
use crate::report::{Place, WarningKind};
use crate::source::geojson::Feature;
use crate::source::{ReadOptions, geotiff};
use crate::tiles::ground::{GroundBuilder, GroundPolygon, GroundSettings, Tree};
use crate::twin::GroundClass;

/// Posts closer than this are thinned out: the ground's finest tiles have one every 25 m.
const FINEST_POSTS_M: f64 = 5.0;
/// A tree of which the source does not say how high it is.
const USUAL_TREE: (f64, f64) = (12.0, 6.0);
/// No tree on earth is higher, no crown wider.
const LARGEST_TREE_M: f64 = 130.0;

impl Run<'_> {
    /// Writes the ground of every release. Gives whether there is one.
    pub(super) fn ground(&mut self, buildings: &Buildings) -> Result<bool, BuildError> {
        self.progress.stage("ground", 0);
        let grids = self.grids()?;
        let areas = self.areas()?;
        let trees = self.trees()?;
        let mut summary = GroundSummary {
            grids: grids.len() as u64,
            areas: areas.len() as u64,
            trees: trees.len() as u64,
            ..GroundSummary::default()
        };
        let terrain = Terrain::new(grids, &buildings.feet);
        for releaser in self.releasers {
            let settings = GroundSettings {
                policy_hash: releaser.policy().hash().to_owned(),
                audience: releaser.audience().to_string(),
                copyright: self.copyright(releaser),
                ..GroundSettings::new(self.city.crs, self.origin(), buildings.area)
            };
            let mut out = FolderTiles::new(self.folder(releaser).join("ground"));
            let stats = GroundBuilder::new(settings).build(&terrain, &areas, &trees, &self.projector, &mut out)?;
            summary.tiles = stats.tiles;
        }
        self.summary.ground = Some(summary);
        Ok(true)
    }

    fn grids(&mut self) -> Result<Vec<HeightGrid>, BuildError> {
        let mut grids = Vec::new();
        for (_, path) in self.inputs.of(self.city, |kind| *kind == SourceKind::Terrain) {
            let options = ReadOptions::of(&path.to_string_lossy());
            let input = File::open(path).map_err(|error| StoreError::io(path, error))?;
            let grid = geotiff::read(BufReader::new(input), &options, self.report)?;
            if grid.crs.is_some_and(|crs| crs.split().horizontal != self.city.crs.split().horizontal) {
                let place = Place { file: options.file, line: 0, object: None };
                let message = "the terrain is of another system than the city and was left out";
                self.report.warn(WarningKind::Configuration, place, message);
                continue;
            }
            grids.push(thinned(grid));
        }
        Ok(grids)
    }

    /// The areas of all ground sources in the order of the configuration: where two cover a place, the first counts.
    fn areas(&mut self) -> Result<Vec<GroundPolygon>, BuildError> {
        let mut areas = Vec::new();
        for (kind, path) in self.inputs.of(self.city, |kind| matches!(kind, SourceKind::Ground(_))) {
            let SourceKind::Ground(class) = kind else { continue };
            for geometry in self.geometries(path)?.into_iter().map(|(geometry, _)| geometry) {
                add_areas(&mut areas, *class, geometry);
            }
        }
        Ok(areas)
    }

    fn trees(&mut self) -> Result<Vec<Tree>, BuildError> {
        let mut trees = Vec::new();
        for (_, path) in self.inputs.of(self.city, |kind| *kind == SourceKind::Trees) {
            for (geometry, feature) in self.geometries(path)? {
                if let Geometry::Point(point) = geometry {
                    trees.push(tree(DVec2::new(point.x(), point.y()), &feature));
                }
            }
        }
        Ok(trees)
    }

    /// The features of a file with their geometry in the city's system.
    fn geometries(&mut self, path: &Path) -> Result<Vec<(Geometry, Feature)>, BuildError> {
        let (crs, features) = features(path, self.city.crs, self.report)?;
        let mut geometries = Vec::new();
        for feature in features {
            match self.in_city(crs, &feature.geometry) {
                Some(geometry) => geometries.push((geometry, feature)),
                None => {
                    let message = "the feature lies where the city's system does not reach";
                    self.report.warn(WarningKind::ObjectSkipped, feature.place.clone(), message);
                }
            }
        }
        Ok(geometries)
    }

    fn in_city(&self, crs: Crs, geometry: &Geometry) -> Option<Geometry> {
        let place = |coord: Coord| {
            let point = self.projector.city_from(crs, DVec3::new(coord.x, coord.y, 0.0)).map_err(drop)?;
            if point.is_finite() { Ok(Coord { x: point.x, y: point.y }) } else { Err(()) }
        };
        geometry.try_map_coords(place).ok()
    }
}

fn add_areas(areas: &mut Vec<GroundPolygon>, class: GroundClass, geometry: Geometry) {
    match geometry {
        Geometry::Polygon(polygon) => areas.push(GroundPolygon { class, polygon }),
        Geometry::MultiPolygon(many) => {
            areas.extend(many.0.into_iter().map(|polygon| GroundPolygon { class, polygon }))
        }
        _ => {}
    }
}

fn tree(place: DVec2, feature: &Feature) -> Tree {
    let metres = |name: &str, usual: f64| {
        let value = feature.properties.get(name).and_then(Value::as_f64);
        value.filter(|metres| (0.1..=LARGEST_TREE_M).contains(metres)).unwrap_or(usual)
    };
    Tree { place, height_m: metres("height_m", USUAL_TREE.0), crown_m: metres("crown_m", USUAL_TREE.1) }
}

/// A fine grid with fewer posts. An odd step and a start in the middle of the first step keep the edges where they
/// were, half a spacing beyond the outermost posts, so that neighbouring tiles still meet.
fn thinned(grid: HeightGrid) -> HeightGrid {
    let wanted = (FINEST_POSTS_M / grid.spacing_m).floor().clamp(1.0, 99.0) as u32;
    let step = if wanted.is_multiple_of(2) { wanted - 1 } else { wanted };
    if step <= 1 || !grid.columns.is_multiple_of(step) || !grid.rows.is_multiple_of(step) {
        return grid;
    }
    let (columns, rows, first) = (grid.columns / step, grid.rows / step, step / 2);
    let posts = (0..rows).flat_map(|row| (0..columns).map(move |column| (first + column * step, first + row * step)));
    let heights_m = posts.map(|(column, row)| grid.post_m(column, row).unwrap_or(f32::NAN)).collect();
    HeightGrid {
        origin: grid.origin + DVec2::splat(f64::from(first) * grid.spacing_m),
        spacing_m: grid.spacing_m * f64::from(step),
        columns,
        rows,
        heights_m,
        crs: grid.crs,
    }
}
