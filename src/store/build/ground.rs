//! The ground under the buildings: terrain grids (or the buildings' own feet), areas of a class, trees → tiles.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use ::geo::{Coord, Geometry, MapCoords};
use glam::{DVec2, DVec3};
use rayon::prelude::*;
use serde_json::Value;

use super::buildings::Buildings;
use super::folder::FolderTiles;
use super::layers::features;
use super::summary::GroundSummary;
use super::{BuildError, Run, StoreError};
use crate::city::SourceKind;
use crate::geo::{Crs, HeightGrid, Terrain};
use crate::report::{Place, Report, WarningKind};
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

/// What the ground is made of.
#[derive(Default)]
struct Sources {
    grids: Vec<HeightGrid>,
    /// In the order of the configuration: where two cover a place, the first counts.
    areas: Vec<GroundPolygon>,
    trees: Vec<Tree>,
}

impl Sources {
    fn append(&mut self, mut other: Self) {
        self.grids.append(&mut other.grids);
        self.areas.append(&mut other.areas);
        self.trees.append(&mut other.trees);
    }
}

impl Run<'_> {
    /// Writes the ground of every release. Gives the terrain that it was made of.
    pub(super) fn ground(&mut self, buildings: &Buildings) -> Result<Terrain, BuildError> {
        self.progress.stage("ground", 0);
        let Sources { grids, areas, trees } = self.ground_sources()?;
        let mut summary = GroundSummary {
            grids: grids.len() as u64,
            areas: areas.len() as u64,
            trees: trees.len() as u64,
            ..GroundSummary::default()
        };
        let terrain = Terrain::new(grids, &buildings.feet.means());
        for releaser in self.releasers {
            let settings = GroundSettings {
                policy_hash: releaser.policy().hash().to_owned(),
                audience: releaser.audience().to_string(),
                copyright: self.copyright(releaser),
                ..GroundSettings::new(self.city.crs, self.origin(), buildings.area)
            };
            let out = FolderTiles::new(self.folder(releaser).join("ground"));
            let stats = GroundBuilder::new(settings).build(&terrain, &areas, &trees, &*self.projector, &out)?;
            summary.tiles = stats.tiles;
        }
        self.summary.ground = Some(summary);
        Ok(terrain)
    }

    /// Reads all files of the ground, on all cores. What there is to say of them is said in their order.
    fn ground_sources(&mut self) -> Result<Sources, BuildError> {
        let is_ground =
            |kind: &SourceKind| matches!(kind, SourceKind::Terrain | SourceKind::Ground(_) | SourceKind::Trees);
        let files: Vec<_> = self.inputs.of(self.city, is_ground).collect();
        let run = &*self;
        let read = |(kind, path): (&SourceKind, &PathBuf)| {
            let (mut read, mut report) = (Sources::default(), Report::default());
            (run.ground_source(kind, path, &mut read, &mut report).map(|()| read), report)
        };
        let done: Vec<(Result<Sources, BuildError>, Report)> = files.into_par_iter().map(read).collect();
        let mut sources = Sources::default();
        for (read, report) in done {
            self.report.absorb(report);
            sources.append(read?);
        }
        Ok(sources)
    }

    fn ground_source(
        &self,
        kind: &SourceKind,
        path: &Path,
        into: &mut Sources,
        report: &mut Report,
    ) -> Result<(), BuildError> {
        match kind {
            SourceKind::Terrain => into.grids.extend(self.grid(path, report)?),
            SourceKind::Ground(class) => {
                for (geometry, _) in self.geometries(path, report)? {
                    add_areas(&mut into.areas, *class, geometry);
                }
            }
            _ => {
                for (geometry, feature) in self.geometries(path, report)? {
                    if let Geometry::Point(point) = geometry {
                        into.trees.push(tree(DVec2::new(point.x(), point.y()), &feature));
                    }
                }
            }
        }
        Ok(())
    }

    /// A grid of the terrain; `None`, with a warning, for one of another system.
    fn grid(&self, path: &Path, report: &mut Report) -> Result<Option<HeightGrid>, BuildError> {
        let options = ReadOptions::of(&path.to_string_lossy());
        let input = File::open(path).map_err(|error| StoreError::io(path, error))?;
        let grid = geotiff::read(BufReader::new(input), &options, report)?;
        if grid.crs.is_some_and(|crs| crs.split().horizontal != self.city.crs.split().horizontal) {
            let place = Place { file: options.file, line: 0, object: None };
            let message = "the terrain is of another system than the city and was left out";
            report.warn(WarningKind::Configuration, place, message);
            return Ok(None);
        }
        Ok(Some(thinned(grid)))
    }

    /// The features of a file with their geometry in the city's system.
    fn geometries(&self, path: &Path, report: &mut Report) -> Result<Vec<(Geometry, Feature)>, BuildError> {
        let (crs, features) = features(path, self.city.crs, report)?;
        let mut geometries = Vec::new();
        for feature in features {
            match self.in_city(crs, &feature.geometry) {
                Some(geometry) => geometries.push((geometry, feature)),
                None => {
                    let message = "the feature lies where the city's system does not reach";
                    report.warn(WarningKind::ObjectSkipped, feature.place.clone(), message);
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
