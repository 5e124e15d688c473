//! What is under the cursor and what is selected: rays against the drawn tiles, states of features in the scene.
//!
//! Features are known by their public id, so a highlight survives a change of level.

use bevy::prelude::*;
use bevy::window::PrimaryWindow;
use glam::DVec2;

use crate::stream::{TileContent, TileId};
use crate::twin::Mark;
use crate::viewer::ViewerSystems;
use crate::viewer::camera::{Clicks, Rig, TheCamera};
use crate::viewer::drive::{Clock, TheCity};
use crate::viewer::overlay::Layers;
use crate::viewer::scene::{FeatureState, Scene};

/// Picks.
pub struct PickPlugin;

impl Plugin for PickPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Selection>().add_systems(Update, (pick, highlight).chain().in_set(ViewerSystems::Pick));
    }
}

/// A picked building with where it was found first.
#[derive(Clone, Debug, PartialEq)]
pub struct Picked {
    /// Its public id; empty in tilesets whose features have none.
    pub id: String,
    /// The tile it was picked in.
    pub tile: TileId,
    /// Its row there.
    pub row: u32,
}

/// What is selected.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Selected {
    /// Nothing.
    #[default]
    Nothing,
    /// A building.
    Building(Picked),
    /// A plan: layer and plan id.
    Plan(String, String),
}

impl Selected {
    /// A building by its public id, wherever it is drawn.
    pub fn building(id: String) -> Self {
        // Where it was picked first only matters in tilesets without ids.
        Self::Building(Picked { id, tile: TileId { tileset: 0, tile: 0 }, row: 0 })
    }
}

/// How something was chosen that nobody has made room for yet.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Fresh {
    /// It is not, or comes with a view of its own, as from a link.
    #[default]
    No,
    /// By a click in the picture.
    Clicked,
    /// By its name: the camera goes to this rig, in the middle of whose picture it stands.
    LedTo(Rig),
}

/// What is under the cursor and what is selected.
#[derive(Resource, Default, Debug)]
pub struct Selection {
    /// The building under the cursor.
    pub hovered: Option<Picked>,
    /// The building that somebody stands at who walks from house to house.
    pub walked: Option<Picked>,
    /// What is selected.
    pub selected: Selected,
    /// How it was chosen, until its panel has opened, which may stand over it.
    pub fresh: Fresh,
    /// A place that somebody was led to.
    pub mark: Option<Mark>,
    /// What the scene shows: hovered, walked to, selected.
    shown: [Option<Picked>; 3],
}

impl Selection {
    /// Selects something, and keeps how it was chosen for its panel. Nothing has none, and whatever is opened later was not
    /// chosen so.
    pub fn choose(&mut self, selected: Selected, how: Fresh) {
        self.fresh = if selected == Selected::Nothing { Fresh::No } else { how };
        self.selected = selected;
    }

    /// The selected building.
    pub fn building(&self) -> Option<&Picked> {
        match &self.selected {
            Selected::Building(picked) => Some(picked),
            _ => None,
        }
    }

    /// How a feature looks that comes with a new tile.
    pub fn state_of(&self, tile: TileId, content: &TileContent, row: u32) -> FeatureState {
        let is = |picked: &Picked| names(picked, tile, content, row);
        if self.building().is_some_and(is) {
            FeatureState::Selected
        } else if [&self.hovered, &self.walked].into_iter().flatten().any(is) {
            FeatureState::Hovered
        } else {
            FeatureState::Plain
        }
    }
}

/// Whether a row of a tile is the picked building.
fn names(picked: &Picked, tile: TileId, content: &TileContent, row: u32) -> bool {
    if picked.id.is_empty() {
        picked.tile == tile && picked.row == row
    } else {
        content.features.id(row) == Some(&picked.id)
    }
}

fn pick(
    clicks: Res<Clicks>,
    windows: Query<&Window, With<PrimaryWindow>>,
    mut camera: ResMut<TheCamera>,
    mut selection: ResMut<Selection>,
    city: Res<TheCity>,
    layers: Res<Layers>,
    clock: Res<Clock>,
) {
    let Ok(window) = windows.single() else { return };
    let size = DVec2::new(f64::from(window.width()), f64::from(window.height()));
    if let Some(at) = clicks.click {
        selection.choose(select(&city, &layers, &camera.rig, at, size), Fresh::Clicked);
        selection.mark = None;
    }
    if let Some(at) = clicks.double {
        fly_to(&city, &mut camera, at, size, clock.now_secs);
    }
    let hovered = clicks.cursor.and_then(|at| building_at(&city, &camera.rig, at, size));
    if selection.hovered != hovered {
        selection.hovered = hovered;
    }
}

/// The building under a point of the picture.
fn building_at(city: &TheCity, rig: &Rig, at: DVec2, size: DVec2) -> Option<Picked> {
    let hit = city.pick(rig.eye, rig.ray(at, size))?;
    if city.is_ground(hit.tile) {
        return None;
    }
    let row = hit.feature?;
    let id = city.content(hit.tile)?.features.id(row).unwrap_or_default().to_owned();
    Some(Picked { id, tile: hit.tile, row })
}

/// What a click selects: a building, else a plan on the ground, else nothing.
fn select(city: &TheCity, layers: &Layers, rig: &Rig, at: DVec2, size: DVec2) -> Selected {
    if let Some(picked) = building_at(city, rig, at, size) {
        return Selected::Building(picked);
    }
    let ray = rig.ray(at, size);
    let on_ground = city.pick(rig.eye, ray).map(|hit| city.geodetic(rig.eye + ray * hit.distance_m));
    match on_ground.and_then(|place| layers.plan_at(place)) {
        Some((layer, plan)) => Selected::Plan(layer, plan),
        None => Selected::Nothing,
    }
}

/// Flies to what stands under a point of the picture.
fn fly_to(city: &TheCity, camera: &mut TheCamera, at: DVec2, size: DVec2, now_secs: f64) {
    let ray = camera.rig.ray(at, size);
    let Some(hit) = city.pick(camera.rig.eye, ray) else { return };
    let point = camera.rig.eye + ray * hit.distance_m;
    let distance_m = (hit.distance_m * 0.35).clamp(120.0, 400.0);
    let mut to = Rig { pitch_deg: camera.rig.pitch_deg.clamp(-50.0, -22.0), ..camera.rig };
    to.eye = point - to.forward() * distance_m;
    camera.fly(to, distance_m, now_secs);
}

/// Brings the scene's states in line with the selection.
fn highlight(mut selection: ResMut<Selection>, city: Res<TheCity>, mut scene: ResMut<Scene>) {
    let wanted = [selection.hovered.clone(), selection.walked.clone(), selection.building().cloned()];
    if wanted == selection.shown {
        return;
    }
    let before = std::mem::replace(&mut selection.shown, wanted);
    let after = selection.shown.clone();
    for (tile, content) in city.tiles() {
        if city.is_ground(tile) {
            continue;
        }
        for picked in before.iter().chain(&after).flatten() {
            if let Some(row) = row_of(picked, tile, content) {
                scene.set_state(tile, row, selection.state_of(tile, content, row));
            }
        }
    }
}

/// The row of a tile that is the picked building.
pub fn row_of(picked: &Picked, tile: TileId, content: &TileContent) -> Option<u32> {
    if picked.id.is_empty() {
        return (picked.tile == tile).then_some(picked.row);
    }
    // Where it was picked it is that row and no other, whatever else in a tileset of others has its id.
    if picked.tile == tile && content.features.id(picked.row) == Some(&picked.id) {
        return Some(picked.row);
    }
    content.features.row_of(&picked.id)
}
