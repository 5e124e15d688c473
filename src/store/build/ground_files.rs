//! The files of the ground: terrain grids, areas of a class, trees. Read ahead, beside the buildings, by one thread; what is
//! left when the ground is needed is read on all cores.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::ScopedJoinHandle;

use ::geo::{Coord, Geometry, MapCoords};
use glam::{DVec2, DVec3};
use rayon::prelude::*;
use serde_json::Value;

use super::layers::features;
use super::progress::Tally;
use super::projection::CityProjector;
use super::{BuildError, Run, StoreError};
use crate::city::{CityConfig, SourceKind};
use crate::geo::{Crs, HeightGrid};
use crate::report::{Place, Report, WarningKind};
use crate::source::geojson::Feature;
use crate::source::{ReadOptions, geotiff};
use crate::tiles::ground::{GroundPolygon, Tree};
use crate::twin::GroundClass;

/// Posts closer than this are thinned out: the ground's finest tiles have one every 25 m.
const FINEST_POSTS_M: f64 = 5.0;
/// A tree of which the source does not say how high it is.
const USUAL_TREE: (f64, f64) = (12.0, 6.0);
/// No tree on earth is higher, no crown wider.
const LARGEST_TREE_M: f64 = 130.0;

/// What the ground is made of.
#[derive(Default)]
pub(super) struct Sources {
    pub grids: Vec<HeightGrid>,
    /// In the order of the configuration: where two cover a place, the first counts.
    pub areas: Vec<GroundPolygon>,
    pub trees: Vec<Tree>,
}

impl Sources {
    fn append(&mut self, mut other: Self) {
        self.grids.append(&mut other.grids);
        self.areas.append(&mut other.areas);
        self.trees.append(&mut other.trees);
    }
}

/// All files of the ground, to be read by whoever has time. Shared between threads.
pub(super) struct GroundFiles<'a> {
    city: &'a CityConfig,
    projector: Arc<CityProjector>,
    count: u64,
    /// The steps of the ground, of which these files are the first.
    tally: Tally<'a>,
    /// Those that nobody has taken, each with its number.
    waiting: Mutex<Vec<(usize, &'a SourceKind, &'a Path)>>,
}

/// A file that was read: its number, what is in it, and what there is to say of it.
type ReadFile = (usize, Result<Sources, BuildError>, Report);

/// The files of the ground with the thread that reads them ahead.
pub(super) struct Ahead<'scope, 'a> {
    files: &'scope GroundFiles<'a>,
    thread: ScopedJoinHandle<'scope, Vec<ReadFile>>,
}

impl<'scope, 'a> Ahead<'scope, 'a> {
    /// `thread` is at [`GroundFiles::read`] of the same files.
    pub(super) fn new(files: &'scope GroundFiles<'a>, thread: ScopedJoinHandle<'scope, Vec<ReadFile>>) -> Self {
        Self { files, thread }
    }

    /// How many files there are, those that have been read among them.
    pub(super) fn count(&self) -> u64 {
        self.files.count
    }

    /// The steps of the ground; each file that is read is one.
    pub(super) fn tally(&self) -> &'scope Tally<'a> {
        &self.files.tally
    }

    /// What is in all files, those that are left now read on all cores. What there is to say of them is said in their order.
    pub(super) fn all(self, report: &mut Report) -> Result<Sources, BuildError> {
        let cores = (0..rayon::current_num_threads()).into_par_iter();
        let mut read: Vec<ReadFile> = cores.flat_map_iter(|_| self.files.read()).collect();
        match self.thread.join() {
            Ok(ahead) => read.extend(ahead),
            Err(panic) => std::panic::resume_unwind(panic),
        }
        read.sort_by_key(|(number, ..)| *number);
        let mut sources = Sources::default();
        for (_, one, said) in read {
            report.absorb(said);
            sources.append(one?);
        }
        Ok(sources)
    }
}

impl<'a> GroundFiles<'a> {
    /// The files of a run's city.
    pub(super) fn of(run: &Run<'a>) -> Self {
        let is_ground =
            |kind: &SourceKind| matches!(kind, SourceKind::Terrain | SourceKind::Ground(_) | SourceKind::Trees);
        let files = run.inputs.of(run.city, is_ground).enumerate();
        let mut waiting: Vec<_> = files.map(|(number, (kind, path))| (number, kind, path.as_path())).collect();
        // Taken from the end.
        waiting.reverse();
        let (count, tally) = (waiting.len() as u64, Tally::new(run.progress));
        Self { city: run.city, projector: run.projector.clone(), count, tally, waiting: waiting.into() }
    }

    /// Reads files until none waits.
    pub(super) fn read(&self) -> Vec<ReadFile> {
        let mut done = Vec::new();
        while let Some((number, kind, path)) = self.next() {
            let (mut read, mut report) = (Sources::default(), Report::default());
            let read = self.source(kind, path, &mut read, &mut report).map(|()| read);
            done.push((number, read, report));
            self.tally.add(1);
        }
        done
    }

    fn next(&self) -> Option<(usize, &'a SourceKind, &'a Path)> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// Says that nobody wants them any more.
    pub(super) fn give_up(&self) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn source(
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
