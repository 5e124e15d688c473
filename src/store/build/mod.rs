//! The whole way from a city's sources to its published twin.
//!
//! Composes the other modules and holds no knowledge of a format, a rule or a tile. Buildings flow through one by one:
//! each is read, joined with its tables, released to every audience and handed to that audience's tiles, so that memory
//! does not grow with the number of files. Only what a release handed out reaches a file.
//!
//! ```text
//! files → buildings (several files at a time, in the order of their names) → join → release → tiles ┐
//! terrain, ground, trees → ground tiles ────────────────────────────────────────────────────────────┼→ draft → twin
//! plans → layers ───────────────────────────────────────────────────────────────────────────────────┤
//! released addresses, districts, places → index of the search ──────────────────────────────────────┘
//! stops, schools and the like → points ─────────────────────────────────────────────────────────────┘
//! ```
//!
//! What does not need each other is done side by side: the rows of the tables while the first files of buildings are
//! read, the files of the ground beside the buildings, both tilesets at once.

mod buildings;
mod credits;
mod districts;
mod error;
mod examine;
mod extent;
mod folder;
mod ground;
mod ground_files;
mod join;
mod layers;
mod names;
mod ordered;
mod points;
mod projection;
mod sights;
mod summary;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

pub use super::progress::{Amount, BuildProgress, Quiet};
pub use error::BuildError;
pub use examine::examine;
pub use summary::{AudienceSummary, BuildSummary, SystemSummary};

use super::progress::{self, Tally};
use super::{ADDRESSES, BUILDINGS, Draft, GROUND, MANIFEST_FORMAT, Manifest, NAMES, StoreError, TWIN, audience_folder};
use crate::city::{CityConfig, DataKind, SourceKind, read_text};
use crate::geo::{Geodetic, Terrain};
use crate::privacy::{Audience, DataOrigin, Policy, Releaser};
use crate::report::Report;
use crate::twin::{FORMAT, LayerInfo, PointLayerInfo, SearchInfo, SourceInfo, TwinDescription};
use buildings::{Footing, Growing};
use ground_files::{Ahead, GroundFiles};
use join::OpenTable;
use names::Addressed;
use projection::CityProjector;

/// What to build.
#[derive(Clone, Debug)]
pub struct BuildOptions {
    /// Where the twin is to stand.
    pub out: PathBuf,
    /// Whom to release to. `Kiosk` is the same release as `Citizen`.
    pub audiences: Vec<Audience>,
    /// What planners need it for, by its key in the policy. Without planners among the audiences it is an error.
    pub purpose: Option<String>,
    /// Where downloads lie.
    pub downloads: PathBuf,
    /// The day on which the policy must be in force.
    pub today: Date,
}

/// Builds the twin and puts it in its place. If anything fails, what stood there before stays; what was met until then
/// stands in `report`.
pub fn build(
    city: &CityConfig,
    options: &BuildOptions,
    progress: &dyn BuildProgress,
    report: &mut Report,
) -> Result<BuildSummary, BuildError> {
    let policy = policy_of(city)?;
    let releasers = releasers(city, &policy, options)?;
    let inputs = Inputs::find(city, &options.downloads)?;
    let draft = Draft::begin(&options.out)?;
    let tables = inputs.tables(city)?;
    let credits: Vec<_> = releasers.iter().map(|releaser| credits::credits(city, &tables, releaser)).collect();
    let projector = Arc::new(CityProjector::new(city, home(city))?);
    let summary = BuildSummary::new();
    let mut run = Run {
        city,
        policy: &policy,
        releasers: &releasers,
        credits: &credits,
        inputs: &inputs,
        projector,
        draft: &draft,
        progress,
        report: &mut *report,
        summary,
    };
    run.all(tables)?;
    run.summary.systems = run.projector.systems(run.origin());
    let mut summary = run.summary;
    let head = Manifest { sources: credits::of_all(city, &credits), ..head(city, &policy, &releasers) };
    let manifest = draft.publish_telling(head, progress, report)?;
    summary.finish(report, &manifest);
    Ok(summary)
}

/// The policy of a city. Real data goes out by a policy that was approved for this very city; invented data is about
/// nobody, and any policy may serve.
fn policy_of(city: &CityConfig) -> Result<Policy, BuildError> {
    let path = &city.policy;
    let text = read_text(path).map_err(|error| StoreError::io(path, error))?;
    let policy = Policy::parse(&text, &path.to_string_lossy())?;
    if city.data == DataKind::Real && policy.city() != city.id {
        let (policy, approved_for) = (policy.file().to_owned(), policy.city().to_owned());
        return Err(BuildError::OtherCity { policy, approved_for, city: city.id.clone() });
    }
    Ok(policy)
}

/// One releaser for each folder of the twin, by the order of the audiences.
fn releasers(city: &CityConfig, policy: &Policy, options: &BuildOptions) -> Result<Vec<Releaser>, BuildError> {
    let mut audiences: Vec<Audience> = options.audiences.iter().map(|&audience| plane(audience)).collect();
    audiences.sort();
    audiences.dedup();
    let origin = match city.data {
        DataKind::Synthetic => DataOrigin::Synthetic,
        DataKind::Real => DataOrigin::Real,
    };
    let has_planner = audiences.contains(&Audience::Planner);
    let releaser = |audience| match &options.purpose {
        // Without planners the purpose is nobody's, and it is the releaser that says so.
        Some(purpose) if audience == Audience::Planner || !has_planner => {
            Ok(Releaser::for_purpose(policy, audience, purpose, options.today, origin)?)
        }
        _ => Ok(Releaser::new(policy, audience, options.today, origin)?),
    };
    audiences.into_iter().map(releaser).collect()
}

/// A kiosk shows the citizens' release.
fn plane(audience: Audience) -> Audience {
    match audience {
        Audience::Kiosk => Audience::Citizen,
        other => other,
    }
}

/// The files of all sources.
struct Inputs {
    /// By the source's place in the configuration.
    by_source: Vec<Vec<PathBuf>>,
    /// By the layer's place in the configuration.
    by_layer: Vec<Vec<PathBuf>>,
}

impl Inputs {
    fn find(city: &CityConfig, downloads: &Path) -> Result<Self, BuildError> {
        let by_source = city.sources.iter().map(|source| city.source_files(source, downloads));
        let by_layer = city.layers.iter().map(|layer| city.layer_files(layer));
        Ok(Self { by_source: by_source.collect::<Result<_, _>>()?, by_layer: by_layer.collect::<Result<_, _>>()? })
    }

    /// Opens all tables, each with the source it belongs to, in the order of the configuration.
    fn tables(&self, city: &CityConfig) -> Result<Vec<OpenTable>, BuildError> {
        let mut tables = Vec::new();
        for (source, paths) in city.sources.iter().zip(&self.by_source) {
            if let SourceKind::Table { key } = &source.kind {
                for path in paths {
                    tables.push(OpenTable::open(&source.id, path, key)?);
                }
            }
        }
        Ok(tables)
    }

    /// The files of all sources of one kind, in the order of the configuration.
    fn of<'a>(
        &'a self,
        city: &'a CityConfig,
        is_wanted: impl Fn(&SourceKind) -> bool,
    ) -> impl Iterator<Item = (&'a SourceKind, &'a PathBuf)> {
        let sources = city.sources.iter().zip(&self.by_source);
        let wanted = sources.filter(move |(source, _)| is_wanted(&source.kind));
        wanted.flat_map(|(source, files)| files.iter().map(|file| (&source.kind, file)))
    }
}

/// A build while it runs.
struct Run<'a> {
    city: &'a CityConfig,
    policy: &'a Policy,
    releasers: &'a [Releaser],
    /// The sources that each release names.
    credits: &'a [Vec<SourceInfo>],
    inputs: &'a Inputs,
    projector: Arc<CityProjector>,
    draft: &'a Draft,
    progress: &'a dyn BuildProgress,
    report: &'a mut Report,
    summary: BuildSummary,
}

impl Run<'_> {
    fn all(&mut self, tables: Vec<OpenTable>) -> Result<(), BuildError> {
        let files = GroundFiles::of(self);
        let (addressed, terrain) = std::thread::scope(|scope| {
            // Rayon's threads have the buildings; the system gives this one what these leave.
            let ahead = Ahead::new(&files, scope.spawn(|| files.read()));
            let done = self.buildings(tables).and_then(|(growing, footing)| self.tilesets(growing, &footing, ahead));
            if done.is_err() {
                files.give_up();
            }
            done
        })?;
        let layers = self.layers()?;
        let points = self.points(&terrain)?;
        self.names(addressed)?;
        for releaser in self.releasers {
            self.describe(releaser, &layers, &points)?;
        }
        Ok(())
    }

    /// Writes the tilesets of the buildings and of the ground, which need nothing of each other. The stage of the ground is
    /// what is left of it when the buildings are done. Gives what the buildings of each release are found
    /// by, and the terrain.
    fn tilesets(
        &mut self,
        growing: Vec<Growing>,
        footing: &Footing,
        files: Ahead<'_, '_>,
    ) -> Result<(Vec<Addressed>, Terrain), BuildError> {
        let run = &*self;
        let (of_tiles, of_ground) = (Tally::new(run.progress), files.tally());
        of_tiles.begin("tiles", Amount::Steps(growing.iter().map(Growing::buildings).sum()));
        let ground_steps = run.ground_steps(footing, &files)?;
        let tiles = || {
            let tiles: Result<Vec<_>, BuildError> = growing.into_iter().map(|one| one.finish(&of_tiles)).collect();
            of_ground.begin("ground", Amount::Steps(ground_steps));
            tiles
        };
        let mut said = Report::default();
        let (tiles, ground) = rayon::join(tiles, || run.ground(footing, files, &mut said));
        self.report.absorb(said);
        let (audiences, addressed) = tiles?.into_iter().unzip();
        self.summary.audiences = audiences;
        let (ground, terrain) = ground?;
        self.summary.ground = Some(ground);
        Ok((addressed, terrain))
    }

    /// The folder of a release in the draft.
    fn folder(&self, releaser: &Releaser) -> PathBuf {
        // Every audience has a folder; the last word stands for one that nobody could name.
        let name = audience_folder(&releaser.audience().to_string()).unwrap_or("unknown");
        self.draft.folder().join(name)
    }

    /// Zero of the local frame of all tilesets: the point that the camera looks at first.
    fn origin(&self) -> Geodetic {
        home(self.city)
    }

    /// The sources that a release names.
    fn sources(&self, releaser: &Releaser) -> &[SourceInfo] {
        let mut pairs = self.releasers.iter().zip(self.credits);
        let own = pairs.find(|(one, _)| one.audience() == releaser.audience());
        own.map_or(&[], |(_, sources)| sources)
    }

    fn copyright(&self, releaser: &Releaser) -> String {
        credits::copyright(self.sources(releaser))
    }

    /// Writes `twin.json`.
    fn describe(&self, releaser: &Releaser, layers: &[LayerInfo], points: &[PointLayerInfo]) -> Result<(), BuildError> {
        let city = self.city;
        let twin = TwinDescription {
            format: FORMAT.to_owned(),
            city: city.id.clone(),
            title: city.title.clone(),
            notice: city.notice.clone(),
            audience: releaser.audience().to_string(),
            policy_hash: releaser.policy().hash().to_owned(),
            policy_approved_by: releaser.policy().approved_by().map(str::to_owned),
            purpose: releaser.purpose().map(str::to_owned),
            sources: self.sources(releaser).to_vec(),
            home: city.home,
            time_zone: city.time_zone.clone(),
            buildings: Some(BUILDINGS.to_owned()),
            ground: Some(GROUND.to_owned()),
            attributes: releaser.attributes().to_vec(),
            withheld: releaser.withheld().to_vec(),
            layers: layers.to_vec(),
            places: city.places.clone(),
            search: Some(SearchInfo { names: NAMES.to_owned(), addresses: ADDRESSES.to_owned() }),
            points: points.to_vec(),
            services: city.services.clone(),
        };
        let mut json = serde_json::to_vec_pretty(&twin).map_err(|error| BuildError::Describe(error.to_string()))?;
        json.push(b'\n');
        folder::write(&self.folder(releaser).join(TWIN), &json)
    }
}

fn home(city: &CityConfig) -> Geodetic {
    let home = &city.home;
    Geodetic { lon_deg: home.lon_deg, lat_deg: home.lat_deg, height_m: home.height_m }
}

/// The manifest without its sources and files.
fn head(city: &CityConfig, policy: &Policy, releasers: &[Releaser]) -> Manifest {
    Manifest {
        format: MANIFEST_FORMAT.to_owned(),
        city: city.id.clone(),
        title: city.title.clone(),
        policy_hash: policy.hash().to_owned(),
        audiences: releasers.iter().map(|releaser| releaser.audience().to_string()).collect(),
        sources: Vec::new(),
        files: BTreeMap::new(),
    }
}
