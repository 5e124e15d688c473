//! Stops, schools and other places of everyday life: loads their layers and knows which are near the selected building.
//!
//! Each layer is loaded whole and once, and searched here: no request tells which building somebody looks at. What near
//! means is [`crate::answer`]'s.

use std::sync::Arc;

use bevy::prelude::*;

use crate::answer::{NearPlace, near_places};
use crate::fetch::Fetch;
use crate::points::PointLayer;
use crate::stream::Setback;
use crate::twin::{PointCategory, PointLayerInfo};
use crate::viewer::ViewerSystems;
use crate::viewer::drive::{Alarm, Clock, Incoming, TheCity};
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
    incoming: Incoming,
    data: Option<PointLayer>,
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
        self.files.iter_mut().for_each(|file| file.incoming.retry());
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
        file.incoming.ask(base, &file.info.data, 0.0, lane.as_ref(), clock.now_secs);
    }
    let mut news = false;
    for (id, answer) in lane.poll() {
        let Some(file) = places.files.iter_mut().find(|file| file.incoming.awaits(id)) else { continue };
        file.data = file.incoming.take_in(answer, clock.now_secs, |body| PointLayer::from_json(&body.bytes));
        news = true;
    }
    if news {
        places.looked = 0;
        city.tiles_changed = true;
    }
    let due = places.files.iter().filter_map(|file| file.incoming.due_secs());
    due.for_each(|at_secs| alarm.set(at_secs));
}

impl PlaceFile {
    /// Its places, once they have come.
    pub fn layer(&self) -> Option<&PointLayer> {
        self.data.as_ref()
    }

    /// Why they have not come so far.
    pub fn setback(&self) -> Option<&Setback> {
        self.incoming.setback()
    }

    fn new(info: &PointLayerInfo) -> Self {
        Self { info: info.clone(), incoming: Incoming::default(), data: None }
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
