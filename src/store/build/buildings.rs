//! Buildings of all files: read, joined, released, and handed to the tiles of each audience.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::geo::Rect;
use glam::DVec3;

use super::extent::Extent;
use super::folder::FolderTiles;
use super::join::{JoinTable, OpenTable};
use super::names::{Addressed, Found};
use super::ordered::{Give, in_order};
use super::progress::{Amount, FileBytes, Tally, size};
use super::projection::CityProjector;
use super::summary::AudienceSummary;
use super::{BuildError, Run, StoreError};
use crate::city::SourceKind;
use crate::geo::{Bounds3, Crs, GroundPoints};
use crate::model::Building;
use crate::privacy::{ReleaseError, Releaser};
use crate::report::{Place, Report, WarningKind};
use crate::source::detect::{mend_building, read_telling};
use crate::source::{FileHeader, ReadError, ReadOptions};
use crate::tiles::{PlacedBuilding, Placer, TilesError, TilesetBuilder, TilesetSettings};

/// What the ground needs to know of the buildings, in the city's system.
#[derive(Debug)]
pub(super) struct Footing {
    /// The box around them, but for those that are far away from all others.
    pub area: Rect,
    /// Points on the ground under them, where they are asked for.
    pub feet: GroundPoints,
}

/// What a reader gives of a file: its buildings some at a time, and at the end what is to say of it.
enum Piece {
    Buildings(Vec<Building>),
    End(Box<End>),
}

/// What becomes of a [`Piece`].
enum Item {
    Released(Vec<Released>, Report),
    End(Box<End>),
}

/// The end of a file.
struct End {
    header: Result<FileHeader, ReadError>,
    report: Report,
}

/// A building as each audience may see it, in the order of the releasers.
struct Released {
    place: Place,
    bounds: Bounds3,
    crs: Crs,
    parts: u64,
    is_joined: bool,
    releases: Result<Vec<Placing>, ReleaseError>,
}

/// A release in its tileset's frame, or why it is not, and what it is found by; `None` for a building that is not to be
/// seen.
type Placing = Option<(Result<PlacedBuilding, TilesError>, Found)>;

/// Buildings in a [`Piece`].
const TOGETHER: usize = 16;

/// What all threads share.
struct Work<'a> {
    releasers: Vec<(&'a Releaser, Placer)>,
    fallback_crs: Crs,
    projector: &'a CityProjector,
}

/// Reads a file and gives its buildings as it has them.
fn read(path: &Path, tally: &Tally<'_>, give: Give<'_, Piece>) {
    let file = FileBytes::of(path, tally);
    let mut report = Report::default();
    let mut buildings = Vec::with_capacity(TOGETHER);
    // Cleared when nobody wants more; the rest of the file is then read in vain.
    let mut is_wanted = true;
    let options = ReadOptions::of(&path.to_string_lossy());
    let mut sink = |building, _: &mut Report| {
        buildings.push(building);
        if buildings.len() >= TOGETHER {
            let full = std::mem::replace(&mut buildings, Vec::with_capacity(TOGETHER));
            is_wanted = is_wanted && give(Piece::Buildings(full));
        }
    };
    let header = read_telling(path, &options, &mut report, &mut sink, &|bytes| file.read(bytes));
    if is_wanted && give(Piece::Buildings(buildings)) {
        give(Piece::End(Box::new(End { header, report })));
    }
}

impl Work<'_> {
    fn piece(&self, tables: &[JoinTable], piece: Piece) -> Item {
        match piece {
            Piece::End(end) => Item::End(end),
            Piece::Buildings(buildings) => {
                let mut report = Report::default();
                let released = buildings.into_iter().map(|building| self.building(tables, building, &mut report));
                Item::Released(released.collect(), report)
            }
        }
    }

    fn building(&self, tables: &[JoinTable], mut building: Building, report: &mut Report) -> Released {
        mend_building(&mut building, report);
        let rows = tables.iter().filter(|table| table.join(&mut building)).count();
        let bounds = building.bounds();
        let mut said = Report::default();
        let last = self.releasers.len().saturating_sub(1);
        let releases = self.releasers.iter().enumerate().map(|(index, (releaser, placer))| {
            let release = match index == last {
                true => releaser.release_last(&mut building, self.fallback_crs, &mut said)?,
                false => releaser.release(&building, self.fallback_crs, &mut said)?,
            };
            let placed =
                |release| (placer.place(&release, self.projector), Found::by(&release, releaser, self.projector));
            Ok(release.map(placed))
        });
        let releases = releases.collect();
        // Every audience sees the same building; what is wrong with it is said once.
        for (index, warning) in said.warnings().iter().enumerate() {
            if !said.warnings()[..index].contains(warning) {
                report.warn(warning.kind, warning.place.clone(), warning.message.clone());
            }
        }
        Released {
            bounds,
            crs: building.crs.unwrap_or(self.fallback_crs),
            parts: building.parts.len() as u64,
            is_joined: rows > 0,
            releases,
            place: building.place,
        }
    }
}

/// The tileset of one audience while it grows.
pub(super) struct Growing {
    builder: TilesetBuilder,
    spool: PathBuf,
    out: FolderTiles,
    summary: AudienceSummary,
    addressed: Addressed,
}

impl Run<'_> {
    /// Reads all buildings, while these begin the rows of the tables as well, and releases them. Gives the tilesets, which
    /// are still to be written, and what the ground stands on.
    pub(super) fn buildings(&mut self, tables: Vec<OpenTable>) -> Result<(Vec<Growing>, Footing), BuildError> {
        let run = self;
        let files: Vec<PathBuf> =
            run.inputs.of(run.city, |kind| *kind == SourceKind::Buildings).map(|(_, file)| file.clone()).collect();
        let mut growing: Vec<Growing> =
            run.releasers.iter().map(|releaser| Growing::begin(run, releaser)).collect::<Result<_, _>>()?;
        let projector = Arc::clone(&run.projector);
        let placers = growing.iter().map(|growing| growing.builder.placer());
        let releasers = run.releasers.iter().zip(placers).collect();
        let work = Work { releasers, fallback_crs: run.city.crs, projector: &projector };
        let (mut extent, mut feet) = (Extent::default(), GroundPoints::default());
        let wants_feet = run.inputs.of(run.city, |kind| *kind == SourceKind::Terrain).next().is_none();
        // How many buildings there are stands in no file, and one file may hold a whole city: bytes tell how far it is.
        let tally = Tally::new(run.progress);
        tally.begin("buildings", Amount::Bytes(files.iter().map(|file| size(file)).sum()));
        let workers = rayon::current_num_threads();
        let read_file = |file: &PathBuf, give: Give<'_, Piece>| read(file, &tally, give);
        let policy = run.policy;
        // What there is to say of tables comes before what there is to say of buildings.
        let (mut said, mut said_of_tables) = (std::mem::take(run.report), Report::default());
        let taken = in_order(
            &files,
            workers,
            read_file,
            || OpenTable::read_all(tables, policy, &mut said_of_tables),
            |tables, piece| work.piece(tables, piece),
            |item| match item {
                Item::Released(released, report) => {
                    run.report.absorb(report);
                    released.into_iter().try_for_each(|released| {
                        let (place, bounds, crs) = (released.place.clone(), released.bounds, released.crs);
                        if take(run, &mut growing, released)?
                            && let Some([low, high]) = in_city(run, crs, bounds)
                        {
                            extent.add(low.truncate(), high.truncate(), &place);
                            if wants_feet {
                                feet.add(((low + high) * 0.5).with_z(low.z));
                            }
                        }
                        Ok(())
                    })
                }
                Item::End(end) => end_of_file(run, *end),
            },
        );
        said.absorb(said_of_tables);
        said.absorb(std::mem::take(run.report));
        *run.report = said;
        taken?;
        let no_buildings = || BuildError::NoBuildings { file: run.city.file.display().to_string() };
        let (area, far) = extent.city().ok_or_else(no_buildings)?;
        for place in far {
            let message = "this building is so far away from most others that the ground does not reach it";
            run.report.warn(WarningKind::BadValue, place.clone(), message);
        }
        if !is_near(area, run.projector.home()) {
            let place = Place { file: run.city.file.to_string_lossy().into(), line: 0, object: None };
            let message = format!("the home lies more than {FARTHEST_HOME_M} m away from all buildings");
            run.report.warn(WarningKind::Configuration, place, message);
        }
        Ok((growing, Footing { area, feet }))
    }
}

/// A home that looks at a city from its border lies no farther off than this.
const FARTHEST_HOME_M: f64 = 2000.0;

/// Whether the home is at the buildings, so that whoever opens the twin sees any; one of which nobody knows is not.
fn is_near(area: Rect, home: Option<DVec3>) -> bool {
    let beyond = |value: f64, least: f64, most: f64| (least - value).max(value - most);
    home.is_some_and(|home| {
        let east = beyond(home.x, area.min().x, area.max().x);
        let north = beyond(home.y, area.min().y, area.max().y);
        east.max(north) <= FARTHEST_HOME_M
    })
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
    run.summary.parts_in += released.parts;
    run.summary.joined += u64::from(released.is_joined);
    let taken = |growing: &[Growing]| growing.first().map(|growing| growing.summary.buildings);
    let before = taken(growing);
    for (index, (growing, release)) in growing.iter_mut().zip(released.releases?).enumerate() {
        let skipped = growing.add(release)?;
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
        let addressed = Addressed::default();
        Ok(Self { builder: TilesetBuilder::new(settings)?, spool, out, summary, addressed })
    }

    /// Adds a building. Gives what to say of one that is left out; fails where the tileset as a whole is in danger.
    fn add(&mut self, release: Placing) -> Result<Option<(WarningKind, String)>, BuildError> {
        let Some((placed, found)) = release else {
            self.summary.without_geometry += 1;
            return Ok(None);
        };
        let kind = match placed.and_then(|placed| self.builder.add_placed(placed)) {
            Ok(()) => {
                self.summary.buildings += 1;
                self.addressed.extend([found]);
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

    /// How many buildings are to be written.
    pub(super) fn buildings(&self) -> u64 {
        self.builder.drawn()
    }

    /// Writes the tileset. Gives what went to the audience, and what its buildings are found by.
    pub(super) fn finish(self, tally: &Tally<'_>) -> Result<(AudienceSummary, Addressed), BuildError> {
        let Self { builder, spool, out, mut summary, addressed } = self;
        let stats = builder.finish(&out, &|more| tally.add(more))?;
        fs::remove_dir(&spool).map_err(|error| StoreError::io(&spool, error))?;
        summary.buildings = stats.buildings;
        summary.without_geometry += stats.without_geometry;
        summary.tiles = stats.tiles;
        summary.triangles = stats.leaf_triangles;
        Ok((summary, addressed))
    }
}

fn end_of_file(run: &mut Run<'_>, End { header, report }: End) -> Result<(), BuildError> {
    run.report.absorb(report);
    run.summary.files += 1;
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
    Ok(())
}

fn place_of(error: &ReadError) -> Place {
    let (file, line): (&Arc<str>, u64) = match error {
        ReadError::Io { file, .. } | ReadError::UnknownFormat { file, .. } => (file, 0),
        ReadError::Malformed { file, line, .. } | ReadError::UnknownCrs { file, line, .. } => (file, *line),
    };
    Place { file: file.clone(), line, object: None }
}
