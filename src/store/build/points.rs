//! Places of everyday life: files → points on the ground → canonical JSON in every release. They are open data by the
//! city's file, so all releases get the same bytes.

use std::path::PathBuf;

use glam::{DVec3, Vec3Swizzles};

use super::layers::features;
use super::projection::CityProjector;
use super::{BuildError, Run, folder};
use crate::city::{CityConfig, Source, SourceKind};
use crate::geo::{Crs, Geodetic, Terrain};
use crate::points::{NamedPoint, PointLayer};
use crate::report::Report;
use crate::source::points::{PointMapping, read_points};
use crate::store::POINTS;
use crate::twin::{PointCategory, PointLayerInfo};

impl Run<'_> {
    /// Writes all layers of points into every release; heights are the terrain's.
    pub(super) fn points(&mut self, terrain: &Terrain) -> Result<Vec<PointLayerInfo>, BuildError> {
        let (city, inputs) = (self.city, self.inputs);
        let mut published = Vec::new();
        for (source, files) in city.sources.iter().zip(&inputs.by_source) {
            if let SourceKind::Points { category, mapping } = &source.kind {
                let ground_m = |place: DVec3| terrain.height_m(place.xy());
                let points = read_layer(city, mapping, files, &self.projector, &ground_m, self.report)?;
                published.push(self.publish(source, *category, &PointLayer::new(points))?);
            }
        }
        Ok(published)
    }

    fn publish(
        &mut self,
        source: &Source,
        category: PointCategory,
        layer: &PointLayer,
    ) -> Result<PointLayerInfo, BuildError> {
        let data = format!("{POINTS}/{}.json", source.id);
        let json = layer.to_json().map_err(|error| BuildError::Describe(error.to_string()))?;
        for releaser in self.releasers {
            folder::write(&self.folder(releaser).join(&data), json.as_bytes())?;
        }
        self.summary.points.insert(source.id.clone(), layer.points().len() as u64);
        Ok(PointLayerInfo { id: source.id.clone(), title: source.info.title.clone(), category, data })
    }
}

/// The points of all files of a layer; `ground_m` gives the ground's height in the city's system.
pub(super) fn read_layer(
    city: &CityConfig,
    mapping: &PointMapping,
    files: &[PathBuf],
    projector: &CityProjector,
    ground_m: &dyn Fn(DVec3) -> f64,
    report: &mut Report,
) -> Result<Vec<NamedPoint>, BuildError> {
    let mut points = Vec::new();
    for file in files {
        let (crs, features) = features(file, city.crs, report)?;
        let on_the_ground = |[x, y]: [f64; 2]| on_the_ground(city, crs, DVec3::new(x, y, 0.0), projector, ground_m);
        points.extend(read_points(&features, mapping, &on_the_ground, report));
    }
    Ok(points)
}

fn on_the_ground(
    city: &CityConfig,
    crs: Crs,
    point: DVec3,
    projector: &CityProjector,
    ground_m: &dyn Fn(DVec3) -> f64,
) -> Option<Geodetic> {
    let there = projector.city_from(crs, point).ok().filter(|there| there.is_finite())?;
    projector.geodetic(city.crs, there.with_z(ground_m(there))).ok()
}
