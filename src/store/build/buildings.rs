//! Buildings of all files: read, joined, released, tiled.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use glam::{DVec2, DVec3};

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
#[derive(Debug, Default)]
pub(super) struct Buildings {
    /// The box around all of them.
    pub bounds: Bounds3,
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
    tables: Vec<JoinTable>,
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
        let work = Work { tables: tables(run)?, releasers: run.releasers, fallback_crs: run.city.crs };
        let mut growing: Vec<Growing> =
            run.releasers.iter().map(|releaser| Growing::begin(run, releaser)).collect::<Result<_, _>>()?;
        let mut buildings = Self::default();
        let wants_feet = run.inputs.of(run.city, |kind| *kind == SourceKind::Terrain).next().is_none();
        run.progress.stage("buildings", files.len() as u64);
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let work_file = |file: &PathBuf, give: Give<'_, Item>| work.file(file, give);
        in_order(&files, workers, work_file, |item| match item {
            Item::Building(released) => {
                buildings.note(run, &released, wants_feet);
                take(run, &mut growing, *released)
            }
            Item::End { header, report, joined } => end_of_file(run, header, report, joined),
        })?;
        for growing in growing {
            growing.finish(run)?;
        }
        if buildings.bounds.is_empty() {
            return Err(BuildError::NoBuildings { file: run.city.file.display().to_string() });
        }
        Ok(buildings)
    }

    /// Remembers where a building is.
    fn note(&mut self, run: &Run<'_>, released: &Released, wants_foot: bool) {
        if released.bounds.is_empty() {
            return;
        }
        let corners = [released.bounds.min, released.bounds.max];
        let [Ok(low), Ok(high)] = corners.map(|corner| run.projector.city_from(released.crs, corner)) else { return };
        if !low.is_finite() || !high.is_finite() {
            return;
        }
        self.bounds = self.bounds.union(Bounds3::of([low, high]));
        if wants_foot {
            let middle: DVec2 = (low.truncate() + high.truncate()) * 0.5;
            self.feet.push(middle.extend(low.z));
        }
    }
}

fn tables(run: &mut Run<'_>) -> Result<Vec<JoinTable>, BuildError> {
    let mut tables = Vec::new();
    for (kind, file) in run.inputs.of(run.city, |kind| matches!(kind, SourceKind::Table { .. })) {
        if let SourceKind::Table { key } = kind {
            tables.push(JoinTable::read(file, key, &mut run.report)?);
        }
    }
    Ok(tables)
}

fn take(run: &mut Run<'_>, growing: &mut [Growing], released: Released) -> Result<(), BuildError> {
    run.summary.buildings_in += 1;
    run.summary.parts_in += released.parts;
    for (index, (growing, release)) in growing.iter_mut().zip(released.releases?).enumerate() {
        let skipped = growing.add(release, &run.projector)?;
        // All audiences skip the same buildings, since they see the same geometry: once is enough.
        if let Some((kind, message)) = skipped.filter(|_| index == 0) {
            run.report.warn(kind, released.place.clone(), message);
        }
    }
    Ok(())
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
            copyright: run.copyright(),
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
            Ok(()) => return Ok(None),
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
        Ok(header) => {
            run.summary.skipped += header.skipped;
            header.systems.into_iter().for_each(|crs| run.projector.meet(crs));
        }
        Err(error @ (ReadError::Io { .. } | ReadError::UnknownCrs { .. })) => return Err(error.into()),
        Err(error) => {
            run.summary.broken_files += 1;
            run.report.warn(WarningKind::SyntaxBroken, place_of(&error), error.to_string());
        }
    }
    run.progress.advanced(run.summary.files);
    Ok(())
}

fn place_of(error: &ReadError) -> Place {
    let (file, line): (&Arc<str>, u64) = match error {
        ReadError::Io { file, .. } | ReadError::UnknownFormat { file, .. } => (file, 0),
        ReadError::Malformed { file, line, .. } | ReadError::UnknownCrs { file, line, .. } => (file, *line),
    };
    Place { file: file.clone(), line, object: None }
}
