//! Stops, schools and other places of everyday life: loads their layers and knows which are near the selected building.
//!
//! Each layer is loaded whole and once, and searched here: no request tells which building somebody looks at. What near
//! means is [`crate::answer`]'s.

use std::sync::Arc;

use bevy::prelude::*;

use crate::answer::{NearPlace, near_places};
use crate::fetch::{Body, Fetch, FetchError, Request, RequestId};
use crate::points::PointLayer;
use crate::stream::{Setback, join};
use crate::twin::{PointCategory, PointLayerInfo};
use crate::viewer::ViewerSystems;
use crate::viewer::drive::{Alarm, Clock, TheCity};
use crate::viewer::overlay::Layers;
use crate::viewer::pick::Picked;

/// Finds what is near.
pub struct PlacesPlugin;

impl Plugin for PlacesPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Places>().add_systems(Update, (load, look).chain().in_set(ViewerSystems::Places));
    }
}

/// The layers of places of the open twin, and which are near the selected building.
#[derive(Resource, Default)]
pub struct Places {
    lane: Option<Arc<dyn Fetch>>,
    files: Vec<PlaceFile>,
    building: Option<Picked>,
    near: Vec<(PointCategory, Vec<NearPlace>)>,
    /// The look at the building that `near` is of; 0 before the first.
    looked: u64,
}

/// A layer and how far it has come.
pub struct PlaceFile {
    /// What the twin says of it.
    pub info: PointLayerInfo,
    /// Why it has not come so far.
    pub setback: Option<Setback>,
    data: Option<PointLayer>,
    request: Option<RequestId>,
}

impl Places {
    /// All layers in the order of the twin.
    pub fn files(&self) -> &[PlaceFile] {
        &self.files
    }

    /// What is near a building, if it is the selected one.
    pub fn near(&self, building: &Picked) -> &[(PointCategory, Vec<NearPlace>)] {
        if self.building.as_ref() == Some(building) { &self.near } else { &[] }
    }

    /// Tries again what failed, without waiting for its time.
    pub fn retry(&mut self) {
        for file in &mut self.files {
            if let Some(setback) = file.setback.as_mut().filter(|_| file.request.is_none()) {
                setback.retry_at_secs = Some(f64::NEG_INFINITY);
            }
        }
    }
}

/// Asks for the layers of a newly opened twin, takes them in, and asks again for those that did not come.
fn load(mut places: ResMut<Places>, mut city: ResMut<TheCity>, mut alarm: ResMut<Alarm>, clock: Res<Clock>) {
    let places = &mut *places;
    let (Some(twin), Some(base)) = (&city.twin, &city.base) else { return };
    if places.lane.is_none() {
        places.files = twin.points.iter().map(PlaceFile::new).collect();
        places.lane = Some(city.exchange.lane());
    }
    let Some(lane) = &places.lane else { return };
    for file in &mut places.files {
        file.ask(base, lane.as_ref(), clock.now_secs);
    }
    let mut news = false;
    for (id, outcome) in lane.poll() {
        let Some(file) = places.files.iter_mut().find(|file| file.request == Some(id)) else { continue };
        file.request = None;
        file.take_in(outcome, clock.now_secs);
        news = true;
    }
    if news {
        places.looked = 0;
        city.tiles_changed = true;
    }
    let due = places.files.iter().filter_map(|file| file.setback.as_ref()?.retry_at_secs);
    due.for_each(|at_secs| alarm.set(at_secs));
}

impl PlaceFile {
    fn new(info: &PointLayerInfo) -> Self {
        Self { info: info.clone(), setback: None, data: None, request: None }
    }

    /// Asks for the places where they have not been asked for, or are due again.
    fn ask(&mut self, base: &url::Url, lane: &dyn Fetch, now_secs: f64) {
        let due = self.setback.as_ref().is_none_or(|setback| setback.retry_at_secs.is_some_and(|at| at <= now_secs));
        if self.data.is_some() || self.request.is_some() || !due {
            return;
        }
        match join(base, &self.info.data) {
            Ok(url) => self.request = Some(lane.start(Request { url, priority: 0.0 })),
            Err(error) => self.setback = Some(Setback::for_good(format!("{}: {error}", self.info.data))),
        }
    }

    fn take_in(&mut self, outcome: Result<Body, FetchError>, now_secs: f64) {
        let places = match outcome {
            Ok(body) => {
                PointLayer::from_json(&body.bytes).map_err(|error| Setback::for_good(format!("{}: {error}", body.url)))
            }
            Err(error) => Err(Setback::after(self.setback.as_ref(), &error, now_secs)),
        };
        match places {
            Ok(places) => (self.data, self.setback) = (Some(places), None),
            Err(setback) => self.setback = Some(setback),
        }
    }
}

/// Looks again where the selected building or the layers have changed.
fn look(mut places: ResMut<Places>, layers: Res<Layers>) {
    let Some((building, footprint, looks)) = layers.footprint() else {
        if places.building.is_some() {
            (places.building, places.near, places.looked) = (None, Vec::new(), 0);
        }
        return;
    };
    if places.looked == looks {
        return;
    }
    let known: Vec<(PointCategory, &PointLayer)> =
        places.files.iter().filter_map(|file| Some((file.info.category, file.data.as_ref()?))).collect();
    let near = near_places(&known, footprint);
    (places.building, places.near, places.looked) = (Some(building.clone()), near, looks);
}
