//! The seam between the streaming core and the scene: tiles come and go, features get the colours of their class.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::TheCity;
use crate::stream::{Property, TileContent, TileId, TileSink};
use crate::viewer::pick::Selection;
use crate::viewer::scene::{FeatureState, Scene, Style};

/// Takes tiles from the streaming core to the scene.
pub struct SceneSink<'a> {
    pub scene: &'a mut Scene,
    pub selection: &'a Selection,
    pub style: &'a Style,
    pub ground: Option<u32>,
    pub tiles: &'a mut BTreeMap<TileId, Arc<TileContent>>,
    pub new_ground: &'a mut Vec<TileId>,
    pub gone_ground: &'a mut Vec<TileId>,
    pub changed: bool,
}

impl TileSink for SceneSink<'_> {
    fn create(&mut self, tile: TileId, content: &Arc<TileContent>) -> Option<u64> {
        let is_ground = Some(tile.tileset) == self.ground;
        let states = states(tile, content, is_ground, self.style, self.selection);
        let bytes = self.scene.create_tile(tile, content, &states)?;
        self.changed = true;
        if is_ground {
            self.new_ground.push(tile);
        }
        self.tiles.insert(tile, Arc::clone(content));
        Some(bytes)
    }

    fn free(&mut self, tile: TileId) {
        self.changed = true;
        if Some(tile.tileset) == self.ground {
            self.gone_ground.push(tile);
        }
        self.tiles.remove(&tile);
        self.scene.free_tile(tile);
    }
}

/// The state of each feature of a tile.
fn states(
    tile: TileId,
    content: &TileContent,
    is_ground: bool,
    style: &Style,
    selection: &Selection,
) -> Vec<FeatureState> {
    let of = |row| {
        if is_ground {
            FeatureState::Absolute(ground_color(content, row, style))
        } else {
            selection.state_of(tile, content, row)
        }
    };
    (0..content.features.count).map(of).collect()
}

fn ground_color(content: &TileContent, row: u32, style: &Style) -> [f32; 4] {
    match content.features.get(row, "class") {
        Some(Property::Text(class)) => style.ground_color(class),
        _ => style.ground_color("terrain"),
    }
}

/// Paints the ground anew after the theme has changed.
pub fn repaint(city: &TheCity, scene: &mut Scene, style: &Style, selection: &Selection) {
    for (tile, content) in city.tiles().filter(|(tile, _)| city.is_ground(*tile)) {
        for (row, state) in states(tile, content, true, style, selection).into_iter().enumerate() {
            scene.set_state(tile, row as u32, state);
        }
    }
}
