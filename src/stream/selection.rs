//! Which tiles to draw and which to load for a view: a pure function of tree, view, settings and the tiles' states.
//!
//! What it promises for tiles that replace their parent: every visible part of the city is covered by exactly one drawn
//! tile as soon as any tile above it is ready. A parent stays until all its visible children can take over, and children
//! stay until their parent can.

use super::cache::TileState;
use super::tree::{Refine, Tile, TileTree};
use super::volume::Eye;
use super::{TileId, View};

/// How fine and how far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SelectionSettings {
    /// Largest error in the picture that is let pass, pixels.
    pub max_sse_px: f64,
    /// Tiles farther away than this are left out, metres.
    pub far_m: f64,
}

impl Default for SelectionSettings {
    fn default() -> Self {
        Self { max_sse_px: 16.0, far_m: 200_000.0 }
    }
}

/// What a view asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// Tiles to draw, all of them ready. Depth first.
    pub draw: Vec<TileId>,
    /// Tiles whose content is wanted and not there, with their priority: greater first, of equal ones the one that comes
    /// first here. A tile never goes before one above it. Holds tiles that are on their
    /// way too, so that whatever is not in here is out of date.
    pub load: Vec<(TileId, f32)>,
    /// Every tile with content that this view uses: drawn, wanted, or kept because it stands above those. What is not
    /// in here may be freed.
    pub touched: Vec<TileId>,
}

/// Chooses for a view. `state` tells the state of a tile with content.
pub fn select(
    tree: &TileTree,
    view: &View,
    settings: &SelectionSettings,
    state: &dyn Fn(TileId) -> TileState,
) -> Selection {
    let mut walk = Walk { tree, eye: Eye::new(view), settings, state, selection: Selection::default() };
    walk.visit(0, f64::INFINITY, f32::INFINITY);
    walk.selection
}

/// What a tile's own content can do now.
#[derive(Clone, Copy, PartialEq)]
enum Own {
    /// It has none.
    Empty,
    /// It can be drawn.
    Ready,
    /// It may come.
    Pending,
    /// It will not come.
    Failed,
}

struct Walk<'a> {
    tree: &'a TileTree,
    eye: Eye,
    settings: &'a SelectionSettings,
    state: &'a dyn Fn(TileId) -> TileState,
    selection: Selection,
}

impl<'a> Walk<'a> {
    /// Chooses in a tile and below. Gives whether its visible part is covered by what was drawn.
    /// `error_px` is the error in the picture while this tile is not there: its parent's. `ceiling` is the priority of
    /// the nearest tile above that is not there either.
    fn visit(&mut self, index: u32, error_px: f64, ceiling: f32) -> bool {
        let Some(tile) = self.visible(index) else { return true };
        let own = self.own(index, tile);
        let below = self.note(index, tile, own, error_px, ceiling);
        let own_error_px = self.eye.screen_error_px(&tile.volume, tile.geometric_error_m);
        let too_coarse = own_error_px > self.settings.max_sse_px || matches!(own, Own::Empty | Own::Failed);
        let deeper = too_coarse && !tile.children.is_empty();
        match (deeper, tile.refine) {
            (false, _) => self.draw_or_cover(index, tile, own),
            (true, Refine::Replace) => self.replace(index, tile, own, (own_error_px, below)),
            (true, Refine::Add) => self.add(index, tile, own, (own_error_px, below)),
        }
    }

    /// The tile, where the view sees it.
    fn visible(&self, index: u32) -> Option<&'a Tile> {
        self.tree.tile(index).filter(|tile| self.eye.sees(&tile.volume, self.settings.far_m))
    }

    fn own(&self, index: u32, tile: &Tile) -> Own {
        if tile.contents.is_empty() {
            return Own::Empty;
        }
        match (self.state)(self.tree.id(index)) {
            TileState::Ready => Own::Ready,
            TileState::Failed { retry_at_secs: None, .. } => Own::Failed,
            _ => Own::Pending,
        }
    }

    /// Writes down that the tile is used, and wanted where it is not there. Gives the ceiling for what is below: nothing
    /// goes before a tile above it, because it could not be drawn without that one and its siblings.
    fn note(&mut self, index: u32, tile: &Tile, own: Own, error_px: f64, ceiling: f32) -> f32 {
        let id = self.tree.id(index);
        if matches!(own, Own::Ready | Own::Pending) {
            self.selection.touched.push(id);
        }
        if own != Own::Pending {
            return ceiling;
        }
        let priority = priority(error_px, self.eye.off_center(&tile.volume)).min(ceiling);
        self.selection.load.push((id, priority));
        priority
    }

    /// A tile that is fine enough: itself, or until it is there what is ready below it.
    fn draw_or_cover(&mut self, index: u32, tile: &Tile, own: Own) -> bool {
        match own {
            Own::Ready => self.draw(index),
            Own::Empty => true,
            Own::Pending | Own::Failed => tile.refine == Refine::Replace && self.cover_from_below(tile),
        }
    }

    /// A tile that its children replace, once they all can.
    fn replace(&mut self, index: u32, tile: &Tile, own: Own, below: (f64, f32)) -> bool {
        if own == Own::Ready && tile.children.iter().any(|child| self.is_hopeless(*child)) {
            // The children can never take over: nothing below is loaded for nothing.
            return self.draw(index);
        }
        let before = self.selection.draw.len();
        let covered = self.visit_children(tile, below);
        if covered || own != Own::Ready {
            return covered && (own != Own::Failed || !tile.children.is_empty());
        }
        self.selection.draw.truncate(before);
        self.draw(index)
    }

    /// A tile that its children add to.
    fn add(&mut self, index: u32, tile: &Tile, own: Own, below: (f64, f32)) -> bool {
        if own == Own::Ready {
            self.draw(index);
        }
        let covered = self.visit_children(tile, below);
        match own {
            Own::Ready => true,
            Own::Empty => covered,
            Own::Pending | Own::Failed => false,
        }
    }

    /// All children, also after one that is not covered: each has to be asked for.
    fn visit_children(&mut self, tile: &Tile, (error_px, ceiling): (f64, f32)) -> bool {
        let mut all_covered = true;
        for child in &tile.children {
            all_covered &= self.visit(*child, error_px, ceiling);
        }
        all_covered
    }

    fn draw(&mut self, index: u32) -> bool {
        self.selection.draw.push(self.tree.id(index));
        true
    }

    /// Covers a tile that is not there with ready tiles below it, asking for none; all or nothing.
    fn cover_from_below(&mut self, tile: &Tile) -> bool {
        let before = (self.selection.draw.len(), self.selection.touched.len());
        let covered = !tile.children.is_empty() && tile.children.iter().all(|child| self.cover(*child));
        if !covered {
            self.selection.draw.truncate(before.0);
            self.selection.touched.truncate(before.1);
        }
        covered
    }

    fn cover(&mut self, index: u32) -> bool {
        let Some(tile) = self.visible(index) else { return true };
        match self.own(index, tile) {
            Own::Ready => {
                self.selection.touched.push(self.tree.id(index));
                self.draw(index)
            }
            Own::Empty if tile.children.is_empty() => true,
            _ => self.cover_from_below(tile),
        }
    }

    /// Whether a visible child has failed for good and has nothing below that could stand in.
    fn is_hopeless(&self, index: u32) -> bool {
        self.visible(index).is_some_and(|tile| tile.children.is_empty() && self.own(index, tile) == Own::Failed)
    }
}

/// Greater for a greater error in the picture and for the middle of the picture.
fn priority(error_px: f64, off_center: f64) -> f32 {
    // A root has no parent whose error counts; it goes before everything.
    (error_px.min(1e9) / (1.0 + 4.0 * off_center * off_center)) as f32
}
