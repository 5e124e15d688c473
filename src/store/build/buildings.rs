//! Buildings of all files: read, joined, released, tiled.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::geo::Rect;
use glam::DVec3;

use super::extent::Extent;
use super::folder::FolderTiles;
use super::join::JoinTable;
use super::ordered::{Give, in_order};
use super::projection::CityProjector;
use super::summary::AudienceSummary;
use super::{BuildError, Run, StoreError};
use crate::city::SourceKind;
use crate::geo::{Bounds3, Crs};
use crate::model::Building;
use crate::privacy::{ReleaseError, ReleasedBuilding, Releaser};
use crate::report::{Place, Report, WarningKind};
use crate::source::detect::read_buildings;
use crate::source::{FileHeader, ReadError, ReadOptions};
use crate::tiles::{TilesError, TilesetBuilder, TilesetSettings};

/// What the ground needs to know of the buildings, in the city's system.
#[derive(Debug)]
pub(super) struct Buildings {
    /// The box around them, but for those that are far away from all others.
    pub area: Rect,
    /// A point on the ground for each, where it is asked for.
    pub feet: Vec<DVec3>,
}

/// What a worker gives for a file: its buildings, and at the end what is to say of the file.
enum Item {
    Building(Box<Released>),
    End { header: Result<FileHeader, ReadError>, report: Report, joined: u64 },
}

/// A building as each audience may see it, in the order of the releasers.
struct Released {
    place: Place,
    bounds: Bounds3,
    crs: Crs,
    parts: u64,
    releases: Result<Vec<Option<ReleasedBuilding>>, ReleaseError>,
}

/// What all workers share.
struct Work<'a> {
    tables: &'a [JoinTable],
    releasers: &'a [Releaser],
    fallback_crs: Crs,
}

impl Work<'_> {
    fn file(&self, path: &Path, give: Give<'_, Item>) {
        let mut report = Report::default();
        let mut joined = 0;
        // Set when nobody wants more; the rest of the file is then read in vain, but not released.
        let mut is_over = false;
        let options = ReadOptions::of(&path.to_string_lossy());
        let header = read_buildings(path, &options, &mut report, &mut |mut building, report| {
            if is_over {
                return;
            }
            let rows = self.tables.iter().filter(|table| table.join(&mut building)).count();
            joined += u64::from(rows > 0);
            let released = self.release(&building, report);
            is_over = released.releases.is_err();
            is_over |= !give(Item::Building(Box::new(released)));
        });
        give(Item::End { header, report, joined });
    }

    fn release(&self, building: &Building, report: &mut Report) -> Released {
        let mut said = Report::default();
        let release = |releaser: &Releaser| releaser.release(building, self.fallback_crs, &mut said);
        let releases = self.releasers.iter().map(release).collect();
        // Every audience sees the same geometry; what is wrong with it is said once.
        if let Some(warning) = said.warnings().first() {
            report.warn(warning.kind, warning.place.clone(), warning.message.clone());
        }
        Released {
            place: building.place.clone(),
            bounds: building.bounds(),
            crs: building.crs.unwrap_or(self.fallback_crs),
            parts: building.parts.len() as u64,
            releases,
        }
    }
}

/// The tileset of one audience while it grows.
struct Growing {
    builder: TilesetBuilder,
    spool: PathBuf,
    out: FolderTiles,
    summary: AudienceSummary,
}

impl Buildings {
    /// Reads, releases and tiles all buildings of a run.
    pub(super) fn build(run: &mut Run<'_>) -> Result<Self, BuildError> {
        let files: Vec<PathBuf> =
            run.inputs.of(run.city, |kind| *kind == SourceKind::Buildings).map(|(_, file)| file.clone()).collect();
        let work = Work { tables: run.tables, releasers: run.releasers, fallback_crs: run.city.crs };
        let mut growing: Vec<Growing> =
            run.releasers.iter().map(|releaser| Growing::begin(run, releaser)).collect::<Result<_, _>>()?;
        let (mut extent, mut feet) = (Extent::default(), Vec::new());
        let wants_feet = run.inputs.of(run.city, |kind| *kind == SourceKind::Terrain).next().is_none();
        // How many there are stands in no file; their number is told as it grows, since one file may hold a whole city.
        run.progress.stage("buildings", 0);
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let work_file = |file: &PathBuf, give: Give<'_, Item>| work.file(file, give);
        in_order(&files, workers, work_file, |item| match item {
            Item::Building(released) => {
                let (place, bounds, crs) = (released.place.clone(), released.bounds, released.crs);
                if take(run, &mut growing, *released)?
                    && let Some([low, high]) = in_city(run, crs, bounds)
                {
                    extent.add(low.truncate(), high.truncate(), &place);
                    feet.extend(wants_feet.then(|| ((low + high) * 0.5).with_z(low.z)));
                }
                Ok(())
            }
            Item::End { header, report, joined } => end_of_file(run, header, report, joined),
        })?;
        for growing in growing {
            growing.finish(run)?;
        }
        let no_buildings = || BuildError::NoBuildings { file: run.city.file.display().to_string() };
        let (area, far) = extent.city().ok_or_else(no_buildings)?;
        for place in far {
            let message = "this building is so far away from most others that the ground does not reach it";
            run.report.warn(WarningKind::BadValue, place.clone(), message);
        }
        Ok(Self { area, feet })
    }
}

/// The corners of a box in the city's system; `None` where that does not reach.
fn in_city(run: &Run<'_>, crs: Crs, bounds: Bounds3) -> Option<[DVec3; 2]> {
    if bounds.is_empty() {
        return None;
    }
    let corners = [bounds.min, bounds.max].map(|corner| run.projector.city_from(crs, corner).ok());
    let [Some(low), Some(high)] = corners else { return None };
    (low.is_finite() && high.is_finite()).then_some([low, high])
}

/// Hands a building to the tiles of every audience. Gives whether it is in them: all see the same geometry, so it is in
/// all or in none.
fn take(run: &mut Run<'_>, growing: &mut [Growing], released: Released) -> Result<bool, BuildError> {
    run.summary.buildings_in += 1;
    run.progress.advanced(run.summary.buildings_in);
    run.summary.parts_in += released.parts;
    let taken = |growing: &[Growing]| growing.first().map(|growing| growing.summary.buildings);
    let before = taken(growing);
    for (index, (growing, release)) in growing.iter_mut().zip(released.releases?).enumerate() {
        let skipped = growing.add(release, &run.projector)?;
        // All audiences skip the same buildings, since they see the same geometry: once is enough.
        if let Some((kind, message)) = skipped.filter(|_| index == 0) {
            run.report.warn(kind, released.place.clone(), message);
        }
    }
    Ok(taken(growing) > before)
}

impl Growing {
    fn begin(run: &Run<'_>, releaser: &Releaser) -> Result<Self, BuildError> {
        let audience = releaser.audience().to_string();
        let spool = run.draft.folder().join(format!(".spool-{audience}"));
        fs::create_dir(&spool).map_err(|error| StoreError::io(&spool, error))?;
        let settings = TilesetSettings {
            attributes: releaser.attributes().to_vec(),
            policy_hash: releaser.policy().hash().to_owned(),
            audience: audience.clone(),
            copyright: run.copyright(releaser),
            ..TilesetSettings::at(run.origin(), spool.clone())
        };
        let out = FolderTiles::new(run.folder(releaser).join("tiles"));
        let summary = AudienceSummary { audience, ..AudienceSummary::default() };
        Ok(Self { builder: TilesetBuilder::new(settings)?, spool, out, summary })
    }

    /// Adds a building. Gives what to say of one that is left out; fails where the tileset as a whole is in danger.
    fn add(
        &mut self,
        release: Option<ReleasedBuilding>,
        projector: &CityProjector,
    ) -> Result<Option<(WarningKind, String)>, BuildError> {
        let Some(building) = release else {
            self.summary.without_geometry += 1;
            return Ok(None);
        };
        let kind = match self.builder.add(&building, projector) {
            Ok(()) => {
                self.summary.buildings += 1;
                return Ok(None);
            }
            Err(error @ TilesError::DuplicateId(_)) => {
                self.summary.duplicates += 1;
                (WarningKind::DuplicateId, error)
            }
            Err(error @ (TilesError::Projection { .. } | TilesError::OutOfReach { .. })) => {
                self.summary.out_of_reach += 1;
                (WarningKind::ObjectSkipped, error)
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Some((kind.0, kind.1.to_string())))
    }

    /// Writes the tileset.
    fn finish(self, run: &mut Run<'_>) -> Result<(), BuildError> {
        let Self { builder, spool, mut out, mut summary } = self;
        let progress = run.progress;
        progress.stage("tiles", run.summary.buildings_in);
        let stats = builder.finish(&mut out, &mut |done, _| progress.advanced(done))?;
        fs::remove_dir(&spool).map_err(|error| StoreError::io(&spool, error))?;
        summary.buildings = stats.buildings;
        summary.without_geometry += stats.without_geometry;
        summary.tiles = stats.tiles;
        summary.triangles = stats.leaf_triangles;
        run.summary.audiences.push(summary);
        Ok(())
    }
}

fn end_of_file(
    run: &mut Run<'_>,
    header: Result<FileHeader, ReadError>,
    report: Report,
    joined: u64,
) -> Result<(), BuildError> {
    run.report.absorb(report);
    run.summary.files += 1;
    run.summary.joined += joined;
    match header {
        Ok(header) => run.summary.skipped += header.skipped,
        Err(ReadError::Io { file, source }) => return Err(ReadError::Io { file, source }.into()),
        Err(error) => {
            run.summary.broken_files += 1;
            run.report.warn(WarningKind::SyntaxBroken, place_of(&error), error.to_string());
        }
    }
    Ok(())
}

fn place_of(error: &ReadError) -> Place {
    let (file, line): (&Arc<str>, u64) = match error {
        ReadError::Io { file, .. } | ReadError::UnknownFormat { file, .. } => (file, 0),
        ReadError::Malformed { file, line, .. } => (file, *line),
    };
    Place { file: file.clone(), line, object: None }
}
