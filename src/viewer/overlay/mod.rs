//! Planning layers on the ground: loads them, drapes them over the ground tiles, colours them, and knows which plan
//! lies where.
//!
//! A layer's areas are cut along the ground's own triangles, so they lie exactly on it at every distance. The data are
//! [`crate::plan`]'s; the drawing is the scene's.

mod draped;
mod labels;
mod under;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bevy::platform::time::Instant;
use bevy::prelude::*;
use bevy::window::{PrimaryWindow, RequestRedraw};
use geo::MultiPolygon;

use crate::fetch::{Body, Fetch, FetchError};
use crate::geo::Geodetic;
use crate::plan::{self, DevelopmentPlan, PlanLayer};
use crate::stream::{Failure, FailureKind, Setback, TileId};
use crate::twin::{LayerInfo, LayerLook};
use crate::viewer::ViewerSystems;
use crate::viewer::drive::{Alarm, Clock, Incoming, TheCity};
use crate::viewer::pick::{Picked, Selected, Selection};
use crate::viewer::scene::{FeatureState, LayerId, OverlayId, Scene};
use draped::FlatLayer;
pub use labels::{Label, code};

/// Lays the layers over the city.
pub struct OverlayPlugin;

impl Plugin for OverlayPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Layers>().add_systems(
            Update,
            (load, colour, drape, labels::choose, under::look).chain().in_set(ViewerSystems::Overlay),
        );
    }
}

/// All layers of the open twin.
#[derive(Resource, Default)]
pub struct Layers {
    lane: Option<Arc<dyn Fetch>>,
    layers: Vec<Layer>,
    next_overlay: u64,
    coloured_for: Option<Selected>,
    under: under::Under,
    labels: labels::Labels,
    /// A layer's plans came since it was asked what lies under the selection.
    news: bool,
    /// How layers are to look from the next frame on, or once it is known which there are.
    asked: Option<BTreeMap<String, LayerLook>>,
}

/// Seconds of a frame that draping may take.
const SLICE_SECS: f64 = 0.006;

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
    incoming: Incoming,
    flat: Option<FlatLayer>,
    draped: BTreeMap<TileId, OverlayId>,
    /// Ground tiles that it is still to be draped over.
    waiting: VecDeque<TileId>,
    stale: bool,
}

impl Layers {
    /// All layers in the order of the twin.
    pub fn iter(&self) -> impl Iterator<Item = &Layer> {
        self.layers.iter()
    }

    /// Whether every layer has come and lies on the ground, or is lost.
    pub fn is_complete(&self) -> bool {
        self.layers.iter().all(|layer| match &layer.data {
            Some(_) => layer.waiting.is_empty() && (!layer.stale || !layer.visible),
            None => layer.setback().is_some_and(Setback::is_lost),
        })
    }

    /// Tries again what failed, without waiting for its time.
    pub fn retry(&mut self) {
        self.layers.iter_mut().for_each(|layer| layer.incoming.retry());
    }

    /// Shows every layer as the twin has it at the start, and knows nothing of what was selected.
    pub fn forget(&mut self) {
        (self.coloured_for, self.under, self.news, self.asked) = (None, under::Under::default(), false, None);
        self.labels = labels::Labels::default();
        self.layers.iter_mut().for_each(|layer| layer.look_like(None));
    }

    /// How the layers look that are not shown as the twin has them at the start.
    pub fn looks(&self) -> BTreeMap<String, LayerLook> {
        self.layers.iter().filter_map(|layer| Some((layer.info.id.clone(), layer.look()?))).collect()
    }

    /// Has the layers look like this, and those that are not named as at the start.
    pub fn look_like(&mut self, looks: BTreeMap<String, LayerLook>) {
        self.asked = Some(looks);
    }

    fn take_looks(&mut self) {
        let Some(looks) = self.asked.take() else { return };
        self.layers.iter_mut().for_each(|layer| layer.look_like(looks.get(&layer.info.id).copied()));
    }

    /// The codes that stand on the areas in the picture.
    pub fn labels(&self) -> &[Label] {
        self.labels.all()
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

    /// The plans that the selected building lies in, visible or not.
    pub fn plans_under(&self, building: &Picked) -> Vec<(&Layer, &DevelopmentPlan)> {
        let plans = self.under.plans_of(building).iter();
        plans.filter_map(|(layer, plan)| self.plan(layer, plan)).collect()
    }

    /// The plans near the selected building that it does not lie in, visible or not, with their distance in metres.
    pub fn plans_near(&self, building: &Picked) -> Vec<(&Layer, &DevelopmentPlan, f64)> {
        let plans = self.under.plans_near(building).iter();
        let plan = |(layer, plan, distance_m): &(String, String, f64)| {
            let (layer, plan) = self.plan(layer, plan)?;
            Some((layer, plan, *distance_m))
        };
        plans.filter_map(plan).collect()
    }

    /// What the selected building covers, in degrees, and a number that is another one whenever it was looked at anew.
    pub fn footprint(&self) -> Option<(&Picked, &MultiPolygon<f64>, u64)> {
        self.under.footprint()
    }
}

/// Asks for the layers of a newly opened twin, takes them in, and asks again for those that did not come.
fn load(mut layers: ResMut<Layers>, mut city: ResMut<TheCity>, mut alarm: ResMut<Alarm>, clock: Res<Clock>) {
    let layers = &mut *layers;
    let (Some(twin), Some(base)) = (&city.twin, &city.base) else { return };
    if layers.lane.is_none() {
        layers.layers = twin.layers.iter().map(Layer::new).collect();
        layers.lane = Some(city.exchange.lane());
    }
    layers.take_looks();
    let Some(lane) = &layers.lane else { return };
    for layer in &mut layers.layers {
        layer.ask(base, lane.as_ref(), clock.now_secs);
    }
    let mut news = false;
    for (id, answer) in lane.poll() {
        let Some(layer) = layers.layers.iter_mut().find(|layer| layer.incoming.awaits(id)) else { continue };
        layer.take_in(answer, &city, clock.now_secs);
        news = true;
    }
    layers.news |= news;
    city.tiles_changed |= news;
    let due = layers.layers.iter().filter_map(|layer| layer.incoming.due_secs());
    due.for_each(|at_secs| alarm.set(at_secs));
}

impl Layer {
    fn new(info: &LayerInfo) -> Self {
        Self {
            info: info.clone(),
            visible: info.visible,
            opacity: info.opacity,
            data: None,
            incoming: Incoming::default(),
            flat: None,
            draped: BTreeMap::new(),
            waiting: VecDeque::new(),
            stale: true,
        }
    }

    /// Why its plans have not come so far, or cannot be drawn.
    pub fn setback(&self) -> Option<&Setback> {
        self.incoming.setback()
    }

    fn ask(&mut self, base: &url::Url, lane: &dyn Fetch, now_secs: f64) {
        self.incoming.ask(base, &self.info.data, 1.0, lane, now_secs);
    }

    fn take_in(&mut self, answer: Result<Body, FetchError>, city: &TheCity, now_secs: f64) {
        let plans = self.incoming.take_in(answer, now_secs, |body| PlanLayer::from_geojson(&body.bytes));
        if let Some(plans) = plans {
            self.flat = Some(FlatLayer::new(&plans, &city.frame, city.origin.height_m));
            (self.data, self.stale) = (Some(plans), true);
        }
    }

    /// Follows the ground: gives the overlays whose tiles have gone, and puts in line the tiles to be draped, drawn ones
    /// first.
    fn follow(&mut self, city: &TheCity) -> Vec<OverlayId> {
        let gone = city.gone_ground.iter().filter_map(|tile| self.draped.remove(tile)).collect();
        self.waiting.retain(|tile| !city.gone_ground.contains(tile));
        if self.data.is_none() || !self.visible {
            self.waiting.clear();
            return gone;
        }
        if std::mem::take(&mut self.stale) {
            self.waiting = city.tiles().map(|(tile, _)| tile).filter(|tile| city.is_ground(*tile)).collect();
        } else {
            self.waiting.extend(&city.new_ground);
        }
        if !self.waiting.is_empty() {
            let drawn: BTreeSet<TileId> = city.drawn().iter().copied().collect();
            self.waiting.make_contiguous().sort_by_key(|tile| !drawn.contains(tile));
        }
        gone
    }

    /// How it looks, if not as the twin has it at the start. How opaque a hidden layer is nobody sees.
    fn look(&self) -> Option<LayerLook> {
        let opacity = percent(self.opacity);
        match (self.visible, opacity == percent(self.info.opacity)) {
            (false, _) => self.info.visible.then_some(LayerLook::Hidden),
            (true, true) => (!self.info.visible).then_some(LayerLook::Shown),
            (true, false) => Some(LayerLook::Opaque(opacity)),
        }
    }

    /// Looks like this, or as the twin has it at the start.
    fn look_like(&mut self, look: Option<LayerLook>) {
        let visible = look.map_or(self.info.visible, |look| look != LayerLook::Hidden);
        self.opacity = match look {
            Some(LayerLook::Opaque(percent)) => f32::from(percent) / 100.0,
            _ => self.info.opacity,
        };
        if self.visible != visible {
            self.show(visible);
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
}

/// An opacity as it stands in links and cards.
fn percent(opacity: f32) -> u8 {
    (opacity * 100.0).round() as u8
}

/// `#rrggbb`.
pub fn parse_color(text: &str) -> Option<[u8; 3]> {
    let hex = u32::from_str_radix(text.strip_prefix('#').filter(|hex| hex.len() == 6)?, 16).ok()?;
    Some([(hex >> 16) as u8, (hex >> 8) as u8, hex as u8])
}

/// Drapes the visible layers over the ground tiles that are held, for a slice of the frame; at least one.
fn drape(
    mut layers: ResMut<Layers>,
    city: Res<TheCity>,
    mut scene: ResMut<Scene>,
    windows: Query<(), With<PrimaryWindow>>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let layers = &mut *layers;
    let until = Instant::now() + Duration::from_secs_f64(SLICE_SECS);
    for (number, layer) in layers.layers.iter_mut().enumerate() {
        layer.follow(&city).into_iter().for_each(|id| scene.free_overlay(id));
        while let Some(tile) = layer.waiting.pop_front() {
            let content = city.content(tile).filter(|_| !layer.draped.contains_key(&tile));
            let mesh = content.zip(layer.flat.as_ref()).and_then(|(content, flat)| flat.drape(content, &city.frame));
            if let Some(mesh) = mesh {
                let id = OverlayId(layers.next_overlay);
                layers.next_overlay += 1;
                scene.create_overlay(id, LayerId(number), mesh);
                layer.draped.insert(tile, id);
            }
            if Instant::now() >= until {
                break;
            }
        }
    }
    if !windows.is_empty() && layers.layers.iter().any(|layer| !layer.waiting.is_empty()) {
        redraw.write(RequestRedraw);
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
    if layers.coloured_for.as_ref() == Some(&selection.selected) && !layers.news {
        return;
    }
    let layers = &mut *layers;
    layers.coloured_for = Some(selection.selected.clone());
    for (number, layer) in layers.layers.iter_mut().enumerate() {
        let Some(data) = &layer.data else { continue };
        let state = |plan: &DevelopmentPlan| {
            let is_selected = selection.selected == Selected::Plan(layer.info.id.clone(), plan.id.clone());
            let [r, g, b] = layer.color(plan).map(|channel| f32::from(channel) / 255.0);
            FeatureState::Absolute(if is_selected { [r * 0.75, g * 0.75, b * 0.75, 1.0] } else { [r, g, b, 0.82] })
        };
        let states: Vec<FeatureState> = data.plans().iter().map(state).collect();
        if !scene.set_layer_states(LayerId(number), &states) {
            let reason = format!("{} plans are more than can be drawn", states.len());
            layer.incoming.give_up(Failure::new(FailureKind::TooLarge, reason));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;
    use crate::fetch::memory::MemoryFetch;
    use crate::twin::Text;

    fn info(id: &str, data: &str) -> LayerInfo {
        LayerInfo {
            id: id.into(),
            title: Text::new("Pläne", "Plans"),
            data: data.into(),
            opacity: 0.5,
            visible: true,
            legend: Vec::new(),
            legal_basis: Text::new("BauGB § 10", "BauGB § 10"),
            attribution: String::new(),
            licence: String::new(),
            licence_url: None,
        }
    }

    /// Layers a to d, which the twin shows with half their colour, and of which it hides c and d.
    fn layers() -> Layers {
        let of = |id: &str| Layer::new(&LayerInfo { visible: id < "c", ..info(id, "plans.geojson") });
        Layers { layers: ["a", "b", "c", "d"].map(of).into(), ..Layers::default() }
    }

    fn look_like(layers: &mut Layers, looks: BTreeMap<String, LayerLook>) {
        layers.look_like(looks);
        layers.take_looks();
    }

    #[test]
    fn only_what_is_not_as_at_the_start_is_told() {
        let mut layers = layers();
        assert_eq!(layers.looks(), BTreeMap::new());
        layers.get_mut("a").expect("a layer").show(false);
        layers.get_mut("b").expect("a layer").opacity = 0.404;
        layers.get_mut("c").expect("a layer").show(true);
        layers.get_mut("d").expect("a layer").opacity = 0.2;
        let told = [("a", LayerLook::Hidden), ("b", LayerLook::Opaque(40)), ("c", LayerLook::Shown)];
        assert_eq!(layers.looks(), BTreeMap::from(told.map(|(id, look)| (id.to_owned(), look))));
        look_like(&mut layers, BTreeMap::new());
        let is = |layer: &Layer| (layer.visible, layer.opacity);
        assert_eq!(layers.iter().map(is).collect::<Vec<_>>(), [(true, 0.5), (true, 0.5), (false, 0.5), (false, 0.5)]);
    }

    proptest! {
        /// Looks that are asked for are told, except those that are as at the start, and of layers that are not there.
        #[test]
        fn layers_look_as_they_were_asked_to(
            asked in prop::collection::btree_map("[a-f]", (0..3u8, 0..=100u8), 0..6),
            before in prop::collection::btree_map("[a-d]", (0..3u8, 0..=100u8), 0..4),
        ) {
            let look = |(id, (kind, percent)): (String, (u8, u8))| {
                (id, [LayerLook::Hidden, LayerLook::Shown, LayerLook::Opaque(percent)][usize::from(kind)])
            };
            let [asked, before]: [BTreeMap<String, LayerLook>; 2] =
                [asked, before].map(|looks| looks.into_iter().map(look).collect());
            let mut layers = layers();
            look_like(&mut layers, before);
            look_like(&mut layers, asked.clone());
            let is_news = |(id, look): &(String, LayerLook)| match look {
                LayerLook::Hidden => ["a", "b"].contains(&id.as_str()),
                LayerLook::Shown => ["c", "d"].contains(&id.as_str()),
                LayerLook::Opaque(_) => id.as_str() < "e",
            };
            let as_shown = |(id, look)| match look {
                LayerLook::Opaque(50) => (id, LayerLook::Shown),
                look => (id, look),
            };
            let expected: BTreeMap<_, _> = asked.into_iter().map(as_shown).filter(is_news).collect();
            prop_assert_eq!(layers.looks(), expected);
        }
    }

    #[test]
    fn a_layer_from_elsewhere_reads_no_file_of_this_computer() {
        let asked = |base: &str, data: &str| {
            let mut layer = Layer::new(&info("bplan", data));
            let fetch = MemoryFetch::new();
            layer.ask(&Url::parse(base).expect("an address"), &fetch, 0.0);
            (fetch.started().len(), layer.setback().map(|setback| setback.why.to_string()))
        };
        let why = "file:///etc/passwd: it leads from elsewhere into the files of this computer".to_owned();
        assert_eq!(asked("https://city.example/twin.json", "file:///etc/passwd"), (0, Some(why)));
        assert_eq!(asked("https://city.example/twin.json", "layers/bplan.geojson"), (1, None));
    }
}
