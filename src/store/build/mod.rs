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
//! stops, schools and the like → points ─────────────────────────────────────────────────────────────┘
//! ```

mod buildings;
mod credits;
mod error;
mod examine;
mod extent;
mod folder;
mod ground;
mod join;
mod layers;
mod ordered;
mod points;
mod projection;
mod summary;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

pub use error::BuildError;
pub use examine::examine;
pub use summary::{AudienceSummary, BuildSummary, SystemSummary};

use super::{BUILDINGS, Draft, GROUND, MANIFEST_FORMAT, Manifest, StoreError, TWIN, audience_folder};
use crate::city::{CityConfig, DataKind, SourceKind, read_text};
use crate::geo::Geodetic;
use crate::privacy::{Audience, DataOrigin, Policy, Releaser};
use crate::report::Report;
use crate::twin::{FORMAT, LayerInfo, PointLayerInfo, SourceInfo, TwinDescription};
use buildings::Buildings;
use join::JoinTable;
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

/// Hears how far a build is.
pub trait BuildProgress: Sync {
    /// A stage begins; `total` counts what [`BuildProgress::advanced`] will count up to, 0 where that is not known.
    fn stage(&self, name: &'static str, total: u64);
    /// So much of the stage is done.
    fn advanced(&self, done: u64);
}

/// Hears nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl BuildProgress for Quiet {
    fn stage(&self, _name: &'static str, _total: u64) {}
    fn advanced(&self, _done: u64) {}
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
    let tables = inputs.tables(city, report)?;
    let credits: Vec<_> = releasers.iter().map(|releaser| credits::credits(city, &tables, releaser)).collect();
    let projector = Arc::new(CityProjector::new(city, home(city))?);
    let summary = BuildSummary::new();
    let mut run = Run {
        city,
        releasers: &releasers,
        credits: &credits,
        inputs: &inputs,
        tables: &tables,
        projector,
        draft: &draft,
        progress,
        report: &mut *report,
        summary,
    };
    run.all()?;
    run.summary.systems = run.projector.systems(run.origin());
    let mut summary = run.summary;
    progress.stage("publish", 0);
    let head = Manifest { sources: credits::of_all(city, &credits), ..head(city, &policy, &releasers) };
    let manifest = draft.publish(head)?;
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

    /// Reads all tables, each with the source it belongs to, on all cores. What there is to say of them is said in their
    /// order.
    fn tables(&self, city: &CityConfig, report: &mut Report) -> Result<Vec<JoinTable>, BuildError> {
        let mut files = Vec::new();
        for (source, paths) in city.sources.iter().zip(&self.by_source) {
            if let SourceKind::Table { key } = &source.kind {
                files.extend(paths.iter().map(|path| (&source.id, key, path)));
            }
        }
        let read = |(source, key, path): &(&String, &String, &PathBuf)| {
            let mut said = Report::default();
            (JoinTable::read(source, path, key, &mut said), said)
        };
        let done: Vec<_> = files.par_iter().map(read).collect();
        let mut tables = Vec::with_capacity(done.len());
        for (table, said) in done {
            report.absorb(said);
            tables.push(table?);
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
    releasers: &'a [Releaser],
    /// The sources that each release names.
    credits: &'a [Vec<SourceInfo>],
    inputs: &'a Inputs,
    tables: &'a [JoinTable],
    projector: Arc<CityProjector>,
    draft: &'a Draft,
    progress: &'a dyn BuildProgress,
    report: &'a mut Report,
    summary: BuildSummary,
}

impl Run<'_> {
    fn all(&mut self) -> Result<(), BuildError> {
        let buildings = self.buildings()?;
        let terrain = self.ground(&buildings)?;
        let layers = self.layers()?;
        let points = self.points(&terrain)?;
        for releaser in self.releasers {
            self.describe(releaser, &layers, &points)?;
        }
        Ok(())
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
            sources: self.sources(releaser).to_vec(),
            home: city.home,
            time_zone: city.time_zone.clone(),
            buildings: Some(BUILDINGS.to_owned()),
            ground: Some(GROUND.to_owned()),
            attributes: releaser.attributes().to_vec(),
            withheld: releaser.withheld().to_vec(),
            layers: layers.to_vec(),
            places: city.places.clone(),
            points: points.to_vec(),
            services: city.services.clone(),
        };
        let mut json = serde_json::to_vec_pretty(&twin).map_err(|error| BuildError::Describe(error.to_string()))?;
        json.push(b'\n');
        folder::write(&self.folder(releaser).join(TWIN), &json)
    }

    fn buildings(&mut self) -> Result<Buildings, BuildError> {
        Buildings::build(self)
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
