//! What a build did, for the closing lines of the command and for tests. Counts only, never a value.

use std::collections::BTreeMap;
use std::fmt;

use crate::geo::{Crs, Geodetic, HeightMethod, PositionMethod, Projector};
use crate::report::{Report, WarningKind};
use crate::store::{Manifest, audience_folder};

/// What a build did.
#[derive(Clone, Debug)]
pub struct BuildSummary {
    /// Files of buildings read.
    pub files: u64,
    /// Of them files that broke or were of no known format.
    pub broken_files: u64,
    /// Buildings read.
    pub buildings_in: u64,
    /// Building parts read.
    pub parts_in: u64,
    /// Objects that the readers left out.
    pub skipped: u64,
    /// Buildings of which a table knew something.
    pub joined: u64,
    /// The systems of coordinates that were met, the city's among them.
    pub systems: BTreeMap<Crs, SystemSummary>,
    /// What went to whom.
    pub audiences: Vec<AudienceSummary>,
    /// The ground.
    pub ground: Option<GroundSummary>,
    /// Planning layers by id, with the number of their plans.
    pub layers: BTreeMap<String, u64>,
    /// Layers of places of everyday life by id, with the number of their points.
    pub points: BTreeMap<String, u64>,
    /// How many warnings of each kind there were.
    pub warning_counts: BTreeMap<WarningKind, u64>,
    /// Files of the twin, the manifest not counted.
    pub twin_files: u64,
    /// Their bytes.
    pub twin_bytes: u64,
}

/// How positions and heights of one system came to the ellipsoid.
#[derive(Clone, Debug, PartialEq)]
pub struct SystemSummary {
    /// Positions; `None` where the city lies outside of the system.
    pub positions: Option<PositionMethod>,
    /// Heights.
    pub heights: HeightMethod,
}

impl SystemSummary {
    /// What a projector does at a place.
    pub(super) fn of(projector: &Projector, place: Geodetic) -> Self {
        let example = projector.projected_from_geodetic(place);
        let positions = example.and_then(|example| projector.position_method(example)).ok();
        Self { positions, heights: projector.height_method() }
    }
}

/// What went to one audience.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AudienceSummary {
    /// Whom.
    pub audience: String,
    /// Buildings in its tiles.
    pub buildings: u64,
    /// Buildings left out because nothing of them can be drawn.
    pub without_geometry: u64,
    /// Buildings left out because their id was there already: neighbouring tiles share those on their border.
    pub duplicates: u64,
    /// Buildings left out because they lie nowhere near the city.
    pub out_of_reach: u64,
    /// Tiles with content.
    pub tiles: u64,
    /// Triangles at the finest level.
    pub triangles: u64,
    /// Bytes of its whole release.
    pub bytes: u64,
}

/// What the ground became.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GroundSummary {
    /// Terrain grids.
    pub grids: u64,
    /// Tiles.
    pub tiles: u64,
    /// Areas of a class.
    pub areas: u64,
    /// Trees.
    pub trees: u64,
}

impl BuildSummary {
    /// The summary of a build that has done nothing yet.
    pub(super) fn new() -> Self {
        Self {
            files: 0,
            broken_files: 0,
            buildings_in: 0,
            parts_in: 0,
            skipped: 0,
            joined: 0,
            systems: BTreeMap::new(),
            audiences: Vec::new(),
            ground: None,
            layers: BTreeMap::new(),
            points: BTreeMap::new(),
            warning_counts: BTreeMap::new(),
            twin_files: 0,
            twin_bytes: 0,
        }
    }

    /// Adds what is known when the twin stands in its place.
    pub(super) fn finish(&mut self, report: &Report, manifest: &Manifest) {
        self.warning_counts = report.counts().clone();
        self.twin_files = manifest.files.len() as u64;
        self.twin_bytes = manifest.files.values().map(|file| file.bytes).sum();
        for audience in &mut self.audiences {
            let folder = audience_folder(&audience.audience).map(|folder| format!("{folder}/"));
            let is_theirs = |name: &str| folder.as_ref().is_some_and(|folder| name.starts_with(folder));
            let files = manifest.files.iter().filter(|(name, _)| is_theirs(name));
            audience.bytes = files.map(|(_, file)| file.bytes).sum();
        }
    }
}

impl fmt::Display for BuildSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "read     {} buildings with {} parts in {} files", self.buildings_in, self.parts_in, self.files)?;
        if self.skipped + self.broken_files > 0 {
            writeln!(f, "skipped  {} objects; {} broken files", self.skipped, self.broken_files)?;
        }
        writeln!(f, "joined   {} buildings with rows of tables", self.joined)?;
        self.systems.iter().try_for_each(|(crs, system)| writeln!(f, "system   {crs}: {system}"))?;
        self.audiences.iter().try_for_each(|audience| write!(f, "{audience}"))?;
        if let Some(ground) = &self.ground {
            let GroundSummary { grids, tiles, areas, trees } = ground;
            writeln!(f, "ground   {tiles} tiles from {grids} grids, {areas} areas, {trees} trees")?;
        }
        for (layer, plans) in &self.layers {
            writeln!(f, "layer    {layer}: {plans} plans")?;
        }
        for (layer, points) in &self.points {
            writeln!(f, "points   {layer}: {points} places")?;
        }
        for (kind, count) in &self.warning_counts {
            writeln!(f, "warnings {count} {}", words(*kind))?;
        }
        writeln!(f, "twin     {} files, {:.1} MB", self.twin_files, self.twin_bytes as f64 / 1e6)
    }
}

impl fmt::Display for SystemSummary {
    /// `Inverse of UTM zone 32N, …, within 1 m; heights to the ellipsoid by the constant 45.7 m (no grid found)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.positions {
            Some(PositionMethod { description, accuracy_m }) => {
                // That PROJ turns axes round says nothing to anybody.
                let steps = description.split(" + ").filter(|step| !step.starts_with("axis order change"));
                write!(f, "{}, ", steps.collect::<Vec<_>>().join(", "))?;
                match accuracy_m {
                    Some(accuracy_m) => write!(f, "within {accuracy_m} m")?,
                    None => f.write_str("of unknown accuracy")?,
                }
            }
            None => f.write_str("the city lies outside of it")?,
        }
        match &self.heights {
            HeightMethod::Grid(name) => write!(f, "; heights to the ellipsoid by the grid {name}"),
            HeightMethod::Constant(m) => write!(f, "; heights to the ellipsoid by the constant {m} m (no grid found)"),
            HeightMethod::Ellipsoidal => write!(f, "; heights above the ellipsoid already"),
        }
    }
}

impl fmt::Display for AudienceSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { audience, buildings, tiles, triangles, bytes, .. } = self;
        let megabytes = *bytes as f64 / 1e6;
        writeln!(f, "{audience:8} {buildings} buildings, {tiles} tiles, {triangles} triangles, {megabytes:.1} MB")?;
        let reasons = [
            (self.without_geometry, "without anything to draw"),
            (self.duplicates, "with an id that was there already"),
            (self.out_of_reach, "far from the city"),
        ];
        let left_out = reasons.iter().filter(|(count, _)| *count > 0);
        left_out.into_iter().try_for_each(|(count, why)| writeln!(f, "         left out: {count} {why}"))
    }
}

/// A kind of warning in words.
fn words(kind: WarningKind) -> &'static str {
    match kind {
        WarningKind::ObjectSkipped => "objects left out",
        WarningKind::PolygonSkipped => "polygons left out",
        WarningKind::PolygonMended => "polygons mended",
        WarningKind::DuplicateId => "ids that stand more than once",
        WarningKind::DanglingReference => "references that lead nowhere",
        WarningKind::BadValue => "values that cannot be right",
        WarningKind::CrsMissing => "missing systems of coordinates",
        WarningKind::NoGeometry => "buildings without geometry",
        WarningKind::UnknownElement => "unknown elements",
        WarningKind::SyntaxBroken => "files that break or end early",
        WarningKind::LimitReached => "limits reached",
        WarningKind::Configuration => "remarks on the configuration",
        WarningKind::BrokenTwin => "broken files of a twin",
        WarningKind::OldTwinLeft => "old twins that could not be deleted",
    }
}
