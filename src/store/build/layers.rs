//! Planning layers: files → plans → canonical GeoJSON in every release. Plans are public by law, so all releases get
//! the same bytes.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use glam::DVec3;

use super::{BuildError, Run, StoreError, folder};
use crate::city::Layer;
use crate::geo::Crs;
use crate::plan::{PlanLayer, legend};
use crate::report::Report;
use crate::source::ReadOptions;
use crate::source::geojson::{self, Feature};
use crate::source::plans::read_plans;
use crate::store::LAYERS;
use crate::twin::LayerInfo;

impl Run<'_> {
    /// Writes all layers into every release.
    pub(super) fn layers(&mut self) -> Result<Vec<LayerInfo>, BuildError> {
        self.progress.stage("layers", self.city.layers.len() as u64);
        let city = self.city;
        city.layers.iter().zip(&self.inputs.by_layer).map(|(layer, files)| self.layer(layer, files)).collect()
    }

    fn layer(&mut self, layer: &Layer, files: &[std::path::PathBuf]) -> Result<LayerInfo, BuildError> {
        let mut plans = Vec::new();
        for file in files {
            plans.extend(self.plans(layer, file)?.plans().iter().cloned());
        }
        let plans = PlanLayer::new(plans);
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
        })
    }

    fn plans(&mut self, layer: &Layer, file: &Path) -> Result<PlanLayer, BuildError> {
        let mut report = Report::default();
        let (crs, features) = self.features(file, &mut report)?;
        let to_geodetic = |[x, y]: [f64; 2]| {
            let place = self.projector.geodetic(crs, DVec3::new(x, y, 0.0)).ok()?;
            Some([place.lon_deg, place.lat_deg])
        };
        let plans = read_plans(&features, &layer.mapping, &to_geodetic, &mut report);
        self.report.absorb(report);
        Ok(plans)
    }

    /// The features of a GeoJSON file and their system: the city's where the file names none that is known.
    pub(super) fn features(&self, path: &Path, report: &mut Report) -> Result<(Crs, Vec<Feature>), BuildError> {
        let options = ReadOptions::of(&path.to_string_lossy());
        let input = File::open(path).map_err(|error| StoreError::io(path, error))?;
        let collection = geojson::read(BufReader::new(input), &options, report)?;
        Ok((collection.crs.unwrap_or(self.city.crs), collection.features))
    }
}
