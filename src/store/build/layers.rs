//! Planning layers: files → plans → canonical GeoJSON in every release. Plans are public by law, so all releases get
//! the same bytes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use glam::DVec3;

use super::progress::Amount;
use super::projection::CityProjector;
use super::{BuildError, Run, StoreError, folder};
use crate::city::Layer;
use crate::geo::Crs;
use crate::plan::{PlanLayer, legend};
use crate::report::{Place, Report, WarningKind};
use crate::source::ReadOptions;
use crate::source::geojson::{self, Feature};
use crate::source::plans::read_plans;
use crate::store::LAYERS;
use crate::twin::LayerInfo;

impl Run<'_> {
    /// Writes all layers into every release.
    pub(super) fn layers(&mut self) -> Result<Vec<LayerInfo>, BuildError> {
        self.progress.stage("layers", Amount::Steps(self.city.layers.len() as u64));
        let city = self.city;
        let mut done = Vec::with_capacity(city.layers.len());
        for (layer, files) in city.layers.iter().zip(&self.inputs.by_layer) {
            done.push(self.layer(layer, files)?);
            self.progress.advanced(done.len() as u64);
        }
        Ok(done)
    }

    fn layer(&mut self, layer: &Layer, files: &[PathBuf]) -> Result<LayerInfo, BuildError> {
        let plans = read_layer(layer, files, &self.projector, self.city.crs, self.report)?;
        let data = format!("{LAYERS}/{}.geojson", layer.id);
        let json = plans.to_geojson().map_err(|source| BuildError::Plan { layer: layer.id.clone(), source })?;
        for releaser in self.releasers {
            folder::write(&self.folder(releaser).join(&data), json.as_bytes())?;
        }
        self.summary.layers.insert(layer.id.clone(), plans.plans().len() as u64);
        Ok(LayerInfo {
            id: layer.id.clone(),
            title: layer.title.clone(),
            data,
            opacity: layer.opacity,
            visible: layer.visible,
            legend: legend(&plans),
            legal_basis: layer.legal_basis.clone(),
            attribution: layer.attribution.clone(),
            licence: layer.licence.clone(),
            licence_url: layer.licence_url.clone(),
        })
    }
}

/// The plans of all files of a layer. Offices export by district, and a plan on the border stands in two files: of
/// several with one id the first stays.
pub(super) fn read_layer(
    layer: &Layer,
    files: &[PathBuf],
    projector: &CityProjector,
    city_crs: Crs,
    report: &mut Report,
) -> Result<PlanLayer, BuildError> {
    let mut plans = BTreeMap::new();
    for file in files {
        let (crs, features) = features(file, city_crs, report)?;
        let to_geodetic = |[x, y]: [f64; 2]| {
            let place = projector.geodetic(crs, DVec3::new(x, y, 0.0)).ok()?;
            Some([place.lon_deg, place.lat_deg])
        };
        for plan in read_plans(&features, &layer.mapping, &to_geodetic, report).plans() {
            if plans.contains_key(&plan.id) {
                let object = Some(plan.id.as_str().into());
                let place = Place { file: file.to_string_lossy().into(), line: 0, object };
                let message = "the plan's id stands in an earlier file of the layer; the first is kept";
                report.warn(WarningKind::DuplicateId, place, message);
            } else {
                plans.insert(plan.id.clone(), plan.clone());
            }
        }
    }
    Ok(PlanLayer::new(plans.into_values().collect()))
}

/// The features of a GeoJSON file and their system: the city's where the file names none that is known.
pub(super) fn features(path: &Path, city_crs: Crs, report: &mut Report) -> Result<(Crs, Vec<Feature>), BuildError> {
    let options = ReadOptions::of(&path.to_string_lossy());
    let input = File::open(path).map_err(|error| StoreError::io(path, error))?;
    let collection = geojson::read(BufReader::new(input), &options, report)?;
    Ok((collection.crs.unwrap_or(city_crs), collection.features))
}
