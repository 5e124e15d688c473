//! Planning layers on the ground: loads them, drapes them over the ground tiles, colours them, and knows which plan
//! lies where.
//!
//! A layer's areas are cut along the ground's own triangles, so they lie exactly on it at every distance. The data are
//! [`crate::plan`]'s; the drawing is the scene's.

mod draped;

use std::collections::BTreeMap;
use std::sync::Arc;

use bevy::prelude::*;

use crate::fetch::{Fetch, Request, RequestId};
use crate::geo::Geodetic;
use crate::plan::{self, DevelopmentPlan, PlanLayer};
use crate::stream::TileId;
use crate::twin::{Language, LayerInfo};
use crate::viewer::ViewerSystems;
use crate::viewer::drive::TheCity;
use crate::viewer::pick::{Selected, Selection};
use crate::viewer::scene::{FeatureState, OverlayId, Scene};

/// Lays the layers over the city.
pub struct OverlayPlugin;

impl Plugin for OverlayPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Layers>().add_systems(Update, (load, drape, colour).chain().in_set(ViewerSystems::Overlay));
    }
}

/// All layers of the open twin.
#[derive(Resource, Default)]
pub struct Layers {
    lane: Option<Arc<dyn Fetch>>,
    layers: Vec<Layer>,
    next_overlay: u64,
    coloured_for: Option<Selected>,
}

/// One layer.
pub struct Layer {
    /// What the twin says of it.
    pub info: LayerInfo,
    /// Whether it is drawn.
    pub visible: bool,
    /// Its opacity, 0 to 1.
    pub opacity: f32,
    /// Its plans, once they have come.
    pub data: Option<PlanLayer>,
    /// Why its plans have not come.
    pub failed: Option<String>,
    request: Option<RequestId>,
    draped: BTreeMap<TileId, OverlayId>,
    stale: bool,
}

impl Layers {
    /// All layers in the order of the twin.
    pub fn iter(&self) -> impl Iterator<Item = &Layer> {
        self.layers.iter()
    }

    /// Whether every layer has come, or is known not to.
    pub fn is_complete(&self) -> bool {
        self.layers.iter().all(|layer| layer.data.is_some() || layer.failed.is_some())
    }

    /// A layer to change.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut Layer> {
        self.coloured_for = None;
        self.layers.iter_mut().find(|layer| layer.info.id == id)
    }

    /// The uppermost visible plan at a place: layer and plan id.
    pub fn plan_at(&self, place: Geodetic) -> Option<(String, String)> {
        self.layers.iter().rev().filter(|layer| layer.visible).find_map(|layer| {
            let plan = layer.data.as_ref()?.plans_at(place.lon_deg, place.lat_deg).last()?;
            Some((layer.info.id.clone(), plan.id.clone()))
        })
    }

    /// A plan by layer and id.
    pub fn plan(&self, layer: &str, plan: &str) -> Option<(&Layer, &DevelopmentPlan)> {
        let layer = self.layers.iter().find(|candidate| candidate.info.id == layer)?;
        Some((layer, layer.data.as_ref()?.get(plan)?))
    }

    /// All plans that touch a footprint (longitude and latitude), visible or not.
    pub fn plans_touching(&self, footprint: &geo::Polygon<f64>) -> Vec<(&Layer, &DevelopmentPlan)> {
        let mut touching = Vec::new();
        for layer in &self.layers {
            let Some(data) = &layer.data else { continue };
            let ids: Vec<&str> = data.plans_touching(footprint).map(|plan| plan.id.as_str()).collect();
            touching.extend(ids.into_iter().filter_map(|id| Some((layer, data.get(id)?))));
        }
        touching
    }
}

/// Asks for the layers of a newly opened twin and takes them in.
fn load(mut layers: ResMut<Layers>, mut city: ResMut<TheCity>) {
    let layers = &mut *layers;
    if layers.lane.is_none() {
        let (Some(twin), Some(base)) = (&city.twin, &city.base) else { return };
        let lane = city.exchange.lane();
        layers.layers = twin.layers.iter().map(|info| Layer::new(info, base, lane.as_ref())).collect();
        layers.lane = Some(lane);
    }
    let Some(lane) = &layers.lane else { return };
    for (id, outcome) in lane.poll() {
        let Some(layer) = layers.layers.iter_mut().find(|layer| layer.request == Some(id)) else { continue };
        let plans = outcome.map_err(|error| error.to_string());
        let plans = plans.and_then(|bytes| PlanLayer::from_geojson(&bytes).map_err(|error| error.to_string()));
        match plans {
            Ok(plans) => layer.data = Some(plans),
            Err(reason) => layer.failed = Some(reason),
        }
        layer.stale = true;
        city.tiles_changed = true;
    }
}

impl Layer {
    fn new(info: &LayerInfo, base: &url::Url, lane: &dyn Fetch) -> Self {
        let (request, failed) = match base.join(&info.data) {
            Ok(url) => (Some(lane.start(Request { url, priority: 1.0 })), None),
            Err(error) => (None, Some(format!("{}: {error}", info.data))),
        };
        Self {
            info: info.clone(),
            visible: info.visible,
            opacity: info.opacity,
            data: None,
            failed,
            request,
            draped: BTreeMap::new(),
            stale: true,
        }
    }

    /// Shows or hides the layer; tiles that came while it was hidden are draped when it is shown.
    pub fn show(&mut self, visible: bool) {
        self.visible = visible;
        self.stale = true;
    }

    /// The colour of a plan by its permitted use, sRGB.
    pub fn color(&self, plan: &DevelopmentPlan) -> [u8; 3] {
        let code = plan.permitted_use.as_deref().unwrap_or_default();
        let entry = self.info.legend.iter().find(|entry| entry.key == code);
        let color = entry.map_or(plan::use_color(code), |entry| &entry.color);
        parse_color(color).unwrap_or([150, 150, 160])
    }

    /// Name of a plan with its number.
    pub fn name(plan: &DevelopmentPlan) -> String {
        match &plan.number {
            Some(number) => format!("{number} · {}", plan.name),
            None => plan.name.clone(),
        }
    }
}

/// `#rrggbb`.
pub fn parse_color(text: &str) -> Option<[u8; 3]> {
    let hex = u32::from_str_radix(text.strip_prefix('#').filter(|hex| hex.len() == 6)?, 16).ok()?;
    Some([(hex >> 16) as u8, (hex >> 8) as u8, hex as u8])
}

/// Drapes the visible layers over the ground tiles that are held.
fn drape(mut layers: ResMut<Layers>, city: Res<TheCity>, mut scene: ResMut<Scene>) {
    let layers = &mut *layers;
    for layer in &mut layers.layers {
        for tile in &city.gone_ground {
            if let Some(id) = layer.draped.remove(tile) {
                scene.free_overlay(id);
            }
        }
        let Some(data) = layer.data.as_ref().filter(|_| layer.visible) else { continue };
        let wanted: Vec<TileId> = match std::mem::take(&mut layer.stale) {
            true => city.tiles().map(|(tile, _)| tile).filter(|tile| city.is_ground(*tile)).collect(),
            false => city.new_ground.clone(),
        };
        for tile in wanted {
            let Some(content) = city.content(tile).filter(|_| !layer.draped.contains_key(&tile)) else { continue };
            let Some(mesh) = draped::drape(data, content, &city.frame) else { continue };
            let id = OverlayId(layers.next_overlay);
            layers.next_overlay += 1;
            scene.create_overlay(id, mesh, &vec![FeatureState::Hidden; data.plans().len()]);
            layer.draped.insert(tile, id);
            layers.coloured_for = None;
        }
    }
    let visible = |layer: &&Layer| layer.visible;
    let overlays = layers.layers.iter().filter(visible).flat_map(|layer| {
        let held = |tile: &TileId| Some((*layer.draped.get(tile)?, layer.opacity));
        city.drawn().iter().filter_map(held)
    });
    scene.draw_overlays(overlays.collect());
}

/// Colours the plans; the selected one stands out.
fn colour(mut layers: ResMut<Layers>, selection: Res<Selection>, mut scene: ResMut<Scene>) {
    if layers.coloured_for.as_ref() == Some(&selection.selected) {
        return;
    }
    layers.coloured_for = Some(selection.selected.clone());
    for layer in layers.layers.iter().filter(|layer| layer.visible) {
        let Some(data) = &layer.data else { continue };
        let state = |plan: &DevelopmentPlan| {
            let is_selected = selection.selected == Selected::Plan(layer.info.id.clone(), plan.id.clone());
            let [r, g, b] = layer.color(plan).map(|channel| f32::from(channel) / 255.0);
            FeatureState::Absolute(if is_selected { [r * 0.75, g * 0.75, b * 0.75, 1.0] } else { [r, g, b, 0.82] })
        };
        let states: Vec<FeatureState> = data.plans().iter().map(state).collect();
        for id in layer.draped.values() {
            scene.set_overlay_states(*id, &states);
        }
    }
}

/// Label of a plan's use and status for its panel.
pub fn labels(plan: &DevelopmentPlan, language: Language) -> (String, String) {
    (
        plan::use_label(plan.permitted_use.as_deref().unwrap_or_default()).get(language).to_owned(),
        plan::status_label(plan.status).get(language).to_owned(),
    )
}
